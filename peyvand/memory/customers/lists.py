"""The reads of lists of customers, by right."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q

from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import LazyChoices
from peyvand.foundation.fields.sorting import as_people_sort
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers import access
from peyvand.memory.customers.access import CustomerQuerySet, ListQuerySet
from peyvand.memory.customers.models import Customer, CustomerList, ListMember

MOST_OFFERED = 500
BY_NAME = ("sorted_by", "id")


def lists(*, actor: Actor, archived: bool = False, editable: bool = False) -> ListQuerySet:
    """The lists that the actor sees, or may change, by name; those in use, or the archived ones."""
    found = CustomerList.objects.editable_by(actor) if editable else CustomerList.objects.visible_to(actor)
    found = found.filter(archived=archived).select_related("owner", "team")
    return found.annotate(sorted_by=as_people_sort(F("name"))).order_by(*BY_NAME)


def list_get(*, actor: Actor, id: int) -> CustomerList:
    """One list; CustomerList.DoesNotExist when there is none that the actor may see."""
    found: CustomerList = CustomerList.objects.visible_to(actor).select_related("owner", "team").get(pk=id)
    return found


def may_edit(*, actor: Actor, one: CustomerList) -> bool:
    """Whether the actor may change the list and say who is on it."""
    return CustomerList.objects.editable_by(actor).filter(pk=one.pk).exists()


def members(*, actor: Actor, one: CustomerList) -> CustomerQuerySet:
    """Who is on the list, of those whom the actor may see; in no order. The caller has found the list by right."""
    return Customer.objects.visible_to(actor).filter(listed__list=one)


def member_counts(*, actor: Actor, ids: Collection[int]) -> Mapping[int, int]:
    """How many customers, of those whom the actor may see, are on each of these lists."""
    rows = ListMember.objects.filter(list_id__in=ids)
    if actor.scope(access.VIEW) is not Scope.ALL:
        rows = rows.filter(customer__in=Customer.objects.visible_to(actor))
    return dict(rows.order_by().values_list("list_id").annotate(n=Count("pk")))


def lists_of(*, actor: Actor, customer: Customer) -> list[tuple[int, str, bool]]:
    """The lists that a customer is on, of those that the actor sees: id, name, and whether the actor may change it.

    The caller has found the customer by right.
    """
    on = CustomerList.objects.visible_to(actor).filter(archived=False, members__customer=customer)
    mine = Exists(CustomerList.objects.editable_by(actor).filter(pk=OuterRef("pk")))
    return list(on.order_by(as_people_sort(F("name")), "id").values_list("pk", "name", mine))


def with_lists(found: CustomerQuerySet, *, actor: Actor) -> CustomerQuerySet:
    """The same customers with the lists that they are on, of those that the actor sees, as `lists_shown`."""
    seen = ListMember.objects.filter(list__in=CustomerList.objects.visible_to(actor), list__archived=False)
    rows = seen.select_related("list").order_by(as_people_sort(F("list__name")), "list_id")
    return found.prefetch_related(Prefetch("listed", rows, to_attr="lists_shown"))


def lists_for(*, actor: Actor, customer: Customer) -> list[tuple[int, str]]:
    """The lists that the actor may put a customer on, who is not on them yet."""
    found = lists(actor=actor, editable=True).exclude(members__customer=customer)
    return list(found.values_list("pk", "name")[:MOST_OFFERED])


def list_choices(actor: Actor) -> LazyChoices:
    """The lists that the actor sees, for fields; archived ones are read, not offered."""
    retired: list[str] = []

    def read() -> list[tuple[int | str, str]]:
        rows = CustomerList.objects.visible_to(actor).order_by("archived", as_people_sort(F("name")), "id")
        found = list(rows.values_list("pk", "name", "archived")[:MOST_OFFERED])
        retired[:] = [str(pk) for pk, _name, archived in found if archived]
        return [(pk, name) for pk, name, _archived in found]

    return LazyChoices(read, lambda: retired)


def on_list(actor: Actor, condition: Condition) -> Q:
    """The condition on lists, of those only that the actor sees."""
    seen = CustomerList.objects.visible_to(actor).values("pk")
    of = ListMember.objects.filter(list_id__in=seen)
    if condition.values:
        of = of.filter(list_id__in=[int(value) for value in condition.values])
    found = Q(pk__in=of.values("customer_id"))
    return found if condition.operator in ("any", "filled") else ~found


def list_by_name(*, actor: Actor, name: str) -> CustomerList | None:
    """A list that the actor may change, as it is called; of several of one name one's own, then the oldest."""
    wanted = fa_key(name)
    found = [one for one in lists(actor=actor, editable=True).order_by("id") if fa_key(one.name) == wanted]
    return min(found, key=lambda one: (one.owner_id != actor.user_id, one.pk), default=None)
