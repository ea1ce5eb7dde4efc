"""The value ahead as pictures, sentences and tables for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Share
from peyvand.foundation.ui.pieces import Stat
from peyvand.insight.value.models import Snapshot, SnapshotCustomer
from peyvand.insight.value.web import figures
from peyvand.memory.customers.models import Customer

FAR = 0.2  # of what came: a sum further off is said aloud
NOBODY_LEAVES = 0.99  # of customers expected to buy again: the model saw nobody leave


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model, in numbers and words."""

    name: str
    value: float
    error: float | None
    meaning: str


@dataclass(frozen=True)
class Rule:
    """How far one way of foretelling was off."""

    label: str
    total: float
    rmse: float
    mae: float
    chosen: bool


@dataclass(frozen=True)
class Person:
    """A customer with what they are expected to bring."""

    customer: Customer
    url: str
    rfm_class: str
    value: Money
    alive: float | None
    orders: float


def of(snapshot: Snapshot) -> dict[str, Any]:
    """The payload's part; of a snapshot kept from before there was one, as if there were too few data."""
    found: dict[str, Any] = snapshot.payload.get("lifetime") or {"state": "none"}
    return found


def refusal(ahead: dict[str, Any]) -> str:
    """Why nothing is foretold; "" where it is."""
    return {
        "on": "",
        "none": gettext("These figures were computed before value ahead was. Compute them anew."),
        "few": gettext(
            "There are too few data to foretell anything: it takes 50 customers, 20 of whom came back, and 12 weeks of "
            "orders. Until then only the value so far is shown."
        ),
        "fit": gettext("No model could be fitted to these orders, so only the value so far is shown."),
        "baseline": gettext(
            "The model foretold the last weeks no better than “everybody goes on as before”, so it is not switched on "
            "and only the value so far is shown. The comparison is below."
        ),
    }[ahead["state"]]


def stats(snapshot: Snapshot, ahead: dict[str, Any]) -> list[Stat]:
    """Four numbers: value ahead, who will buy again, purchases, a new customer."""
    months = formats.number(ahead["months"])
    new = ahead["new"]
    cost = ahead["acquire"]
    if cost is None:
        note = gettext("what winning one costs is not known")
    elif new["paid_after"] is None:
        note = gettext("winning one costs more than that")
    else:
        note = ngettext("pays back within %(n)s month", "pays back within %(n)s months", new["paid_after"]) % {
            "n": formats.number(max(1, new["paid_after"]))
        }
    return [
        Stat(
            label=gettext("Lifetime value of all"), value=figures.money(snapshot, ahead["total"]),
            note=gettext("%(months)s months ahead, discounted") % {"months": months},
        ),
        Stat(
            label=gettext("Will buy again"), value=formats.number(round(ahead["alive"])), tone="c3",
            note=gettext("of %(all)s customers, as expected") % {"all": formats.number(_told(ahead))},
        ),
        Stat(
            label=gettext("Purchases expected"), value=formats.number(round(ahead["purchases"])), tone="c4",
            note=gettext("in %(months)s months") % {"months": months},
        ),
        Stat(
            label=gettext("A new customer brings"), value=figures.money(snapshot, new["value"]), tone="c5", note=note,
        ),
    ]  # fmt: skip


def sentence(snapshot: Snapshot) -> SafeString | None:
    """The value ahead in one sentence; None where nothing is foretold."""
    ahead = of(snapshot)
    if ahead["state"] != "on" or ahead["total"] <= 0:
        return None
    return format_html(
        gettext("In the next {months} months <b>{amount}</b> is expected from the customers you have."),
        months=formats.number(ahead["months"]), amount=figures.money(snapshot, ahead["total"]),
    )  # fmt: skip


def less_loss(snapshot: Snapshot, ahead: dict[str, Any]) -> SafeString | None:
    """What 5 % less loss would earn, beside the rule of thumb; None where nothing is seen to be lost."""
    more = ahead["less_loss"] - ahead["total"]
    if more <= 0 or ahead["total"] <= 0 or ahead["alive"] > NOBODY_LEAVES * ahead["customers"]:
        return None
    return format_html(
        gettext(
            "If 5 in 100 of those who will leave stayed, these {months} months would bring <b>{amount}</b> more: "
            "{share}. The rule of thumb says 25 to 85 per cent more profit, over whole lifetimes and with 5 in 100 of "
            "all."
        ),
        months=formats.number(ahead["months"]), amount=figures.money(snapshot, more),
        share=formats.percent(more / ahead["total"], 1),
    )  # fmt: skip


def counted(snapshot: Snapshot, ahead: dict[str, Any]) -> list[str]:
    """What is in the value and what is not known of it, a sentence each."""
    found = []
    margin = formats.percent(ahead["margin"]) if ahead["margin"] is not None else ""
    if ahead["margin_from"] == "cost":
        text = gettext("Of revenue %(margin)s is margin, as known for %(share)s of sales.")
        found.append(text % {"margin": margin, "share": formats.percent(ahead["margin_share"])})
    elif ahead["margin_from"] == "rate":
        text = gettext("The cost of nothing that was sold is known; a margin of %(margin)s is taken from the settings.")
        found.append(text % {"margin": margin})
    else:
        found.append(gettext("No cost is known, so this is expected revenue, not margin. Give products a cost."))
    if ahead["kept"] < 0.9995:
        text = gettext("Returns take %(share)s of sales; that is taken off.")
        found.append(text % {"share": formats.percent(1 - ahead["kept"], 1)})
    if ahead["serve"] is None:
        found.append(gettext("What serving an order costs is not known and not taken off."))
    else:
        text = gettext("%(amount)s is taken off each order for serving it.")
        if ahead.get("serve_from") == "cost":
            text = gettext("What each customer cost to serve so far is taken off their orders: %(amount)s in the mean.")
        amount = Money.from_decimal(Decimal(str(ahead["serve"])), snapshot.currency)
        found.append(text % {"amount": formats.money(amount, "short")})
    text = gettext("Money of a year ahead counts %(rate)s less a year. What winning a customer cost is spent already.")
    found.append(text % {"rate": formats.percent(ahead["discount"])})
    if ahead["spend"] is None:
        found.append(gettext("Too few came back to tell spending apart: everybody is expected to spend the mean."))
    if _told(ahead) < ahead["customers"]:
        found.append(
            gettext(
                "Of those who bought once the model can't say whether they will again: the chance counts all others."
            )
        )
    if ahead["alive"] > NOBODY_LEAVES * _told(ahead):
        found.append(
            gettext("In these orders nobody is seen to leave for good; the chance to buy again says little yet.")
        )
    elif ahead["at_edge"]:
        found.append(gettext("Customers are so alike in some of this that the model can't say how much they differ."))
    return found


def _told(ahead: dict[str, Any]) -> int:
    """Of how many customers the chance is told; of all in what was computed when it was told of all."""
    return int(ahead.get("told", ahead["customers"]))


def tenths(snapshot: Snapshot, ahead: dict[str, Any]) -> Chart:
    """Who will bring it."""
    rows = ahead["tenths"]
    total = sum(max(0, row["value"]) for row in rows)
    shares = [max(0, row["value"]) / total if total else 0.0 for row in rows]
    labels = [formats.number(place) for place in range(1, len(rows) + 1)]
    answer = format_html(
        gettext("The best tenth, {count} customers, is expected to bring <b>{share}</b> of it."),
        count=formats.number(rows[0]["customers"]), share=formats.percent(shares[0]),
    )  # fmt: skip
    return Chart(
        name="tenths", question=gettext("Who will bring it?"), answer=answer, kind="bar",
        x=Axis(label=gettext("Tenths of customers, best first"), labels=labels, format="text"),
        y=Axis(format="percent"),
        series=[Series(label=gettext("Share of value"), values=[round(100 * share) for share in shares])],
        columns=[gettext("Tenth"), gettext("Customers"), gettext("Lifetime value"), gettext("Share of value")],
        rows=[
            [label, row["customers"], figures.money(snapshot, row["value"]), Share(share)]
            for label, row, share in zip(labels, rows, shares, strict=True)
        ],
    )  # fmt: skip


def chances(ahead: dict[str, Any]) -> Chart:
    """How likely customers are to buy again."""
    counts = ahead["chances"]
    labels = [
        gettext("%(low)s to %(high)s") % {"low": formats.percent(n / 5), "high": formats.percent((n + 1) / 5)}
        for n in range(len(counts))
    ]
    answer = format_html(
        gettext("<b>{count}</b> customers have a chance below one in five to ever buy again."),
        count=formats.number(counts[0]),
    )
    return Chart(
        name="chances", question=gettext("Who is still a customer?"), answer=answer, kind="bar",
        x=Axis(label=gettext("Chance to buy again"), labels=labels, format="text"), y=Axis(),
        series=[Series(label=gettext("Customers"), values=counts, tone="c3")],
        columns=[gettext("Chance to buy again"), gettext("Customers")],
        rows=[[label, count] for label, count in zip(labels, counts, strict=True)],
    )  # fmt: skip


def weeks(check: dict[str, Any]) -> Chart:
    """Week by week, what the model expected of weeks that it had not seen."""
    expected = [round(row[0], 2) for row in check["periods"]]
    actual = [row[1] for row in check["periods"]]
    labels = [formats.number(week) for week in range(1, len(actual) + 1)]
    answer = format_html(
        gettext("Expected were <b>{expected}</b> purchases, <b>{actual}</b> came."),
        expected=formats.number(round(check["errors"]["model"]["total"])), actual=formats.number(check["actual"]),
    )  # fmt: skip
    return Chart(
        name="weeks", question=gettext("Does the model foretell weeks that it has not seen?"), answer=answer,
        kind="line", x=Axis(label=gettext("Weeks held out"), labels=labels, format="text"), y=Axis(),
        series=[
            Series(label=gettext("Came"), values=actual),
            Series(label=gettext("Expected"), values=expected, tone="c6", dashed=True),
        ],
        columns=[gettext("Week"), gettext("Expected"), gettext("Came")],
        rows=[[label, round(e, 1), a] for label, e, a in zip(labels, expected, actual, strict=True)],
    )  # fmt: skip


def groups(check: dict[str, Any]) -> Chart:
    """Tenth by tenth, purchases a customer."""
    rows = check["groups"]
    labels = [formats.number(place) for place in range(1, len(rows) + 1)]
    answer = gettext("Customers in tenths, those of whom most was expected first; purchases each.")
    return Chart(
        name="groups", question=gettext("Does it tell good customers from others?"), answer=answer, kind="bar",
        x=Axis(label=gettext("Tenths of customers"), labels=labels, format="text"), y=Axis(),
        series=[
            Series(label=gettext("Came"), values=[round(row["actual"], 3) for row in rows]),
            Series(label=gettext("Expected"), values=[round(row["expected"], 3) for row in rows], tone="c6"),
        ],
        columns=[gettext("Tenth"), gettext("Customers"), gettext("Expected"), gettext("Came")],
        rows=[
            [label, row["customers"], round(row["expected"], 2), round(row["actual"], 2)]
            for label, row in zip(labels, rows, strict=True)
        ],
    )  # fmt: skip


def rules(check: dict[str, Any]) -> list[Rule]:
    """The model beside the plain rules."""
    labels = {
        "model": gettext("The model"),
        "own_pace": gettext("Everybody goes on as before"),
        "average": gettext("Everybody buys as often as all did together"),
    }
    return [
        Rule(label=label, chosen=name == "model", **check["errors"][name])
        for name, label in labels.items()
        if name in check["errors"]
    ]


def bias(check: dict[str, Any]) -> str:
    """By how much all of it may be too high or too low; "" where that is little."""
    foretold, came = check["errors"]["model"]["total"], check["actual"]
    if not came or abs(foretold / came - 1) < FAR:
        return ""
    share = formats.percent(abs(foretold / came - 1))
    if foretold > came:
        return gettext(
            "When it was tried on weeks already past, the model expected %(share)s more than came: "
            "the values may be as much too high."
        ) % {"share": share}
    return gettext(
        "When it was tried on weeks already past, the model expected %(share)s less than came: "
        "the values may be as much too low."
    ) % {"share": share}


def parameters(ahead: dict[str, Any]) -> list[Parameter]:
    """Every parameter with its standard error and what it means."""
    buying = {
        "r": gettext("How alike customers are in how often they buy: the larger, the more alike."),
        "alpha": gettext("With r, how often they buy: r ÷ α is the mean number of purchases a week while they stay."),
        "a": gettext("With b, how many leave after a purchase: a ÷ (a + b) is the mean chance."),
        "b": gettext("With a, how alike customers are in leaving: the larger both, the more alike."),
        "s": gettext("How alike customers are in how long they stay: the larger, the more alike."),
        "beta": gettext("With s, how long they stay: s ÷ β is the mean chance to leave in a week."),
    }
    spending = {
        "p": gettext("How even a customer's own purchases are: the larger, the more even."),
        "q": gettext("How alike customers are in what they spend: the larger, the more alike."),
        "gamma": gettext("The scale of spending: p γ ÷ (q − 1) is the mean of everybody."),
    }
    params, spend = ahead["params"], ahead["spend"] or {}
    found = [Parameter(name, params[name], ahead["stderr"][name], buying[name]) for name in buying if name in params]
    return found + [Parameter(name, spend[name], None, spending[name]) for name in spending if name in spend]


@dataclass(frozen=True)
class Source:
    """Where customers came from and what they bring: together, and each; `lifetime` None where not foretold."""

    label: str
    customers: int
    revenue: Money
    revenue_each: Money
    lifetime: Money | None
    lifetime_each: Money | None


def sources(snapshot: Snapshot) -> list[Source]:
    """Sources of customers, those first whose customers bring most each; [] where nothing tells them apart."""
    rows = snapshot.payload.get("sources", [])
    if len(rows) < 2:
        return []

    def money(minor: int | None, over: int = 1) -> Money | None:
        return None if minor is None else Money(round(minor / over), snapshot.currency)

    def label(source: str | None) -> str:
        return gettext("Others") if source is None else source or gettext("Source not known")

    return [
        Source(
            label=label(row["source"]), customers=row["customers"],
            revenue=Money(row["revenue"], snapshot.currency),
            revenue_each=Money(round(row["revenue"] / row["customers"]), snapshot.currency),
            lifetime=money(row["lifetime"]), lifetime_each=money(row["lifetime"], row["customers"]),
        )
        for row in rows
    ]  # fmt: skip


def person(row: SnapshotCustomer) -> Person:
    """The row as the list shows it."""
    return Person(
        customer=row.customer, url=figures.person(row).url, rfm_class=row.rfm_class,
        value=Money(row.lifetime_minor or 0, row.snapshot.currency), alive=row.alive_share,
        orders=round(row.expected_orders or 0.0, 1),
    )  # fmt: skip
