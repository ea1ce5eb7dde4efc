"""The end column of the builder: how many, since when more or fewer, by which channel, who for example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import money
from peyvand.insight.audiences import queries
from peyvand.insight.audiences.answers import Reach, Size
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.sizing import Found
from peyvand.insight.audiences.tree import Tree
from peyvand.insight.audiences.web import courses
from peyvand.insight.audiences.web.drawing import short
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.queries import CLASS, with_people

SAMPLE = 5


@dataclass(frozen=True)
class Bar:
    """What a condition leaves, of the most that any leaves."""

    label: str
    count: int
    share: int  # per cent


@dataclass(frozen=True)
class ReachBar:
    """A channel with how many it reaches."""

    reach: Reach
    share: int


@dataclass(frozen=True)
class Person:
    """Somebody of the sample, with a reason."""

    customer: Customer
    reason: str
    rfm_class: str


@dataclass(frozen=True)
class Numbers:
    """All that the end column shows of a tree."""

    size: Size
    left: Mapping[tuple[int, ...], int]  # by the place in the tree, how many are left after it
    bars: Sequence[Bar]
    reach: Sequence[ReachBar]
    sample: Sequence[Person]
    used: Sequence[Audience]
    spark: Sequence[int] = ()
    change_words: str = ""
    worth: str = ""


def numbers(*, actor: Actor, tree: Tree, audience: Audience | None, seed: int) -> Numbers:
    """The numbers of the tree, for the one who edits it."""
    found = queries.weighed(actor=actor, tree=tree)
    size = found.size
    most = max([size.of if tree.root.way == "none" else 0, *size.after], default=0)
    bars = [
        Bar(short(node), count, round(100 * count / most) if most else 0)
        for node, count in zip(tree.root.nodes, size.after, strict=False)
    ]
    reached = [
        ReachBar(one, min(100, round(100 * one.count / size.count)) if size.count else 0)
        for one in queries.reach(actor=actor, found=found)
    ]
    grown = courses.course(actor=actor, audience=audience) if audience is not None else []
    change = courses.week_changes(actor=actor, audiences=[audience]).get(audience.pk) if audience is not None else None
    return Numbers(
        size, found.left, bars, reached, _people(actor, tree, seed, found), used(actor=actor, audience=audience),
        spark=[one.size for one in grown] if len(grown) > 2 else (), change_words=courses.change_words(change),
        worth=gettext(", ").join(money(one, "short") for one in queries.lifetime(actor=actor, found=found)),
    )  # fmt: skip


def _people(actor: Actor, tree: Tree, seed: int, weighed: Found) -> list[Person]:
    found = queries.sample(actor=actor, tree=tree, n=SAMPLE, seed=seed, found=weighed)
    rows = Customer.objects.visible_to(actor).filter(pk__in=[customer.pk for customer, _reason in found])
    classes = {
        row.pk: trait.text
        for row in with_people(rows, actor=actor)
        for trait in getattr(row, "worth_traits", ())
        if trait.name == CLASS
    }
    return [Person(customer, reason, classes.get(customer.pk, "")) for customer, reason in found]


def used(*, actor: Actor, audience: Audience | None) -> Sequence[Audience]:
    """The audiences that contain it."""
    if audience is None:
        return ()
    return list(queries.audiences(actor=actor).filter(within__contains=[audience.pk]))
