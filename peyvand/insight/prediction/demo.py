"""The sample's campaign: customers drawn by chance, half of whom got an offer; so that its page shows something."""

from __future__ import annotations

from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.prediction.models import Campaign
from peyvand.memory.commerce.models import Order
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer

NAMES = ("پیشنهاد پاییز: فرستاده شد", "پیشنهاد پاییز: کنار گذاشته شد")
CAMPAIGN = "پیشنهاد پاییز"
DAYS_AGO, DAYS = 60, 30
MOST = 400  # customers on both lists together


def sample_load(actor: Actor, world: World) -> int:
    """Two lists and the campaign that compares them; gives how many rows."""
    chance = world.chance("prediction.campaign")
    ids = list(Customer.objects.filter(demo=True, kind="person").order_by("id").values_list("pk", flat=True))
    chance.shuffle(ids)
    half = len(ids[:MOST]) // 2
    code = Order.objects.filter(demo=True).values_list("currency", flat=True).first()
    if not half or code is None:
        return 0
    made = []
    for name, part in zip(NAMES, (ids[:half], ids[half : 2 * half]), strict=True):
        data = customers.ListData(name=name, owner_id=world.staff_ids[0], shared=True)
        made.append(customers.list_of(actor=actor, data=data, customers=part)[0])
    Campaign.objects.create(
        demo=True, name=CAMPAIGN, treated=made[0], holdout=made[1], starts_on=world.day(DAYS_AGO), days=DAYS,
        currency=code,
    )  # fmt: skip
    return 3 + 2 * half
