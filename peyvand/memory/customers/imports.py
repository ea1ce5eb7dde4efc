"""Lists of people and organisations coming in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.accounts.models import User
from peyvand.foundation.fields.declarations import PREFIX
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import kept
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.customers import access
from peyvand.memory.customers.beside import said_of, say, work_at
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.import_links import Links
from peyvand.memory.customers.import_matching import MatchingWriter, within_reach
from peyvand.memory.customers.keys import NAME_LENGTH, identity_key, name_of, search_key_of, sort_key_of
from peyvand.memory.customers.known import SYSTEM
from peyvand.memory.customers.models import Customer, Identity, IdentityKind
from peyvand.memory.customers.services.tags import tags_ensure
from peyvand.memory.customers.writing import (
    NewCustomer,
    NewIdentity,
    insert_customers,
    insert_identities,
    insert_tags,
    lock_codes,
)

TEXTS = {"job_title": 120, "city": 120, "country": 120, "note": 20_000}
NO_NAME = "customers.no_name"
BAD_EMAIL = "customers.bad_email"
BAD_CODE = "customers.bad_code"
BAD_TAG = "customers.bad_tag"
BAD_BIRTH = "customers.bad_birth"
NO_OWNER = "customers.no_owner"
SHORTENED = "customers.shortened"
UNKNOWN = "customers.unknown"
BAD_FIELD = "customers.bad_field"
OUT_OF_REACH = "customers.out_of_reach"
# An empty cell may empty these.
CLEARED = ("job_title", "city", "country", "birth_date", "note", "owner", "stage", "language", "team")


class CustomerWriter(MatchingWriter):
    """Makes customers, or changes those whom a row names by code, e-mail, or phone together with the name.

    Of a known customer only what the row gives is changed. Options: "key" names the one column by which rows are known
    (a code, phone, e-mail, custom field, or of organisations the name); "existing" = "skip" changes nobody; "missing" =
    "skip" makes nobody; with "clear", empty cells of mapped columns empty their field; "list" names the list that all
    go on. Nobody becomes an organisation by it, nor the other way round.

    Whom the actor may not change stays as they are, and the row is left out; new ones are within the actor's reach.
    """

    def __init__(self, actor: Actor, options: Mapping[str, Any], *, kind: str) -> None:
        super().__init__(actor, kind=kind, key=str(options.get("key") or ""))
        self.skip_known = options.get("existing") == "skip"
        self.skip_unknown = options.get("missing") == "skip"
        mapped = options.get("mapped", ())
        self.clear = [name for name in mapped if name in CLEARED or name[:2] == PREFIX] if options.get("clear") else []
        self.owners: dict[str, int] = {}
        self.links = Links(actor, options, system=SYSTEM)

    def prepare(self) -> None:
        """Know the colleagues by name and e-mail, the custom fields, and how far the actor reaches."""
        self.actor.require(access.EDIT)
        self.colleagues = within_reach(self.actor)
        self.custom = {one.name: one for one in customs(actor=self.actor, record=RECORD)}
        for pk, name, email in User.objects.filter(is_active=True).values_list("pk", "name", "email"):
            self.owners.setdefault(fa_key(name), pk)
            self.owners[email] = pk
        self.links.prepare()

    def write(self, rows: Sequence[Row]) -> None:
        """One batch: match, make, change; each table in one statement."""
        lock_codes(demo=self.actor.demo)
        read = [(row, made) for row in rows if (made := self._read(row)) is not None]
        known = self._known([made for _row, made in read])
        fresh: list[NewCustomer] = []
        changes: dict[int, NewCustomer] = {}
        for row, made in read:
            target = self._target(row, made, known)
            if target is None:
                continue
            if target is made and self.skip_unknown:
                self.skip(row, UNKNOWN, value=self._key_value(made) or made.name[:80])
                continue
            if isinstance(target, int):
                if target in changes:
                    _fill(changes[target], made)
                else:
                    changes[target] = made
            elif target is made:
                self._own(row, made)
                fresh.append(made)
            else:
                _fill(target, made)
        self._tags([*fresh, *changes.values()])
        ids = self._insert(fresh)
        changed: set[int] = set()
        if self.skip_known:
            self.unchanged += len(changes)
        else:
            changed = self._change(changes)
        under = [(pk, one.parent, one.line) for pk, one in zip(ids, fresh, strict=True) if one.parent]
        if not self.skip_known:
            under += [(pk, one.parent, one.line) for pk, one in changes.items() if one.parent]
        self._moved(self.links.put_under(under, self.problems, last=False) - changed - set(ids))
        self._listed([*ids, *changes])
        self.totals["customers"] = self.new + self.updated

    def finish(self) -> Mapping[str, Any]:
        """Put organisations under those that came later in the file."""
        waiting, self.links.waiting = self.links.waiting, []
        self._moved(self.links.put_under(waiting, self.problems, last=True), counted=True)
        return super().finish()

    def save(self) -> Mapping[str, Any]:
        """The counters, and who waits for an organisation to come."""
        return {**super().save(), "waiting": [list(one) for one in self.links.waiting]}

    def load(self, saved: Mapping[str, Any]) -> None:
        """Take these up again."""
        super().load(saved)
        self.links.waiting = [(pk, word, row) for pk, word, row in saved.get("waiting", ())]

    def _moved(self, ids: set[int], *, counted: bool = False) -> None:
        """Say of whom only the organisation above changed; `counted` where their lines have been counted already."""
        if not ids:
            return
        if not counted:
            self.updated += len(ids)
            self.unchanged -= len(ids)
        told = CustomersChanged(customer_ids=tuple(sorted(ids)), fields=("parent",), demo=self.actor.demo)
        publish(told, actor=self.actor)

    def _listed(self, ids: Sequence[int]) -> None:
        if put := self.links.put_on_list(ids):
            self.totals["on_list"] = self.totals.get("on_list", 0) + put

    def _read(self, row: Row) -> NewCustomer | None:
        """The row's values as they fit their columns; None, with the problem noted, when nobody can be made of it."""
        values = row.values
        identities = self._identities_of(row)
        name = name_of(
            kind=self.kind,
            name=values.get("name", ""),
            honorific=values.get("honorific", ""),
            given=values.get("given_name", ""),
            family=values.get("family_name", ""),
        )
        whole = name.name or (identities[0].value if identities else "")
        if not whole:
            self.skip(row, NO_NAME)
            return None
        if len(whole) > NAME_LENGTH:
            self.note(row, SHORTENED, column="name", value=whole[:80])
        made = NewCustomer(
            kind=self.kind,
            name=whole[:NAME_LENGTH],
            honorific=name.honorific[:60],
            given_name=name.given[:120],
            family_name=name.family[:120],
            source="import",
            identities=identities,
        )
        for column, length in TEXTS.items():
            text = clean(str(values.get(column, "")))
            if len(text) > length:
                self.note(row, SHORTENED, column=column, value=text[:80])
            setattr(made, column, text[:length])
        born = values.get("birth_date")
        if born is not None:
            if born.year >= 1850 and born <= date.today():
                made.birth_date = born
            else:
                self.note(row, BAD_BIRTH, column="birth_date", value=born.isoformat())
        for column, field in self.custom.items():
            if column in values:
                try:
                    made.custom[field.key] = kept(field, values[column])
                except ValueRefusedError:
                    self.note(row, BAD_FIELD, column=column, value=str(values[column])[:80])
        self.links.read(row, made, self.note)
        made.cleared = [one for one in self.clear if one not in values]
        made.tags = self._tags_of(row)
        said_of(self, row, made)
        owner = clean(str(values.get("owner", "")))
        if owner:
            made.owner_id = self.owners.get(owner.lower()) or self.owners.get(fa_key(owner))
            if made.owner_id is None:
                self.note(row, NO_OWNER, column="owner", value=owner)
        return made

    def _identities_of(self, row: Row) -> list[NewIdentity]:
        found: dict[tuple[str, str], NewIdentity] = {}
        for column, kind, system, reason in (
            ("code", IdentityKind.EXTERNAL, SYSTEM, BAD_CODE),
            ("phone", IdentityKind.PHONE, "", ""),
            ("phone_2", IdentityKind.PHONE, "", ""),
            ("email", IdentityKind.EMAIL, "", BAD_EMAIL),
        ):
            value = clean(str(row.values.get(column, "")))
            if not value:
                continue
            try:
                key = identity_key(kind, value)
            except IdentifierError:
                if reason:
                    self.note(row, reason, column=column, value=value)
                continue
            first = not any(identity.kind == kind for identity in found.values())
            found.setdefault((kind, key), NewIdentity(kind, system, value, key, is_primary=first))
        return list(found.values())

    def _tags_of(self, row: Row) -> list[str]:
        names = []
        for part in str(row.values.get("tags", "")).replace("،", ",").replace(";", ",").split(","):
            name = " ".join(clean(part).split())
            if name and fa_key(name) and len(name) <= 60:
                names.append(name)
            elif name:
                self.note(row, BAD_TAG, column="tags", value=name[:80])
        return names

    def _own(self, row: Row, made: NewCustomer) -> None:
        """See that somebody new is within the actor's reach: theirs, unless the row names a colleague within it."""
        if self.colleagues is None or (made.team_id is not None and made.team_id in self.actor.team_ids):
            return
        if made.owner_id is not None and made.owner_id not in self.colleagues:
            self.note(row, OUT_OF_REACH, column="owner", value=clean(str(row.values.get("owner", ""))))
            made.owner_id = None
        if made.owner_id is None:
            made.owner_id, made.team_id = self.actor.user_id, None

    def _tags(self, made: Sequence[NewCustomer]) -> None:
        names = {name for one in made for name in one.tags}
        try:
            tags = tags_ensure(demo=self.actor.demo, names=sorted(names))
        except InvalidError:
            return
        for one in made:
            one.tag_ids = list({tags[fa_key(name)].pk for name in one.tags})

    def _insert(self, fresh: Sequence[NewCustomer]) -> list[int]:
        if not fresh:
            return []
        ids = insert_customers(demo=self.actor.demo, rows=fresh)
        self.new += len(ids)
        self._beside(dict(zip(ids, fresh, strict=True)))
        made = CustomersCreated(customer_ids=tuple(ids), source="import", demo=self.actor.demo)
        publish(made, actor=self.actor)
        return ids

    def _change(self, changes: Mapping[int, NewCustomer]) -> set[int]:
        """Write what the rows give over what stands, in one statement a table; gives who changed."""
        if not changes:
            return set()
        changed: set[int] = set()
        rows = []
        for stands in Customer.objects.filter(pk__in=list(changes)).select_for_update(of=("self",)).order_by("pk"):
            made = changes[stands.pk]
            named = made.name != (made.identities[0].value if made.identities else "")
            name = made.name if named else stands.name
            after = (
                name,
                made.honorific if named else stands.honorific,
                made.given_name if named else stands.given_name,
                made.family_name if named else stands.family_name,
                *(self._after(made, stands, column) for column in CHANGED[4:]),
            )
            custom = {key: value for key, value in stands.custom.items() if f"{PREFIX}{key}" not in made.cleared}
            custom |= made.custom
            if custom != stands.custom or after != tuple(getattr(stands, column) for column in CHANGED):
                rows.append((stands.pk, *after, json.dumps(custom), search_key_of(name), sort_key_of(name)))
                changed.add(stands.pk)
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(UPDATE, [list(column) for column in zip(*rows, strict=True)])
        changed |= self._add_identities(changes)
        tagged = [(pk, tag) for pk, made in changes.items() for tag in made.tag_ids]
        if insert_tags(rows=tagged):
            changed |= {pk for pk, _tag in tagged}
        changed |= self._beside(changes)
        self.updated += len(changed)
        self.unchanged += len(changes) - len(changed)
        if changed:
            told = CustomersChanged(customer_ids=tuple(sorted(changed)), fields=("import",), demo=self.actor.demo)
            publish(told, actor=self.actor)
        return changed

    def _beside(self, rows: Mapping[int, NewCustomer]) -> set[int]:
        """Where people work and what is known of them, of customers by id; gives whose changed by it."""
        return work_at(self, rows, make=not self.skip_unknown) | say(self, rows)

    @staticmethod
    def _after(made: NewCustomer, stands: Customer, column: str) -> Any:
        """What a column holds afterwards: what the row gives, nothing where it empties the field, else what stands."""
        given = getattr(made, column)
        if given:
            return given
        return _EMPTY[column] if _said(column) in made.cleared else getattr(stands, column)

    def _add_identities(self, changes: Mapping[int, NewCustomer]) -> set[int]:
        had: dict[int, set[tuple[str, str]]] = {}
        kinds: set[tuple[int, str]] = set()
        for pk, kind, key in Identity.objects.filter(customer_id__in=list(changes)).values_list(
            "customer_id", "kind", "key"
        ):
            had.setdefault(pk, set()).add((kind, key))
            kinds.add((pk, kind))
        rows = []
        for pk, made in changes.items():
            for identity in made.identities:
                if (identity.kind, identity.key) not in had.get(pk, set()):
                    identity.is_primary = identity.is_primary and (pk, identity.kind) not in kinds
                    rows.append((pk, identity))
        insert_identities(demo=self.actor.demo, rows=rows)
        return {pk for pk, _identity in rows}


CHANGED = (
    "name", "honorific", "given_name", "family_name", "job_title", "city", "country", "birth_date", "note", "owner_id",
    "stage", "language", "team_id",
)  # fmt: skip
_EMPTY = {
    "job_title": "", "city": "", "country": "", "birth_date": None, "note": "", "owner_id": None, "stage": "",
    "language": "", "team_id": None,
}  # fmt: skip


def _said(column: str) -> str:
    """A column as files name it."""
    return column.removesuffix("_id")


UPDATE = f"""
UPDATE customers_customer c
   SET {", ".join(f"{name} = r.{name}" for name in (*CHANGED, "custom", "search_key", "sort_key"))},
       version = c.version + 1, updated_at = statement_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
              %s::date[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::jsonb[], %s::text[],
              %s::text[])
       AS r (id, {", ".join((*CHANGED, "custom", "search_key", "sort_key"))})
 WHERE c.id = r.id
"""


def _fill(kept: NewCustomer, more: NewCustomer) -> None:
    """Two rows of one customer: the later one's values count, identities and tags add up."""
    for name in (*CHANGED[4:], "parent"):
        setattr(kept, name, getattr(more, name) or getattr(kept, name))
    kept.custom |= more.custom
    kept.cleared = [name for name in kept.cleared if name in more.cleared]
    had = {(identity.kind, identity.key) for identity in kept.identities}
    kinds = {identity.kind for identity in kept.identities}
    for identity in more.identities:
        if (identity.kind, identity.key) not in had:
            identity.is_primary = identity.is_primary and identity.kind not in kinds
            kept.identities.append(identity)
    kept.tags = [*kept.tags, *more.tags]
    kept.works_at, kept.role = more.works_at or kept.works_at, more.role or kept.role
    kept.traits |= more.traits
