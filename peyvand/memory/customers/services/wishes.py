"""What may be done to many customers at once, as a plain value: done at once, or kept for long work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from peyvand.foundation.accounts.queries import user_names
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access, queries
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import CustomerList
from peyvand.memory.customers.services import bulk, fieldwise
from peyvand.memory.customers.services import lists as listing
from peyvand.memory.customers.services.bulk import BulkResult, Chosen, Progress

PERMISSIONS = {"delete": access.DELETE, "put": access.LISTS, "take": access.LISTS, "newlist": access.LISTS}
LONG = 2_000  # customers from which on it is long work


@dataclass(frozen=True)
class Wish:
    """A verb with its value: the owner's id or None, the tag's name, the kept value of a field, a list's id or name."""

    verb: str
    value: Any = None
    field: str = ""

    @property
    def permission(self) -> str:
        """What right it asks for."""
        return PERMISSIONS.get(self.verb, access.EDIT)

    def as_plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Wish:
        """Read back."""
        return cls(str(plain["verb"]), plain["value"], str(plain["field"]))


def wish_do(*, actor: Actor, customers: Chosen, wish: Wish, progress: Progress | None = None) -> BulkResult:
    """Do it, in one change set. Raises NotAllowed and InvalidError."""
    told = progress or bulk.untold
    match wish.verb:
        case "owner":
            return bulk.owner_set(actor=actor, customers=customers, owner_id=wish.value, progress=told)
        case "tag":
            return bulk.tag_add_to(actor=actor, customers=customers, name=wish.value, progress=told)
        case "untag":
            return bulk.tag_remove_from(actor=actor, customers=customers, name=wish.value, progress=told)
        case "delete":
            return bulk.customers_delete(actor=actor, customers=customers, progress=told)
        case "field":
            field = fields_of(actor=actor, record=RECORD).get(wish.field)
            if field is None or not field.edited:
                raise InvalidError({"field": gettext("This field can't be set by hand.")})
            return fieldwise.fields_set(actor=actor, customers=customers, field=field, value=wish.value, progress=told)
        case "newlist":
            data = listing.ListData(name=wish.value)
            return listing.list_of(actor=actor, data=data, customers=customers, progress=told)[1]
        case "put" | "take":
            one = CustomerList.objects.editable_by(actor).filter(pk=wish.value).first()
            if one is None:
                raise InvalidError({"list": gettext("The list is gone, or you may not change it any more.")})
            verb = listing.list_add if wish.verb == "put" else listing.list_remove
            return verb(actor=actor, one=one, customers=customers, progress=told)
    raise ValueError(wish.verb)


def chosen_by(*, actor: Actor, query: Mapping[str, str], currency: str) -> CustomerQuerySet:
    """All whom the conditions of a list's address give, by the actor's rights."""
    return queries.customers(actor=actor, chosen=asked(actor=actor, query=query, currency=currency).chosen)


def words(*, actor: Actor, wish: Wish, count: int) -> str:
    """What was done, with a place for the shown count: "%(count)s customers tagged."."""
    match wish.verb:
        case "owner" if wish.value is None:
            return ngettext("%(count)s customer has no owner now.", "%(count)s customers have no owner now.", count)
        case "owner":
            name = user_names({wish.value}).get(wish.value, "").replace("%", "%%")
            text = ngettext(
                "%(count)s customer assigned to %(name)s.", "%(count)s customers assigned to %(name)s.", count
            )
            return text.replace("%(name)s", name)
        case "tag":
            return ngettext("%(count)s customer tagged.", "%(count)s customers tagged.", count)
        case "untag":
            return ngettext("Tag taken off %(count)s customer.", "Tag taken off %(count)s customers.", count)
        case "delete":
            return ngettext("%(count)s customer deleted.", "%(count)s customers deleted.", count)
        case "newlist":
            return ngettext("%(count)s customer is on the new list.", "%(count)s customers are on the new list.", count)
        case "put":
            return ngettext("%(count)s customer put on the list.", "%(count)s customers put on the list.", count)
        case "take":
            return ngettext("%(count)s customer taken off.", "%(count)s customers taken off.", count)
    field = fields_of(actor=actor, record=RECORD).get(wish.field)
    label = str(field.label).replace("%", "%%") if field else wish.field
    text = ngettext("%(field)s of %(count)s customer was set.", "%(field)s of %(count)s customers was set.", count)
    return text.replace("%(field)s", label)
