"""The collector: on disk before it answers, each event once, junk leaves nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection

from peyvand.channels.sites import edge
from peyvand.channels.sites.models import Consent, Site, Visitor
from peyvand.channels.sites.services import secret_of
from peyvand.channels.sites.tokens import customer_signature
from peyvand.channels.web import writing
from peyvand.channels.web.collecting import serve
from peyvand.channels.web.digesting import digest as digest_now
from peyvand.channels.web.models import Count, DaySalt, Visit
from peyvand.channels.web.tests.conftest import ORIGIN, a_batch, an_event, asked, run, stored
from peyvand.foundation.outbox.tests.committing import undisturbed
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def posted(site: Site, *bodies: bytes, **more: Any) -> list[int]:
    """Each after the other."""

    async def work() -> list[int]:
        return [(await asked(serve, f"/e/{site.key}", body, **more)).status for body in bodies]

    found: list[int] = run(work)
    return found


def digest() -> int:
    """Read what has come, once no other database of the cluster holds it back."""
    if stored():
        undisturbed("web_event")
    return digest_now()


def counts() -> dict[str, int]:
    return dict(Count.objects.values_list("why", "count"))


def test_events_are_on_disk_once_and_read_in_order(edges: None, site: Site) -> None:
    batch = a_batch(an_event(), an_event("track:video", d={"a": 1}))
    other = a_batch(an_event(), v="B" * 22)
    assert posted(site, batch, batch, gzip_of(other)) == [204, 204, 400]  # gzip without its header is no JSON
    assert posted(site, gzip_of(other), headers={"content-encoding": "gzip"}) == [204]
    assert stored() == 3
    assert counts() == {"again": 2}
    while digest():
        pass
    assert Visit.objects.count() == Visitor.objects.count() == 2
    assert posted(site, a_batch(an_event())) == [204]
    assert digest() == 1
    assert digest() == 0
    assert sorted(Visit.objects.values_list("pages", flat=True)) == [1, 2]


def gzip_of(body: bytes) -> bytes:
    return gzip.compress(body)


def test_many_at_once_are_one_commit(edges: None, site: Site) -> None:
    same = an_event()

    async def work() -> None:
        answers = await asyncio.gather(
            *(
                asked(serve, f"/e/{site.key}", a_batch(same, *(an_event() for _ in range(9))), address=f"10.0.0.{n}")
                for n in range(40)
            )
        )
        assert {one.status for one in answers} == {204}

    run(work)
    assert stored() == 40 * 9 + 1
    assert stored("count(DISTINCT xid)") < 40 / 2  # what comes while one is written waits for the next
    assert counts() == {"again": 39}


NOBODY = {"user-agent": ""}
CRAWLER = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
CONSENTS: tuple[tuple[str, str, bool, dict[str, str], int], ...] = (
    (Consent.FULL, "full", False, {}, 1),
    (Consent.FULL, "full", False, {"sec-gpc": "1"}, 0),
    (Consent.FULL, "full", True, {"sec-gpc": "1"}, 1),
    (Consent.NONE, "full", False, {}, 0),
    (Consent.NONE, "full", True, {}, 1),
    (Consent.COOKIELESS, "full", False, {}, 0),
    (Consent.COOKIELESS, "cookieless", False, {}, 1),
    (Consent.FULL, "full", False, CRAWLER, 0),
    (Consent.FULL, "full", False, NOBODY, 0),
)


def test_what_nobody_agreed_to_and_what_no_person_does_is_counted_only(edges: None, site: Site) -> None:
    for row in CONSENTS:
        consent, mode, agreed, headers, taken = row
        before = (stored(), sum(counts().values()))
        Site.objects.update(consent=consent)
        edge.sites_forget()
        assert posted(site, a_batch(an_event(), m=mode, c=agreed), headers=headers) == [204]
        assert (stored(), sum(counts().values())) == (before[0] + taken, before[1] + 1 - taken), row


def test_one_who_is_only_counted_is_the_same_all_day_and_no_longer(edges: None, site: Site) -> None:
    DaySalt.objects.create(day=date(2020, 1, 1), salt=b"x" * 32)
    same = a_batch(an_event(), m="cookieless")
    assert posted(site, same, a_batch(an_event(), m="cookieless")) == [204, 204]
    assert posted(site, a_batch(an_event(), m="cookieless"), address="198.51.100.1") == [204]
    assert stored("count(DISTINCT visitor)") == 2
    assert stored("bool_or(kept)") is False
    assert DaySalt.objects.get().day != date(2020, 1, 1)


def test_ten_thousand_pieces_of_junk_leave_nothing(edges: None, site: Site) -> None:
    good = a_batch(an_event())
    junk: list[tuple[str, dict[str, Any], int]] = [
        ("/e/no-such-site", {"body": good}, 404),
        (f"/e/{site.key}/what", {"body": good}, 404),
        (f"/e/{site.key}", {"body": good, "headers": {"origin": "https://evil.example"}}, 403),
        (f"/e/{site.key}", {"body": good, "headers": {"origin": "null"}}, 403),
        (f"/e/{site.key}", {"body": good, "method": "GET"}, 405),
        (f"/e/{site.key}", {"body": b"x" * 1_048_576}, 413),
        (f"/e/{site.key}", {"body": b"{" * 1000}, 400),
        (f"/e/{site.key}", {"body": b"\xff\xfe\x00"}, 400),
        (f"/e/{site.key}", {"body": a_batch(*[an_event()] * 51)}, 400),
        (f"/e/{site.key}/me", {"body": b'{"v": 7}'}, 400),
    ]  # fmt: skip

    async def work() -> None:
        for path, given, status in junk:
            body = given.pop("body")
            for turn in range(10):
                answer = await asked(serve, path, body, address=f"10.1.{turn}.1", **given)
                assert answer.status == status, (path, given)
        one = [await asked(serve, f"/e/{site.key}", b"junk", address="10.9.9.9") for _ in range(9900)]
        assert {answer.status for answer in one} == {400, 429}
        assert sum(answer.status == 400 for answer in one) < 2000

    run(work)
    assert stored() == 0
    assert not Count.objects.exists()
    assert not Visitor.objects.exists()


def test_a_database_that_is_away_is_said_so_and_the_same_events_come_again(
    edges: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = a_batch(an_event())

    async def away(self: writing.Writer, some: Any) -> None:
        raise psycopg.OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(writing.Writer, "_commit", away)

        async def work() -> Any:
            return await asked(serve, f"/e/{site.key}", batch)

        answer = run(work)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["access-control-allow-origin"] == ORIGIN
    monkeypatch.setattr(writing, "WAITING", 0)
    assert posted(site, batch) == [503]
    monkeypatch.setattr(writing, "WAITING", 1000)
    assert posted(site, batch) == [204]
    assert stored() == 1


def test_who_was_killed_between_is_followed_by_another(
    edges: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert posted(site, a_batch(*(an_event() for _ in range(5)))) == [204]
    with monkeypatch.context() as patch:
        patch.setattr("peyvand.channels.web.digesting.baskets_save", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            digest()
    assert not Visit.objects.exists()
    assert digest() == 1
    assert Visit.objects.get().events == 5


def test_a_writer_that_is_still_open_is_never_passed_over(edges: None, site: Site) -> None:
    columns = "(uid, at, site_id, demo, visitor, kept, kind, url, title, data)"
    row = f"(gen_random_uuid(), now(), {site.pk}, false, 'early', true, 'page', '', '', '{{}}')"
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None)
    settings.pop("context", None)
    with psycopg.connect(**settings) as early:
        early.execute(f"INSERT INTO web_event {columns} VALUES {row}")
        assert posted(site, a_batch(an_event())) == [204]
        assert digest() == 0  # the later one waits for the earlier
        early.commit()
    assert digest() == 2
    assert Visit.objects.count() == 2


def test_identify_proves_by_signature_and_a_second_person_gets_a_token_of_their_own(
    edges: None, site: Site, customer: Customer
) -> None:
    other = Customer.objects.create(name="other")
    other.identities.create(kind="external", system="shop", value="C8", key="c8")
    secret = secret_of(site)

    def said(code: str, **more: Any) -> bytes:
        signature = customer_signature(secret, f"shop\n{code}")
        return a_batch(id=code, system="shop", signature=signature, **more)

    async def work() -> list[Any]:
        path = f"/e/{site.key}/me"
        bodies = [said("C7", email="mina@example.com"), said("C7"), said("C8"), a_batch(id="C8", signature="0" * 64)]
        return [edge_json(await asked(serve, path, body)) for body in bodies]

    first, again, second, wrong = run(work)
    assert first == again == wrong == {"known": True, "token": ""}
    assert second["known"]
    assert len(second["token"]) == 22
    assert Visitor.objects.get(claims={"email": "mina@example.com"}).customer == customer
    assert Visitor.objects.filter(customer=other).count() == 1


def edge_json(answer: Any) -> Any:
    assert answer.status == 200
    return json.loads(answer.body)


def test_pages_of_the_site_may_ask_before(edges: None, site: Site) -> None:
    async def work() -> Any:
        return await asked(serve, f"/e/{site.key}", method="OPTIONS")

    answer = run(work)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in answer.headers
