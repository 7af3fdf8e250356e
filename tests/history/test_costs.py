"""Questions that take the database too long are refused with advice, and the next one is answered."""

import pytest
from django.db import OperationalError, connection

from backoffice.contracts.errors import Invalid
from backoffice.core import costs


@pytest.mark.django_db(transaction=True)
def test_a_question_that_takes_too_long_is_refused_with_advice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20ms'")
        with pytest.raises(Invalid) as refused, costs.bounded("Name an accountId."):
            cursor.execute("SELECT pg_sleep(5)")
        assert (refused.value.code, refused.value.fields) == ("too_costly", {"filters": ["Name an accountId."]})
        assert refused.value.detail == "This takes too long to find. Name an accountId."
        cursor.execute("SET statement_timeout = '5s'")
        cursor.execute("SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_what_else_the_database_says_passes() -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError), costs.bounded("Name an accountId."):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
