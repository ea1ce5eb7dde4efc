"""Browsers that take notices, over the wire: only from the site's own pages, bounded, in its language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from peyvand.channels.push import services
from peyvand.channels.push.models import Subscription
from peyvand.channels.push.services import SenderData, sender_save
from peyvand.channels.push.tests.conftest import Service
from peyvand.channels.push.tests.conftest import service as service
from peyvand.channels.sites import edge
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.services import site_save
from peyvand.channels.sites.tokens import token_new
from peyvand.doors.site import pushing
from peyvand.doors.site.tests.test_redirects import asked, run
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.consents.services import purposes_ensure

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "https://www.shop.example"


@pytest.fixture
def _known_anew() -> Iterator[None]:
    edge.sites_forget()
    yield
    edge.sites_forget()


@pytest.mark.usefixtures("_known_anew")
def test_a_browser_subscribes_tries_changes_and_ends(service: Service) -> None:
    purposes_ensure(demo=False)
    actor = system_actor()
    site = site_save(actor=actor, data=SiteData(name="Shop", hosts="*.shop.example", language="en"))
    sender_save(actor=actor, data=SenderData(enabled=True, topics=("news",)))
    browser, token = service.browser(), token_new()
    given = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.data([]).auth}}

    def post(what: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return asked(
            pushing.serve, f"/push/v1/{site.key}/{what}", method="POST", body=raw, **{"origin": SHOP, **headers}
        )

    subscribe = {"token": token, "subscription": given, "topics": ["news"], "language": "en"}
    code = services.test_code(actor=actor, site=site)
    refused, unknown, large, junk, wrong, preflight = run(
        post("subscribe", subscribe, origin="https://evil.example"), post("steal", subscribe),
        post("subscribe", b"x" * 9_000), post("subscribe", b"[1]"), post("subscribe", {**subscribe, "topics": []}),
        asked(pushing.serve, f"/push/v1/{site.key}/topics", method="OPTIONS", origin=SHOP),
    )  # fmt: skip
    assert [one[0] for one in (refused, unknown, large, junk, wrong, preflight)] == [403, 404, 413, 400, 422, 204]
    assert json.loads(wrong[2]) == {"errors": {"topics": "Choose at least one topic."}}
    assert not Subscription.objects.exists()

    (done,) = run(post("subscribe", {**subscribe, "test": code}))
    assert (done[0], json.loads(done[2])) == (200, {"test": True})
    assert [shown["t"] for _name, shown, _headers in service.taken] == ["Notices work"]
    row = Subscription.objects.get()
    assert (row.topics, row.agreed["origin"], row.agreed["ip"]) == (["news"], SHOP, "203.0.113.9")
    run(post("subscribe", {**subscribe, "test": code + "x"}))
    assert len(service.taken) == 1

    fresh = service.browser()
    renewed = {"endpoint": fresh.endpoint, "keys": {"p256dh": fresh.p256dh, "auth": fresh.data([]).auth}}
    statuses = [
        run(post("renew", {"old": browser.endpoint, "subscription": renewed}))[0][0],
        run(post("topics", {"token": token, "endpoint": fresh.endpoint, "topics": ["news"]}))[0][0],
        run(post("unsubscribe", {"token": token_new(), "endpoint": fresh.endpoint}))[0][0],
        run(post("unsubscribe", {"token": token, "endpoint": fresh.endpoint}))[0][0],
        run(post("unsubscribe", {"token": "none", "endpoint": fresh.endpoint}))[0][0],
    ]
    assert statuses == [200, 200, 404, 200, 422]
    row.refresh_from_db()
    assert row.gone_at is not None
