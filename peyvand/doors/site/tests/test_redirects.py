"""Short links over the wire: to the stored address and nowhere else, people counted, machines not, nothing lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from peyvand.channels.outreach import redirecting
from peyvand.channels.outreach.addresses import click_token
from peyvand.channels.outreach.models import Click, Link
from peyvand.channels.outreach.services import ContentData, LinkData, Request, TextData, link_save, send
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.outreach.tests.conftest import providers as providers
from peyvand.channels.sites import edge
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services import site_save
from peyvand.channels.sites.tokens import token_new
from peyvand.doors.site import arriving, redirects
from peyvand.foundation.database import pool
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.consents.services import purposes_ensure
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def actor(transactional_db: None) -> Iterator[Actor]:
    redirects.forget()
    edge.sites_forget()
    purposes_ensure(demo=False)
    yield system_actor()
    edge.sites_forget()


async def missing(scope: Any, receive: Any, send: Any) -> None:
    await edge.answer(send, 404, b"no such page")


APP = redirects.Redirects(otherwise=missing)


async def asked(
    app: Any, path: str, *, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request, as a server makes it."""
    said: list[Any] = []
    given = {"user-agent": FIREFOX, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": path, "client": ("203.0.113.9", 1),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, said[1]["body"]


def run(*requests: Any) -> list[tuple[int, dict[str, str], bytes]]:
    """Requests at once, in a loop of their own."""

    async def all_of() -> Any:
        try:
            return await asyncio.gather(*requests)
        finally:
            await pool.close()

    return list(asyncio.run(all_of()))


def test_it_leads_to_the_stored_address_and_counts_people(actor: Actor) -> None:
    link = link_save(
        actor=actor,
        data=LinkData(
            target="https://فروشگاه.example/چای?q=سبز&utm_source=own#top", source="poster", campaign="nowruz 1"
        ),
    )
    path = f"/r/{link.code}"
    machine = {"user_agent": "Googlebot/2.1"}
    answers = run(
        asked(APP, path), asked(APP, f"{path}.{click_token(5)}"), asked(APP, f"{path}.junk"),
        asked(APP, path, method="HEAD"), asked(APP, path, **machine), asked(APP, path, user_agent=""),
        asked(APP, path, sec_purpose="prefetch;prerender"),
    )  # fmt: skip
    assert {answer[0] for answer in answers} == {302}
    (location,) = {answer[1]["location"] for answer in answers}
    parts = urlsplit(location)
    assert location.isascii()
    assert parts.netloc == "xn--mgbt3dhd9c9a.example" or parts.netloc.startswith("xn--")
    assert parse_qs(parts.query) == {"q": ["سبز"], "utm_source": ["own"], "utm_campaign": ["nowruz 1"]}
    assert parts.fragment == "top"
    assert sorted(Click.objects.values_list("link", "message_id"), key=str) == sorted(
        [(link.pk, None), (link.pk, None), (link.pk, 5)], key=str
    )


def test_what_leads_nowhere_is_no_page(actor: Actor) -> None:
    link = link_save(actor=actor, data=LinkData(target="https://shop.example/"))
    Link.objects.update(archived=True)
    paths = (f"/r/{link.code}", "/r/AAAAAAAA", "/r/", "/r/a/b", "/r/%2e%2e", "/r/x" + "y" * 500)
    answers = run(
        *(asked(APP, path) for path in paths),
        asked(APP, f"/r/{link.code}", method="POST"),
    )  # fmt: skip
    assert [answer[0] for answer in answers] == [404] * 6 + [405]
    assert not Click.objects.exists()


def test_no_click_is_lost_while_the_database_is_away(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_save(actor=actor, data=LinkData(target="https://shop.example/"))
    written, failing = redirecting.clicks_write, [True, True]

    async def sometimes(connection: Any, clicks: Any) -> None:
        if failing:
            failing.pop()
            raise psycopg.OperationalError("away")
        await written(connection, clicks)

    monkeypatch.setattr(redirects, "clicks_write", sometimes)
    monkeypatch.setattr(redirects, "PAUSE", 0.01)
    answers = run(*(asked(APP, f"/r/{link.code}.{click_token(n)}") for n in range(1, 201)))
    assert {answer[0] for answer in answers} == {302}
    assert sorted(Click.objects.values_list("message_id", flat=True)) == list(range(1, 201))


def told(site: Site, came: str, token: str, **headers: str) -> Any:
    given = {"origin": "https://shop.example", **headers}
    body = json.dumps({"token": token, "came": came}).encode()
    return asked(arriving.serve, f"/l/v1/{site.key}", method="POST", body=body, **given)


def test_who_comes_by_a_message_is_known_on_our_site_and_once(
    actor: Actor, person: Callable[..., Customer], providers: object
) -> None:
    site = site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example"))
    sara, other = person(allows=["sms"]), person(allows=["sms"])
    messages = [
        send(
            actor=actor,
            request=Request(
                customer=one.pk, purpose="news", channel="sms", dedupe_key=f"k{one.pk}",
                content=ContentData(texts=[TextData("https://shop.example/x", "fa")]),
            ),
        )
        for one in (sara, other)
    ]  # fmt: skip
    link = Link.objects.get()
    elsewhere = link_save(actor=actor, data=LinkData(target="https://elsewhere.example/"))
    first, second, plain, away, machine = (
        answer[1]["location"]
        for answer in run(
            *(asked(APP, f"/r/{link.code}.{click_token(one.pk)}") for one in messages),
            asked(APP, f"/r/{link.code}"), asked(APP, f"/r/{elsewhere.code}.{click_token(messages[0].pk)}"),
            asked(APP, f"/r/{link.code}.{click_token(messages[0].pk)}", user_agent="curl/8"),
        )
    )  # fmt: skip
    assert plain == machine == "https://shop.example/x"
    assert away == "https://elsewhere.example/"
    (came,) = parse_qs(urlsplit(first).query)["pv_c"]
    token = token_new()
    (refused,) = run(told(site, came, token, origin="https://evil.example"))
    assert refused[0] == 403
    answers = run(told(site, came, token))
    assert json.loads(answers[0][2]) == {"token": ""}
    visitor = Visitor.objects.get()
    assert (visitor.customer_id, visitor.how) == (sara.pk, Proof.LINK)
    assert answers[0][1]["access-control-allow-origin"] == "https://shop.example"
    # The token is worth nothing a second time, in whosever hands.
    run(told(site, came, token_new()))
    assert Visitor.objects.filter(customer=sara).count() == 1
    # Another person at the same browser gets a browser's token of their own.
    (also,) = parse_qs(urlsplit(second).query)["pv_c"]
    fresh = json.loads(run(told(site, also, token))[0][2])["token"]
    assert len(fresh) == 22
    assert set(Visitor.objects.filter(customer__isnull=False).values_list("customer_id", flat=True)) == {
        sara.pk,
        other.pk,
    }
    bad = run(
        asked(arriving.serve, f"/l/v1/{site.key}", method="POST", body=b"[]", origin="https://shop.example"),
        asked(arriving.serve, f"/l/v1/{site.key}", method="POST", body=b"x" * 3_000, origin="https://shop.example"),
        asked(arriving.serve, "/l/v1/snone", method="POST", body=b"{}", origin="https://shop.example"),
    )
    assert [answer[0] for answer in bad] == [400, 413, 404]
