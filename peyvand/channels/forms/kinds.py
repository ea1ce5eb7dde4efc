"""Types of fields: how an answer is read from what people type, kept in JSON, compared and shown.

Kept answers: text as it is, numbers and amounts as decimal strings, dates in ISO 8601 (Gregorian), yes/no and consents
as true/false, choices by their keys, ratings as integers, files as [{"id", "name", "size"}]. Nothing is kept of an
empty answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms.structure import FormField
from peyvand.foundation.fields import kinds as of_fields
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.identifiers import IdentifierError, parse_national_id, parse_postal_code
from peyvand.foundation.text.keys import clean
from peyvand.foundation.text.lists import joined
from peyvand.foundation.ui import formats

RATING = (1, 5)
NPS = (0, 10)


class Type(models.TextChoices):
    """What a field asks for."""

    TEXT = "text", _("Short text")
    LONG = "long", _("Long text")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    NUMBER = "number", pgettext_lazy("type of a field", "Number")
    MONEY = "money", _("Amount of money")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    YESNO = "yesno", _("Yes or no")
    RATING = "rating", _("Stars, one to five")
    NPS = "nps", _("Recommendation, zero to ten")
    SCALE = "scale", _("Scale of one's own")
    FILE = "file", _("File")
    ADDRESS = "address", _("Postal address")
    POSTAL = "postal", _("Postal code")
    NATIONAL = "national_id", _("National id")
    HIDDEN = "hidden", _("Hidden: where the visitor comes from")
    CONSENT = "consent", _("Line of consent")
    HEADING = "heading", _("Heading")
    PARAGRAPH = "paragraph", _("Paragraph")


ICONS: Mapping[str, str] = {
    "text": "text-size", "long": "notes", "email": "mail", "phone": "phone", "number": "hash", "money": "coin",
    "date": "calendar", "choice": "list", "choices": "list-check", "yesno": "checkbox", "rating": "star",
    "nps": "thumb-up", "scale": "adjustments", "file": "paperclip", "address": "map-pin", "postal": "map-pin",
    "national_id": "id", "hidden": "eye-off", "consent": "shield-check", "heading": "heading",
    "paragraph": "align-justified",
}  # fmt: skip
WITH_CHOICES = (Type.CHOICE, Type.CHOICES)
WORDS_ONLY = (Type.HEADING, Type.PARAGRAPH)  # nothing is answered
WRITTEN = (Type.TEXT, Type.LONG, Type.ADDRESS)
STEPS = (Type.RATING, Type.NPS, Type.SCALE)
# What the same thing is called among custom fields.
_AS_FIELD: Mapping[str, str] = {
    "text": "text", "long": "long", "address": "long", "email": "email", "phone": "phone", "number": "number",
    "money": "money", "date": "date", "choice": "choice", "choices": "choices", "yesno": "yesno",
}  # fmt: skip


def described(field: FormField, language: str) -> Field:
    """The field as foundation.fields knows such a one, for reading and showing."""
    return Field(
        name=field.key, label=field.said("label", language), kind=_AS_FIELD[field.type], currency=field.currency,
        choices=tuple((key, texts.get(language) or next(iter(texts.values()), key)) for key, texts in field.options),
    )  # fmt: skip


def read(field: FormField, raw: Any, *, language: str) -> Any:
    """What is kept of an answer; None for nothing. ValueRefusedError says what to type. Files are read elsewhere."""
    if isinstance(raw, list | tuple) and field.type != Type.CHOICES:
        raw = raw[-1] if raw else None
    if raw is None or isinstance(raw, Mapping):
        return None
    if isinstance(raw, str):
        raw = raw.replace("\x00", "")
    if field.type in _READERS:
        return _READERS[field.type](field, raw)
    if field.type in _AS_FIELD:
        value = of_fields.kept(described(field, language), raw, by_hand=True)
        if field.type in (Type.NUMBER, Type.MONEY) and value is not None:
            _within(field, Decimal(value))
        return value
    return None


def _within(field: FormField, value: Decimal) -> None:
    low, high = field.low, field.high
    if low is not None and value < low:
        raise ValueRefusedError(gettext("Type a number of at least %(low)s.") % {"low": formats.number(low)})
    if high is not None and value > high:
        raise ValueRefusedError(gettext("Type a number of at most %(high)s.") % {"high": formats.number(high)})


def bounds(field: FormField) -> tuple[int, int]:
    """The ends of a scale."""
    if field.type == Type.RATING:
        return RATING
    if field.type == Type.NPS:
        return NPS
    return int(field.low or 1), int(field.high or 5)


def _step(field: FormField, raw: Any) -> int | None:
    text = latin_digits(str(raw)).strip()
    if not text:
        return None
    low, high = bounds(field)
    try:
        value = parse_amount(text)
    except AmountError:
        value = None
    if value is None or value != int(value) or not low <= value <= high:
        raise ValueRefusedError(gettext("Choose one of the numbers."))
    return int(value)


def _consent(field: FormField, raw: Any) -> bool | None:
    return True if raw is True or str(raw).strip().lower() in ("1", "on", "yes", "true") else None


def _postal(field: FormField, raw: Any) -> str | None:
    if not clean(str(raw)):
        return None
    try:
        return parse_postal_code(str(raw)).value
    except IdentifierError as error:
        raise ValueRefusedError(str(error)) from error


def _national(field: FormField, raw: Any) -> str | None:
    if not clean(str(raw)):
        return None
    try:
        return parse_national_id(str(raw))
    except IdentifierError as error:
        raise ValueRefusedError(str(error)) from error


def _hidden(field: FormField, raw: Any) -> str | None:
    return clean(str(raw))[:500] or None


_READERS: Mapping[str, Callable[[FormField, Any], Any]] = {
    Type.RATING: _step, Type.NPS: _step, Type.SCALE: _step, Type.CONSENT: _consent, Type.POSTAL: _postal,
    Type.NATIONAL: _national, Type.HIDDEN: _hidden,
}  # fmt: skip


def warning(field: FormField, value: Any) -> str:
    """What is odd about an answer that was taken; "" for nothing."""
    if field.type == Type.POSTAL and value:
        return str(parse_postal_code(str(value)).warning or "")
    return ""


def compared(value: Any) -> list[str]:
    """A kept answer as conditions compare it: words, several for several choices."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list):
        return [str(one.get("name", "")) if isinstance(one, Mapping) else str(one) for one in value]
    return [str(value)]


def shown(field: FormField, value: Any, *, language: str) -> str:
    """An answer as its reader reads it; "" for nothing."""
    if value is None or value == "":
        return ""
    if field.type == Type.FILE:
        return joined(str(one.get("name", "")) for one in value) if isinstance(value, list) else ""
    if field.type == Type.CONSENT:
        return gettext("Yes") if value else gettext("No")
    if field.type in STEPS:
        return gettext("%(value)s of %(most)s") % {
            "value": formats.number(value), "most": formats.number(bounds(field)[1])
        }  # fmt: skip
    if field.type in _AS_FIELD:
        described_ = described(field, language)
        return of_fields.shown(described_, of_fields.value_of(described_, value))
    return str(value)


def plain(field: FormField, value: Any, *, language: str) -> Any:
    """An answer as it goes into a file."""
    if value is None:
        return ""
    if field.type in STEPS:
        return value
    if field.type in (Type.NUMBER, Type.MONEY, Type.DATE):
        return of_fields.value_of(described(field, language), value)
    return shown(field, value, language=language)
