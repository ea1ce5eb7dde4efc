"""The line of the sample business: it takes everything and reaches nobody; nothing leaves this machine."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Asked, Outcome, Outgoing, Said
from peyvand.channels.sms.adapters.base import Access, Adapter


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """As if they had arrived; of the sample business only."""
    if not access.demo:
        return [Outcome(one.id, Said.FAILED, code="sample") for one in messages]
    return [Outcome(one.id, Said.DELIVERED, provider_id=f"sample-{one.id}") for one in messages]


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """They have arrived."""
    return [Outcome(one.id, Said.DELIVERED, provider_id=f"sample-{one.id}") for one in asked]


SAMPLE = Adapter(
    name="sample", label=_("Sample line"), document="", base_url="", fields=(), send=send, status=status, our_ids=True
)  # fmt: skip
