"""What this room declares to the registry."""

from __future__ import annotations

DECLARATIONS = ()
