"""Paths and what each touchpoint earned, as pictures and tables for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Link, Series, Share, Tone
from peyvand.insight.reports.models import Figure
from peyvand.insight.reports.touchpoints import OTHER, touch_label
from peyvand.insight.reports.way_services import WINDOWS

WAYS: Mapping[str, str | Promise] = {
    "first": _("First touch"), "last": _("Last touch"), "linear": _("Equally"), "position": _("By position"),
    "time_decay": _("The later the more"), "markov": _("Removal (Markov)"), "shapley": _("Shapley value"),
}  # fmt: skip
MEANINGS: Mapping[str, str | Promise] = {
    "first": _("The whole order to the first touch of its path."),
    "last": _("The whole order to the last touch of its path."),
    "linear": _("To every touch of the path the same part."),
    "position": _(
        "Two fifths each to the first and the last touch, a fifth to those between; of two touches half each."
    ),
    "time_decay": _("Half as much for every two touches further from the order."),
    "markov": _("By the share of orders that would be lost without the touchpoint, in a Markov chain of the paths."),
    "shapley": _("By the Shapley value: each touchpoint of a path the same part, however often it was touched."),
}
DRAWN: Sequence[tuple[str, Tone]] = (
    ("first", "c1"), ("last", "c2"), ("linear", "c3"), ("markov", "c4"), ("shapley", "c5"),
)  # fmt: skip
BARS = 6  # touchpoints drawn; the table has them all


@dataclass(frozen=True)
class PathRow:
    """A path: the names of its touches with their pages, how many orders, their share, what they were worth."""

    touches: Sequence[tuple[str, str]]
    orders: str
    share: float
    net: Money
    each: Money


@dataclass(frozen=True)
class Credit:
    """A touchpoint's line: what each way gives it, in orders and in money."""

    label: str
    url: str
    orders: Sequence[str]
    worth: Sequence[Money]
    removal: float
    touched: int


def touch_url(touch: str, kept: Figure) -> str:
    """The page of a touchpoint; "" of those that stand together."""
    if touch == OTHER:
        return ""
    query = {"touch": touch, "currency": kept.currency, "days": kept.payload.get("window", WINDOWS[0])}
    return f"{reverse('reports:touchpoint')}?{urlencode(query)}"


def order_of(payload: Mapping[str, Any]) -> list[str]:
    """The touchpoints, most credit by removal first."""
    markov = payload["credit"].get("markov", {})
    return sorted(markov, key=lambda touch: (-markov[touch], touch))


def credits(kept: Figure) -> list[Credit]:
    """A line a touchpoint."""
    payload = kept.payload
    return [
        Credit(
            label=touch_label(touch), url=touch_url(touch, kept),
            orders=[formats.number(Decimal(str(round(payload["credit"][way][touch], 1)))) for way in WAYS],
            worth=[Money(round(payload["worth"][way][touch]), kept.currency) for way in WAYS],
            removal=payload["removal"][touch], touched=payload["touches"][touch]["orders"],
        )
        for touch in order_of(payload)
    ]  # fmt: skip


def totals(kept: Figure) -> Credit:
    """The sums: every way gives away the same orders and the same money."""
    payload = kept.payload
    return Credit(
        label=gettext("Together"), url="", orders=[formats.number(payload["told"])] * len(WAYS),
        worth=[Money(payload["told_net"], kept.currency)] * len(WAYS), removal=0.0, touched=payload["told"],
    )  # fmt: skip


def picture(kept: Figure) -> Chart:
    """What five of the ways give the greatest touchpoints; all seven stand in the table."""
    payload = kept.payload
    order = order_of(payload)
    top = order[:BARS]
    first, last = payload["credit"]["first"], payload["credit"]["last"]
    most = order[0]
    answer = format_html(
        gettext("Most would be lost without <b>{touch}</b>: {share} of the orders that a path is known of."),
        touch=touch_label(most), share=formats.percent(min(1.0, payload["removal"][most])),
    )  # fmt: skip
    moved = max(order, key=lambda touch: (abs(first[touch] - last[touch]), touch))
    if abs(first[moved] - last[moved]) >= 1:
        words = (
            gettext("“{touch}” opens paths more often than it closes them.")
            if first[moved] > last[moved]
            else gettext("“{touch}” closes paths more often than it opens them.")
        )
        answer = format_html("{} {}", answer, format_html(words, touch=touch_label(moved)))
    return Chart(
        name="credit", question=gettext("Which touchpoint earned the orders?"), answer=answer, kind="bar",
        x=Axis(labels=[touch_label(touch) for touch in top], format="text"), y=Axis(),
        series=[
            Series(label=str(WAYS[way]), values=[round(payload["credit"][way][touch], 1) for touch in top], tone=tone)
            for way, tone in DRAWN
        ],
        links=[touch_url(touch, kept) for touch in top], height=300,
        columns=[gettext("Touchpoint"), *(str(words) for words in WAYS.values())],
        rows=[
            [
                Link(touch_label(touch), touch_url(touch, kept)) if touch != OTHER else touch_label(touch),
                *(round(payload["credit"][way][touch], 1) for way in WAYS),
            ]
            for touch in order
        ],
    )  # fmt: skip


def path_rows(kept: Figure, found: Sequence[Mapping[str, Any]]) -> list[PathRow]:
    """Paths as lines, the share being of all orders that a path is known of."""
    whole = kept.payload["told"] or 1
    return [
        PathRow(
            touches=[(touch_label(touch), touch_url(touch, kept)) for touch in one["touches"]],
            orders=formats.number(one["orders"]), share=one["orders"] / whole, net=Money(one["net"], kept.currency),
            each=Money(round(one["net"] / one["orders"]), kept.currency),
        )
        for one in found
    ]  # fmt: skip


def _plural(middle: object) -> int:
    """The number by which a word for so many is chosen: a broken one takes the plural."""
    number = Decimal(str(middle))
    return int(number) if number == number.to_integral_value() else 2


def lengths(kept: Figure) -> Chart | None:
    """How many touches led to an order."""
    found = kept.payload["lengths"]
    if not found:
        return None
    whole = sum(orders for _length, orders in found)
    labels = [formats.number(length) for length, _orders in found]
    if found[-1][0] >= 10:
        labels[-1] = gettext("%(n)s and more") % {"n": labels[-1]}
    answer = format_html(
        ngettext(
            "Half of the orders came after at most <b>{middle}</b> touch.",
            "Half of the orders came after at most <b>{middle}</b> touches.",
            _plural(kept.payload["length_middle"]),
        ),
        middle=formats.number(Decimal(str(kept.payload["length_middle"])).normalize()),
    )
    return Chart(
        name="lengths", question=gettext("How many touches does it take?"), answer=answer, kind="bar",
        x=Axis(labels=labels, label=gettext("Touches"), format="text"), y=Axis(),
        series=[Series(label=gettext("Orders"), values=[orders for _length, orders in found])],
        columns=[gettext("Touches"), gettext("Orders"), gettext("Share")],
        rows=[[label, orders, Share(orders / whole)] for label, (_n, orders) in zip(labels, found, strict=True)],
    )  # fmt: skip


def days(kept: Figure) -> Chart | None:
    """How long it takes from the first touch of a path to the order."""
    found = kept.payload["days"]
    whole = sum(orders for _high, orders in found)
    if not whole:
        return None
    labels, low = [], 0
    for high, _orders in found:
        if high is None:
            labels.append(gettext("more"))
        elif high == 0:
            labels.append(gettext("same day"))
        else:
            labels.append(formats.number(high) if low == high else f"{formats.number(low)}–{formats.number(high)}")
        low = (high or 0) + 1
    answer = format_html(
        ngettext(
            "Half of the orders came at most <b>{middle}</b> day after the first touch.",
            "Half of the orders came at most <b>{middle}</b> days after the first touch.",
            _plural(kept.payload["days_middle"]),
        ),
        middle=formats.number(Decimal(str(kept.payload["days_middle"])).normalize()),
    )
    return Chart(
        name="days", question=gettext("How long does it take?"), answer=answer, kind="bar",
        x=Axis(labels=labels, label=gettext("Days"), format="text"), y=Axis(),
        series=[Series(label=gettext("Orders"), values=[orders for _high, orders in found])],
        columns=[gettext("Days"), gettext("Orders"), gettext("Share")],
        rows=[[label, orders, Share(orders / whole)] for label, (_h, orders) in zip(labels, found, strict=True)],
    )  # fmt: skip


def meanings() -> list[tuple[str, str]]:
    """Every way of giving credit with what it means."""
    return [(str(WAYS[way]), str(MEANINGS[way])) for way in WAYS]


def in_toman(currency: str) -> bool:
    """Whether amounts of the currency are shown in tenths."""
    return formats.in_toman(currency)
