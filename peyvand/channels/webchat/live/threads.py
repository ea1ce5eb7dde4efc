"""Questions to the database, in a few threads of their own: as many chats as there are, no more connections."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")

THREADS = int(os.environ.get("PEYVAND_CHAT_THREADS") or 3)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="webchat")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function gives; its connection goes back afterwards."""
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_run, partial(function, *args, **kwargs)))


def _run(call: Callable[[], R]) -> R:
    try:
        return call()
    finally:
        if not connection.in_atomic_block:
            connection.close()
