"""Column types of money and quantities."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


# The stubs make field classes generic; at run time they are not.
class AmountField(models.DecimalField):  # type: ignore[type-arg]
    """An exact number of up to 20 digits before and 18 after the point, stored as given: no zeros are added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"max_digits": 38, "decimal_places": 18}
        super().__init__(*args, **defaults | kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002  the base class's signature
        return "numeric"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_digits", "decimal_places"):
            kwargs.pop(key)
        return name, path, args, kwargs


class IdField(models.CharField):  # type: ignore[type-arg]  # as above
    """A public id: text compared byte for byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"max_length": 64, "db_collation": "C"}
        super().__init__(*args, **defaults | kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002  the base class's signature
        # By the name "varchar" Django would add a second index for LIKE to every key; in collation C the first one serves it.
        return f"character varying({self.max_length})"
