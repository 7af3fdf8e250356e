"""`audit_books`: audit all of the books now; exit status 1 when they do not balance."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.books import look
from backoffice.contracts import operations, wire
from backoffice.contracts.actor import Actor
from backoffice.contracts.books import CheckedInvariant
from backoffice.contracts.errors import Refused
from backoffice.services import back_api

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=frozenset(operations.ALL))


class Command(BaseCommand):
    help = "Audit all of the books now, keep the result, and close money when they do not balance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--only-look", action="store_true", help="keep nothing, close nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found: Any = look.look() if options["only_look"] else back_api().books.audit(CLI)
        except Refused as refusal:
            raise CommandError(refusal.detail) from None
        if options["json"]:
            kept = {} if options["only_look"] else {"pass": found.id}
            told = {"isGreen": found.is_green, "entriesCount": found.entries_count, "totals": found.totals, "invariants": found.invariants}
            self.stdout.write(wire.encode(kept | told).decode())
        else:
            self._tell(found.invariants)
            self.stdout.write(f"{found.entries_count} entries; the books {'balance' if found.is_green else 'DO NOT BALANCE'}")
        if not found.is_green:
            sys.exit(1)

    def _tell(self, invariants: list[CheckedInvariant]) -> None:
        for checked in invariants:
            state = "ok" if not checked.count else f"{checked.count} {checked.severity}{'s' if checked.count > 1 else ''}"
            self.stdout.write(f"{checked.id:<13} {state:<12} {checked.words}")
            for example in checked.examples:
                self.stdout.write(f"{'':13} {example.object_type} {example.object_id}: {example.detail}")
