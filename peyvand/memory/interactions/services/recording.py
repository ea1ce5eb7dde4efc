"""The one way in: every contact is recorded here, by the room where it happened or by staff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from peyvand.events.interactions import InteractionsRecorded
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction

EVENT_SIZE = 5_000
DIRECTIONS = ("in", "out", "")
SEARCHED_LENGTH = 4_000


@dataclass(frozen=True)
class InteractionRow:
    """One contact to record; see models.Interaction for the units.

    `identity_kind`, `identity_system` and `identity_key` say by what an unknown customer was recognised (as in
    customers.Identity): the row comes to the one customer who has that identity, now or when they are known (`attach`).
    """

    kind: str
    at: datetime
    customer_id: int | None = None
    channel: str = ""
    direction: str = ""
    staff_id: int | None = None
    source_kind: str = ""
    source_id: int | None = None
    cost_minor: int | None = None
    cost_currency: str = ""
    duration_s: int | None = None
    sentiment: int | None = None
    dedupe_key: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    visibility: str = "all"
    identity_kind: str = ""
    identity_system: str = ""
    identity_key: str = ""


_COLUMNS = {
    "kind": "text", "at": "timestamptz", "customer_id": "bigint", "channel": "text", "direction": "text",
    "staff_id": "bigint", "source_kind": "text", "source_id": "bigint", "cost_minor": "bigint", "cost_currency": "text",
    "duration_s": "int", "sentiment": "smallint", "dedupe_key": "text", "payload": "jsonb", "visibility": "text",
    "identity_kind": "text", "identity_system": "text", "identity_key": "text", "search_key": "text", "place": "int",
}  # fmt: skip
_NAMES = [name for name in _COLUMNS if name != "place"]
# The rows come as one JSON text: written and read by C on both sides, several times quicker than arrays of parameters.
_INSERT = f"""
INSERT INTO interactions_interaction (demo, {", ".join(_NAMES)})
SELECT %s, {", ".join("coalesce(c.id, k.id)" if name == "customer_id" else f"r.{name}" for name in _NAMES)}
  FROM json_to_recordset(%s::json) AS r ({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
  LEFT JOIN customers_customer c ON c.id = r.customer_id AND c.demo = %s
  LEFT JOIN LATERAL (
    SELECT min(i.customer_id) AS id FROM customers_identity i
     WHERE r.customer_id IS NULL AND r.identity_key <> '' AND i.demo = %s AND i.kind = r.identity_kind
       AND i.key = r.identity_key AND i.system = r.identity_system
    HAVING count(*) = 1
  ) k ON r.customer_id IS NULL AND r.identity_key <> ''
 WHERE r.customer_id IS NULL OR c.id IS NOT NULL
 ORDER BY r.place
ON CONFLICT (demo, dedupe_key) DO NOTHING
RETURNING id, customer_id, kind, dedupe_key
"""


@dataclass(frozen=True)
class Made:
    """A row that was new."""

    id: int
    customer_id: int | None
    kind: str
    dedupe_key: str | None


def record(
    *,
    actor: Actor,
    kind: str,
    at: datetime,
    customer: Customer | int | None = None,
    channel: str = "",
    direction: str = "",
    staff_id: int | None = None,
    source_kind: str = "",
    source_id: int | None = None,
    cost_minor: int | None = None,
    cost_currency: str = "",
    duration_s: int | None = None,
    sentiment: int | None = None,
    dedupe_key: str | None = None,
    payload: Mapping[str, Any] | None = None,
    visibility: str = "all",
    identity: tuple[str, str, str] = ("", "", ""),
) -> Interaction:
    """Record one contact; with a dedupe key that is known already, the one recorded before is returned.

    The right to do what is recorded is the caller's to check. `identity` is (kind, system, key) of an unknown customer.
    UnknownNameError for a kind that no room declares; Customer.DoesNotExist for a customer of the other business.
    """
    customer_id = customer.pk if isinstance(customer, Customer) else customer
    row = InteractionRow(
        kind=kind, at=at, customer_id=customer_id, channel=channel, direction=direction, staff_id=staff_id,
        source_kind=source_kind, source_id=source_id, cost_minor=cost_minor, cost_currency=cost_currency,
        duration_s=duration_s, sentiment=sentiment, dedupe_key=dedupe_key, payload=payload or {}, visibility=visibility,
        identity_kind=identity[0], identity_system=identity[1], identity_key=identity[2],
    )  # fmt: skip
    found: Interaction = Interaction.objects.select_related("customer", "staff").get(pk=recorded(actor=actor, row=row))
    return found


def recorded(*, actor: Actor, row: InteractionRow) -> int:
    """As `record`; gives the id of the row, which may have been there before. Customer.DoesNotExist."""
    if made := insert(actor=actor, rows=[row]):
        return made[0].id
    known = Interaction.objects.filter(demo=actor.demo, dedupe_key=row.dedupe_key or "").values_list("pk", flat=True)
    if row.dedupe_key is None or (found := known.first()) is None:
        raise Customer.DoesNotExist
    return found


def record_many(*, actor: Actor, rows: Sequence[InteractionRow]) -> int:
    """Record many contacts in one statement, passing over those whose dedupe key is known; gives how many were new.

    Rows of a customer who is gone, or of the other business, are passed over as well. UnknownNameError for a kind that
    no room declares. Joins the caller's change set, or opens one. A thousand rows at once is a good measure.
    """
    return len(insert(actor=actor, rows=rows))


def insert(*, actor: Actor, rows: Sequence[InteractionRow]) -> list[Made]:
    """As `record_many`; gives those that were new."""
    if not rows:
        return []
    kinds = {name: registry.get(InteractionKind, name) for name in {row.kind for row in rows}}
    if any(row.at.tzinfo is None for row in rows):
        raise ValueError("a moment without time zone")
    plain = [_plain_row(row, kinds[row.kind], place) for place, row in enumerate(rows)]
    text = json.dumps(plain, default=_plain, ensure_ascii=False, separators=(",", ":"))
    title = str(kinds[rows[0].kind].label) if len(kinds) == 1 else gettext("Interactions")
    with change_set(actor=actor, kind="edit", title=title), connection.cursor() as cursor:
        cursor.execute(_INSERT, [actor.demo, text, actor.demo, actor.demo])
        made = [Made(*found) for found in cursor.fetchall()]
        for start in range(0, len(made), EVENT_SIZE):
            some = made[start : start + EVENT_SIZE]
            publish(
                InteractionsRecorded(
                    interaction_ids=tuple(one.id for one in some),
                    customer_ids=tuple(sorted({one.customer_id for one in some if one.customer_id is not None})),
                    kinds=tuple(sorted({one.kind for one in some})),
                    demo=actor.demo,
                ),
                actor=actor,
            )
    return made


@dataclass(frozen=True)
class Grown:
    """A contact that went on: what it holds by now. `duration_s` in seconds."""

    id: int
    payload: Mapping[str, Any]
    duration_s: int | None = None


_GROW = """
UPDATE interactions_interaction i
   SET payload = r.payload, duration_s = r.duration_s, search_key = r.search_key, version = i.version + 1
  FROM json_to_recordset(%s::json) AS r (id bigint, payload jsonb, duration_s int, search_key text)
 WHERE i.id = r.id AND i.demo = %s AND i.kind = %s
   AND (i.payload, i.duration_s) IS DISTINCT FROM (r.payload, r.duration_s)
RETURNING i.id
"""


def grow(*, actor: Actor, kind: str, rows: Sequence[Grown]) -> int:
    """Contacts of one kind that lasted longer than when they were recorded, as a visit does; gives how many changed.

    For the room that recorded them. Joins the caller's change set, or opens one.
    """
    if not rows:
        return 0
    declared = registry.get(InteractionKind, kind)
    plain = [{**one.__dict__, "search_key": search_key_of(declared, one.payload)} for one in rows]
    text = json.dumps(plain, default=_plain, ensure_ascii=False, separators=(",", ":"))
    with change_set(actor=actor, kind="edit", title=str(declared.label)), connection.cursor() as cursor:
        cursor.execute(_GROW, [text, actor.demo, kind])
        return len(cursor.fetchall())


def _plain_row(row: InteractionRow, kind: InteractionKind, place: int) -> dict[str, Any]:
    found = {**row.__dict__, "search_key": search_key_of(kind, row.payload), "place": place}
    if not row.channel:
        found["channel"] = kind.channel
    return found


def search_key_of(kind: InteractionKind, payload: Mapping[str, Any]) -> str:
    """The key by which the interaction's text is found; "" where it has none."""
    said = [payload[name] for name in kind.searched if payload.get(name)]
    return fa_key(" ".join(map(str, said)))[:SEARCHED_LENGTH] if said else ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a payload holds plain values, not {type(value).__name__}")
