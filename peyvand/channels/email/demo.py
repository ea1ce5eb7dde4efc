"""The sample's account: it reaches nobody, and nobody reads a mailbox for it."""

from __future__ import annotations

from peyvand.channels.email.models import EmailAccount
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor


def sample_load(actor: Actor, world: World) -> int:
    """One account; gives how many rows."""
    EmailAccount.objects.create(
        demo=True, name="ایمیل فروشگاه نمونه", provider="sample", address="salam@shop.example", position=1,
        from_name_fa="فروشگاه نمونه", from_name_en="The sample shop", plus=False,
    )  # fmt: skip
    return 1


def sample_remove(actor: Actor) -> int:
    """Remove the sample's accounts."""
    removed, _by_table = EmailAccount.objects.filter(demo=True).delete()
    return removed
