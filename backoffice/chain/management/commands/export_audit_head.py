"""`export_audit_head`: sign the end of the audit trail's chain, add it to DATA_DIR/audit-heads and print it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts import operations, wire
from backoffice.contracts.actor import Actor
from backoffice.services import desk

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=frozenset({operations.WORKER}))


class Command(BaseCommand):
    help = "Link what is on record, sign the end of the chain, add it to DATA_DIR/audit-heads/heads.jsonl and print it as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        head = desk().audit_chain.export_head(CLI)
        if head is None:
            raise CommandError("nothing is on record yet")
        self.stdout.write(wire.encode(head).decode())
