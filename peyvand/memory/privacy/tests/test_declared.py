"""Every column of every table of ours has a class, so that what is known of a person can be given out and erased."""

from __future__ import annotations

from peyvand.memory.privacy.tables import gaps


def test_every_column_says_what_it_holds_of_a_person() -> None:
    assert gaps() == {}
