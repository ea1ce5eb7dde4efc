"""Messages stay small: an event about thousands is told in several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

LARGEST = 20_000  # bytes of a message's body, by the specification
FIRST = ("type", "timestamp", "data")
ROOM = 1_000  # of these for type, timestamp and the braces

Payload = Callable[[Sequence[int]], Mapping[str, Any]]


class TooLargeError(ValueError):
    """One subject alone makes a message too large: a mistake of the room that declares it."""


def body_of(message: Mapping[str, Any]) -> bytes:
    """The message as it goes over the wire and is signed; the same bytes at every try."""
    return json.dumps(ordered(message), ensure_ascii=False, separators=(",", ":")).encode()


def ordered(message: Mapping[str, Any]) -> dict[str, Any]:
    """The same message in one order of its keys, which the database does not keep: type and timestamp come first."""
    names = sorted(message, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return {name: _sorted(message[name]) for name in names}


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def batches(subjects: Sequence[int], payload: Payload, *, largest: int = LARGEST - ROOM) -> Iterator[Sequence[int]]:
    """The subjects, in their order, in runs whose payload is at most `largest` bytes. The same list, the same runs."""
    if not subjects:
        return
    if len(body_of(payload(subjects))) <= largest:
        yield subjects
        return
    if len(subjects) == 1:
        raise TooLargeError(f"the payload of {subjects[0]} is larger than {largest} bytes")
    half = (len(subjects) + 1) // 2
    yield from batches(subjects[:half], payload, largest=largest)
    yield from batches(subjects[half:], payload, largest=largest)


def subject_of(some: Sequence[int]) -> str:
    """What a message is about, in a word that is another for every batch of an event."""
    return str(some[0]) if len(some) == 1 else f"{some[0]}…{some[-1]} ({len(some)})"
