"""Many customers from another program at once: made, or changed where they are known; one change set, one undo.

Every row is checked like a single one. What can't be kept is told by its place and the rest goes in, each table in one
statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers import access, queries
from peyvand.memory.customers.checking import (
    FIELDS,
    IdentityPlace,
    checked,
    custom_checked,
    custom_fields,
    identities_read,
    links_of,
    one_primary,
    owners_of,
    parents_above,
    refuse_hidden,
    taken,
)
from peyvand.memory.customers.data import CustomerRow, RowResult, SavedRows
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import EXCLUSIVE_KINDS, Customer, CustomerKind, CustomerTag, Identity
from peyvand.memory.customers.services.records import NAMES, named, renamed
from peyvand.memory.customers.services.tags import tag_name, tags_ensure
from peyvand.memory.customers.services.touching import touch
from peyvand.memory.customers.writing import (
    NewCustomer,
    NewIdentity,
    insert_customers,
    insert_identities,
    insert_tags,
    lock_codes,
)

KEPT = (*FIELDS, "custom")


@dataclass
class _Work:
    """A row on its way. `match` is the identity it names somebody by, `tags` are names by key."""

    place: int
    row: CustomerRow
    values: dict[str, Any] = field(default_factory=dict)
    match: IdentityPlace | None = None
    target: int | None = None
    customer: Customer = field(default_factory=Customer)
    changed: list[str] = field(default_factory=list)
    identities: dict[IdentityPlace, NewIdentity] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Label] = field(default_factory=dict)

    def refuse(self, field: str, message: Label) -> None:
        self.errors.setdefault(field, message)


def customers_save(*, actor: Actor, rows: Sequence[CustomerRow], whole: bool = False) -> SavedRows:
    """Make and change customers; what a row gives is written over what stands, what it leaves out stays.

    Two rows of one call can't mean the same customer. With `whole` nothing is kept unless every row can be:
    InvalidError by place and field ("rows.3.city"). Raises NotAllowed.
    """
    actor.require(access.EDIT)
    work = [_Work(place, row) for place, row in enumerate(rows)]
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        fields = custom_fields(actor) if any(row.values.get("custom") for row in rows) else {}
        for one in work:
            _read(actor, one)
        _find(actor, work)
        for one in _good(work):
            _put(actor, one, fields)
        _check_links(actor, work)
        _check_taken(actor, work)
        _only_new(_good(work))
        if whole:
            _require_all(work)
        change_set_id = _write(actor, work, whole=whole)
    return SavedRows([_result(one) for one in work], change_set_id)


def _good(work: Iterable[_Work]) -> list[_Work]:
    return [one for one in work if not one.errors]


def _require_all(work: Sequence[_Work]) -> None:
    errors = {
        ".".join(part for part in (f"rows.{one.place}", name) if part): message
        for one in work
        for name, message in one.errors.items()
    }
    if errors:
        raise InvalidError(errors)


def _result(one: _Work) -> RowResult:
    if one.errors:
        return RowResult("refused", None, one.errors)
    if one.target is None:
        return RowResult("created", one.customer.pk)
    return RowResult("updated" if one.changed else "unchanged", one.target)


# ── what a row says ───────────────────────────────────────────────────────


def _read(actor: Actor, one: _Work) -> None:
    """The row's own values, cleaned."""
    given = {name: value for name, value in one.row.values.items() if name != "custom"}
    try:
        refuse_hidden(actor, given)
        one.values = checked(given)
        one.tags = dict(tag_name(name) for name in one.row.tags)
    except InvalidError as error:
        one.errors |= error.errors
    one.identities, errors = identities_read(one.row.identities)
    one.errors |= errors
    if one.row.match is None:
        return
    found, errors = identities_read([one.row.match])
    if one.row.match.kind in queries.hidden_kinds(actor):
        one.refuse("match", _("There is no such field."))
    elif errors:
        one.refuse("match", next(iter(errors.values())))
    else:
        ((one.match, identity),) = found.items()
        if one.match not in one.identities:
            identity.place = -1
            one.identities = {one.match: identity, **one.identities}


# ── whom it means ─────────────────────────────────────────────────────────


def _find(actor: Actor, work: Sequence[_Work]) -> None:
    """The customers whom the rows name, locked in the order of their ids."""
    having = _having(actor, {one.match for one in work if one.match is not None})
    ids = {one.row.id for one in work if one.row.id is not None} | {pk for found in having.values() for pk in found}
    reach = Customer.objects.visible_to(actor, access.EDIT).filter(pk__in=ids).order_by("pk")
    locked = {one.pk: one for one in reach.select_for_update(of=("self",))} if ids else {}
    meant: set[int | IdentityPlace] = set()
    for one in _good(work):
        _choose(one, locked, having)
        who = one.target or one.match
        if who is not None and not one.errors:
            if who in meant:
                one.refuse("", _("Another row names the same customer."))
            meant.add(who)


def _having(actor: Actor, places: set[IdentityPlace]) -> dict[IdentityPlace, set[int]]:
    """Who has these identities, whether the actor sees them or not."""
    found: dict[IdentityPlace, set[int]] = {}
    if places:
        rows = Identity.objects.filter(
            demo=actor.demo, kind__in={kind for kind, *_rest in places}, key__in={key for *_rest, key in places}
        )
        for kind, system, key, customer_id in rows.values_list("kind", "system", "key", "customer_id"):
            if (kind, system, key) in places:
                found.setdefault((kind, system, key), set()).add(customer_id)
    return found


def _choose(one: _Work, locked: Mapping[int, Customer], having: Mapping[IdentityPlace, set[int]]) -> None:
    if one.row.id is not None and one.match is not None:
        return one.refuse("match", _("Name the customer by id or by an identity, not by both."))
    if one.row.id is not None:
        if one.row.id not in locked:
            return one.refuse("id", _("There is no such customer."))
        one.target = one.row.id
    elif one.match is not None:
        everybody = having.get(one.match, set())
        mine = sorted(everybody & locked.keys())
        if len(mine) > 1:
            return one.refuse("match", _("Several customers have this; name one of them by id."))
        if everybody and not mine and one.match[0] in EXCLUSIVE_KINDS:
            return one.refuse("match", _("This already belongs to another customer."))
        one.target = mine[0] if mine else None
    if one.target is not None:
        one.customer = locked[one.target]
        if one.row.version is not None and one.row.version != one.customer.version:
            return one.refuse("version", _("Somebody has changed this since it was read."))
    return None


# ── how they are to be ────────────────────────────────────────────────────


def _put(actor: Actor, one: _Work, fields: Mapping[str, Field]) -> None:
    """The customer with what the row gives; `changed` names the fields that differ."""
    who = one.customer
    before = {name: getattr(who, name) for name in KEPT}
    try:
        custom = one.row.values.get("custom") or {}
        who.custom = custom_checked(actor=actor, given=custom, before=who.custom, fields=fields)
        for name, value in one.values.items():
            setattr(who, name, value)
        if who.kind == CustomerKind.PERSON:
            who.parent_id = None
        if one.target is None:
            who.demo = actor.demo
            if who.owner_id is None and who.team_id is None and actor.scope(access.EDIT) < Scope.ALL:
                who.owner_id = actor.user_id
            named(who, fallback=next((identity.value for identity in one.identities.values()), ""))
        elif any(name in one.values for name in NAMES):
            renamed(who, one.values)
    except InvalidError as error:
        one.errors |= error.errors
    one.changed = [name for name in KEPT if getattr(who, name) != before[name]]


def _check_links(actor: Actor, work: Sequence[_Work]) -> None:
    good = _good(work)
    links = links_of(actor=actor, customers=[one.customer for one in good])
    for one in good:
        one.errors |= links.errors(one.customer)
    _check_circles([one for one in good if not one.errors and one.target and "parent_id" in one.changed])


def _check_circles(moved: Sequence[_Work]) -> None:
    """Two rows together must not make an organisation a part of itself; alone each was checked."""
    if len(moved) < 2:
        return
    above = parents_above({one.customer.parent_id for one in moved if one.customer.parent_id})
    for one in moved:
        pk, parent = one.customer.pk, one.customer.parent_id
        before, above[pk] = above.get(pk), parent
        while parent is not None and parent != pk:
            parent = above.get(parent)
        if parent == pk:
            above[pk] = before
            one.refuse("parent_id", _("This organisation is itself a part of the one you are changing."))


def _check_taken(actor: Actor, work: Sequence[_Work]) -> None:
    """Codes belong to one customer only: not to one who has them already, nor to two of these rows."""
    good = _good(work)
    owners = owners_of(actor=actor, places={at for one in good for at in one.identities})
    first: dict[IdentityPlace, _Work] = {}
    for one in good:
        one.errors |= taken(one.identities, owners=owners, customer_id=one.target)
        for at, identity in one.identities.items():
            if at[0] in EXCLUSIVE_KINDS and first.setdefault(at, one) is not one:
                one.refuse(f"identities.{identity.place}", _("Another row has this as well."))


def _only_new(good: Sequence[_Work]) -> None:
    """Leave of identities and tags those that the customers do not have yet."""
    ids = [one.target for one in good if one.target is not None]
    had: dict[int, set[IdentityPlace]] = {}
    for customer_id, *at in Identity.objects.filter(customer_id__in=ids).values_list(
        "customer_id", "kind", "system", "key"
    ):
        had.setdefault(customer_id, set()).add((at[0], at[1], at[2]))
    tagged: dict[int, set[str]] = {}
    for customer_id, key in CustomerTag.objects.filter(customer_id__in=ids).values_list("customer_id", "tag__key"):
        tagged.setdefault(customer_id, set()).add(key)
    for one in good:
        mine = had.get(one.target or 0, set())
        one.identities = {at: identity for at, identity in one.identities.items() if at not in mine}
        one_primary(list(one.identities.values()))
        kinds = {kind for kind, *_rest in mine}
        for identity in one.identities.values():
            identity.is_primary = identity.is_primary and identity.kind not in kinds
        one.tags = {key: name for key, name in one.tags.items() if key not in tagged.get(one.target or 0, set())}
        if one.target is not None:
            one.changed += ["identities"] * bool(one.identities) + ["tags"] * bool(one.tags)


# ── writing ───────────────────────────────────────────────────────────────

_TYPES = {"birth_date": "date", "owner_id": "bigint", "team_id": "bigint", "parent_id": "bigint", "custom": "jsonb"}
_COLUMNS = (*KEPT, "search_key", "sort_key")
_TYPED = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in _COLUMNS)
_UPDATE = f"""
UPDATE customers_customer c
   SET {", ".join(f"{name} = r.{name}" for name in _COLUMNS)}, version = c.version + 1,
       updated_at = statement_timestamp()
  FROM json_to_recordset(%s::json) AS r (id bigint, {_TYPED})
 WHERE c.id = r.id
"""


def _write(actor: Actor, work: Sequence[_Work], *, whole: bool) -> int | None:
    """All rows without errors, in one change set."""
    fresh = [one for one in _good(work) if one.target is None]
    known = [one for one in _good(work) if one.target is not None and one.changed]
    if not fresh and not known:
        return None
    count = len(fresh) + len(known)
    title = ngettext("%(count)s customer saved", "%(count)s customers saved", count) % {"count": count}
    with change_set(actor=actor, kind="bulk", title=title) as made:
        ids = tags_ensure(demo=actor.demo, names={name for one in (*fresh, *known) for name in one.tags.values()})
        _insert(actor, fresh, {key: tag.pk for key, tag in ids.items()})
        if whole:
            _require_all(work)
        _update([one for one in known if set(one.changed) & set(KEPT)])
        touch([one.customer.pk for one in known if not set(one.changed) & set(KEPT)])
        insert_identities(
            demo=actor.demo, rows=[(one.customer.pk, new) for one in known for new in one.identities.values()]
        )
        insert_tags(rows=[(one.customer.pk, ids[key].pk) for one in known for key in one.tags])
        if known:
            changed = tuple(dict.fromkeys(name for one in known for name in one.changed))
            told = tuple(sorted(one.customer.pk for one in known))
            publish(CustomersChanged(customer_ids=told, fields=changed, demo=actor.demo), actor=actor)
    return made.pk


def _insert(actor: Actor, fresh: Sequence[_Work], tags: Mapping[str, int]) -> None:
    """Make the new ones; those that would lie beyond the actor's reach are refused, and the rest made without them."""
    if not fresh:
        return None
    outside: set[int] = set()
    with transaction.atomic():
        ids = insert_customers(demo=actor.demo, rows=[_new(one, tags) for one in fresh])
        if actor.scope(access.EDIT) < Scope.ALL:
            reach = Customer.objects.visible_to(actor, access.EDIT).filter(pk__in=ids)
            outside = set(ids) - set(reach.values_list("pk", flat=True))
            transaction.set_rollback(bool(outside))
    if outside:
        for pk, one in zip(ids, fresh, strict=True):
            if pk in outside:
                one.refuse("owner_id", _("You can add customers of your own or of your team only."))
        return _insert(actor, _good(fresh), tags)
    sources: dict[str, list[int]] = {}
    for pk, one in zip(ids, fresh, strict=True):
        one.customer.pk = pk
        sources.setdefault(one.customer.source, []).append(pk)
    for source, made in sources.items():
        publish(CustomersCreated(customer_ids=tuple(made), source=source, demo=actor.demo), actor=actor)
    return None


def _new(one: _Work, tags: Mapping[str, int]) -> NewCustomer:
    values = {name: getattr(one.customer, name) for name in KEPT}
    return NewCustomer(**values, identities=list(one.identities.values()), tag_ids=[tags[key] for key in one.tags])


def _update(known: Sequence[_Work]) -> None:
    if known:
        rows = [{"id": one.customer.pk, **{name: getattr(one.customer, name) for name in _COLUMNS}} for one in known]
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [json.dumps(rows, default=str, ensure_ascii=False)])
