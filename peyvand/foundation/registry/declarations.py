"""What a room may declare that knows no business word. All are frozen; all have a unique `name`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.db.models import QuerySet
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
    badge: Callable[[Actor], int | Sequence[QuerySet[Any]]] | None = None  # what waits: rows, counted with the others
    key: str = ""  # the letter after G, as "C"


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
    "home": pulse, main, side. Slot of "conversation" (the subject is a conversation): side, beside the thread; of
    "order" (the subject is an order): side, beside its lines; of "audience": menu, links.
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

    Columns are documented in `columns`; every row has `demo`. `key` names the unique column, a bigint. `reads` names
    every table of the SELECT and the fact's column that holds the id of that table's row: when a row of the table
    changes, the fact's rows with its id in that column are read again. A row leaves the fact only when the row whose
    id is its key changes or goes. `label` and `meaning` tell people what a row is; `leads` names the fact whose key
    stands in a column, for the columns that lead to another fact. Who holds every right of `needs` for everybody, and
    has no field hidden, may look at single rows.
    """

    name: str
    select: str
    key: str
    columns: Mapping[str, Label]
    reads: Mapping[str, str]
    label: Label
    meaning: Label
    needs: Sequence[str]
    leads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A record as a list of such shows it. `url` is empty where it has no page of its own; `person` is the customer's
    id; `day` is a day or a moment (UTC); `last` is what its list's last column holds, an amount (Money) or words.
    """

    pk: int
    name: str
    url: str
    person: int | None
    day: Any
    last: Any = ""


@dataclass(frozen=True)
class RecordList:
    """Records that may be opened by their ids, as those behind a number; `name` is the fact whose keys the ids are.

    `found(actor, ids)` are those of them that the actor may see, and no others; `told(actor, rows)` says how rows of
    these read, in their order. `newest` is an order with a unique end, the newest first; `person` is the path from a
    row to the customer's id, `last` heads the list's last column. `also` names further facts whose rows belong to such
    records, with the column that holds the record's id.
    """

    name: str
    label: Label
    found: Callable[[Actor, Sequence[int]], QuerySet[Any]]
    told: Callable[[Actor, Sequence[Any]], Sequence[Record]]
    newest: Sequence[str]
    last: Label
    person: str = "customer_id"
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoPart:
    """A room's part of the sample business; parts are loaded in their `order` and removed the other way round.

    `load(actor, world)` writes the rows as foundation.demo.world.World says and gives how many; None where they follow
    from those of other rooms. `remove(actor)` removes every row of the sample and gives how many. `present(demo)` says,
    by an index, whether the sample (True) or one's own business (False) has rows: querysets of which one row is enough;
    None where other rooms say enough.
    """

    name: str
    label: Label
    remove: Callable[[Actor], int]
    load: Callable[[Actor, Any], int] | None = None
    present: Callable[[bool], Sequence[QuerySet[Any]]] | None = None
    order: int = 0


@dataclass(frozen=True)
class ImportColumn:
    """A field that a file's column may be mapped to. `headers` are the usual column titles, in both languages; `like`
    is what its values look like where a column has no title that anybody knows (see foundation.transfer.telling).
    """

    name: str
    label: Label
    kind: str  # text, number, decimal, date, datetime, phone, email, choice
    headers: Sequence[str] = ()
    required: bool = False
    key: bool = False
    icon: str = "text-size"
    like: str = ""  # name, given_name, family_name, city, national_code, day, birthday, amount
    known_by: bool = False  # rows may be known by it, though it is no code

    @property
    def may_be_key(self) -> bool:
        """Whether a row that is there already may be known by this column."""
        return self.key or self.known_by


@dataclass(frozen=True)
class ImportAsk:
    """What a person may say of a whole file in a word, as the list that its people go on.

    The writer finds it among its options under `name`. `known(actor)` are words that are there already; others may be
    typed. Without the `permission` nobody is asked.
    """

    name: str
    label: Label
    help: Label
    permission: str
    known: Callable[[Actor], Sequence[str]]


@dataclass(frozen=True)
class ImportShape:
    """A kind of file that can be imported, declared by the room that keeps it.

    `writer(actor, options)` gives the room's batch writer (see foundation.transfer.shapes.BatchWriter). `columns_for`
    turns the columns into those that an actor may fill: custom fields on top, hidden ones left out. `options` are what
    the writer can be told: "currency" and "tz"; "known" for what identifies a row that is there already ("key"),
    whether such a row is changed ("existing": update or skip), whether others are made ("missing": create or skip), and
    whether empty cells empty a field ("clear").
    """

    name: str  # "customers", "orders"
    label: Label
    help: Label
    icon: str
    columns: Sequence[ImportColumn]
    writer: Callable[..., Any]
    permission: str
    order: int = 0
    options: Sequence[str] = field(default_factory=tuple)  # of "currency", "tz", "known"
    asks: Sequence[ImportAsk] = field(default_factory=tuple)
    columns_for: Callable[[Actor, Sequence[ImportColumn]], Sequence[ImportColumn]] | None = None


@dataclass(frozen=True)
class PersonalTable:
    """What a table holds about people: how its rows are given out, erased, and follow a merge.

    A row is a person's by `person`, the column with the customer's id (and by each of `also`, where it is of two); or,
    where it is a part of another table's row, by `via`: (its column, that table), as order lines by ("order_id",
    "commerce_order").

    `columns` says of every column of the table what it is: "key" (ids and references), "technical" (flags, versions),
    "staff" (who of us), "identifying" (names, addresses, numbers), "descriptive" (attributes, figures, times),
    "content" (free text, files). A test holds every column of the database to one.

    `erase`: "delete" the rows; "blank" what `blank` gives as column → SQL expression over the row, and keep the rest
    (the law wants the invoice); "keep" where nothing is left to tell a person by. `files` are columns with ids of
    stored files.

    `merge`: "move" gives the rows to the one who stays (of those that collide on one of `unique`, tuples of further
    columns that are unique together with the person, theirs are kept), "drop" deletes them, "stay" leaves them alone,
    "custom" where a `MergeRule` of the same name does it.

    `carried`: whether the rows mean anything in another installation, where a person's data may be brought in; not what
    follows from other rows. `computed` are columns that the database fills by itself from other rows.
    """

    name: str  # the table
    label: Label
    columns: Mapping[str, str]
    person: str = "customer_id"
    via: tuple[str, str] | None = None
    erase: str = "delete"
    blank: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()
    merge: str = "move"
    unique: Sequence[Sequence[str]] = ()
    order: int = 0
    also: Sequence[str] = ()
    carried: bool = True
    computed: Sequence[str] = ()


@dataclass(frozen=True)
class Beside:
    """A table to whose rows a person's rows refer, as tags: given out beside them, and found again elsewhere by the
    columns `by`, or else made there.

    Only `columns` are given out where they are named, and only rows with `where` (a column and its value).
    """

    name: str  # the table
    by: Sequence[str]
    columns: Sequence[str] = ()
    where: tuple[str, str] | None = None


def classed(**names: str) -> Mapping[str, str]:
    """Columns by class, for a PersonalTable: classed(key="id customer_id", content="note")."""
    return {column: kind for kind, listed in names.items() for column in listed.split()}


@dataclass(frozen=True)
class ImpersonalTable:
    """A table that holds nothing about customers; `why` says so for the reader. `staff`: it is about our own people."""

    name: str  # the table
    why: str
    staff: bool = False


@dataclass(frozen=True)
class Trace:
    """A place outside the personal tables where somebody's name can stand by the way: the first lines of a file, an
    answer that is kept for a second asking, the words of a search that was kept.

    `forget(actor, somebody)` takes out what speaks of them (a foundation.text.mentions.Mentioned) in the business that
    the actor looks at, in the erasure's own transaction and outside any change set, and gives how many rows or files it
    touched. Files go after the commit. `busy(actor, somebody)` gives a sentence when they can't be forgotten just now,
    "" otherwise.
    """

    name: str
    label: Label
    forget: Callable[[Actor, Any], int]
    busy: Callable[[Actor, Any], str] | None = None
    order: int = 0


@dataclass(frozen=True)
class MergeRule:
    """How a table of the same name in a `PersonalTable` (merge "custom") follows a merge, inside its change set.

    `function(actor, kept_id, gone_id)` writes through the room's own rules.
    """

    name: str
    function: Callable[[Actor, int, int], None]


@dataclass(frozen=True)
class ExportShape:
    """A list that can be exported: `rows(actor, query)` yields a header row, then rows of plain values, by right;
    `count(actor, query)` says how many rows there will be, so that long work knows how far it is.
    """

    name: str
    label: Label
    permission: str
    rows: Callable[..., Any]
    order: int = 0
    count: Callable[..., int] | None = None
