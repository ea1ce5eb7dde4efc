"""What `bench audiences` measures, one after the other, on a database that was filled for it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from peyvand.doors.console.measuring import audience_fill
from peyvand.foundation.accounts import settings
from peyvand.foundation.database.planning import of_everybody
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.audiences import asking, conditions, keeping, queries
from peyvand.insight.audiences.models import Audience
from peyvand.memory.customers.models import Customer, InAudience

COLD, LIVE, SIZES, WHYS = 100, 200, 100, 100
RATE = 500  # events a second
PACED = 20.0  # seconds
ALL_CHECKED = 200_000  # customers up to which every audience is looked up again at the end, else some
SEED = 1405
Told = Callable[[dict[str, Any]], None]


def middle(found: Sequence[float], share: float) -> float:
    """A quantile in milliseconds."""
    ordered = sorted(found)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def stages(*, customers: int, events: int, told: Told) -> Iterator[dict[str, Any]]:
    """Every measure; what it gives is told at once too."""
    chance = random.Random(SEED)  # noqa: S311 (figures to measure with, no secret)
    measured: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: _cold(chance), lambda: _sizes(chance), lambda: _why(chance, customers),
        lambda: _live(chance, customers, events),
    )  # fmt: skip
    for stage in measured:
        found = stage()
        told(found)
        yield found


def _made(chance: random.Random, count: int) -> list[Audience]:
    actor = system_actor()
    trees = [conditions.read(audience_fill.tree(chance), actor=actor).kept for _number in range(count)]
    return Audience.objects.bulk_create(
        Audience(name=f"bench {number}", tree=dict(tree)) for number, tree in enumerate(trees)
    )


def _cold(chance: random.Random) -> dict[str, Any]:
    """Audiences that nobody has looked up before."""
    found = _made(chance, COLD)
    start = time.perf_counter()
    together = _looked_up(found)
    spent = time.perf_counter() - start
    return {"stage": "cold", "audiences": COLD, "s": round(spent, 1), "together": together,
            "members": InAudience.objects.count()}  # fmt: skip


def _looked_up(found: Sequence[Audience]) -> bool:
    """As the keeper has it done: at once in a large business, whether it was, else one by one."""
    if together := keeping.large():
        jobs.run_now(actor=system_actor(), job=keeping.TOGETHER, arguments={})
    for one in () if together else found:
        keeping.rebuild(one)
    return together


def _sizes(chance: random.Random) -> dict[str, Any]:
    """Sizes while somebody edits: with the tree read and every condition counted."""
    actor = system_actor()
    each: list[float] = []
    off: list[float] = []
    for number in range(SIZES):
        sent = audience_fill.tree(chance)
        start = time.perf_counter()
        with settings.remembered():  # as a request does
            tree = conditions.read(sent, actor=actor)
            size = queries.size(actor=actor, tree=tree)
        each.append(time.perf_counter() - start)
        if number < 10:
            with _of_everybody():
                exact = asking.everybody(tree, demo=False, now=asking.clock()).count()
            off.append(abs(size.count - exact) / max(1, size.of))
    return {"stage": "size", "p50_ms": middle(each, 0.5), "p95_ms": middle(each, 0.95),
            "off_by_at_most_share": round(max(off), 4)}  # fmt: skip


def _why(chance: random.Random, customers: int) -> dict[str, Any]:
    actor = system_actor()
    audiences = list(Audience.objects.all()[:COLD])
    each: list[float] = []
    for _number in range(WHYS):
        customer = Customer.objects.get(pk=chance.randint(1, customers))
        start = time.perf_counter()
        with settings.remembered():
            queries.why(actor=actor, audience=chance.choice(audiences), customer=customer)
        each.append(time.perf_counter() - start)
    return {"stage": "why", "p50_ms": middle(each, 0.5), "p95_ms": middle(each, 0.95)}


class _Keeping(threading.Thread):
    """Keeps, and says how old each note was when its work was committed."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.ages: list[float] = []
        self.rounds = 0

    def run(self) -> None:
        keeper = keeping.Keeper()
        try:
            while not self.stop.is_set():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT at FROM audiences_note")
                    waiting: list[datetime] = [at for (at,) in cursor.fetchall()]
                if not waiting:
                    self.stop.wait(0.05)
                    continue
                keeper.round()
                self.rounds += 1
                done = timezone.now()
                self.ages += [(done - at).total_seconds() for at in waiting]
        finally:
            connections.close_all()


def _live(chance: random.Random, customers: int, events: int) -> dict[str, Any]:
    """Events one by one at their rate, then the rest as fast as it goes; and whether members are right at the end."""
    _looked_up(_made(chance, LIVE - COLD))
    keeper = _Keeping()
    keeper.start()
    start, number = time.perf_counter(), 0
    with connection.cursor() as cursor:
        while number < events and time.perf_counter() - start < PACED:
            due = int((time.perf_counter() - start) * RATE)
            while number < min(due, events):
                _happens(cursor, chance, customers, number)
                number += 1
            time.sleep(0.002)
        paced, spent = number, time.perf_counter() - start
        ages = list(keeper.ages)
        while number < events:
            _happens(cursor, chance, customers, number)
            number += 1
    keeper.stop.set()
    keeper.join()
    last = keeping.Keeper()
    while last.round():
        pass
    left = list(keeping.kept().filter(due=True))  # too many customers were touched at once; no worker is here
    if left:
        _looked_up(left)
        while last.round():
            pass
    every = list(Audience.objects.all())
    checked = every if customers <= ALL_CHECKED else chance.sample(every, 20)
    return {
        "stage": "live", "audiences": LIVE, "events": number, "a_second": round(paced / spent),
        "p50_ms": middle(ages or [0.0], 0.5), "p95_ms": middle(ages or [0.0], 0.95),
        "looked_up_whole": len(left), "wrong_members": sum(map(_differs, checked)), "of_audiences": len(checked),
    }  # fmt: skip


def _happens(cursor: Any, chance: random.Random, customers: int, number: int) -> None:
    who = chance.randint(1, customers)
    if number % 4 == 0:
        cursor.execute(
            "UPDATE customers_customer SET city = %s WHERE id = %s", [chance.choice(audience_fill.CITIES), who]
        )
    elif number % 4 == 1:
        cursor.execute(
            "INSERT INTO interactions_interaction (demo, customer_id, kind, channel, direction, at, source_kind, "
            "cost_currency, payload) VALUES (false, %s, 'call', 'call', 'in', now(), '', '', '{}')",
            [who],
        )
    else:
        cursor.execute(
            "INSERT INTO commerce_order (demo, number, customer_id, kind, status, placed_at, currency, exponent, "
            "channel, total_minor, lines, tracks_payment, note, source, version) "
            "VALUES (false, %s, %s, 'sale', 'placed', now(), 'IRR', 0, '', 0, 0, false, '', '', 1)",
            [f"E{number}", who],
        )


@contextmanager
def _of_everybody() -> Iterator[None]:
    """Everybody is asked as the keeper asks."""
    with of_everybody():
        keeping.make_room()
        yield


def _differs(one: Audience) -> int:
    """How many members are wrong: looked up anew, in everybody."""
    tree = keeping.tree_of(one)
    sql, params = asking.compiled(asking.everybody(tree, demo=False, now=asking.clock()).values_list("pk"))
    with _of_everybody(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH fresh (id) AS MATERIALIZED ({sql}), kept AS MATERIALIZED (SELECT customer_id AS id FROM "
            "customers_inaudience WHERE audience = %s) SELECT (SELECT count(*) FROM (TABLE fresh EXCEPT TABLE kept)"
            " a) + (SELECT count(*) FROM (TABLE kept EXCEPT TABLE fresh) b)",
            [*params, one.pk],
        )
        return int(cursor.fetchone()[0])
