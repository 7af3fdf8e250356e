"""The auditor audited: it is shown books with one defect each, and must name the invariant and the object. One that finds nothing proves nothing."""

import re

import pytest

from backoffice.books import invariants
from backoffice.settings import ROOT
from tests.books.defects import DEFECTS, NAMES
from tests.books.ledgers import Ledger, spoil, violations
from tests.books.trading_defects import TRADING_DEFECTS, TRADING_NAMES
from tests.money.bank import scalar
from tests.trading.records import Told


@pytest.mark.parametrize("name", DEFECTS)
def test_it_finds_exactly_what_is_wrong(name: str, ledger: Ledger) -> None:
    ids = ledger._asdict()
    known = ids | {key: scalar(sql.format(**ids)) for key, sql in NAMES.items()}
    spoil(*DEFECTS[name].sql, **ids)
    assert violations() == {invariant: {of.format(**known) for of in objects} for invariant, objects in DEFECTS[name].found.items()}


@pytest.mark.parametrize("name", TRADING_DEFECTS)
def test_it_finds_exactly_what_is_wrong_with_trading(name: str, told: Told, accounts: dict[str, str]) -> None:
    ids = told._asdict() | {"other": accounts["boris"]}
    known = ids | {key: scalar(sql.format(**ids)) for key, sql in TRADING_NAMES.items()}
    spoil(*TRADING_DEFECTS[name].sql, **ids)
    assert violations() == {invariant: {of.format(**known) for of in objects} for invariant, objects in TRADING_DEFECTS[name].found.items()}


def test_every_invariant_is_violated_by_some_defect() -> None:
    assert {name for defect in [*DEFECTS.values(), *TRADING_DEFECTS.values()] for name in defect.found} == {
        invariant.id for invariant in invariants.every()
    }


def test_the_docs_tell_every_invariant_in_its_words() -> None:
    told = [f"| {found.id} | {found.words}{' (warning)' if found.severity == 'warning' else ''} |" for found in invariants.every()]
    lines = (ROOT / "docs" / "books.md").read_text().splitlines()
    assert [line for line in lines if re.match(r"\| [A-Z]\d", line)] == told
