"""Browsers that take notices, or want them no more: `POST /push/v1/<site key>/subscribe|topics|unsubscribe|renew`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.utils.translation import gettext, override

from peyvand.channels.push import services
from peyvand.channels.push.carrier import notice_test
from peyvand.channels.push.errors import InvalidError
from peyvand.channels.push.services import SubscriptionData
from peyvand.channels.sites import edge
from peyvand.channels.sites.errors import InvalidError as SitesInvalidError
from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.actor import system_actor

MOST = 8_000
WHAT = ("subscribe", "topics", "unsubscribe", "renew")
_limits = edge.Limits(per_second=1, burst=30)


async def serve(scope: Any, receive: Any, send: Any) -> None:
    """One request."""
    key, _slash, what = scope["path"].removeprefix("/push/v1/").strip("/").partition("/")
    site = await edge.site_cached(key) if scope["type"] == "http" and what in WHAT else None
    origin = edge.origin_of(scope) if site is not None else ""
    if site is None or not edge.allowed_origin(site, origin):
        await edge.answer(send, 404 if site is None else 403)
        return
    crossing = edge.crossing(origin)
    if scope["method"] == "OPTIONS":
        await edge.answer(send, 204, headers=edge.preflight(origin))
        return
    if scope["method"] != "POST":
        await edge.answer(send, 405, headers={"allow": "POST"})
        return
    if not _limits.takes(edge.address_of(scope)):
        await edge.answer(send, 429, headers={"retry-after": "30", **crossing})
        return
    try:
        given = json.loads(await edge.body(scope, receive, most=MOST))
        if not isinstance(given, dict):
            raise TypeError
    except edge.TooLargeError:
        await edge.answer(send, 413, headers=crossing)
        return
    except (ValueError, TypeError):
        await edge.answer(send, 400, headers=crossing)
        return
    proof = {
        "ip": edge.address_of(scope)[:64], "agent": edge.header(scope, "user-agent")[:300], "origin": origin[:200],
        "page": _text(given, "page", 300),
    }  # fmt: skip
    status, said = await sync_to_async(_done, thread_sensitive=False)(site, what, given, proof)
    await edge.answer_json(send, said, status=status, headers=crossing)


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


def _topics(given: Mapping[str, Any]) -> list[str]:
    value = given.get("topics")
    return [str(one)[:40] for one in value[:50]] if isinstance(value, list) else []


def _subscription(given: Mapping[str, Any], proof: Mapping[str, str]) -> SubscriptionData:
    value = given.get("subscription")
    found = value if isinstance(value, dict) else {}
    keys = found.get("keys")
    keys = keys if isinstance(keys, dict) else {}
    return SubscriptionData(
        endpoint=_text(found, "endpoint", 2_000), p256dh=_text(keys, "p256dh", 200), auth=_text(keys, "auth", 100),
        topics=_topics(given), language=_text(given, "language", 2), agent=proof["agent"], proof=proof,
    )  # fmt: skip


def _done(site: Site, what: str, given: Mapping[str, Any], proof: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """What comes of it, as a status and an answer; words are in the site's language."""
    token, endpoint = _text(given, "token", 40), _text(given, "endpoint", 2_000)
    try:
        with override(site.language):
            if what == "subscribe":
                return 200, _subscribed(site, token, given, proof)
            if what == "renew":
                data = _subscription(given, proof)
                done = services.renew(site=site, old=_text(given, "old", 2_000), data=data)
            elif what == "topics":
                topics = _topics(given)
                done = services.topics_choose(site=site, token=token, endpoint=endpoint, topics=topics, proof=proof)
            else:
                done = services.unsubscribe(site=site, token=token, endpoint=endpoint, proof=proof)
            return (200 if done else 404), {}
    except (InvalidError, SitesInvalidError) as error:
        with override(site.language):
            return 422, {"errors": {name: str(text) for name, text in error.errors.items()}}
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _subscribed(site: Site, token: str, given: Mapping[str, Any], proof: Mapping[str, str]) -> dict[str, Any]:
    row = services.subscribe(site=site, token=token, data=_subscription(given, proof))
    code = _text(given, "test", 200)
    if not code or not services.is_test(site, code):
        return {}
    came = notice_test(
        actor=system_actor(demo=site.demo), row=row, title=gettext("Notices work"),
        text=gettext("This is what a notice of your site looks like."),
    )  # fmt: skip
    return {"test": came}
