"""Why somebody is in an audience or out of it: every condition with whether it holds, and what is known."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max
from django.utils.translation import ngettext, pgettext

from peyvand.foundation.fields import kinds
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import day, number
from peyvand.insight.audiences import asking, saying
from peyvand.insight.audiences.answers import Reason
from peyvand.insight.audiences.tree import BehaviourLeaf, FieldLeaf, Group, Leaf, Tree, UnreadLeaf
from peyvand.memory.customers.fields import TRAIT
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.customers.queries import CLASS, WORTH
from peyvand.memory.customers.traits import words_of

COMPUTED = {"class": CLASS, "worth": WORTH}  # fields of the list that are kept as traits


def reasons(tree: Tree, *, actor: Actor, customer: Customer) -> Reason:
    """The tree for one customer; what could not be read does not hold."""
    now = asking.clock()
    leaves = [leaf for _place, leaf in tree.leaves()]
    readable = [leaf for leaf in leaves if not isinstance(leaf, UnreadLeaf)]
    selects = [asking.select(leaf, demo=actor.demo, now=now) for leaf in readable]
    answers = iter([bool(found) for found in asking.holding(selects, [customer.pk])])
    holds = iter([False if isinstance(leaf, UnreadLeaf) else next(answers) for leaf in leaves])
    return _group(tree.root, holds, actor, customer, now)


def _group(group: Group, holds: Iterator[bool], actor: Actor, customer: Customer, now: asking.Clock) -> Reason:
    parts: list[Reason] = []
    for node in group.nodes:
        if isinstance(node, Group):
            parts.append(_group(node, holds, actor, customer, now))
        else:
            parts.append(Reason(saying.text(saying.leaf_said(node)), next(holds), _detail(node, actor, customer, now)))
    truths = [one.holds for one in parts]
    whole = all(truths) if group.way == "all" else any(truths) if group.way == "any" else not any(truths)
    words = {
        "all": pgettext("audience", "all of these"),
        "any": pgettext("audience", "one of these"),
        "none": pgettext("audience", "none of these"),
    }
    return Reason(words[group.way], whole if parts else True, "", group.way, tuple(parts))


def _detail(leaf: Leaf, actor: Actor, customer: Customer, now: asking.Clock) -> str:
    if isinstance(leaf, BehaviourLeaf):
        return _times(leaf, actor, customer, now)
    if isinstance(leaf, FieldLeaf):
        return _value(leaf, customer)
    return ""


def _times(leaf: BehaviourLeaf, actor: Actor, customer: Customer, now: asking.Clock) -> str:
    with asking.workspace(now):
        rows = asking.times(leaf, demo=actor.demo, now=now).filter(customer_id=customer.pk)
    told = rows.annotate(moment=F("at")).aggregate(times=Count("pk"), latest=Max("moment"))
    if not told["times"]:
        return pgettext("audience", "never")
    words = ngettext("%(n)s time, last on %(day)s", "%(n)s times, last on %(day)s", told["times"])
    return words % {"n": number(told["times"]), "day": day(told["latest"])}


def _value(leaf: FieldLeaf, customer: Customer) -> str:
    """What stands in the field, where that is a plain value or a trait."""
    field = leaf.condition.field
    if field.name in COMPUTED:
        trait = Trait.objects.filter(customer=customer, name=COMPUTED[field.name]).first()
        if trait is None:
            return pgettext("audience", "not known")
        return kinds.shown(field, trait.text) if field.name == "class" else words_of(trait)
    if field.name.startswith(TRAIT):
        trait = Trait.objects.filter(customer=customer, name=field.name.removeprefix(TRAIT)).first()
        return words_of(trait) if trait is not None else pgettext("audience", "not known")
    if field.custom:
        value = kinds.value_of(field, customer.custom.get(field.key))
    elif field.path and "__" not in field.path:
        value = getattr(customer, field.path, None)
    else:
        return ""
    return kinds.shown(field, value) or pgettext("audience", "not known")
