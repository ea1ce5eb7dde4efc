"""The list of customers going out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.kinds import plain, value_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import phone_for_file
from peyvand.memory.customers import filters, queries
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind

CHUNK = 500


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """The list under the conditions of its address, as people read it; dates Gregorian, phones without +."""
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    wanted = filters.asked(actor=actor, query=query, currency=currency)
    chosen = wanted.chosen
    custom = [one for one in wanted.fields.values() if one.custom]
    hidden = queries.hidden_kinds(actor)
    yield [
        gettext("Name"), gettext("Honorific"), gettext("Given name"), gettext("Family name"), gettext("Kind"),
        gettext("Code"), gettext("Mobile"), gettext("Email"), gettext("City"), gettext("Country"), gettext("Job"),
        gettext("Date of birth"), gettext("Owner"), gettext("Tags"), gettext("Class"),
        gettext("Revenue (%(currency)s)") % {"currency": currency}, gettext("Last interaction"), gettext("Note"),
        *(str(one.label) for one in custom),
    ]  # fmt: skip
    found = queries.with_people(queries.customers(actor=actor, chosen=chosen)).prefetch_related("tagged__tag")
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for customer in queries.concealed(actor, rows):
            yield [
                *_cells(customer, currency, hidden),
                *(plain(one, value_of(one, customer.custom.get(one.key))) for one in custom),
            ]
        last = rows[-1].pk


def _cells(customer: Customer, currency: str, hidden: Sequence[str]) -> list[Any]:
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
        customer.owner.name if customer.owner else "", ", ".join(sorted(row.tag.name for row in customer.tagged.all())),
        traits[queries.CLASS].text if queries.CLASS in traits else "",
        worth.number.normalize() if worth and worth.number is not None and worth.currency == currency else "",
        customer.last_interaction_at, customer.note,
    ]  # fmt: skip
