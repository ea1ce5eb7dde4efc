"""The reads of audiences, by right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.utils.translation import gettext

from peyvand.foundation.fields.sorting import as_people_sort
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.insight.audiences import access, explaining, inside, sizing
from peyvand.insight.audiences.access import AudienceQuerySet, SnapshotQuerySet
from peyvand.insight.audiences.answers import Reach, Reason, Size, Why
from peyvand.insight.audiences.errors import HiddenFromReaderError
from peyvand.insight.audiences.keeping import FAILED
from peyvand.insight.audiences.models import Audience, AudienceKind, Snapshot
from peyvand.insight.audiences.reading import Reading, hides
from peyvand.insight.audiences.sizing import Found
from peyvand.insight.audiences.tree import Tree, UnreadLeaf
from peyvand.memory.consents import access as consents
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import ConsentState, Decision
from peyvand.memory.customers.access import CustomerQuerySet, unseen_traits
from peyvand.memory.customers.models import Customer, InAudience, Trait

LIFETIME = "value.lifetime"
FEW = 5  # people, of fewer of whom no sum is told while editing


def audiences(*, actor: Actor, archived: bool = False) -> AudienceQuerySet:
    """The audiences that the actor sees, by name; those in use, or the archived ones."""
    found = Audience.objects.visible_to(actor).filter(archived=archived).select_related("owner", "team")
    return found.annotate(sorted_by=as_people_sort(F("name"))).order_by("sorted_by", "id")


def audience_get(*, actor: Actor, id: int) -> Audience:
    """One audience; Audience.DoesNotExist when there is none that the actor may see."""
    found: Audience = Audience.objects.visible_to(actor).select_related("owner", "team").get(pk=id)
    return found


def may_edit(*, actor: Actor, audience: Audience) -> bool:
    """Whether the actor may change it."""
    return Audience.objects.editable_by(actor).filter(pk=audience.pk).exists()


def concealed(*, actor: Actor, audience: Audience, reading: Reading | None = None) -> bool:
    """Whether it asks, itself or through others, for what is kept from the actor, so that size and members are too.
    `reading` is the actor's, where several are asked about.
    """
    return not actor.everything and hides(audience.tree, reading or Reading(actor))


def trouble(*, actor: Actor, audience: Audience) -> str:
    """Why its members are not kept any more, in the reader's words; "" where they are."""
    if not audience.broken:
        return ""
    if audience.broken == FAILED:
        return gettext("Its members could not be looked up. It is tried again after midnight, and when you save it.")
    for _place, leaf in Reading(actor, lenient=True).tree(audience.tree).leaves():
        if isinstance(leaf, UnreadLeaf) and not leaf.hidden:
            return leaf.words
    return gettext("One of its conditions cannot be asked any more. Change it.")


def members(*, actor: Actor, audience: Audience) -> CustomerQuerySet:
    """Who is in it, of those whom the actor may see, in no order; HiddenFromReaderError where it is concealed."""
    if concealed(actor=actor, audience=audience):
        raise HiddenFromReaderError
    return _inside(actor, audience)


def _inside(actor: Actor, one: Audience | Snapshot) -> CustomerQuerySet:
    if isinstance(one, Snapshot):
        return Customer.objects.visible_to(actor).filter(pk__in=one.people.values("customer_id"))
    return Customer.objects.visible_to(actor).filter(inside.in_one_of([one]))


def member_count(*, actor: Actor, audience: Audience) -> int:
    """How many of `members`."""
    if concealed(actor=actor, audience=audience):
        raise HiddenFromReaderError
    return inside.counts(actor, [audience])[audience.pk]


def member_counts(*, actor: Actor, audiences: Sequence[Audience]) -> Mapping[int, int]:
    """How many of `members` each has, by id, in one question; the concealed ones are the caller's to leave out."""
    return inside.counts(actor, audiences)


# ── while editing ─────────────────────────────────────────────────────────


def size(*, actor: Actor, tree: Tree) -> Size:
    """How many customers the tree fits, of those whom the actor sees; approximate where that takes long."""
    return weighed(actor=actor, tree=tree).size


def weighed(*, actor: Actor, tree: Tree) -> Found:
    """Of whom the tree holds among those whom the actor sees, or a sample of them: what the reads below count."""
    actor.require(access.VIEW)
    return sizing.found(tree, actor=actor, of=sizing.base(actor))


def sample(
    *, actor: Actor, tree: Tree, n: int = 5, seed: int = 0, found: Found | None = None
) -> list[tuple[Customer, str]]:
    """A few whom it fits, each with a reason; another seed gives others."""
    actor.require(access.VIEW)
    if found is None or (seed and not found.base.exact):  # in a large business another seed looks at others
        found = sizing.found(tree, actor=actor, of=sizing.base(actor, salt=seed))
    ids = sorted(found.inside)
    chance = random.Random(f"{sizing.SEED}:{seed}")  # noqa: S311 (a sample, no secret)
    chosen = chance.sample(ids, min(n, len(ids)))
    there = Customer.objects.visible_to(actor).in_bulk(chosen)
    return [
        (there[pk], _because(explaining.reasons(tree, actor=actor, customer=there[pk]))) for pk in chosen if pk in there
    ]


def _because(reason: Reason) -> str:
    """The most telling condition that holds: one that knows how often and when, else any that knows a value."""
    parts = list(_flat(reason))
    told = [one for one in parts if one.holds and one.detail]
    best = max(told or [one for one in parts if one.holds], key=lambda one: len(one.detail), default=None)
    if best is None:
        return ""
    return f"{best.said}: {best.detail}" if best.detail else best.said


def _flat(reason: Reason) -> list[Reason]:
    if not reason.way:
        return [reason]
    return [leaf for one in reason.parts for leaf in _flat(one)] if reason.way != "none" else []


def lifetime(*, actor: Actor, found: Found) -> list[Money]:
    """What those are worth together over their lifetime, by currency, the most people first; none is added to another.
    Nothing for who may not see what customers are worth, and of a currency with fewer than FEW of them.
    """
    if not actor.may("insight.view_customer") or LIFETIME in unseen_traits(actor) or not found.inside:
        return []
    rows = Trait.objects.filter(name=LIFETIME, number__isnull=False, customer_id__in=found.inside).exclude(currency="")
    sums = rows.order_by().values_list("currency").annotate(n=Count("pk"), sum=Sum("number")).order_by("-n", "currency")
    scale = 1 if found.base.exact or not found.base.ids else Decimal(found.base.of) / len(found.base.ids)
    return [
        Money.from_decimal(total * scale, currency) for currency, n, total in sums if n >= FEW and is_currency(currency)
    ]


def reach(*, actor: Actor, found: Found) -> list[Reach]:
    """Of those whom a tree fits how many have allowed something over a channel, and have not taken it back since: by
    channel, most first. Nothing for who may not see consents.
    """
    actor.require(access.VIEW)
    if not actor.may(consents.VIEW):
        return []
    given = ConsentState.objects.visible_to(actor).filter(
        decision=Decision.GIVEN, purpose__archived=False, customer_id__in=found.inside
    )
    rows = dict(given.order_by().values_list("channel").annotate(n=Count("customer_id", distinct=True)))
    return sorted(
        (
            Reach(one.name, str(one.label), one.icon, found.base.all(rows[one.name]), not found.base.exact)
            for one in registry.all(ConsentChannel)
            if rows.get(one.name)
        ),
        key=lambda one: -one.count,
    )


# ── who is in, and why ────────────────────────────────────────────────────


def why(*, actor: Actor, audience: Audience, customer: Customer) -> Why:
    """Why somebody is in or out; HiddenFromReaderError where it is concealed. Both were found by right."""
    if concealed(actor=actor, audience=audience):
        raise HiddenFromReaderError
    member = InAudience.objects.of(customer.pk).filter(audience=audience.pk).order_by().first()
    tree = Reading(actor, lenient=True).tree(audience.tree)
    return Why(
        inside=member is not None,
        since=member.since if member is not None else None,
        tree=explaining.reasons(tree, actor=actor, customer=customer),
        frozen=audience.kind == AudienceKind.FROZEN,
    )


def because(*, actor: Actor, audience: Audience, customer: Customer) -> str:
    """What tells most of why somebody is in an audience, in one line; of a frozen one nothing. It is not concealed."""
    if audience.kind == AudienceKind.FROZEN:
        return ""
    tree = Reading(actor, lenient=True).tree(audience.tree)
    return _because(explaining.reasons(tree, actor=actor, customer=customer))


def audiences_of(*, actor: Actor, customer: Customer) -> list[Audience]:
    """The audiences that a customer is in, of those that the actor sees and that are not concealed."""
    on = InAudience.objects.of(customer.pk).values("audience")
    reading = Reading(actor)
    return [one for one in audiences(actor=actor).filter(pk__in=on) if actor.everything or not hides(one.tree, reading)]


def snapshots(*, actor: Actor, audience: Audience) -> SnapshotQuerySet:
    """Pictures of it, newest first."""
    found = Snapshot.objects.visible_to(actor).filter(audience=audience).select_related("taken_by")
    return found.order_by("-taken_at", "-id")
