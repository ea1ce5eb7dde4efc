"""The list of customers going out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import plain, value_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import phone_for_file
from peyvand.memory.customers import filters, lists, queries
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind

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
    found = queries.with_people(queries.customers(actor=actor, chosen=chosen), actor=actor, tags=True)
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
        gettext("Date of birth"), gettext("Stage"), gettext("Language"), gettext("Part of"), gettext("Owner"),
        gettext("Team"), gettext("Tags"), gettext("Class"),
        gettext("Revenue (%(currency)s)") % {"currency": currency}, gettext("Last interaction"), gettext("Note"),
        *(str(one.label) for one in custom),
    ]  # fmt: skip
    words = {name: dict(wanted.fields[name].choices) for name in WORDED if name in wanted.fields}
    for customer in _every(actor, found.select_related("team")):
        yield [
            *_cells(customer, currency, hidden, words),
            *(plain(one, value_of(one, customer.custom.get(one.key))) for one in custom),
        ]


def export_count(actor: Actor, query: Mapping[str, str]) -> int:
    """How many rows that will be."""
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    return queries.customers(
        actor=actor, chosen=filters.asked(actor=actor, query=query, currency=currency).chosen
    ).count()


def _every(actor: Actor, found: CustomerQuerySet) -> Iterator[Customer]:
    """All rows, some at a time; those above them by name, if the actor sees these."""
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        above = {row.parent_id for row in rows if row.parent_id}
        seen = Customer.objects.visible_to(actor).filter(pk__in=above) if above else Customer.objects.none()
        names = dict(seen.values_list("pk", "name"))
        for row in queries.concealed(actor, rows):
            row.parent_name = names.get(row.parent_id or 0, "")  # type: ignore[attr-defined]
            yield row
        last = rows[-1].pk


def _value(customer: Customer, one: Field, currency: str, hidden: Sequence[str]) -> Any:
    """A column of the list as it goes into a file."""
    if one.custom:
        return plain(one, value_of(one, customer.custom.get(one.key)))
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
        getattr(customer, "parent_name", ""), customer.owner.name if customer.owner else "",
        customer.team.name if customer.team else "", ", ".join(sorted(row.tag.name for row in customer.tagged.all())),
        traits[queries.CLASS].text if queries.CLASS in traits else "",
        worth.number.normalize() if worth and worth.number is not None and worth.currency == currency else "",
        customer.last_interaction_at, customer.note,
    ]  # fmt: skip
