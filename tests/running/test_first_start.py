"""What a data directory says of how it began, and of what whoever starts it again must know."""

from pathlib import Path

import pytest

from backoffice.embedded import steps
from backoffice.embedded.places import places


@pytest.mark.parametrize(("note", "is_demo", "is_warned"), [(steps.EMPTY, False, False), (steps.DEMO, True, False), (steps.EARLIER_DEMO, True, True)])
def test_a_demo_whose_trades_moved_no_money_is_told_of(tmp_path: Path, note: str, is_demo: bool, is_warned: bool) -> None:
    at = places(tmp_path)
    (at.data / "first_start").write_text(note)
    assert steps.is_demo(at, empty=False) is is_demo
    assert (str(at.data) in steps.warning(at)) is is_warned
