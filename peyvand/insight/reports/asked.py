"""What somebody asks the funnel or acquisition about: days, a source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.periods import start_of_day_utc

FIRST_DAY = date(2000, 1, 1)  # of "all days"
DAYS = (date(1900, 1, 1), date(2200, 1, 1))  # that may be asked about


def today() -> date:
    """The day in the workspace's zone."""
    now: datetime = timezone.now()
    return now.astimezone(ZoneInfo(workspace_settings.text("time_zone"))).date()


@dataclass(frozen=True)
class Asked:
    """The days `since` to `until`, both included, in the workspace's time zone; None of `source` is every source.

    `currency` is of acquisition only; empty means the one of most customers won.
    """

    since: date
    until: date
    source: str | None = None
    currency: str = ""

    @property
    def start(self) -> datetime:
        """The first moment (UTC)."""
        return start_of_day_utc(self.since, workspace_settings.text("time_zone"))

    @property
    def end(self) -> datetime:
        """The first moment after it (UTC)."""
        return start_of_day_utc(self.until + timedelta(days=1), workspace_settings.text("time_zone"))

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.until - self.since).days + 1

    def before(self) -> Asked:
        """As many days just before."""
        return replace(self, since=self.since - timedelta(days=self.days), until=self.since - timedelta(days=1))
