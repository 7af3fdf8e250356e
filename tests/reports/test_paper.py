"""Reports on paper: what fits how, what the cover draws, how numbers read, and nothing of a name becomes markup."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from backoffice.charts.drawing import Frame
from backoffice.contracts.reports import ControlTotal
from backoffice.reports import over_days, question, snapshot
from backoffice.reports.models import Report
from backoffice.reports.question import Day
from backoffice.reports.receipt import Made
from backoffice.reports.render import pdf
from backoffice.reports.render.paper import broken, fitting
from backoffice.reports.sources import KINDS

FRAME = Frame(width=300, height=100)
COLUMNS = ["createdAt", "accountName", "assetAmount"]


def paper(rows: list[tuple[Any, ...]], **more: Any) -> str:
    asked = question.ask(KINDS["Transfers"], [], None, COLUMNS, None, timezone.now())
    report = Report(name="Überweisungen <script>", source="Transfers", source_name="Transfers", time_zone="UTC", created_by="Dana")
    totals = [ControlTotal(column="assetAmountInRAT", of=None, value=Decimal("-1234567.5"), missing=2)]
    return pdf.html(Made(report, asked, len(rows), len(rows), totals, timezone.now())._replace(**more), rows)


def test_numbers_have_their_thousands_apart_and_stand_to_the_right() -> None:
    page = paper([("2026-11-01 10:00:00+00", "<b>王</b>", Decimal("-1234567.50")), ("2026-11-01 10:00:00+00", None, Decimal("1E+4"))])
    assert '<td class="num">-1,234,567.50</td>' in page
    assert '<td class="num">10,000</td>' in page
    assert "&lt;b&gt;王&lt;/b&gt;" in page
    assert "without 2 rows that have no value" in page
    assert "<script" not in page


def test_the_cover_draws_rows_and_the_first_total_over_time_in_plain_colours() -> None:
    days = [Day(date(2026, 11, number), number, Decimal(5 - number)) for number in range(1, 9)]
    page = paper([], days=days)
    assert page.count("<svg") == 2
    assert "Rows by day" in page
    assert "Sum of assetAmountInRAT by day" in page
    assert over_days.COLOURS["accent"] in page
    assert "var(--" not in page
    assert not re.search(r"(?:href|src)=", page)


def test_one_day_and_none_draw_nothing() -> None:
    assert "<svg" not in paper([])
    assert "<svg" not in paper([], days=[Day(date(2026, 11, 1), 3, Decimal(1))])


@pytest.mark.parametrize(
    ("last", "step", "count"), [(date(2026, 1, 31), "day", 31), (date(2026, 12, 31), "month", 12), (date(2036, 1, 1), "year", 11)]
)
def test_bars_become_months_and_years_when_they_are_many(last: date, step: str, count: int) -> None:
    days = [(date(2026, 1, 1), Decimal("1.5")), (last, Decimal(-1))]
    drawn = over_days.bars(days, "Sum", FRAME)
    assert drawn is not None
    assert drawn.step == step
    steps = over_days.steps(days)
    assert len(steps) == count
    assert sum(value for _, value in steps) == Decimal("0.5")


def test_what_fits_stands_upright_and_what_is_wide_lies_across_in_smaller_letters() -> None:
    kinds = ["text", "number"]
    assert fitting(["id", "amount"], kinds, [["x" * 36, "1,000.00"]]).look == "upright"
    assert fitting(["id", "amount"] * 3, kinds * 3, [["x" * 36, "1,000.00"] * 3]).look == "across"
    assert fitting(["id", "amount"] * 12, kinds * 12, [["x" * 36, "1,000.00"] * 12]).look == "across dense"


def test_widths_fill_the_page_and_numbers_keep_theirs() -> None:
    number = "-1,234,567,890.12345678"
    found = fitting(["longName", "amount"] * 10, ["text", "number"] * 10, [["x" * 200, number] * 10])
    widths = [float(width) for width in found.widths]
    assert sum(widths) == pytest.approx(100, abs=0.1)
    # In points, of letters of 5.6 points.
    assert min(widths[1::2]) * 7.85 > len(number) * 5.6 * 0.52
    assert min(widths[::2]) > 0.5


def test_names_break_where_their_words_begin() -> None:
    assert broken("assetAmountInRAT").split("\u200b") == ["asset", "Amount", "In", "RAT"]


def test_days_carry_their_part_of_the_first_total(bank: dict[str, str]) -> None:
    with snapshot.opened("UTC", since=timezone.now()) as moment:
        asked = question.ask(KINDS["Transfers"], [], None, None, None, moment.as_of)
        days, figures = question.days(asked, moment.run), question.figures(asked, moment.run)
        bare = question.ask(KINDS["UserBalances"], [], None, None, None, moment.as_of)
        assert question.days(bare, moment.run) == []
    assert sum(day.rows for day in days) == figures.rows
    assert sum(day.worth or 0 for day in days) == figures.totals[0].value


def test_the_columns_that_fit_paper_are_columns_of_their_source() -> None:
    for kind in KINDS.values():
        assert set(kind.paper) <= {column.name for column in kind.columns}
        assert len(kind.paper) <= 12
