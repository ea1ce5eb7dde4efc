"""Verbs on traits: what insight computes of customers, written many at a time, and what people say of them.

Changes of computed ones are not kept (they are computed again); of said ones they are, so that they can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.customers import access
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.declarations import TraitKind
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.customers.services.touching import editable, touch

STAFF, IMPORT, API = "staff", "import", "api"
SAID = (STAFF, IMPORT, API)  # sources that are people's word
NAME_LENGTH, TEXT_LENGTH = 80, 500
NUMBER_BOUND = Decimal(10) ** 24
EARLIEST, LATEST = date(1850, 1, 1), date(2200, 1, 1)
MOST = 100  # said of one customer
_BY_ITSELF = _("This is computed by Peyvand itself; choose another name.")

_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS customers_trait_in (
  customer_id bigint, name text, text text, number numeric, currency text, at date
) ON COMMIT DELETE ROWS;
TRUNCATE customers_trait_in
"""
_COPY = "COPY customers_trait_in (customer_id, name, text, number, currency, at) FROM STDIN"
_UPSERT = """
INSERT INTO customers_trait AS kept (demo, customer_id, name, text, number, currency, at, source, computed_at)
SELECT DISTINCT ON (i.customer_id, i.name)
       %(demo)s, i.customer_id, i.name, i.text, i.number, i.currency, i.at, %(source)s, statement_timestamp()
  FROM customers_trait_in i JOIN customers_customer c ON c.id = i.customer_id AND c.demo = %(demo)s
 ORDER BY i.customer_id, i.name
ON CONFLICT (customer_id, name) DO UPDATE
   SET text = excluded.text, number = excluded.number, currency = excluded.currency, at = excluded.at,
       source = excluded.source, computed_at = excluded.computed_at
"""
_REST = """
DELETE FROM customers_trait t
 WHERE t.demo = %(demo)s AND t.source = %(source)s
   AND NOT EXISTS (SELECT FROM customers_trait_in i WHERE i.customer_id = t.customer_id AND i.name = t.name)
"""


def traits_write(*, actor: Actor, rows: Iterable[TraitRow], source: str, replace: bool = False) -> int:
    """Write traits by (customer, name), each replacing the one before; gives how many stand now.

    With `replace` the traits of that source that are not among the rows go. Customers who are gone, or of the other
    business, are passed over. The right to compute is the caller's to check; in the caller's transaction, if any.
    """
    if source in SAID:
        raise ValueError("what people say is written by trait_set and traits_say")
    with transaction.atomic(), unkept() as cursor:
        _incoming(cursor, rows)
        cursor.execute(_UPSERT, {"demo": actor.demo, "source": source})
        written: int = cursor.rowcount
        if replace:
            cursor.execute(_REST, {"demo": actor.demo, "source": source})
        cursor.execute("TRUNCATE customers_trait_in")
    return written


def traits_clear(*, actor: Actor, names: Collection[str] = (), source: str = "") -> int:
    """Remove traits by name, by source, or by both; gives how many went. With neither it does nothing."""
    conditions = ["demo = %(demo)s"]
    if names:
        conditions.append("name = ANY(%(names)s)")
    if source:
        conditions.append("source = %(source)s")
    if len(conditions) == 1:
        return 0
    with transaction.atomic(), unkept() as cursor:
        cursor.execute(
            f"DELETE FROM customers_trait WHERE {' AND '.join(conditions)}",
            {"demo": actor.demo, "names": list(names), "source": source},
        )
        return int(cursor.rowcount)


@contextmanager
def unkept() -> Iterator[CursorWrapper]:
    """A cursor, in the caller's transaction, whose changes of traits are not kept: they can be computed again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('peyvand.computing', 'on', true)")
        yield cursor
        cursor.execute("SELECT set_config('peyvand.computing', '', true)")


def computed_forget(customer_ids: Sequence[int]) -> None:
    """Take away what was computed of customers who are about to go; what people said of them goes with them."""
    with unkept() as cursor:
        cursor.execute(
            "DELETE FROM customers_trait WHERE customer_id = ANY(%s) AND NOT source = ANY(%s)",
            [list(customer_ids), list(SAID)],
        )


def _incoming(cursor: CursorWrapper, rows: Iterable[TraitRow]) -> None:
    cursor.execute(_INCOMING)
    with cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((row.customer_id, row.name, row.text, row.number, row.currency, row.at))
    cursor.execute("ANALYZE customers_trait_in")


# ── what people say ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Said:
    """What became of rows that somebody said."""

    new: Sequence[int]  # ids of customers who had none of that name
    changed: Sequence[int]  # of those whose trait is another now


def trait_set(
    *, actor: Actor, customer: Customer, name: str, text: str = "", number: Decimal | None = None, currency: str = "",
    at: date | None = None, source: str = STAFF,
) -> Trait:  # fmt: skip
    """Say something of a customer under a name, in place of what was said under it; words or a number, not both.

    `at` is the day it speaks of. Raises NotAllowed, Customer.DoesNotExist, and InvalidError: for a name that is
    computed, since the next computation would write over it.
    """
    actor.require(access.EDIT)
    row = TraitRow(customer.pk, said_name(name), clean(text), number, currency, at)
    errors = trait_errors(row)
    if is_computed(row.name):
        errors["name"] = _BY_ITSELF
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=customer.pk)
        if Trait.objects.filter(customer=kept, name=row.name).exclude(source__in=SAID).exists():
            raise InvalidError({"name": _BY_ITSELF})
        said = Trait.objects.filter(customer=kept, source__in=SAID)
        if not said.filter(name=row.name).exists() and said.count() >= MOST:
            raise InvalidError({"name": gettext("At most %(most)s things are said of a customer.") % {"most": MOST}})
        title = gettext("“%(what)s” of %(name)s") % {"what": row.name, "name": kept.name}
        with change_set(actor=actor, kind="edit", title=title):
            values = {
                "text": row.text, "number": row.number, "currency": row.currency, "at": row.at, "source": source,
                "by_name": actor.name[:200], "computed_at": timezone.now(),
            }  # fmt: skip
            made, _new = Trait.objects.update_or_create(
                customer=kept, name=row.name, defaults=values, create_defaults={**values, "demo": kept.demo}
            )
            _tell(actor, [kept.pk])
    return made


def traits_set(
    *, actor: Actor, customer: Customer, facts: Sequence[Mapping[str, Any]], source: str = STAFF
) -> list[Trait]:
    """Say several things of a customer, all of them or none; InvalidError by place ("facts.1.text")."""
    made = []
    errors: dict[str, Label] = {}
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=customer.pk)
        title = gettext("What is known of %(name)s") % {"name": kept.name}
        with change_set(actor=actor, kind="edit", title=title):
            for place, fact in enumerate(facts):
                try:
                    made.append(trait_set(actor=actor, customer=kept, source=source, **fact))
                except InvalidError as error:
                    errors |= {f"facts.{place}.{name}": message for name, message in error.errors.items()}
            if errors:
                raise InvalidError(errors)
    return made


def trait_remove(*, actor: Actor, trait: Trait) -> None:
    """Take back what was said; what is computed would only come again, and stays. Raises InvalidError for that."""
    actor.require(access.EDIT)
    if trait.source not in SAID:
        raise InvalidError({"name": _("This is computed by Peyvand itself, and would only come again.")})
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=trait.customer_id)
        title = gettext("“%(what)s” of %(name)s") % {"what": trait.name, "name": kept.name}
        with change_set(actor=actor, kind="edit", title=title):
            Trait.objects.filter(pk=trait.pk).delete()
            _tell(actor, [kept.pk])


_SAY = """
WITH said AS (
  SELECT DISTINCT ON (i.customer_id, i.name) i.* FROM customers_trait_in i
    JOIN customers_customer c ON c.id = i.customer_id AND c.demo = %(demo)s
   ORDER BY i.customer_id, i.name
), written AS (
  INSERT INTO customers_trait AS kept
         (demo, customer_id, name, text, number, currency, at, source, by_name, computed_at)
  SELECT %(demo)s, customer_id, name, text, number, currency, at, %(source)s, %(by)s, statement_timestamp() FROM said
  ON CONFLICT (customer_id, name) DO UPDATE
     SET text = excluded.text, number = excluded.number, currency = excluded.currency, at = excluded.at,
         source = excluded.source, by_name = excluded.by_name, computed_at = excluded.computed_at
   WHERE kept.source = ANY(%(people)s)
     AND (kept.text, kept.number, kept.currency, kept.at) IS DISTINCT FROM
         (excluded.text, excluded.number, excluded.currency, excluded.at)
  RETURNING customer_id, (xmax = 0) AS fresh
)
SELECT customer_id, bool_or(fresh) FROM written GROUP BY 1 ORDER BY 1
"""


def traits_say(*, actor: Actor, rows: Iterable[TraitRow], source: str) -> Said:
    """Write what people say of many customers, in one statement and in the caller's change set.

    The rows are checked (`trait_errors`), and so is the right over the customers, by the caller. What is computed under
    one of the names stays as it is.
    """
    if source not in SAID:
        raise ValueError(f"{source!r} is not people's word")
    with connection.cursor() as cursor:
        _incoming(cursor, rows)
        cursor.execute(
            _SAY, {"demo": actor.demo, "source": source, "by": actor.name[:200], "people": list(SAID)}
        )  # fmt: skip
        found = cursor.fetchall()
        cursor.execute("TRUNCATE customers_trait_in")
    return Said([pk for pk, fresh in found if fresh], [pk for pk, fresh in found if not fresh])


def said_name(name: str) -> str:
    """A name as it is kept: trimmed, with single spaces."""
    return " ".join(clean(name).split())


def trait_errors(row: TraitRow) -> dict[str, Label]:
    """What is wrong with a row that somebody says, by field; nothing when it can be kept."""
    errors: dict[str, Label] = {}
    if not fa_key(row.name) or len(row.name) > NAME_LENGTH or any(mark in row.name for mark in ",\x00"):
        errors["name"] = _("Give it a name of 1 to 80 letters, without a comma.")
    if not row.text and row.number is None:
        errors["text"] = _("Type what is known.")
    if row.text and row.number is not None:
        errors["text"] = _("Give words or a number, not both.")
    if len(row.text) > TEXT_LENGTH:
        errors["text"] = _("Say it in at most 500 letters.")
    if row.number is not None and not _fits(row.number):
        errors["number"] = _("This number is too large or has too many places.")
    if row.currency and (row.number is None or not is_currency(row.currency)):
        errors["currency"] = _("Choose a currency, for a number only.")
    if row.at is not None and not EARLIEST <= row.at <= LATEST:
        errors["at"] = _("This can't be the day.")
    return errors


def _fits(number: Decimal) -> bool:
    return number.is_finite() and abs(number) < NUMBER_BOUND and -int(number.as_tuple().exponent) <= 6


def is_computed(name: str) -> bool:
    """Whether a room computes traits of this name, so that nobody says them."""
    return any(
        not one.said and (name == one.name or (one.family and name.startswith(f"{one.name}.")))
        for one in registry.all(TraitKind)
    )


def _tell(actor: Actor, ids: Sequence[int]) -> None:
    touch(ids)
    publish(CustomersChanged(customer_ids=tuple(ids), fields=("traits",), demo=actor.demo), actor=actor)
