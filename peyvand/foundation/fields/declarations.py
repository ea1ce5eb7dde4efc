"""What a room declares of its records, and how a field is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from django.db.models import Q
from django.db.models.expressions import Combinable

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

if TYPE_CHECKING:
    from peyvand.foundation.fields.conditions import Condition

PREFIX = "c."  # of the names of custom fields, so that they never meet a built-in one


class LazyChoices(Sequence[tuple[str, str]]):
    """Choices that are read when somebody asks for them, once: ids or keys, and names, as of colleagues.

    Those of `retired` are only read where they were chosen; they are offered no more.
    """

    def __init__(
        self, read: Callable[[], Iterable[tuple[int | str, str]]], retired: Callable[[], Iterable[str]] | None = None
    ) -> None:
        self._read = read
        self._retired = retired
        self._rows: list[tuple[str, str]] | None = None

    def _all(self) -> list[tuple[str, str]]:
        if self._rows is None:
            self._rows = [(str(key), name) for key, name in self._read()]
        return self._rows

    def offered(self) -> list[tuple[str, str]]:
        """The choices that one may make today."""
        rows = self._all()
        retired = set(self._retired()) if self._retired is not None else set()
        return [row for row in rows if row[0] not in retired]

    @overload
    def __getitem__(self, at: int) -> tuple[str, str]: ...

    @overload
    def __getitem__(self, at: slice) -> list[tuple[str, str]]: ...

    def __getitem__(self, at: int | slice) -> tuple[str, str] | list[tuple[str, str]]:
        return self._all()[at]

    def __len__(self) -> int:
        return len(self._all())


@dataclass(frozen=True)
class Field:
    """A field of a record, built in or added by people.

    `kind` is one of kinds.FieldKind. `path` is a built-in field's path for the ORM, "" for a custom one, which lies
    under its `key` in the record's `custom`. `edited` is the name under which the room's verbs take the value, "" where
    nobody types it. `choices` are (value, label).

    A field that is not simply a column says how it is asked for (`asks`: the condition as a Q on the record), in which
    ways where these are not those of its kind (`operators`), with which values besides the choices (`also`, as "me"
    among colleagues), and how that is said where its kind's words don't fit (`words`). `order` gives what to sort by
    where that isn't the value itself.
    """

    name: str
    label: Label
    kind: str
    icon: str = "forms"
    path: str = ""
    edited: str = ""
    choices: Sequence[tuple[str, Label]] = ()
    currency: str = ""
    help: Label = ""
    required: bool = False
    column: bool = True  # may stand in a list
    condition: bool = True  # may be asked for
    sortable: bool = False
    listed: bool = False  # stands in a list at first
    hideable: bool = True  # may be kept from a role
    operators: Sequence[str] = ()
    also: Sequence[tuple[str, Label]] = ()
    words: Mapping[str, Label] = field(default_factory=dict)
    asks: Callable[[Condition], Q] | None = None
    order: Callable[[], Combinable] | None = None

    @property
    def offered(self) -> Sequence[tuple[str, Label]]:
        """The choices that one may make today."""
        return self.choices.offered() if isinstance(self.choices, LazyChoices) else self.choices

    @property
    def custom(self) -> bool:
        """Whether people have added it."""
        return self.name.startswith(PREFIX)

    @property
    def key(self) -> str:
        """A custom field's key in `custom`."""
        return self.name.removeprefix(PREFIX)


@dataclass(frozen=True)
class RecordType:
    """A kind of record that custom fields, conditions and views are about.

    `fields(actor)` gives the built-in fields; `kept(demo, key)` how many records hold a value of a custom field;
    `list_url` is the name of the list's address and `view` the right to read it.
    """

    name: str  # "customer"
    label: Label
    list_url: str
    view: str
    fields: Callable[[Actor], Sequence[Field]]
    kept: Callable[[bool, str], int]


@dataclass(frozen=True)
class MoreFields:
    """What a higher room knows of another's records, to be asked for in their lists: as what a customer allows."""

    name: str
    record: str
    fields: Callable[[Actor], Sequence[Field]]
