"""From facts to snapshots and traits. Heavy: imported in a child of the worker only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from ibis import _

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.jobs.alone import alone
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value import charging, frames, lifetime, order_charges, profit, rates, services
from peyvand.insight.value.classes import ORDER, class_of
from peyvand.insight.value.contracting.figures import Agreed, agreed, payload
from peyvand.insight.value.contracting.joining import joined
from peyvand.insight.value.models import Snapshot
from peyvand.insight.value.person import Person, Worth
from peyvand.insight.warehouse import engine
from peyvand.insight.warehouse.models import Load

NAMED, SOURCES = 5, 20  # buyers that a source needs to be named; sources named at most
MOVED_DAYS = 91  # a quarter of a year
NOTHING = (0, 0, 0, 0, 0)  # charged to whom nothing is
CALENDARS = ("jalali", "gregorian")


def refresh(run: Running, *, as_of: str = "") -> Mapping[str, Any]:
    """Load the facts, then compute every currency of both businesses.

    With `as_of` (ISO date) only the business the run's actor looks at is computed, for that day, and no trait is
    written. The result is {"load", "snapshots": [ids], "as_of", "customers"}.
    """
    with alone("value.refresh.running", run):  # a load removes the files of those before it
        return _refresh(run, chosen=date.fromisoformat(as_of) if as_of else None)


def _refresh(run: Running, *, chosen: date | None) -> Mapping[str, Any]:
    load = engine.load(run)
    backend = engine.open_warehouse()
    made: list[Snapshot] = []
    for demo in (run.actor.demo,) if chosen else (False, True):
        calendar = CalendarKind(workspace_settings.text("calendar"))
        known = agreed(backend, demo=demo, day=chosen or _today(), calendar=calendar)
        worths: dict[str, Mapping[int, Worth]] = {}
        found = list(
            _snapshots(run=run, backend=backend, load=load, demo=demo, chosen=chosen, known=known, worths=worths)
        )
        if chosen is None:
            services.newest_only(actor=run.actor, demo=demo, keep=[snapshot.pk for snapshot in found])
            _contracts_keep(run=run, demo=demo, known=known, worths=worths, orders=bool(found))
        made += found
    run.progress(1, 1)
    return {
        "load": load.pk,
        "snapshots": [snapshot.pk for snapshot in made],
        "as_of": max((snapshot.as_of.isoformat() for snapshot in made), default=None),
        "customers": sum(snapshot.customers for snapshot in made),
    }


def _contracts_keep(
    *, run: Running, demo: bool, known: Agreed | None, worths: dict[str, Mapping[int, Worth]], orders: bool
) -> None:
    """Keep the figures of contracts; without any order nobody else has written what customers are worth."""
    now = rates.current()
    _elsewhere(known, worths)
    figures = payload(known, worths, now) if known is not None else None
    services.contracts_keep(actor=run.actor, demo=demo, as_of=_today(), payload=figures, worths=worths)
    if not orders and any(worths.values()):
        services.traits_keep(
            actor=run.actor, demo=demo, as_of=_today(), persons={}, major={}, contracts=services.ahead_of(worths)
        )


def _elsewhere(known: Agreed | None, worths: dict[str, Mapping[int, Worth]]) -> None:
    """Worth of contracts in currencies in which nothing was ever ordered: the margin of the settings counts."""
    now = rates.current()
    for currency in known.currencies if known is not None else ():
        if known is not None and currency not in worths:
            worths[currency] = known.worth(currency, rates=now, margin=now.margin)


def _snapshots(
    *, run: Running, backend: Any, load: Load, demo: bool, chosen: date | None, known: Agreed | None,
    worths: dict[str, Mapping[int, Worth]],
) -> Iterator[Snapshot]:  # fmt: skip
    orders = frames.business_orders(backend, demo=demo)
    today = _today()
    standing = orders.filter(_.status != "cancelled", _.placed_at_day <= today)
    last = chosen or standing.placed_at_day.max().to_pyarrow().as_py()
    if last is None:
        return
    currencies = standing.group_by("currency").agg(n=_.count()).order_by([_.n.desc(), _.currency]).to_pyarrow()
    elsewhere = charging.elsewhere(backend, demo=demo, currencies=currencies["currency"].to_pylist())
    future = int(orders.filter(_.placed_at_day > today).count().to_pyarrow().as_py())
    best: dict[int, tuple[int, str]] = {}  # customer → orders in, and name of, the currency they use most
    traits: dict[str, list[Person]] = {}
    for currency in currencies["currency"].to_pylist():
        run.check()
        frame = frames.Frame(backend=backend, demo=demo, currency=currency, as_of=last)
        totals, margin = _totals(frame), _margin(frame)
        charges = charging.charge(frame)
        run.check()
        if chosen is None:
            charged = order_charges.of_orders(frame, charges)
            services.orders_charged(
                actor=run.actor, demo=demo, currency=currency,
                blocks=order_charges.blocks(charged) if charged is not None else (),
            )  # fmt: skip
        business = _business(totals=totals, margin=margin, currency=currency, charges=charges)
        ahead = lifetime.foretell(frame, business)
        if known is not None:
            of_sales = business.rates.margin if business.margin is None else business.margin
            worths[currency] = known.worth(currency, rates=business.rates, margin=of_sales)
            ahead = joined(ahead, worths[currency])
        run.check()
        persons = list(_persons(frame, ahead.people, charges))
        found = _payload(frame=frame, persons=persons, totals=totals, margin=margin)
        of = _source_of(frame)
        found |= {"future_orders": future, "lifetime": ahead.payload, "sources": _sources(of, persons)}
        found["profit"] = profit.figures(
            frame,
            persons=persons,
            charges=charges,
            source_of=of,
            named=_named(of, persons),
            margin=margin,
            net=totals["net"],
            elsewhere=elsewhere,
        )
        yield services.snapshot_keep(
            actor=run.actor, demo=demo, frame_start=frame.window_start, as_of=last, currency=currency,
            newest=chosen is None, payload=found, persons=persons, load=load,
        )  # fmt: skip
        traits[currency] = persons
        for person in persons:
            best[person.customer_id] = max(best.get(person.customer_id, (0, "")), (person.orders, currency))
    if chosen is None:
        major = {customer: currency for customer, (_count, currency) in best.items()}
        _elsewhere(known, worths)
        services.traits_keep(
            actor=run.actor, demo=demo, as_of=last, persons=traits, major=major, contracts=services.ahead_of(worths)
        )


def _today() -> date:
    now: datetime = timezone.now()
    return now.astimezone(ZoneInfo(workspace_settings.text("time_zone"))).date()


def _business(
    *, totals: dict[str, Any], margin: dict[str, float], currency: str, charges: charging.Charges
) -> lifetime.Business:
    sold = totals["amounts"].get("sale_known", 0)
    back = totals["amounts"].get("return_known", 0)
    known = margin["known"] > 0
    return lifetime.Business(
        rates=rates.current(), own_currency=currency == workspace_settings.text("default_currency"),
        margin=(margin["known"] - margin["cost"]) / margin["known"] if known else None,
        margin_share=margin["share"] if known else 0.0,
        kept=min(1.0, max(0.0, (sold + back) / sold)) if sold > 0 else 1.0,
        charged=charges.of, known=frozenset(charges.known),
    )  # fmt: skip


def _persons(
    frame: frames.Frame,
    ahead: Mapping[int, lifetime.Ahead] = MappingProxyType({}),
    charges: charging.Charges | None = None,
) -> Iterator[Person]:
    charged = charges.of if charges is not None else {}
    scale = 10 ** exponent_of(frame.currency)
    revenue_by_lines = 0.0
    for row in frames.people(frame).to_pyarrow().to_pylist():
        silence = (frame.as_of - row["last_day"]).days
        known, cost = row["known"] or 0.0, row["cost"] or 0.0
        revenue_by_lines = row["revenue"] / scale
        later = ahead.get(row["customer_id"])
        yield Person(
            customer_id=row["customer_id"],
            rfm_class=_class_of(row, frame.as_of),
            r=row["r"], f=row["f"], m=row["m"], silence=silence, rhythm=row["rhythm"],
            orders=row["orders"], frequency=row["frequency"], monetary=row["monetary"], revenue=row["revenue"],
            margin=round((known - cost) * scale) if cost or known else None,
            margin_share=min(1.0, max(0.0, known / revenue_by_lines)) if revenue_by_lines > 0 else 0.0,
            rank=row["rank"],
            slipping=frames.slipping(
                silence=silence, rhythm=row["rhythm"], long_gap=row["long_gap"],
                purchase_days=row["purchase_days"], frequency=row["frequency"],
            ),
            first_day=row["first_day"], last_day=row["last_day"],
            alive=later.alive if later else None, expected_orders=later.purchases if later else None,
            lifetime=later.value if later else None,
            goods=round(cost * scale), costs=tuple(charged.get(row["customer_id"], NOTHING)),
        )  # fmt: skip


def _payload(
    *, frame: frames.Frame, persons: list[Person], totals: dict[str, Any], margin: dict[str, float]
) -> dict[str, Any]:
    return {
        "totals": totals,
        "margin": margin,
        "classes": _classes(persons),
        "pareto": _pareto(persons),
        "slipping": {
            "customers": sum(person.slipping for person in persons),
            "at_stake": sum(max(0, person.monetary) for person in persons if person.slipping),
        },
        "active": sum(person.frequency > 0 for person in persons),
        "months": {calendar: _months(frame, calendar) for calendar in CALENDARS},
        "cohorts": {calendar: _cohorts(frame, calendar) for calendar in CALENDARS},
        "only_returns": _only_returns(frame, persons),
        "moves": _moves(frame, persons),
    }


def _source_of(frame: frames.Frame) -> dict[int, str]:
    """Where each customer's record came from."""
    table = frames.sources(frame).to_pyarrow()
    return dict(zip(table["id"].to_pylist(), table["source"].to_pylist(), strict=True))


def _named(of: Mapping[int, str], persons: list[Person]) -> set[str]:
    """Sources of at least NAMED buyers, the SOURCES largest, and "": what is typed elsewhere may name a person."""
    sizes = Counter(of.get(person.customer_id, "") for person in persons)
    return {source for source, size in sizes.most_common(SOURCES) if size >= NAMED or not source}


def _sources(of: Mapping[int, str], persons: list[Person]) -> list[dict[str, Any]]:
    """By source of the customers: how many bought, revenue so far, lifetime value (None where not foretold).

    Those that are not named stand together under None.
    """
    named = _named(of, persons)
    found: dict[str | None, dict[str, Any]] = {}
    for person in persons:
        source = of.get(person.customer_id, "")
        key = source if source in named else None
        row = found.setdefault(key, {"source": key, "customers": 0, "revenue": 0, "lifetime": None})
        row["customers"] += 1
        row["revenue"] += person.revenue
        if person.lifetime is not None:
            row["lifetime"] = (row["lifetime"] or 0) + person.lifetime
    return sorted(found.values(), key=lambda row: -(row["revenue"] + (row["lifetime"] or 0)) / row["customers"])


def _moves(frame: frames.Frame, persons: list[Person]) -> dict[str, Any] | None:
    """How many stood in which class MOVED_DAYS ago (as orders of today tell of then) and stand in which now.

    `came` are those whose first purchase is later, by class now. None when there was nobody yet.
    """
    then = frames.Frame(
        backend=frame.backend, demo=frame.demo, currency=frame.currency, as_of=frame.as_of - timedelta(days=MOVED_DAYS)
    )
    before = {row["customer_id"]: _class_of(row, then.as_of) for row in frames.scored(then).to_pyarrow().to_pylist()}
    if not before:
        return None
    rows: dict[str, Counter[str]] = {name: Counter() for name in ORDER}
    came: Counter[str] = Counter()
    for person in persons:
        found = before.get(person.customer_id)
        (came if found is None else rows[found])[person.rfm_class] += 1
    return {
        "since": then.as_of.isoformat(),
        "rows": {name: dict(row) for name, row in rows.items()},
        "came": dict(came),
    }


def _class_of(row: Mapping[str, Any], as_of: date) -> str:
    return class_of(
        recency=row["r"], frequency=row["f"], monetary=row["m"],
        days_since_first=(as_of - row["first_day"]).days, days_since_last=(as_of - row["last_day"]).days,
    )  # fmt: skip


def _totals(frame: frames.Frame) -> dict[str, Any]:
    """Minor units by "<kind>_<known|anonymous>", their sum, and the sum of the lines to the last digit, as text;
    all net of tax.
    """
    rows = frames.totals(frame).to_pyarrow().to_pylist()
    amounts = {f"{row['kind']}_{'known' if row['known'] else 'anonymous'}": row["amount"] for row in rows}
    counts = {f"{row['kind']}_{'known' if row['known'] else 'anonymous'}": row["orders"] for row in rows}
    lines = frame.backend.table("order_lines")
    kept = lines.semi_join(frame.orders, lines.order_id == frame.orders.id)
    exact = kept.net.sum().to_pyarrow().as_py()
    return {"amounts": amounts, "orders": counts, "net": sum(amounts.values()), "exact": format(exact or 0, "f")}


def _margin(frame: frames.Frame) -> dict[str, float]:
    """In units of the currency, over everybody's deals: revenue, the part whose cost is known, that cost."""
    lines = frames.known_lines(frame, frame.orders.filter(_.kind.isin(["sale", "return"])))
    row = (
        lines.agg(
            revenue=lines.net.sum().cast("float64"),
            known=lines.net.sum(where=lines.unit_cost.notnull()).cast("float64"),
            cost=lines.cost.sum(),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    revenue, known, cost = (row[name] or 0.0 for name in ("revenue", "known", "cost"))
    return {"revenue": revenue, "known": known, "cost": cost, "share": known / revenue if revenue else 0.0}


def _classes(persons: list[Person]) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    worth: Counter[str] = Counter()
    for person in persons:
        counts[person.rfm_class] += 1
        worth[person.rfm_class] += person.monetary
    return [{"class": name, "customers": counts[name], "monetary": worth[name]} for name in ORDER]


def _pareto(persons: list[Person]) -> dict[str, Any]:
    """Cumulative share of the window's value held by the best p per cent of its buyers, for p = 0, 1 … 100.

    With returns larger than purchases the curve may rise above 100 before it comes back: it is shown so.
    """
    worth = sorted((person.monetary for person in persons if person.frequency > 0), reverse=True)
    total = sum(worth)
    if not worth or total <= 0:
        return {"customers": len(worth), "total": total, "points": []}
    running, cumulative = 0, [0]
    for value in worth:
        running += value
        cumulative.append(running)
    points = [round(100 * cumulative[-(-percent * len(worth) // 100)] / total, 2) for percent in range(101)]
    return {"customers": len(worth), "total": total, "points": points}


def _months(frame: frames.Frame, calendar: str) -> list[dict[str, int]]:
    rows: dict[int, dict[str, int]] = defaultdict(lambda: {"sale": 0, "return": 0, "adjustment": 0, "orders": 0})
    for row in frames.months(frame, calendar=calendar).to_pyarrow().to_pylist():
        rows[row["month"]][row["kind"]] += row["amount"]
        rows[row["month"]]["orders"] += row["orders"] if row["kind"] == "sale" else 0
    return [{"month": month, **rows[month]} for month in sorted(rows)]


def _cohorts(frame: frames.Frame, calendar: str) -> list[dict[str, Any]]:
    """Cohorts in order; `active` by age in months, 0 to the month of `as_of` (which may not be over)."""
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for row in frames.cohorts(frame, calendar=calendar).to_pyarrow().to_pylist():
        counts[row["cohort"]][row["age"]] = row["customers"]
    dates = frame.backend.table("dates")
    now = dates.filter(_.day == frame.as_of)[calendar].max().to_pyarrow().as_py()
    return [
        {"cohort": cohort, "active": [counts[cohort].get(age, 0) for age in range(now - cohort + 1)]}
        for cohort in sorted(counts)
    ]


def _only_returns(frame: frames.Frame, persons: list[Person]) -> int:
    """Customers with returns and no sale up to the day: they have no recency and stand in no class."""
    return int(frame.deals.customer_id.nunique().to_pyarrow().as_py() or 0) - len(persons)
