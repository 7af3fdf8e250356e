"""`sync_crm_assets FILE`: take over the CRM's assets from a CSV with id,name,scale,type."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.services import back_api

CRM = Actor(kind="system", id="crm", name="crm", door="cli", operations=frozenset(operations.ALL))


class Command(BaseCommand):
    help = "Take over the CRM's assets from a CSV file with the columns id,name,scale,type."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                assets = [msgspec.convert(row, NewAsset, strict=False) for row in csv.DictReader(lines)]
            self.stdout.write(f"{back_api().assets.sync(CRM, assets)} assets changed")
        except (OSError, UnicodeError, msgspec.ValidationError) as error:
            raise CommandError(str(error)) from None
        except Refused as refusal:
            raise commands.refused(refusal) from None
