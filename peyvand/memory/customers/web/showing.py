"""How conditions, rows and identities are said on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext, pgettext

from peyvand.foundation.fields.conditions import PARAMETER, typed_of
from peyvand.foundation.fields.conditions import said as said_of
from peyvand.foundation.fields.declarations import Field as RecordField
from peyvand.foundation.fields.kinds import FieldKind, kept, shown, typed, value_of
from peyvand.foundation.fields.models import SavedView
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.formats import money, number, unit_word
from peyvand.memory.customers import belonging
from peyvand.memory.customers.fields import OF_PEOPLE, TRAIT
from peyvand.memory.customers.filters import TOUCHED, VIEWS, Asked
from peyvand.memory.customers.models import Customer, Identity, IdentityKind
from peyvand.memory.customers.queries import CLASS, SLIPPING, WORTH, worth_traits_of
from peyvand.memory.customers.traits import words_of

IDENTITY_ICONS = {
    IdentityKind.PHONE: "phone",
    IdentityKind.EMAIL: "mail",
    IdentityKind.CARD: "id-badge-2",
    IdentityKind.EXTERNAL: "hash",
    IdentityKind.VISITOR: "world",
}
MESSENGER_ICONS = {
    "telegram": "brand-telegram",
    "instagram": "brand-instagram",
    "whatsapp": "brand-whatsapp",
    "bale": "bale",
}
CHANNEL_KINDS = (IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.MESSENGER, IdentityKind.VISITOR)


def address(query: Mapping[str, str], **changed: str) -> str:
    """A list's address with some of its query changed; "" takes one out."""
    said = {name: value for name, value in {**query, **changed}.items() if value}
    return f"?{urlencode(said)}" if said else "?"


def query_of(get: QueryDict) -> dict[str, str]:
    """A list's query; what may be ticked several times is joined by commas."""
    return {name: ",".join(get.getlist(name)) if name == "class" else str(get[name]) for name in get}


def icon_of(identity: Identity) -> str:
    """The sign of an identity."""
    if identity.kind == IdentityKind.MESSENGER:
        return MESSENGER_ICONS.get(identity.system, "message-circle")
    return IDENTITY_ICONS.get(IdentityKind(identity.kind), "id")


@dataclass(frozen=True)
class Tab:
    """A view of the list."""

    label: str
    url: str
    current: bool
    count: str = ""
    icon: str = ""
    key: str = ""  # by which its count finds it


def tabs(asked: Asked, views: Sequence[SavedView] = (), opened: SavedView | None = None) -> list[Tab]:
    """The views that everyone has, then one's own and those that are shared; their counts come afterwards."""
    labels = {
        "all": gettext("All"),
        "mine": gettext("Mine"),
        "people": pgettext("customers", "People"),
        "organisations": gettext("Organisations"),
        "attention": gettext("Need care"),
        "unowned": gettext("Without owner"),
    }
    built_in = [
        Tab(labels[view], address({"view": view}), opened is None and asked.view == view, key=view) for view in VIEWS
    ]
    return built_in + [
        Tab(view.name, f"?{view.query}{'&' if view.query else ''}saved={view.pk}", view == opened,
            icon="users" if view.shared else "bookmark", key=str(view.pk))
        for view in views
    ]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A condition that the list knows: its sign, its name, and the parameters that say it."""

    name: str
    label: str
    icon: str
    parameters: tuple[str, ...]
    about: RecordField | None = None  # of the fields that have no condition of their own


# The conditions that people ask for most, in the order of the menu.
COMMON = ("class", "owner", "tags", "lists", "city", "stage", "touched", "worth", "consent", "kind")


def fields(asked: Asked) -> list[Field]:
    """All conditions: the common ones in the order of the menu, custom fields, then the others."""
    own = [
        Field("touched", gettext("Last interaction"), "clock", ("touched",)),
        Field("worth", gettext("Revenue"), "coin", ("from", "to")),
    ]
    found = own + [
        Field(one.name, str(one.label), one.icon, (f"{PARAMETER}{one.name}",), one)
        for one in asked.fields.values()
        if one.condition
    ]
    places = {name: place for place, name in enumerate(COMMON)}
    return sorted(
        found,
        key=lambda one: places.get(one.name, len(places) + (one.about is None or not one.about.custom)),
    )


@dataclass(frozen=True)
class Chip:
    """A condition in words, with the address without it; `typed` as its editor begins."""

    field: Field
    operator: str
    value: str
    remove_url: str
    asked: str = ""
    typed: tuple[Any, ...] = ()


def chips(asked: Asked, *, currency: str) -> list[Chip]:
    """The conditions that are set, each as a sentence."""
    known = {one.name: one for one in fields(asked)}
    own = [
        Chip(
            known[name],
            *said,
            address(asked.query, **dict.fromkeys(known[name].parameters, "")),
            typed=_worth_typed(asked.given, currency) if name == "worth" else (),
        )
        for name in ("touched", "worth")
        if (said := _said(name, asked.given, currency)) is not None
    ]
    return own + [
        Chip(
            known[one.field.name],
            *said_of(one),
            address(asked.query, **{one.parameter: ""}),
            one.operator,
            tuple(typed_of(one)),
        )
        for one in asked.stated
    ]


def _said(name: str, given: Mapping[str, str], currency: str) -> tuple[str, str] | None:
    if name == "worth":
        return _between(given.get("from", ""), given.get("to", ""), currency)
    return touched_words(given["touched"]) if given.get("touched") else None


def _between(low: str, high: str, currency: str) -> tuple[str, str] | None:
    unit = unit_word(currency)
    low, high = (_worth_said(value, currency) if value else "" for value in (low, high))
    if low and high:
        return pgettext("condition", "between"), gettext("%(low)s and %(high)s %(unit)s") % {
            "low": low, "high": high, "unit": unit,
        }  # fmt: skip
    if low:
        return pgettext("condition", "at least"), f"{low} {unit}"
    return (pgettext("condition", "at most"), f"{high} {unit}") if high else None


def _worth_said(value: str, currency: str) -> str:
    """An amount of an address, which is in whole units of the currency, as it stands in the list: bare."""
    amount = parse_amount(value)
    with suppress(AmountError):  # of more than anybody has
        return money(Money.from_decimal(amount, currency), "number") if is_currency(currency) else number(amount)
    return number(amount)


def _worth_field(currency: str) -> RecordField:
    return RecordField("worth", "", FieldKind.MONEY, currency=currency)


def _worth_typed(given: Mapping[str, str], currency: str) -> tuple[str, ...]:
    """The two amounts as their editor begins with them."""
    field = _worth_field(currency)
    amounts = (given.get(name, "") for name in ("from", "to"))
    return tuple(str(typed(field, parse_amount(value))) if value else "" for value in amounts)


def worth_asked(values: Sequence[str], currency: str) -> dict[str, str]:
    """What was typed as least and most, as the address says it; ValueRefusedError with words for the one who typed."""
    field = _worth_field(currency)
    given = dict(zip(("from", "to"), values, strict=False))
    return {name: str(kept(field, value, by_hand=True) or "") for name, value in given.items()}


def touched_words(value: str) -> tuple[str, str]:
    """«در ۳۰ روز گذشته» or «پیش از ۳۰ روز گذشته»."""
    days = abs(int(value))
    text = ngettext("the last %(days)s day", "the last %(days)s days", days) % {"days": number(days)}
    return (pgettext("condition", "not in") if value.startswith("-") else pgettext("condition", "in")), text


def touched_choices() -> list[tuple[str, str]]:
    """The spans of time one can choose."""
    return [(value, " ".join(touched_words(value))) for value in TOUCHED]


SORTED_AS = {"worth": "value", "touched": "touched"}  # columns whose order has a name of its own
FALLING = ("value", "touched")  # orders whose plain name begins with the greatest
_CARD = {"class": "m-badge", "worth": "n num m-a nw", "touched": "m-b", "channels": "wide-only", "owner": "m-c"}


@dataclass(frozen=True)
class Column:
    """A head of the list: where a click on it leads, how it is sorted now, and the class of its cells."""

    field: RecordField
    label: str
    cls: str
    url: str = ""
    aria: str = "none"


def columns(asked: Asked, *, unit: str) -> list[Column]:
    """The list's columns after the name."""
    found = []
    for name in asked.columns:
        one = asked.fields[name]
        label = gettext("Revenue (%(unit)s)") % {"unit": unit} if name == "worth" else str(one.label)
        number_like = one.kind in (FieldKind.NUMBER, FieldKind.MONEY)
        cls = _CARD.get(name, "cu-extra n num nw" if number_like else "cu-extra")
        found.append(Column(one, label, cls, *(sort_of(asked, SORTED_AS.get(name, name)) if one.sortable else ())))
    return found


def sort_of(asked: Asked, order: str) -> tuple[str, str]:
    """Where a click on a head of this order leads, and how it is sorted now for a screen reader."""
    current = asked.order in (order, f"-{order}")
    falling = (asked.order == order) is (order in FALLING)
    url = address(asked.query, sort=f"-{order}" if asked.order == order else order)
    return url, ("descending" if falling else "ascending") if current else "none"


@dataclass(frozen=True)
class Cell:
    """A place of a row; `text` for the fields that are shown as text."""

    field: RecordField
    cls: str
    text: str = ""
    editable: bool = False


_NAMED = ("tags", "lists", *belonging.FIELDS)  # whose values are names already
_OWN_CELLS = ("class", "worth", "touched", "channels", "owner")


def cells(customer: Customer, heads: Sequence[Column], *, editable: bool) -> list[Cell]:
    """A row's cells after the name."""
    return [cell(customer, one.field, cls=one.cls, editable=editable) for one in heads]


def cell(customer: Customer, one: RecordField, *, cls: str = "", editable: bool = False) -> Cell:
    """One field of a customer; one that nobody types, or that such a customer has none of, is not to be edited."""
    may = editable and bool(one.edited) and not (customer.is_organisation and one.name in OF_PEOPLE)
    value = None if one.name in _OWN_CELLS else value_in(customer, one)
    if one.name.startswith(TRAIT):
        text = words_of(value) if value is not None else ""
    else:
        text = gettext(", ").join(value) if one.name in _NAMED and value else shown(one, value)
    return Cell(one, cls or _CARD.get(one.name, "cu-extra"), text, may)


def value_in(customer: Customer, one: RecordField) -> Any:
    """A field's value of a customer as `kinds.shown` takes it; of a trait the trait itself."""
    if one.name.startswith(TRAIT):
        return worth_traits_of(customer).get(one.name.removeprefix(TRAIT))
    if one.name in belonging.FIELDS:
        return belonging.words(customer, one.name)
    if one.custom:
        return value_of(one, customer.custom.get(one.key))
    if one.name in ("phone", "email"):
        return next((row.key for row in customer.identities.all() if row.kind == one.name), None)
    if one.name == "tags":
        return tuple(sorted(row.tag.name for row in customer.tagged.all()))
    if one.name == "lists":
        return tuple(row.list.name for row in getattr(customer, "lists_shown", ()))
    value = getattr(customer, one.path)
    return None if value in ("", None) else value


@dataclass(frozen=True)
class Line:
    """A row of the list."""

    customer: Customer
    who: str
    rfm_class: str
    worth: str
    slipping: str
    identities: Sequence[tuple[str, str]] = field(default_factory=tuple)
    cells: Sequence[Cell] = field(default_factory=tuple)

    @property
    def pk(self) -> int:
        return self.customer.pk

    @property
    def touched(self) -> datetime | None:
        return self.customer.last_interaction_at


def line(
    customer: Customer,
    *,
    currency: str,
    heads: Sequence[Column] = (),
    editable: bool = False,
    hidden_kinds: Sequence[str] = (),
) -> Line:
    """A customer of `queries.with_people` as a row; worth stands bare in the head's currency, else with its own."""
    traits = worth_traits_of(customer)
    worth = ""
    found = traits.get(WORTH)
    if found is not None and found.number is not None and is_currency(found.currency):
        whole = formats.in_toman(found.currency)  # a list needs no tenth of a toman
        amount = Money.from_decimal(round(found.number, -1) if whole else found.number, found.currency)
        worth = money(amount, "number" if found.currency == currency else "full")
    signs: dict[str, str] = {}
    for identity in customer.identities.all():
        if identity.kind in CHANNEL_KINDS and identity.kind not in hidden_kinds:
            signs.setdefault(icon_of(identity), _channel_word(identity))
    slipping = traits.get(SLIPPING)
    return Line(
        customer=customer,
        who=who(customer),
        rfm_class=traits[CLASS].text if CLASS in traits else "",
        worth=worth,
        slipping="1" if slipping is not None and slipping.number else "",
        identities=tuple(signs.items()),
        cells=cells(customer, heads, editable=editable),
    )


def _channel_word(identity: Identity) -> str:
    if identity.kind == IdentityKind.MESSENGER:
        return identity.system
    return str(IdentityKind(identity.kind).label)


def who(customer: Customer) -> str:
    """One line of who this is: job, organisation, city."""
    jobs = getattr(customer, "jobs", [])
    organisation = jobs[0].organisation.name if jobs else ""
    role = customer.job_title or (jobs[0].role if jobs else "")
    comma = gettext(", ")
    return comma.join(isolate(part) for part in (role, organisation, customer.city) if part)


def system_words() -> list[tuple[str, Label]]:
    """Messengers and systems that identities name."""
    return [
        ("telegram", gettext("Telegram")),
        ("bale", gettext("Bale")),
        ("instagram", gettext("Instagram")),
        ("whatsapp", gettext("WhatsApp")),
        ("eitaa", gettext("Eitaa")),
        ("rubika", gettext("Rubika")),
        ("shop", gettext("Shop")),
    ]
