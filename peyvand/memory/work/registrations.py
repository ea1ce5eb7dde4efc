"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import AfterUndo, KindOfSet, TrackedTable
from peyvand.foundation.registry.declarations import DemoPart, Schedule, SettingsPage
from peyvand.memory.work import access, demo, personal
from peyvand.memory.work.official import countries
from peyvand.memory.work.queries import COUNTRY
from peyvand.memory.work.services import KIND, sample_remove, told, years_follow


def _country(value: object) -> str:
    if value not in countries():
        raise ValueError("not a country whose holidays are known")
    return str(value)


DECLARATIONS = (
    *personal.TABLES,
    *access.PERMISSIONS,
    SettingKey(COUNTRY, "IR", _country, 7),
    KindOfSet(KIND, _("Working hours and holidays"), "calendar-time", access.MANAGE),
    AfterUndo(KIND, told),
    TrackedTable("work_holiday", _("Holiday"), "calendar-off"),
    TrackedTable("work_holidayyear", _("Year of official holidays"), "calendar-down"),
    TrackedTable("work_workinghours", _("Working hours"), "clock"),
    SettingsPage(
        name="work",
        label=_("Working hours and holidays"),
        help=_("When the house is open, and on which days it is not"),
        icon="calendar-time",
        url_name="work:overview",
        order=22,
        permission=access.VIEW,
    ),
    Schedule("work.holidays", "41 3 1 * *", years_follow),
    DemoPart("work", _("Working hours and holidays"), sample_remove, demo.sample_load, order=5),
)
