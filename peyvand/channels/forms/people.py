"""Whom a submission is of, and what it may write of them. A stranger never writes over somebody who is known.

Nobody has the typed addresses: a new customer. One customer has them: theirs only once it is proved (the visitor's
token, or a yes from the address itself), and then only empty fields are filled; what differs is kept as suggestions.
Several have them: nobody's, until staff decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from peyvand.channels.forms.models import Form
from peyvand.channels.forms.structure import CUSTOM, MAPS, Structure, structure_of
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields.declarations import PREFIX
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.errors import InvalidError as CustomerInvalidError
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, Identity, IdentityKind, VerifiedHow
from peyvand.memory.customers.services import (
    CustomerData,
    IdentityData,
    customer_create,
    customer_update,
    identity_add,
    identity_verify,
    tag_add,
)

REACH = (IdentityKind.EMAIL.value, IdentityKind.PHONE.value)
DAYS = ("birth_date",)
OPEN, ACCEPTED, DISMISSED = "open", "accepted", "dismissed"


@dataclass(frozen=True)
class Mapped:
    """The answers that belong to fields of a customer: plain ones, custom ones by key, and addresses by kind."""

    plain: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    reach: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def identities(self) -> list[tuple[str, str]]:
        """The addresses as (kind, value)."""
        return [(kind, value) for kind, values in self.reach.items() for value in values]


def himself(form: Form, language: str = "fa") -> Actor:
    """Who acts when a form is filled in."""
    return system_actor(demo=form.demo, via="site", name=form.name, language=language)


def mapped(structure: Structure, answers: Mapping[str, Any], *, language: str) -> Mapped:
    """What of the answers belongs to a customer."""
    plain: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    reach: dict[str, list[str]] = {}
    for one in structure.fields:
        value = answers.get(one.key)
        if value is None or not one.map:
            continue
        if one.map in REACH:
            reach.setdefault(one.map, []).append(str(value))
        elif one.map.startswith(CUSTOM):
            custom[one.map.removeprefix(CUSTOM)] = value
        elif one.map in MAPS:
            texts = dict(one.options).get(str(value), {})
            plain[one.map] = texts.get(language) or next(iter(texts.values()), value)
    return Mapped(plain, custom, reach)


def owners(*, demo: bool, identities: Sequence[tuple[str, str]]) -> list[int]:
    """The ids of the customers who have one of these addresses."""
    found: set[int] = set()
    for kind, value in identities:
        rows = Identity.objects.filter(demo=demo, kind=kind, key=identity_key(kind, value))
        found |= set(rows.values_list("customer_id", flat=True)[:20])
    return sorted(found)


def one_at_a_time(*, demo: bool) -> None:
    """Until the transaction ends no other form asks who somebody is: two at once would make one person two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('forms.people'), %s)", [int(demo)])


def made(*, actor: Actor, form: Form, given: Mapped, language: str) -> Customer:
    """A new customer of what was typed; a value that can't be kept stays in the answers only."""
    plain, custom = dict(given.plain), dict(given.custom)
    while True:
        data = CustomerData(
            **_typed(plain), custom=custom, language=language, source=_source(form), owner_id=form.owner_id,
            team_id=form.team_id, tags=form.tags,
            identities=[IdentityData(kind, value) for kind, value in given.identities],
        )  # fmt: skip
        try:
            with transaction.atomic():
                return customer_create(actor=actor, data=data)
        except CustomerInvalidError as error:
            left = _without(plain, custom, error)
            if left == (plain, custom):
                raise
            plain, custom = left


def _source(form: Form) -> str:
    return (gettext("Form “%(name)s”") % {"name": form.name})[:100]


def _typed(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the verbs of customers take them: a day is kept in ISO 8601."""
    return {name: date.fromisoformat(str(value)) if name in DAYS else value for name, value in plain.items()}


def _without(
    plain: Mapping[str, Any], custom: Mapping[str, Any], error: CustomerInvalidError
) -> tuple[dict[str, Any], dict[str, Any]]:
    return (
        {name: value for name, value in plain.items() if name not in error.errors},
        {key: value for key, value in custom.items() if f"{PREFIX}{key}" not in error.errors},
    )


@dataclass
class Weighed:
    """Of what was given: what would fill an empty field, and what differs."""

    plain: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    differing: list[dict[str, Any]] = field(default_factory=list)


def _weighed(customer: Customer, given: Mapped, proved: tuple[str, str] | None) -> Weighed:
    has, found = Identity.objects.filter(customer=customer), Weighed()
    for name, value in given.plain.items():
        stands = getattr(customer, name)
        if not stands or (name == "name" and has.filter(value=stands).exists()):
            found.plain[name] = value
        elif fa_key(str(stands)) != fa_key(str(value)):
            found.differing.append(_differs(name, stands, value))
    for key, value in given.custom.items():
        stands = customer.custom.get(key)
        if stands in (None, "", []):
            found.custom[key] = value
        elif stands != value:
            found.differing.append(_differs(f"{CUSTOM}{key}", stands, value))
    for kind, value in given.identities:
        if (kind, value) != proved and not has.filter(kind=kind, key=identity_key(kind, value)).exists():
            first = has.filter(kind=kind).order_by("-is_primary", "pk").values_list("value", flat=True).first()
            found.differing.append(_differs(kind, first or "", value))
    return found


def complete(
    *, actor: Actor, form: Form, customer: Customer, given: Mapped, proved: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """Fill the empty fields of a customer who is proved to be the one; gives what differs, as suggestions.

    Of addresses only the `proved` one (kind, value) is added: another could be somebody else's.
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    found = _weighed(customer, given, proved)
    _put(actor, form, customer, found.plain, found.custom)
    if proved is not None:
        prove(actor=actor, customer=customer, proved=proved)
    for tag in form.tags:
        tag_add(actor=actor, customer=customer, name=tag)
    return found.differing


def differing(*, customer: Customer, given: Mapped) -> list[dict[str, Any]]:
    """All that differs from what is known, and what would fill a gap, as suggestions; nothing is written."""
    found = _weighed(customer, given, None)
    gaps = {**found.plain, **{f"{CUSTOM}{key}": value for key, value in found.custom.items()}}
    return [*found.differing, *(_differs(name, "", value) for name, value in gaps.items())]


def given_of(structure: Mapping[str, Any], answers: Mapping[str, Any], language: str) -> Mapped:
    """What of kept answers belongs to a customer."""
    return mapped(structure_of(structure), answers, language=language)


def _differs(name: str, stands: Any, value: Any) -> dict[str, Any]:
    had = stands.isoformat() if isinstance(stands, date) else stands
    return {"field": name, "had": had, "given": value, "state": OPEN}


def _put(actor: Actor, form: Form, customer: Customer, plain: dict[str, Any], custom: dict[str, Any]) -> None:
    title = gettext("Form “%(form)s” completed %(name)s") % {"form": form.name, "name": customer.name}
    while plain or custom:
        changes = {**_typed(plain), **({"custom": custom} if custom else {})}
        try:
            with transaction.atomic(), change_set(actor=actor, kind="edit", title=title):
                customer_update(actor=actor, customer=customer, changes=changes, version=None)
            return
        except CustomerInvalidError as error:
            left = _without(plain, custom, error)
            if left == (plain, custom):
                return
            plain, custom = left


def prove(*, actor: Actor, customer: Customer, proved: tuple[str, str]) -> None:
    """An address answered: it is theirs, and that is noted."""
    kind, value = proved
    found = identity_add(actor=actor, customer=customer, data=IdentityData(kind, value))
    if found.verified_at is None:
        identity_verify(actor=actor, identity=found, how=VerifiedHow.MESSAGE)


def accept(*, actor: Actor, customer: Customer, name: str, value: Any) -> None:
    """Write a suggested value, by the right of the one who accepts it."""
    if name in REACH:
        identity_add(actor=actor, customer=customer, data=IdentityData(name, str(value)))
    elif name.startswith(CUSTOM):
        changes = {"custom": {name.removeprefix(CUSTOM): value}}
        customer_update(actor=actor, customer=customer, changes=changes, version=None)
    else:
        customer_update(actor=actor, customer=customer, changes=_typed({name: value}), version=None)
