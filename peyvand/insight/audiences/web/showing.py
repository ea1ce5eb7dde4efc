"""What the pages of audiences show besides the builder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import money, number
from peyvand.insight.audiences import queries
from peyvand.insight.audiences.models import Audience, AudienceKind
from peyvand.insight.audiences.reading import Reading

KIND_LOOKS: Mapping[str, tuple[str, str]] = {  # tone and icon of a kind's tag
    AudienceKind.LIVE: ("good", "refresh"),
    AudienceKind.FROZEN: ("info", "snowflake"),
    AudienceKind.MINED: ("acc", "bulb"),
}


@dataclass(frozen=True)
class Tab:
    """A page of one audience."""

    label: str
    url: str
    current: bool
    icon: str = ""
    count: str = ""
    key: str = ""


def tabs(audience: Audience | None, current: str) -> list[Tab]:
    """The pages of an audience; none of one that is not kept yet."""
    if audience is None:
        return []
    words = {
        "one": (pgettext("audience", "Conditions"), "adjustments"),
        "members": (gettext("Members"), "users"),
        "why": (gettext("Why in, why out"), "help-circle"),
        "time": (gettext("Over time"), "chart-line"),
    }
    return [
        Tab(label, reverse(f"audiences:{name}", args=[audience.pk]), name == current, icon)
        for name, (label, icon) in words.items()
    ]


@dataclass(frozen=True)
class Line:
    """An audience in the list. `size` is of those whom the reader sees, "" where it is kept from them."""

    audience: Audience
    size: str
    change: int | None
    used: Sequence[str]
    tone: str
    icon: str
    may_edit: bool

    @property
    def kind_words(self) -> str:
        return str(AudienceKind(self.audience.kind).label)


def lines(rows: Sequence[Audience], *, actor: Actor, changes: Mapping[int, int]) -> list[Line]:
    """The rows of the list; `changes` is by how many an audience grew in a week."""
    containing: dict[int, list[str]] = {}
    for other in queries.audiences(actor=actor).exclude(within=[]):
        for pk in other.within:
            containing.setdefault(pk, []).append(other.name)
    editable = set(
        Audience.objects.editable_by(actor).filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True)
    )
    reading = Reading(actor)
    sizes = queries.member_counts(actor=actor, audiences=rows)
    found = []
    for one in rows:
        hidden = queries.concealed(actor=actor, audience=one, reading=reading)
        tone, icon = KIND_LOOKS[one.kind]
        found.append(
            Line(
                one, "" if hidden else number(sizes[one.pk]),
                None if hidden else changes.get(one.pk), containing.get(one.pk, ()), tone, icon, one.pk in editable,
            )
        )  # fmt: skip
    return found


def sums(by_currency: Mapping[str, Decimal], style: str = "short") -> str:
    """Amounts of several currencies, side by side and never added."""
    return gettext(", ").join(
        money(Money.from_decimal(amount, currency), "short" if style == "short" else "full")
        for currency, amount in by_currency.items()
        if is_currency(currency)
    )
