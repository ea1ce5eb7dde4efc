"""What a room declares of its records, and how a field is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

PREFIX = "c."  # of the names of custom fields, so that they never meet a built-in one


class LazyChoices(Sequence[tuple[str, str]]):
    """Choices that are read when somebody asks for them, once: ids and names, as of colleagues."""

    def __init__(self, read: Callable[[], Iterable[tuple[int, str]]]) -> None:
        self._read = read
        self._rows: list[tuple[str, str]] | None = None

    def _all(self) -> list[tuple[str, str]]:
        if self._rows is None:
            self._rows = [(str(pk), name) for pk, name in self._read()]
        return self._rows

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
