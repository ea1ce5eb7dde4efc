"""The one script of a site, served beside Django."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import site_save
from peyvand.doors.site import script
from peyvand.doors.site.dispatch import Dispatch
from peyvand.foundation.registry.actor import system_actor

pytestmark = pytest.mark.django_db(transaction=True)  # the script is read in a thread of its own


@pytest.fixture
def site() -> Site:
    return site_save(actor=system_actor(), data=SiteData(name="</script><b>", hosts="shop.example"))


def asked(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What the script's application answers."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    lines = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": lines}
    async_to_sync(script.serve)(scope, receive, send)
    return said[0]["status"], {k.decode(): v.decode() for k, v in said[0]["headers"]}, said[1]["body"]


def test_the_script_says_what_is_switched_on(site: Site) -> None:
    status, headers, content = asked(f"/s/{site.key}.js")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert site.key.encode() in content
    assert script.MARK.encode() not in content
    assert b"</script" not in content
    assert asked(f"/s/{site.key}.js", if_none_match=headers["etag"])[0] == 304
    packed = asked(f"/s/{site.key}.js", accept_encoding="gzip, br")
    assert packed[1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == content
    Site.objects.update(active=False)
    assert asked(f"/s/{site.key}.js")[0] == 404
    assert asked("/s/nobody.js")[0] == asked("/s/../etc/passwd")[0] == asked("/s/")[0] == 404


def test_files_are_named_by_what_is_in_them() -> None:
    for name, asset in script.assets().items():
        status, headers, content = asked(asset.path)
        assert (status, content) == (200, asset.content), name
        assert headers["cache-control"] == script.LONG
        assert headers["x-content-type-options"] == "nosniff"
        assert asked(f"/a/0000000000000000/{name}")[1]["cache-control"] == script.SHORT
    assert asked("/a/0000000000000000/../../settings.py")[0] == 404


def test_each_path_goes_to_whoever_has_it() -> None:
    heard: list[str] = []

    def application(name: str) -> Any:
        async def serve(scope: Any, receive: Any, send: Any) -> None:
            heard.append(name)

        return serve

    async def send(message: dict[str, Any]) -> None:
        heard.append(message["type"])

    dispatch = Dispatch({"/p/": application("p"), "/p/v1/": application("v1")}, otherwise=application("django"))
    for scope in (
        {"type": "http", "path": "/p/v1/me"}, {"type": "http", "path": "/p/link/"}, {"type": "http", "path": "/"},
        {"type": "websocket", "path": "/none"}, {"type": "lifespan"},
    ):  # fmt: skip
        async_to_sync(dispatch)(scope, None, send)
    assert heard == ["v1", "p", "django", "websocket.close", "django"]
