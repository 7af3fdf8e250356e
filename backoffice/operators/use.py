"""How much each API client calls, by day: counted in this process, written about once a minute rather than with each call, kept for a while."""

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from backoffice.contracts.desk import DayOfUse
from backoffice.operators.models import Use

log = logging.getLogger(__name__)
WRITTEN_EVERY_SECONDS = 60.0
DAYS, KEPT = 30, timedelta(days=90)
ADD = """
INSERT INTO operators_use AS known (client_id, day, calls, refusals) SELECT * FROM unnest(%s::text[], %s::date[], %s::bigint[], %s::bigint[])
ON CONFLICT (client_id, day) DO UPDATE SET calls = known.calls + EXCLUDED.calls, refusals = known.refusals + EXCLUDED.refusals
"""


class Counts:
    """Calls and refusals by client. A process that is killed loses those of its last minute."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.is_timed = False

    def add(self, client_id: str, calls: int, refusals: int) -> None:
        with self.lock:
            found = self.counted[client_id]
            found[0] += calls
            found[1] += refusals
            # Tests write when they like: a thread of its own would do so behind their backs.
            begins, self.is_timed = not self.is_timed and settings.DESK_ENV != "test", True
        if begins:
            timer = threading.Timer(WRITTEN_EVERY_SECONDS, self._write_apart)
            timer.name, timer.daemon = "use of API clients", True
            timer.start()

    def write(self) -> None:
        with self.lock:
            counted, self.counted = self.counted, defaultdict(lambda: [0, 0])
            self.is_timed = False
        try:
            if counted:
                _write(counted)
        except Exception:
            # They are written with the next ones.
            log.exception("the use of API clients could not be written")
            for client_id, (calls, refusals) in counted.items():
                self.add(client_id, calls, refusals)

    def _write_apart(self) -> None:
        self.write()
        # This thread ends here and leaves no connection behind.
        connection.close()


COUNTS = Counts()


def count(client_id: str, *, is_refused: bool) -> None:
    COUNTS.add(client_id, 1, int(is_refused))


def of_client(client_id: str) -> list[DayOfUse]:
    """The last days, today at the end; those without a call as well."""
    days = [_today() - timedelta(days=back) for back in reversed(range(DAYS))]
    known = {row.day: (row.calls, row.refusals) for row in Use.objects.filter(client_id=client_id, day__gte=days[0])}
    return [DayOfUse(day=day, calls=calls, refusals=refusals) for day in days for calls, refusals in [known.get(day, (0, 0))]]


def _write(counted: Mapping[str, list[int]]) -> None:
    day = _today()
    # In one order everywhere, so that two processes never wait for each other in a ring.
    rows = [(client_id, day, *counted[client_id]) for client_id in sorted(counted)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
        Use.objects.filter(day__lt=day - KEPT).delete()


def _today() -> date:
    return timezone.now().astimezone(ZoneInfo(settings.DESK_ZONE)).date()
