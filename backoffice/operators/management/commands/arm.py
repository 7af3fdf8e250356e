"""`arm`: lets a restored copy act on the world outside."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.operators.preconfigured import CLI
from backoffice.services import desk


class Command(BaseCommand):
    help = "Let this installation send callbacks and mails and run schedules, after it was restored. Make sure first that no other one does."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            desk().installation.arm(CLI)
        except Refused as refusal:
            raise commands.refused(refusal) from None
        self.stderr.write("armed: what waits is sent from now on")
