"""What the calls' outcomes mean, in words."""

from collections.abc import Mapping

from backoffice.contracts.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from backoffice.contracts.transfers import NewTransfer, TransferRefused
from backoffice.transfers.asked import refused
from backoffice.transfers.calls import Row

# Of a transfer on record as Failed.
FAILURES: Mapping[str, str] = {
    "insufficient_funds": "Not enough money: {reason} {asset} is available, {amount} was asked for.",
    "account_closed": "The account is closed.",
    "client_frozen": "The client is frozen: nothing new may begin.",
    "client_terminated": "The client is terminated: nothing new may begin.",
}
CLOSED = "The books do not balance and money is read-only until somebody has looked; repeating this later is safe."
NOT_ALLOWED = "Its host is not on the client's list, or the client has no callback secret."


def of_request(outcome: str, wanted: NewTransfer, row: Row) -> Refused:
    """Why a transfer did not begin and its id is still free."""
    if outcome == "mismatch":
        detail = f"Another request has used this deduplicationId, for the transfer {row.id}."
        return Invalid(detail, code="deduplication_mismatch", fields={"deduplicationId": [detail]})
    if outcome == "unknown_account":
        return NotFound(f"There is no account {wanted.account_id}.")
    if outcome == "unknown_asset":
        return _invalid("unknown_asset", "assetId", f"There is no asset {wanted.asset_id}.")
    if outcome == "internal_asset":
        return _invalid("internal_asset", "assetId", f"{wanted.asset_id} is an internal asset: it has no deposits and withdrawals.")
    if outcome == "amount_scale":
        return _invalid("invalid", "amount", f"This has more digits after the point than {wanted.asset_id} has.")
    return of_either(outcome)


def of_decision(outcome: str, transfer_id: str, row: Row) -> Refused:
    if outcome == "unknown_transfer":
        return NotFound(f"There is no transfer {transfer_id}.")
    if outcome == "not_a_withdrawal":
        return Invalid("This is a deposit; only withdrawals are confirmed and canceled.", code=outcome)
    if outcome == "approval_needed":
        return Conflict("Others must approve of this withdrawal first.", code=outcome)
    if outcome == "transfer_already_final":
        return Invalid(f"The {row.type.lower()} is {row.status} already.", code=outcome)
    if outcome in FAILURES:
        return Invalid(FAILURES[outcome], code=outcome)
    return of_either(outcome)


def of_either(outcome: str) -> Refused:
    if outcome == "books_closed":
        return Unavailable(CLOSED, code="books_closed")
    if outcome == "callback_refused":
        return refused(NOT_ALLOWED)
    raise RuntimeError(f"the transfer functions answered {outcome}")


def of_failed(row: Row, *, is_replayed: bool) -> TransferRefused:
    code = row.failure_code or ""
    return TransferRefused(failure_words(row), code=code, transfer_id=row.id, trace_id=row.trace_id, is_replayed=is_replayed)


def failure_words(row: Row) -> str:
    return FAILURES[row.failure_code or ""].format(reason=row.failure_detail, asset=row.asset_id, amount=format(row.amount, "f"))


def _invalid(code: str, field: str, reason: str) -> Invalid:
    return Invalid("The transfer is not valid.", code=code, fields={field: [reason]})
