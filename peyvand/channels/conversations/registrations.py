"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access, personal
from peyvand.channels.conversations.kinds import KINDS
from peyvand.channels.conversations.services.receiving import FILE
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.files.declarations import FilePurpose

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *KINDS,
    FilePurpose(FILE, max_bytes=30 * 2**20),
    TrackedTable("conversations_conversation", _("Conversation"), "messages"),
)
