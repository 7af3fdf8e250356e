"""Every operation of the contract: its status and its shape, and the refusals that all of them share."""

from typing import Any

import pytest

from tests.api.callers import Caller
from tests.contract.area import CALLS, OF_ROW, SPOT, UPLOAD, Call, form, upload

EVERY = pytest.mark.parametrize("key", CALLS, ids=" ".join)
WITH_JSON = pytest.mark.parametrize("key", [key for key, call in CALLS.items() if call.body is not None], ids=" ".join)


def send(caller: Caller, method: str, call: Call, names: dict[str, str] | None = None, **changed: Any) -> Any:
    call = call._replace(**changed)
    named = names or {"account": "0" * 24, "waiting": "0" * 26, "rule": "0" * 36, "order": "0" * 26, "report": "0" * 36, "template": "0" * 36}
    if "{file}" in call.path:
        named = named | {"file": caller.send("POST", "markets/file", form(file=upload()), media=UPLOAD).json()["id"]}
    body = form(file=upload()) if call.path == "markets/file" and call.body is None else call.body
    if isinstance(body, dict | list):
        body = filled(body, named)
    return caller.send(method, call.path.format(**named), body, media=call.media, **filled(dict(call.headers), named))


def filled(body: Any, named: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, named) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, named) for value in body]
    return body.format(**named) if isinstance(body, str) else body


@EVERY
def test_the_answer_has_the_status_and_the_shape_of_the_contract(
    key: tuple[str, str], anybody: Caller, trader: Caller, gold: str, names: dict[str, str]
) -> None:
    row = OF_ROW[key]
    answer = send(trader if row["operation"] == "trading-ui" else anybody, key[0], CALLS[key], names)
    assert str(answer.status_code) == next(status for status in row["responses"] if status.startswith("2")), answer.content
    if "responseExample" in row:
        assert answer["Content-Type"] == "application/json"
        assert differences(row["responseExample"], answer.json()) == []
    elif row["responses"]["200"] == "binary":
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content)
    else:
        assert answer.content == b""


def test_every_field_of_a_market_is_filled_by_one_type_or_another(anybody: Caller, gold: str) -> None:
    assert anybody.post("markets", SPOT).status_code == 201
    seen = [anybody.get(f"markets/{market}").json() for market in (gold, "spot.btc_usd")]
    assert [name for name in seen[0] if all(market[name] is None for market in seen)] == []


@EVERY
def test_without_a_token_401(key: tuple[str, str], db: None) -> None:
    answer = Caller(None).send(key[0], CALLS[key].path, media=CALLS[key].media)
    assert_problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


@EVERY
def test_without_the_operation_403_before_the_body_is_looked_at(key: tuple[str, str], caller: Any) -> None:
    assert_problem(caller("view-audit").send(key[0], CALLS[key].path, b"{", media=CALLS[key].media), 403, "not_permitted")


@WITH_JSON
def test_an_unknown_field_400(key: tuple[str, str], anybody: Caller, gold: str) -> None:
    call = CALLS[key]
    body = [call.body[0] | {"isAdmin": True}] if isinstance(call.body, list) else call.body | {"isAdmin": True}
    problem = assert_problem(send(anybody, key[0], call, body=body), 400, "invalid")
    assert problem["errors"] == {("[0]." if isinstance(body, list) else "") + "isAdmin": ["There is no such field."]}


@WITH_JSON
@pytest.mark.parametrize("body", [b"{", b"", b"[1,]", b"{'a': 1}", b"\xff\xfe", b"null", b"[]", b'"text"', b"1"])
def test_broken_json_400(key: tuple[str, str], body: bytes, anybody: Caller) -> None:
    if body == b"[]" and isinstance(CALLS[key].body, list):
        body = b"{}"
    assert_problem(send(anybody, key[0], CALLS[key], body=body), 400, "invalid")


@EVERY
def test_another_version_400(key: tuple[str, str], anybody: Caller) -> None:
    call = CALLS[key]
    problem = assert_problem(send(anybody, key[0], call, path=call.path.replace("{file}", "x"), media=call.media[:-3] + "9.0"), 400, "invalid")
    assert list(problem["errors"]) == ["x-api-version"]


@WITH_JSON
def test_every_enum_refuses_unspecified(key: tuple[str, str], anybody: Caller, gold: str) -> None:
    example = OF_ROW[key]["requestExample"]
    for field in [name for name, value in example.items() if value == "Unspecified"] if isinstance(example, dict) else []:
        problem = assert_problem(send(anybody, key[0], CALLS[key], body=CALLS[key].body | {field: "Unspecified"}), 400, "invalid")
        assert field in problem["errors"]


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"], problem["traceId"]) == (status, code, answer["X-Request-ID"])
    return problem


def differences(example: Any, actual: Any, path: str = "$") -> list[str]:
    """Where an answer is not of the example's shape; a null may stand for what is optional."""
    if actual is None or example == "[Circular Reference]":
        return []
    if type(example) is int and type(actual) in (int, float):
        return []
    if type(example) is not type(actual):
        return [f"{path}: {type(actual).__name__} instead of {type(example).__name__}"]
    if isinstance(example, dict):
        odd = [f"{path}.{name}" for name in example.keys() ^ actual.keys()]
        return odd + [found for name in example.keys() & actual.keys() for found in differences(example[name], actual[name], f"{path}.{name}")]
    if isinstance(example, list):
        return [found for number, item in enumerate(actual) for found in differences(example[0], item, f"{path}[{number}]")]
    return []
