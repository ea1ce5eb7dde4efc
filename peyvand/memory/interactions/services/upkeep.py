"""What the room does after an undo, and to the sample business."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services.recording import search_key_of

_RETOUCH = """
UPDATE customers_touch t SET at = l.at
  FROM (SELECT customer_id, max(at) AS at FROM interactions_interaction
         WHERE customer_id IN (SELECT customer_id FROM interactions_interaction WHERE id = ANY(%s)) GROUP BY 1) l
 WHERE t.id = l.customer_id AND t.at IS DISTINCT FROM l.at
"""
# A row that came back from deletion gets a version that nobody can have read before.
_REFILL = """
UPDATE interactions_interaction i
   SET search_key = r.key,
       version = CASE WHEN i.version < 1 THEN extract(epoch FROM statement_timestamp())::int / 60 ELSE i.version + 1 END
  FROM unnest(%s::bigint[], %s::text[]) AS r (id, key)
 WHERE i.id = r.id
"""


def refill(interaction_ids: Sequence[int]) -> None:
    """After an undo: rows get their search keys again, and customers who came back later the day of the last touch."""
    found = Interaction.objects.filter(pk__in=list(interaction_ids)).values_list("pk", "kind", "payload")
    keys = [
        (pk, search_key_of(registry.get(InteractionKind, kind), payload) if registry.has(InteractionKind, kind) else "")
        for pk, kind, payload in found
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REFILL, [[pk for pk, _key in keys], [key for _pk, key in keys]])
        cursor.execute(_RETOUCH, [list(interaction_ids)])


def sample_remove(actor: Actor) -> int:
    """Remove the interactions of the sample business, and what hangs on them; gives how many went."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM interactions_interactionfile WHERE demo")
        cursor.execute("DELETE FROM interactions_interaction WHERE demo")
        removed = int(cursor.rowcount)
        cursor.execute("DELETE FROM interactions_joining WHERE demo")
        cursor.execute("DELETE FROM interactions_costrate WHERE demo")
    return removed
