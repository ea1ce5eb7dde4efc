"""The script, its files and what small applications share."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from peyvand.channels.sites import edge, services
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services.setting import hosts_of
from peyvand.foundation.registry.actor import Actor


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Shop.Example", ["shop.example"]),
        ("https://shop.example/path?x=1، *.shop.example", ["shop.example", "*.shop.example"]),
        ("localhost:8080\nlocalhost:8080", ["localhost:8080"]),
        ("فروشگاه.ایران", ["xn--mgbtj4c7ad63e.xn--mgba3a4f16a"]),
    ],
)
def test_hosts_as_people_paste_them(typed: str, kept: list[str]) -> None:
    assert hosts_of(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " ، ", "*", "*.*", "a b@c", "shop..example", "x" * 300, "<script>", "-a.example"]
)
def test_what_is_no_host_is_said_so(typed: str) -> None:
    with pytest.raises(InvalidError):
        hosts_of(typed)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", True),
        ("http://shop.example:8080", True),
        ("https://a.b.shop.example", True),
        ("https://shop.example.evil.example", False),
        ("https://evilshop.example", False),
        ("null", False),
        ("", False),
        ("ftp://shop.example", False),
        ("https://shop.example:nonsense", False),
    ],
)
def test_only_pages_of_its_hosts_use_a_site(origin: str, allowed: bool) -> None:
    assert edge.allowed_origin(Site(hosts=["shop.example", "*.shop.example"]), origin) is allowed


def test_limits_count_each_address_by_itself() -> None:
    limits = edge.Limits(per_second=0.0, burst=3)
    assert [limits.takes("a") for _ in range(5)] == [True, True, True, False, False]
    assert limits.takes("b", many=3)
    assert not limits.takes("b")
    for n in range(edge.MOST_ADDRESSES + 10):
        limits.takes(f"10.{n}")
    assert len(limits._buckets) == edge.MOST_ADDRESSES


def test_a_networks_neighbours_count_as_one() -> None:
    assert edge.address_of({"client": ("2001:db8::1", 1)}) == edge.address_of({"client": ("2001:db8::2", 2)})
    assert edge.address_of({"client": ("192.0.2.1", 1)}) != edge.address_of({"client": ("192.0.2.2", 1)})
    assert edge.address_of({}) == ""


def scope(headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    lines = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    return {"type": "http", "method": "GET", "path": "/", "headers": lines, **more}


def receiving(*parts: bytes) -> edge.Receive:
    left = list(parts)

    async def receive() -> dict[str, Any]:
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    return receive


def test_a_body_is_never_larger_than_it_may_be() -> None:
    read = async_to_sync(edge.body)
    assert read(scope(), receiving(b"ab", b"cd"), most=4) == b"abcd"
    with pytest.raises(edge.TooLargeError):
        read(scope(), receiving(b"ab", b"cde"), most=4)
    bomb = gzip.compress(b"0" * 1_000_000)
    packed = scope({"content-encoding": "gzip"})
    with pytest.raises(edge.TooLargeError):
        read(packed, receiving(bomb), most=10_000)
    assert read(packed, receiving(gzip.compress(b"well")), most=100) == b"well"
    with pytest.raises(ValueError, match=r"gzip|code"):
        read(packed, receiving(b"no gzip"), most=100)


@pytest.mark.django_db
def test_a_renamed_host_and_a_hidden_secret(actor: Actor, site: Site) -> None:
    first = services.secret_of(site)
    assert len(first) > 30
    assert first not in site.secret
    services.site_save(actor=actor, data=SiteData(name="Shop", hosts="new.example"), site=site, version=site.version)
    site.refresh_from_db()
    assert site.hosts == ["new.example"]
    assert services.secret_of(site) == first
    with pytest.raises(InvalidError) as caught:
        services.site_save(actor=actor, data=SiteData(name=" ", hosts="a.example", language="xx", consent="all"))
    assert set(caught.value.errors) == {"name", "language", "consent"}
    assert json.loads(json.dumps(site.hosts)) == site.hosts
