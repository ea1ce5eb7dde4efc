"""What other rooms declare to this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

if TYPE_CHECKING:
    from peyvand.foundation.changes.models import ChangeSet


@dataclass(frozen=True)
class KindOfSet:
    """How a kind of change set is named and drawn on the audit page. An undeclared kind shows its bare name."""

    name: str
    label: Label
    icon: str
    permission: str | None = None  # a right that undoing it needs besides; None: no other
    order: int = 0


@dataclass(frozen=True)
class Recompute:
    """Called in an undo with the ids of restored rows of the table `name`, to refill columns that `track` excludes."""

    name: str
    function: Callable[[Sequence[int]], None]


@dataclass(frozen=True)
class AfterUndo:
    """Called at the end of an undo, in its transaction, of a set of the kind `name`, or of the undo of such a one.

    `function(actor, change_set, undo_id)` gets the set that was taken back; there a room says what has happened.
    """

    name: str
    function: Callable[[Actor, ChangeSet, int], None]


@dataclass(frozen=True)
class Part:
    """Rows of `table` are parts of the row that `column` points to, in the table `whole`: an undo that keeps
    the whole keeps the parts it would have deleted, so that no order is left without its lines.

    `where` narrows to the rows with a value in a column, for a `column` that points to several tables.
    """

    name: str
    table: str
    column: str
    whole: str
    where: tuple[str, str] | None = None


@dataclass(frozen=True)
class TrackedTable:
    """How rows of the table `name` are called on the audit page; without it the table's name is shown.

    `conceal(actor, row)` gives a row as it stood without what is hidden from the actor. `unseen(actor, ids)` gives
    which of these rows the actor may not see at all: of them the trail tells that they changed, and nothing more.
    `names(actor, ids)` gives names by which people know rows that are still there, of those that the actor may see.
    """

    name: str
    label: Label
    icon: str = "table"
    conceal: Callable[[Actor, Mapping[str, Any]], Mapping[str, Any]] | None = None
    unseen: Callable[[Actor, Collection[int]], Set[int]] | None = None
    names: Callable[[Actor, Collection[int]], Mapping[int, str]] | None = None


@dataclass(frozen=True)
class Computed:
    """Rows of the tracked table `name` that a computation wrote: `column` has none of the values `said`. They are not
    kept (`track(unless=…)`), since they are computed again; so in an undo they hold nothing back and go with what they
    refer to.
    """

    name: str
    column: str
    said: tuple[str, ...]
    unless: str


@dataclass(frozen=True)
class LongUndo:
    """Who takes a large set back as long work: `start(actor, change_set)` gives the address of its progress. Declared
    once, by the room of long work.
    """

    name: str
    start: Callable[[Actor, ChangeSet], str]


@dataclass(frozen=True)
class TitleGuard:
    """Whether titles of what others did are kept from an actor, who may see the trail but not all records: titles name
    records. `narrow(actor)` says so.
    """

    name: str
    narrow: Callable[[Actor], bool]
