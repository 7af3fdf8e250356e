"""Decimals on the wire: text on the back-API, numbers on the history API, every digit on both (T8)."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.contracts.accounts import AccountBalance
from backoffice.contracts.history import UserBalanceTotal
from backoffice.contracts.wire import encode

EXACT = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=18) | st.decimals(
    allow_nan=False, allow_infinity=False, places=2
)


@pytest.mark.parametrize("text", ["0", "0.00000001", "1.50", "123456789012345678901.123456789012345678", "-0.000000000000000001", "100"])
def test_a_number_is_printed_plain_and_whole(text: str) -> None:
    assert encode(UserBalanceTotal(total_balance_in_rat=Decimal(text))) == f'{{"totalBalanceInRAT":{text}}}'.encode()
    assert (
        encode(AccountBalance(asset_id="E-", locked=Decimal(0), total=Decimal(text))) == f'{{"assetId":"E-","locked":"0","total":"{text}"}}'.encode()
    )


def test_a_big_exponent_is_spelled_out() -> None:
    assert encode(UserBalanceTotal(total_balance_in_rat=Decimal("1E+3"))) == b'{"totalBalanceInRAT":1000}'
    assert encode(UserBalanceTotal(total_balance_in_rat=None)) == b'{"totalBalanceInRAT":null}'


@settings(deadline=None, database=None, derandomize=True)
@given(EXACT)
def test_what_is_printed_reads_back_the_same(number: Decimal) -> None:
    body = encode(UserBalanceTotal(total_balance_in_rat=number))
    assert b"E" not in body.removeprefix(b'{"totalBalanceInRAT"')
    assert json.loads(body, parse_float=Decimal, parse_int=Decimal)["totalBalanceInRAT"] == number
    assert msgspec.json.decode(body, type=UserBalanceTotal).total_balance_in_rat == number
