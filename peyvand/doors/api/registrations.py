"""What the room declares."""

from __future__ import annotations

from peyvand.doors.api.keeping import forget
from peyvand.foundation.registry.declarations import ImpersonalTable, Schedule

DECLARATIONS = (
    ImpersonalTable("api_keptanswer", "answers of two days, for what is sent twice"),
    Schedule(name="api.forget", cron="17 2 * * *", function=forget),
)
