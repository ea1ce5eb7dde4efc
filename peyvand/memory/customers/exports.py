"""The list of customers going out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind, plain, value_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import phone_for_file
from peyvand.memory.customers import belonging, filters, lists, queries
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.fields import TRAIT
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.customers.traits import words_of

CHUNK = 500
WORDED = ("stage", "language")  # kept by key, written in words


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """The list under the conditions of its address, as people read it; dates Gregorian, phones without +."""
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    wanted = filters.asked(actor=actor, query=query, currency=currency)
    chosen = wanted.chosen
    custom = [one for one in wanted.fields.values() if one.custom]
    hidden = queries.hidden_kinds(actor)
    columns = [wanted.fields[name] for name in wanted.columns] if wanted.said_columns else None
    known = [one for one in wanted.fields.values() if one.name.startswith(TRAIT)]
    read = wanted.columns if columns is not None else (belonging.PARENT, *(one.name for one in known))
    found = queries.with_people(queries.customers(actor=actor, chosen=chosen), actor=actor, tags=True, columns=read)
    if "lists" in wanted.columns and wanted.said_columns:
        found = lists.with_lists(found, actor=actor)
    if columns is not None:
        unit = {"worth": gettext("Revenue (%(currency)s)") % {"currency": currency}}
        yield [gettext("Name"), *(unit.get(one.name, str(one.label)) for one in columns)]
        for customer in _every(actor, found):
            yield [customer.name, *(_value(customer, one, currency, hidden) for one in columns)]
        return
    yield [
        gettext("Name"), gettext("Honorific"), gettext("Given name"), gettext("Family name"), gettext("Kind"),
        gettext("Code"), gettext("Mobile"), gettext("Email"), gettext("City"), gettext("Country"), gettext("Job"),
        gettext("Date of birth"), gettext("Stage"), gettext("Language"), gettext("Part of"), gettext("Works at"),
        gettext("Role there"), gettext("Owner"),
        gettext("Team"), gettext("Tags"), gettext("Class"),
        gettext("Revenue (%(currency)s)") % {"currency": currency}, gettext("Last interaction"), gettext("Note"),
        *(str(one.label) for one in custom), *(str(one.label) for one in known),
    ]  # fmt: skip
    words = {name: dict(wanted.fields[name].choices) for name in WORDED if name in wanted.fields}
    for customer in _every(actor, found.select_related("team")):
        yield [
            *_cells(customer, currency, hidden, words),
            *(plain(one, value_of(one, customer.custom.get(one.key))) for one in custom),
            *(_known(customer, one) for one in known),
        ]


def export_count(actor: Actor, query: Mapping[str, str]) -> int:
    """How many rows that will be."""
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    return queries.customers(
        actor=actor, chosen=filters.asked(actor=actor, query=query, currency=currency).chosen
    ).count()


def _every(actor: Actor, found: CustomerQuerySet) -> Iterator[Customer]:
    """All rows, some at a time."""
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from queries.concealed(actor, rows)
        last = rows[-1].pk


def _value(customer: Customer, one: Field, currency: str, hidden: Sequence[str]) -> Any:
    """A column of the list as it goes into a file."""
    if one.custom:
        return plain(one, value_of(one, customer.custom.get(one.key)))
    if one.name.startswith(TRAIT):
        return _known(customer, one)
    if one.name in belonging.FIELDS:
        return ", ".join(belonging.words(customer, one.name))
    traits = queries.worth_traits_of(customer)
    match one.name:
        case "class":
            return traits[queries.CLASS].text if queries.CLASS in traits else ""
        case "worth":
            worth = traits.get(queries.WORTH)
            if worth is None or worth.number is None or worth.currency != currency:
                return ""
            return worth.number.normalize()
        case "channels":
            kinds = {row.kind for row in customer.identities.all() if row.kind not in hidden}
            return ", ".join(str(IdentityKind(kind).label) for kind in sorted(kinds))
        case "lists":
            return ", ".join(row.list.name for row in getattr(customer, "lists_shown", ()))
        case "tags":
            return ", ".join(sorted(row.tag.name for row in customer.tagged.all()))
        case "phone" | "email":
            keys = [row.key for row in customer.identities.all() if row.kind == one.name]
            return (phone_for_file(keys[0]) if one.name == "phone" else keys[0]) if keys else ""
        case "owner":
            return customer.owner.name if customer.owner else ""
        case "kind":
            return CustomerKind(customer.kind).label
    return plain(one, getattr(customer, one.path) or None)


def _known(customer: Customer, one: Field) -> Any:
    """What is known under a name: numbers as such, choices and yes or no in words, days in ISO."""
    trait = queries.worth_traits_of(customer).get(one.name.removeprefix(TRAIT))
    if trait is None:
        return ""
    if one.kind in (FieldKind.CHOICE, FieldKind.YESNO):
        return words_of(trait)
    return trait.text if trait.number is None else trait.number.normalize()


def _cells(
    customer: Customer, currency: str, hidden: Sequence[str], words: Mapping[str, Mapping[str, Any]]
) -> list[Any]:
    first: dict[str, Identity] = {}
    for identity in customer.identities.all():
        if identity.kind in hidden:
            continue
        first.setdefault(identity.kind, identity)
    traits = queries.worth_traits_of(customer)
    worth, code = traits.get(queries.WORTH), first.get(IdentityKind.EXTERNAL)
    phone, email = first.get(IdentityKind.PHONE), first.get(IdentityKind.EMAIL)
    return [
        customer.name, customer.honorific, customer.given_name, customer.family_name,
        CustomerKind(customer.kind).label, code.value if code else "", phone_for_file(phone.key) if phone else "",
        email.key if email else "", customer.city, customer.country, customer.job_title, customer.birth_date,
        *(str(words.get(name, {}).get(getattr(customer, name), getattr(customer, name))) for name in WORDED),
        *(", ".join(belonging.words(customer, name)) for name in belonging.FIELDS),
        customer.owner.name if customer.owner else "",
        customer.team.name if customer.team else "", ", ".join(sorted(row.tag.name for row in customer.tagged.all())),
        traits[queries.CLASS].text if queries.CLASS in traits else "",
        worth.number.normalize() if worth and worth.number is not None and worth.currency == currency else "",
        customer.last_interaction_at, customer.note,
    ]  # fmt: skip
