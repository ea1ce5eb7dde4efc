"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.doors.api.keeping import forget, somebody_forget
from peyvand.foundation.registry.declarations import ImpersonalTable, Schedule, Trace

DECLARATIONS = (
    ImpersonalTable("api_keptanswer", "answers of two days, for what is sent twice; of somebody erased they go"),
    Trace("api", _("Answers kept for programs"), somebody_forget, order=70),
    Schedule(name="api.forget", cron="17 2 * * *", function=forget),
)
