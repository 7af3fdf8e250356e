"""Names that lie: what they lead to is checked at every connection, and only a checked address is ever connected to."""

import time
from typing import Any

import pytest

from backoffice.callbacks import resolve, urls
from backoffice.callbacks.send import Outcome, Sender
from tests.callbacks.names import Names
from tests.callbacks.receiver import serving

PAY = "pay.example.com"


def sent(url: str = f"https://{PAY}/") -> Outcome:
    sender = Sender(4)
    outcome = sender.send(urls.parse(url), {}, b"{}")
    sender.close()
    return outcome


def found(name: str = PAY) -> list[str]:
    return [str(address) for address in resolve.resolve(name, 3)]


def test_public_addresses_of_both_kinds(names: Names) -> None:
    names.tell(PAY, ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
    # Each kind in the order in which the name server tells it, which may be any.
    *first, last = found()
    assert (sorted(first), last) == (["1.1.1.1", "8.8.8.8"], "2606:4700:4700::1111")
    assert names.asked == [(f"{PAY}.", "A"), (f"{PAY}.", "AAAA")]


@pytest.mark.parametrize(
    "records",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fd00:ec2::254"],
        ["1.1.1.1", "127.0.0.1"],
        ["1.1.1.1", "::1"],
        ["cname:inside.example.com", "192.168.1.1"],
    ],
)
def test_one_address_that_is_not_public_spoils_all(records: list[str], names: Names, connections: list[Any]) -> None:
    names.tell(PAY, records)
    outcome = sent()
    assert (outcome.is_refused, outcome.reason) == (True, "the name leads to an address that is not public")
    assert set(connections) <= {names.address}


def test_a_name_that_leads_elsewhere_the_second_time(names: Names, connections: list[Any], settings: Any) -> None:
    settings.PLAIN_HTTP_CALLBACKS = True
    with serving() as inside:
        names.tell(PAY, ["1.1.1.1"], ["127.0.0.1"])
        assert found() == ["1.1.1.1"]
        outcome = sent(f"http://{PAY}:{inside.port}/ok")
        assert outcome.is_refused
        assert (inside.lines, inside.seen) == (0, [])
    assert set(connections) <= {names.address}


def test_a_name_is_asked_for_once_and_the_answer_is_used(names: Names) -> None:
    names.tell(PAY, ["10.0.0.1"])
    assert sent().is_refused
    assert names.asked == [(f"{PAY}.", "A"), (f"{PAY}.", "AAAA")]


def test_a_name_that_is_not_there_and_one_without_addresses(names: Names) -> None:
    names.tell(PAY, [])
    assert sent().reason == "the name has no address"
    assert sent("https://nobody.example.com/").reason == "there is no such name"


def test_more_addresses_than_anybody_needs(names: Names) -> None:
    names.tell(PAY, [f"1.1.1.{number}" for number in range(1, 18)])
    assert sent().reason == "the name has more than 16 addresses"


def test_a_server_that_is_silent_costs_three_seconds(names: Names) -> None:
    names.tell(PAY, None)
    began = time.monotonic()
    assert sent().reason == "the name could not be resolved"
    assert 2.5 < time.monotonic() - began < 5.5


@pytest.mark.parametrize("name", ["127.0.0.1.nip.example.com", "localtest.example.com"])
def test_names_made_to_lead_home(name: str, names: Names) -> None:
    names.tell(name, ["127.0.0.1"])
    assert sent(f"https://{name}/").is_refused
