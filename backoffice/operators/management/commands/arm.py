"""`arm`: lets a restored copy act on the world outside."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts.errors import Conflict
from backoffice.operators.preconfigured import CLI
from backoffice.services import desk


class Command(BaseCommand):
    help = "Let this installation send callbacks and mails and run schedules, after it was restored. Make sure first that no other one does."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            desk().installation.arm(CLI)
        except Conflict as refusal:
            raise CommandError(refusal.detail) from None
        self.stderr.write("armed: what waits is sent from now on")
