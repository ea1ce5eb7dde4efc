"""What the tables of this room hold about people. Bots are the house's own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("messengers_bot", "bots of messengers, with their keys encrypted"),
    PersonalTable(
        name="messengers_awaitedfile",
        label=_("Files that still lie with a messenger"),
        via=("entry_id", "conversations_entry"),
        columns=classed(
            key="id bot_id entry_id", technical="demo ref tries due_at", descriptive="content_type size", content="name"
        ),
        order=99,
        carried=False,
    ),
)
