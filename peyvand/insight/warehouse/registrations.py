"""What this room declares to the registry."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

DECLARATIONS = (ImpersonalTable("warehouse_load", "when facts were moved, and their sums"),)
