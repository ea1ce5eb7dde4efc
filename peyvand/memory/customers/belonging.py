"""Where a customer belongs, as fields of the list: the organisations they work at, their role there, the one above.

Only by organisations that the actor sees, and by roles that have not ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.customers import access
from peyvand.memory.customers.keys import search_key_of
from peyvand.memory.customers.models import Customer, CustomerKind, Relation

WORKS_AT, ROLE, PARENT = "works_at", "role", "parent"
FIELDS = (PARENT, WORKS_AT, ROLE)  # as a file has them
OPERATORS = ("contains", "is", "not", "starts", "filled", "empty")
_NEGATED = ("not", "empty")


def current() -> Q:
    """Of relations: those that have not ended."""
    return Q(until=None) | Q(until__gte=local_date(timezone.now()))


def belonging(actor: Actor) -> tuple[Field, ...]:
    """These fields, to be shown and asked for; they are written by verbs of their own."""
    return (
        Field(WORKS_AT, _("Works at"), FieldKind.TEXT, "building", hideable=False, operators=OPERATORS,
              asks=partial(_by_firm, actor)),
        Field(ROLE, _("Role there"), FieldKind.TEXT, "id-badge-2", hideable=False, operators=OPERATORS,
              asks=partial(_by_role, actor)),
        Field(PARENT, _("Parent organisation"), FieldKind.TEXT, "sitemap", hideable=False, operators=OPERATORS,
              asks=partial(_by_parent, actor)),
    )  # fmt: skip


def _organisations(actor: Actor) -> QuerySet[Customer]:
    seen = Customer.objects.filter(demo=actor.demo)
    if actor.scope(access.VIEW) is not Scope.ALL:
        seen = Customer.objects.visible_to(actor)
    return seen.filter(kind=CustomerKind.ORGANISATION)


def _named(actor: Actor, condition: Condition) -> QuerySet[Any, Any]:
    """Ids of the organisations of that name, or of all."""
    found = _organisations(actor)
    if condition.values:
        text, key = condition.values[0], fa_key(condition.values[0])
        found = found.filter(
            {
                "contains": Q(search_key__contains=key),
                "starts": Q(search_key__startswith=key),
            }.get(condition.operator, Q(search_key=search_key_of(text)))
        )
    return found.order_by().values("pk")


def _those(found: Q, condition: Condition) -> Q:
    return ~found if condition.operator in _NEGATED else found


def _by_firm(actor: Actor, condition: Condition) -> Q:
    roles = Relation.objects.filter(current(), organisation__in=_named(actor, condition))
    return _those(Q(pk__in=roles.values("person_id")), condition)


def _by_role(actor: Actor, condition: Condition) -> Q:
    roles = Relation.objects.filter(current(), organisation__in=_organisations(actor).order_by().values("pk"))
    roles = roles.exclude(role="")
    if condition.values:
        lookup = {"contains": "icontains", "starts": "istartswith"}.get(condition.operator, "iexact")
        roles = roles.filter(**{f"role__{lookup}": condition.values[0]})
    return _those(Q(pk__in=roles.values("person_id")), condition)


def _by_parent(actor: Actor, condition: Condition) -> Q:
    """Negations are of all that are not under it, people too."""
    under = Customer.objects.filter(demo=actor.demo, parent__in=_named(actor, condition))
    return _those(Q(pk__in=under.order_by().values("pk")), condition)


def above(actor: Actor) -> Prefetch[str]:
    """To be read along with customers: the organisation above, where the actor sees it, as `parent_seen`."""
    return Prefetch("parent", Customer.objects.visible_to(actor).order_by(), to_attr="parent_seen")


def words(customer: Customer, name: str) -> tuple[str, ...]:
    """What such a field holds, of a customer of queries.with_people; `parent` where it was read along."""
    if name == PARENT:
        parent = getattr(customer, "parent_seen", None)
        return (parent.name,) if parent is not None else ()
    jobs: Sequence[Relation] = getattr(customer, "jobs", ())
    if name == ROLE:
        return tuple(dict.fromkeys(one.role for one in jobs if one.role))
    return tuple(one.organisation.name for one in jobs)
