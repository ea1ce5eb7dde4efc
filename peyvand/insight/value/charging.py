"""What was spent, charged to customers by what drives it. Heavy: imported in a child of the worker only.

Entries of one currency are charged exactly (sharing.py), those with the same driver, narrowing and days together;
standing prices are charged per customer and span of days, half a minor unit rounded up; contacts cost what was said of
them, else their minutes at the rate of their day. Whom an order or a contact of nobody known is charged to stands
under NOBODY. What is charged to nobody is named with its reason. The words are those of docs/insight.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import ibis
import numpy as np
from ibis import _
from ibis.common.exceptions import IbisError, TableNotFound

from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value.frames import Frame, Table
from peyvand.insight.value.person import KINDS
from peyvand.insight.value.sharing import Whole, shared
from peyvand.insight.value.weighing import NOBODY, ORDER_DRIVERS, PIECES, Group, weighed

Facts = dict[str, Any]


@dataclass
class Charges:
    """What each customer was charged: `of[id]` are the amounts of KINDS, minor units, NOBODY among the ids.

    `not_charged` is by reason: (amount, entries). `entries` is Σ of the entries up to the day, `rates` of standing
    prices and `contacts` of what contacts cost by themselves; `spent` what was entered for a source, `kinds` of entries
    by kind, charged or not.
    """

    of: dict[int, list[int]] = field(default_factory=dict)
    parts: list[tuple[Whole, int, Whole]] = field(default_factory=list)
    entries: int = 0
    count: int = 0
    rates: int = 0
    contacts: int = 0
    not_charged: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    spent: dict[tuple[str, str, str], Facts] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)  # kinds of which anything is known
    each: list[tuple[Group, float]] = field(default_factory=list)  # of what orders drive: minor units a unit of weight
    own: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))  # (order, kind): for it alone

    def add(self, who: Sequence[int] | Whole, kind: str, amounts: Sequence[int] | Whole) -> None:
        """Charge amounts of a kind to customers; `settle` sums them."""
        self.parts.append((np.asarray(who, np.int64), KINDS.index(kind), np.asarray(amounts, np.int64)))

    def settle(self) -> None:
        """Sum by customer what was charged."""
        if not self.parts:
            return
        ids, at = np.unique(np.concatenate([who for who, _kind, _amounts in self.parts]), return_inverse=True)
        sums = np.zeros((len(ids), len(KINDS)), np.int64)
        begin = 0
        for who, kind, amounts in self.parts:
            np.add.at(sums[:, kind], at[begin : begin + len(who)], amounts)
            begin += len(who)
        kept = sums.any(axis=1)
        self.of = dict(zip(ids[kept].tolist(), sums[kept].tolist(), strict=True))

    def leave(self, reason: str, amount: int, entries: int = 1) -> None:
        """Charge an amount to nobody, for a reason."""
        self.not_charged[reason][0] += amount
        self.not_charged[reason][1] += entries

    @property
    def total(self) -> int:
        """Everything that was charged, to whomever."""
        return sum(sum(row) for row in self.of.values())

    def of_kind(self, kind: str) -> int:
        """What was charged of a kind."""
        at = KINDS.index(kind)
        return sum(row[at] for row in self.of.values())


def charge(frame: Frame, *, since: date = date.min) -> Charges:
    """Charge everything that is known to have been spent from a day on, up to the frame's day."""
    made = Charges()
    if _has(frame, "costs"):
        _entries(frame, made, since)
    if _has(frame, "cost_rates"):
        _rates(frame, made, since)
    if _has(frame, "interactions"):
        _contacts(frame, made, since, minutes=_has(frame, "minute_rates"))
    made.settle()
    for kind in KINDS:
        if any(row[KINDS.index(kind)] for row in made.of.values()) or made.kinds[kind]:
            made.known.add(kind)
    return made


def _has(frame: Frame, table: str) -> bool:
    """Whether a fact was loaded: a warehouse of an earlier version lacks some."""
    try:
        frame.backend.table(table)
    except (TableNotFound, IbisError):
        return False
    return True


def _costs(frame: Frame) -> Table:
    found = frame.backend.table("costs")
    return found.filter(found.demo == frame.demo, found.currency == frame.currency)


def _entries(frame: Frame, made: Charges, since: date) -> None:
    rows = _costs(frame).to_pyarrow().to_pylist()
    if not rows:
        return
    direct = _direct(frame)
    groups: dict[Group, list[int]] = defaultdict(list)
    for row in rows:
        amount = row["amount_minor"]
        made.entries, made.count = made.entries + amount, made.count + 1
        made.kinds[row["kind"]] += amount
        _note_spent(made, row)
        if not amount:
            continue
        passed = _until(row, frame.as_of)
        if passed < amount:
            made.leave("later", amount - passed, 1 if not passed else 0)
        before = _until(row, since - timedelta(days=1)) if since > row["day_from"] else 0
        if before:
            made.leave("earlier", before, 1 if before == passed else 0)
            passed -= before
        if not passed:
            continue
        if row["aim"] != "shared":
            customer = direct.get(row["id"])
            if customer is None:
                made.leave("gone", passed)
            else:
                made.add([customer], row["kind"], [passed])
                if row["aim"] == "order":
                    made.own[row["order_id"], row["kind"]] += passed
        elif not row["driver"]:
            made.leave("driver", passed)
        elif not row["source"] and (row["campaign"] or row["medium"]):
            made.leave("source", passed)
        else:
            groups[_group(row, since, frame.as_of)].append(passed)
    for group, (who, weights) in weighed(frame, list(groups)).items():
        amount = sum(groups[group])
        if not len(weights) or not weights.any():
            made.leave(_REASONS[group.driver], amount, len(groups[group]))
            continue
        made.add(who, group.kind, shared(amount, weights))
        if group.driver in ORDER_DRIVERS:
            made.each.append((group, amount / int(weights.sum(dtype=object))))


_REASONS: Final = {
    "new_customer": "new", "order": "orders", "order_value": "orders", "quantity": "orders", "interaction": "contacts",
    "service_minute": "contacts", "customer": "active",
}  # fmt: skip


def _until(row: Facts, as_of: date) -> int:
    """The part of an amount for the days up to one, by days, rounded down."""
    first, last = row["day_from"], row["day_to"]
    if last <= as_of:
        return int(row["amount_minor"])
    if first > as_of:
        return 0
    days: int = (as_of - first).days + 1
    return int(row["amount_minor"]) * days // int((last - first).days + 1)


def _group(row: Facts, since: date, as_of: date) -> Group:
    return Group(
        kind=row["kind"], driver=row["driver"], source=_key(row["source"]), channel=row["channel"],
        product=row["product_id"] or 0, contact=row["interaction_kind"],
        first=max(row["day_from"], since), last=min(row["day_to"], as_of),
    )  # fmt: skip


def _key(source: str) -> str:
    return source.strip().lower()


def _note_spent(made: Charges, row: Facts) -> None:
    """What was spent on a source, its medium and campaign, with what its advertiser reports."""
    if not (row["source"] or row["medium"] or row["campaign"]):
        return
    kept = made.spent.setdefault(
        (row["source"], row["medium"], row["campaign"]),
        {"amount": 0, "impressions": None, "clicks": None, "leads": None, "first": row["day_from"]},
    )
    kept["amount"] += row["amount_minor"]
    kept["first"] = min(kept["first"], row["day_from"])
    for name in ("impressions", "clicks", "leads"):
        if row[name] is not None:
            kept[name] = (kept[name] or 0) + row[name]


def _direct(frame: Frame) -> dict[int, int]:
    """The customer of each entry for one order, customer or contact, NOBODY where that is of nobody known; entries
    whose order or contact is gone are not in it.
    """
    costs = _costs(frame).filter(_.aim != "shared")
    found: dict[int, int] = {}
    for aim, table in (("order", "orders"), ("interaction", "interactions")):
        of_aim = costs.filter(costs.aim == aim, costs[f"{aim}_id"].notnull()).select("id", pointed=f"{aim}_id")
        if not _has(frame, table) or not int(of_aim.count().to_pyarrow().as_py()):
            continue
        pointed = frame.backend.table(table).select(target="id", whose="customer_id")
        joined = of_aim.inner_join(pointed, of_aim.pointed == pointed.target).select("id", "whose").to_pyarrow()
        found |= {
            cost: NOBODY if whose is None else whose
            for cost, whose in zip(joined["id"].to_pylist(), joined["whose"].to_pylist(), strict=True)
        }
    own = costs.filter(costs.aim == "customer", costs.customer_id.notnull()).select("id", "customer_id").to_pyarrow()
    return found | dict(zip(own["id"].to_pylist(), own["customer_id"].to_pylist(), strict=True))


def _rates(frame: Frame, made: Charges, since: date) -> None:
    """Standing prices, each from its day to the day before the next of its name."""
    table = frame.backend.table("cost_rates")
    rows = table.filter(table.demo == frame.demo, table.currency == frame.currency).to_pyarrow().to_pylist()
    spans = list(_spans(rows, since, frame.as_of))
    shares = weighed(frame, [group for group, _amount in spans], bare=True)
    exponent = exponent_of(frame.currency)
    for group, price in spans:
        who, weights = shares[group]
        of_one = price / 100 if group.driver == "order_value" else price * 10**exponent
        of_one = of_one / PIECES if group.driver == "quantity" else of_one
        amounts = np.floor(weights * of_one + 0.5).astype(np.int64)
        made.rates += int(amounts.sum())
        if group.driver in ORDER_DRIVERS:
            made.each.append((group, of_one))
        made.add(who, group.kind, amounts)


def _spans(rows: Sequence[Facts], since: date, as_of: date) -> Iterator[tuple[Group, float]]:
    names = ("key", "kind", "driver", "channel", "source", "interaction_kind", "product_id")
    series: dict[tuple[Any, ...], list[Facts]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["valid_from"], row["id"])):
        series[tuple(row[name] for name in names)].append(row)
    for same in series.values():
        for at, row in enumerate(same):
            last = same[at + 1]["valid_from"] - timedelta(days=1) if at + 1 < len(same) else as_of
            last = min(last, as_of)
            first = max(row["valid_from"], since)
            if row["amount"] and first <= last:
                yield Group(
                    kind=row["kind"], driver=row["driver"], source=_key(row["source"]), channel=row["channel"],
                    product=row["product_id"] or 0, contact=row["interaction_kind"], first=first, last=last,
                ), float(row["amount"])  # fmt: skip


def _contacts(frame: Frame, made: Charges, since: date, *, minutes: bool) -> None:
    """What contacts cost by themselves: as was said, else their minutes at the rate of their day."""
    found = frame.backend.table("interactions")
    found = found.filter(found.demo == frame.demo, found.at_day <= ibis.literal(frame.as_of))
    found = found.filter(found.at_day >= ibis.literal(since)) if since > date.min else found
    said = found.filter(found.cost_currency == frame.currency, found.cost_minor > 0)
    charged = said.select(who=said.customer_id.fill_null(NOBODY), amount=said.cost_minor)
    per_minute = _per_minute(frame, found) if minutes else None
    if per_minute is not None:
        timed = found.filter(found.cost_minor.isnull(), found.duration_s > 0).mutate(rate=per_minute)
        timed = timed.filter(timed.rate > 0)
        rated = timed.select(
            who=timed.customer_id.fill_null(NOBODY),
            amount=(timed.duration_s.cast("float64") * timed.rate.cast("float64") / 60).round().cast("int64"),
        )
        charged = charged.select(who=_.who, amount=_.amount.cast("int64")).union(rated)
    rows = charged.group_by("who").agg(amount=charged.amount.sum().cast("int64")).to_pyarrow()
    amounts = rows["amount"].to_numpy().astype(np.int64)
    made.contacts = int(amounts.sum())
    made.add(rows["who"].to_numpy().astype(np.int64), "service", amounts)


def _per_minute(frame: Frame, found: Table) -> Any:
    """The rate of a minute of each contact, in minor units; None where no rate is in this currency."""
    table = frame.backend.table("minute_rates")
    rows = table.filter(table.demo == frame.demo).to_pyarrow().to_pylist()
    latest = sorted(rows, key=lambda row: (row["kind"], row["since"]), reverse=True)
    if not any(row["currency"] == frame.currency for row in latest):
        return None
    branches = [
        (
            (found.kind == row["kind"]) & (found.at_day >= ibis.literal(row["since"])),
            row["minor_per_minute"] if row["currency"] == frame.currency else 0,
        )
        for row in latest
    ]
    return ibis.cases(*branches, else_=0)


def summary(made: Charges, bought: Mapping[int, Any]) -> Facts:
    """What the page says of the sums: Σ charged + Σ not charged = Σ entries + standing prices + contacts."""
    strangers = {customer: sum(row) for customer, row in made.of.items() if customer and customer not in bought}
    return {
        "entries": made.entries,
        "count": made.count,
        "rates": made.rates,
        "contacts": made.contacts,
        "charged": sum(sum(row) for customer, row in made.of.items() if customer in bought),
        "nobody": sum(made.of.get(NOBODY, [0])),
        "strangers": {
            "customers": sum(1 for amount in strangers.values() if amount),
            "amount": sum(strangers.values()),
        },
        "not_charged": [
            {"reason": reason, "amount": amount, "entries": entries}
            for reason, (amount, entries) in sorted(made.not_charged.items(), key=lambda pair: -pair[1][0])
        ],
        "by_kind": {kind: made.of_kind(kind) for kind in KINDS},
        "carrying": sum(1 for customer in made.of if customer in bought),
        "unknown": [kind for kind in KINDS if kind not in made.known],
    }


def elsewhere(backend: Any, *, demo: bool, currencies: Sequence[str]) -> list[Facts]:
    """Costs in currencies in which nothing was sold: they can be charged to nobody. Σ by currency."""
    if not _has(Frame(backend=backend, demo=demo, currency="", as_of=date.min), "costs"):
        return []
    costs = backend.table("costs")
    costs = costs.filter(costs.demo == demo, costs.currency.notin(list(currencies)))
    rows = costs.group_by("currency").agg(amount=costs.amount_minor.sum().cast("int64"), entries=costs.count())
    return list(rows.order_by("currency").to_pyarrow().to_pylist())
