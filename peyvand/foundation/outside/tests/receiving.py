"""A machine outside, for tests: a server on loopback that keeps what it gets and answers as it is told."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A server on loopback. `answer(handler)` writes the answer; by default 200 and nothing."""

    answer: Callable[[Any], None] | None = None
    received: list[Received] = field(default_factory=list)
    url: str = ""
    port: int = 0
    _server: http.server.ThreadingHTTPServer | None = None

    def __enter__(self) -> Receiver:
        ours = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                plain = {name.lower(): value for name, value in self.headers.items()}
                ours.received.append(Received(self.command, self.path, plain, body))
                if ours.answer is not None:
                    ours.answer(self)
                else:
                    reply(self, 200)

            do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  (the names that http.server calls)

            def log_message(self, *_more: object) -> None:
                """Be silent."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/in"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_more: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


def reply(handler: Any, status: int, body: bytes = b"", **headers: str) -> None:
    """A plain answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something; fails when it does not come."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.05)
