"""`reset_factors`: the way back in for an administrator who lost every factor and has nobody to ask."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.operators.models import Operator
from backoffice.operators.preconfigured import CLI
from backoffice.services import desk


class Command(BaseCommand):
    help = "Remove authenticator, passkeys and recovery codes of an operator and end their sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--reason", required=True, help="as the audit trail should tell it")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"].strip().lower()
        found = Operator.objects.filter(username=username).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(f"there is no operator {username}")
        try:
            desk().operators.reset_factors(CLI, found, options["reason"])
        except Refused as refusal:
            raise commands.refused(refusal) from None
        self.stderr.write(f"{username} has no second factor any more")
