"""One field of one customer, or of many: set as it is kept, each time one change set that one undo takes back."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext, ngettext

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind, value_of
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access
from peyvand.memory.customers.checking import checked, custom_checked, refuse_hidden, stage_checked
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import OF_PEOPLE
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services.bulk import (
    BulkResult,
    Chosen,
    Progress,
    locked,
    owner_set,
    steps,
    team_set,
    tell,
    untold,
)
from peyvand.memory.customers.services.records import customer_update

_TEXTS = (FieldKind.TEXT, FieldKind.LONG, FieldKind.CHOICE, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.LINK)


def _changes(field: Field, value: Any) -> dict[str, Any]:
    """What customer_update takes for a kept value (kinds.kept) of the field; None empties it."""
    if field.custom:
        return {"custom": {field.key: value_of(field, value)}}
    plain = value_of(field, value)
    return {field.edited: "" if plain is None and field.kind in _TEXTS else plain}


def field_set(*, actor: Actor, customer: Customer, field: Field, value: Any, version: int | None) -> int:
    """Set one field of a customer to a kept value, None for nothing; gives the change set.

    Raises what customer_update does: NotAllowed, InvalidError, ConflictError, Customer.DoesNotExist.
    """
    title = gettext("%(field)s of %(name)s") % {"field": field.label, "name": customer.name}
    with transaction.atomic(), change_set(actor=actor, kind="edit", title=title) as made:
        customer_update(actor=actor, customer=customer, changes=_changes(field, value), version=version)
    return made.pk


def fields_set(*, actor: Actor, customers: Chosen, field: Field, value: Any, progress: Progress = untold) -> BulkResult:
    """Set one field of many customers to a kept value, None for nothing; those who have it so stay as they are.

    Of organisations nothing is set that only people have. Raises NotAllowed and InvalidError.
    """
    actor.require(access.EDIT)
    refuse_hidden(actor, [field.name])
    if not field.edited:
        raise InvalidError({field.name: gettext("This field can't be set by hand.")})
    if field.edited == "owner_id":
        return owner_set(actor=actor, customers=customers, owner_id=value, progress=progress)
    if field.edited == "team_id":
        return team_set(actor=actor, customers=customers, team_id=value, progress=progress)
    given = _changes(field, value)
    custom = custom_checked(actor=actor, given=given.pop("custom", {}), before={})
    values = checked(stage_checked(given, demo=actor.demo))
    with transaction.atomic():
        if field.custom:
            same = Q(custom__contains=custom) if custom else ~Q(custom__has_key=field.key)
        else:
            (wanted,) = values.values()
            same = Q(**{f"{field.edited}__isnull": True}) if wanted is None else Q(**{field.edited: wanted})
        if field.name in OF_PEOPLE:
            same |= Q(kind=CustomerKind.ORGANISATION)
        ids = locked(actor=actor, customers=customers, permission=access.EDIT, but=same)
        if not ids:
            return BulkResult(0, None)
        title = ngettext("%(field)s of %(count)s customer", "%(field)s of %(count)s customers", len(ids))
        with change_set(actor=actor, kind="bulk", title=title % {"count": len(ids), "field": str(field.label)}) as made:
            for some in steps(ids, progress):
                if field.custom:
                    with connection.cursor() as cursor:
                        cursor.execute(
                            "UPDATE customers_customer SET custom = (custom - %s) || %s::jsonb WHERE id = ANY(%s)",
                            [field.key, json.dumps(custom), list(some)],
                        )
                else:
                    Customer.objects.filter(pk__in=some).update(**values)
                tell(actor=actor, ids=some, field="custom" if field.custom else field.edited)
    return BulkResult(len(ids), made.pk)
