"""A gateway that takes everything and forgets nothing, in a process of its own: the other side of `bench crash`.

It speaks the documented form of Kavenegar's `sendarray` and `statuslocalmessageid`, removes no repeats, and writes
every message it takes to a file (one line, our id, flushed to the disk) before it answers. Run as
`python -m peyvand.doors.console.measuring.gateway FILE`; it prints its port.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import parse_qs

SENT = 5
NO_SUCH = 100


class Gateway(ThreadingHTTPServer):
    """Takes and tells."""

    def __init__(self, log: IO[str], *, pause: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.log, self.pause = log, pause
        self.taken: dict[str, int] = {}
        self.lock = threading.Lock()

    def take(self, ids: list[Any]) -> list[int]:
        """Keep these for good, then give each a number."""
        with self.lock:
            for one in ids:
                self.taken[str(one)] = self.taken.get(str(one), 0) + 1
                self.log.write(f"{one}\n")
            self.log.flush()
            os.fsync(self.log.fileno())
            return [10**9 + len(self.taken) + place for place in range(len(ids))]


class Handler(BaseHTTPRequestHandler):
    """The two questions it knows."""

    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take, or tell what became."""
        size = int(self.headers.get("Content-Length") or 0)
        form = {name: found[0] for name, found in parse_qs(self.rfile.read(size).decode()).items()}
        if self.path.endswith("sendarray.json"):
            ids = json.loads(form["localmessageids"])
            numbers = self.server.take(ids)
            time.sleep(self.server.pause)  # here a worker dies: taken, and not answered yet
            entries: list[dict[str, Any]] = [{"messageid": number, "status": SENT} for number in numbers]
        else:
            entries = [
                {"messageid": 1, "localid": one, "status": SENT if one in self.server.taken else NO_SUCH}
                for one in form.get("localid", "").split(",")
                if one
            ]
        self._answer({"return": {"status": 200, "message": ""}, "entries": entries})

    def _answer(self, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked was killed meanwhile
            self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def main() -> None:
    """Serve until the parent is gone."""
    with open(sys.argv[1], "a", encoding="ascii") as log:
        gateway = Gateway(log, pause=float(sys.argv[2]) if len(sys.argv) > 2 else 0.05)
        sys.stdout.write(f"{gateway.server_address[1]}\n")
        sys.stdout.flush()
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        sys.stdin.read()  # ends when the parent does


if __name__ == "__main__":
    main()
