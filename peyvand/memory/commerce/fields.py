"""A column for quantities and prices exactly as they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _DecimalField = models.DecimalField[Any, Any]
else:
    _DecimalField = models.DecimalField


class ExactField(_DecimalField):
    """PostgreSQL's numeric without a fixed scale: 0.001 stays 0.001, and quantity × price loses no digit.

    `max_digits` and `decimal_places` bound what forms accept, not what the column keeps.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 30, "decimal_places": 10, **kwargs})

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """`numeric`, which keeps each value's own number of decimals."""
        return "numeric"
