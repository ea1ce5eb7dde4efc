"""One request over the wire, by the standard library: to a checked address, within a deadline, no further than there.

The standard library and not httpx, which is only a tool of our tests: what is wanted here is less than a client does –
no redirect, no proxy of the environment, no cookie, a bounded piece of the answer – and the address must be pinned.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from peyvand.foundation.outside.guarding import ForbiddenAddressError, Resolver, Target, pinned, resolved, target_of

TIMEOUT = 15.0  # seconds for the whole of a try, connecting and reading together
MOST_READ = 1024  # bytes of the answer
LONGEST_PAUSE = 86_400  # seconds; nobody makes us wait longer
AGENT = "Peyvand/1"
MOST_HEAD = 8_192  # bytes of what a proxy says before it lets us through


class Trouble:
    """Why there was no answer, or one that is none: codes for keeping."""

    ADDRESS = "address"
    NAME = "name"
    SAMPLE = "sample"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    REDIRECT = "redirect"
    STATUS = "status"


@dataclass(frozen=True)
class Outcome:
    """What became of a request. `status` is None without an answer; `retry_after`, in seconds, is what it asks for.

    `raw` is the answer's body as far as it was read, `response` the same as text without NUL; `whole` says whether that
    is all of it. `headers` are by their lower-cased names.
    """

    status: int | None
    ms: int
    error: str = ""
    response: str = ""
    retry_after: int | None = None
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @property
    def taken(self) -> bool:
        """Only 2xx is a yes."""
        return self.status is not None and 200 <= self.status < 300


class _Deadline:
    """Closes a socket when the time is up: no answer, however it drips, lasts longer."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, held: socket.socket) -> None:
        """Close that one; at once when the time is already up."""
        self._socket = held
        if self.passed:
            self._pass()

    def left(self) -> float:
        """Seconds until then; TimeoutError when there are none."""
        if (left := self.ends - time.monotonic()) <= 0:
            raise TimeoutError
        return left

    def _pass(self) -> None:
        self.passed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def cancel(self) -> None:
        self._timer.cancel()


def request(
    url: str,
    *,
    method: str = "POST",
    body: bytes = b"",
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    most_read: int = MOST_READ,
    resolver: Resolver = resolved,
    trust: ssl.SSLContext | None = None,
    proxy: str = "",
    proxy_login: str = "",
) -> Outcome:
    """Ask once and say what came back; never raises for what the other side does.

    `headers` name the Content-Type of a body. `timeout` is in seconds for the whole, connecting and reading together;
    of the answer `most_read` bytes are read. `trust` are the authorities believed in, the system's by default.
    `proxy` (http://host:port) is the way to take where the machine has no way of its own; it is guarded as any address,
    and finds the other side by itself. `proxy_login` is "name:password", "" for none.
    """
    began = time.monotonic()
    deadline = _Deadline(timeout)
    sock: socket.socket | None = None

    def none(error: str, words: str = "") -> Outcome:
        return Outcome(None, round((time.monotonic() - began) * 1000), error, words)

    try:
        target = target_of(url)
        if proxy:
            sock = _through(target_of(proxy), proxy_login, target, deadline, resolver)
        else:
            sock = _connected(pinned(target, resolver), target.port, deadline)
        deadline.hold(sock)
        if target.https:
            context = trust or _trusted()
            sock = context.wrap_socket(sock, server_hostname=target.host)
            deadline.hold(sock)
        sock.settimeout(timeout)  # the deadline cuts it shorter
        answer = _asked(sock, target, method, body, headers)
        if deadline.passed:  # what was cut off reads like an end
            raise TimeoutError
        raw, ended = _beginning(answer, most_read)
        status = answer.status
        return Outcome(
            status=status, ms=round((time.monotonic() - began) * 1000),
            error="" if 200 <= status < 300 else Trouble.REDIRECT if 300 <= status < 400 else Trouble.STATUS,
            response=raw.decode("utf-8", "replace").replace("\x00", ""),
            retry_after=_pause(answer.getheader("Retry-After")), raw=raw,
            headers={name.lower(): value for name, value in answer.getheaders()},
            whole=ended and not deadline.passed,
        )  # fmt: skip
    except ForbiddenAddressError as refused:
        return none(refused.code)
    except ssl.SSLError as error:
        return none(Trouble.TIMEOUT if deadline.passed else Trouble.TLS, str(error)[:200])
    except TimeoutError:
        return none(Trouble.TIMEOUT)
    except ConnectionRefusedError:
        return none(Trouble.CONNECT)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return none(Trouble.TIMEOUT) if deadline.passed else none(Trouble.BROKEN, type(error).__name__)
    finally:
        deadline.cancel()
        if sock is not None:
            sock.close()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The system's authorities, read once a process."""
    return ssl.create_default_context()


def _connected(addresses: Sequence[str], port: int, deadline: _Deadline) -> socket.socket:
    """A connection to the first of the checked addresses that answers."""
    last: OSError = ConnectionRefusedError()
    for place, address in enumerate(addresses):
        share = deadline.left() / (len(addresses) - place)
        try:
            return socket.create_connection((address, port), timeout=share)
        except OSError as error:
            last = error
    raise last


def _through(proxy: Target, login: str, target: Target, deadline: _Deadline, resolver: Resolver) -> socket.socket:
    """A connection that a proxy has made for us (CONNECT, RFC 9110). What it refuses was certainly not asked for."""
    if proxy.https or target.sample:
        raise ForbiddenAddressError("a proxy is spoken to over http://", Trouble.ADDRESS)
    sock = _connected(pinned(proxy, resolver), proxy.port, deadline)
    deadline.hold(sock)
    sock.settimeout(deadline.left())
    where = f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}", f"User-Agent: {AGENT}"]
    if login:
        lines.append("Proxy-Authorization: Basic " + base64.b64encode(login.encode()).decode())
    try:
        sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):  # byte by byte: what follows is the other side's
            some = sock.recv(1)
            if not some or len(head) > MOST_HEAD:
                raise ConnectionRefusedError
            head += some
        if not re.match(rb"HTTP/1\.[01] 2\d\d[ \r]", head):
            raise ConnectionRefusedError
    except BaseException:
        sock.close()
        raise
    return sock


def _asked(
    sock: socket.socket, target: Target, method: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    asking = http.client.HTTPConnection(target.host, target.port)
    asking.sock = sock
    asking.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    plain = {"Host": target.shown, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    if body or method in ("POST", "PUT", "PATCH"):
        plain["Content-Length"] = str(len(body))
    given = {name.lower() for name in headers} - {"host", "connection", "content-length", "transfer-encoding"}
    ours = {name: value for name, value in plain.items() if name.lower() not in given}
    theirs = {name: value for name, value in headers.items() if name.lower() in given}
    for name, value in {**ours, **theirs}.items():
        asking.putheader(name, value)
    asking.endheaders(body or None)
    return asking.getresponse()


def _beginning(answer: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """The first bytes, and whether they are all there are; what breaks off stays as far as it came."""
    read = bytearray()
    try:
        while len(read) < most:
            some = answer.read1(most - len(read))
            if not some:
                return bytes(read), not answer.length  # fewer than were announced are not all
            read += some
    except (OSError, http.client.HTTPException, ValueError):
        return bytes(read), False
    return bytes(read[:most]), answer.length == 0


def _pause(value: str | None) -> int | None:
    """The seconds of a Retry-After header, given as seconds or as a date."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, min(round((moment - datetime.now(UTC)).total_seconds()), LONGEST_PAUSE))
