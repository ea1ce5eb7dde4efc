"""What a room may declare that knows no business word. All are frozen; all have a unique `name`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from peyvand.foundation.registry.actor import Actor

    Label: TypeAlias = str | _StrPromise
else:
    Label = str


@dataclass(frozen=True)
class Permission:
    """A right that a role can give. `scoped` rights reach own, team or all records; others are given or not."""

    name: str  # "<room>.<verb>", as "customers.view"
    label: Label
    group: Label
    scoped: bool = False
    order: int = 0


@dataclass(frozen=True)
class MenuEntry:
    """A line of the staff's navigation. `group` is "", "customer", "work", "insight" or "settings"."""

    name: str
    label: Label
    icon: str  # a Tabler icon without "ti-"
    url_name: str  # of the declaring room's own urls
    group: str
    order: int
    permission: str | None = None
    badge: Callable[[Actor], int] | None = None
    key: str = ""  # the letter after G


@dataclass(frozen=True)
class SettingsPage:
    """A page listed under Settings."""

    name: str
    label: Label
    help: Label
    icon: str
    url_name: str
    order: int
    permission: str | None = None


@dataclass(frozen=True)
class Action:
    """A verb of the command palette that opens a page."""

    name: str
    label: Label
    icon: str
    url_name: str
    order: int = 0
    permission: str | None = None


@dataclass(frozen=True)
class Hit:
    """One result of the palette's search."""

    title: str
    subtitle: str
    icon: str
    url: str
    organisation: bool = False


@dataclass(frozen=True)
class SearchProvider:
    """Finds records for the palette: at most `limit` hits that the actor may see."""

    name: str
    label: Label
    search: Callable[[Actor, str, int], Sequence[Hit]]
    order: int = 0


@dataclass(frozen=True)
class Panel:
    """A piece of another room's screen.

    `context(actor, subject, request_query)` gives the template's variables, or None to leave the panel out. Slots of
    the screen "customer": head (pills beside the name), suggestion, start, tab (label and icon needed), end. Slots of
    "home": pulse, main, side.
    """

    name: str
    screen: str
    slot: str
    order: int
    template: str
    context: Callable[[Actor, Any, Mapping[str, str]], Mapping[str, Any] | None]
    permission: str | None = None
    label: Label = ""
    icon: str = ""


@dataclass(frozen=True)
class EventHandler:
    """`function(event, *, event_id, actor)` runs after commit for each event of the class, at least once: be
    idempotent.
    """

    name: str
    event: type[Any]
    function: Callable[..., None]


@dataclass(frozen=True)
class Schedule:
    """A call at the times of a cron line (UTC), once a time on all machines together."""

    name: str
    cron: str
    function: Callable[[], None]


@dataclass(frozen=True)
class WarehouseFact:
    """A table of the warehouse: a SELECT over the declaring room's own tables.

    Columns are documented in `columns`; every row has `demo`. `key` names the unique column; `changed` the column that
    grows with every change (for incremental loads).
    """

    name: str
    select: str
    key: str
    columns: Mapping[str, str]
    changed: str = ""


@dataclass(frozen=True)
class DemoPart:
    """A room's part of the sample business; parts are loaded in their `order` and removed the other way round.

    `load(actor, world)` writes the rows as foundation.demo.world.World says and gives how many; None where they follow
    from those of other rooms. `remove(actor)` removes every row of the sample and gives how many. `present(demo)` says,
    by an index, whether the sample (True) or one's own business (False) has rows; None where other rooms say enough.
    """

    name: str
    label: Label
    remove: Callable[[Actor], int]
    load: Callable[[Actor, Any], int] | None = None
    present: Callable[[bool], bool] | None = None
    order: int = 0


@dataclass(frozen=True)
class ImportColumn:
    """A field that a file's column may be mapped to. `headers` are the usual column titles, in both languages."""

    name: str
    label: Label
    kind: str  # text, number, decimal, date, datetime, phone, email, choice
    headers: Sequence[str] = ()
    required: bool = False
    key: bool = False
    icon: str = "text-size"


@dataclass(frozen=True)
class ImportShape:
    """A kind of file that can be imported, declared by the room that keeps it.

    `writer(actor, options)` gives the room's batch writer (see foundation.transfer.shapes.BatchWriter).
    """

    name: str  # "customers", "orders"
    label: Label
    help: Label
    icon: str
    columns: Sequence[ImportColumn]
    writer: Callable[..., Any]
    permission: str
    order: int = 0
    options: Sequence[str] = field(default_factory=tuple)  # of "currency", "tz"


@dataclass(frozen=True)
class ExportShape:
    """A list that can be exported: `rows(actor, query)` yields a header row, then rows of plain values, by right."""

    name: str
    label: Label
    permission: str
    rows: Callable[..., Any]
    order: int = 0
