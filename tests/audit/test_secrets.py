"""H4: no secret of anybody stands in a log line or in the audit trail, whatever happens to it.

Canaries go through every door that takes a secret, also while that door fails; everything that is logged is listened
to, from DEBUG upwards.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from peyvand.doors.api.tests.factories import Program
from peyvand.foundation.accounts.models import Attempt
from peyvand.foundation.accounts.services import people, tokens
from peyvand.foundation.accounts.tests.factories import PASSWORD, acting, make_admin, make_user, sign_in
from peyvand.foundation.accounts.web.views import entrance
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.webhooks import services as webhooks
from peyvand.memory.customers import queries

pytestmark = pytest.mark.django_db
WRONG, FRESH, CODE = "canary-wrong-pass", "canary-fresh-pass-42", "canarycode"


class Listener(logging.Handler):
    """Keeps every line as the server's own log would have it, with what stands behind an exception."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        named = settings.LOGGING["formatters"]["line"]
        self.setFormatter(import_string(named["()"])(named["format"], style=named["style"]))
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[list[str]]:
    listener, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield listener.said
    root.removeHandler(listener)
    root.setLevel(level)


def trail() -> str:
    with connection.cursor() as cursor:
        found = ""
        for table in ("changes_changeset", "changes_change", "changes_image"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            found += cursor.fetchone()[0] or ""
    return found


def test_secrets_stand_neither_in_logs_nor_in_the_trail(
    heard: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = make_admin(language="en")
    client.raise_request_exception = False
    for _again in range(12):  # the last ones are held back
        sign_in(Client(), admin, password=WRONG)
    Attempt.objects.all().delete()
    sign_in(client, admin)
    for old in (WRONG, PASSWORD):
        client.post("/account/password/change/", {"oldpassword": old, "password1": FRESH, "password2": FRESH})
    client.post("/account/2fa/totp/activate/", {"code": CODE})
    actor = acting(admin)
    _row, token = tokens.token_make(actor=actor, name="shop", demo=False)
    _invitation, invited = people.user_invite(actor=actor, email="new@example.com", role_id=admin.role_id or 0)
    reset = people.reset_link_make(actor=actor, user_id=make_user().pk)
    _hook, key = webhooks.endpoint_create(
        actor=system_actor(), data=webhooks.EndpointData("https://hooks.peyvand.ir/in", ["*"])
    )
    caller = Program(token)
    assert caller.ask("get", "/customers").status_code == 200
    Program("pv_" + CODE).ask("get", "/customers")
    monkeypatch.setattr(queries, "customers", broken)
    assert caller.ask("get", "/customers").status_code == 500
    assert client.post("/customers/bulk/", {"everyone": "1", "password": FRESH, "tag": "x"}).status_code == 500
    monkeypatch.setattr(entrance, "render", broken)
    for address in (f"/invitation/{invited}/", f"/new-password/{reset}/"):
        assert client.get(address).status_code in (200, 302, 500)
        assert client.get(f"{address}nowhere").status_code == 404
    logged = "\n".join(heard)
    assert logged.count("RuntimeError") >= 2, "the listener hears faults"
    assert "/invitation/***" in logged
    for one in (WRONG, FRESH, CODE, PASSWORD, token, invited, reset, key):
        assert len(one) > 8
        assert one not in logged, f"{one[:6]}… stands in a log line"
        assert one not in trail(), f"{one[:6]}… stands in the trail"


def broken(*_any: object, **_more: object) -> None:
    raise RuntimeError("a fault while a secret is at hand")


def test_links_of_recipients_and_addresses_of_providers_are_masked(
    heard: list[str], client: Client, settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = "peyvand.config.site_urls"
    client.raise_request_exception = False
    for kind in ("p", "u", "yes", "hooks/sms"):
        client.get(f"/{kind}/{FRESH}/nowhere/at/all")
    logged = "\n".join(heard)
    assert logged.count("***/nowhere") == 4
    assert FRESH not in logged
