"""Who has come to a site by a link of a message: the site's script tells the link's token, once.

`POST /l/v1/<site key>` with {"token": the browser's, "came": what stood in the address}; the answer holds "token" where
the browser is to hold another one from now on. What proves nothing is answered like what does.
"""

from __future__ import annotations

import json
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from peyvand.channels.outreach.services import arrival_take
from peyvand.channels.sites import edge, services
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Proof, Site
from peyvand.foundation.registry.actor import system_actor

MOST = 2_000
_limits = edge.Limits(per_second=2, burst=30)


async def serve(scope: Any, receive: Any, send: Any) -> None:
    """One request."""
    if scope["type"] != "http":
        await edge.answer(send, 405)
        return
    site = await edge.site_cached(scope["path"].removeprefix("/l/v1/").rstrip("/"))
    origin = edge.origin_of(scope)
    if site is None or not edge.allowed_origin(site, origin):
        await edge.answer(send, 404 if site is None else 403)
        return
    if scope["method"] == "OPTIONS":
        await edge.answer(send, 204, headers=edge.preflight(origin))
        return
    if scope["method"] != "POST":
        await edge.answer(send, 405, headers={"allow": "POST"})
        return
    if not _limits.takes(edge.address_of(scope)):
        await edge.answer(send, 429, headers={"retry-after": "10", **edge.crossing(origin)})
        return
    try:
        given = json.loads(await edge.body(scope, receive, most=MOST))
        token, came = str(given["token"]), str(given["came"])
    except edge.TooLargeError:
        await edge.answer(send, 413, headers=edge.crossing(origin))
        return
    except (ValueError, KeyError, TypeError):
        await edge.answer(send, 400, headers=edge.crossing(origin))
        return
    agent = edge.header(scope, "user-agent")
    fresh = await sync_to_async(_came, thread_sensitive=False)(site, token, came, agent)
    await edge.answer_json(send, {"token": fresh}, headers=edge.crossing(origin))


def _came(site: Site, token: str, came: str, agent: str) -> str:
    """The browser is the recipient's, where the link proves it; gives the token that it is to hold, "" the same."""
    try:
        visitor = services.visitor_seen(site=site, token=token, agent=agent)
        message = arrival_take(token=came, demo=site.demo)
        if message is None or message.customer is None:
            return ""
        found = services.known(
            actor=system_actor(demo=site.demo), visitor=visitor, customer=message.customer, how=Proof.LINK
        )
    except InvalidError:
        return ""
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return found.token
