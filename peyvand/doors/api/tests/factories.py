"""Programs with a token, as tests need them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, RoleGrant, User
from peyvand.foundation.accounts.services.tokens import token_make
from peyvand.foundation.registry.actor import Scope, system_actor

FILE = b"name,phone\nSara Karimi,09120000001\n"


class Program:
    """A program that calls the API."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self.headers = {"Accept-Language": language}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a request; a body that is not bytes goes as JSON, or as a form where it has a file."""
        given: dict[str, Any] = {}
        if isinstance(body, dict) and "file" in body:
            kept = body["file"] if isinstance(body["file"], bytes) else FILE
            file = SimpleUploadedFile("people.txt", kept, "text/plain")
            form = encode_multipart(BOUNDARY, {**body, "file": file})
            given = {"data": form, "content_type": MULTIPART_CONTENT}
        elif body is not None:
            data = body if isinstance(body, bytes | str) else json.dumps(body)
            given = {"data": data, "content_type": "application/json"}
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        found: HttpResponse = self.client.generic(method.upper(), f"/api/v1{path}", headers=sent, **given)
        return found


@contextmanager
def served() -> Iterator[Any]:
    """The program as a server runs it; but requests leave open the connection on which a test's transaction stands."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield get_wsgi_application()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def person(role: str | None, email: str = "") -> User:
    """Somebody with a starting role, or with a role of no right at all."""
    roles_ensure()
    if role is None:
        found, _made = Role.objects.get_or_create(name="nothing")
    else:
        found = Role.objects.get(key=role)
    return User.objects.create_user(
        email or f"{role or 'nothing'}@example.com", None, name=role or "nothing", role=found
    )


def program(role: str | None = "admin", *, demo: bool = False, user: User | None = None) -> Program:
    """A program whose token acts as somebody of that role."""
    owner = user or person(role)
    _token, raw = token_make(actor=system_actor(), name="test", user_id=owner.pk, demo=demo)
    return Program(raw)


def narrow(user: User, **grants: Scope) -> None:
    """Give exactly these rights to the person, by a role of their own."""
    role = Role.objects.create(name=f"only {user.pk}")
    RoleGrant.objects.bulk_create(
        [RoleGrant(role=role, permission=name.replace("__", "."), scope=scope.value) for name, scope in grants.items()]
    )
    user.role = role
    user.save()
