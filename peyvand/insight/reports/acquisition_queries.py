"""What each source brought and cost. Numbers need the rights to reports and figures; costs the right to see costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.reports import access, funnel_queries
from peyvand.insight.reports.asked import Asked
from peyvand.insight.reports.models import Way
from peyvand.insight.reports.offers import offer_key, offers_noted
from peyvand.insight.reports.sources import UNKNOWN, source_key
from peyvand.insight.value.models import Snapshot
from peyvand.memory.commerce.access import COSTS_VIEW
from peyvand.memory.commerce.models import Cost, CostKind, Order, OrderKind, OrderStatus
from peyvand.memory.customers.fields import RECORD

NAMED = 5  # customers or visitors that a source needs to be named: what is typed there may name a person
REST = None  # the key of those that stand together
NOT_NOTED = offer_key("")
EVERYBODY = "*"  # the key of everybody in the pay-back curves
DEARER = 5  # the rule of thumb: winning costs five times what keeping does

_FIGURES = """count(*), count(w.repeat_at), coalesce(sum(w.first_net_minor), 0)::bigint,
           coalesce(sum(c.revenue_minor), 0)::bigint, coalesce(sum(c.margin_minor), 0)::bigint,
           coalesce(sum(c.margin_share * greatest(c.revenue_minor, 0)), 0)::float8,
           coalesce(sum(greatest(c.revenue_minor, 0)), 0)::bigint,
           coalesce(sum(c.lifetime_minor), 0)::bigint, count(c.lifetime_minor)"""
_FROM = """FROM reports_way w
      LEFT JOIN value_snapshotcustomer c ON c.customer_id = w.customer_id AND c.snapshot_id = %s"""
_WHERE = "WHERE w.demo = %s AND w.customer_at >= %s AND w.customer_at < %s AND w.first_currency = %s"
_WON = f"SELECT w.source, w.discounted, {_FIGURES} {_FROM} {_WHERE} GROUP BY w.source, w.discounted"
_NOTED = f"SELECT w.source, n.offer, coalesce(sum(n.given), 0)::bigint, {_FIGURES} {_FROM}"


@dataclass
class Won:
    """Customers whose first order was within the days, and what they brought; amounts in minor units.

    `margin` is what they brought so far over lines whose cost is known, which is so for `known` of `sold`; `ahead` is
    what `foretold` of them will yet bring (value's lifetime value).
    """

    customers: int = 0
    repeat: int = 0
    first: int = 0
    revenue: int = 0
    margin: int = 0
    known: float = 0.0
    sold: int = 0
    ahead: int = 0
    foretold: int = 0

    def add(self, other: Won) -> None:
        """Count the others with these."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def lifetime_each(self) -> int | None:
        """Margin so far and value ahead of one customer; None where nothing is foretold."""
        return round((self.margin + self.ahead) / self.customers) if self.foretold else None

    @property
    def repeat_share(self) -> float | None:
        """The share that bought on another day again."""
        return self.repeat / self.customers if self.customers else None


@dataclass
class Source:
    """A source: what was spent on it (None where nothing is known), who came by it, what they brought.

    `curve` is [[months, customers that far, margin each so far]] of everybody who ever came by it; `payback` the first
    month in which that reaches the cost of one customer, None where it did not, or nothing is known.
    """

    key: str | None
    spend: int | None = None
    visitors: int = 0
    leads: int = 0
    won: Won = field(default_factory=Won)
    curve: Sequence[Sequence[int]] = ()

    @property
    def cost_each(self) -> int | None:
        """What a customer cost to win; None where no cost is known, or nobody was won."""
        return round(self.spend / self.won.customers) if self.spend is not None and self.won.customers else None

    @property
    def times(self) -> float | None:
        """Lifetime value to cost."""
        cost, worth = self.cost_each, self.won.lifetime_each
        return worth / cost if cost and worth is not None else None

    @property
    def payback(self) -> int | None:
        """Months until a customer has brought what winning one cost."""
        cost = self.cost_each
        return None if cost is None else next((int(month) for month, _n, margin in self.curve if margin >= cost), None)


@dataclass
class Offer:
    """What first orders were discounted for ("" where nobody noted it; None: few each, together): who was won so, and
    `given`, what was taken off their first orders, in minor units. `curve` as of a Source; margin is after discounts.
    """

    name: str | None
    won: Won = field(default_factory=Won)
    given: int = 0
    curve: Sequence[Sequence[int]] = ()

    @property
    def given_each(self) -> int:
        """What was taken off the first order of one of them."""
        return round(self.given / self.won.customers) if self.won.customers else 0

    def payback(self, cost: int | None) -> int | None:
        """Months until one of them has brought what was taken off and what winning one cost; None: not yet."""
        return next((int(month) for month, _n, each in self.curve if each >= (cost or 0) + self.given_each), None)


@dataclass(frozen=True)
class Acquisition:
    """Sources, the most customers first, and all of them together.

    `costs_shown`: whether the actor may see costs. `costed` is the share of customers won by a source of which a cost
    is known. `apart` is spending that names no source. `plain` and `discounted`: by whether the first order was sold
    at a discount. `keep_each` is what serving cost for each customer of before who bought within the days (`kept`);
    None where no cost of serving is entered. `offers` are those that won somebody by a discount, the most customers
    first. `margin_known` is the share of sales whose cost is known.
    """

    asked: Asked
    currency: str
    currencies: Sequence[str]
    as_of: date
    sources: Sequence[Source]
    total: Source
    costs_shown: bool
    sources_shown: bool
    costed: float | None
    apart: int
    plain: Won
    discounted: Won
    kept: int
    keep_each: int | None
    offers: Sequence[Offer] = ()

    @property
    def dearer(self) -> float | None:
        """How many times what keeping one costs winning one does."""
        return self.total.cost_each / self.keep_each if self.total.cost_each and self.keep_each else None

    @property
    def margin_known(self) -> float | None:
        """The share of sales to those won whose cost is known."""
        return self.total.won.known / self.total.won.sold if self.total.won.sold else None


def acquisition(*, actor: Actor, asked: Asked) -> Acquisition | None:
    """What was won within the days, in the asked currency, else the one of most; None before anything was computed."""
    actor.require(access.VIEW)
    actor.require("insight.view")
    kept = funnel_queries.figure(actor=actor, name="funnel")
    if kept is None:
        return None
    currencies = _currencies(actor)
    usual = next(iter(currencies), workspace_settings.text("default_currency"))
    currency = asked.currency if asked.currency in currencies else usual
    costs_shown, sources_shown = actor.may(COSTS_VIEW), not actor.hides(f"{RECORD}.source")
    won, plain, discounted = _won(actor, asked, currency, sources_shown=sources_shown)
    spent, apart = _spent(actor, asked, currency) if costs_shown else ({}, 0)
    if not sources_shown:
        spent, apart = {}, apart + sum(spent.values())
    visitors, leads = _came(actor, asked, kept.payload, sources_shown=sources_shown)
    curves = _curves(actor, currency)
    named = {key for key, one in won.items() if one.customers >= NAMED} | spent.keys()
    named |= {key for key, count in visitors.items() if count >= NAMED}
    if asked.source is not None:
        named &= {asked.source}
    found: dict[str | None, Source] = {}
    for key in won.keys() | spent.keys() | visitors.keys() | leads.keys():
        if asked.source is not None and key != asked.source:
            continue
        place = key if key in named else REST
        row = found.setdefault(place, Source(place, curve=curves.get(place, ()) if place is not None else ()))
        row.won.add(won.get(key, Won()))
        row.visitors += visitors.get(key, 0)
        row.leads += leads.get(key, 0)
        if key in spent:
            row.spend = (row.spend or 0) + spent[key]
    rows = sorted(found.values(), key=lambda row: (row.key is None, -row.won.customers, row.key or ""))
    total = _total(rows, apart=apart, curve=curves.get(EVERYBODY, ()), whole=asked.source is None)
    covered = sum(row.won.customers for row in rows if row.spend is not None)
    back, keep = _keeping(actor, asked, currency) if costs_shown else (0, None)
    return Acquisition(
        asked=asked, currency=currency, currencies=currencies, as_of=kept.as_of, sources=rows, total=total,
        costs_shown=costs_shown, sources_shown=sources_shown,
        costed=covered / total.won.customers if total.won.customers else None, apart=apart, plain=plain,
        discounted=discounted, kept=back, keep_each=round(keep / back) if keep is not None and back else None,
        offers=_offers(actor, asked, currency, curves, sources_shown=sources_shown),
    )  # fmt: skip


def _total(rows: Iterable[Source], *, apart: int, curve: Sequence[Sequence[int]], whole: bool) -> Source:
    total = Source(EVERYBODY, curve=curve)
    for row in rows:
        total.won.add(row.won)
        total.visitors += row.visitors
        total.leads += row.leads
        if row.spend is not None:
            total.spend = (total.spend or 0) + row.spend
    if whole and apart:
        total.spend = (total.spend or 0) + apart
    return total


def _currencies(actor: Actor) -> list[str]:
    won = Way.objects.filter(demo=actor.demo, customer_at__isnull=False).values("first_currency")
    return [row["first_currency"] for row in won.annotate(n=Count("pk")).order_by("-n", "first_currency")]


def _won(actor: Actor, asked: Asked, currency: str, *, sources_shown: bool) -> tuple[dict[str, Won], Won, Won]:
    found: dict[str, Won] = defaultdict(Won)
    plain, discounted = Won(), Won()
    for source, by_discount, *figures in _rows(actor, asked, currency, _WON):
        if asked.source is not None and sources_shown and source != asked.source:
            continue
        found[source if sources_shown else UNKNOWN].add(Won(*figures))
        (discounted if by_discount else plain).add(Won(*figures))
    return dict(found), plain, discounted


def _offers(
    actor: Actor, asked: Asked, currency: str, curves: Mapping[str, Sequence[Sequence[int]]], *, sources_shown: bool
) -> list[Offer]:
    """Of customers won by a discounted order: by what it was discounted for, those of few customers together."""
    found: dict[str, Offer] = {}
    for source, name, given, *figures in _noted(actor, asked, currency):
        if asked.source is None or not sources_shown or source == asked.source:
            key = offer_key(name)
            one = found.setdefault(key, Offer(" ".join(name.split()), curve=curves.get(key, ())))
            one.won.add(Won(*figures))
            one.given += given
    rest = Offer(REST)
    named = []
    for key, one in found.items():
        if key != NOT_NOTED and one.won.customers < NAMED:
            rest.won.add(one.won)
            rest.given += one.given
        else:
            named.append(one)
    named.sort(key=lambda one: (-one.won.customers, one.name or ""))
    return [*named, rest] if rest.won.customers else named


def _noted(actor: Actor, asked: Asked, currency: str) -> list[tuple[Any, ...]]:
    """Rows of source, offer as noted, what was given, figures."""
    ways = Way.objects.filter(
        demo=actor.demo, customer_at__gte=asked.start, customer_at__lt=asked.end, first_currency=currency
    )
    one, given = offers_noted(ways).values("pk", "offer", "given").query.sql_with_params()
    statement = f"{_NOTED} JOIN ({one}) n (way_id, offer, given) ON n.way_id = w.id GROUP BY 1, 2 ORDER BY 2, 1"
    return _asked(statement, [_newest(actor, currency), *given])


def _rows(actor: Actor, asked: Asked, currency: str, statement: str) -> list[tuple[Any, ...]]:
    return _asked(statement, [_newest(actor, currency), actor.demo, asked.start, asked.end, currency])


def _newest(actor: Actor, currency: str) -> int | None:
    kept = Snapshot.objects.filter(demo=actor.demo, currency=currency, newest=True)
    return kept.values_list("pk", flat=True).first()


def _asked(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def spread(amount: int, of: date, to: date, asked: Asked) -> int:
    """The part of an amount for the days `of` to `to` that falls within the asked days, rounded to minor units."""
    shared = (min(to, asked.until) - max(of, asked.since)).days + 1
    return round(amount * max(0, shared) / ((to - of).days + 1))


def _spent(actor: Actor, asked: Asked, currency: str) -> tuple[dict[str, int], int]:
    """What was spent on winning customers, by source, and what names no source."""
    found: dict[str, int] = defaultdict(int)
    rows = _costs(actor, asked, currency).filter(kind=CostKind.ACQUISITION)
    for source, amount, of, to in rows.values_list("source", "amount_minor", "day_from", "day_to"):
        found[source_key(source)] += spread(amount, of, to, asked)
    return found, found.pop(UNKNOWN, 0)


def _costs(actor: Actor, asked: Asked, currency: str) -> Any:
    shown = Cost.objects.visible_to(actor)
    return shown.filter(currency=currency, day_from__lte=asked.until, day_to__gte=asked.since)


def _came(
    actor: Actor, asked: Asked, payload: Mapping[str, Any], *, sources_shown: bool
) -> tuple[dict[str, int], dict[str, int]]:
    """Visitors and leads within the days, by source; visitors are browsers of nobody known too."""
    visitors: dict[str, int] = defaultdict(int)
    leads: dict[str, int] = defaultdict(int)
    for found, moment in ((visitors, "visitor_at"), (leads, "lead_at")):
        rows = Way.objects.filter(**{"demo": actor.demo, f"{moment}__gte": asked.start, f"{moment}__lt": asked.end})
        for row in rows.values("source").annotate(n=Count("pk")).order_by():
            found[row["source"] if sources_shown else UNKNOWN] += row["n"]
    first, last = asked.since.isoformat(), asked.until.isoformat()
    for day, source, count in payload["strangers"]:
        if first <= day <= last:
            visitors[source if sources_shown else UNKNOWN] += count
    return visitors, leads


def _curves(actor: Actor, currency: str) -> Mapping[str, Sequence[Sequence[int]]]:
    kept = funnel_queries.figure(actor=actor, name="payback", currency=currency)
    if kept is None or kept.currency != currency:
        return {}
    curves: Mapping[str, Sequence[Sequence[int]]] = kept.payload["curves"]
    return curves


def _keeping(actor: Actor, asked: Asked, currency: str) -> tuple[int, int | None]:
    """Customers of before who bought within the days, and what serving cost in these; None where no such cost is."""
    bought = Order.objects.filter(
        demo=actor.demo, kind=OrderKind.SALE, customer_id=OuterRef("customer_id"), placed_at__gte=asked.start,
        placed_at__lt=asked.end, currency=currency,
    ).exclude(status=OrderStatus.CANCELLED)  # fmt: skip
    back = Way.objects.filter(demo=actor.demo, customer_at__lt=asked.start).filter(Exists(bought)).count()
    rows = _costs(actor, asked, currency).filter(kind=CostKind.SERVICE)
    spent = rows.values_list("amount_minor", "day_from", "day_to")
    parts = [spread(amount, of, to, asked) for amount, of, to in spent]
    return back, sum(parts) if parts else None
