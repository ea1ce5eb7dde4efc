"""Working time as arithmetic: intervals of a day, and a calendar that says when it is open. No I/O.

An interval belongs to the day on which it begins and may run past midnight. A holiday takes the intervals that begin on
it, whole; what began the evening before goes on to its end. An interval is open from the first moment at which the wall
clock shows its beginning, or a later time, to the first at which it shows its end: an hour that the clock skips is not
worked, one that comes twice is worked twice inside an interval, and begins and ends at its first coming.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from peyvand.foundation.calendar.periods import first_moment
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.work.official import official

DAY = 24 * 60
LIMIT = 800  # days that are looked through for an opening or a closing
LONGEST = 20_000  # days that are looked through for a time that is due
MOST = 12  # intervals of a day
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as date.weekday() counts
FULL, HALF = "09:00-17:00", "09:00-13:00"

Interval = tuple[int, int]
"""Minutes since the midnight with which its day begins; an end beyond DAY lies on the day after."""
Span = tuple[datetime, datetime]

_INTERVAL = re.compile(r"(\d{1,2})(?::?(\d{2}))?(?:-|–|—|تا|to)(\d{1,2})(?::?(\d{2}))?")


class HoursError(ValueError):
    """What was typed is no interval, or two of a day meet; `code` is "unreadable", "empty", "overlap" or "many"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def interval_read(text: str) -> Interval:
    """An interval like 9:00–17:00, «۹ تا ۱۷» or 22:00–6:00 (to the next morning); 0:00–24:00 is the whole day."""
    found = _INTERVAL.fullmatch(re.sub(r"\s", "", fa_key(text)))
    if found is None:
        raise HoursError("unreadable")
    hours = [int(found[1]), int(found[3])]
    minutes = [int(found[2] or 0), int(found[4] or 0)]
    start, end = (60 * hour + minute for hour, minute in zip(hours, minutes, strict=True))
    if max(minutes) > 59 or start >= DAY or end > DAY:
        raise HoursError("unreadable")
    if start == end:
        raise HoursError("empty")
    return (start, end if end > start else end + DAY)


def intervals_read(texts: Sequence[str]) -> tuple[Interval, ...]:
    """The intervals of a day, in their order, that don't meet. HoursError."""
    found = sorted(interval_read(text) for text in texts)
    if len(found) > MOST:
        raise HoursError("many")
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise HoursError("overlap")
    return tuple(found)


def day_read(text: str) -> tuple[Interval, ...]:
    """The intervals of a day as people type them, with commas between; none where nothing is typed. HoursError."""
    return intervals_read([part for part in re.split(r"[,،;؛\n]", text) if part.strip()])


def interval_text(interval: Interval) -> str:
    """An interval as it is kept: "09:00-17:00"; one that ends on the next morning as "22:00-06:00"."""
    start, end = interval
    end = end - DAY if end > DAY else end
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def starting_week(weekend: Sequence[int]) -> dict[str, list[str]]:
    """Hours to begin with: full days, the weekend closed, and before a weekend of one day half a day."""
    weekend = () if len(set(weekend)) >= len(DAYS) else weekend
    half = {(weekend[0] - 1) % 7} if len(weekend) == 1 else set()
    return {name: [] if number in weekend else [HALF if number in half else FULL] for number, name in enumerate(DAYS)}


@dataclass(frozen=True)
class Calendar:
    """Working hours with their holidays, loaded once and asked often. All moments are aware; answers are in UTC.

    `week` has the intervals of each weekday, Monday first. `closed` are the days on which the house is closed, of the
    Gregorian years `loaded`; of other years the official days of `country` count as well. `observes` is whether
    holidays count at all.
    """

    zone: ZoneInfo
    week: tuple[tuple[Interval, ...], ...]
    closed: frozenset[date] = frozenset()
    loaded: frozenset[int] = frozenset()
    country: str = ""
    observes: bool = True
    _kept: dict[date, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_holiday(self, day: date) -> bool:
        """Whether the house is closed on that local day because it is a holiday."""
        return day in self.closed or (day.year not in self.loaded and day in official(self.country, day.year))

    def working_day(self, day: date) -> bool:
        """Whether there are hours that begin on that local day."""
        return bool(self.week[day.weekday()]) and not (self.observes and self.is_holiday(day))

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at that moment."""
        day = self._local(at)
        return any(start <= at < end for one in (day - _ONE, day) for start, end in self._spans(one))

    def next_open(self, at: datetime) -> datetime | None:
        """The first moment from `at` on, itself included, at which it is open; None when that isn't in two years."""
        found = next((piece for piece in self._pieces(at, LIMIT) if piece[1] > at), None)
        return max(found[0], at).astimezone(UTC) if found else None

    def next_close(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which it closes; None when it never does, or doesn't open, in two years."""
        closes: datetime | None = None
        for start, end in self._pieces(at, LIMIT):
            if closes is not None and start > closes:
                return closes
            if end > at:
                closes = end
        return None

    def open_seconds_between(self, start: datetime, end: datetime) -> int:
        """Whole seconds of open time from `start` to `end`; 0 when `end` isn't later."""
        total = timedelta()
        if start < end:
            days = (self._local(end) - self._local(start)).days + 1
            for opens, closes in self._pieces(start, days):
                total += max(timedelta(), min(closes, end) - max(opens, start))
        return int(total.total_seconds())

    def due_after(self, at: datetime, seconds: int) -> datetime | None:
        """The moment by which so many seconds of open time have passed since `at`; None when there aren't so many.

        The first such moment: what is due with the last second of a day is due at closing, not at the next opening.
        """
        left = timedelta(seconds=seconds)
        if seconds <= 0:
            return at.astimezone(UTC)
        for opens, closes in self._pieces(at, LONGEST):
            here = max(timedelta(), closes - max(opens, at))
            if here >= left:
                return (max(opens, at) + left).astimezone(UTC)
            left -= here
        return None

    def _local(self, at: datetime) -> date:
        if at.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return at.astimezone(self.zone).date()

    def _pieces(self, since: datetime, days: int) -> Iterator[Span]:
        """Open time in order, in pieces that may meet but don't overlap; from the day before that moment on."""
        day, done = self._local(since) - _ONE, _FIRST
        for _number in range(days + 1):
            for start, end in self._spans(day):
                if end > done:
                    yield max(start, done), end
                    done = end
            if day >= _LAST:
                return
            day += _ONE

    def _spans(self, day: date) -> tuple[Span, ...]:
        """The open time that begins on a local day."""
        kept = self._kept.get(day)
        if kept is None:
            kept = ()
            if self.working_day(day):
                midnight = datetime.combine(day, time())
                made = (tuple(self._moment(midnight, minutes) for minutes in one) for one in self.week[day.weekday()])
                kept = tuple((start, end) for start, end in made if start < end)
            self._kept[day] = kept
        return kept

    def _moment(self, midnight: datetime, minutes: int) -> datetime:
        return first_moment(midnight + timedelta(minutes=minutes), self.zone)


_ONE = timedelta(days=1)
_LAST = date.max - timedelta(days=4)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def week_read(hours: Mapping[str, Sequence[str]]) -> tuple[tuple[Interval, ...], ...]:
    """The intervals of each weekday, Monday first, of hours as they are kept. HoursError."""
    return tuple(intervals_read(hours.get(name, ())) for name in DAYS)
