"""What other rooms declare to this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class WebhookEvent:
    """An event that other programs may be told of, under a name of its own ("customer.created").

    `subjects(event)` are the ids it is about; none: this event is not told under this name. `payload(event, ids)` is
    the message's `data` for some of them, as JSON: ids and plain values only, never a name, an address or a text of a
    person. An event of many subjects goes out as several messages, each below 20 kB. `sample` is an event that screens
    and the reference show.
    """

    name: str
    label: Label
    group: Label
    event: type[Any]
    subjects: Callable[[Any], Sequence[int]]
    payload: Callable[[Any, Sequence[int]], Mapping[str, Any]]
    sample: Any
    order: int = 0
