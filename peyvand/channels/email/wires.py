"""Connections to mail servers: to an address that was checked (foundation.outside.guarding), within a deadline."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, BinaryIO, cast

from peyvand.channels.email.models import Security
from peyvand.foundation.outside.guarding import ForbiddenAddressError, Target, own_hosts, pinned

CONNECT = 15.0  # seconds
ANSWER = 60.0
LONGEST_LINE = 32 * 2**20  # bytes


class Unreachable(Exception):  # noqa: N818  not a fault of ours
    """No connection; the text says why, in the server's or the system's words, and never holds a secret."""


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """Which certificates are believed: those of the system."""
    return ssl.create_default_context()


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Where that host is, each address checked. Unreachable."""
    try:
        return pinned(Target(False, host.strip().lower(), port, "/"))
    except ForbiddenAddressError as error:
        raise Unreachable(str(error.message)) from None


def context_for(host: str) -> ssl.SSLContext:
    """Of one's own hosts, which the installation names one by one, a certificate of their own making is taken."""
    if host.strip().lower() not in own_hosts():
        return trust()
    own = ssl.create_default_context()
    own.check_hostname = False
    own.verify_mode = ssl.CERT_NONE
    return own


def plug(host: str, port: int, security: str, timeout: float = CONNECT) -> socket.socket:
    """A socket to that host, under TLS from the start where it is to be. Unreachable."""
    last: Exception = OSError("no address")
    for address in addresses_of(host, port):
        try:
            made = socket.create_connection((address, port), timeout=timeout)
        except OSError as error:
            last = error
            continue
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(ANSWER)
        if security != Security.TLS:
            return made
        try:
            return context_for(host).wrap_socket(made, server_hostname=host)
        except OSError as error:
            made.close()
            last = error
    raise Unreachable(words_of(last))


def words_of(error: BaseException) -> str:
    """What a server or the system said, short and in one line."""
    said: Any = error.args[-1] if error.args else ""
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    text = " ".join(str(said or type(error).__name__).split())
    return text[:300]


class Smtp(smtplib.SMTP):
    """A connection to a server that takes mail."""

    def __init__(self, host: str, port: int, security: str, *, called: str) -> None:
        self.security = security
        super().__init__(timeout=CONNECT, local_hostname=called or "localhost")
        self._host = host
        code, said = self.connect(host, port)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, said)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return plug(host, port, self.security, timeout)


class Imap(imaplib.IMAP4):
    """A connection to a server that keeps mail."""

    def __init__(self, host: str, port: int, security: str) -> None:
        self.security = security
        super().__init__(host, port)

    def readline(self) -> bytes:
        """A line; the numbers of a large folder come in one."""
        line: bytes = cast("BinaryIO", self.file).readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise self.error(f"more than {LONGEST_LINE} bytes in a line")
        return line

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return plug(self.host, self.port, self.security, CONNECT)
