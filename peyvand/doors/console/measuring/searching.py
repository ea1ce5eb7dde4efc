"""What a search takes inside the database, with rights applied: the statement of the screen, run by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection
from django.test.utils import CaptureQueriesContext

from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.customers.queries import customers_search

TIMES = 7


def by_rights(names: Sequence[str]) -> list[dict[str, object]]:
    """Milliseconds (median, highest) of the palette's search for each name, as one who sees all, their team's, their
    own.
    """
    seller = actor_of(User.objects.get(email="s0@example.com"), demo=False)
    own = Actor(user_id=seller.user_id, name=seller.name, grants={"customers.view": Scope.OWN})
    found: list[dict[str, object]] = []
    for who, actor in (("all", system_actor()), ("team", seller), ("own", own)):
        for name in names:
            times = [_once(actor, name) for _number in range(TIMES)]
            found.append(
                {
                    "who": who,
                    "name": name,
                    "p50_ms": round(sorted(times)[TIMES // 2], 1),
                    "max_ms": round(max(times), 1),
                }
            )
    return found


def _once(actor: Actor, name: str) -> float:
    """The statements of one search, timed one by one without Django around them."""
    with CaptureQueriesContext(connection) as captured:
        customers_search(actor=actor, text=name)
    spent = 0.0
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            start = time.perf_counter()
            cursor.execute(query["sql"].replace("%", "%%"), [])
            cursor.fetchall()
            spent += time.perf_counter() - start
    return spent * 1000
