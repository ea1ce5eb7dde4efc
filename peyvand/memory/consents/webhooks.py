"""What other programs are told of consents: whose, of which purpose and channel; what is allowed they ask the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.consents import ConsentsChanged
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

WEBHOOKS = going_out(
    WebhookEvent(
        name="consent.changed", label=_("Consent changed"), group=_("Consents"), event=ConsentsChanged, order=110,
        subjects=lambda event: event.customer_ids,
        payload=lambda event, ids: {
            "customer_ids": list(ids), "purposes": list(event.purposes), "channels": list(event.channels),
        },
        sample=ConsentsChanged((1042,), ("news",), ("email", "sms"), demo=False),
    ),
)  # fmt: skip
