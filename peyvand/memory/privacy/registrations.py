"""What this room declares to the registry."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable, Panel
from peyvand.memory.privacy import access, panels

DECLARATIONS = (
    *access.PERMISSIONS,
    ImpersonalTable("privacy_erasure", "that somebody was erased, by an id that names nobody any more", staff=True),
    ImpersonalTable("privacy_suppression", "keyed digests of addresses, which can't be read back"),
    Panel(
        name="privacy.link",
        screen="customer",
        slot="start",
        order=90,
        template="privacy/panel_link.html",
        context=panels.link,
    ),
)
