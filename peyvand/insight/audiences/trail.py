"""What the audit trail shows of audiences to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.models import Audience, Snapshot
from peyvand.insight.audiences.reading import Reading, hides


def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Audiences that the actor does not see; those that are gone only who may change all saw for sure."""
    return set(ids) - set(Audience.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def unseen_snapshots(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Pictures of such audiences."""
    return set(ids) - set(Snapshot.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def conceal(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An audience's row as it stood, without conditions on what is kept from the actor."""
    if actor.everything or not hides(row.get("tree"), Reading(actor)):
        return row
    return {name: value for name, value in row.items() if name != "tree"}
