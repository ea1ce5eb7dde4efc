"""Profitability as pictures, sentences and tables for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import month_of_index
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Cell, Chart, Mark, Series, Share, Tone
from peyvand.foundation.ui.pieces import Stat
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value.models import RfmClass, Snapshot
from peyvand.insight.value.person import KINDS
from peyvand.insight.value.web import figures

SHOWN_MONTHS = 12
RULE_OF_THUMB = 5  # times as dear to win as to keep
YEAR = 365


def kind_words() -> dict[str, str]:
    """Costs in words."""
    return {
        "acquisition": gettext("winning customers"),
        "sale": gettext("selling"),
        "service": gettext("serving"),
        "delivery": gettext("delivering"),
        "operation": gettext("running the house"),
    }


def reason_words(reason: str) -> str:
    """Why an amount is charged to nobody."""
    return {
        "driver": gettext("nobody said how it is charged"),
        "new": gettext("no new customer of that source came in those days"),
        "orders": gettext("no order of that kind in those days"),
        "contacts": gettext("no contact of that kind in those days"),
        "active": gettext("nobody bought in those days or the 90 before"),
        "source": gettext("a campaign without its source: name the source"),
        "gone": gettext("its order, customer or contact is gone"),
        "later": gettext("for days after these figures: it waits"),
        "earlier": gettext("for days before the window"),
    }[reason]


def page_url(name: str, snapshot: Snapshot, **query: Any) -> str:
    """An address of this snapshot."""
    parts = {**query, "as_of": snapshot.as_of.isoformat(), "currency": snapshot.currency}
    return f"{reverse(f'value:{name}')}?{urlencode(parts)}"


def stats(snapshot: Snapshot, found: dict[str, Any]) -> list[Stat]:
    """Four numbers: what is left, what customers cost, who costs more than they bring, what is charged to nobody."""
    fall, said, loss = found["waterfall"], found["charging"], found["loss"]
    share = formats.percent(fall["net"] / fall["revenue"], 1) if fall["revenue"] > 0 else "–"
    costs = sum(said["by_kind"].values())
    return [
        Stat(
            label=gettext("What is left"), value=figures.money(snapshot, fall["net"]),
            note=gettext("%(share)s of revenue") % {"share": share},
        ),
        Stat(
            label=gettext("What customers cost"), value=figures.money(snapshot, costs), tone="c4",
            note=gettext("charged to customers and orders"),
        ),
        Stat(
            label=gettext("Cost more than they bring"), value=formats.number(loss["customers"]), tone="c5",
            url=page_url("profit-people", snapshot, loss="1"),
            note=gettext("%(amount)s together") % {"amount": figures.money(snapshot, loss["amount"])},
        ),
        Stat(
            label=gettext("Charged to nobody"), value=figures.money(snapshot, fall["idle"]), tone="c3",
            note=gettext("the reasons are below"),
        ),
    ]  # fmt: skip


def known(snapshot: Snapshot, found: dict[str, Any]) -> list[str]:
    """For what share costs are known, a sentence each."""
    said = found["charging"]
    text = gettext("The cost of goods is known for %(share)s of revenue; where it is not, more seems left than is.")
    made = [text % {"share": formats.percent(found["goods_share"])}]
    text = gettext("%(some)s of %(all)s customers carry a cost beside goods.")
    made.append(text % {"some": formats.number(said["carrying"]), "all": formats.number(snapshot.customers)})
    words = kind_words()
    some = [
        gettext("%(kind)s of %(share)s")
        % {"kind": words[kind], "share": formats.percent(count / max(1, snapshot.customers))}
        for kind, count in found.get("carrying", {}).items() if kind not in said["unknown"]
    ]  # fmt: skip
    if some:
        text = gettext("Charged to customers so far: %(kinds)s of them. To the others nothing is known to have gone.")
        made.append(text % {"kinds": gettext(", ").join(some)})
    if said["unknown"]:
        text = gettext("Nothing is entered of: %(kinds)s. What these cost is in no figure here.")
        made.append(text % {"kinds": gettext(", ").join(words[kind] for kind in said["unknown"])})
    for row in found["elsewhere"]:
        amount = formats.money(Money(row["amount"], row["currency"]), "short")
        text = gettext("%(amount)s was spent in a currency in which nothing is sold: it can be charged to nobody.")
        made.append(text % {"amount": amount})
    return made


def waterfall(snapshot: Snapshot, found: dict[str, Any]) -> Chart:
    """From revenue to what is left, step by step."""
    fall = found["waterfall"]
    return falling(
        snapshot,
        [
            (gettext("Revenue"), fall["revenue"]), (gettext("Cost of goods"), -fall["goods"]),
            *((word[0].upper() + word[1:], -fall[kind]) for kind, word in kind_words().items()),
            (gettext("Charged to nobody"), -fall["idle"]),
        ],
        question=gettext("What is left of revenue?"), name="waterfall",
    )  # fmt: skip


def falling(snapshot: Snapshot, steps: list[tuple[str, int]], *, question: str, name: str) -> Chart:
    """Bars of what is left after each step that takes something; the table says what each takes."""
    left = 0
    shown: list[tuple[str, int]] = []
    rows: list[list[Cell]] = []
    for label, amount in steps:
        if not amount and rows:
            continue
        left += amount
        shown.append((label if not rows else gettext("after %(what)s") % {"what": label[:1].lower() + label[1:]}, left))
        rows.append([label, figures.money(snapshot, amount), figures.money(snapshot, left)])
    first = steps[0][1]
    between: list[Tone] = ["c3"] * (len(shown) - 2)
    tones: list[Tone] = ["c1", *between, "c2" if left >= 0 else "c5"]
    share = formats.percent(left / first) if first > 0 else "–"
    if left >= 0:
        text = gettext("Of {revenue}, <b>{left}</b> is left: {share}.")
    else:
        text = gettext("Of {revenue} nothing is left: <b>{left}</b>.")
    amounts = {"revenue": figures.money(snapshot, first), "left": figures.money(snapshot, left), "share": share}
    return Chart(
        name=name, question=question, answer=format_html(text, **amounts), kind="bar",
        x=Axis(labels=[label for label, _amount in shown], format="text"), y=Axis(format="percent"),
        series=[
            Series(
                label=gettext("What is left"),
                values=[round(100 * amount / first) if first > 0 else 0 for _label, amount in shown],
                tones=tones[: len(shown)],
            )
        ],
        columns=[gettext("Step"), gettext("Amount"), gettext("What is left")], rows=rows,
    )  # fmt: skip


def whale(snapshot: Snapshot, found: dict[str, Any]) -> Chart | None:
    """Cumulative profit, the most profitable first; None where there is no profit to share."""
    curve = found["whale"]
    points: list[float] = curve["points"]
    if not points:
        return None
    share = curve["peak_customers"] / max(1, snapshot.customers)
    peak = curve["peak"] / curve["total"]
    lost = found["loss"]["amount"]
    answer = format_html(
        ngettext(
            "The best {share} of customers make <b>{peak}</b> of the profit; {count} customer takes {lost} of it away.",
            "The best {share} of customers make <b>{peak}</b> of the profit; {count} customers take {lost} of it away.",
            found["loss"]["customers"],
        ),
        share=formats.percent(share), peak=formats.percent(peak), count=formats.number(found["loss"]["customers"]),
        lost=figures.money(snapshot, lost),
    )  # fmt: skip
    at = min(100, round(share * 100))
    return Chart(
        name="whale", question=gettext("Who makes the profit, and who takes it away?"), answer=answer, kind="line",
        x=Axis(label=gettext("Share of customers, most profitable first"), format="percent", maximum=100),
        y=Axis(format="percent"),
        series=[Series(label=gettext("Profit so far"), values=list(enumerate(points)), area=True)],
        marks=[Mark(x=at, y=points[at], label=formats.percent(peak))],
        columns=[gettext("Best customers"), gettext("Count"), gettext("Share of profit")],
        rows=[
            [formats.percent(p / 100), -(-snapshot.customers * p // 100), Share(points[p] / 100)]
            for p in (1, 5, 10, 20, 30, 50, 80, 90, 100)
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class GroupShown:
    """A class, source or tenth as a row: sums, what is left, who is behind it."""

    label: str
    customers: int
    revenue: Money
    costs: Money
    net: Money
    each: Money
    loss: int
    url: str


def _group(snapshot: Snapshot, row: dict[str, Any], label: str, url: str) -> GroupShown:
    currency = snapshot.currency
    return GroupShown(
        label=label, customers=row["customers"], revenue=Money(row["revenue"], currency),
        costs=Money(row["goods"] + sum(row["costs"]), currency), net=Money(row["net"], currency),
        each=Money(round(row["net"] / max(1, row["customers"])), currency), loss=row["loss"], url=url,
    )  # fmt: skip


def classes(snapshot: Snapshot, found: dict[str, Any]) -> list[GroupShown]:
    """What is left by class."""
    return [
        _group(
            snapshot, row, str(RfmClass(row["key"]).label),
            page_url("profit-people", snapshot, rfm_class=row["key"]),
        )
        for row in found["classes"]
    ]  # fmt: skip


def sources(snapshot: Snapshot, found: dict[str, Any]) -> list[GroupShown]:
    """What is left by source on the record; those of fewer than five buyers stand together."""
    made = []
    for row in found["sources"]:
        if row["key"] is None:
            label, url = gettext("sources of fewer than five buyers"), ""
        else:
            label = isolate(row["key"]) if row["key"] else gettext("nobody said")
            url = page_url("profit-people", snapshot, source=row["key"] or "-")
        made.append(_group(snapshot, row, label, url))
    return made


@dataclass(frozen=True)
class TenthShown:
    """A tenth of customers by what is left of them."""

    label: str
    customers: int
    net: Money
    url: str


def tenths(snapshot: Snapshot, found: dict[str, Any]) -> list[TenthShown]:
    """Ten groups, best first."""
    return [
        TenthShown(
            formats.number(row["tenth"]), row["customers"], Money(row["net"], snapshot.currency),
            page_url("profit-people", snapshot, tenth=row["tenth"]),
        )
        for row in found["tenths"]
    ]  # fmt: skip


@dataclass(frozen=True)
class ReasonShown:
    """An amount that is charged to nobody, and why."""

    text: str
    entries: int
    amount: Money


def not_charged(snapshot: Snapshot, found: dict[str, Any]) -> list[ReasonShown]:
    """What is charged to nobody, by reason."""
    return [
        ReasonShown(reason_words(row["reason"]), row["entries"], Money(row["amount"], snapshot.currency))
        for row in found["charging"]["not_charged"]
    ]


def sums(snapshot: Snapshot, found: dict[str, Any]) -> list[tuple[str, Money, bool]]:
    """Lines by which all costs are charged, with nothing left over: label, amount, whether it is a total."""
    said, currency = found["charging"], snapshot.currency
    left = sum(row["amount"] for row in said["not_charged"])
    return [
        (gettext("Entries"), Money(said["entries"], currency), False),
        (gettext("Standing prices"), Money(said["rates"], currency), False),
        (gettext("Contacts, by themselves"), Money(said["contacts"], currency), False),
        (gettext("All costs"), Money(said["entries"] + said["rates"] + said["contacts"], currency), True),
        (gettext("Charged to customers who bought"), Money(said["charged"], currency), False),
        (gettext("Charged to people who never bought"), Money(said["strangers"]["amount"], currency), False),
        (gettext("Charged to orders and contacts of nobody known"), Money(said["nobody"], currency), False),
        (gettext("Not charged"), Money(left, currency), False),
    ]


@dataclass(frozen=True)
class SpendingShown:
    """A source on which money was spent, and what its customers won since then bring."""

    source: str
    since: date
    spent: Money
    won: int
    each: Money | None
    brought: Money
    ahead: Money
    unproductive: bool
    campaigns: list[dict[str, Any]]


def spending(snapshot: Snapshot, found: dict[str, Any]) -> list[SpendingShown]:
    """Spending by source, the unproductive first."""
    currency = snapshot.currency
    made = [
        SpendingShown(
            source=isolate(row["source"]) if row["source"] else gettext("campaigns without a source"),
            since=date.fromisoformat(row["since"]), spent=Money(row["spent"], currency), won=row["won"],
            each=Money(round(row["spent"] / row["won"]), currency) if row["won"] else None,
            brought=Money(row["brought"], currency), ahead=Money(row["ahead"], currency),
            unproductive=row["unproductive"],
            campaigns=[
                {**one, "amount": Money(one["amount"], currency),
                 "name": " / ".join(isolate(word) for word in (one["medium"], one["campaign"]) if word),
                 "per_click": Money(round(one["amount"] / one["clicks"]), currency) if one["clicks"] else None}
                for one in row["campaigns"] if one["medium"] or one["campaign"]
            ],
        )
        for row in found["spending"]
    ]  # fmt: skip
    return sorted(made, key=lambda row: (not row.unproductive, -row.spent.minor))


def unproductive(rows: list[SpendingShown]) -> SafeString | None:
    """What was spent to no purpose, in a sentence."""
    bad = [row for row in rows if row.unproductive]
    if not bad:
        return None
    total = Money(sum(row.spent.minor for row in bad), bad[0].spent.currency)
    return format_html(
        gettext("<b>{amount}</b> went to sources whose customers bring less than they cost, today and as foretold."),
        amount=formats.money(total, "short"),
    )  # fmt: skip


@dataclass(frozen=True)
class KeepingShown:
    """Of a class: what losing one of them costs, and what keeping one costs a year."""

    label: str
    customers: int
    ahead: Money | None
    whole: Money | None
    keep: Money | None


def referrals(found: dict[str, Any]) -> int:
    """What the recommendations of one customer bring in a year, in minor units; 0 where nobody came by any."""
    told = found.get("referred") or {"came": 0}
    if not told["came"] or not told["active"]:
        return 0
    each: int = max(0, told["each"])
    return round(each * int(told["came"]) / int(told["active"]))


def referred(snapshot: Snapshot, found: dict[str, Any]) -> str:
    """Who came by recommendation, in a sentence."""
    told = found.get("referred") or {"came": 0}
    if not told["came"] or not told["active"]:
        return gettext(
            "Nobody of the last 12 months is recorded as having come by recommendation; whoever does, note “referral” "
            "as their source, and it counts here."
        )
    return gettext(
        "In the last 12 months %(came)s came by recommendation, %(each)s for every hundred who bought, and bring "
        "%(amount)s each. Who recommended whom is not recorded, so all customers count alike: %(more)s a year."
    ) % {
        "came": formats.number(told["came"]), "each": formats.number(round(100 * told["came"] / told["active"], 1), 1),
        "amount": figures.money(snapshot, told["each"]), "more": figures.money(snapshot, referrals(found)),
    }  # fmt: skip


def keeping(snapshot: Snapshot, found: dict[str, Any]) -> list[KeepingShown]:
    """Margin ahead that goes with a customer, against the cost of selling to and serving them a year."""
    currency, told = snapshot.currency, not {"sale", "service"} <= set(found["charging"]["unknown"])
    made = []
    for row in found["classes"]:
        care = row["costs"][KINDS.index("sale")] + row["costs"][KINDS.index("service")]
        ahead = None if row["lifetime"] is None else Money(round(row["lifetime"] / row["customers"]), currency)
        keep = Money(round(care * YEAR / row["days"]), currency) if told and row["days"] else None
        whole = None if ahead is None else Money(ahead.minor + referrals(found), currency)
        made.append(KeepingShown(str(RfmClass(row["key"]).label), row["customers"], ahead, whole, keep))
    return made


def rule_of_thumb(snapshot: Snapshot, found: dict[str, Any]) -> str:
    """What winning costs against keeping, beside the rule of thumb."""
    care = sum(row["costs"][1] + row["costs"][2] for row in found["classes"])
    days = sum(row["days"] for row in found["classes"])
    win = found["win_each"]
    if win is None or not care or not days:
        return gettext(
            "The rule of thumb says that winning a customer costs five times as much as keeping one. Enter what "
            "winning and serving cost to see your own figure."
        )
    keep = care * YEAR / days
    return gettext(
        "Winning a customer of the last 12 months cost %(win)s, keeping one %(keep)s a year: %(times)s times as much. "
        "The rule of thumb says five."
    ) % {
        "win": figures.money(snapshot, win), "keep": figures.money(snapshot, round(keep)),
        "times": formats.number(round(win / keep, 1), 1),
    }  # fmt: skip


@dataclass(frozen=True)
class PaybackShown:
    """Customers of a month, and when winning them was paid back."""

    month: str
    customers: int
    spent: Money
    brought: Money
    text: str
    paid: bool


def payback(snapshot: Snapshot, found: dict[str, Any]) -> list[PaybackShown]:
    """Pay-back of the last months, latest first."""
    calendar = CalendarKind(current_reader().calendar)
    language, currency = current_reader().language, snapshot.currency
    made = []
    for row in reversed(found["payback"].get(calendar.value, [])[-SHOWN_MONTHS:]):
        if row["months"] is not None:
            text = ngettext("in month %(n)s", "in month %(n)s", row["months"]) % {"n": formats.number(row["months"])}
        else:
            text = gettext("not in %(n)s months") % {"n": formats.number(row["passed"])}
        made.append(
            PaybackShown(
                month=month_of_index(row["cohort"], calendar).label(language), customers=row["customers"],
                spent=Money(row["spent"], currency), brought=Money(row["brought"], currency), text=text,
                paid=row["months"] is not None,
            )
        )  # fmt: skip
    return made
