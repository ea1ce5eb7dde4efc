"""A gateway on loopback that speaks a provider's documented form, and fails as it is told.

It remembers every message it took, by our id where the provider knows one; `plan` says how the next calls of sending
go: "ok", "busy" (429), "fault" (500, nothing taken), "after" (500 although all was taken), "hang" (taken, no answer).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Call:
    """What a gateway was asked."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    plain: Any
    headers: dict[str, str]


@dataclass
class Taken:
    """A message that the gateway took."""

    id: str
    to: str
    text: str
    ours: str = ""
    state: str = "sent"


Speak = Callable[["Gateway", Call], tuple[int, Any]]


@dataclass
class Gateway:
    """One fake provider. `speak` answers a call in its provider's form."""

    speak: Speak
    secret: str = "the-secret-key"
    plan: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    blacklist: set[str] = field(default_factory=set)
    inbox: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self, to: str, text: str, ours: str = "") -> Taken:
        """Take a message; its number is a new one."""
        with self.lock:
            made = Taken(str(9_000_000_000_000_000 + len(self.taken)), to, text, ours)
            self.taken.append(made)
        return made

    def start(self) -> None:
        """Listen on a free port."""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                call = _read(self)
                gateway.calls.append(call)
                sending = ("send" in call.path.lower() and call.method == "POST") or call.path.endswith(
                    "/Messages.json"
                )
                step = gateway.plan.pop(0) if gateway.plan and sending else "ok"
                status, body = (
                    (429, {}) if step == "busy" else (500, {}) if step == "fault" else gateway.speak(gateway, call)
                )
                if step == "hang":
                    time.sleep(1.0)
                    self.close_connection = True
                    return
                if step == "after":
                    status, body = 500, {}
                raw = json.dumps(body, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.send_header("Connection", "close")
                if step == "busy":
                    self.send_header("Retry-After", "7")
                with contextlib.suppress(ConnectionError):  # who has died meanwhile hears nothing
                    self.end_headers()
                    self.wfile.write(raw)

            do_GET = do_POST = answer  # noqa: N815  (the names that http.server calls)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()


def _read(handler: BaseHTTPRequestHandler) -> Call:
    parts = urlsplit(handler.path)
    size = int(handler.headers.get("Content-Length") or 0)
    raw = handler.rfile.read(size).decode() if size else ""
    kind = handler.headers.get("Content-Type", "")
    form = _flat(parse_qs(raw, keep_blank_values=True)) if "urlencoded" in kind else {}
    plain = json.loads(raw) if "json" in kind and raw else None
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Call(handler.command, parts.path, _flat(parse_qs(parts.query)), form, plain, headers)


def _flat(values: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: found[0] for name, found in values.items()}
