"""A desk with something on every page: the demo broker in small, and what nobody has made there yet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from backoffice import outgoing
from backoffice.approvals import policies
from backoffice.callbacks.models import Callback
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.callbacks import CallbackQuery
from backoffice.contracts.commission_changes import ChangeSetDraft, DeleteRule
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.operations import ALL
from backoffice.contracts.report_templates import ReportSchedule, TemplateDraft
from backoffice.demo import seed
from backoffice.operators.demo import PEOPLE, make_demo_operators
from backoffice.operators.models import Operator
from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import acting, held, person, policy, role
from tests.reports.desk import WORKER as REPORTER
from tests.reports.post import use

OWNER = seed.DEMO
ADMINISTRATOR = PEOPLE[0]
MARKETS, TRADES = 20, 300
FAULTY = "type,baseAssetId,quoteAssetId,displayName,priceScale,tickSize\nCfd,xau,eur,XAU/EUR two,2,0.01\nCfd,nobody,usd,What,99,0.01\n"
FOREIGN = "# our provider\nvenue,symbol,kind,currency,tick\nalpha,XAUEUR,metal,EUR,0.01\nbeta,XAUUSD,metal,USD,0.001\n"
RULES = "profileId,priority,marketId,marketGroupId,isDefault,spotSize,cfdType,cfdSize,cfdAssetId,minFeeRAT\nnobody,1,,,,0.2,PerVolume,0.05,,0\n"


@pytest.fixture
def administrator(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Client]:
    """Somebody who may do everything, signed in."""
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    yield _furnish(settings)
    policies.forget()


def _furnish(settings: Any) -> Client:
    settings.CALLBACK_KEYS, settings.PLAIN_HTTP_CALLBACKS = {"test": bytes(32)}, True
    use(settings, outgoing.Outgoing(outgoing.FOLDER, is_folder=True))
    make_demo_operators()
    seed.load(MARKETS, TRADES, progress=lambda *_: None)
    client = Client()
    client.post("/sign-in/", {"username": ADMINISTRATOR.username, "password": ADMINISTRATOR.password})
    first = Callback.objects.order_by("pk")[0].pk
    Callback.objects.filter(pk=first).update(state="Dead", attempts=1, next_attempt_at=None, finished_at=timezone.now(), dead_reason="gone")
    _report()
    _change_set()
    for name, text in (("faulty.csv", FAULTY), ("foreign.csv", FOREIGN)):
        _market_file(client, name, text)
    client.post("/commissions/files/upload/", {"file": SimpleUploadedFile("rules.csv", RULES.encode())})
    client.post("/views/", {"section": "markets", "name": "Open ones", "query": "status=Open", "next": "/markets/"})
    _approvals()
    return client


def _approvals() -> None:
    """One that waits for the administrator, and one of their own."""
    policy("manage-assets")
    for number, maker in enumerate((person("mary", role("Dealing", *ALL)), acting(Operator.objects.get(username=ADMINISTRATOR.username).pk))):
        held(back_api().assets.create, maker, NewAsset(id=f"new{number}", name=f"New {number}", scale=2, type="Fiat"))


def _report() -> None:
    """A template with a schedule, a report of it, and the mail that tells of it."""
    schedule = ReportSchedule(base_date=timezone.now(), frequency="Daily")
    draft = TemplateDraft(template_name="Transfers of a day", source="Transfers", format="Csv", schedule=schedule, notify_emails=["ann@example.com"])
    api = back_api()
    template = api.report_templates.create(OWNER, draft).id
    report = api.report_templates.run(OWNER, template).report_id
    api.reports.run(OWNER, report)
    api.report_mail.deliver(REPORTER)


def _change_set() -> None:
    api = back_api()
    profile = api.commission_profiles.find(OWNER)[0].commission_profile_id
    rule = next(rule for rule in api.commission_rules.find(OWNER, profile).value if rule.market_id or rule.market_group_id)
    edit = DeleteRule(commission_profile_rule_id=rule.commission_profile_rule_id)
    api.commission_changes.draft(OWNER, ChangeSetDraft(name="One rule less", edits=[edit]))


def _market_file(client: Client, name: str, text: str) -> None:
    answer = client.post("/files/upload/", {"file": SimpleUploadedFile(name, text.encode()), "mode": "Preview"})
    back_api().market_files.run(OWNER, answer.headers["Location"].strip("/").split("/")[-1])


def starts() -> list[str]:
    """Where a walk begins: what lists lead to by choosing rows, and what only some objects have."""
    api = back_api()
    markets = [one.market_id for one in api.markets.names(OWNER)[:3]]
    own = next(asset.id for asset in api.assets.find(OWNER) if asset.source == "Internal")
    transfers = api.history.transfer_page(OWNER, TransferQuery(statuses=["AwaitingConfirmation"], limit=3)).items
    waiting = [one.transfer_id for one in transfers]
    callbacks = api.callbacks.find(OWNER, CallbackQuery(limit=3)).items
    held_calls = [one.id for one in desk().approvals.find(OWNER).items]
    return [
        "/",
        f"/assets/{own}/",
        f"/accounts/{transfers[0].account_id}/statement/?asset={transfers[0].asset_id}",
        *(f"/files/{file.id}/" for file in api.market_files.find(OWNER).items),
        f"/transfers/{waiting[0]}/",
        "/me/factors/authenticator/",
        "/me/factors/passkeys/new/",
        _chosen("/markets/bulk/", markets),
        _chosen("/accounts/bulk/", [one.user_id for one in transfers]),
        _chosen("/transfers/confirm/", waiting),
        _chosen("/transfers/cancel/", waiting),
        _chosen("/callbacks/replay/", [one.webhook_id for one in callbacks]),
        *(f"/callbacks/{one.webhook_id}/" for one in callbacks),
        *(f"/transfers/{one.subject_id}/" for one in callbacks),
        *(f"/approvals/{one}/" for one in held_calls),
    ]


def _chosen(path: str, ids: list[str]) -> str:
    return f"{path}?{urlencode([('id', one) for one in ids])}"
