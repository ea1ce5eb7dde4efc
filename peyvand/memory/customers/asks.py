"""How a customer is asked for by what does not stand in the record itself: identities, tags, class, owner."""

from __future__ import annotations

import re
from contextlib import suppress

from django.db.models import Q, QuerySet

from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email, parse_phone
from peyvand.memory.customers.models import CustomerTag, Identity, IdentityKind, Trait

CLASS = "value.class"
ME = "me"
OF_REACH = ("contains", "starts", "ends", "is", "not", "filled", "empty")
COUNTRY = "+98"  # of numbers that are typed without one


def _of(found: QuerySet[Identity] | QuerySet[CustomerTag] | QuerySet[Trait], condition: Condition) -> Q:
    """The customers of these rows, or all others."""
    those = Q(pk__in=found.values("customer_id"))
    return ~those if condition.operator in ("none", "not", "empty") else those


def by_phone(actor: Actor, condition: Condition) -> Q:
    """A number, or digits that one begins with, ends in or has."""
    found = Identity.objects.filter(demo=actor.demo, kind=IdentityKind.PHONE)
    if condition.values:
        typed = latin_digits(condition.values[0])
        digits = re.sub(r"\D", "", typed)
        lookup = {"contains": "contains", "starts": "startswith", "ends": "endswith"}.get(condition.operator, "exact")
        wanted = digits.lstrip("0") or digits
        if lookup == "exact":
            try:
                wanted = parse_phone(typed).e164
            except IdentifierError:
                lookup = "endswith"
        elif lookup == "startswith":
            wanted = f"+{digits}" if typed.startswith("+") else f"{COUNTRY}{wanted}"
        found = found.filter(**{f"key__{lookup}": wanted}) if digits else found.none()
    return _of(found, condition)


def by_email(actor: Actor, condition: Condition) -> Q:
    """An address, or a part of one, as its domain."""
    found = Identity.objects.filter(demo=actor.demo, kind=IdentityKind.EMAIL)
    if condition.values:
        lookup = {"contains": "contains", "starts": "startswith", "ends": "endswith"}.get(condition.operator, "exact")
        wanted = condition.values[0].lower()
        if lookup == "exact":
            with suppress(IdentifierError):  # one that is no address nobody has
                wanted = normalise_email(wanted)
        found = found.filter(**{f"key__{lookup}": wanted})
    return _of(found, condition)


def by_tag(actor: Actor, condition: Condition) -> Q:
    """One of these tags, or any tag."""
    found = CustomerTag.objects.filter(tag__demo=actor.demo)
    if condition.values:
        found = CustomerTag.objects.filter(tag_id__in=[int(value) for value in condition.values])
    return _of(found, condition)


def by_class(actor: Actor, condition: Condition) -> Q:
    """One of these classes, or any class."""
    found = Trait.objects.filter(demo=actor.demo, name=CLASS)
    if condition.values:
        found = found.filter(text__in=condition.values)
    return _of(found, condition)


def by_owner(actor: Actor, condition: Condition) -> Q:
    """One of these colleagues, oneself, anybody or nobody."""
    if not condition.values:
        return Q(owner=None) if condition.operator == "empty" else Q(owner__isnull=False)
    ids = [actor.user_id or 0 if value == ME else int(value) for value in condition.values]
    return Q(owner_id__in=ids) if condition.operator == "any" else ~Q(owner_id__in=ids) | Q(owner=None)
