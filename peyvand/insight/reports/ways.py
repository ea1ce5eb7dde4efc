"""From facts to ways, paths and pay-back curves. Heavy: imported in a child of the worker only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
from ibis import _

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.calendars import zone
from peyvand.foundation.calendar.periods import start_of_day_utc
from peyvand.foundation.jobs.alone import alone
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.reports import path_sums, touchpoints, way_frames, way_services
from peyvand.insight.reports.asked import today
from peyvand.insight.reports.offers import offer_key
from peyvand.insight.reports.sources import DIRECT, UNKNOWN, source_came_by, source_key
from peyvand.insight.reports.stages import on_the_way
from peyvand.insight.reports.way_services import WayRow
from peyvand.insight.warehouse import engine, queries

FUNNEL, PAYBACK = "funnel", "payback"
KEPT_DAYS = 3 * 366  # of browsers of nobody known
MONTH = 30.4375  # days
FEWEST = 5  # customers that a point of a pay-back curve rests on
MONTHS = 36


def compute(run: Running) -> Mapping[str, Any]:
    """Compute the business that the run's actor looks at, from the facts loaded last: {"ways", "orders"}."""
    with alone("reports.ways.running", run):
        return _compute(run)


def _compute(run: Running) -> Mapping[str, Any]:
    demo, backend = run.actor.demo, engine.open_warehouse()
    load = queries.current_load(actor=run.actor)
    if backend is None or load is None:
        return {"ways": 0, "orders": 0}
    now = today()
    ways = way_frames.Ways(
        backend=backend, demo=demo, quiet=touchpoints.quiet(), personal=touchpoints.PERSONAL,
        until=start_of_day_utc(now + timedelta(days=1), workspace_settings.text("time_zone")),
        lookback=timedelta(days=int(workspace_settings.get(way_services.LOOKBACK))),
    )  # fmt: skip
    people = list(_people(ways))
    run.progress(1, 3)

    def keep(name: str, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        way_services.figures_keep(actor=run.actor, demo=demo, name=name, as_of=now, load=load, payloads=payloads)

    keep(FUNNEL, {"": _funnel(ways, now)})
    orders, unended, touched = way_frames.paths(ways)
    paths = _paths(ways, orders, unended)
    for name, payloads in paths.items():
        keep(name, payloads)
    run.progress(2, 3)
    keep(PAYBACK, _curves(ways, {row.customer_id: _keys(row) for row in people}))
    run.check()
    way_services.ways_keep(actor=run.actor, demo=demo, ways=people, touches=_touches(ways, orders, touched))
    run.progress(3, 3)
    return {"ways": len(people), "orders": sum(payload["orders"] for payload in paths[way_services.PATHS].values())}


def _people(ways: way_frames.Ways) -> Iterator[WayRow]:
    keys: dict[str, str] = {}

    def key_of(text: str) -> str:
        if text not in keys:
            keys[text] = source_key(text)
        return keys[text]

    for row in way_frames.milestones(ways).to_pyarrow().to_pylist():
        contacts = [row[name] for name in ("created_at", "spoke_at", "customer_at", "lead_at") if row[name] is not None]
        steps = on_the_way(row["visitor_at"], min(contacts), row["lead_at"], row["customer_at"], row["repeat_at"])
        visited = steps.visitor is not None
        source = source_came_by(record=key_of(row["source"]), visit=key_of(row["visit_source"] or ""), visited=visited)
        yield WayRow(
            customer_id=row["customer_id"], source=source, channel=_channel(row, visited=visited),
            steps=steps, currency=row["first_currency"] or "", net=row["first_net"], discounted=bool(row["discounted"]),
            offer=row["offer"] or "",
        )  # fmt: skip


def _keys(row: WayRow) -> tuple[str, ...]:
    """The pay-back curves that a customer counts in."""
    return (row.source, "*", offer_key(row.offer)) if row.discounted else (row.source, "*")


def _channel(row: Mapping[str, Any], *, visited: bool) -> str:
    """By which channel somebody first came to us; "" where only the record tells of them."""
    if visited:
        return "web"
    spoke, bought = row["spoke_at"], row["customer_at"]
    if bought is not None and (spoke is None or bought <= spoke):
        return row["order_channel"] or ""
    return row["spoke_channel"] or ""


def _funnel(ways: way_frames.Ways, now: date) -> dict[str, Any]:
    """Browsers of nobody known as [[day, source, how many]], and visits of which nothing was kept."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    since = now - timedelta(days=KEPT_DAYS)
    for row in way_frames.strangers(ways).to_pyarrow().to_pylist():
        if row["day"] >= since:
            found[row["day"].isoformat(), source_key(row["source"]) or DIRECT] += row["browsers"]
    return {
        "strangers": [[day, source, count] for (day, source), count in sorted(found.items())],
        "untold": int(way_frames.untold(ways).to_pyarrow().as_py()),
    }


def _paths(ways: way_frames.Ways, orders: Any, unended: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """By the days of a window, the payload of each currency, the one of most orders first.

    A way that led to nothing ended when its last touch was longer ago than a path reaches back.
    """
    whole = max(way_services.WINDOWS)
    late = orders.mutate(window=_window(ways, _.ended_at)).filter(_.window <= whole)
    grouped = late.group_by("window", "currency", "path").agg(orders=_.count(), net=_.net.sum().cast("int64"))
    led = grouped.order_by(["window", "currency", "path"]).to_pyarrow().to_pylist()
    given_up = unended.filter(_.last_at < ways.until - ways.lookback)
    ended = given_up.mutate(window=_window(ways, _.last_at, back=ways.lookback)).filter(_.window <= whole)
    lost = ended.group_by("window", "path").agg(n=_.count()).order_by(["window", "path"]).to_pyarrow().to_pylist()
    still = int(unended.filter(_.last_at >= ways.until - ways.lookback).count().to_pyarrow().as_py())
    times = [(row["path"], row["orders"]) for row in led if row["path"] is not None]
    apart = path_sums.common([*times, *((row["path"], row["n"]) for row in lost)])
    days, nobody = _days(late), _of_nobody(ways, whole)

    def within(rows: list[dict[str, Any]], window: int) -> list[dict[str, Any]]:
        return [row for row in rows if row["window"] <= window]

    return {
        way_services.paths_name(window): _payloads(
            ways, window, led=within(led, window), lost=within(lost, window), days=within(days, window),
            nobody=within(nobody, window), apart=apart, still=still,
        )
        for window in way_services.WINDOWS
    }  # fmt: skip


def _window(ways: way_frames.Ways, moment: Any, *, back: timedelta = timedelta(0)) -> Any:
    """The shortest of the windows that a moment lies in, in days; more than all of them where it lies in none."""
    cases = [(moment >= ways.until - back - timedelta(days=days), days) for days in sorted(way_services.WINDOWS)]
    return ibis.cases(*cases, else_=max(way_services.WINDOWS) + 1)


def _payloads(
    ways: way_frames.Ways, window: int, *, led: list[dict[str, Any]], lost: list[dict[str, Any]],
    days: list[dict[str, Any]], nobody: list[dict[str, Any]], apart: frozenset[str], still: int,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    walked: dict[str, path_sums.Walked] = defaultdict(path_sums.Walked)
    untold: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in led:
        if row["path"] is None:
            untold[row["currency"]] = [
                untold[row["currency"]][0] + row["orders"],
                untold[row["currency"]][1] + row["net"],
            ]
            continue
        found = walked[row["currency"]].paths[path_sums.touches_of(row["path"], apart)]
        found.orders, found.net = found.orders + row["orders"], found.net + row["net"]
    for row in days:
        walked[row["currency"]].days[row["days"]] += row["orders"]
    without: Counter[str] = Counter()
    for row in nobody:
        without[row["currency"]] += row["orders"]
    payloads = {}
    for currency in {**walked, **untold, **without}:
        for row in lost:  # who bought nothing might have in any currency
            walked[currency].paths[path_sums.touches_of(row["path"], apart)].nulls += row["n"]
        payload = path_sums.summed(walked[currency])
        since = (ways.until - timedelta(days=window)).astimezone(zone(workspace_settings.text("time_zone"))).date()
        payload |= {
            "since": since.isoformat(), "lookback": ways.lookback.days, "open": still, "window": window,
            "untold": untold[currency][0], "untold_net": untold[currency][1],
            "orders": payload["told"] + untold[currency][0], "nobody": without[currency],
        }  # fmt: skip
        payloads[currency] = payload
    return dict(sorted(payloads.items(), key=lambda item: (-item[1]["orders"], item[0])))


def _of_nobody(ways: way_frames.Ways, whole: int) -> list[dict[str, Any]]:
    """Sales without a customer, by window and currency."""
    sales = ways.table("orders").filter(_.kind == "sale", _.status != "cancelled", _.customer_id.isnull())
    sales = sales.mutate(window=_window(ways, _.placed_at)).filter(_.window <= whole)
    rows: list[dict[str, Any]] = sales.group_by("window", "currency").agg(orders=_.count()).to_pyarrow().to_pylist()
    return rows


def _days(orders: Any) -> list[dict[str, Any]]:
    """Days from the first touch of the path to the order, with how many orders, by window."""
    told = orders.filter(_.first_at.notnull())
    seconds = told.ended_at.epoch_seconds() - told.first_at.epoch_seconds()
    found = told.mutate(days=(seconds / 86400).floor().cast("int64")).group_by("window", "currency", "days")
    rows: list[dict[str, Any]] = found.agg(orders=_.count()).to_pyarrow().to_pylist()
    return rows


def _touches(ways: way_frames.Ways, orders: Any, touched: Any) -> Iterator[tuple[int, str, int, datetime]]:
    """Customer, touchpoint, on the paths of how many orders of the window, and when last."""
    late = orders.filter(_.ended_at >= ways.until - timedelta(days=max(way_services.WINDOWS))).select("order_id")
    found = touched.inner_join(late, "order_id").group_by("customer_id", "touch")
    rows = found.agg(orders=_.count(), last_at=_.last_at.max()).order_by(["customer_id", "touch"])
    for row in rows.to_pyarrow().to_pylist():
        yield row["customer_id"], row["touch"][:120], row["orders"], row["last_at"].astimezone(UTC)


def _curves(ways: way_frames.Ways, keys: Mapping[int, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """By currency of the first order: what customers had brought, by whole months since, and of how many that is known.

    {"last", "known": share of their net whose cost is known, "curves": {source: [[month, customers, margin each]]}};
    the source "*" is everybody, "offer:…" who was won at that discount. Margin is of lines whose
    cost is known, added up, in minor units.
    """
    sales = ways.sales.group_by("currency").agg(last=_.placed_at_day.max(), n=_.count())
    found = {}
    for row in sales.order_by("currency").to_pyarrow().to_pylist():
        currency, given = row["currency"], {"month_days": MONTH, "last": row["last"]}
        scale = 10 ** exponent_of(currency)
        there: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        brought: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for one in way_frames.ages(ways, currency=currency, **given).to_pyarrow().to_pylist():
            for source in keys.get(one["customer_id"], (UNKNOWN, "*")):
                for age in range(min(one["whole"], MONTHS)):
                    there[source][age] += 1
        known = net = 0.0
        for one in way_frames.earned(ways, currency=currency, **given).to_pyarrow().to_pylist():
            known, net = known + one["known"], net + one["net"]
            for source in keys.get(one["customer_id"], (UNKNOWN, "*")):
                brought[source][one["age"]] += one["known"] - one["cost"]
        found[currency] = {
            "last": row["last"].isoformat(), "known": known / net if net > 0 else 0.0,
            "curves": {source: _added_up(there[source], brought[source], scale) for source in there},
        }  # fmt: skip
    return found


def _added_up(there: Mapping[int, int], brought: Mapping[int, float], scale: int) -> list[list[float]]:
    """Mean of each month over those who have been here so long, added up: nobody's future is counted as nothing."""
    curve: list[list[float]] = []
    total = 0.0
    for age in sorted(there):
        if there[age] < FEWEST or age >= MONTHS:
            break
        total += brought.get(age, 0.0) / there[age] * scale
        curve.append([age + 1, there[age], round(total)])
    return curve
