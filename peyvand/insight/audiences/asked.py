"""What may be asked of customers: their fields, and what rooms declare that they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from peyvand.foundation.fields.conditions import ID_DIGITS
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers import access as customers
from peyvand.memory.customers.declarations import Behaviour, TraitKind
from peyvand.memory.customers.fields import RECORD, TRAIT
from peyvand.memory.customers.models import CustomerList
from peyvand.memory.customers.trait_fields import OF_THEIR_OWN, absent, worth_field

MINED = "insight.view"  # the right to see the groups that prediction found
AUDIENCES = "audiences"  # the field of that name, which a membership says better
LISTS = "lists"  # some of which are one's own or a team's
NARROWER = {"consent": "consents.view"}  # fields that tell of fewer customers than one sees, by the right


def keeper(actor: Actor) -> Actor:
    """The one as whom audiences are looked up: everybody of the same business is seen, nothing is hidden."""
    return system_actor(demo=actor.demo)


def fields(actor: Actor) -> dict[str, Field]:
    """The fields of a customer that the actor may ask for, by name."""
    found = fields_of(actor=actor, record=RECORD)
    if "touched" in found:
        found["touched"] = replace(found["touched"], condition=True, path="touch__at")
    if "worth" in found:
        found["worth"] = worth_field(actor, found["worth"])
    for kind in registry.all(TraitKind) if actor.may(customers.VIEW) else ():
        name = f"{TRAIT}{kind.name}"
        if name not in found and not kind.family and kind.name not in OF_THEIR_OWN:
            one = absent(actor, kind.name)
            found |= {name: one} if one is not None else {}
    return {
        name: one
        for name, one in found.items()
        if one.condition and name != AUDIENCES and _reaches(actor, NARROWER.get(name, customers.VIEW))
    }


def sees_lists(actor: Actor, ids: Iterable[object]) -> bool:
    """Whether the actor sees each of these lists that there are; who is on another's is nobody else's business."""
    asked_for = [int(one) for one in map(str, ids) if one.isascii() and one.isdigit() and len(one) < ID_DIGITS]
    if actor.everything or not asked_for:
        return True
    there = CustomerList.objects.filter(pk__in=asked_for)
    return not there.exclude(pk__in=CustomerList.objects.visible_to(actor).values("pk")).exists()


def behaviours() -> dict[str, Behaviour]:
    """Everything that customers do, by name, in its order."""
    return {one.name: one for one in sorted(registry.all(Behaviour), key=lambda one: (one.order, one.name))}


def may_ask(actor: Actor, behaviour: Behaviour) -> bool:
    """Whether the actor may ask how often customers did it: the right must reach every customer whom they see."""
    return _reaches(actor, behaviour.permission)


def may_ask_mined(actor: Actor) -> bool:
    """Whether the actor may see who is in a group that prediction found."""
    return actor.may(MINED)


def _reaches(actor: Actor, permission: str) -> bool:
    return actor.may(permission) and actor.scope(permission) >= actor.scope(customers.VIEW)
