"""Who sees the trail, and who may take a change set back."""

from __future__ import annotations

from django.db.models import QuerySet

from peyvand.foundation.changes.declarations import KindOfSet
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry


def is_own(*, actor: Actor, change_set: ChangeSet) -> bool:
    """Whether the actor did it: a person's own sets, or the system's for the system."""
    if actor.user_id is None:
        return actor.everything
    return change_set.actor_id == actor.user_id


def may_undo(*, actor: Actor, change_set: ChangeSet) -> bool:
    """One's own sets, others' with "changes.undo"; either way only while one holds the right to their kind."""
    if not is_own(actor=actor, change_set=change_set) and not actor.may("changes.undo"):
        return False
    kind = change_set.reference.get("kind", "undo") if change_set.kind == "undo" else change_set.kind
    if not registry.has(KindOfSet, kind):
        return True
    needed = registry.get(KindOfSet, kind).permission
    return needed is None or actor.may(needed)


def visible_sets(*, actor: Actor) -> QuerySet[ChangeSet]:
    """All sets of the business one looks at with "changes.view_audit", otherwise one's own."""
    sets = ChangeSet.objects.filter(demo=actor.demo)
    if actor.may("changes.view_audit"):
        return sets
    return sets.filter(actor_id=actor.user_id) if actor.user_id is not None else sets.none()
