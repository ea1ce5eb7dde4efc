"""Events as JSON and back, by the types their dataclass declares."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints


class EventTypeError(TypeError):
    """An event carries what cannot be kept as JSON: a mistake in the code that publishes it."""


def event_name(kind: type[Any]) -> str:
    """The event's name on the wire: "<file>.<Class>"."""
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


def to_plain(event: Any) -> dict[str, Any]:
    """The event's fields as JSON values. Dates become ISO text, decimals text, tuples lists."""
    if not is_dataclass(event) or isinstance(event, type):
        raise EventTypeError(f"{event!r} is not an event")
    return {field.name: _plain(getattr(event, field.name), field.name) for field in fields(event)}


def _plain(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if "\x00" in value or (not value.isascii() and any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)):
            raise EventTypeError(f"{name} holds a character that JSON in PostgreSQL cannot")
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EventTypeError(f"{name} is {value}")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise EventTypeError(f"{name} is a time without its zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item, name) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return to_plain(value)
    raise EventTypeError(f"{name} is a {type(value).__name__}")


def from_plain(kind: type[Any], plain: Mapping[str, Any]) -> Any:
    """The event of these JSON values. Fields the class no longer has are left out; new ones take their default."""
    hints = get_type_hints(kind)
    return kind(**{name: _typed(hints[name], value) for name, value in plain.items() if name in hints})


def _typed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (chosen,) = (part for part in get_args(hint) if part is not type(None))
        return _typed(chosen, value)
    if origin is tuple:
        parts = get_args(hint)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_typed(parts[0], item) for item in value)
        return tuple(_typed(part, item) for part, item in zip(parts, value, strict=True))
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if hint in (Decimal, float):
        return hint(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, value)
    return value
