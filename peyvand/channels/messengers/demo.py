"""The sample's bot: switched off, and it reaches nobody."""

from __future__ import annotations

from peyvand.channels.messengers.models import Bot
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor


def sample_load(actor: Actor, world: World) -> int:
    """One bot of Bale; gives how many rows."""
    Bot.objects.create(
        demo=True, name="ربات پشتیبانی نمونه", messenger="bale", username="sample_support_bot",
        enabled=False, position=1,
        greeting_fa="سلام، به پشتیبانی فروشگاه نمونه خوش آمدید. پرسش خود را بنویسید.",
        greeting_en="Hello, this is the sample shop's support. Write your question.",
    )  # fmt: skip
    return 1


def sample_remove(actor: Actor) -> int:
    """Remove the sample's bots."""
    removed, _by_table = Bot.objects.filter(demo=True).delete()
    return removed
