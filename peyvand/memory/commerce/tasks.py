"""What is done by the clock."""

from __future__ import annotations

from peyvand.memory.commerce.services import contracts_carry_on


def contracts_nightly() -> None:
    """Terms that begin and contracts that run out by themselves, of both businesses."""
    for demo in (False, True):
        contracts_carry_on(demo=demo)
