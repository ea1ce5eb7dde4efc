"""Values as they are kept, or the words that say what to type instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models
from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.fields import queries as field_queries
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import InvalidError as FieldsInvalidError
from peyvand.foundation.fields.services import values_checked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import EXCLUSIVE_KINDS, Customer, CustomerKind, Identity, IdentityKind
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


def custom_fields(actor: Actor) -> dict[str, Field]:
    """The custom fields that the actor may fill, by name."""
    return {one.name: one for one in field_queries.customs(actor=actor, record=RECORD)}


def custom_checked(
    *, actor: Actor, given: Mapping[str, Any], before: Mapping[str, Any], fields: Mapping[str, Field] | None = None
) -> dict[str, Any]:
    """A customer's `custom` with what is given, by key; InvalidError by field name ("c.size").

    Only fields that there are and that the actor sees may be given; `fields` where they have been read already.
    """
    if not given:
        return dict(before)
    try:
        return values_checked(fields=custom_fields(actor) if fields is None else fields, given=given, before=before)
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


@dataclass(frozen=True)
class Links:
    """Those of the colleagues, teams and organisations that are named who may be put on customers."""

    owners: Collection[int]
    teams: Collection[int]
    parents: Mapping[int, Customer]

    def errors(self, customer: Customer) -> dict[str, Label]:
        """What of the customer's links can't be, by field."""
        errors: dict[str, Label] = {}
        if customer.owner_id and customer.owner_id not in self.owners:
            errors["owner_id"] = _("Choose a colleague who is active.")
        if customer.team_id and customer.team_id not in self.teams:
            errors["team_id"] = _("Choose one of the teams.")
        if customer.parent_id:
            parent = self.parents.get(customer.parent_id)
            if parent is None or parent.kind != CustomerKind.ORGANISATION or customer.kind != CustomerKind.ORGANISATION:
                errors["parent_id"] = _("Choose an organisation as the parent of an organisation.")
            elif customer.pk is not None and customer.pk in ancestors(parent):
                errors["parent_id"] = _("This organisation is itself a part of the one you are changing.")
        return errors


def links_of(*, actor: Actor, customers: Sequence[Customer]) -> Links:
    """What the links of these customers lead to, as far as the actor may use it; a query for each kind of link."""
    owners = {one.owner_id for one in customers if one.owner_id}
    teams = {one.team_id for one in customers if one.team_id}
    parents = {one.parent_id for one in customers if one.parent_id}
    return Links(
        owners=set(User.objects.filter(pk__in=owners, is_active=True).values_list("pk", flat=True)) if owners else (),
        teams=set(Team.objects.filter(pk__in=teams).values_list("pk", flat=True)) if teams else (),
        parents=Customer.objects.visible_to(actor).in_bulk(parents) if parents else {},
    )


def check_links(*, actor: Actor, customer: Customer) -> None:
    """InvalidError unless owner, team and parent exist and may be put on this customer."""
    errors = links_of(actor=actor, customers=[customer]).errors(customer)
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


def parents_above(ids: Collection[int]) -> dict[int, int | None]:
    """The parent of each of these organisations and of all above them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up AS (SELECT id, parent_id FROM customers_customer WHERE id = ANY(%s) "
            "UNION SELECT c.id, c.parent_id FROM customers_customer c JOIN up ON c.id = up.parent_id) "
            "SELECT id, parent_id FROM up",
            [list(ids)],
        )
        return dict(cursor.fetchall())


IdentityPlace = tuple[str, str, str]  # kind, system, key


def identities_read(given: Sequence[IdentityData]) -> tuple[dict[IdentityPlace, NewIdentity], dict[str, Label]]:
    """The identities with their keys, each once; and by place ("identities.0") what is wrong with the others."""
    errors: dict[str, Label] = {}
    kept: dict[IdentityPlace, NewIdentity] = {}
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
            kept.setdefault(
                (identity.kind, system, key),
                NewIdentity(identity.kind, system, value, key, clean(identity.label), identity.is_primary, place=place),
            )
    return kept, errors


def one_primary(found: Sequence[NewIdentity]) -> None:
    """Of each kind one identity is the primary one: the first that says so, else the first."""
    for kind in {identity.kind for identity in found}:
        same = [identity for identity in found if identity.kind == kind]
        chosen = next((identity for identity in same if identity.is_primary), same[0])
        for one in same:
            one.is_primary = one is chosen


def checked_identities(*, actor: Actor, customer_id: int | None, given: Sequence[IdentityData]) -> list[NewIdentity]:
    """The identities with their keys, each once; InvalidError by place ("identities.0") for those that can't be."""
    kept, errors = identities_read(given)
    owners = owners_of(actor=actor, places=kept)
    errors |= taken(kept, owners=owners, customer_id=customer_id)
    if errors:
        raise InvalidError(errors)
    found = list(kept.values())
    one_primary(found)
    return found


def owners_of(*, actor: Actor, places: Collection[IdentityPlace]) -> dict[IdentityPlace, tuple[int, str]]:
    """Whose they are, of identities that belong to one customer only: id, and the name where the actor sees it."""
    keys = {key for kind, _system, key in places if kind in EXCLUSIVE_KINDS}
    if not keys:
        return {}
    rows = Identity.objects.filter(demo=actor.demo, kind__in=EXCLUSIVE_KINDS, key__in=keys)
    found = {
        (kind, system, key): owner
        for kind, system, key, owner in rows.values_list("kind", "system", "key", "customer_id")
        if (kind, system, key) in places
    }
    seen = Customer.objects.visible_to(actor).filter(pk__in=set(found.values()))
    names = dict(seen.values_list("pk", "name")) if found else {}
    return {place: (owner, names.get(owner, "")) for place, owner in found.items()}


def taken(
    kept: Mapping[IdentityPlace, NewIdentity],
    *,
    owners: Mapping[IdentityPlace, tuple[int, str]],
    customer_id: int | None,
) -> dict[str, Label]:
    """By place, which of the identities are another customer's."""
    errors: dict[str, Label] = {}
    for at, identity in kept.items():
        owner, name = owners.get(at, (customer_id, ""))
        if owner == customer_id:
            continue
        message = (
            gettext("This already belongs to %(name)s.") % {"name": name}
            if name
            else gettext("This already belongs to another customer.")
        )
        errors[f"identities.{identity.place}"] = lazystr(message)
    return errors
