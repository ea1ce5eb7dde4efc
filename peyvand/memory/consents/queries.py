"""The reads: what stands, the ledger behind it, and the one question of every sender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Max, QuerySet

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents import access
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Decision, Purpose, Wording
from peyvand.memory.customers.models import Customer

NEWEST_FIRST = ("-at", "-id")
RANK = {Decision.GIVEN: 0, Decision.DENIED: 1, Decision.WITHDRAWN: 2}  # how strict a word is


def channels() -> tuple[ConsentChannel, ...]:
    """The ways of reaching people that rooms have declared."""
    return registry.all(ConsentChannel)


def purposes(*, actor: Actor, archived: bool = False) -> list[Purpose]:
    """The purposes of the business one looks at, in their order; archived ones only when asked for."""
    found = Purpose.objects.visible_to(actor).order_by("position", "id")
    return list(found if archived else found.filter(archived=False))


def purpose_get(*, actor: Actor, key: str) -> Purpose:
    """The purpose of that key; Purpose.DoesNotExist."""
    return Purpose.objects.visible_to(actor).get(key=key)


def wordings(*, actor: Actor, purpose: Purpose | None = None) -> QuerySet[Wording]:
    """The wordings of a purpose, or of all, newest version first."""
    found = Wording.objects.filter(purpose__in=Purpose.objects.visible_to(actor)).order_by("language", "-version")
    return found if purpose is None else found.filter(purpose=purpose)


def wordings_now(*, actor: Actor) -> dict[tuple[int, str], Wording]:
    """The latest wording of each purpose and language."""
    found = wordings(actor=actor).order_by("purpose_id", "language", "-version").distinct("purpose_id", "language")
    return {(one.purpose_id, one.language): one for one in found}


def allowed(
    *, actor: Actor | None, customer_ids: Collection[int], purpose: str, channel: str, demo: bool = False
) -> set[int]:
    """Which of these customers allow it now: one indexed read for ten thousand of them.

    With an actor only those whom the actor may see; the sender's gate asks without one, and says `demo`. An unknown or
    archived purpose allows nobody. An opt-out purpose allows all who have not said no, of those who exist.
    """
    wanted = list(customer_ids)
    demo = actor.demo if actor is not None else demo
    found = Purpose.objects.filter(demo=demo, key=purpose, archived=False).first()
    if found is None or not wanted:
        return set()
    said = ConsentState.objects.filter(purpose=found, channel=channel, customer_id__in=wanted)
    if actor is not None and access.consent_scope(actor) is not Scope.ALL:
        said = said.filter(customer_id__in=access.customers_within(actor).values("pk"))
    if not found.opt_out:
        return set(said.filter(decision=Decision.GIVEN).values_list("customer_id", flat=True))
    reached = access.customers_within(actor) if actor is not None else Customer.objects.filter(demo=demo)
    no = said.exclude(decision=Decision.GIVEN).values("customer_id")
    return set(reached.filter(pk__in=wanted).exclude(pk__in=no).values_list("pk", flat=True))


@dataclass(frozen=True)
class Standing:
    """Of purposes and channels the customers who allow it now, and of the others those who have said no to it, or
    taken back their yes; whoever is in neither has never been asked.
    """

    allowing: Mapping[tuple[str, str], Collection[int]]
    refusing: Mapping[tuple[str, str], Collection[int]]


def standing(
    *,
    purposes: Mapping[str, Purpose],
    asked: Mapping[str, Collection[int]],
    channels: Collection[str],
    demo: bool,
) -> Standing:
    """`allowed` without an actor, for several purposes and channels in one read, and who of the others has spoken.

    `purposes` are those of the business by their keys, `asked` by the same keys the customers who are asked about.
    """
    about = {key: purposes[key] for key in asked if key in purposes}
    wanted = sorted({pk for key in about for pk in asked[key]})
    rows = ConsentState.objects.filter(
        purpose__in=[one.pk for one in about.values()], channel__in=list(channels), customer_id__in=wanted
    ).values_list("purpose_id", "channel", "customer_id", "decision")
    yes: dict[tuple[int, str], set[int]] = defaultdict(set)
    no: dict[tuple[int, str], set[int]] = defaultdict(set)
    for purpose_id, channel, customer_id, decision in rows if wanted else ():
        (yes if decision == Decision.GIVEN else no)[purpose_id, channel].add(customer_id)
    there: set[int] = set()
    if any(one.opt_out and not one.archived for one in about.values()) and wanted:
        there = set(Customer.objects.filter(demo=demo, pk__in=wanted).values_list("pk", flat=True))
    allowing: dict[tuple[str, str], set[int]] = {}
    refusing: dict[tuple[str, str], set[int]] = {}
    for key, customers in asked.items():
        purpose, ids = about.get(key), set(customers)
        for channel in channels:
            spoke = no[purpose.pk, channel] if purpose is not None else set()
            if purpose is None or purpose.archived:
                allowing[key, channel] = set()
            elif purpose.opt_out:
                allowing[key, channel] = (ids & there) - spoke
            else:
                allowing[key, channel] = ids & yes[purpose.pk, channel]
            refusing[key, channel] = ids & spoke
    return Standing(allowing, refusing)


def states_of(*, actor: Actor, customer_id: int) -> dict[tuple[int, str], ConsentState]:
    """What stands for one customer, by purpose id and channel, with the line of the ledger behind each."""
    found = ConsentState.objects.visible_to(actor).filter(customer_id=customer_id)
    return {(one.purpose_id, one.channel): one for one in found.select_related("entry", "entry__wording")}


def entries_of(*, actor: Actor, customer_id: int) -> QuerySet[ConsentEntry]:
    """The whole ledger of one customer, latest first."""
    found = ConsentEntry.objects.visible_to(actor).filter(customer_id=customer_id)
    return found.select_related("purpose", "wording", "proof_file", "reversed_by").order_by(*NEWEST_FIRST)


def entries(*, actor: Actor) -> QuerySet[ConsentEntry]:
    """The ledger of all customers whom the actor may see; order it by NEWEST_FIRST."""
    return ConsentEntry.objects.visible_to(actor).select_related("purpose", "customer", "reversed_by")


def narrowed(found: QuerySet[ConsentEntry], query: Mapping[str, str]) -> QuerySet[ConsentEntry]:
    """The lines under the conditions of an address: purpose, channel, decision, customer."""
    for name, column in (("purpose", "purpose__key"), ("channel", "channel"), ("decision", "decision")):
        value = query.get(name, "").replace("\0", "")[:40]
        if value and (name != "decision" or value in Decision.values):
            found = found.filter(**{column: value})
    customer = query.get("customer", "")
    if customer.isascii() and customer.isdigit() and len(customer) < 19:
        found = found.filter(customer_id=int(customer))
    return found


@dataclass(frozen=True)
class Tally:
    """How many customers say what of one purpose over one channel."""

    given: int = 0
    withdrawn: int = 0
    denied: int = 0


def tallies(*, actor: Actor) -> Mapping[tuple[int, str], Tally]:
    """How many of the customers whom the actor sees say what, by purpose id and channel."""
    counted: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    rows = (
        ConsentState.objects.visible_to(actor)
        .order_by()
        .values_list("purpose_id", "channel", "decision")
        .annotate(n=Count("id"))
    )
    for purpose_id, channel, decision, number in rows:
        counted[(purpose_id, channel)][decision] = number
    return {key: Tally(**found) for key, found in counted.items()}


@dataclass(frozen=True)
class Month:
    """Lines of the ledger of one month of the reader's calendar."""

    first: date
    given: int
    gone: int


def by_day(*, actor: Actor, since: date, tz: str) -> Sequence[tuple[date, int, int]]:
    """How many consents were given, and how many refused or taken back, day by day in the reader's zone."""
    inner, values = (
        ConsentEntry.objects.visible_to(actor)
        .filter(at__date__gte=since, reversed_by=None)
        .exclude(decision=Decision.VOID)
        .values("id", "at", "decision")
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (e.at AT TIME ZONE %s)::date AS day, count(*) FILTER (WHERE e.decision = 'given'), "
            f"count(*) FILTER (WHERE e.decision <> 'given') FROM ({inner}) e GROUP BY 1 ORDER BY 1",
            [tz, *values],
        )
        return list(cursor.fetchall())


def has_consents(demo: bool) -> bool:
    """Whether a business has lines in its ledger."""
    return ConsentEntry.objects.filter(demo=demo).exists()


def strictest(*, customer_ids: Sequence[int]) -> dict[tuple[int, str], ConsentState]:
    """Of several records of one person, what the strictest of them says of each purpose and channel."""
    found: dict[tuple[int, str], ConsentState] = {}
    for state in ConsentState.objects.filter(customer_id__in=list(customer_ids)).order_by("at", "id"):
        key = (state.purpose_id, state.channel)
        if key not in found or RANK[Decision(state.decision)] >= RANK[Decision(found[key].decision)]:
            found[key] = state
    return found


@dataclass(frozen=True)
class Meeting:
    """What two records of one person say of a purpose over a channel, and what will stand once they are one."""

    purpose: Purpose
    channel: str
    kept: ConsentState | None
    gone: ConsentState | None
    after: str


def after_merge(*, actor: Actor, kept_id: int, gone_id: int) -> list[Meeting]:
    """What a merge will do to what both have allowed (see services.merging), of what the actor sees; nothing changes.

    The later word stands, unless it is a yes and either of the two has said no.
    """
    said: dict[tuple[int, str], dict[int, ConsentState]] = defaultdict(dict)
    for state in ConsentState.objects.visible_to(actor).filter(customer_id__in=(kept_id, gone_id)):
        said[(state.purpose_id, state.channel)][state.customer_id] = state
    order = {one.name: place for place, one in enumerate(channels())}
    found = []
    for purpose in purposes(actor=actor, archived=True):
        here = [(channel, both) for (purpose_id, channel), both in said.items() if purpose_id == purpose.pk]
        for channel, both in sorted(here, key=lambda one: order.get(one[0], 99)):
            latest = max(both.values(), key=lambda one: (one.at, RANK[Decision(one.decision)], one.entry_id))
            strict = max(both.values(), key=lambda one: RANK[Decision(one.decision)])
            after = strict.decision if latest.decision == Decision.GIVEN else latest.decision
            found.append(Meeting(purpose, channel, both.get(kept_id), both.get(gone_id), after))
    return found


def last_version(*, purpose: Purpose, language: str) -> int:
    """The number of the latest version, 0 when there is none."""
    return Wording.objects.filter(purpose=purpose, language=language).aggregate(n=Max("version"))["n"] or 0
