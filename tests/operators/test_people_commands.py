"""What is done from the command line."""

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backoffice.contracts.errors import Unauthenticated
from backoffice.core.models import AuditRecord
from backoffice.operators import demo, models
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, PASSWORD, ROOT, TRACE


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


def administrator(path: Path) -> tuple[str, str]:
    return run("create_administrator", "--username", "Root", "--name", "Root", "--email", "root@example.com", "--password-file", str(path))


def test_the_first_administrator_may_do_everything(db: None, password_file: Path) -> None:
    assert administrator(password_file) == ("", "root may sign in now\n")
    sign_in, _ = identity().sign_in("root", PASSWORD, network=OFFICE, agent="")
    actor = identity().actor_of_sign_in(sign_in, trace_id=TRACE)
    assert actor
    assert actor.operations == ROOT.operations
    assert AuditRecord.objects.filter(action="operators.create", door="cli", actor_kind="system").count() == 1


def test_an_administrator_who_is_there_is_left_alone(db: None, password_file: Path) -> None:
    administrator(password_file)
    password_file.write_text("another good passphrase")
    with pytest.raises(CommandError, match="root is there already"):
        administrator(password_file)
    assert identity().sign_in("root", PASSWORD, network=OFFICE, agent="")


def test_a_weak_password_is_refused(db: None, password_file: Path) -> None:
    password_file.write_text("root")
    with pytest.raises(CommandError, match="too short"):
        administrator(password_file)
    assert not models.Operator.objects.exists()


def test_without_a_terminal_a_file_is_needed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(CommandError, match="--password-file"):
        run("create_administrator", "--username", "root", "--name", "Root", "--email", "root@example.com")


def test_a_token_stands_alone_on_standard_output(db: None) -> None:
    out, err = run("issue_token", "--operations", "view-common, manage-markets", "--client", "dev", "--ttl", "60")
    token = out.removesuffix("\n")
    assert token.count(".") == 2
    assert token.isprintable()
    assert "dev is new" in err
    actor = identity().actor_of_token(token, trace_id=TRACE)
    assert (actor.name, actor.operations) == ("dev", {"view-common", "manage-markets", "own"})
    [client] = desk().api_clients.find(ROOT)
    assert client.has_secret is False


def test_a_known_client_is_granted_what_it_lacks_and_that_is_recorded(db: None) -> None:
    run("issue_token", "--operations", "view-common", "--client", "dev")
    assert run("issue_token", "--operations", "view-common", "--client", "dev")[1] == ""
    out, err = run("issue_token", "--operations", "view-trades", "--client", "dev")
    assert "granted to the API client dev: view-trades" in err
    assert identity().actor_of_token(out.strip(), trace_id=TRACE).operations == {"view-trades", "own"}
    assert desk().api_clients.find(ROOT)[0].operations == ["view-common", "view-trades"]
    assert AuditRecord.objects.filter(action="issue_token", door="cli", actor_kind="system").count() == 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--operations", "view-comon"], "did you mean view-common"),
        (["--operations", "view-common", "--ttl", "86401"], "--ttl must be from 1 to 86400"),
        (["--operations", "view-common", "--ttl", "0"], "--ttl must be from 1 to 86400"),
    ],
)
def test_a_mistaken_request_is_explained(db: None, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("issue_token", "--client", "dev", *arguments)
    assert not models.ApiClient.objects.exists()


def test_a_client_that_is_off_stays_off(db: None) -> None:
    run("issue_token", "--operations", "view-common", "--client", "dev")
    models.ApiClient.objects.update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        run("issue_token", "--operations", "view-common", "--client", "dev")


def test_production_must_be_meant(db: None, settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--production"):
        run("issue_token", "--operations", "view-common", "--client", "dev")
    assert run("issue_token", "--operations", "view-common", "--client", "dev", "--production")[0]


def test_a_token_is_revoked_from_standard_input(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    token = run("issue_token", "--operations", "view-common", "--client", "dev")[0]
    monkeypatch.setattr(sys, "stdin", io.StringIO(token))
    assert "is revoked" in run("revoke_token")[1]
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(token.strip(), trace_id=TRACE)
    monkeypatch.setattr(sys, "stdin", io.StringIO("nonsense"))
    with pytest.raises(CommandError, match="not a live token"):
        run("revoke_token")


def test_the_demo_has_somebody_for_every_role(db: None) -> None:
    assert run("demo_sign_ins") == ("", "")
    demo.make_demo_operators()
    demo.make_demo_operators()
    lines = run("demo_sign_ins")[0].splitlines()
    assert len(lines) == len(demo.PEOPLE) == 5
    for line in lines:
        username, password, role = line.split()
        sign_in, _ = identity().sign_in(username, password, network=OFFICE, agent="")
        actor = identity().actor_of_sign_in(sign_in, trace_id=TRACE)
        assert actor
        assert [held.name for held in desk().own.roles(actor)] == [role]


def test_the_demo_is_not_for_production(db: None, settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(demo.NotForProduction):
        demo.make_demo_operators()
