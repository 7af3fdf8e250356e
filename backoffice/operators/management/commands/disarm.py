"""`disarm`: before the files of a cluster are copied to where another desk runs."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.operators.preconfigured import CLI
from backoffice.services import desk


class Command(BaseCommand):
    help = "Stop this installation from sending callbacks and mails and from running schedules."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            desk().installation.disarm(CLI)
        except Refused as refusal:
            raise commands.refused(refusal) from None
        self.stderr.write("disarmed: nothing is sent and no schedule runs until `arm`")
