"""Stored files: a person's are reached from the rows that speak of them, and go with these."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

TABLES = (
    ImpersonalTable(
        "files_storedfile", "given out and erased through the rows that point to them (PersonalTable.files)"
    ),
)
