"""What can't be kept, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.foundation.registry.declarations import Label


class ValueRefusedError(ValueError):
    """A value that its field can't hold; str() says what to type instead."""


class InvalidError(ValueError):
    """Messages by field name."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors
