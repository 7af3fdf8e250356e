"""One order with everything that belongs to it, in one statement."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.errors import NotFound, NotPermitted
from backoffice.services import BackApi
from backoffice.trading.models import Execution
from tests.api.callers import OWNER
from tests.commissions.conftest import accounts, api, storage
from tests.domain.conftest import person
from tests.trading.records import Told, tell

__all__ = ["accounts", "api", "storage"]


@pytest.fixture
def told(api: BackApi, accounts: dict[str, str]) -> Told:
    return tell(api, accounts["anna"])


def test_a_spot_order_with_its_fills_and_where_it_was_sent(told: Told, api: BackApi) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = api.orders.page(OWNER, told.bought)
    assert len(queries) == 1
    assert (page.order.order_id, page.order.user_email, page.order.account_name) == (told.bought, "anna@example.com", "anna")
    assert (page.order.filled_amount, page.order.remaining_amount, page.order.commission_amount) == (Decimal("1.5"), 0, Decimal("90.01"))
    assert [(one.seq, one.quote_amount, one.maker_price, one.markup_in_rat) for one in page.executions] == [
        (1, 60_000, 59_990, Decimal("12.5")), (2, Decimal("30005.005"), None, 0),
    ]  # fmt: skip
    assert page.executions_count == 2
    assert [(one.external_order_id, one.order_status, one.avg_execution_price) for one in page.external_orders] == [(told.external, "Fill", 59_990)]
    assert page.executions[0].external_order_id == told.external
    assert (page.rule, page.positions, page.closing, page.hold) == (page.rule, [], None, None)
    assert page.rule is not None
    assert (page.rule.commission_profile_rule_id, page.rule.commission_profile_id) == ("rule", None), "nobody made that rule"


def test_an_order_that_rests_says_what_it_holds(told: Told, api: BackApi) -> None:
    page = api.orders.page(OWNER, told.partly)
    assert page.hold is not None
    assert (page.hold.asset_id, page.hold.amount, page.order.order_status) == ("eur", Decimal("3000.04"), "Working")


def test_orders_of_a_position(told: Told, api: BackApi) -> None:
    opened, closed = api.orders.page(OWNER, told.opened), api.orders.page(OWNER, told.closed)
    assert [one.position_id for one in opened.positions] == [one.position_id for one in closed.positions] == [told.kept]
    assert (opened.closing, opened.executions[0].realized_pnl_in_rat) == (None, None)
    assert closed.closing is not None
    assert (closed.closing.realized_pnl_in_rat, closed.closing.lots) == (402, Decimal("0.4"))
    assert [one.lp_execution_id for one in opened.unsolicited_trades] == ["LATE-2"]
    assert closed.positions[0].realized_pnl_in_rat == 402


def test_what_its_fills_moved(told: Told, api: BackApi) -> None:
    first, second = api.orders.journals(OWNER, told.bought)
    fills = list(Execution.objects.filter(order_id=told.bought).order_by("seq").values_list("pk", flat=True))
    assert [first.id, second.subject_id] == fills
    assert [(one.account_id, one.amount) for one in second.entries] == [
        (told.account, Decimal("0.5")), ("trading:btc", Decimal("-0.5")),
        (told.account, Decimal("-30005.01")), ("trading:eur", Decimal("30005.01")),
        (told.account, Decimal("-30.01")), ("fees:eur", Decimal("30.01")),
    ]  # fmt: skip
    assert api.orders.journals(OWNER, told.rejected) == []
    assert api.orders.of_execution(OWNER, fills[1]) == told.bought


def test_what_is_not_there_or_not_for_everybody(told: Told, api: BackApi) -> None:
    for ask in (api.orders.page, api.orders.journals, api.orders.of_execution):
        with pytest.raises(NotFound):
            ask(OWNER, "01NOBODY")
    with pytest.raises(NotPermitted):
        api.orders.journals(person("dealer", "view-orders"), told.bought)
    assert api.orders.page(person("dealer", "view-orders"), told.rejected).order.reject_details == "Not enough money."
