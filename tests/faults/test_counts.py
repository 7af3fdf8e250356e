"""Two web processes count together, whichever of them is asked."""

import re

import pytest
import requests

from tests.faults.client import Client
from tests.faults.lab import Lab

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

TOKEN = "a-token-for-the-lab-alone"
ASKED = 40


def test_every_process_tells_of_all_of_them(lab: Lab) -> None:
    account = lab.account("100")
    web, port = lab.another_web(METRICS_TOKEN=TOKEN)
    client = Client(lab, "gateway", port=port)
    for number in range(ASKED):
        assert client.settled(client.withdraw(account, "1" if number < ASKED - 1 else "1000")).is_final
    assert len(lab.workers_of(web)) >= 2
    for _ in range(6):
        counted = scraped(port)
        assert counted['desk_money_calls_total{call="withdrawal",outcome="done"}'] == ASKED - 1
        assert counted['desk_money_calls_total{call="withdrawal",outcome="insufficient_funds"}'] == 1
        assert counted['desk_request_seconds_count{method="POST",route="/back-api/backoffice/transfers/withdrawal"}'] == ASKED
    assert counted['desk_heartbeat_age_seconds{name="beat"}'] < 60


def scraped(port: int) -> dict[str, float]:
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    assert answer.status_code == 200, answer.text
    return {line[0]: float(line[1]) for line in re.findall(r"^(\w+(?:\{.*\})?) (\S+)$", answer.text, re.MULTILINE)}
