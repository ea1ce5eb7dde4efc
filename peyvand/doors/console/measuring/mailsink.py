"""A mail server that takes everything and forgets nothing, in a process of its own: the SMTP side of `bench crash`.

It removes no repeats, and writes the name of every mail it takes to a file (one line, the part of the Message-ID before
the @, flushed to the disk) before it answers. Run as `python -m peyvand.doors.console.measuring.mailsink FILE`; it
prints its port and ends with its parent.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import IO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from peyvand.doors.console.measuring.place import free_port

_NAME = re.compile(rb"^Message-ID:\s*<([^@>\s]+)@", re.IGNORECASE | re.MULTILINE)


class Taker:
    """Keeps the name of a mail for good, waits a little, then says that it is taken."""

    def __init__(self, log: IO[str], *, pause: float) -> None:
        self.log, self.pause = log, pause

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """What follows the dot."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = _NAME.search(content)
        self.log.write(f"{found[1].decode('ascii', 'replace') if found else '?'}\n")
        self.log.flush()
        os.fsync(self.log.fileno())
        if self.pause:
            await asyncio.sleep(self.pause)  # here a worker dies: taken, and not answered yet
        return "250 2.0.0 taken"


def main() -> None:
    """Serve until the parent is gone."""
    port = free_port()
    with open(sys.argv[1], "a", encoding="ascii") as log:
        taker = Taker(log, pause=float(sys.argv[2]) if len(sys.argv) > 2 else 0.005)
        controller = Controller(taker, hostname="127.0.0.1", port=port)
        controller.start()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        sys.stdin.read()  # ends when the parent does
        controller.stop()


if __name__ == "__main__":
    main()
