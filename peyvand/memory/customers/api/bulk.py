"""REST routes of many customers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from ninja import Router, Schema
from pydantic import Field, WrapValidator

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import kept
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import ErrorOut, Given, Id, Text, errors_of, example, or_unread, unread_of
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.api.records import identity_data, understood
from peyvand.memory.customers.api.schemas import CustomerIn, IdentityIn, exact
from peyvand.memory.customers.data import CustomerRow, IdentityData, RowResult
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.services.bulk import BulkResult, Chosen

MOST_ROWS = 1_000
MOST_IDS = 10_000
router = Router()


class BulkRow(CustomerIn):
    """A customer to be made, or, with `id` or `match`, to be changed; what is left out stays.

    `match` names somebody by a phone, an e-mail or a code: who has it is changed, and where nobody has it somebody is
    made who does. `identities` and `tags` are added; nothing is taken away.
    """

    model_config = example(
        {"match": {"kind": "external", "system": "shop", "value": "A-17"}, "name": "Sara Karimi"},
        {"id": 12, "version": 3, "city": "Shiraz"},
    )

    id: Id | None = None
    match: IdentityIn | None = None
    version: int | None = None


class BulkIn(Given):
    """Up to a thousand rows. With `whole` nothing is kept unless every row can be."""

    model_config = example(
        {
            "rows": [
                {"match": {"kind": "external", "system": "shop", "value": "A-17"}, "name": "Sara Karimi"},
                {"name": "Tabriz Tea House", "kind": "organisation"},
            ]
        }
    )

    rows: list[Annotated[BulkRow, WrapValidator(or_unread)]] = Field(min_length=1, max_length=MOST_ROWS)
    whole: bool = False


class BulkResultOut(Schema):
    """What became of the row at `index`."""

    index: int
    status: Literal["created", "updated", "unchanged", "refused"]
    id: int | None
    errors: list[ErrorOut]


class BulkOut(Schema):
    """What became of every row, in their order; `change_set_id` takes all of it back."""

    created: int
    updated: int
    unchanged: int
    refused: int
    change_set_id: int | None
    results: list[BulkResultOut]


def _row(row: BulkRow) -> CustomerRow:
    values = row.dict(exclude_unset=True, exclude={"id", "match", "version", "identities", "tags"})
    if "custom" in values:
        values["custom"] = exact(row.custom)
    return CustomerRow(
        values=values, id=row.id, version=row.version, tags=row.tags, identities=identity_data(row.identities),
        match=IdentityData(**row.match.dict()) if row.match is not None else None,
    )  # fmt: skip


@router.post("/customers/bulk", response=BulkOut, summary="Make and change up to a thousand customers at once")
def customers_bulk(request: StaffRequest, data: BulkIn) -> dict[str, Any]:
    """One transaction and one change set. A row that can't be kept is told by its index, with the reason, and the
    others go in; with `whole` a single such row refuses them all (422, fields like `rows.3.city`). Two rows can't mean
    the same customer. Send an `Idempotency-Key`, and a call that is sent again is not done again.
    """
    request.actor.require(access.EDIT)
    unread = unread_of(data.rows, whole=data.whole)
    saved = services.customers_save(
        actor=request.actor, rows=[_row(row) for row in data.rows if isinstance(row, BulkRow)], whole=data.whole
    )
    read = iter(saved.results)
    results = [
        {"index": place, "status": "refused", "id": None, "errors": unread[place]}
        if place in unread
        else _result(place, next(read))
        for place in range(len(data.rows))
    ]
    counts = {name: sum(one["status"] == name for one in results) for name in _STATUSES}
    return {**counts, "change_set_id": saved.change_set_id, "results": results}


_STATUSES = ("created", "updated", "unchanged", "refused")


def _result(place: int, found: RowResult) -> dict[str, Any]:
    return {"index": place, "status": found.status, "id": found.customer_id, "errors": errors_of(found.errors)}


class ActionIn(Given):
    """What to do to many: to those of `ids`, or to all that the list gives under the conditions `where`.

    `do` is owner or team (`value` an id, null for none), tag or untag (`value` a name), set (`field` and its `value`,
    null for nothing), or delete.
    """

    model_config = example(
        {"ids": [1, 2], "do": "tag", "value": "وفادار"},
        {"where": {"view": "unowned", "city": "Shiraz"}, "do": "owner", "value": 1},
    )

    ids: list[Id] | None = Field(default=None, min_length=1, max_length=MOST_IDS)
    where: dict[str, Text] | None = Field(
        default=None, min_length=1, max_length=50, description="Parameters of GET /customers, as `view` or `f.country`."
    )
    do: Literal["owner", "team", "tag", "untag", "set", "delete"]
    field: Text = Field(default="", max_length=60)
    value: Any = None


class ActionOut(Schema):
    """How many customers were changed; those who are so already, or whom you may not change, are left as they are."""

    changed: int
    change_set_id: int | None


@router.post("/customers/actions", response=ActionOut, summary="Do one thing to many customers")
def customers_act(request: StaffRequest, data: ActionIn) -> BulkResult:
    """One change set, which one undo takes back. Conditions that can't be understood are refused, since without them
    all customers would be meant.
    """
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.DELETE if data.do == "delete" else access.EDIT)
    if (data.ids is None) == (data.where is None):
        raise ValidationError({"ids": gettext("Say whom: by ids, or by conditions.")})
    return _do(actor, data, _chosen(actor, data.ids, data.where or {}))


def _chosen(actor: Actor, ids: Sequence[int] | None, where: Mapping[str, str]) -> Chosen:
    if ids is not None:
        return list(ids)
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    wanted = understood(actor=actor, given=where, currency=currency)
    return queries.customers(actor=actor, chosen=wanted.chosen)


def _do(actor: Actor, data: ActionIn, chosen: Chosen) -> BulkResult:
    match data.do:
        case "delete":
            return services.customers_delete(actor=actor, customers=chosen)
        case "owner":
            return services.owner_set(actor=actor, customers=chosen, owner_id=_id(data.value))
        case "team":
            return services.team_set(actor=actor, customers=chosen, team_id=_id(data.value))
        case "tag":
            return services.tag_add_to(actor=actor, customers=chosen, name=_text(data.value))
        case "untag":
            return services.tag_remove_from(actor=actor, customers=chosen, name=_text(data.value))
    field = fields_of(actor=actor, record=RECORD).get(data.field)
    if field is None or not field.edited:
        raise ValidationError({"field": gettext("There is no such field.")})
    try:
        value = kept(field, exact({"value": data.value})["value"])
    except ValueRefusedError as error:
        raise ValidationError({"value": str(error)}) from error
    return services.fields_set(actor=actor, customers=chosen, field=field, value=value)


def _id(value: Any) -> int | None:
    if value is None or (type(value) is int and 0 < value < 2**63):
        return value
    raise ValidationError({"value": gettext("This must be an id, or null for none.")})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValidationError({"value": gettext("This must be text.")})
