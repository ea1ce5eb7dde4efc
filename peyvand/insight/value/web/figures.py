"""A snapshot's figures as pictures, sentences and tables for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import month_of_index
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import (
    Axis,
    Chart,
    HeatCell,
    HeatRow,
    HeatTable,
    Link,
    Mark,
    Series,
    Share,
    in_millions,
)
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value.models import RfmClass, Snapshot, SnapshotCustomer
from peyvand.insight.value.queries import share_above
from peyvand.memory.customers.models import Customer

FIFTH = 20
SHOWN_MONTHS = 12
AREAS = {
    "champion": "champ", "loyal": "loyal", "promising": "prom", "new": "new", "attention": "att", "risk": "risk",
    "cantlose": "cant", "dormant": "dorm", "lost": "lost",
}  # fmt: skip


@dataclass(frozen=True)
class Tile:
    """A class on the map: how many, and their share of the window's value."""

    code: str
    label: str
    area: str
    customers: int
    share: float | None
    url: str


@dataclass(frozen=True)
class Sentence:
    """One of the page's sentences, with the one thing to do about it."""

    text: SafeString
    action: str = ""
    url: str = ""


@dataclass(frozen=True)
class TotalLine:
    """A line of the sum: what, how many orders, how much. Together the lines are the net."""

    label: str
    orders: int
    amount: Money


def people_url(snapshot: Snapshot, **query: str) -> str:
    """The list behind a number of this snapshot."""
    parts = {**query, "as_of": snapshot.as_of.isoformat(), "currency": snapshot.currency}
    return f"{reverse('value:people')}?{urlencode(parts)}"


def lifetime_url(snapshot: Snapshot) -> str:
    """The page of the value ahead, of this snapshot."""
    parts = {"as_of": snapshot.as_of.isoformat(), "currency": snapshot.currency}
    return f"{reverse('value:lifetime')}?{urlencode(parts)}"


@dataclass(frozen=True)
class Person:
    """A customer of a snapshot as lists show them."""

    customer: Customer
    rfm_class: str
    worth: Money
    frequency: int
    silence_days: int
    rhythm_days: int | None
    slipping: bool

    @property
    def customer_id(self) -> int:
        """The key of the customer."""
        return self.customer.pk

    @property
    def organisation(self) -> bool:
        """Whether it is an organisation."""
        return self.customer.kind == "organisation"

    @property
    def url(self) -> str:
        """The customer's page."""
        return reverse("customers:one", args=[self.customer.pk])


def person(row: SnapshotCustomer) -> Person:
    """The row with its amount as money of the snapshot's currency."""
    return Person(
        customer=row.customer, rfm_class=row.rfm_class, worth=Money(row.monetary_minor, row.snapshot.currency),
        frequency=row.frequency, silence_days=row.silence_days, slipping=row.slipping,
        rhythm_days=round(row.rhythm_days) if row.rhythm_days is not None else None,
    )  # fmt: skip


def money(snapshot: Snapshot, minor: int, *, short: bool = True) -> str:
    """An amount of the snapshot's currency as the reader reads it."""
    return formats.money(Money(minor, snapshot.currency), "short" if short else "full")


def pareto(snapshot: Snapshot) -> Chart | None:
    """Who holds the value; None where the window's value is nothing or less."""
    curve = snapshot.payload["pareto"]
    points: list[float] = curve["points"]
    if not points:
        return None
    buyers = curve["customers"]
    top = points[FIFTH]
    answer = format_html(
        gettext("The best fifth, {count} customers, bring <b>{share}</b> of the value of these 12 months: {amount}."),
        count=formats.number(-(-buyers * FIFTH // 100)),
        share=formats.percent(top / 100),
        amount=money(snapshot, round(curve["total"] * top / 100)),
    )
    label = gettext("%(customers)s of customers, %(share)s of value") % {
        "customers": formats.percent(FIFTH / 100),
        "share": formats.percent(top / 100),
    }
    return Chart(
        name="pareto", question=gettext("Who holds the value?"), answer=answer, kind="line",
        x=Axis(label=gettext("Share of customers, best first"), format="percent", maximum=100),
        y=Axis(format="percent", maximum=100 if max(points) < 101 else -(-max(points) // 25) * 25),
        series=[
            Series(label=gettext("Value"), values=[(p, share) for p, share in enumerate(points)], area=True),
            Series(label=gettext("If all were equal"), values=[(0, 0), (100, 100)], tone="c6", dashed=True),
        ],
        marks=[Mark(x=FIFTH, y=top, label=label)],
        columns=[gettext("Best customers"), gettext("Count"), gettext("Share of value")],
        rows=[
            [formats.percent(p / 100), -(-buyers * p // 100), Share(points[p] / 100)]
            for p in (1, 5, 10, 20, 30, 50, 80, 100)
        ],
    )  # fmt: skip


def months(snapshot: Snapshot, calendar: CalendarKind) -> Chart:
    """Net sales by month of the reader's calendar."""
    language = current_reader().language
    rows = snapshot.payload["months"][calendar.value][-SHOWN_MONTHS:]
    labels = [month_of_index(row["month"], calendar).label(language) for row in rows]
    nets = [row["sale"] + row["return"] + row["adjustment"] for row in rows]
    scale = Decimal(Money(1, snapshot.currency).to_decimal())
    best = max(range(len(nets)), key=nets.__getitem__) if nets else None
    answer = (
        format_html(
            gettext("The best month was <b>{month}</b> with {amount}; the last one may not be over yet."),
            month=labels[best], amount=money(snapshot, nets[best]),
        )
        if best is not None
        else gettext("No orders in these months.")
    )  # fmt: skip
    unit = _unit(snapshot.currency)
    shown = [_in_unit(net * scale, snapshot.currency) for net in nets]
    chart = Chart(
        name="months", question=gettext("How did sales go, month by month?"), answer=answer, kind="bar",
        x=Axis(labels=labels, format="text"), y=Axis(label=unit), unit=unit,
        series=[Series(label=gettext("Net sales"), values=shown)],
        columns=[gettext("Month"), gettext("Orders"), gettext("Sales"), gettext("Returns"), gettext("Adjustments"),
        gettext("Net")], rows=[ [label, row["orders"], *(_in_unit(row[kind] * scale, snapshot.currency) for kind in
        ("sale", "return", "adjustment")), _in_unit(net * scale, snapshot.currency)] for label, row, net in zip(labels,
        rows, nets, strict=True) ],
    )  # fmt: skip
    return in_millions(chart)


def _in_unit(amount: Decimal, currency: str) -> Decimal:
    return amount / 10 if formats.in_toman(currency) else amount


def _unit(currency: str) -> str:
    return gettext("toman") if formats.in_toman(currency) else currency


def cohort_table(snapshot: Snapshot, calendar: CalendarKind, *, counts: bool, switch_url: str) -> HeatTable | None:
    """Of those who first bought in a month, how many bought again in the months after; the last column of each row is
    the month of the day itself and may not be over.
    """
    rows = snapshot.payload["cohorts"][calendar.value][-SHOWN_MONTHS:]
    if not rows:
        return None
    language = current_reader().language
    widest = min(SHOWN_MONTHS, max(len(row["active"]) for row in rows))
    columns = [gettext("Start"), *(gettext("Month %(n)s") % {"n": formats.number(n)} for n in range(1, widest))]
    ages = [
        row["active"][age] / row["active"][0] for row in rows for age in range(1, min(len(row["active"]) - 1, widest))
    ]
    best = max(ages, default=None)
    made = []
    for row in rows:
        size = row["active"][0]
        cells = []
        for age in range(widest):
            if age >= len(row["active"]):
                cells.append(HeatCell())
                continue
            active, share = row["active"][age], row["active"][age] / size
            unfinished = age == len(row["active"]) - 1
            text = formats.number(active) if counts else formats.number(round(share * 100))
            title = gettext("%(active)s of %(size)s bought") % {
                "active": formats.number(active),
                "size": formats.number(size),
            }
            if unfinished and age:
                title = f"{title} · {gettext('this month is not over')}"
                text = f"{text}…"
            cells.append(
                HeatCell(text=text, strength=share, title=title, best=bool(age) and not unfinished and share == best)
            )
        label = month_of_index(row["cohort"], calendar).label(language)
        made.append(HeatRow(label=label, size=formats.number(size), cells=cells))
    percent, number = gettext("%"), gettext("Count")
    switches = (
        (Link(percent, switch_url), Link(number, "")) if counts else (Link(percent, ""), Link(number, switch_url))
    )
    return HeatTable(
        name="cohorts", question=gettext("Who comes back after the first month?"),
        note=gettext("of each month's new buyers; “…” marks a month that is not over"),
        caption=gettext("Buyers by month of their first purchase"),
        corner=gettext("First purchase"), size_label=gettext("Buyers"), columns=columns, rows=made, switches=switches,
    )  # fmt: skip


def tiles(snapshot: Snapshot) -> list[Tile]:
    """The nine classes for the map."""
    classes = snapshot.payload["classes"]
    total = sum(max(0, found["monetary"]) for found in classes)
    return [
        Tile(
            code=found["class"], label=str(RfmClass(found["class"]).label), area=AREAS[found["class"]],
            customers=found["customers"], share=max(0, found["monetary"]) / total if total else None,
            url=people_url(snapshot, rfm_class=found["class"]),
        )
        for found in classes
    ]  # fmt: skip


def total_lines(snapshot: Snapshot) -> list[TotalLine]:
    """Every order that stands, each in one line: the lines add up to the net."""
    labels = {
        "sale_known": gettext("Sales to known customers"),
        "sale_anonymous": gettext("Sales without a customer"),
        "return_known": gettext("Returns of known customers"),
        "return_anonymous": gettext("Returns without a customer"),
        "adjustment_known": gettext("Adjustments of known customers"),
        "adjustment_anonymous": gettext("Adjustments of the books"),
    }
    totals = snapshot.payload["totals"]
    return [
        TotalLine(label=label, orders=totals["orders"][name], amount=Money(totals["amounts"][name], snapshot.currency))
        for name, label in labels.items()
        if name in totals["amounts"]
    ]


def rounding(snapshot: Snapshot) -> Decimal:
    """What rounding each order to whole minor units added to the sum of its lines, in units of the currency."""
    totals: dict[str, Any] = snapshot.payload["totals"]
    return Money(totals["net"], snapshot.currency).to_decimal() - Decimal(totals["exact"])


def sentences(snapshot: Snapshot) -> list[Sentence]:
    """At most four sentences, the one with most money first; each with one thing to do."""
    payload = snapshot.payload
    found: list[tuple[int, Sentence]] = []
    top = share_above(payload=payload, percent=FIFTH)
    slipping = payload["slipping"]
    if top is not None:
        buyers = -(-payload["pareto"]["customers"] * FIFTH // 100)
        text = format_html(
            gettext("<b>A fifth of customers make {share}</b> of the value: {count} people and organisations."),
            share=formats.percent(top / 100), count=formats.number(buyers),
        )  # fmt: skip
        best = Sentence(text=text, action=gettext("See the champions"), url=people_url(snapshot, rfm_class="champion"))
        found.append((round(payload["pareto"]["total"] * top / 100), best))
    if slipping["customers"]:
        text = format_html(
            ngettext(
                "<b>{count} customer is slipping away</b>: silent longer than their own rhythm. {amount} of "
                "these 12 months is at stake.",
                "<b>{count} customers are slipping away</b>: silent longer than their own rhythm. {amount} of "
                "these 12 months is at stake.",
                slipping["customers"],
            ),
            count=formats.number(slipping["customers"]), amount=money(snapshot, slipping["at_stake"]),
        )  # fmt: skip
        found.append(
            (
                slipping["at_stake"],
                Sentence(text=text, action=gettext("See who"), url=people_url(snapshot, slipping="1")),
            )
        )
    found += _class_sentence(snapshot, "cantlose") + _return_sentence(snapshot)
    return [sentence for _amount, sentence in sorted(found, key=lambda pair: -pair[0])][:4]


def _class_sentence(snapshot: Snapshot, code: str) -> list[tuple[int, Sentence]]:
    row = next(found for found in snapshot.payload["classes"] if found["class"] == code)
    if not row["customers"] or row["monetary"] <= 0:
        return []
    text = format_html(
        ngettext(
            "{count} “can't lose” customer brought <b>{amount}</b> in 12 months and has gone quiet.",
            "{count} “can't lose” customers brought <b>{amount}</b> in 12 months and have gone quiet.",
            row["customers"],
        ),
        count=formats.number(row["customers"]), amount=money(snapshot, row["monetary"]),
    )  # fmt: skip
    return [
        (row["monetary"], Sentence(text=text, action=gettext("See them"), url=people_url(snapshot, rfm_class=code)))
    ]


def _return_sentence(snapshot: Snapshot) -> list[tuple[int, Sentence]]:
    amounts = snapshot.payload["totals"]["amounts"]
    back = -sum(amounts.get(name, 0) for name in ("return_known", "return_anonymous"))
    sold = sum(amounts.get(name, 0) for name in ("sale_known", "sale_anonymous"))
    if back <= 0 or sold <= 0:
        return []
    text = format_html(
        gettext("Returns took back <b>{share}</b> of sales: {amount}."),
        share=formats.percent(back / sold, 1), amount=money(snapshot, back),
    )  # fmt: skip
    return [(back, Sentence(text=text, action=gettext("See the sums"), url="#sums"))]
