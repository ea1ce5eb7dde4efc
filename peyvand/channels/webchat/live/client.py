"""A client of the socket (RFC 6455) in a hundred lines, for measures and tests: they bring no library along."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
from typing import Any
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class ClosedError(ConnectionError):
    """The other side has closed; `code` is what it said, 1006 where it said nothing."""

    def __init__(self, code: int = 1006) -> None:
        super().__init__(code)
        self.code = code


class Client:
    """One open socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, url: str, *, origin: str, source: str = "", timeout: float = 30.0) -> Client:
        """Open ws://…, from that address of this machine; ClosedError with the status where the server refuses."""
        parts = urlsplit(url)
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 80, local_addr=(source, 0) if source else None
            )
            key = base64.b64encode(os.urandom(16)).decode()
            lines = (
                f"GET {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket",
                "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Origin: {origin}",
                "", "",
            )  # fmt: skip
            writer.write("\r\n".join(lines).encode())
            head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            writer.close()
            raise ClosedError(status)
        return cls(reader, writer)

    async def send(self, value: Any) -> None:
        """Send a value as JSON."""
        await self.send_text(json.dumps(value))

    async def send_text(self, text: str, kind: int = TEXT) -> None:
        """Send a frame, masked as a client has to."""
        content, mask = text.encode(), secrets.token_bytes(4)
        size = len(content)
        if size < 126:
            head = bytes([0x80 | kind, 0x80 | size])
        elif size < 1 << 16:
            head = bytes([0x80 | kind, 0x80 | 126]) + size.to_bytes(2, "big")
        else:
            head = bytes([0x80 | kind, 0x80 | 127]) + size.to_bytes(8, "big")
        whole = int.from_bytes((mask * (size // 4 + 1))[:size], "big") ^ int.from_bytes(content, "big")
        self.writer.write(head + mask + whole.to_bytes(size, "big"))
        await self.writer.drain()

    async def next(self, kind: str = "", *, timeout: float = 10.0) -> dict[str, Any]:
        """The next frame of that kind ("" for any), passing over others; ClosedError, TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                found = await self._frame()
                if not kind or found.get("t") == kind:
                    return found

    async def _frame(self) -> dict[str, Any]:
        while True:
            try:
                first, second = await self.reader.readexactly(2)
                size = second & 0x7F
                if size > 125:
                    size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
                content = await self.reader.readexactly(size)
            except (asyncio.IncompleteReadError, ConnectionResetError, BrokenPipeError):
                raise ClosedError from None
            kind = first & 0x0F
            if kind == TEXT:
                found: dict[str, Any] = json.loads(content)
                return found
            if kind == CLOSE:
                raise ClosedError(int.from_bytes(content[:2], "big") if len(content) > 1 else 1005)
            if kind == PING:
                await self.send_text(content.decode("latin-1"), PONG)

    def drop(self) -> None:
        """Be gone without a word, as a network that drops."""
        self.writer.transport.abort()

    async def close(self) -> None:
        """Be gone in good order."""
        self.writer.close()
