"""The verbs of value: keep what was computed, ask for a computation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.value.models import (
    Basis,
    ContractFigures,
    ContractWorth,
    OrderCharge,
    Scoring,
    ScoringCustomer,
    Snapshot,
    SnapshotCustomer,
)
from peyvand.insight.value.person import KINDS, Person, Scored, Worth
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.access import COSTS_VIEW
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import TraitRow

KEPT_DAYS = 12  # snapshots of days that people chose, kept beside the newest
SOURCE = "insight.value"


COLUMNS = (
    "snapshot_id", "customer_id", "rfm_class", "recency_score", "frequency_score", "monetary_score", "silence_days",
    "rhythm_days", "orders", "frequency", "monetary_minor", "revenue_minor", "margin_minor", "margin_share", "rank",
    "slipping", "first_day", "last_day", "alive_share", "expected_orders", "lifetime_minor",
    "goods_minor", "acquisition_minor", "sale_minor", "service_minor", "delivery_minor", "operation_minor", "net_minor",
)  # fmt: skip


def snapshot_keep(
    *,
    actor: Actor,
    demo: bool,
    frame_start: date,
    as_of: date,
    currency: str,
    newest: bool,
    payload: Mapping[str, Any],
    persons: Sequence[Person],
    load: Load,
) -> Snapshot:
    """Keep the figures of a day, replacing those of the same day; a person erased meanwhile is left out."""
    actor.require("insight.refresh")
    with transaction.atomic():
        Snapshot.objects.filter(demo=demo, as_of=as_of, currency=currency).delete()
        snapshot = Snapshot.objects.create(
            demo=demo, as_of=as_of, currency=currency, window_start=frame_start, newest=newest,
            customers=len(persons), payload=dict(payload), load=load,
        )  # fmt: skip
        _copy_people(snapshot=snapshot, persons=persons)
        _forget_old(demo=demo)
    return snapshot


def _copy_people(*, snapshot: Snapshot, persons: Sequence[Person]) -> None:
    table = SnapshotCustomer._meta.db_table
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE people_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY people_in ({names}) FROM STDIN") as copy:
            for p in persons:
                copy.write_row(
                    (snapshot.pk, p.customer_id, p.rfm_class, p.r, p.f, p.m, p.silence, p.rhythm, p.orders, p.frequency,
                     p.monetary, p.revenue, p.margin, p.margin_share, p.rank, p.slipping, p.first_day, p.last_day,
                     p.alive, p.expected_orders, p.lifetime, p.goods, *p.costs, p.net)
                )  # fmt: skip
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM people_in"
            " WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = people_in.customer_id)"
        )
        cursor.execute("DROP TABLE people_in")


ORDER_CHARGES = tuple(f"{kind}_minor" for kind in KINDS)


def orders_charged(*, actor: Actor, demo: bool, currency: str, blocks: Iterable[bytes]) -> None:
    """Keep what orders of a currency were charged (CSV: order, then an amount of each of KINDS) in the place of what
    was kept before; rows that are still the same are left alone, so that the warehouse reads only those that changed.
    """
    actor.require("insight.refresh")
    table, names = OrderCharge._meta.db_table, ", ".join(("order_id", *ORDER_CHARGES))
    of = "demo = %s AND currency = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE charged_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY charged_in ({names}) FROM STDIN (FORMAT csv)") as copy:
            for block in blocks:
                copy.write(block)
        cursor.execute("ANALYZE charged_in")
        cursor.execute(
            f"DELETE FROM {table} t WHERE {of} AND NOT EXISTS (SELECT FROM charged_in c WHERE c.order_id = t.order_id)",
            [demo, currency],
        )
        changed = ", ".join(f"{name} = excluded.{name}" for name in ORDER_CHARGES)
        were, are = (", ".join(f"{of}.{name}" for name in ORDER_CHARGES) for of in ("t", "excluded"))
        cursor.execute(
            f"INSERT INTO {table} AS t (demo, currency, {names}) SELECT %s, %s, {names} FROM charged_in c"
            " WHERE EXISTS (SELECT FROM commerce_order o WHERE o.id = c.order_id)"
            f" ON CONFLICT (order_id) DO UPDATE SET {changed} WHERE ({were}) IS DISTINCT FROM ({are})",
            [demo, currency],
        )
        cursor.execute("DROP TABLE charged_in")


def _forget_old(*, demo: bool) -> None:
    days = Snapshot.objects.filter(demo=demo, newest=False).order_by("-computed_at").values_list("as_of", flat=True)
    kept = list(dict.fromkeys(days))[:KEPT_DAYS]
    Snapshot.objects.filter(demo=demo, newest=False).exclude(as_of__in=kept).delete()


def newest_only(*, actor: Actor, demo: bool, keep: Sequence[int]) -> None:
    """Of the snapshots shown by default keep these; with none, the business has no orders, so its traits go as well."""
    actor.require("insight.refresh")
    with transaction.atomic():
        Snapshot.objects.filter(demo=demo, newest=True).exclude(pk__in=keep).delete()
        if not keep:
            customers.traits_clear(actor=actor.looking_at(demo=demo), source=SOURCE)


def sample_remove(actor: Actor) -> int:
    """Remove the figures of the sample business, which its customers' rows wait for; gives how many rows went."""
    tables = (ContractFigures, OrderCharge, Scoring, Snapshot)
    return sum(table._default_manager.filter(demo=True).delete()[0] for table in tables)


def traits_keep(
    *,
    actor: Actor,
    demo: bool,
    as_of: date,
    persons: Mapping[str, Sequence[Person]],
    major: Mapping[int, str],
    contracts: Mapping[int, tuple[str, int]] = MappingProxyType({}),
) -> None:
    """Write what a customer is worth into memory: class and measures in the currency they use most, revenue in each.

    `contracts` gives, by customer, the currency of their contracts and what these will bring, in minor units.
    """
    actor.require("insight.refresh")
    with transaction.atomic():
        looking = actor.looking_at(demo=demo)
        rows = chain(
            _trait_rows(as_of=as_of, persons=persons, major=major),
            _contract_rows(as_of=as_of, contracts=contracts, major=major),
        )
        customers.traits_write(actor=looking, rows=rows, source=SOURCE, replace=True)
        publish(ValueRefreshed(demo=demo, as_of=as_of.isoformat(), customers=len(major)), actor=looking)


def _trait_rows(
    *, as_of: date, persons: Mapping[str, Sequence[Person]], major: Mapping[int, str]
) -> Iterator[TraitRow]:
    for currency, people in persons.items():
        scale = Decimal(1).scaleb(-exponent_of(currency))

        def row(
            person: Person, name: str, *, text: str = "", number: Decimal | None = None, unit: str = ""
        ) -> TraitRow:
            return TraitRow(
                customer_id=person.customer_id, name=name, text=text, number=number, currency=unit, at=as_of
            )

        for p in people:
            if major[p.customer_id] != currency:
                yield row(p, f"value.revenue.{currency}", number=p.revenue * scale, unit=currency)
                continue
            yield row(p, "value.class", text=p.rfm_class)
            yield row(p, "value.revenue", number=p.revenue * scale, unit=currency)
            yield row(p, "value.monetary", number=p.monetary * scale, unit=currency)
            yield row(p, "value.frequency", number=Decimal(p.frequency))
            yield row(p, "value.recency_days", number=Decimal(p.silence))
            yield row(p, "value.last_order", text=p.last_day.isoformat())
            yield row(p, "value.slipping", number=Decimal(int(p.slipping)))
            if p.margin is not None:
                yield row(p, "value.margin", number=p.margin * scale, unit=currency)
                yield row(p, "value.margin_share", number=Decimal(str(round(p.margin_share, 4))))
            if p.lifetime is not None:
                yield row(p, "value.lifetime", number=p.lifetime * scale, unit=currency)
            if p.alive is not None:
                yield row(p, "value.alive", number=Decimal(str(round(p.alive, 4))))
            yield row(p, "value.net_worth", number=p.net * scale, unit=currency)
            for kind, cost in zip(KINDS, p.costs, strict=True):
                if cost:
                    yield row(p, f"value.cost_{kind}", number=cost * scale, unit=currency)


SCORED = (
    "scoring_id", "customer_id", "rfm_class", "recency_score", "frequency_score", "monetary_score", "silence_days",
    "frequency", "amount_minor",
)  # fmt: skip
KEPT_SCORINGS = 12
WINDOWS = (1, 3_660)  # days; 0 is all


def scoring_keep(
    *, actor: Actor, as_of: date, currency: str, window_days: int, basis: str, people: Sequence[Scored],
    payload: Mapping[str, Any],
) -> Scoring:  # fmt: skip
    """Keep scores that were asked for, in place of the same ones; a person erased meanwhile is left out."""
    actor.require("insight.view")
    with transaction.atomic():
        same = {"demo": actor.demo, "as_of": as_of, "currency": currency, "window_days": window_days, "basis": basis}
        Scoring.objects.filter(**same).delete()
        made = Scoring.objects.create(**same, customers=len(people), payload=dict(payload))
        table, names = ScoringCustomer._meta.db_table, ", ".join(SCORED)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE scored_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
            with cursor.copy(f"COPY scored_in ({names}) FROM STDIN") as copy:
                for p in people:
                    copy.write_row(
                        (made.pk, p.customer_id, p.rfm_class, p.r, p.f, p.m, p.silence, p.frequency, p.amount)
                    )
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM scored_in"
                " WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = scored_in.customer_id)"
            )
            cursor.execute("DROP TABLE scored_in")
        kept = Scoring.objects.filter(demo=actor.demo).order_by("-computed_at", "-pk").values("pk")[:KEPT_SCORINGS]
        Scoring.objects.filter(demo=actor.demo).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return made


def scoring_ask(*, actor: Actor, as_of: date, currency: str, window_days: int, basis: str) -> Run:
    """Ask for scores by another window or basis; one that waits for the same is returned instead of a second."""
    actor.require("insight.view")
    if basis != Basis.REVENUE:
        actor.require(COSTS_VIEW)
    if basis not in Basis.values or not (window_days == 0 or WINDOWS[0] <= window_days <= WINDOWS[1]):
        raise ValidationError({"window": _("A window is from 1 to 3,660 days.")})
    arguments = {"window": window_days, "basis": str(basis), "currency": currency, "as_of": as_of.isoformat()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('value.score'))")
        waiting = Run.objects.filter(job="value.score", state="waiting", arguments=arguments, demo=actor.demo).first()
        return waiting or jobs.start(
            actor=actor, job="value.score", title=gettext("Computing scores"), arguments=arguments
        )


def ahead_of(worths: Mapping[str, Mapping[int, Worth]]) -> dict[int, tuple[str, int]]:
    """By customer the currency of their contracts, of several that of which most comes, and what comes in it."""
    found: dict[int, tuple[str, int]] = {}
    for currency, people in worths.items():
        for customer, one in people.items():
            if customer not in found or found[customer][1] < one.ahead:
                found[customer] = (currency, one.ahead)
    return found


def _contract_rows(
    *, as_of: date, contracts: Mapping[int, tuple[str, int]], major: Mapping[int, str]
) -> Iterator[TraitRow]:
    """The value of contracts; of customers who never ordered, it is their lifetime value as well."""
    for customer, (currency, minor) in contracts.items():
        amount = minor * Decimal(1).scaleb(-exponent_of(currency))
        for name in ("value.contracts",) if customer in major else ("value.contracts", "value.lifetime"):
            yield TraitRow(customer_id=customer, name=name, text="", number=amount, currency=currency, at=as_of)


def contracts_keep(
    *, actor: Actor, demo: bool, as_of: date, payload: Mapping[str, Any] | None,
    worths: Mapping[str, Mapping[int, Worth]],
) -> None:  # fmt: skip
    """Keep the figures of contracts in place of the last ones; None where there are no contracts. A person erased
    meanwhile is left out.
    """
    actor.require("insight.refresh")
    with transaction.atomic():
        ContractFigures.objects.filter(demo=demo).delete()
        if payload is None:
            return
        figures = ContractFigures.objects.create(demo=demo, as_of=as_of, payload=dict(payload))
        known = {customer for people in worths.values() for customer in people}
        there = set(Customer.objects.filter(demo=demo, pk__in=known).values_list("pk", flat=True))
        ContractWorth.objects.bulk_create(
            [
                ContractWorth(
                    figures=figures, customer_id=customer, currency=currency, contracts=one.contracts,
                    monthly_minor=one.monthly, sure_minor=one.sure, ahead_minor=one.ahead, whole_minor=one.whole,
                    stays_share=one.stays,
                )
                for currency, people in worths.items()
                for customer, one in people.items()
                if customer in there
            ],
            batch_size=2_000,
        )  # fmt: skip


def refresh_ask(*, actor: Actor, as_of: date | None = None) -> Run:
    """Ask for a computation: of the newest day in both businesses, or of a chosen day in the one the actor looks at.

    One that is still waiting for the same day is returned instead of a second.
    """
    actor.require("insight.refresh")
    arguments = {"as_of": as_of.isoformat() if as_of else ""}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('value.refresh'))")
        waiting = Run.objects.filter(job="value.refresh", state="waiting", arguments=arguments, demo=actor.demo).first()
        return waiting or jobs.start(
            actor=actor, job="value.refresh", title=gettext("Computing the figures"), arguments=arguments
        )
