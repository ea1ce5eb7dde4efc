"""Whom a row of a file means: somebody who is known already, an earlier row, or somebody new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.transfer.shapes import Row, Writer
from peyvand.memory.customers import access
from peyvand.memory.customers.keys import search_key_of
from peyvand.memory.customers.known import NOT_YOURS, SEVERAL, SYSTEM
from peyvand.memory.customers.models import Customer, CustomerKind, IdentityKind
from peyvand.memory.customers.writing import NewCustomer

NO_KEY = "customers.no_key"
OTHER_KIND = "customers.other_kind"
KEYS = {"code": IdentityKind.EXTERNAL, "phone": IdentityKind.PHONE, "email": IdentityKind.EMAIL}
NAME = "name"  # organisations are known by it in files that have no code of theirs


class MatchingWriter(Writer):
    """A writer that knows customers by code, e-mail, or phone with the name; or by the one column `key`.

    An organisation whose row has none of these is known by its name. Persons and organisations never meet. Whom the
    actor may not change is not meant by a row: it is left out.
    """

    def __init__(self, actor: Actor, *, kind: str, key: str) -> None:
        super().__init__()
        self.actor = actor
        self.kind = kind
        self.key = key
        self.custom: dict[str, Field] = {}
        self.pending: dict[tuple[str, str], list[NewCustomer]] = {}
        self.colleagues: set[int] | None = None  # whose customers the actor may change; None for everybody's
        self.others: set[int] = set()  # of those whom a batch names, who are of the other kind
        self.beyond: set[int] = set()  # and who are beyond the actor's reach

    def _known(self, made: Sequence[NewCustomer]) -> dict[tuple[str, str], dict[int, str]]:
        """Who has which identity, or value of the key field, already: customer ids with their search keys."""
        self.pending, self.others, self.beyond = {}, set(), set()
        found = self._found(made)
        if self.colleagues is not None:
            ids = {pk for of_key in found.values() for pk in of_key}
            reach = Customer.objects.visible_to(self.actor, access.EDIT).filter(pk__in=ids)
            self.beyond = ids - set(reach.values_list("pk", flat=True))
        return found

    def _found(self, made: Sequence[NewCustomer]) -> dict[tuple[str, str], dict[int, str]]:
        if self.key in self.custom:
            return self._known_by_field(made)
        if self.key == NAME:
            return self._known_by_name(made)
        keys = [(identity.kind, identity.key) for one in made for identity in one.identities]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.kind, i.key, c.id, c.search_key, c.kind FROM unnest(%s::text[], %s::text[]) AS w (kind, key) "
                "JOIN customers_identity i ON i.demo = %s AND i.kind = w.kind AND i.key = w.key "
                "JOIN customers_customer c ON c.id = i.customer_id "
                "WHERE i.kind <> 'external' OR i.system = %s",
                [[kind for kind, _key in keys], [key for _kind, key in keys], self.actor.demo, SYSTEM],
            )
            found: dict[tuple[str, str], dict[int, str]] = {}
            for kind, key, pk, search_key, of_kind in cursor.fetchall():
                found.setdefault((kind, key), {})[pk] = search_key
                if of_kind != self.kind:
                    self.others.add(pk)
        nameless = [one for one in made if not one.identities]
        if nameless and self.kind == CustomerKind.ORGANISATION:
            found |= self._known_by_name(nameless)
        return found

    def _known_by_name(self, made: Sequence[NewCustomer]) -> dict[tuple[str, str], dict[int, str]]:
        keys = [search_key_of(one.name) for one in made]
        rows = Customer.objects.filter(demo=self.actor.demo, kind=self.kind, search_key__in=keys)
        found: dict[tuple[str, str], dict[int, str]] = {}
        for pk, key in rows.values_list("pk", "search_key"):
            found.setdefault((NAME, key), {})[pk] = key
        return found

    def _known_by_field(self, made: Sequence[NewCustomer]) -> dict[tuple[str, str], dict[int, str]]:
        field = self.custom[self.key]
        values = sorted({value for one in made if (value := self._key_value(one))})
        found: dict[tuple[str, str], dict[int, str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT w.value, c.id, c.search_key, c.kind FROM unnest(%s::text[]) AS w (value) "
                "JOIN customers_customer c ON c.demo = %s AND c.custom @> jsonb_build_object(%s::text, w.value)",
                [values, self.actor.demo, field.key],
            )
            for value, pk, search_key, of_kind in cursor.fetchall():
                found.setdefault((self.key, value), {})[pk] = search_key
                if of_kind != self.kind:
                    self.others.add(pk)
        return found

    def _key_value(self, made: NewCustomer) -> str:
        """What a row has in the chosen column by which rows are known."""
        if self.key in self.custom:
            return str(made.custom.get(self.custom[self.key].key) or "")
        if self.key == NAME:
            return search_key_of(made.name)
        kind = KEYS.get(self.key)
        return next((identity.key for identity in made.identities if identity.kind == kind), "")

    def _target_by_key(
        self, row: Row, made: NewCustomer, known: Mapping[tuple[str, str], Mapping[int, str]]
    ) -> int | NewCustomer | None:
        value = self._key_value(made)
        if not value:
            self.skip(row, NO_KEY)
            return None
        at = (str(KEYS[self.key]) if self.key in KEYS else self.key, value)
        ids = known.get(at, {})
        if len(ids) > 1:
            self.skip(row, SEVERAL)
            return None
        if ids:
            return self._meant(row, made, next(iter(ids)))
        earlier = self.pending.get(at)
        if earlier:
            return earlier[0]
        self.pending[at] = [made]
        return made

    def _target(
        self, row: Row, made: NewCustomer, known: Mapping[tuple[str, str], Mapping[int, str]]
    ) -> int | NewCustomer | None:
        """The customer whom the row means: one that is known, an earlier row of the batch, or itself."""
        if self.key in self.custom or self.key in KEYS or self.key == NAME:
            return self._target_by_key(row, made, known)
        if not made.identities and self.kind == CustomerKind.ORGANISATION:
            return self._target_by_name(row, made, known)
        wanted = search_key_of(made.name)
        for kind in (IdentityKind.EXTERNAL, IdentityKind.EMAIL, IdentityKind.PHONE):
            ids: set[int] = set()
            for identity in made.identities:
                at = (identity.kind, identity.key)
                if identity.kind != kind:
                    continue
                same_name = kind == IdentityKind.PHONE
                ids |= {
                    pk
                    for pk, key in known.get(at, {}).items()
                    if key == wanted or not (same_name or (pk in self.others and kind == IdentityKind.EMAIL))
                }
                for earlier in self.pending.get(at, ()):
                    if not same_name or search_key_of(earlier.name) == wanted:
                        return earlier
            if len(ids) > 1:
                self.skip(row, SEVERAL)
                return None
            if ids:
                return self._meant(row, made, ids.pop())
            if kind == IdentityKind.EXTERNAL and any(identity.kind == kind for identity in made.identities):
                break  # a code that nobody has names somebody new, whatever else they share
        for identity in made.identities:
            self.pending.setdefault((identity.kind, identity.key), []).append(made)
        return made

    def _target_by_name(
        self, row: Row, made: NewCustomer, known: Mapping[tuple[str, str], Mapping[int, str]]
    ) -> int | NewCustomer | None:
        """An organisation whose row has no code, phone or e-mail is the one of its name."""
        at = (NAME, search_key_of(made.name))
        ids = known.get(at, {})
        if len(ids) > 1:
            self.skip(row, SEVERAL)
            return None
        earlier = self.pending.setdefault(at, [])
        if not ids and not earlier:
            earlier.append(made)
        return self._meant(row, made, next(iter(ids))) if ids else earlier[0]

    def _meant(self, row: Row, made: NewCustomer, target: int) -> int | None:
        """The customer whom the row means, unless the actor may not change it, or one is a person and one a firm."""
        if target in self.beyond:
            self.skip(row, NOT_YOURS)
            return None
        if target in self.others:
            self.skip(row, OTHER_KIND, value=self._key_value(made) or made.name[:80])
            return None
        return target


def within_reach(actor: Actor) -> set[int] | None:
    """The colleagues whose customers the actor may change; None for everybody."""
    scope = min(actor.scope(access.VIEW), actor.scope(access.EDIT))
    if scope is Scope.ALL:
        return None
    own = {actor.user_id} if actor.user_id is not None else set()
    if scope is Scope.OWN or not actor.team_ids:
        return own
    return own | set(Membership.objects.filter(team_id__in=actor.team_ids).values_list("user_id", flat=True))
