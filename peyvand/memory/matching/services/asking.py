"""Ask for a search over the whole base; look at once at those who have just changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext

from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.matching import access
from peyvand.memory.matching.likeness import firm_keys, local_part, person_keys
from peyvand.memory.matching.models import Pair, PairState
from peyvand.memory.matching.services.keeping import keep
from peyvand.memory.matching.weighing import POSSIBLE, Finding, Record, score

JOB = "matching.find"
SHARED_AT_MOST = 20  # a telephone of more people than that is a switchboard's, and tells nobody apart
TOUCHED_AT_MOST = 2_000  # more at once, as in an import, wait for the search over the whole base


def find_ask(*, actor: Actor) -> Run:
    """Ask for a search over the business that the actor looks at; one that waits already is given instead."""
    actor.require(access.FIND)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matching.find'), %s)", [int(actor.demo)])
        waiting = Run.objects.filter(job=JOB, state="waiting", demo=actor.demo).first()
        return waiting or jobs.start(actor=actor, job=JOB, title=gettext("Searching for duplicates"), arguments={})


_CANDIDATES = """
WITH touched AS (SELECT id, kind, search_key, city FROM customers_customer WHERE id = ANY(%(ids)s) AND demo = %(demo)s),
keys AS (
  SELECT i.customer_id, i.kind, i.key FROM customers_identity i JOIN touched t ON t.id = i.customer_id
   WHERE i.kind IN ('phone', 'email') OR (i.kind IN ('card', 'external') AND length(i.key) >= 6)
),
shared AS (
  SELECT k.customer_id AS one, o.customer_id AS other FROM keys k JOIN LATERAL (
    SELECT customer_id FROM customers_identity i
     WHERE i.demo = %(demo)s AND i.kind = k.kind AND i.key = k.key AND i.customer_id <> k.customer_id
     ORDER BY customer_id LIMIT %(most)s
  ) o ON true
),
named AS (
  SELECT t.id AS one, o.id AS other FROM touched t JOIN LATERAL (
    SELECT c.id FROM customers_customer c
     WHERE c.demo = %(demo)s AND c.search_key = t.search_key AND c.kind = t.kind AND c.id <> t.id
       AND (c.city = t.city OR c.city = '' OR t.city = '')
     LIMIT %(most)s
  ) o ON true
)
SELECT DISTINCT least(one, other), greatest(one, other) FROM (SELECT * FROM shared UNION ALL SELECT * FROM named) p
"""


def look_at(*, demo: bool, customer_ids: Collection[int]) -> int:
    """Compare these customers, by exact keys, with everyone: the same telephone, address, code or name. Gives pairs.

    Open pairs of theirs that the search over the whole base has found stay until the next one.
    """
    ids = list(customer_ids)[:TOUCHED_AT_MOST]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CANDIDATES, {"ids": ids, "demo": demo, "most": SHARED_AT_MOST})
            candidates = cursor.fetchall()
        everyone = {pk for pair in candidates for pk in pair}
        records = _records(everyone)
        size = Customer.objects.filter(demo=demo).count() if len(everyone) else 0
        found = 0
        for kind in CustomerKind.values:
            pairs = list(_scored(candidates, {pk: one for pk, (of, one) in records.items() if of == kind}, size))
            if pairs:
                found += keep(demo=demo, kind=kind, pairs=pairs, records=size, only=ids, forget=False).pairs
        _forget_unlike(ids, records, size)
    return found


def _scored(candidates: Sequence[tuple[int, int]], records: dict[int, Record], size: int) -> Iterator[Finding]:
    for a, b in candidates:
        if a in records and b in records:
            found = score(records[a], records[b], records=size)
            if found.score >= POSSIBLE:
                yield found


def _forget_unlike(ids: Sequence[int], records: dict[int, tuple[str, Record]], size: int) -> None:
    """Drop open pairs of the touched who are nothing alike any more."""
    rows = list(
        Pair.objects.filter(state=PairState.OPEN, a__in=ids) | Pair.objects.filter(state=PairState.OPEN, b__in=ids)
    )
    known = records | _records({pk for row in rows for pk in (row.a_id, row.b_id)} - set(records))
    gone = []
    for row in rows:
        one, other = known.get(row.a_id), known.get(row.b_id)
        if not one or not other or score(one[1], other[1], records=size).score < POSSIBLE / 8:
            gone.append(row.pk)
    Pair.objects.filter(pk__in=gone).delete()


def _records(ids: Collection[int]) -> dict[int, tuple[str, Record]]:
    found: dict[int, tuple[str, Record]] = {}
    for one in Customer.objects.filter(pk__in=ids).prefetch_related("identities"):
        person = one.kind == CustomerKind.PERSON
        keys = person_keys(one.name, one.given_name, one.family_name) if person else firm_keys(one.name)
        of = {kind: [row.key for row in one.identities.all() if row.kind == kind] for kind in _KINDS}
        found[one.pk] = (
            one.kind,
            Record(
                id=one.pk, keys=keys, phones=of["phone"], emails=of["email"],
                locals=list(filter(None, map(local_part, of["email"]))),
                codes=[key for key in (*of["card"], *of["external"]) if len(key) >= 6],
                birth=one.birth_date, city=fa_key(one.city),
            ),
        )  # fmt: skip
    return found


_KINDS = ("phone", "email", "card", "external")
