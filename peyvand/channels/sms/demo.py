"""The sample's line: it reaches nobody."""

from __future__ import annotations

from peyvand.channels.sms.models import SmsAccount
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor


def sample_load(actor: Actor, world: World) -> int:
    """One line of service; gives how many rows."""
    SmsAccount.objects.create(
        demo=True, name="خط خدماتی نمونه", provider="sample", line="+9810001234", price_minor=1_250, position=1
    )
    return 1


def sample_remove(actor: Actor) -> int:
    """Remove the sample's lines."""
    removed, _by_table = SmsAccount.objects.filter(demo=True).delete()
    return removed
