"""A small business in which everybody has something of their own, and requests that leave no trace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, RoleGrant, User
from peyvand.foundation.accounts.tests.factories import make_role, make_user
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from tests.rights.records import records_of, shared_records

# The starting roles, somebody who may everything but over their own records only, and somebody who may nothing.
ROLES = ("admin", "manager", "sales", "service", "marketing", "viewer", "clerk", "nothing")
MISSING = 10**9
Ways = tuple[tuple[str, ...], ...]  # sets of rights, any of which opens


# Rights without a scope that reach over everybody's records: no clerk has them.
WIDE = frozenset({
    "transfer.view_all", "jobs.view_all", "jobs.stop_all", "changes.view_audit", "changes.undo", "interactions.private",
    "accounts.all_tokens",
})  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came back; `wrote` are tables whose rows it changed."""

    status: int
    body: str
    wrote: tuple[str, ...]


class World:
    """People of every starting role, each with records of their own, and a stranger's records."""

    def __init__(self) -> None:
        roles_ensure()
        own = {one.name: Scope.OWN if one.scoped else Scope.ALL for one in registry.all(Permission)}
        clerk = make_role({name: scope for name, scope in own.items() if name not in WIDE}, name="clerk")
        made = {"nothing": Role.objects.create(name="nothing"), "clerk": clerk}
        self.people: dict[str, User] = {
            name: make_user(
                role=made[name] if name in made else Role.objects.get(key=name), email=f"{name}@own.example"
            )
            for name in ROLES
        }
        self.shared = shared_records()
        self.own = {name: {**self.shared, **records_of(user, f"Eigen{name}")} for name, user in self.people.items()}
        self.stranger = make_user(role=Role.objects.get(key="sales"), email="stranger@other.example")
        self.foreign = {**self.shared, **records_of(self.stranger, "Zzforeign")}
        self.missing = {name: MISSING if isinstance(value, int) else value for name, value in self.foreign.items()}
        self.missing["file_key"] = str(UUID(int=1))
        self.clients: dict[str, Client] = {"anonymous": Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)}
        for name, user in self.people.items():
            self.clients[name] = signed_in(user)

    def scope(self, name: str, right: str) -> Scope:
        """How far that right reaches for somebody of the role."""
        if name == "admin":
            return Scope.ALL
        found = RoleGrant.objects.filter(role=self.people[name].role, permission=right).first()
        return Scope(found.scope) if found else Scope.NONE

    def widest(self, name: str, ways: Ways) -> Scope:
        """How far somebody of the role gets by any of these ways."""
        reached = (min((self.scope(name, right) for right in way), default=Scope.ALL) for way in ways)
        return max(reached, default=Scope.NONE)


def signed_in(user: User) -> Client:
    """A browser of that person, looking at the real business, whose first request is behind it."""
    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["demo"] = False
    session.save()
    client.get(reverse("accounts:profile"))
    return client


# ── asking without a trace ────────────────────────────────────────────────

# What a mere visit may write: the session, when somebody or a token was last here, the note that a right was missing.
UNCOUNTED = frozenset({"django_session", "accounts_user", "accounts_signin", "accounts_apitoken",
                       "accounts_attempt", "changes_changeset", "changes_change", "changes_image"})  # fmt: skip
_MOVED = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


COUNTED: Counter[str] = Counter()  # requests by method


def ask(client: Client, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
    """One request of a browser, taken back afterwards together with whatever it wrote."""
    COUNTED[method] += 1
    cookies = client.cookies.copy()
    found = without_trace(lambda: client.generic(method, path) if data is None else client.post(path, data))
    client.cookies = cookies  # toasts travel in them
    return found


def without_trace(send: Callable[[], HttpResponseBase]) -> Answer:
    """What a request answers and which tables it changes, before it is taken back."""
    before = _moved()
    with transaction.atomic():
        status, body = _read(send())
        moved = [name for name, count in _moved().items() if count != before.get(name, 0) and name not in UNCOUNTED]
        after = {name: _digest(name) for name in moved}
        transaction.set_rollback(True)
    wrote = tuple(sorted(name for name, digest in after.items() if digest != _digest(name)))
    return Answer(status, _plain(body.decode("utf-8", "replace")), wrote)


def _read(response: HttpResponseBase) -> tuple[int, bytes]:
    """Status and body; one that breaks off while it is read is a server error."""
    if not response.streaming:
        return response.status_code, response.content
    if response.is_async:  # a stream that has no end: it is never begun
        return response.status_code, b""
    try:
        return response.status_code, b"".join(response.streaming_content)
    except PermissionDenied:
        return 500, b""


def _moved() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
        return dict(cursor.fetchall())


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
        return str(cursor.fetchone()[0])


_CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="csrf-token" content="[^"]*"|nonce-[\w+/=-]+'
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+\b"
)


def _plain(text: str) -> str:
    """An answer without what differs at every request."""
    return _CHANGING.sub("", text)
