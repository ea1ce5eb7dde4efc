"""What the parts of the sample are made from; the same world gives the same rows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Tehran")  # where the sample's house stands
OPENS, CLOSES = 9, 21  # hours of its day


@dataclass(frozen=True)
class World:
    """`now` is when the sample is loaded: everything in it lies before. `size` 1 is the whole, 0.1 a tenth.

    `staff_ids` are the people who came with it, the one who signs in first; `team_id` is the team of the others.
    """

    seed: int
    now: datetime
    size: float
    staff_ids: tuple[int, ...]
    team_id: int

    def chance(self, name: str) -> random.Random:
        """A generator that depends on the seed and on the name of what it is for, and on nothing else."""
        return random.Random(f"{self.seed}:{name}")  # noqa: S311  (to be the same each time is the point)

    @property
    def today(self) -> date:
        """The day of `now` where the house stands."""
        return self.now.astimezone(TZ).date()

    def count(self, whole: int) -> int:
        """How many of something that the whole sample has `whole` of; at least one."""
        return max(1, round(whole * self.size))

    def day(self, days_ago: int) -> date:
        """A day before today."""
        return self.today - timedelta(days=days_ago)

    def moment(self, days_ago: int, chance: random.Random) -> datetime:
        """Some moment in opening hours of that day; of today, one that has passed. Seconds matter to nobody: none."""
        minutes = chance.randrange((CLOSES - OPENS) * 60)
        at = datetime.combine(self.day(days_ago), time(OPENS), TZ) + timedelta(minutes=minutes)
        if at < self.now:
            return at
        midnight = datetime.combine(self.day(days_ago), time(0), TZ)
        passed = max(2, int((self.now - midnight) / timedelta(minutes=1)))
        return midnight + timedelta(minutes=chance.randrange(passed // 2, passed))
