"""What really happens in the memory goes out, by name, with ids and nothing of a person."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from peyvand.foundation.outbox.delivery import deliver_pending
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks import services
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import messages
from peyvand.foundation.webhooks.models import WebhookDelivery
from peyvand.memory.commerce.models import PaymentKind
from peyvand.memory.commerce.services import order_cancel, order_deliver, order_return, payment_record
from peyvand.memory.commerce.tests.factories import an_order
from peyvand.memory.consents.services import consent_give, purposes_ensure
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.services import customer_create, customer_update, customers_delete
from peyvand.memory.interactions.services import interaction_delete, note_add
from peyvand.memory.matching.services.merging import merge

pytestmark = pytest.mark.django_db
WE = system_actor(via="web")
CANARY = ("Kanarienvogel", "kanari@example.com", "9121234567", "Singt")


def _told() -> list[WebhookDelivery]:
    """What has become of everything since the last call."""
    while deliver_pending(1000):
        pass
    told = list(WebhookDelivery.objects.order_by("id"))
    WebhookDelivery.objects.all().delete()
    return told


@pytest.fixture
def _hears() -> None:
    purposes_ensure(demo=False)
    services.endpoint_create(actor=WE, data=services.EndpointData("https://hooks.peyvand.ir/in", ["*"]))
    _told()


@pytest.mark.usefixtures("_hears")
def test_everything_that_is_promised_goes_out_without_anything_personal() -> None:
    identities = [IdentityData("email", CANARY[1]), IdentityData("phone", f"0{CANARY[2]}")]
    customer = customer_create(actor=WE, data=CustomerData(name=CANARY[0], source=CANARY[3], identities=identities))
    other = customer_create(actor=WE, data=CustomerData(name=f"{CANARY[0]} zwei"))
    customer_update(actor=WE, customer=customer, changes={"city": CANARY[3]}, version=None)
    consent_give(actor=WE, customer=customer, purpose="news", channels=["email"], source="call", proof=CANARY[3])
    note = note_add(actor=WE, customer=customer, text=f"{CANARY[0]} {CANARY[3]}")
    interaction_delete(actor=WE, interaction=note)
    order = an_order(("2", "10"), customer=customer)
    payment_record(actor=WE, order_id=order.pk, amount_minor=5, reference=CANARY[0])
    payment_record(actor=WE, order_id=order.pk, amount_minor=2, kind=PaymentKind.REFUND)
    order_deliver(actor=WE, order_id=order.pk)
    order_return(actor=WE, order_id=order.pk, quantities={order.items.get().pk: Decimal(1)}, note=CANARY[3])
    gone = an_order(("1", "10"), customer=customer)
    order_cancel(actor=WE, order_id=gone.pk, note=CANARY[3])
    merge(actor=WE, kept=customer.pk, gone=other.pk)
    customers_delete(actor=WE, customers=[customer.pk])
    told = _told()
    assert {one.event for one in told} >= {
        "customer.created", "customer.updated", "customer.deleted", "customer.merged", "consent.changed",
        "interaction.recorded", "interaction.removed", "order.placed", "order.delivered", "order.cancelled",
        "order.returned", "payment.recorded", "payment.refunded",
    }  # fmt: skip
    text = json.dumps([one.payload for one in told], ensure_ascii=False)
    assert not [word for word in CANARY if word in text]
    by_name = {one.event: one.payload for one in told}
    assert by_name["customer.deleted"]["data"] == {"customer_ids": [customer.pk]}
    assert by_name["customer.merged"]["data"] == {"kept_id": customer.pk, "gone_id": other.pk}
    assert by_name["payment.recorded"]["data"]["amount_minor"] == 5
    assert by_name["payment.refunded"]["data"]["amount_minor"] == 2
    assert by_name["order.placed"]["data"]["customer_id"] == customer.pk
    assert by_name["consent.changed"]["data"] == {
        "customer_ids": [customer.pk], "purposes": ["news"], "channels": ["email"],
    }  # fmt: skip


def test_every_declared_event_has_a_sample_that_makes_one_message() -> None:
    declared = registry.all(WebhookEvent)
    assert len(declared) >= 14
    for one in declared:
        assert isinstance(one.sample, one.event), one.name
        ((message, subject),) = messages(one, one.sample, at=timezone.now())
        assert set(message) == {"type", "timestamp", "data"}
        assert message["type"] == one.name
        assert subject
        plain = json.loads(json.dumps(message))
        assert plain == message  # JSON and nothing else
        words = set(message["data"]) - {"number", "at", "total_minor", "tax_minor", "amount_minor", "currency",
                                        "fields", "kinds", "purposes", "channels", "added", "removed", "channel",
                                        "first", "automatic", "waited_s", "what", "kind", "starts_on",
                                        "ends_on", "fee_minor", "period_months", "renewals", "by_itself",
                                        "ended_on", "reason", "avoidable"}  # fmt: skip
        assert all(word.endswith(("_id", "_ids")) for word in words), (one.name, words)
