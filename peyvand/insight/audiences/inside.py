"""Who is in an audience, as a condition on customers and as a number; by what is cheap for as many as there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.models import Audience
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.access import sees_everybody
from peyvand.memory.customers.models import AudienceBlock, AudienceMember, Customer, InAudience

MANY = 20_000  # members, of whom a list in some order sooner meets a page than it has read all


def by_customer(audiences: Collection[int]) -> Q:
    """In one of these audiences, looked up customer by customer: where few customers are asked, or most are in."""
    bits = AudienceBlock.BLOCK_BITS
    place, offset = OuterRef("pk").bitrightshift(bits), OuterRef("pk").bitand((1 << bits) - 1)
    block = AudienceBlock.objects.filter(audience__in=audiences, block=place, people__contains=[offset])
    return Q(Exists(block)) | Q(Exists(AudienceMember.objects.filter(audience__in=audiences, customer=OuterRef("pk"))))


def by_audience(audiences: Collection[int]) -> Q:
    """In one of these audiences, all of whose members are read."""
    return Q(pk__in=InAudience.objects.filter(audience__in=audiences).values("customer_id"))


def in_one_of(audiences: Sequence[Audience]) -> Q:
    """In one of these audiences, for a list of customers."""
    numbers = [one.pk for one in audiences]
    return (by_customer if sum(one.members for one in audiences) > MANY else by_audience)(numbers)


def counts(actor: Actor, audiences: Sequence[Audience]) -> Mapping[int, int]:
    """How many customers whom the actor sees are in each of these audiences, by id."""
    numbers = [one.pk for one in audiences]
    among = None if sees_everybody(actor) else Customer.objects.visible_to(actor)
    found = customers.audience_members_count(audiences=numbers, among=among)
    return {number: found.get(number, 0) for number in numbers}
