"""The worker's tasks: whoever asked is asked for again, and what they may now decides."""

import io

import pytest

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewOperator, OperatorChange, RoleDraft
from backoffice.jobs import market_files as jobs
from backoffice.operators.models import Operator
from backoffice.services import BackApi, desk
from tests.files.conftest import CLERK, as_csv, rows

CHIEF = Actor(
    kind="operator",
    id="chief",
    name="chief",
    door="cli",
    operations=CLERK.operations | {"manage-operators", "manage-roles", "manage-markets", "manage-assets"},
)


@pytest.fixture
def importer(api: BackApi) -> Actor:
    role = desk().roles.create(CHIEF, RoleDraft(name="Importers", operations=["manage-markets", "view-common"]))
    draft = NewOperator(username="importer", name="Importer", email="importer@example.test", password="correct horse battery", roles=[role.id])
    operator = desk().operators.create(CHIEF, draft)
    return Actor(kind="operator", id=operator.id, name=operator.name, door="portal", operations=frozenset({"manage-markets", "view-common"}))


def uploaded(api: BackApi, actor: Actor) -> str:
    return api.market_files.upload(actor, io.BytesIO(as_csv(rows(2))), name="x.csv", mode="ValidRows").id


def test_the_bell_brings_a_file_to_its_end(api: BackApi, importer: Actor) -> None:
    file_id = uploaded(api, importer)
    jobs.run(file_id)
    file = api.market_files.get(CLERK, file_id)
    assert (file.stage, file.created, file.requested_by) == ("Applied", 2, "Importer")


def test_the_sweep_finds_what_the_bell_did_not_tell(api: BackApi, importer: Actor) -> None:
    file_id = uploaded(api, importer)
    jobs.sweep()
    assert api.market_files.get(CLERK, file_id).stage == "Applied"


def test_a_requester_who_lost_the_right_meanwhile_gets_nothing_done(api: BackApi, importer: Actor) -> None:
    file_id = uploaded(api, importer)
    row = Operator.objects.get(pk=importer.id)
    change = OperatorChange(name=row.name, email=row.email, is_active=True, roles=[])
    desk().operators.update(CHIEF, importer.id, change)
    jobs.run(file_id)
    file = api.market_files.get(CLERK, file_id)
    assert (file.stage, file.stage_reason) == ("Failed", jobs.NOT_ALLOWED)


def test_an_unknown_requester_gets_nothing_done(api: BackApi) -> None:
    file_id = uploaded(api, CLERK)
    jobs.sweep()
    assert api.market_files.get(CLERK, file_id).stage_reason == jobs.NOT_ALLOWED
