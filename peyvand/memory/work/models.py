"""Holidays, the years whose official days were taken in, and calendars of working hours."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peyvand.memory.work.access import HolidayQuerySet, WorkQuerySet


def _in_readers_language(fa: str, en: str) -> str:
    persian = (get_language() or "fa").startswith("fa")
    return (fa or en) if persian else (en or fa)


class Source(models.TextChoices):
    """Where a holiday comes from."""

    OFFICIAL = "official", _("Official")
    OWN = "own", _("Our own")


class Holiday(models.Model):
    """A holiday. `closed`: this house is closed on it; an official day may be worked.

    `official_day` is where the official list has it, which stays when people move it; `edited` and `removed` are what
    people did to an official day, so that loading the list again leaves it so.
    """

    demo = models.BooleanField(default=False)
    day = models.DateField()
    name_fa = models.CharField(max_length=200, default="", blank=True)
    name_en = models.CharField(max_length=200, default="", blank=True)
    closed = models.BooleanField(default=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.OWN)
    official_day = models.DateField(null=True, blank=True)
    edited = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "day"], condition=Q(removed=False), name="work_holiday_day"),
            models.UniqueConstraint(fields=["demo", "official_day"], name="work_holiday_official"),
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="work_holiday_named"),
            models.CheckConstraint(
                condition=Q(source=Source.OFFICIAL, official_day__isnull=False)
                | Q(source=Source.OWN, official_day__isnull=True, removed=False),
                name="work_holiday_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    @property
    def name(self) -> str:
        """The name in the reader's language, else in the other."""
        return _in_readers_language(self.name_fa, self.name_en)


class HolidayYear(models.Model):
    """A Gregorian year whose official days were taken in: from then on only what stands in the table counts."""

    demo = models.BooleanField(default=False)
    year = models.IntegerField()

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "year"], name="work_holidayyear_once")]

    def __str__(self) -> str:
        return str(self.year)


class WorkingHours(models.Model):
    """A calendar of working hours. `hours` has, by "mon" to "sun", intervals like "09:00-17:00" in `time_zone`.

    Without `observes_holidays` it is open on holidays too. One of each business is the default. `version` grows with
    every change, for editing side by side.
    """

    demo = models.BooleanField(default=False)
    name_fa = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)
    time_zone = models.CharField(max_length=64)
    hours = models.JSONField(default=dict)
    observes_holidays = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo"], condition=Q(is_default=True), name="work_hours_one_default"),
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="work_hours_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in the other."""
        return _in_readers_language(self.name_fa, self.name_en)
