"""A stream of Server-Sent Events: what moved, by ids, and a heartbeat; it ends by itself after a few minutes, so that
who comes again is let in anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection

from peyvand.channels.conversations.live.hub import Who, hub

HEARTBEAT = 15.0
LIFE = 300.0
RETRY_MS = 2_000


def _give_back() -> None:
    """The request's connection goes back to the pool: the stream itself asks nothing. In the request's own thread."""
    connection.close()


async def stream(who: Who) -> AsyncIterator[str]:
    """The events of one open inbox."""
    await sync_to_async(_give_back)()
    here = hub()
    subscriber = here.join(who)
    end = time.monotonic() + LIFE
    try:
        yield f"retry: {RETRY_MS}\nevent: open\ndata: {{}}\n\n"
        while (left := end - time.monotonic()) > 0 and not subscriber.over:
            said = await subscriber.next(min(HEARTBEAT, left))
            yield ": \n\n" if said is None else f"event: news\ndata: {json.dumps(said)}\n\n"
    finally:
        here.leave(subscriber)
