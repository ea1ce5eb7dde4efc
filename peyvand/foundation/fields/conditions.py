"""Conditions on any field: as they stand in an address, in words, and as a query.

In an address a condition on the field x is the parameter `f.x`, its value the operator and, after a colon, what it is
compared with: "f.birth_date=after:1370-01-01" is kept with the date in ISO, "f.c.size=between:40..42". A condition that
makes no sense is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import CharField, DateField, DecimalField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.periods import start_of_day_utc
from peyvand.foundation.fields import kinds
from peyvand.foundation.fields.declarations import Field, LazyChoices
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.sorting import as_people_sort
from peyvand.foundation.text.keys import clean
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.reader import current_reader

PARAMETER = "f."
LONGEST = 200
ID_DIGITS = 19
Rows = TypeVar("Rows", bound=QuerySet[Any, Any])

_ALWAYS = ("filled", "empty")
_PARTS = ("contains", "starts", "ends")
_OF_TEXT = ("contains", "is", "not", "starts", *_ALWAYS)
_OF_NUMBER = ("is", "least", "most", "between", *_ALWAYS)
_OF_TIME = ("on", "after", "before", "between", "last", "notlast", *_ALWAYS)
_OF_CHOICE = ("any", "none", *_ALWAYS)
OPERATORS: Mapping[str, Sequence[str]] = {
    FieldKind.TEXT: _OF_TEXT,
    FieldKind.LONG: ("contains", *_ALWAYS),
    FieldKind.EMAIL: _OF_TEXT,
    FieldKind.PHONE: _OF_TEXT,
    FieldKind.LINK: _OF_TEXT,
    FieldKind.NUMBER: _OF_NUMBER,
    FieldKind.MONEY: _OF_NUMBER,
    FieldKind.DATE: _OF_TIME,
    FieldKind.MOMENT: _OF_TIME,
    FieldKind.YESNO: ("yes", "no"),
    FieldKind.CHOICE: _OF_CHOICE,
    FieldKind.CHOICES: _OF_CHOICE,
    FieldKind.COLLEAGUE: _OF_CHOICE,
}
_WITHOUT_VALUE = ("filled", "empty", "yes", "no")


@dataclass(frozen=True)
class Condition:
    """A field, what is asked of it, and with what: kept values as kinds.kept gives them, as text."""

    field: Field
    operator: str
    values: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """The address's parameter."""
        return f"{PARAMETER}{self.field.name}"

    @property
    def text(self) -> str:
        """Its value in the address."""
        if not self.values:
            return self.operator
        return f"{self.operator}:{('..' if self.operator == 'between' else ',').join(self.values)}"


def operators_of(field: Field) -> list[tuple[str, str]]:
    """What may be asked of the field, in words."""
    return [(name, _word(field, name)) for name in _operators(field)]


def _operators(field: Field) -> Sequence[str]:
    return field.operators or OPERATORS.get(field.kind, ())


def _word(field: Field, operator: str) -> str:
    if operator in field.words:
        return str(field.words[operator])
    timely = field.kind in (FieldKind.DATE, FieldKind.MOMENT)
    words = {
        "contains": pgettext("condition", "contains"),
        "is": pgettext("condition", "is"),
        "not": pgettext("condition", "is not"),
        "starts": pgettext("condition", "begins with"),
        "ends": pgettext("condition", "ends with"),
        "filled": pgettext("condition", "is filled"),
        "empty": pgettext("condition", "is empty"),
        "least": pgettext("condition", "at least"),
        "most": pgettext("condition", "at most"),
        "between": pgettext("condition", "between"),
        "on": pgettext("condition", "on"),
        "after": pgettext("condition", "from"),
        "before": pgettext("condition", "until"),
        "last": pgettext("condition", "in the last days"),
        "notlast": pgettext("condition", "not in the last days"),
        "yes": pgettext("condition", "yes"),
        "no": pgettext("condition", "no"),
        "any": pgettext("condition", "is"),
        "none": pgettext("condition", "is not"),
    }
    if operator == "none" and not timely and field.kind == FieldKind.CHOICES:
        return pgettext("condition", "has none of")
    if operator == "any" and field.kind == FieldKind.CHOICES:
        return pgettext("condition", "has one of")
    return words[operator]


def read(field: Field, text: str) -> Condition | None:
    """A condition from its value in an address; None where it makes no sense."""
    operator, _colon, rest = text.replace("\x00", "")[: LONGEST * 2].partition(":")
    parts = rest.split("..") if operator == "between" else rest.split(",") if operator in ("any", "none") else [rest]
    try:
        return made(field, operator, parts)
    except ValueRefusedError:
        return None


def made(field: Field, operator: str, values: Sequence[str], *, by_hand: bool = False) -> Condition:
    """A condition of what was typed; raises ValueRefusedError with words for the one who typed.

    `by_hand`: amounts are in the unit in which their reader reads them, as kinds.kept takes them.
    """
    if operator not in _operators(field) or not field.condition:
        raise ValueRefusedError(gettext("Choose what to ask for."))
    if operator in _WITHOUT_VALUE:
        return Condition(field, operator)
    given = [clean(value)[:LONGEST] for value in values if clean(value)]
    if not given or (operator == "between" and len(given) != 2):
        raise ValueRefusedError(gettext("Type what to compare with."))
    if operator in ("last", "notlast"):
        days = kinds.kept(Field("days", "", FieldKind.NUMBER), given[0])
        if not str(days).isdigit() or not 0 < int(days) < 40_000:
            raise ValueRefusedError(gettext("Type a number of days."))
        return Condition(field, operator, (str(days),))
    if operator in ("any", "none"):
        return Condition(field, operator, tuple(dict.fromkeys(_chosen(field, value) for value in given)))
    if operator in _PARTS or field.kind in (FieldKind.EMAIL, FieldKind.LINK, FieldKind.PHONE):
        return Condition(field, operator, (given[0],))
    compared = FieldKind.DATE if field.kind == FieldKind.MOMENT else field.kind
    plain = Field(field.name, field.label, compared, choices=field.choices, currency=field.currency)
    return Condition(field, operator, tuple(str(kinds.kept(plain, value, by_hand=by_hand)) for value in given))


def _chosen(field: Field, value: str) -> str:
    if value in dict(field.also):
        return value
    if isinstance(field.choices, LazyChoices) and value.isascii() and value.isdigit() and len(value) < ID_DIGITS:
        return value  # an id, perhaps of somebody who is offered no more
    one = FieldKind.CHOICE if field.kind == FieldKind.CHOICES else field.kind
    return str(kinds.kept(Field(field.name, field.label, one, choices=field.choices), value))


def of_query(fields: Mapping[str, Field], query: Mapping[str, str]) -> list[Condition]:
    """The conditions of an address, in its order, of the fields that there are."""
    found = []
    for name, text in query.items():
        field = fields.get(name.removeprefix(PARAMETER)) if name.startswith(PARAMETER) else None
        condition = read(field, text) if field is not None else None
        if condition is not None:
            found.append(condition)
    return found


def said(condition: Condition) -> tuple[str, str]:
    """The operator and the value in words."""
    field, operator = condition.field, condition.operator
    if operator in ("last", "notlast"):
        days = int(condition.values[0])
        text = ngettext("the last %(days)s day", "the last %(days)s days", days) % {"days": number(days)}
        return (pgettext("condition", "in") if operator == "last" else pgettext("condition", "not in")), text
    kind = FieldKind.DATE if field.kind == FieldKind.MOMENT else field.kind
    if kind == FieldKind.CHOICES:
        kind = FieldKind.CHOICE
    if operator in _PARTS or kind in (FieldKind.EMAIL, FieldKind.LINK, FieldKind.PHONE):
        words = list(condition.values)
    else:
        plain = Field(field.name, field.label, kind, choices=field.choices, currency=field.currency)
        also = {key: str(label) for key, label in field.also}
        words = [also.get(value) or kinds.shown(plain, kinds.value_of(plain, value)) for value in condition.values]
    if operator == "between":
        return _word(field, operator), gettext("%(low)s and %(high)s") % {"low": words[0], "high": words[1]}
    return _word(field, operator), gettext(" or ").join(words)


def typed_of(condition: Condition) -> list[Any]:
    """The values as an editor of the condition begins with them; days as dates."""
    field, operator = condition.field, condition.operator
    if operator in ("any", "none", "last", "notlast", *_PARTS):
        return list(condition.values)
    kind = FieldKind.DATE if field.kind == FieldKind.MOMENT else field.kind
    plain = Field(field.name, field.label, kind, currency=field.currency)
    return [kinds.typed(plain, kinds.value_of(plain, value)) for value in condition.values]


# ── as a query ────────────────────────────────────────────────────────────


def apply(found: Rows, condition: Condition) -> Rows:
    """The rows of `found` of which the condition holds; those where the field is empty never fit a comparison."""
    names, holds = parts(condition)
    return found.alias(**names).filter(holds) if names else found.filter(holds)


def parts(condition: Condition) -> tuple[dict[str, Combinable], Q]:
    """What the rows must be given under a name before they can be asked (`alias`), and the condition on them."""
    field = condition.field
    if field.asks is not None:
        return {}, field.asks(condition)
    if not field.custom:
        return {}, compared(condition, field.path)
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YESNO, FieldKind.COLLEAGUE):
        return {}, _contained(condition)
    name = f"cf_{field.key}"
    return {name: expression(field)}, compared(condition, name)


def expression(field: Field) -> Combinable:
    """A field's value for comparing and sorting."""
    if not field.custom:
        return F(field.path)
    text = KeyTextTransform(field.key, "custom")
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return Cast(text, DecimalField(max_digits=36, decimal_places=12))
    if field.kind == FieldKind.DATE:
        return Cast(text, DateField())
    if field.kind == FieldKind.MOMENT:
        return Cast(text, models.DateTimeField())
    return Cast(text, CharField())


def order_expression(field: Field) -> Combinable:
    """Like `expression`, with letters in the order of people's alphabets."""
    if field.order is not None:
        return field.order()
    found = expression(field)
    if field.kind not in (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.EMAIL, FieldKind.LINK):
        return found
    return as_people_sort(found if field.custom else NullIf(found, Value("")))


def _contained(condition: Condition) -> Q:
    """Conditions on what jsonb holds whole, which its GIN index answers."""
    field, key = condition.field, condition.field.key
    match condition.operator:
        case "yes":
            return Q(custom__contains={key: True})
        case "no":
            return ~Q(custom__contains={key: True})
        case "filled":
            return Q(custom__has_key=key)
        case "empty":
            return ~Q(custom__has_key=key)
    any_of = Q()
    for value in condition.values:
        one: Any = int(value) if field.kind == FieldKind.COLLEAGUE else value
        any_of |= Q(custom__contains={key: [one] if field.kind == FieldKind.CHOICES else one})
    return any_of if condition.operator == "any" else ~any_of


def compared(condition: Condition, path: str) -> Q:
    """The condition on what stands at the path; where nothing stands only `empty` and the negations hold."""
    field, operator, values = condition.field, condition.operator, condition.values
    empty = Q(**{f"{path}__isnull": True})
    if not field.custom and field.kind in (FieldKind.TEXT, FieldKind.LONG, FieldKind.EMAIL, FieldKind.LINK, "choice"):
        empty |= Q(**{path: ""})
    if operator in _ALWAYS:
        return empty if operator == "empty" else ~empty
    if field.kind in (FieldKind.DATE, FieldKind.MOMENT):
        return _timed(condition, path)
    if operator in ("least", "most", "between") or field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        low = Decimal(values[0])
        bounds = {
            "is": {path: low},
            "least": {f"{path}__gte": low},
            "most": {f"{path}__lte": low},
            "between": {f"{path}__gte": low, f"{path}__lte": Decimal(values[-1])},
        }
        return Q(**bounds[operator])
    if operator in ("any", "none"):
        any_of = Q(**{f"{path}__in": values})
        return any_of if operator == "any" else ~any_of | empty
    if operator == "yes" or operator == "no":
        return Q(**{path: True}) if operator == "yes" else ~Q(**{path: True})
    value = values[0]
    whole = "exact" if value.upper() == value.lower() else "iexact"  # letters without a case are met by an index
    lookups = {
        "contains": "icontains", "starts": "istartswith", "ends": "iendswith", "is": whole, "not": whole,
    }  # fmt: skip
    like = Q(**{f"{path}__{lookups[operator]}": value})
    return ~like | empty if operator == "not" else like


def _timed(condition: Condition, path: str) -> Q:
    """Days are days of the reader's zone; both ends are counted in. The last N days are whole ones of the workspace's
    zone, today the Nth, as in reports and figures, so that they mean the same to everybody and change at midnight only.
    """
    operator, values = condition.operator, condition.values
    moment = condition.field.kind == FieldKind.MOMENT
    if operator in ("last", "notlast"):
        zone = ZoneInfo(settings.text("time_zone"))
        today = timezone.now().astimezone(zone).date()
        since = today - timedelta(days=int(values[0]) - 1)
        within = Q(**{f"{path}__gte": since, f"{path}__lte": today})
        if moment:
            end = start_of_day_utc(today + timedelta(days=1), zone).astimezone(UTC)
            within = Q(**{f"{path}__gte": start_of_day_utc(since, zone).astimezone(UTC), f"{path}__lt": end})
        return within if operator == "last" else ~within | Q(**{f"{path}__isnull": True})
    first, last = date.fromisoformat(values[0]), date.fromisoformat(values[-1])
    bounds: dict[str, Any] = {}
    if operator != "before":
        bounds[f"{path}__gte"] = _start(first) if moment else first
    if operator != "after":
        bounds[f"{path}__lt" if moment else f"{path}__lte"] = _start(last + timedelta(days=1)) if moment else last
    return Q(**bounds)


def _start(day: date) -> datetime:
    return start_of_day_utc(day, current_reader().zone).astimezone(UTC)
