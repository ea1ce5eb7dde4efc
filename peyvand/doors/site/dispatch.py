"""The public site's small ASGI applications beside Django, by the beginning of the path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Dispatch:
    """`applications` by how their paths begin; the longest wins, and what none has goes to `otherwise`."""

    def __init__(self, applications: Mapping[str, Application], *, otherwise: Application) -> None:
        self.applications = sorted(applications.items(), key=lambda one: -len(one[0]))
        self.otherwise = otherwise

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """To whoever has it."""
        if scope["type"] in ("http", "websocket"):
            path = scope["path"]
            for begins, application in self.applications:
                if path.startswith(begins):
                    await application(scope, receive, send)
                    return
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
        await self.otherwise(scope, receive, send)
