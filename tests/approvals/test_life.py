"""What becomes of a call that a policy holds."""

import pytest

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.services import BackApi, desk
from tests.approvals.desk_of_two import OWNER, approve, held, policy

METALS = NewMarketGroup(market_group_id="metals", name="Metals")


def test_a_call_waits_is_shown_and_is_carried_out_as_its_maker(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    waiting = held(api.market_groups.create, maker, METALS)
    with pytest.raises(NotFound):
        api.market_groups.get(OWNER, "metals")
    seen = desk().approvals.get(checker, waiting)
    assert [(one.object_type, one.object_id, one.after) for one in seen.changes] == [("market_group", "metals", {"name": "Metals"})]
    assert (seen.state, seen.refusal, seen.is_own, seen.maker_name) == ("Waiting", "", False, "Mary")
    done = approve(checker, waiting)
    assert (done.state, done.outcome) == ("Done", "")
    assert api.market_groups.get(OWNER, "metals").value.name == "Metals"
    record = desk().audit.find(OWNER, action="market_groups.create")[0]
    assert (record.actor_name, record.door) == ("Mary", "portal")
