"""A messenger on loopback that speaks its documented form, and fails as it is told.

It remembers every message it took; `plan` says how the next calls of sending go: "ok", "busy" (429), "fault" (500,
nothing taken), "after" (500 although it was taken), "hang" (taken, no answer). `people` who are not there or have
blocked the bot are named by their chat.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Call:
    """What a messenger was asked."""

    method: str
    path: str
    query: dict[str, str]
    plain: dict[str, Any]
    files: dict[str, tuple[str, bytes]]
    headers: dict[str, str]


@dataclass
class Taken:
    """A message that the messenger took."""

    id: str
    to: str
    text: str
    name: str = ""
    said: dict[str, Any] = field(default_factory=dict)


Speak = Callable[["Messenger", Call], tuple[int, Any]]
Sends = Callable[[Call], bool]


@dataclass
class Messenger:
    """One fake messenger. `speak` answers a call in its form, `sends` tells which calls hand a message over."""

    speak: Speak
    sends: Sends
    secret: str = "the-secret-key"
    plan: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    queue: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self, to: str, text: str, said: dict[str, Any], *, name: str = "") -> Taken:
        """Take a message; its number is a new one. One that comes under a name that was there is the same."""
        with self.lock:
            if name and (same := next((one for one in self.taken if one.name == name), None)):
                return same
            made = Taken(str(9_000_000 + len(self.taken)), to, text, name, said)
            self.taken.append(made)
        return made

    def asked(self, end: str) -> list[Call]:
        """The calls to that method."""
        return [one for one in self.calls if one.path.endswith(end)]

    def start(self) -> None:
        """Listen on a free port."""
        messenger = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                call = _read(self)
                messenger.calls.append(call)
                step = messenger.plan.pop(0) if messenger.plan and messenger.sends(call) else "ok"
                refused = {"busy": (429, {}), "fault": (500, {})}
                status, body = refused[step] if step in refused else messenger.speak(messenger, call)
                if step == "hang":
                    messenger.released.wait(10.0)
                    self.close_connection = True
                    return
                if step == "after":
                    status, body = 500, {}
                raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
                self.send_response(status)
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
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self.released.set()
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()


def _read(handler: BaseHTTPRequestHandler) -> Call:
    parts = urlsplit(handler.path)
    size = int(handler.headers.get("Content-Length") or 0)
    raw = handler.rfile.read(size) if size else b""
    kind = handler.headers.get("Content-Type", "")
    plain: dict[str, Any] = json.loads(raw) if "json" in kind and raw else {}
    files: dict[str, tuple[str, bytes]] = {}
    if kind.startswith("multipart/"):
        found = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + raw)
        for part in found.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if part.get_filename() is None:
                plain[name] = content.decode()
            else:
                files[name] = (part.get_filename(), content)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Call(handler.command, unquote(parts.path), query, plain, files, headers)
