"""What staff record by hand, and take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.interactions import InteractionsRemoved
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions import access
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction, Visibility
from peyvand.memory.interactions.services.errors import InvalidError
from peyvand.memory.interactions.services.recording import record

NOTE = "note"
CALL = "call"
MEETING = "meeting"
OWN_KINDS = (NOTE, CALL, MEETING)
TEXT_LENGTH = 20_000
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def note_add(
    *, actor: Actor, customer: Customer, text: str, at: datetime | None = None, visibility: str = Visibility.ALL
) -> Interaction:
    """Write a note on a customer, for colleagues; `visibility` keeps it for oneself or one's teams."""
    return _by_staff(
        actor=actor, customer=customer, kind=NOTE, at=at, visibility=visibility,
        payload={"text": plain_text(text, needed=True)},
    )  # fmt: skip


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
    visibility: str = Visibility.ALL,
) -> Interaction:
    """Log a telephone call, to (out) or from (in) the customer; the cost is what it cost us, in minor units."""
    if direction not in ("in", "out"):
        raise InvalidError({"direction": _("Say who called: we or the customer.")})
    return _by_staff(
        actor=actor, customer=customer, kind=CALL, at=at, direction=direction, duration_s=duration_s,
        cost_minor=cost_minor, cost_currency=cost_currency, sentiment=sentiment,
        visibility=visibility, payload={"text": plain_text(text, needed=False)},
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
    visibility: str = Visibility.ALL,
) -> Interaction:
    """Log a meeting with the customer; the cost is what it cost us, in minor units."""
    return _by_staff(
        actor=actor, customer=customer, kind=MEETING, at=at, duration_s=duration_s, cost_minor=cost_minor,
        cost_currency=cost_currency, sentiment=sentiment, visibility=visibility,
        payload={"text": plain_text(text, needed=False), "place": place.strip()[:200]},
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


def plain_text(text: str, *, needed: bool) -> str:
    """The text as it is kept; InvalidError when there must be one and isn't, or it is too long."""
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
    visibility: str = Visibility.ALL,
) -> Interaction:
    """Check the right over this customer and the figures, then record in the actor's name."""
    actor.require(access.EDIT)
    moment = at or timezone.now()
    checked(
        at=moment, duration_s=duration_s, cost_minor=cost_minor, cost_currency=cost_currency, sentiment=sentiment,
        visibility=visibility,
    )  # fmt: skip
    with transaction.atomic():
        within = access.customers_within(actor, access.EDIT)
        if not within.filter(pk=customer.pk).exists():
            raise Customer.DoesNotExist
        return record(
            actor=actor, kind=kind, at=moment, customer=customer, direction=direction, staff_id=actor.user_id,
            cost_minor=cost_minor, cost_currency=cost_currency if cost_minor is not None else "",
            duration_s=duration_s, sentiment=sentiment, payload=payload, visibility=visibility,
        )  # fmt: skip


def checked(
    *,
    at: datetime,
    duration_s: int | None,
    cost_minor: int | None,
    cost_currency: str,
    sentiment: int | None,
    visibility: str,
    direction: str = "out",
) -> None:
    """InvalidError unless these figures can be kept."""
    errors: dict[str, Label] = {}
    if at.tzinfo is None or at < EARLIEST:
        errors["at"] = _("Say a day since 1900.")
    elif at > timezone.now() + timedelta(minutes=5):
        errors["at"] = _("Log what has happened; this lies ahead.")
    if duration_s is not None and not 0 <= duration_s <= 7 * 86_400:
        errors["duration"] = _("The duration is between 0 minutes and 7 days.")
    if cost_minor is not None and (not 0 <= cost_minor < 10**15 or not is_currency(cost_currency)):
        errors["cost"] = _("Type the cost as a number, zero or more.")
    if sentiment is not None and not -100 <= sentiment <= 100:
        errors["sentiment"] = _("The mood is between -100 and 100.")
    if direction not in ("in", "out"):
        errors["direction"] = _("Say who called: we or the customer.")
    if visibility not in Visibility.values:
        errors["visibility"] = _("Choose for whom this is.")
    if errors:
        raise InvalidError(errors)
