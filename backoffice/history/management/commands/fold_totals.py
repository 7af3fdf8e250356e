"""`fold_totals`: what the worker does every few seconds, for whoever does not want to wait for it."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import back_api

SOMEBODY = Actor(kind="system", id="command-line", name="Command line", door="cli", operations=frozenset({operations.WORKER}))


class Command(BaseCommand):
    help = "Fold orders and executions written since the last time into the totals. Totals are exact before and after."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{back_api().totals.fold(SOMEBODY):,} records folded")
