"""Events of one browser as visits: pure, and the same however often it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

GAP = timedelta(minutes=30)


class _Timed(Protocol):
    @property
    def at(self) -> datetime: ...


E = TypeVar("E", bound=_Timed)


@dataclass(frozen=True)
class Known:
    """A visit that is there already."""

    id: int
    start: datetime
    end: datetime


@dataclass
class Span(Generic[E]):
    """A visit and its events; `id` of the one that is there already, None for a new one."""

    id: int | None
    events: list[E] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return self.events[0].at

    @property
    def end(self) -> datetime:
        """Its last moment."""
        return self.events[-1].at


def spans(events: Sequence[E], known: Sequence[Known]) -> list[Span[E]]:
    """The events, ordered by time, cut where half an hour is silent. Visits that are there keep their events and are
    never joined: an event that came late goes to the one whose time it lies in, else to the one before it, else to the
    one after it, within half an hour; else it is a visit of its own.
    """
    waiting = sorted(known, key=lambda one: one.start)
    found: list[Span[E]] = []
    place = 0
    for event in events:
        while place < len(waiting) and waiting[place].end < event.at:
            place += 1
        following = waiting[place] if place < len(waiting) else None
        last = found[-1] if found else None
        if following is not None and following.start <= event.at:
            if last is None or last.id != following.id:
                last = Span(following.id)
                found.append(last)
        else:
            if last is None or event.at - last.end > GAP:
                last = Span(None)
                found.append(last)
            if last.id is None and following is not None and following.start - event.at <= GAP:
                last.id = following.id
        last.events.append(event)
    return found
