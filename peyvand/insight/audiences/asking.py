"""A tree as queries: of everybody at once, and of a few customers leaf by leaf.

Everybody is asked in one statement with all conditions in its WHERE. Of a few, as those whom an event touched or a
sample, every leaf is asked by itself and the sets of ids that come back are put together here: leaves that several
audiences share are asked once, and every inner query is narrowed to those few. The rows of those few are read once a
statement for all of its leaves, under the names of their tables (`holding`). A test holds the two ways to the same
answers. The conditions themselves are those of foundation.fields, as lists ask them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import Combinable, RawSQL
from django.utils import timezone
from django.utils.translation import get_language

from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.calendars import CalendarKind, date_of, parts
from peyvand.foundation.calendar.periods import PeriodKind, period_of, start_of_day_utc
from peyvand.foundation.fields import conditions
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.insight.audiences import inside
from peyvand.insight.audiences.tree import (
    BehaviourLeaf,
    FieldLeaf,
    Group,
    Leaf,
    MembershipLeaf,
    MinedLeaf,
    Node,
    Tree,
    Within,
)
from peyvand.insight.prediction.models import CustomerForecast
from peyvand.memory.customers.models import Customer, InAudience

FEW = "audiences_few"  # the name under which a statement knows those few
_FEW_IDS = f"SELECT id FROM {FEW}"
_AT_ONCE = 120  # leaves a statement
_PERIODS = {"nowruz": PeriodKind.YEAR, "year": PeriodKind.YEAR, "season": PeriodKind.SEASON, "month": PeriodKind.MONTH}
_QUOTED = re.compile(r'"(\w+)"')
_READ = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@dataclass(frozen=True)
class Clock:
    """The workspace's day, zone and calendar: relative times are counted from them alone."""

    today: date
    zone: ZoneInfo
    calendar: CalendarKind

    @property
    def ends(self) -> datetime:
        """The first moment after today."""
        return start_of_day_utc(self.today + timedelta(days=1), self.zone).astimezone(UTC)


def clock() -> Clock:
    """The one of now."""
    zone = ZoneInfo(settings.text("time_zone"))
    return Clock(timezone.now().astimezone(zone).date(), zone, CalendarKind(settings.text("calendar")))


@contextmanager
def workspace(now: Clock) -> Iterator[None]:
    """Days are those of the workspace until the block ends, whoever asks."""
    language = "fa" if (get_language() or "fa").startswith("fa") else "en"
    with use_reader(Reader(language=language, calendar=now.calendar, tz=str(now.zone))):
        yield


def began(since: str, now: Clock) -> date:
    """The day on which the period of today began."""
    if since == "yalda":
        year = parts(now.today, CalendarKind.JALALI)[0]
        nights = (date_of(one, 9, 30, CalendarKind.JALALI) for one in (year, year - 1))
        return next(night for night in nights if night <= now.today)
    calendar = CalendarKind.JALALI if since == "nowruz" else now.calendar
    return period_of(now.today, _PERIODS[since], calendar).start


def bounds(within: Within, now: Clock) -> tuple[date | None, date]:
    """The first and the last day of it; the last is today at the latest."""
    if within.last is not None:
        return now.today - timedelta(days=within.last - 1), now.today
    if within.since:
        return began(within.since, now), now.today
    return within.first, min(within.until or now.today, now.today)


def times(leaf: BehaviourLeaf, *, demo: bool, now: Clock) -> QuerySet[Any, Any]:
    """Every time that counts for the leaf, with `customer_id` and `at`."""
    first, last = bounds(leaf.within, now)
    end = start_of_day_utc(last + timedelta(days=1), now.zone).astimezone(UTC)
    found = leaf.behaviour.rows(demo).filter(at__lt=end, customer_id__isnull=False)
    if first is not None:
        found = found.filter(at__gte=start_of_day_utc(first, now.zone).astimezone(UTC))
    for condition in leaf.of:
        found = conditions.apply(found, condition)
    if leaf.amount is not None:
        found = found.filter(**{leaf.behaviour.currency: leaf.currency})
    return found.order_by()


def _did(leaf: BehaviourLeaf, *, demo: bool, now: Clock) -> Q:
    found = times(leaf, demo=demo, now=now)
    if leaf.amount is not None:
        minor = int(leaf.amount.scaleb(exponent_of(leaf.currency)))
        spent = found.values("customer_id").annotate(sum=Sum(leaf.behaviour.amount))
        if leaf.operator == "least":
            holds = ~Q(pk__in=[]) if minor <= 0 else _those(spent.filter(sum__gte=minor))
        else:
            holds = ~_those(spent.filter(sum__gt=minor))
    elif leaf.operator == "least":
        holds = _often(found, leaf.n)
    elif leaf.operator == "most":
        holds = ~_often(found, leaf.n + 1)
    elif leaf.n == 0:
        holds = ~_often(found, 1)
    else:
        counted = found.values("customer_id").annotate(times=Count("pk"))
        holds = _those(counted.filter(times=leaf.n))
    return ~holds if leaf.negated else holds


def _often(found: QuerySet[Any, Any], n: int) -> Q:
    if n <= 1:
        return _those(found)
    return _those(found.values("customer_id").annotate(times=Count("pk")).filter(times__gte=n))


def _those(found: QuerySet[Any, Any]) -> Q:
    return Q(pk__in=found.values("customer_id"))


def asks(leaf: Leaf, *, demo: bool, now: Clock, few: bool = False) -> tuple[dict[str, Combinable], Q]:
    """The leaf as a condition on a customer, with what must stand under a name first; `few` where few are asked."""
    if isinstance(leaf, FieldLeaf):
        return conditions.parts(leaf.condition)
    if isinstance(leaf, BehaviourLeaf):
        return {}, _did(leaf, demo=demo, now=now)
    if isinstance(leaf, MembershipLeaf):
        those = (inside.by_customer if few else inside.by_audience)([leaf.audience])
        return {}, those if leaf.inside else ~those
    if isinstance(leaf, MinedLeaf):
        of = CustomerForecast.objects.filter(forecast__demo=demo, forecast__currency=leaf.currency, group=leaf.group)
        return {}, Q(pk__in=of.values("customer_id"))
    raise TypeError(f"cannot be asked: {leaf.words}")


# ── everybody ─────────────────────────────────────────────────────────────


def everybody(tree: Tree, *, demo: bool, now: Clock) -> QuerySet[Customer]:
    """The customers whom the tree fits, of all of the business; in no order."""
    with workspace(now):
        names: dict[str, Combinable] = {}
        holds = _group(tree.root, demo=demo, now=now, names=names, negated=False)
        found = Customer.objects.filter(demo=demo).order_by()
        return (found.alias(**names) if names else found).filter(holds)


def _group(group: Group, *, demo: bool, now: Clock, names: dict[str, Combinable], negated: bool) -> Q:
    negated = negated or group.way == "none"
    holds = [_node(node, demo=demo, now=now, names=names, negated=negated) for node in group.nodes]
    if group.way == "all":
        found = Q()
        for one in holds:
            found &= one
        return found
    found = Q(pk__in=[])
    for one in holds:
        found |= one
    return ~found if group.way == "none" else found


def _node(node: Node, *, demo: bool, now: Clock, names: dict[str, Combinable], negated: bool) -> Q:
    if isinstance(node, Group):
        if not node.nodes:
            return ~Q(pk__in=[])
        return _group(node, demo=demo, now=now, names=names, negated=negated)
    needs, holds = asks(node, demo=demo, now=now)
    if needs and negated:  # of an empty value PostgreSQL would say neither yes nor no, and so neither to its opposite
        return Q(pk__in=Customer.objects.filter(demo=demo).alias(**needs).filter(holds).order_by().values("pk"))
    names |= needs
    return holds


# ── a few ─────────────────────────────────────────────────────────────────


def _few() -> RawSQL:
    return RawSQL(_FEW_IDS, [])  # noqa: S611 (a constant)


@dataclass(frozen=True)
class Asked:
    """A leaf as SQL that gives ids of customers. `reads` are its tables; of those in `own`, by the column that names
    the customer, every row that it reads is a row of those few.
    """

    sql: str
    params: tuple[Any, ...]
    reads: frozenset[str]
    own: Mapping[str, str]


Tables = list[tuple[str, str]]  # tables whose rows were narrowed to those few, once for each time, and by which column


def _narrowed(holds: Q, tables: Tables) -> Q:
    """The condition with its inner queries narrowed to those few."""
    found = Q(_connector=holds.connector, _negated=holds.negated)
    for child in holds.children:
        if isinstance(child, Q):
            found.children.append(_narrowed(child, tables))
        elif isinstance(child, tuple) and child[0] in ("pk__in", "id__in") and isinstance(child[1], QuerySet):
            found.children.append((child[0], _narrow(child[1], tables)))
        else:
            found.children.append(child)
    return found


def _narrow(found: QuerySet[Any, Any], tables: Tables) -> QuerySet[Any, Any]:
    columns = (*found.query.values_select, *found.query.annotation_select)
    named = "customer_id" if "customer_id" in columns else columns[0] if columns else "pk"
    options = found.model._meta
    column = next((one.column for one in options.concrete_fields if named in (one.name, one.attname)), "")
    if column or named == "pk":
        tables.append((options.db_table, column or str(options.pk.column)))
    return found.filter(**{f"{named}__in": _few()})


def select(leaf: Leaf, *, demo: bool, now: Clock, few: bool = True) -> Asked:
    """The ids of the customers of whom the leaf holds, as SQL; of those few, or of everybody."""
    with workspace(now):
        needs, holds = asks(leaf, demo=demo, now=now, few=few)
        found = Customer.objects.filter(demo=demo).order_by()
        tables: Tables = []
        if few:
            tables.append((Customer._meta.db_table, "id"))
            found, holds = found.filter(pk__in=_few()), _narrowed(holds, tables)
        rows = (found.alias(**needs) if needs else found).filter(holds).values_list("pk")
        sql, params = compiled(rows)
    read = _READ.findall(sql)
    own = {table: column for table, column in tables if read.count(table) == tables.count((table, column))}
    if len(own) == len({table for table, _column in tables}):  # it reads nobody else, so need not look for those few
        sql = sql.replace(f" IN ({_FEW_IDS})", " IS NOT NULL")
    return Asked(sql, params, frozenset(_QUOTED.findall(sql)) & _tables(), own)


def compiled(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """A query as SQL; one that can hold nothing too."""
    sql, params = rows.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, tuple(params)


@cache
def _tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True))


def reads(tree: Tree, *, demo: bool, now: Clock) -> list[str]:
    """The tables on which the answer depends."""
    return tables(select(leaf, demo=demo, now=now, few=False) for _place, leaf in tree.leaves())


def tables(leaves: Iterable[Asked]) -> list[str]:
    """The tables on which the answers to these leaves depend, by name; members of audiences are not among them."""
    found = frozenset({Customer._meta.db_table}).union(*(leaf.reads for leaf in leaves))
    return sorted(found - {InAudience._meta.db_table})


def key_of(leaf: Mapping[str, Any]) -> str:
    """A kept leaf as a key: equal leaves have equal keys."""
    return json.dumps(leaf, sort_keys=True, ensure_ascii=False)


def kept_leaves(node: Any) -> list[Mapping[str, Any]]:
    """The leaves of a kept tree, in the order of Tree.leaves."""
    for way in ("all", "any", "none"):
        if way in node:
            return [leaf for one in node[way] for leaf in kept_leaves(one)]
    return [node]


def holding(leaves: Sequence[Asked], ids: Sequence[int]) -> list[set[int]]:
    """For each of these leaves the ids among `ids` of which it holds.

    A table of which a statement's leaves read rows of those few only is read once for all of them: a WITH query of its
    name stands before it. Asked by itself, each leaf looked its few rows up in the index again.
    """
    found: list[set[int]] = [set() for _one in leaves]
    for numbers in _together(leaves):
        own = {table: column for number in numbers for table, column in leaves[number].own.items()}
        rows = "".join(
            f', "{table}" AS MATERIALIZED (SELECT t.* FROM "{table}" t WHERE t."{column}" IN ({_FEW_IDS}))'
            for table, column in own.items()
        )
        parts = " UNION ALL ".join(
            f"SELECT {number}, array_agg(leaf.id) FROM ({leaves[number].sql}) AS leaf (id)" for number in numbers
        )
        params = [list(ids)] + [value for number in numbers for value in leaves[number].params]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {FEW} AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS id){rows} {parts}", params)
            for number, those in cursor.fetchall():
                found[number] = set(those or ())
    return found


def _together(leaves: Sequence[Asked]) -> list[list[int]]:
    """Numbers of leaves by statement: none reads all rows of a table of which another needs those few alone."""
    groups: list[tuple[list[int], set[tuple[str, str]], set[str]]] = []
    for number, leaf in enumerate(leaves):
        own, other = set(leaf.own.items()), leaf.reads - leaf.own.keys()
        for numbers, theirs, others in groups:
            tables = {table for table, _column in own | theirs}
            clash = tables & (other | others) or len(tables) < len(own | theirs)
            if len(numbers) < _AT_ONCE and not clash:
                break
        else:
            numbers, theirs, others = [], set(), set()
            groups.append((numbers, theirs, others))
        numbers.append(number)
        theirs |= own
        others |= other
    return [numbers for numbers, _theirs, _others in groups]


def settled(node: Node, sets: Iterator[set[int]], among: set[int]) -> set[int]:
    """Of whom the node holds, `among` these, where `sets` gives for each leaf in order of whom it holds."""
    if not isinstance(node, Group):
        return next(sets) & among
    if not node.nodes:
        return set(among)
    parts = [settled(one, sets, among) for one in node.nodes]
    if node.way == "all":
        return set.intersection(*parts)
    either = set.union(*parts)
    return among - either if node.way == "none" else either
