"""`erase_client`: a terminated client's name and e-mail address go from the tables and from the audit trail, for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backoffice.accounts import erasing
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused
from backoffice.core import audit


class Command(BaseCommand):
    help = "Erase the name and e-mail address of a terminated client, in the tables and in the audit trail. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user_id", help="the client's id")
        parser.add_argument("--reason", required=True, help="why, for the audit trail: the request, its date, no name")

    def handle(self, *args: Any, **options: Any) -> None:
        held = frozenset(operations.ALL)
        actor = Actor(kind="system", id="cli", name="command line", door="cli", operations=held, reason=options["reason"][:500])
        try:
            erasing.prepare()
            with transaction.atomic():
                count = erasing.erase(audit.open_record(actor, "erase_client"), options["user_id"])
        except Refused as refusal:
            raise CommandError(refusal.detail) from None
        self.stdout.write(f"{options['user_id']} is erased, and what was personal in {count} changes of the trail")
