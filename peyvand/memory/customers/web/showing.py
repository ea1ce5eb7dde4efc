"""How conditions, rows and identities are said on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext, pgettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import RIAL, currency_of, is_currency
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui.formats import money, number
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.customers.filters import TOUCHED, VIEWS, Asked
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.customers.queries import CLASS, SLIPPING, WORTH, worth_traits_of

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


def tabs(asked: Asked) -> list[Tab]:
    """The views that everyone has."""
    labels = {
        "all": gettext("All"),
        "mine": gettext("Mine"),
        "people": pgettext("customers", "People"),
        "organisations": gettext("Organisations"),
        "attention": gettext("Need care"),
        "unowned": gettext("Without owner"),
    }
    return [Tab(labels[view], address({} if view == "all" else {"view": view}), asked.view == view) for view in VIEWS]


@dataclass(frozen=True)
class Field:
    """A condition that the list knows: its sign, its name, and the parameters that say it."""

    name: str
    label: str
    icon: str
    parameters: tuple[str, ...]


def fields() -> list[Field]:
    """All conditions, in the order of the menu."""
    return [
        Field("class", gettext("Class"), "chart-grid-dots", ("class",)),
        Field("owner", gettext("Owner"), "user-check", ("owner",)),
        Field("tag", gettext("Tag"), "tag", ("tag",)),
        Field("city", gettext("City"), "map-pin", ("city",)),
        Field("kind", gettext("Kind"), "users", ("kind",)),
        Field("touched", gettext("Last interaction"), "clock", ("touched",)),
        Field("worth", gettext("Revenue"), "coin", ("from", "to")),
    ]


@dataclass(frozen=True)
class Chip:
    """A condition in words, with the address without it."""

    field: Field
    operator: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class Words:
    """Names behind the ids of conditions."""

    owners: Mapping[str, str]
    tags: Mapping[str, str]
    currency: str


def chips(asked: Asked, words: Words) -> list[Chip]:
    """The conditions that are set, each as a sentence."""
    return [
        Chip(one, *said, address(asked.query, **dict.fromkeys(one.parameters, "")))
        for one in fields()
        if (said := _said(one.name, asked.given, words)) is not None
    ]


def _said(name: str, given: Mapping[str, str], words: Words) -> tuple[str, str] | None:
    is_ = pgettext("condition", "is")
    value = given.get(name, "")
    if name == "worth":
        return _between(given.get("from", ""), given.get("to", ""), words.currency)
    if not value:
        return None
    if name == "class":
        return is_, gettext(" or ").join(str(CLASSES[code][0]) for code in value.split(","))
    if name == "owner":
        return is_, words.owners.get(value, value)
    if name == "tag":
        return pgettext("condition", "has"), words.tags.get(value, value)
    if name == "kind":
        return is_, str(CustomerKind(value).label)
    if name == "touched":
        return touched_words(value)
    return is_, value


def _between(low: str, high: str, currency: str) -> tuple[str, str] | None:
    unit = unit_word(currency)
    if low and high:
        return pgettext("condition", "between"), gettext("%(low)s and %(high)s %(unit)s") % {
            "low": low, "high": high, "unit": unit,
        }  # fmt: skip
    if low:
        return pgettext("condition", "at least"), f"{low} {unit}"
    return (pgettext("condition", "at most"), f"{high} {unit}") if high else None


def touched_words(value: str) -> tuple[str, str]:
    """«در ۳۰ روز گذشته» or «پیش از ۳۰ روز گذشته»."""
    days = abs(int(value))
    text = ngettext("the last %(days)s day", "the last %(days)s days", days) % {"days": number(days)}
    return (pgettext("condition", "not in") if value.startswith("-") else pgettext("condition", "in")), text


def touched_choices() -> list[tuple[str, str]]:
    """The spans of time one can choose."""
    return [(value, " ".join(touched_words(value))) for value in TOUCHED]


def unit_word(currency: str) -> str:
    """The unit in which amounts of the currency are shown and typed."""
    if currency == RIAL and current_reader().toman:
        return gettext("toman")
    return str(currency_of(currency).word or currency) if is_currency(currency) else currency


@dataclass(frozen=True)
class Line:
    """A row of the list."""

    customer: Customer
    who: str
    rfm_class: str
    worth: str
    slipping: str
    identities: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def pk(self) -> int:
        return self.customer.pk

    @property
    def touched(self) -> datetime | None:
        return self.customer.last_interaction_at


def line(customer: Customer, *, currency: str) -> Line:
    """A customer of `queries.with_people` as a row; worth stands bare in the head's currency, else with its own."""
    traits = worth_traits_of(customer)
    worth = ""
    found = traits.get(WORTH)
    if found is not None and found.number is not None and is_currency(found.currency):
        amount = Money.from_decimal(found.number, found.currency)
        worth = money(amount, "number" if found.currency == currency else "full")
    signs: dict[str, str] = {}
    for identity in customer.identities.all():
        if identity.kind in CHANNEL_KINDS:
            signs.setdefault(icon_of(identity), _channel_word(identity))
    slipping = traits.get(SLIPPING)
    return Line(
        customer=customer,
        who=who(customer),
        rfm_class=traits[CLASS].text if CLASS in traits else "",
        worth=worth,
        slipping="1" if slipping is not None and slipping.number else "",
        identities=tuple(signs.items()),
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
