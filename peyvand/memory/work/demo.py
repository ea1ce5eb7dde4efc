"""When the sample's house works: its office, its shop and its telephone, and two days of its own."""

from __future__ import annotations

from datetime import timedelta

from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.work.hours import DAYS
from peyvand.memory.work.models import Holiday, HolidayYear, WorkingHours
from peyvand.memory.work.services import (
    HolidayData,
    HoursData,
    holiday_save,
    holidays_load_years,
    hours_save,
    sample_remove,
)

TEHRAN = "Asia/Tehran"
OFFICE = {name: ["9:00-17:00"] for name in DAYS} | {"thu": ["9:00-13:00"], "fri": []}
SHOP = {name: ["9:00-13:30", "16:00-21:00"] for name in DAYS} | {"fri": ["16:00-21:00"]}
PHONE = {name: ["8:00-24:00"] for name in DAYS} | {"thu": ["8:00-2:00"]}
CALENDARS = (
    ("دفتر", "Office", OFFICE, True),
    ("فروشگاه", "Shop", SHOP, True),
    ("تلفن پشتیبانی", "Support line", PHONE, False),
)


def sample_load(actor: Actor, world: World) -> int:
    """Write the calendars, three years of official days, stocktaking, and an official day on which they work."""
    sample_remove(actor)  # what a visit to the empty sample began with
    for fa, en, hours, observes in CALENDARS:
        data = HoursData(name_fa=fa, name_en=en, time_zone=TEHRAN, hours=hours, observes_holidays=observes)
        hours_save(actor=actor, data=data)
    this = world.today.year
    holidays_load_years(actor=actor, years=[this - 1, this, this + 1])
    found = Holiday.objects.filter(demo=True).kept()
    worked = found.filter(day__gt=world.today).order_by("day").first()
    if worked is not None:
        names = HolidayData(day=worked.day, name_fa=worked.name_fa, name_en=worked.name_en, closed=False)
        holiday_save(actor=actor, data=names, holiday=worked)
    taken = set(found.values_list("day", flat=True))
    day = next(one for one in (world.today + timedelta(days=20 + n) for n in range(60)) if one not in taken)
    holiday_save(actor=actor, data=HolidayData(day=day, name_fa="انبارگردانی", name_en="Stocktaking"))
    return sum(model._default_manager.filter(demo=True).count() for model in (Holiday, HolidayYear, WorkingHours))
