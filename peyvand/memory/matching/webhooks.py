"""What other programs are told of merges, so that they follow from the record that is gone to the one that stays."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.matching import CustomersMerged, CustomersUnmerged
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

GROUP = _("Customers")

WEBHOOKS = going_out(
    WebhookEvent(
        name="customer.merged", label=_("Customers merged"), group=GROUP, event=CustomersMerged, order=103,
        subjects=lambda event: (event.kept_id,),
        payload=lambda event, _ids: {"kept_id": event.kept_id, "gone_id": event.gone_id},
        sample=CustomersMerged(1042, 1043, 9_001, demo=False),
    ),
    WebhookEvent(
        name="customer.unmerged", label=_("Merge taken back"), group=GROUP, event=CustomersUnmerged, order=104,
        subjects=lambda event: (event.kept_id,),
        payload=lambda event, _ids: {"kept_id": event.kept_id, "gone_id": event.gone_id},
        sample=CustomersUnmerged(1042, 1043, 9_002, demo=False),
    ),
)  # fmt: skip
