"""What the room declares."""

from __future__ import annotations

from peyvand.doors.api.keeping import forget
from peyvand.foundation.registry.declarations import Schedule

DECLARATIONS = (Schedule(name="api.forget", cron="17 2 * * *", function=forget),)
