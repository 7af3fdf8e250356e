"""Rule books as JSON columns keep them."""

from typing import Any

import msgspec

from backoffice.contracts.rule_book import RuleBook


def read(stored: Any) -> RuleBook:
    return msgspec.convert(stored, RuleBook)


def kept(book: RuleBook) -> Any:
    return msgspec.to_builtins(book)
