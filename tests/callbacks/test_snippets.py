"""The verifiers of docs/callbacks.md, each run by its own language where that is installed."""

import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils import timezone

from backoffice.callbacks import signing

PAGE = (Path(__file__).parents[2] / "docs/callbacks.md").read_text()
SNIPPETS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
# Each reads a JSON list of cases from standard input and prints a JSON list of true and false.
ENDINGS = {
    "python": """
import json, sys
print(json.dumps([is_genuine(c["secret"], c["id"], c["timestamp"], c["signatures"], c["body"].encode()) for c in json.load(sys.stdin)]))
""",
    "javascript": """
const cases = JSON.parse(require("node:fs").readFileSync(0));
console.log(JSON.stringify(cases.map((c) => isGenuine(c.secret, c.id, c.timestamp, c.signatures, Buffer.from(c.body)))));
""",
    "php": """
$cases = json_decode(file_get_contents('php://stdin'), true);
echo json_encode(array_map(fn($c) => is_genuine($c['secret'], $c['id'], $c['timestamp'], $c['signatures'], $c['body']), $cases));
""",
    "go": """
type one struct{ Secret, Id, Timestamp, Signatures, Body string }

func main() {
	var cases []one
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	found := []bool{}
	for _, c := range cases {
		found = append(found, IsGenuine(c.Secret, c.Id, c.Timestamp, c.Signatures, []byte(c.Body)))
	}
	json.NewEncoder(os.Stdout).Encode(found)
}
""",
}


class Language(NamedTuple):
    command: list[str]
    ending: str


LANGUAGES = {
    "python": Language([sys.executable], "py"),
    "javascript": Language(["node"], "cjs"),
    "php": Language(["php"], "php"),
    "go": Language(["go", "run"], "go"),
}


def cases() -> tuple[list[dict[str, str]], list[bool]]:
    secret, other, body = signing.make(), signing.make(), '{"type":"transfer.completed","note":"Grüße 世界"}'

    def case(valid: list[bytes], *, age: int = 0, **changed: str) -> dict[str, str]:
        headers = signing.headers("evt_1", body.encode(), valid, at=timezone.now() - timedelta(seconds=age))
        found = {"id": headers["webhook-id"], "timestamp": headers["webhook-timestamp"], "signatures": headers["webhook-signature"]}
        return {"secret": signing.shown(secret), "body": body} | found | changed

    good = [case([secret]), case([secret, other]), case([other, secret]), case([secret], age=290), case([secret], age=-290)]
    bad = [case([other]), case([secret], age=400), case([secret], age=-400), case([secret], body=body + " "), case([secret], id="evt_2")]
    bad += [case([secret], signatures=signatures) for signatures in ("", "v1,", "v1,AAAA", "é")] + [case([secret], timestamp="soon")]
    return good + bad, [True] * len(good) + [False] * len(bad)


def written(language: str, folder: Path) -> Path:
    text = SNIPPETS[language]
    if language == "go":
        text = text.replace("package callbacks", "package main").replace('\t"encoding/base64"', '\t"encoding/base64"\n\t"encoding/json"\n\t"os"')
    place = folder / f"verify.{LANGUAGES[language].ending}"
    place.write_text(text + ENDINGS[language])
    return place


def test_there_are_four_languages() -> None:
    assert set(SNIPPETS) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_snippet_knows_what_is_genuine(language: str, tmp_path: Path) -> None:
    command = LANGUAGES[language].command
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    asked, expected = cases()
    done = subprocess.run([*command, written(language, tmp_path)], input=json.dumps(asked), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected
