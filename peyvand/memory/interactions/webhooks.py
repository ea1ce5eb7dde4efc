"""What other programs are told of interactions: ids and kinds, nothing of what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.events.interactions import InteractionsRecorded, InteractionsRemoved
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

GROUP = _("Interactions")


def _told(event: InteractionsRecorded | InteractionsRemoved, ids: Sequence[int]) -> Mapping[str, Any]:
    """`customer_ids` are those of the whole event; null where it goes out in several messages."""
    whole = len(ids) == len(set(event.interaction_ids))
    return {"interaction_ids": list(ids), "customer_ids": list(event.customer_ids) if whole else None}


WEBHOOKS = going_out(
    WebhookEvent(
        name="interaction.recorded", label=_("Interaction recorded"), group=GROUP, event=InteractionsRecorded,
        order=120,
        subjects=lambda event: event.interaction_ids,
        payload=lambda event, ids: {**_told(event, ids), "kinds": list(event.kinds)},
        sample=InteractionsRecorded((88120,), (1042,), ("call",), demo=False),
    ),
    WebhookEvent(
        name="interaction.removed", label=_("Interaction removed"), group=GROUP, event=InteractionsRemoved, order=121,
        subjects=lambda event: event.interaction_ids,
        payload=_told,
        sample=InteractionsRemoved((88120,), (1042,), demo=False),
    ),
)  # fmt: skip
