"""`set_root_asset ASSET`: choose the asset that every total is shown in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.services import back_api

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=frozenset(operations.ALL))


class Command(BaseCommand):
    help = "Choose the root asset, once for an installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("asset")
        parser.add_argument("--force", action="store_true", help="put it in place of another one; only for an installation without transfers")

    def handle(self, *args: Any, **options: Any) -> None:
        rates = back_api().rates
        choose = rates.replace_root if options["force"] else rates.set_root
        try:
            choose(CLI, options["asset"])
        except Refused as refusal:
            raise commands.refused(refusal) from None
        self.stdout.write(f"the root asset is {options['asset']}")
