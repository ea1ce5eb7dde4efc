"""The reads of interactions, by right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from peyvand.foundation.accounts.queries import user_names
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.queries import ChangedRow, history_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.lists import KeysetPage, paginate
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions import access
from peyvand.memory.interactions.access import InteractionQuerySet
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction, InteractionFile

NEWEST_FIRST = ("-at", "-id")
PINS = 5
NAMESAKES = 500  # customers of a typed name up to whom their interactions are looked for by customer


@dataclass(frozen=True)
class InteractionFilter:
    """Conditions that all must hold; empty means any. `until` is exclusive; `who` is a part of the customer's name."""

    kinds: tuple[str, ...] = ()
    channel: str = ""
    direction: str = ""
    staff_id: int | None = None
    customer_id: int | None = None
    who: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    with_files: bool = False


def kinds(*, actor: Actor | None = None) -> Sequence[InteractionKind]:
    """Every kind that a room declares, or those that the actor may see."""
    unseen = access.unseen_kinds(actor) if actor else ()
    return [kind for kind in registry.all(InteractionKind) if kind.name not in unseen]


def interactions(*, actor: Actor, chosen: InteractionFilter | None = None) -> InteractionQuerySet:
    """What the actor may see of all customers; in no order."""
    actor.require(access.VIEW)
    return _chosen(Interaction.objects.visible_to(actor), chosen or InteractionFilter(), actor)


def timeline(
    *,
    actor: Actor,
    customer_id: int,
    before: str | None = None,
    size: int = 30,
    chosen: InteractionFilter | None = None,
) -> KeysetPage[Interaction]:
    """One page of a customer's history, newest first; `before` is the cursor of the page above.

    Raises NotAllowed, Customer.DoesNotExist for one whom the actor may not see, BadCursorError.
    """
    actor.require(access.VIEW)
    customers.customer_get(actor=actor, id=customer_id)
    return timeline_of(actor=actor, customer_id=customer_id, before=before, size=size, chosen=chosen)


def timeline_of(
    *,
    actor: Actor,
    customer_id: int,
    before: str | None = None,
    size: int = 30,
    chosen: InteractionFilter | None = None,
) -> KeysetPage[Interaction]:
    """As `timeline`, of a customer whom the caller has found by right: one query."""
    actor.require(access.VIEW)
    found = Interaction.objects.visible_to(actor).filter(customer_id=customer_id)
    return paginate(_chosen(found, chosen or InteractionFilter(), actor), order=NEWEST_FIRST, cursor=before, size=size)


def pinned(*, actor: Actor, customer_id: int) -> list[Interaction]:
    """What is pinned on top of a customer's history, the latest pin first."""
    actor.require(access.VIEW)
    found = Interaction.objects.visible_to(actor).filter(customer_id=customer_id, pinned_at__isnull=False)
    return list(found.defer("search_key").order_by("-pinned_at", "-id")[:PINS])


def interaction_get(*, actor: Actor, id: int) -> Interaction:
    """One interaction; Interaction.DoesNotExist when there is none that the actor may see."""
    actor.require(access.VIEW)
    found: Interaction = Interaction.objects.visible_to(actor).select_related("customer", "staff").get(pk=id)
    return found


def provenance(*, actor: Actor, interaction: Interaction) -> list[tuple[ChangedRow, ChangeSet | None]]:
    """How an interaction came to be as it is: its changes, newest first, each with the act that made it.

    The caller has found the interaction by right.
    """
    return history_of(actor, "interactions_interaction", interaction.pk)


def staff_names(rows: Iterable[Interaction]) -> dict[int, str]:
    """The names of colleagues on these rows, by id: one query for a page, not a join for every row."""
    ids = {pk for row in rows for pk in (row.staff_id, row.pinned_by_id) if pk is not None}
    return user_names(ids) if ids else {}


def customer_names(rows: Iterable[Interaction]) -> dict[int, str]:
    """The names of the customers of these rows, by id. The caller has found the rows by right."""
    ids = {row.customer_id for row in rows if row.customer_id is not None}
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def files_of(rows: Iterable[Interaction]) -> dict[int, list[InteractionFile]]:
    """The files of these rows, by interaction. The caller has found the rows by right."""
    found: dict[int, list[InteractionFile]] = {}
    ids = [row.pk for row in rows]
    if ids:
        for one in InteractionFile.objects.filter(interaction_id__in=ids).select_related("file").order_by("pk"):
            found.setdefault(one.interaction_id, []).append(one)
    return found


def _chosen(found: InteractionQuerySet, chosen: InteractionFilter, actor: Actor) -> InteractionQuerySet:
    rows = found.defer("search_key")
    if chosen.kinds:
        rows = rows.filter(kind__in=chosen.kinds)
    if chosen.channel:
        rows = rows.filter(channel=chosen.channel)
    if chosen.direction:
        rows = rows.filter(direction=chosen.direction)
    if chosen.staff_id is not None:
        rows = rows.filter(staff_id=chosen.staff_id)
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id=chosen.customer_id)
    if chosen.since is not None:
        rows = rows.filter(at__gte=chosen.since)
    if chosen.until is not None:
        rows = rows.filter(at__lt=chosen.until)
    if chosen.with_files:
        rows = rows.filter(pk__in=InteractionFile.objects.values("interaction_id"))
    if words := fa_key(chosen.text).split():
        rows = rows.exclude(search_key="")
        for word in words:
            rows = rows.filter(search_key__contains=word)
    if names := fa_key(chosen.who).split():
        rows = _of_people(rows, names, actor)
    return rows


def _of_people(rows: InteractionQuerySet, names: Sequence[str], actor: Actor) -> InteractionQuerySet:
    """Interactions of customers whose name has these parts.

    A rare name is looked for by its customers. Of a common one every page is full after a short walk through the latest
    interactions, each asked whose it is; nobody is left out.
    """
    people = Customer.objects.visible_to(actor)
    for name in names:
        people = people.filter(search_key__contains=name)
    ids = list(people.order_by().values_list("pk", flat=True)[: NAMESAKES + 1])
    if len(ids) <= NAMESAKES:
        return rows.filter(customer_id__in=ids)
    return rows.filter(Exists(people.order_by().filter(pk=OuterRef("customer_id"))))
