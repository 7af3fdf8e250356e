"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("backoffice", "portal", "tests", "bench")
MONEY = (
    "backoffice/markets",
    "backoffice/contracts",
    "backoffice/ledger",
    "backoffice/transfers",
    "backoffice/books",
    "backoffice/accounts",
    "backoffice/history",
    "backoffice/commissions",
    "backoffice/commission_files",
    "backoffice/trading",
    "backoffice/commission_changes",
    "backoffice/tables",
)
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "handler", "processor", "base", "data", "info"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def found(pattern: str, *folders: str, ending: str = "py") -> list[str]:
    wanted = re.compile(pattern)
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob(f"*.{ending}")) if "migrations" not in path.parts]
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if wanted.search(line)
    ]


def test_files_stay_under_300_lines() -> None:
    long = {str(path.relative_to(ROOT)): count for path in sources(*OURS) if (count := len(path.read_text().splitlines())) > 300}
    assert long == {}


def test_scripts_and_styles_and_templates_stay_short() -> None:
    paths = [path for ending in ("js", "css", "html") for folder in ("static", "templates") for path in (ROOT / folder).rglob(f"*.{ending}")]
    assert {str(path.relative_to(ROOT)) for path in paths if len(path.read_text().splitlines()) > 300} == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("backoffice", "portal")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_modules_are_named_for_what_they_do() -> None:
    assert [str(path) for path in sources("backoffice", "portal") if path.stem in BANNED_NAMES and path.name != "__init__.py"] == []


@pytest.mark.parametrize(
    ("pattern", "folders"),
    [
        (r"\bfloat\(|FloatField|double precision", MONEY),
        (r"^\s*@receiver", OURS[:2]),
        (r"\bdatetime\.(now|utcnow)\(\)", OURS[:2]),
        (r"def save\(self", OURS[:2]),
        (r"[A-Z]\w*\.objects\b|transaction\.atomic|django\.db\b", ("portal", "backoffice/api", "backoffice/jobs")),
        (r"\.(extra|raw)\(|RawSQL|(filter|exclude|annotate|order_by|values)\(\**(request|query|body)", OURS[:2]),
        (r"mock\.|MagicMock|monkeypatch\.setattr\(.?(backoffice|portal)", ("tests",)),
    ],
)
def test_this_stands_nowhere(pattern: str, folders: tuple[str, ...]) -> None:
    here = str(Path(__file__).relative_to(ROOT))
    assert [place for place in found(pattern, *folders) if not place.startswith(here)] == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    assert found(r"""\sstyle=|<script(?![^>]*\bsrc=)|\son(?!e=)[a-z]+=|hx-on|hx-vals=.js:|javascript:""", "templates", ending="html") == []


def test_nothing_reaches_for_a_network_host_of_others() -> None:
    allowed = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\]|[\w.]*example\.(com|org|test)|[\w.-]+\.test|www\.w3\.org|testserver)")
    links = found(r"https?://", "templates", ending="html")
    assert [place for place in links if not allowed.search((ROOT / place.rsplit(":", 1)[0]).read_text())] == []
