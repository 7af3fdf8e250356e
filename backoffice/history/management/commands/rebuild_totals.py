"""`rebuild_totals`: work out all totals again from the orders and executions themselves."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from backoffice.history.management.commands.fold_totals import SOMEBODY
from backoffice.services import back_api


class Command(BaseCommand):
    help = "Work out all totals again from orders and executions, in one transaction; readers and writers go on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        back_api().totals.rebuild(SOMEBODY)
        self.stdout.write(f"totals rebuilt in {time.monotonic() - began:.1f} s")
