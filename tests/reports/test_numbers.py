"""What becomes of a number in a workbook, whichever way it comes: as a value, or in the digits of the database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.sheets import DIGITS_MOST, as_excel, number_of


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**24), max_value=10**24))
def test_digits_and_values_come_to_the_same(value: Decimal) -> None:
    kept, read = as_excel(value), number_of(format(value, "f"))
    assert read == (kept if isinstance(kept, str) else float(kept))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**24), max_value=10**24))
def test_no_digit_is_lost(value: Decimal) -> None:
    read = number_of(format(value, "f"))
    assert Decimal(repr(read) if isinstance(read, float) else str(read)) == value


@pytest.mark.parametrize("digits", ["0", "-1.10", "123456789012345", "0.0000000000001", "-12345678.1234567", "1.000000000000000000"])
def test_what_a_spreadsheet_keeps_is_a_number(digits: str) -> None:
    assert number_of(digits) == float(digits)


@pytest.mark.parametrize("digits", ["1234567890123456", "0.1234567890123456", "1" + "0" * (DIGITS_MOST + 1)])
def test_more_than_it_keeps_is_text(digits: str) -> None:
    assert number_of(digits) == digits


def test_none_is_an_empty_cell() -> None:
    assert number_of(None) is None
