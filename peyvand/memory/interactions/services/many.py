"""Many notes, calls and meetings from another program at once, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.interactions import access
from peyvand.memory.interactions.models import Interaction, Visibility
from peyvand.memory.interactions.services.errors import InvalidError
from peyvand.memory.interactions.services.recording import InteractionRow, Made, insert
from peyvand.memory.interactions.services.staff import CALL, MEETING, NOTE, OWN_KINDS, checked, plain_text

OF_PROGRAMS = "api:"  # before the dedupe keys of programs, so that they never meet those of rooms
KEY_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """A note, call or meeting; see models.Interaction for the units. `at` None is now.

    `identity` is (kind, system, value as typed) where the customer isn't known: then it comes to the one who has that
    identity, now or later. Nothing is recorded twice under one `dedupe_key`, which is the program's own.
    """

    kind: str
    customer_id: int | None = None
    identity: tuple[str, str, str] | None = None
    text: str = ""
    at: datetime | None = None
    direction: str = "out"
    place: str = ""
    duration_s: int | None = None
    cost_minor: int | None = None
    cost_currency: str = ""
    sentiment: int | None = None
    visibility: str = Visibility.ALL
    dedupe_key: str = ""


@dataclass(frozen=True)
class Recorded:
    """What became of a row: recorded, known (under its dedupe key), or refused with `errors` by field."""

    status: str
    interaction_id: int | None = None
    errors: Mapping[str, Label] = field(default_factory=dict)


def staff_record(*, actor: Actor, rows: Sequence[StaffRow], whole: bool = False) -> list[Recorded]:
    """Record in the actor's name; each row is checked like a single one, and answered for by its place.

    With `whole` nothing is recorded unless every row can be: InvalidError by place and field. Raises NotAllowed.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        reach = _reach(actor, {row.customer_id for row in rows if row.customer_id is not None})
        read = [_read(actor, row, reach) for row in rows]
        kept = _kept(actor, {row.dedupe_key for row in read if isinstance(row, InteractionRow) and row.dedupe_key})
        results = [_unless_another_s(row, kept) for row in read]
        if whole and (errors := _told(results)):
            raise InvalidError(errors)
        fresh = [row for row in results if isinstance(row, InteractionRow) and row.dedupe_key not in kept]
        made = insert(actor=actor, rows=fresh)
        return _answered(actor, results, made, kept)


def _reach(actor: Actor, ids: set[int]) -> set[int]:
    """Those of the customers whose history the actor may write, held until the rows are there."""
    within = access.customers_within(actor, access.EDIT).filter(pk__in=ids).order_by("pk")
    return set(within.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)) if ids else set()


def _read(actor: Actor, row: StaffRow, reach: set[int]) -> InteractionRow | Recorded:
    errors: dict[str, Label] = {}
    at = row.at or timezone.now()
    if row.kind not in OWN_KINDS:
        errors["kind"] = _("Choose note, call or meeting.")
    measured = row.kind != NOTE
    measures: dict[str, Any] = {
        "duration_s": row.duration_s if measured else None,
        "cost_minor": row.cost_minor if measured else None,
        "cost_currency": row.cost_currency if measured and row.cost_minor is not None else "",
        "sentiment": row.sentiment if measured else None,
    }
    identity = ("", "", "")
    payload: dict[str, Any] = {}
    try:
        checked(at=at, direction=row.direction, visibility=row.visibility, **measures)
        payload["text"] = plain_text(row.text, needed=row.kind == NOTE)
        identity = _whose(actor, row, reach)
    except InvalidError as error:
        errors |= error.errors
    if row.kind == MEETING:
        payload["place"] = row.place.replace("\x00", "").strip()[:200]
    if len(row.dedupe_key) > KEY_LENGTH:
        errors["dedupe_key"] = _("This is too long.")
    if errors:
        return Recorded("refused", None, errors)
    return InteractionRow(
        kind=row.kind, at=at, customer_id=row.customer_id, direction=row.direction if row.kind == CALL else "",
        staff_id=actor.user_id, dedupe_key=f"{OF_PROGRAMS}{row.dedupe_key}" if row.dedupe_key else None,
        payload=payload, visibility=row.visibility, identity_kind=identity[0], identity_system=identity[1],
        identity_key=identity[2], **measures,
    )  # fmt: skip


def _whose(actor: Actor, row: StaffRow, reach: set[int]) -> tuple[str, str, str]:
    """The identity's kind, system and key; nothing where the customer is named."""
    if (row.customer_id is None) == (row.identity is None):
        raise InvalidError({"customer_id": _("Say whose this is: a customer, or by what somebody is recognised.")})
    if row.identity is None:
        if row.customer_id not in reach:
            raise InvalidError({"customer_id": _("There is no such customer.")})
        return ("", "", "")
    if access.interaction_scope(actor, access.EDIT) is not Scope.ALL:
        raise InvalidError({"identity": _("Only who may see all customers records what is nobody's yet.")})
    kind, system, value = row.identity
    if kind not in IdentityKind.values:
        raise InvalidError({"identity": _("Choose what this is: phone, e-mail, messenger, card or code.")})
    try:
        return (kind, clean(system)[:40], identity_key(kind, value))
    except IdentifierError as error:
        raise InvalidError({"identity": str(error)}) from error


Keys = Mapping[str, tuple[int, bool]]  # of what is recorded already: its id, and whether the actor sees it


def _kept(actor: Actor, keys: set[str]) -> Keys:
    if not keys:
        return {}
    found = Interaction.objects.filter(demo=actor.demo, dedupe_key__in=keys)
    ids = {key: pk for pk, key in found.values_list("pk", "dedupe_key") if key}
    seen = set(Interaction.objects.visible_to(actor).filter(pk__in=ids.values()).values_list("pk", flat=True))
    return {key: (pk, pk in seen) for key, pk in ids.items()}


def _unless_another_s(row: InteractionRow | Recorded, kept: Keys) -> InteractionRow | Recorded:
    _pk, seen = kept.get((isinstance(row, InteractionRow) and row.dedupe_key) or "", (0, True))
    if seen:
        return row
    return Recorded("refused", None, {"dedupe_key": _("Something that you may not see was recorded under this key.")})


def _told(results: Sequence[InteractionRow | Recorded]) -> dict[str, Label]:
    return {
        f"rows.{place}.{name}": message
        for place, one in enumerate(results)
        if isinstance(one, Recorded)
        for name, message in one.errors.items()
    }


def _answered(
    actor: Actor, results: Sequence[InteractionRow | Recorded], made: Sequence[Made], kept: Keys
) -> list[Recorded]:
    """What became of every row. New ones come back in the order in which they went in."""
    new = {one.dedupe_key: one.id for one in made if one.dedupe_key is not None}
    others = iter([one.id for one in made if one.dedupe_key is None])
    keys = {row.dedupe_key for row in results if isinstance(row, InteractionRow) and row.dedupe_key}
    late = _kept(actor, keys - kept.keys() - new.keys())  # recorded by somebody else at this very moment
    known = {key: pk for key, (pk, _seen) in {**kept, **late}.items()}
    found: list[Recorded] = []
    for row in results:
        if isinstance(row, Recorded):
            found.append(row)
        elif row.dedupe_key is None:
            found.append(Recorded("recorded", next(others)))
        elif row.dedupe_key in known:
            found.append(Recorded("known", known[row.dedupe_key]))
        else:
            known[row.dedupe_key] = new[row.dedupe_key]
            found.append(Recorded("recorded", new[row.dedupe_key]))
    return found


def one_record(*, actor: Actor, row: StaffRow) -> tuple[Interaction, bool]:
    """Record one; gives it, and whether it is new. Raises NotAllowed, and InvalidError by field.

    Customer.DoesNotExist for a customer whose history the actor may not write.
    """
    (done,) = staff_record(actor=actor, rows=[row])
    if "customer_id" in done.errors and row.customer_id is not None:
        raise Customer.DoesNotExist
    if done.interaction_id is None:
        raise InvalidError(done.errors)
    found: Interaction = Interaction.objects.select_related("customer", "staff").get(pk=done.interaction_id)
    return found, done.status == "recorded"
