"""How often each page asks the database: as often for many rows as for few, and no more than its budget."""

from typing import NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.listing import state
from tests.journeys.furnished import administrator as administrator
from tests.journeys.furnished import starts
from tests.journeys.walk import pages

FEW, LISTS_AT_LEAST = 5, 15
# What is kept for some seconds, as rates are, may have run out in between: some few, never one a row.
NOISE = 3
BUDGET = 25
# Home looks at every corner of the desk.
OWN_BUDGETS = {"portal:home": 70}


class Asked(NamedTuple):
    queries: int
    rows: int


def asked(client: Client, path: str) -> Asked:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return Asked(len(captured), answer.content.count(b"<tr data-href="))


def test_pages_keep_their_budgets_and_ask_as_often_for_many_rows_as_for_few(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = pages(administrator, starts())
    many = {name: asked(administrator, path) for name, path in found.items()}
    assert {name: one.queries for name, one in many.items() if one.queries > OWN_BUDGETS.get(name, BUDGET)} == {}
    monkeypatch.setattr(state, "PAGE_SIZE", FEW)
    few = {name: asked(administrator, found[name]) for name, one in many.items() if one.rows > FEW}
    assert sum(one.rows == FEW for one in few.values()) >= LISTS_AT_LEAST
    assert {name: (one, many[name]) for name, one in few.items() if many[name].queries > one.queries + NOISE} == {}
