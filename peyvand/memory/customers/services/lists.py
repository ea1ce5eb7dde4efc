"""Verbs on lists of customers, and on who is on them: each one change set, so that one undo takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import ListChanged
from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.formats import number
from peyvand.memory.customers import access
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.models import Customer, CustomerList, ListMember
from peyvand.memory.customers.services.bulk import EVENT_SIZE, BulkResult, Chosen, Progress, steps, untold

NAME_LENGTH, WORDS_LENGTH = 120, 500
AT_ONCE = 200_000


@dataclass(frozen=True, kw_only=True)
class ListData:
    """A list as it is to be; with no owner it is the actor's. Its team sees it, everyone where it is `shared`."""

    name: str
    description: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    shared: bool = False


def list_save(
    *, actor: Actor, data: ListData, one: CustomerList | None = None, version: int | None = None
) -> CustomerList:
    """Make a list, or change what it is called and who sees it; ConflictError where somebody changed it since.

    Raises NotAllowed, InvalidError, and CustomerList.DoesNotExist where it may not be changed.
    """
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    values = _checked(actor, data)
    with transaction.atomic():
        kept = _editable(actor, one) if one is not None else CustomerList(demo=actor.demo, version=0)
        if one is not None and version is not None and version != kept.version:
            raise ConflictError(version=kept.version, by="", at=None, theirs=())
        for name, value in values.items():
            setattr(kept, name, value)
        kept.version += 1
        with change_set(actor=actor, kind="edit", title=gettext("List “%(name)s”") % {"name": kept.name}):
            kept.save()
            if not CustomerList.objects.editable_by(actor).filter(pk=kept.pk).exists():
                raise InvalidError({"owner_id": _("You can keep lists of your own or of your team only.")})
    return kept


def _checked(actor: Actor, data: ListData) -> dict[str, Any]:
    errors: dict[str, Label] = {}
    name, words = " ".join(clean(data.name).split()), clean(data.description)
    if not fa_key(name) or len(name) > NAME_LENGTH:
        errors["name"] = _("Give the list a name of 1 to 120 letters.")
    if len(words) > WORDS_LENGTH:
        errors["description"] = _("Say it in at most 500 letters.")
    if data.owner_id is not None and not User.objects.filter(pk=data.owner_id, is_active=True).exists():
        errors["owner_id"] = _("Choose a colleague who is active.")
    if data.team_id is not None and not Team.objects.filter(pk=data.team_id).exists():
        errors["team_id"] = _("Choose one of the teams.")
    if errors:
        raise InvalidError(errors)
    owner = data.owner_id if data.owner_id is not None else actor.user_id
    return {"name": name, "description": words, "owner_id": owner, "team_id": data.team_id, "shared": data.shared}


def list_archive(*, actor: Actor, one: CustomerList, archived: bool) -> int:
    """Put a list away with its members, or take it up again; gives the change set to undo."""
    with transaction.atomic():
        kept = _editable(actor, one)
        title = gettext("List “%(name)s” archived") if archived else gettext("List “%(name)s” brought back")
        with change_set(actor=actor, kind="edit", title=title % {"name": kept.name}) as made:
            kept.archived = archived
            kept.version += 1
            kept.save(update_fields=["archived", "version"])
    return made.pk


def list_delete(*, actor: Actor, one: CustomerList) -> int:
    """Delete a list; the customers on it stay. Gives the change set to undo."""
    with transaction.atomic():
        kept = _editable(actor, one)
        with change_set(
            actor=actor, kind="bulk", title=gettext("List “%(name)s” deleted") % {"name": kept.name}
        ) as made:
            _tell(actor, kept, removed=list(kept.members.order_by("customer_id").values_list("customer_id", flat=True)))
            kept.delete()
    return made.pk


def list_of(
    *, actor: Actor, data: ListData, customers: Chosen, progress: Progress = untold
) -> tuple[CustomerList, BulkResult]:
    """A new list of these customers, as of those whom a filter gives now; of whom the actor sees."""
    with transaction.atomic():
        ids = _seen(actor, customers)
        with change_set(
            actor=actor, kind="bulk", title=gettext("New list “%(name)s”") % {"name": clean(data.name)}
        ) as made:
            kept = list_save(actor=actor, data=data)
            added = sum(len(members_put(actor=actor, one=kept, ids=some)) for some in steps(ids, progress))
    return kept, BulkResult(added, made.pk)


def list_copy(*, actor: Actor, one: CustomerList, name: str = "") -> CustomerList:
    """The actor's own copy of a list that they see, with the members whom they see."""
    called = name or gettext("%(name)s (copy)") % {"name": one.name[: NAME_LENGTH - 20]}
    data = ListData(name=called, description=one.description)
    made, _done = list_of(actor=actor, data=data, customers=Customer.objects.filter(listed__list=one))
    return made


def list_add(*, actor: Actor, one: CustomerList, customers: Chosen, progress: Progress = untold) -> BulkResult:
    """Put customers, of those whom the actor sees, on a list that the actor may change."""
    with transaction.atomic():
        kept = _editable(actor, one)
        ids = _seen(actor, customers)
        words = ngettext("%(count)s customer on “%(name)s”", "%(count)s customers on “%(name)s”", len(ids))
        title = words % {"count": len(ids), "name": kept.name}
        with change_set(actor=actor, kind="bulk", title=title) as made:
            added = sum(len(members_put(actor=actor, one=kept, ids=some)) for some in steps(ids, progress))
    return BulkResult(added, made.pk if added else None)


def list_remove(*, actor: Actor, one: CustomerList, customers: Chosen, progress: Progress = untold) -> BulkResult:
    """Take customers, of those whom the actor sees, off a list that the actor may change."""
    with transaction.atomic():
        kept = _editable(actor, one)
        ids = _seen(actor, customers)
        words = ngettext("%(count)s customer off “%(name)s”", "%(count)s customers off “%(name)s”", len(ids))
        title = words % {"count": len(ids), "name": kept.name}
        with change_set(actor=actor, kind="bulk", title=title) as made:
            removed = 0
            for some in steps(ids, progress):
                of = ListMember.objects.filter(list=kept, customer_id__in=some)
                gone = list(of.order_by("customer_id").values_list("customer_id", flat=True))
                of.delete()
                _tell(actor, kept, removed=gone)
                removed += len(gone)
    return BulkResult(removed, made.pk if removed else None)


_PUT = """
INSERT INTO customers_listmember (list_id, customer_id, added_by_id)
SELECT %s, id, %s FROM unnest(%s::bigint[]) AS wanted (id) ON CONFLICT DO NOTHING RETURNING customer_id
"""


def members_put(*, actor: Actor, one: CustomerList, ids: Sequence[int]) -> list[int]:
    """Put customers on a list, in the caller's change set and by the caller's check of rights; gives who is new."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [one.pk, actor.user_id, list(ids)])
        added = sorted(pk for (pk,) in cursor.fetchall())
    _tell(actor, one, added=added)
    return added


def _editable(actor: Actor, one: CustomerList) -> CustomerList:
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    found: CustomerList = CustomerList.objects.editable_by(actor).select_for_update(of=("self",)).get(pk=one.pk)
    return found


def _seen(actor: Actor, customers: Chosen) -> list[int]:
    """Ids of those whom the actor sees, in their order."""
    actor.require(access.VIEW)
    within = Q(pk__in=customers.order_by().values("pk") if isinstance(customers, CustomerQuerySet) else list(customers))
    found = Customer.objects.visible_to(actor).filter(within).order_by("pk")
    ids = list(found.values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(ids) > AT_ONCE:
        words = gettext("At most %(count)s customers go on a list at once. Narrow the filter first.")
        raise InvalidError({"": words % {"count": number(AT_ONCE)}})
    return ids


def _tell(actor: Actor, one: CustomerList, *, added: Sequence[int] = (), removed: Sequence[int] = ()) -> None:
    for start in range(0, max(len(added), len(removed)), EVENT_SIZE):
        end = start + EVENT_SIZE
        publish(
            ListChanged(
                list_id=one.pk, added=tuple(added[start:end]), removed=tuple(removed[start:end]), demo=one.demo
            ),
            actor=actor,
        )
