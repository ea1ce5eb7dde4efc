"""What happened to the members, noted by day."""

from __future__ import annotations

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import days


def entered(event: AudienceEntered, *, event_id: int, actor: Actor) -> None:
    """Some came in."""
    days.moves_note(audience_id=event.audience_id, event_id=event_id, entered=len(event.customer_ids), left=0)


def left(event: AudienceLeft, *, event_id: int, actor: Actor) -> None:
    """Some went."""
    days.moves_note(audience_id=event.audience_id, event_id=event_id, entered=0, left=len(event.customer_ids))
