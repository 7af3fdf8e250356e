"""The proof that every test of money ends with: all invariants of the books hold."""

from backoffice.books.look import look


def assert_books_balance() -> None:
    found = look().violated
    told = [f"{checked.id} {example.object_type} {example.object_id}: {example.detail}" for checked in found for example in checked.examples]
    assert told == []
