"""What this room does when it is known who a visitor is. What is told already is not told again."""

from __future__ import annotations

from uuid import UUID

from peyvand.channels.push.services import visitor_known
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.registry.actor import Actor


def known(event: VisitorKnown, *, event_id: UUID | int, actor: Actor) -> None:
    """The yes that a browser gave while nobody knew whose it is goes to the customer's ledger."""
    visitor_known(visitor_id=event.visitor_id)
