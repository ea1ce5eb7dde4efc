"""Values as they are kept, or the words that say what to type instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.fields import queries as field_queries
from peyvand.foundation.fields.errors import InvalidError as FieldsInvalidError
from peyvand.foundation.fields.services import values_checked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import EXCLUSIVE_KINDS, Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.customers.stages import stage_words, stages_ensure
from peyvand.memory.customers.writing import NewIdentity

TEXTS = (
    "name", "honorific", "given_name", "family_name", "job_title", "city", "country", "language", "stage", "source",
    "note",
)  # fmt: skip
OTHERS = ("kind", "birth_date", "owner_id", "team_id", "parent_id")
FIELDS = (*TEXTS, *OTHERS)
NOTE_LENGTH = 20_000
_SYSTEMS = (IdentityKind.MESSENGER, IdentityKind.EXTERNAL)


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values cleaned; InvalidError with a message for each field that can't be kept."""
    errors: dict[str, Label] = {}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name in TEXTS:
            kept[name] = clean(str(value))
            limit = _length(name)
            if len(kept[name]) > limit:
                errors[name] = _too_long(limit)
        elif name in OTHERS:
            kept[name] = value
        else:
            raise TypeError(f"a customer has no field {name!r}")
    if kept.get("kind", CustomerKind.PERSON) not in CustomerKind.values:
        errors["kind"] = _("Choose person or organisation.")
    born = kept.get("birth_date")
    if born is not None and not date(1850, 1, 1) <= born <= date.today():
        errors["birth_date"] = _("The date of birth must be in the past.")
    if kept.get("language", "") not in ("", "fa", "en"):
        errors["language"] = _("Choose one of the languages.")
    if errors:
        raise InvalidError(errors)
    return kept


def stage_checked(values: Mapping[str, Any], *, demo: bool) -> dict[str, Any]:
    """The values with the key of the stage, which may be given by either of its names as well; InvalidError."""
    word = fa_key(str(values.get("stage") or ""))
    if not word:
        return dict(values)
    key = stage_words(demo=demo).get(word)
    if key is None:
        raise InvalidError({"stage": _("Choose one of the stages.")})
    stages_ensure(demo=demo)
    return {**values, "stage": key}


def custom_checked(*, actor: Actor, given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's `custom` with what is given, by key; InvalidError by field name ("c.size").

    Only fields that there are and that the actor sees may be given.
    """
    if not given:
        return dict(before)
    known = {one.name: one for one in field_queries.customs(actor=actor, record=RECORD)}
    try:
        return values_checked(fields=known, given=given, before=before)
    except FieldsInvalidError as error:
        raise InvalidError(error.errors) from error


def refuse_hidden(actor: Actor, given: Iterable[str]) -> None:
    """InvalidError where a field is given that is hidden from the actor: for them there is none."""
    hidden = [name for name in given if actor.hides(f"{RECORD}.{name}")]
    if hidden:
        raise InvalidError({name: _("There is no such field.") for name in hidden})


def _length(name: str) -> int:
    field: models.Field[Any, Any] = Customer._meta.get_field(name)  # type: ignore[assignment]
    return getattr(field, "max_length", None) or NOTE_LENGTH


def _too_long(limit: int) -> Label:
    return lazystr(gettext("This is too long; it may have %(limit)s letters.") % {"limit": limit})


def check_links(*, actor: Actor, customer: Customer) -> None:
    """InvalidError unless owner, team and parent exist and may be put on this customer."""
    errors: dict[str, Label] = {}
    if customer.owner_id and not User.objects.filter(pk=customer.owner_id, is_active=True).exists():
        errors["owner_id"] = _("Choose a colleague who is active.")
    if customer.team_id and not Team.objects.filter(pk=customer.team_id).exists():
        errors["team_id"] = _("Choose one of the teams.")
    if customer.parent_id:
        parent = Customer.objects.visible_to(actor).filter(pk=customer.parent_id).first()
        if parent is None or parent.kind != CustomerKind.ORGANISATION or customer.kind != CustomerKind.ORGANISATION:
            errors["parent_id"] = _("Choose an organisation as the parent of an organisation.")
        elif customer.pk is not None and customer.pk in ancestors(parent):
            errors["parent_id"] = _("This organisation is itself a part of the one you are changing.")
    if errors:
        raise InvalidError(errors)


def ancestors(organisation: Customer) -> set[int]:
    """The ids of the organisation and of all above it."""
    rows = Customer.objects.raw(
        "WITH RECURSIVE up AS (SELECT id, parent_id FROM customers_customer WHERE id = %s "
        "UNION SELECT c.id, c.parent_id FROM customers_customer c JOIN up ON c.id = up.parent_id) SELECT id FROM up",
        [organisation.pk],
    )
    return {row.pk for row in rows}


def checked_identities(*, actor: Actor, customer_id: int | None, given: Sequence[IdentityData]) -> list[NewIdentity]:
    """The identities with their keys, each once; InvalidError by place ("identities.0") for those that can't be.

    The first of a kind is the primary one unless another says so.
    """
    errors: dict[str, Label] = {}
    kept: dict[tuple[str, str, str], NewIdentity] = {}
    places: dict[tuple[str, str, str], int] = {}
    for place, identity in enumerate(given):
        value, system = clean(identity.value), clean(identity.system)
        if identity.kind not in IdentityKind.values:
            errors[f"identities.{place}"] = _("Choose what this is: phone, e-mail, messenger, card or code.")
        elif len(value) > 254 or len(system) > 40 or len(clean(identity.label)) > 60:
            errors[f"identities.{place}"] = _too_long(254)
        elif identity.kind in _SYSTEMS and not system:
            errors[f"identities.{place}"] = _("Say of which messenger or system this is.")
        else:
            try:
                key = identity_key(identity.kind, value)
            except IdentifierError as error:
                errors[f"identities.{place}"] = lazystr(error)
                continue
            at = (identity.kind, system, key)
            places.setdefault(at, place)
            kept.setdefault(
                at, NewIdentity(identity.kind, system, value, key, clean(identity.label), identity.is_primary)
            )
    errors |= _taken(actor=actor, customer_id=customer_id, kept=kept, places=places)
    if errors:
        raise InvalidError(errors)
    found = list(kept.values())
    for kind in {identity.kind for identity in found}:
        same = [identity for identity in found if identity.kind == kind]
        chosen = next((identity for identity in same if identity.is_primary), same[0])
        for one in same:
            one.is_primary = one is chosen
    return found


def _taken(
    *,
    actor: Actor,
    customer_id: int | None,
    kept: Mapping[tuple[str, str, str], NewIdentity],
    places: Mapping[tuple[str, str, str], int],
) -> dict[str, Label]:
    """Of the identities that belong to one customer only, those that are another's."""
    keys = {identity.key for identity in kept.values() if identity.kind in EXCLUSIVE_KINDS}
    if not keys:
        return {}
    rows = Identity.objects.filter(demo=actor.demo, kind__in=EXCLUSIVE_KINDS, key__in=keys).exclude(
        customer_id=customer_id or 0
    )
    errors: dict[str, Label] = {}
    for kind, system, key, owner in rows.values_list("kind", "system", "key", "customer_id"):
        if (kind, system, key) in kept:
            seen = Customer.objects.visible_to(actor).filter(pk=owner).first()
            message = (
                gettext("This already belongs to %(name)s.") % {"name": seen.name}
                if seen
                else gettext("This already belongs to another customer.")
            )
            errors[f"identities.{places[kind, system, key]}"] = lazystr(message)
    return errors
