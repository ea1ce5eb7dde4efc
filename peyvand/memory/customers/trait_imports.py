"""What is known of customers coming in from a file, a line each: who, what, and the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.foundation.transfer.parsing import CellError, read_decimal
from peyvand.foundation.transfer.shapes import Row, Writer
from peyvand.memory.customers import access
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.known import known_ids
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services.touching import touch
from peyvand.memory.customers.services.traits import IMPORT, is_computed, said_name, trait_errors, traits_say

COMPUTED = "customers.computed"
BAD_ROW = "customers.bad_fact"


class TraitWriter(Writer):
    """Writes what is known. A value that is a number is kept as one; the same again is left."""

    def __init__(self, actor: Actor, options: Mapping[str, Any]) -> None:
        super().__init__()
        self.actor = actor

    def prepare(self) -> None:
        """Only who may change customers says anything of them."""
        self.actor.require(access.EDIT)

    def write(self, rows: Sequence[Row]) -> None:
        """One batch: whom each row means, and what it says of them."""
        reach = Customer.objects.visible_to(self.actor, access.EDIT)
        said: dict[tuple[int, str], TraitRow] = {}
        for row, pk in known_ids(actor=self.actor, rows=rows, writer=self, reach=reach):
            one = self._read(row, pk)
            if one is not None:
                said[pk, one.name] = one
        done = traits_say(actor=self.actor, rows=said.values(), source=IMPORT)
        changed = sorted({*done.new, *done.changed})
        self.new += len(done.new)
        self.updated += len(done.changed)
        self.unchanged += max(0, len({pk for pk, _name in said}) - len(changed))
        self.totals["traits"] = self.totals.get("traits", 0) + len(said)
        if changed:
            touch(changed)
            event = CustomersChanged(customer_ids=tuple(changed), fields=("traits",), demo=self.actor.demo)
            publish(event, actor=self.actor)

    def _read(self, row: Row, pk: int) -> TraitRow | None:
        name, value = said_name(str(row.values.get("what", ""))), clean(str(row.values.get("value", "")))
        if is_computed(name):
            self.skip(row, COMPUTED, column="what", value=name)
            return None
        number = _number(value)
        one = TraitRow(pk, name, "" if number is not None else value, number, at=row.values.get("at"))
        if trait_errors(one):
            self.skip(row, BAD_ROW, value=f"{name}: {value}"[:80])
            return None
        return one


def _number(text: str) -> Decimal | None:
    """The value as a number where it is one; codes that begin with a zero are words."""
    if text.startswith("0") and len(text) > 1 and text[1:2].isdigit():
        return None
    try:
        return read_decimal(text)
    except CellError:
        return None
