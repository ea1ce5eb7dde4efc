"""What other programs are told of customers: ids, never names or addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged, CustomersCreated, CustomersDeleted, ListChanged
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

GROUP = _("Customers")


def _list_payload(event: ListChanged, ids: Sequence[int]) -> Mapping[str, Any]:
    some = set(ids)
    return {
        "list_id": event.list_id,
        "added": [one for one in event.added if one in some],
        "removed": [one for one in event.removed if one in some],
    }


WEBHOOKS = going_out(
    WebhookEvent(
        name="customer.created", label=_("Customer created"), group=GROUP, event=CustomersCreated, order=100,
        subjects=lambda event: event.customer_ids,
        payload=lambda event, ids: {"customer_ids": list(ids)},  # its source is somebody's words
        sample=CustomersCreated((1042,), "import:7", demo=False),
    ),
    WebhookEvent(
        name="customer.updated", label=_("Customer changed"), group=GROUP, event=CustomersChanged, order=101,
        subjects=lambda event: event.customer_ids,
        payload=lambda event, ids: {"customer_ids": list(ids), "fields": list(event.fields)},
        sample=CustomersChanged((1042, 1043), ("owner", "tags"), demo=False),
    ),
    WebhookEvent(
        name="customer.deleted", label=_("Customer deleted"), group=GROUP, event=CustomersDeleted, order=102,
        subjects=lambda event: event.customer_ids,
        payload=lambda event, ids: {"customer_ids": list(ids)},
        sample=CustomersDeleted((1042,), demo=False),
    ),
    WebhookEvent(
        name="customer.list_changed", label=_("Customers put on a list or taken off"), group=GROUP, event=ListChanged,
        order=103,
        subjects=lambda event: (*event.added, *event.removed),
        payload=_list_payload,
        sample=ListChanged(7, added=(1042, 1043), removed=(), demo=False),
    ),
)  # fmt: skip
