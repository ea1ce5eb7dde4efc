"""A pool of asynchronous connections for the small ASGI applications that answer without Django's ORM."""

from __future__ import annotations

import asyncio
import os
from typing import Any
from weakref import WeakKeyDictionary

from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

MOST = int(os.environ.get("PEYVAND_ASYNC_POOL") or 4)
PATIENCE = 10.0  # seconds to wait for a connection

Pool = AsyncConnectionPool[AsyncConnection[Any]]
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = WeakKeyDictionary()


async def pool() -> Pool:
    """The pool of the running loop, opened at its first use; its connections commit each statement by itself.

    psycopg_pool.PoolTimeout when none is free within ten seconds, or the database is away.
    """
    loop = asyncio.get_running_loop()
    found = _pools.get(loop)
    if found is None:
        found = AsyncConnectionPool(
            kwargs={**connector_params(), "autocommit": True}, min_size=0, max_size=MOST, timeout=PATIENCE, open=False,
            check=AsyncConnectionPool.check_connection, max_idle=60.0,
        )  # fmt: skip
        _pools[loop] = found
        await found.open()
    return found


async def close() -> None:
    """Close the running loop's pool; the next use opens another."""
    found = _pools.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
