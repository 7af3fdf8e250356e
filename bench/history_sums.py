"""P7: totals as their verbs give them beside the bare sums over all executions, at both sizes; equal to the last digit or no figure counts."""

import argparse

from django.db import connection

from bench import history_totals
from bench.history_load import BIG, SMALL, use
from bench.transfers_shown import Shown


def measure(shown: Shown, asked: argparse.Namespace) -> None:
    for question in history_totals.questions():
        shown.head(f"P7 {question.words}")
        target = f">= {history_totals.TARGET}" if question.is_targeted else ""
        for _ in range(asked.runs):
            found = {}
            for alias in (SMALL, BIG):
                use(alias)
                with connection.cursor() as cursor:
                    cursor.execute(history_totals.SESSION)
                raw, kept = history_totals.turn(question)
                found[alias] = raw, kept
                shown.add(f"ms, {alias}: bare aggregate", 1e3 * raw)
                shown.add(f"ms, {alias}: totals", 1e3 * kept)
                shown.ratio(f"bare aggregate / totals, {alias}", raw, kept, target if alias == BIG else "")
            shown.ratio("totals, big / small", found[BIG][1], found[SMALL][1], "independent of the number of trades")
            shown.ratio("bare aggregate, big / small", found[BIG][0], found[SMALL][0])
        shown.print(digits=1)
    for alias in (SMALL, BIG):
        use(alias)
        connection.close()
