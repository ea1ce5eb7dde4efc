"""Kinds of fields: how a value is read from what people type, kept in jsonb, shown and typed again.

Kept values: text as it is, numbers and amounts as decimal strings (exact), dates and moments in ISO 8601 (moments in
UTC with "Z", so that their order is that of time), yes/no as true/false, choices by their keys, a colleague by id.
Nothing is kept of an empty value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.parsing import DateError, parse_datetime
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import RIAL
from peyvand.foundation.money.parsing import parse_amount, read_amount
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.identifiers import IdentifierError, format_phone, normalise_email, parse_phone
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.formats import read_date
from peyvand.foundation.ui.reader import current_reader

TEXT_LENGTH, LONG_LENGTH = 500, 20_000
TOMAN = "IRT"
CHOSEN = 50  # of several choices
BOUND = Decimal(10) ** 24
LIST_MARKS = str.maketrans({"،": ",", "؛": ",", ";": ",", "\n": ","})


class FieldKind(models.TextChoices):
    """What a field holds."""

    TEXT = "text", _("Text")
    LONG = "long", _("Long text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Amount of money")
    DATE = "date", _("Date")
    MOMENT = "moment", _("Date and time")
    YESNO = "yesno", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    LINK = "link", _("Link")
    COLLEAGUE = "colleague", _("Colleague")


ICONS = {
    "text": "text-size",
    "long": "notes",
    "number": "hash",
    "money": "coin",
    "date": "calendar",
    "moment": "clock",
    "yesno": "checkbox",
    "choice": "list",
    "choices": "list-check",
    "email": "mail",
    "phone": "phone",
    "link": "link",
    "colleague": "user-check",
}
WITH_CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES)
ORDERED = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE, FieldKind.MOMENT, FieldKind.YESNO)
_YES = {"true", "yes", "y", "1", "on", "بله", "بلی", "آری", "دارد", "هست"}
_NO = {"false", "no", "n", "0", "off", "خیر", "نه", "ندارد", "نیست"}


def kept(field: Field, raw: Any, *, by_hand: bool = False) -> Any:
    """What is kept of a value, in words or already of its type; None for nothing. Raises ValueRefusedError.

    Amounts are in the field's currency; of rials typed `by_hand` without a unit, a reader who reads toman means toman.
    """
    if raw is None or (isinstance(raw, str) and not clean(raw)):
        return None
    if isinstance(raw, Mapping) or (isinstance(raw, list | tuple) and field.kind != FieldKind.CHOICES):
        raise ValueRefusedError(gettext("Give one value."))
    if field.kind == FieldKind.MONEY:
        return _money(field, raw, toman=by_hand and current_reader().toman)
    return _READERS[FieldKind(field.kind)](field, raw)


def _text(field: Field, raw: Any) -> str | None:
    text = clean(str(raw))
    limit = LONG_LENGTH if field.kind == FieldKind.LONG else TEXT_LENGTH
    if len(text) > limit:
        raise ValueRefusedError(gettext("This is too long; it may have %(limit)s letters.") % {"limit": limit})
    return text if any(unicodedata.category(letter) not in ("Cf", "Zs") for letter in text) else None


def _number(field: Field, raw: Any) -> str:
    if isinstance(raw, bool):
        raise ValueRefusedError(gettext("Type a number."))
    try:
        value = raw if isinstance(raw, Decimal) else parse_amount(str(raw))
    except AmountError as error:
        raise ValueRefusedError(gettext("Type a number.")) from error
    return _decimal(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite() or abs(value) >= BOUND or -int(value.as_tuple().exponent) > 12:
        raise ValueRefusedError(gettext("This number is too large or has too many places."))
    plain = format(value.normalize(), "f")
    return "0" if plain == "-0" else plain


def _money(field: Field, raw: Any, *, toman: bool) -> str:
    if isinstance(raw, Decimal | int) and not isinstance(raw, bool):
        return _decimal(Decimal(raw))
    try:
        amount = read_amount(str(raw))
    except AmountError as error:
        raise ValueRefusedError(str(error)) from error
    value, unit = amount.value, amount.unit
    if field.currency == RIAL and (unit == TOMAN or (not unit and toman)):
        value *= 10
    elif unit not in ("", field.currency):
        raise ValueRefusedError(gettext("This field is in %(currency)s.") % {"currency": field.currency})
    return _decimal(value)


def _date(field: Field, raw: Any) -> str:
    if isinstance(raw, datetime):
        return formats.local_date(raw).isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    try:
        return read_date(str(raw)).isoformat()
    except DateError as error:
        raise ValueRefusedError(str(error)) from error


def _moment(field: Field, raw: Any) -> str:
    if isinstance(raw, datetime):
        found = raw
    else:
        reader = current_reader()
        try:
            found = parse_datetime(str(raw), tz=reader.tz, calendar_hint=reader.calendar)
        except DateError as error:
            raise ValueRefusedError(str(error)) from error
    return found.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _yesno(field: Field, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    said = fa_key(str(raw))
    if said in {fa_key(word) for word in _YES}:
        return True
    if said in {fa_key(word) for word in _NO}:
        return False
    raise ValueRefusedError(gettext("Say yes or no."))


def _one_of(field: Field, raw: str) -> str:
    """A choice by its key, or by its label in either language as people write it."""
    text = clean(raw)
    for key, label in field.choices:
        if text == key or fa_key(text) in (fa_key(part) for part in (str(label), key)):
            return key
    raise ValueRefusedError(gettext("“%(value)s” is not in the list.") % {"value": text[:60]})


def _choice(field: Field, raw: Any) -> str:
    return _one_of(field, str(raw))


def _choices(field: Field, raw: Any) -> list[str] | None:
    parts: Sequence[Any] = raw if isinstance(raw, list | tuple) else str(raw).translate(LIST_MARKS).split(",")
    found = dict.fromkeys(_one_of(field, str(part)) for part in parts if clean(str(part)))
    if len(found) > CHOSEN:
        raise ValueRefusedError(gettext("These are too many at once."))
    places = {key: place for place, (key, _label) in enumerate(field.choices)}
    return sorted(found, key=lambda key: places.get(key, 0)) or None


def _email(field: Field, raw: Any) -> str:
    try:
        return normalise_email(str(raw))
    except IdentifierError as error:
        raise ValueRefusedError(str(error)) from error


def _phone(field: Field, raw: Any) -> str:
    try:
        return parse_phone(str(raw)).e164
    except IdentifierError as error:
        raise ValueRefusedError(str(error)) from error


def _link(field: Field, raw: Any) -> str:
    text = clean(str(raw))
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in text
    except ValueError:
        good = False
    if not good or len(text) > TEXT_LENGTH:
        raise ValueRefusedError(gettext("Type an address that begins with https://."))
    return text


def _colleague(field: Field, raw: Any) -> int:
    text = latin_digits(str(raw)).strip()
    known = {key for key, _label in field.choices}
    if text in known:
        return int(text)
    for key, label in field.choices:
        if fa_key(text) == fa_key(str(label)):
            return int(key)
    raise ValueRefusedError(gettext("No colleague is called “%(value)s”.") % {"value": text[:60]})


_READERS = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
    FieldKind.YESNO: _yesno,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.LINK: _link,
    FieldKind.COLLEAGUE: _colleague,
}


def value_of(field: Field, stored: Any) -> Any:
    """A kept value in its type: Decimal, date, aware datetime (UTC), bool, str, tuple of str, int; None for nothing.

    What is kept in another shape, as after a change by hand, is None.
    """
    if stored is None:
        return None
    try:
        if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
            return Decimal(str(stored))
        if field.kind == FieldKind.DATE:
            return date.fromisoformat(stored)
        if field.kind == FieldKind.MOMENT:
            return datetime.fromisoformat(stored)
        if field.kind == FieldKind.CHOICES:
            return tuple(stored)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return stored


def shown(field: Field, value: Any) -> str:
    """A value (of its type, as `value_of` gives) as its reader reads it; "" for nothing."""
    if value in (None, "", ()):
        return ""
    labels = {key: str(label) for key, label in field.choices}
    match field.kind:
        case FieldKind.NUMBER:
            return formats.number(value)
        case FieldKind.MONEY:
            return formats.money(Money.from_decimal(value, field.currency), "full") if field.currency else str(value)
        case FieldKind.DATE:
            return formats.day(value)
        case FieldKind.MOMENT:
            return formats.moment(value)
        case FieldKind.YESNO:
            return gettext("Yes") if value else gettext("No")
        case FieldKind.CHOICE | FieldKind.COLLEAGUE:
            return labels.get(str(value), str(value))
        case FieldKind.CHOICES:
            return gettext(", ").join(labels.get(key, key) for key in value)
        case FieldKind.PHONE:
            return format_phone(str(value), current_reader().language)
        case _:
            return str(value)


def plain(field: Field, value: Any) -> Any:
    """A value as it goes into a file: dates and numbers as such, choices in the reader's words."""
    if value is None:
        return ""
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YESNO, FieldKind.COLLEAGUE):
        return shown(field, value)
    return value


def typed(field: Field, value: Any) -> Any:
    """A value as a form begins with it, so that reading it again keeps the same."""
    if value is None:
        return ""
    match field.kind:
        case FieldKind.MONEY if formats.in_toman(field.currency):
            return format((value / 10).normalize(), "f")
        case FieldKind.NUMBER | FieldKind.MONEY:
            return format(value.normalize(), "f")
        case FieldKind.MOMENT:
            local = value.astimezone(current_reader().zone)
            return f"{formats.date_as_typed(local.date())} {local:%H:%M}"
        case FieldKind.YESNO:
            return "yes" if value else "no"
        case FieldKind.CHOICES:
            return list(value)
        case FieldKind.COLLEAGUE:
            return str(value)
        case _:
            return value
