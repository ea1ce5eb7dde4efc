"""The collector: POST /e/<site key> takes what a page's visitor did, POST /e/<site key>/me who they say that they are.

Everything cheap is asked first, so that junk costs little and leaves nothing. An answer of 204 means that the events
are on disk; 503 that the tracker is to come again with the same ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

from peyvand.channels.sites import edge
from peyvand.channels.sites.models import Consent, Site
from peyvand.channels.sites.tokens import KEY_LENGTH, is_token, visitor_key
from peyvand.channels.web import events, identifying
from peyvand.channels.web.bots import is_bot
from peyvand.channels.web.writing import BusyError, Given, writer
from peyvand.foundation.database.pool import pool

logger = logging.getLogger(__name__)

LARGEST = 64 * 1024
ASKED_LARGEST = 8 * 1024
LATER = {"retry-after": "5"}
limits = edge.Limits(per_second=20, burst=100)
known_limits = edge.Limits(per_second=1, burst=20)
_SALT = """
WITH gone AS (DELETE FROM web_daysalt WHERE day < %(day)s),
made AS (INSERT INTO web_daysalt (day, salt) VALUES (%(day)s, %(salt)s) ON CONFLICT (day) DO NOTHING RETURNING salt)
SELECT salt FROM made UNION ALL SELECT salt FROM web_daysalt WHERE day = %(day)s
"""
_salts: dict[date, bytes] = {}


async def serve(scope: edge.Scope, receive: edge.Receive, send: edge.Send) -> None:
    """The requests of the tracker."""
    if scope["type"] != "http":
        return
    key, _, what = scope["path"].removeprefix("/e/").partition("/")
    if scope["method"] == "OPTIONS":
        await edge.answer(send, 204, headers=edge.preflight(edge.origin_of(scope)))
        return
    if scope["method"] != "POST" or what not in ("", "me"):
        await edge.answer(send, 405 if what in ("", "me") else 404)
        return
    if not (known_limits if what else limits).takes(edge.address_of(scope)):
        await edge.answer(send, 429, headers=LATER)
        return
    try:
        site = await edge.site_cached(key)
    except DatabaseError:
        await edge.answer(send, 503, headers=LATER)
        return
    if site is None:
        await edge.answer(send, 404)
        return
    origin = edge.origin_of(scope)
    if not edge.allowed_origin(site, origin):
        await edge.answer(send, 403)
        return
    try:
        body = await edge.body(scope, receive, most=ASKED_LARGEST if what else LARGEST)
    except ConnectionError:
        return
    except edge.TooLargeError:
        await edge.answer(send, 413, headers=edge.crossing(origin))
        return
    except ValueError:
        await edge.answer(send, 400, headers=edge.crossing(origin))
        return
    if what:
        await _me(scope, send, site, origin, body)
    else:
        await _events(scope, send, site, origin, body)


async def _events(scope: edge.Scope, send: edge.Send, site: Site, origin: str, body: bytes) -> None:
    agent = edge.header(scope, "user-agent")
    try:
        batch = events.read(body, now=datetime.now(UTC), agent=agent)
    except events.BrokenError:
        await edge.answer(send, 400, headers=edge.crossing(origin))
        return
    try:
        await writer().write(await _given(scope, site, batch, agent))
    except (BusyError, psycopg.Error, PoolTimeout, OSError):
        await edge.answer(send, 503, headers={**edge.crossing(origin), **LATER})
        return
    await edge.answer(send, 204, headers=edge.crossing(origin))


async def _given(scope: edge.Scope, site: Site, batch: events.Batch, agent: str) -> Given:
    """What is to be written of a request."""
    wanted = len(batch.events)
    if is_bot(agent):
        return Given(site.pk, (), {"bot": wanted} if wanted else {})
    asks_not = edge.header(scope, "sec-gpc") == "1" or site.consent == Consent.NONE
    kept = batch.mode == "full"
    if (asks_not and not batch.agreed) or (kept and site.consent == Consent.COOKIELESS and not batch.agreed):
        return Given(site.pk, (), {"consent": wanted} if wanted else {})
    if kept and not is_token(batch.token):
        return Given(site.pk, (), {"broken": wanted} if wanted else {})
    visitor = visitor_key(batch.token) if kept else await _of_the_day(scope, site, agent)
    lines = [
        (one.uid, events.copied(one, site_id=site.pk, demo=site.demo, visitor=visitor, kept=kept))
        for one in batch.events
    ]
    return Given(site.pk, lines, batch.refused)


async def _of_the_day(scope: edge.Scope, site: Site, agent: str) -> str:
    """The key of somebody in whose browser nothing is kept: the same all day, and never to be found out afterwards."""
    salt = await _salt(datetime.now(UTC).date())
    told = "\n".join((site.key, edge.address_of(scope), agent)).encode()
    digest = hashlib.sha256(salt + told).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()[:KEY_LENGTH]


async def _salt(day: date) -> bytes:
    found = _salts.get(day)
    if found is None:
        async with (await pool()).connection() as link:
            cursor = await link.execute(_SALT, {"day": day, "salt": secrets.token_bytes(32)})
            row = await cursor.fetchone()
            if row is None:  # another process made it at this very moment
                row = await (await link.execute("SELECT salt FROM web_daysalt WHERE day = %s", [day])).fetchone()
        if row is None:
            raise psycopg.OperationalError("no salt of the day")
        _salts.clear()
        found = _salts[day] = bytes(row[0])
    return found


async def _me(scope: edge.Scope, send: edge.Send, site: Site, origin: str, body: bytes) -> None:
    headers = edge.crossing(origin)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not is_token(said.get("v")):
        await edge.answer(send, 400, headers=headers)
        return
    agent = edge.header(scope, "user-agent")
    if is_bot(agent):
        await edge.answer(send, 204, headers=headers)
        return
    try:
        told = await sync_to_async(_told, thread_sensitive=False)(site, said, agent)
    except DatabaseError:
        await edge.answer(send, 503, headers={**headers, **LATER})
        return
    except identifying.InvalidError:
        await edge.answer(send, 400, headers=headers)
        return
    await edge.answer_json(send, {"known": told.known, "token": told.token}, headers=headers)


def _told(site: Site, said: dict[str, Any], agent: str) -> identifying.Told:
    try:
        return identifying.told(site=site, token=said["v"], said=said, agent=agent)
    finally:
        if not connection.in_atomic_block:
            connection.close()
