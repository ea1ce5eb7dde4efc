"""The one way in: every contact is recorded here, by the room where it happened or by staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from peyvand.events.interactions import InteractionsRecorded, InteractionsRemoved
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions import access
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction

NOTE = "note"
CALL = "call"
MEETING = "meeting"
OWN_KINDS = (NOTE, CALL, MEETING)
TEXT_LENGTH = 20_000
EVENT_SIZE = 5_000
DIRECTIONS = ("in", "out", "")


class InvalidError(ValueError):
    """Values that can't be kept; `errors` says, by field, what to type instead."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(message) for message in errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class InteractionRow:
    """One contact to record; see models.Interaction for the units."""

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


_COLUMNS = (
    "kind", "at", "customer_id", "channel", "direction", "staff_id", "source_kind", "source_id", "cost_minor",
    "cost_currency", "duration_s", "sentiment", "dedupe_key", "payload",
)  # fmt: skip
_TYPES = (
    "text", "timestamptz", "bigint", "text", "text", "bigint", "text", "bigint", "bigint", "text", "int", "smallint",
    "text", "jsonb",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_INSERT = f"""
INSERT INTO interactions_interaction (demo, {_NAMES})
SELECT %s, {", ".join(f"r.{name}" for name in _COLUMNS if name != "customer_id").replace("r.at,", "r.at, c.id,")}
  FROM unnest({", ".join(f"%s::{kind}[]" for kind in _TYPES)}) WITH ORDINALITY AS r ({_NAMES}, place)
  LEFT JOIN customers_customer c ON c.id = r.customer_id AND c.demo = %s
 WHERE r.customer_id IS NULL OR c.id IS NOT NULL
 ORDER BY r.place
ON CONFLICT (demo, dedupe_key) DO NOTHING
RETURNING id, customer_id, kind
"""


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
) -> Interaction:
    """Record one contact; with a dedupe key that is known already, the one recorded before is returned.

    The right to do what is recorded is the caller's to check. UnknownNameError for a kind that no room declares;
    Customer.DoesNotExist for a customer of the other business.
    """
    customer_id = customer.pk if isinstance(customer, Customer) else customer
    row = InteractionRow(
        kind=kind, at=at, customer_id=customer_id, channel=channel, direction=direction, staff_id=staff_id,
        source_kind=source_kind, source_id=source_id, cost_minor=cost_minor, cost_currency=cost_currency,
        duration_s=duration_s, sentiment=sentiment, dedupe_key=dedupe_key, payload=payload or {},
    )  # fmt: skip
    made = _insert(actor=actor, rows=[row])
    if made:
        fresh: Interaction = Interaction.objects.select_related("customer", "staff").get(pk=made[0])
        return fresh
    if dedupe_key is None:
        raise Customer.DoesNotExist
    known: Interaction | None = Interaction.objects.filter(demo=actor.demo, dedupe_key=dedupe_key).first()
    if known is None:
        raise Customer.DoesNotExist
    return known


def record_many(*, actor: Actor, rows: Sequence[InteractionRow]) -> int:
    """Record many contacts in one statement, passing over those whose dedupe key is known; gives how many were new.

    Rows of a customer who is gone, or of the other business, are passed over as well. UnknownNameError for a kind that
    no room declares. Joins the caller's change set, or opens one.
    """
    return len(_insert(actor=actor, rows=rows))


def _insert(*, actor: Actor, rows: Sequence[InteractionRow]) -> list[int]:
    if not rows:
        return []
    kinds = {row.kind: registry.get(InteractionKind, row.kind) for row in rows}
    columns: list[list[Any]] = [[] for _name in _COLUMNS]
    for row in rows:
        if row.at.tzinfo is None:
            raise ValueError("a moment without time zone")
        for column, name in zip(columns, _COLUMNS, strict=True):
            value = getattr(row, name)
            if name == "channel" and not value:
                value = kinds[row.kind].channel
            column.append(Jsonb(dict(value)) if name == "payload" else value)
    title = str(kinds[rows[0].kind].label) if len(kinds) == 1 else gettext("Interactions")
    with change_set(actor=actor, kind="edit", title=title), connection.cursor() as cursor:
        cursor.execute(_INSERT, [actor.demo, *columns, actor.demo])
        made = cursor.fetchall()
        for start in range(0, len(made), EVENT_SIZE):
            some = made[start : start + EVENT_SIZE]
            publish(
                InteractionsRecorded(
                    interaction_ids=tuple(pk for pk, _customer, _kind in some),
                    customer_ids=tuple(sorted({customer for _pk, customer, _kind in some if customer is not None})),
                    kinds=tuple(sorted({kind for _pk, _customer, kind in some})),
                    demo=actor.demo,
                ),
                actor=actor,
            )
    return [pk for pk, _customer, _kind in made]


# ── what staff record ─────────────────────────────────────────────────────


def note_add(*, actor: Actor, customer: Customer, text: str, at: datetime | None = None) -> Interaction:
    """Write a note on a customer, for colleagues."""
    return _by_staff(actor=actor, customer=customer, kind=NOTE, at=at, payload={"text": _text(text, needed=True)})


def call_log(
    *,
    actor: Actor,
    customer: Customer,
    text: str = "",
    direction: str = "out",
    at: datetime | None = None,
    duration_s: int | None = None,
    cost_minor: int | None = None,
    cost_currency: str = "",
    sentiment: int | None = None,
) -> Interaction:
    """Log a telephone call, to (out) or from (in) the customer; the cost is what it cost us, in minor units."""
    if direction not in ("in", "out"):
        raise InvalidError({"direction": _("Say who called: we or the customer.")})
    return _by_staff(
        actor=actor, customer=customer, kind=CALL, at=at, direction=direction, duration_s=duration_s,
        cost_minor=cost_minor, cost_currency=cost_currency, sentiment=sentiment,
        payload={"text": _text(text, needed=False)},
    )  # fmt: skip


def meeting_log(
    *,
    actor: Actor,
    customer: Customer,
    text: str = "",
    place: str = "",
    at: datetime | None = None,
    duration_s: int | None = None,
    cost_minor: int | None = None,
    cost_currency: str = "",
    sentiment: int | None = None,
) -> Interaction:
    """Log a meeting with the customer; the cost is what it cost us, in minor units."""
    return _by_staff(
        actor=actor, customer=customer, kind=MEETING, at=at, duration_s=duration_s, cost_minor=cost_minor,
        cost_currency=cost_currency, sentiment=sentiment,
        payload={"text": _text(text, needed=False), "place": place.strip()[:200]},
    )  # fmt: skip


def interaction_delete(*, actor: Actor, interaction: Interaction) -> int:
    """Take back a note, call or meeting; gives the change set that brings it again.

    What other rooms recorded goes only with what it stands for. Raises NotAllowed and Interaction.DoesNotExist.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        found = (
            Interaction.objects.visible_to(actor, access.EDIT)
            .select_for_update(of=("self",))
            .get(pk=interaction.pk, kind__in=OWN_KINDS)
        )
        title = gettext("%(kind)s removed") % {"kind": registry.get(InteractionKind, found.kind).label}
        with change_set(actor=actor, kind="edit", title=title) as made:
            customer_ids = () if found.customer_id is None else (found.customer_id,)
            removed = InteractionsRemoved(interaction_ids=(found.pk,), customer_ids=customer_ids, demo=found.demo)
            publish(removed, actor=actor)
            found.delete()
    return made.pk


def _text(text: str, *, needed: bool) -> str:
    kept = text.replace("\x00", "").strip()
    if needed and not kept:
        raise InvalidError({"text": _("Write what happened.")})
    if len(kept) > TEXT_LENGTH:
        raise InvalidError({"text": _("This is too long for a note; attach it to the record it belongs to.")})
    return kept


def _by_staff(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    at: datetime | None,
    payload: Mapping[str, Any],
    duration_s: int | None = None,
    cost_minor: int | None = None,
    cost_currency: str = "",
    direction: str = "",
    sentiment: int | None = None,
) -> Interaction:
    """Check the right over this customer and the figures, then record in the actor's name."""
    actor.require(access.EDIT)
    now = timezone.now()
    moment = at or now
    errors: dict[str, Label] = {}
    if moment > now + timedelta(minutes=5):
        errors["at"] = _("Log what has happened; this lies ahead.")
    if duration_s is not None and not 0 <= duration_s <= 7 * 86_400:
        errors["duration"] = _("The duration is between 0 minutes and 7 days.")
    if cost_minor is not None and (not 0 <= cost_minor < 10**15 or not is_currency(cost_currency)):
        errors["cost"] = _("Type the cost as a number, zero or more.")
    if sentiment is not None and not -100 <= sentiment <= 100:
        errors["sentiment"] = _("The mood is between -100 and 100.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        within = access.customers_within(actor, access.EDIT)
        if not within.filter(pk=customer.pk).exists():
            raise Customer.DoesNotExist
        return record(
            actor=actor, kind=kind, at=moment, customer=customer, direction=direction, staff_id=actor.user_id,
            cost_minor=cost_minor, cost_currency=cost_currency if cost_minor is not None else "",
            duration_s=duration_s, sentiment=sentiment, payload=payload,
        )  # fmt: skip


def sample_remove(actor: Actor) -> int:
    """Remove the interactions of the sample business; gives how many went."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM interactions_interaction WHERE demo")
        return int(cursor.rowcount)


_RETOUCH = """
UPDATE customers_customer c SET last_interaction_at = l.at
  FROM (SELECT customer_id, max(at) AS at FROM interactions_interaction
         WHERE customer_id IN (SELECT customer_id FROM interactions_interaction WHERE id = ANY(%s)) GROUP BY 1) l
 WHERE c.id = l.customer_id AND c.last_interaction_at IS DISTINCT FROM l.at
"""


def retouch(interaction_ids: Sequence[int]) -> None:
    """After an undo: customers who came back later than their interactions get the day of their last touch again."""
    with connection.cursor() as cursor:
        cursor.execute(_RETOUCH, [list(interaction_ids)])
