"""What other rooms declare to this one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

if TYPE_CHECKING:
    from peyvand.foundation.jobs.models import Run

JobFunction = Callable[..., Mapping[str, Any] | None]
"""`function(run: Running, **arguments)`; what it returns is kept as the run's result, as JSON."""


@dataclass(frozen=True)
class Job:
    """A kind of long work.

    Give `function`, or `path` ("package.module:function") for what must be imported only where it runs. `child`: runs
    in a process of its own, which takes its libraries' memory with it. `label` names a run without a title.
    `result_url(run)` is where a finished run's outcome is seen. A job whose worker is killed is begun again, `attempts`
    times in all, so it must bear being begun again.
    """

    name: str
    function: JobFunction | None = None
    path: str = ""
    child: bool = False
    label: Label = ""
    result_url: Callable[[Run], str | None] | None = None
    attempts: int = 3


@dataclass(frozen=True)
class Standing:
    """Work that every worker keeps going: `function(stop)` is called in a thread of its own and returns soon after
    `stop` is set. When it raises, as when the database goes away, it is called again a moment later.
    """

    name: str
    function: Callable[[threading.Event], None]


@dataclass(frozen=True)
class ActorLoader:
    """How to load an actor again from `Actor.as_plain()`, with the rights of now. Declared once, by accounts."""

    name: str
    load: Callable[[Mapping[str, Any]], Actor]
