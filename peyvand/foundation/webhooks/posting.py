"""One message over the wire, by the standard library: to a checked address, within a deadline, no further than there.

The standard library and not httpx, which is only a tool of our tests: what is wanted here is less than a client does –
no redirect, no proxy of the environment, no cookie, one kilobyte of answer – and the address must be pinned.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from peyvand.foundation.webhooks.guarding import ForbiddenAddressError, Resolver, pinned, resolved, target_of

TIMEOUT = 15.0  # seconds for the whole of a try, connecting and reading together
MOST_READ = 1024  # bytes of the answer
LONGEST_PAUSE = 86_400  # seconds; nobody makes us wait longer
AGENT = "Peyvand-Webhooks/1"


class Trouble:
    """Why there was no answer, or one that is none: codes kept with the try."""

    ADDRESS = "address"
    NAME = "name"
    SAMPLE = "sample"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    REDIRECT = "redirect"
    STATUS = "status"
    UNSIGNED = "unsigned"  # nothing was sent: it could not be signed


@dataclass(frozen=True)
class Outcome:
    """What became of a try. `status` is None without an answer; `retry_after`, in seconds, is what it asks for."""

    status: int | None
    ms: int
    error: str = ""
    response: str = ""
    retry_after: int | None = None

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


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    resolver: Resolver = resolved,
    trust: ssl.SSLContext | None = None,
) -> Outcome:
    """Send it once and say what came back; never raises for what the receiver does.

    `trust` are the authorities believed in, the system's by default.
    """
    began = time.monotonic()
    deadline = _Deadline(timeout)
    sock: socket.socket | None = None

    def outcome(status: int | None, error: str, response: str = "", retry_after: int | None = None) -> Outcome:
        return Outcome(status, round((time.monotonic() - began) * 1000), error, response, retry_after)

    try:
        target = target_of(url)
        sock = _connected(pinned(target, resolver), target.port, deadline)
        deadline.hold(sock)
        if target.https:
            context = trust or _trusted()
            sock = context.wrap_socket(sock, server_hostname=target.host)
            deadline.hold(sock)
        answer = _asked(sock, target.host, target.port, target.path, target.shown, body, headers)
        if deadline.passed:  # what was cut off reads like an end
            raise TimeoutError
        status, retry_after = answer.status, _pause(answer.getheader("Retry-After"))
        text = _beginning(answer)
        error = "" if 200 <= status < 300 else Trouble.REDIRECT if 300 <= status < 400 else Trouble.STATUS
        return outcome(status, error, text, retry_after)
    except ForbiddenAddressError as refused:
        return outcome(None, refused.code)
    except ssl.SSLError as error:
        return outcome(None, Trouble.TIMEOUT if deadline.passed else Trouble.TLS, str(error)[:200])
    except TimeoutError:
        return outcome(None, Trouble.TIMEOUT)
    except ConnectionRefusedError:
        return outcome(None, Trouble.CONNECT)
    except (OSError, http.client.HTTPException, ValueError) as error:
        passed = deadline.passed
        return outcome(None, Trouble.TIMEOUT if passed else Trouble.BROKEN, "" if passed else type(error).__name__)
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


def _asked(
    sock: socket.socket, host: str, port: int, path: str, shown: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    sock.settimeout(TIMEOUT)  # the deadline cuts it shorter
    asking = http.client.HTTPConnection(host, port)
    asking.sock = sock
    asking.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
    plain = {
        "Host": shown,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    for name, value in plain.items():
        asking.putheader(name, value)
    asking.endheaders(body)
    return asking.getresponse()


def _beginning(answer: http.client.HTTPResponse) -> str:
    """The first kilobyte as text; what breaks off stays as far as it came."""
    read = b""
    try:
        while len(read) < MOST_READ and (some := answer.read1(MOST_READ - len(read))):
            read += some
    except (OSError, http.client.HTTPException, ValueError):
        pass
    return read[:MOST_READ].decode("utf-8", "replace").replace("\x00", "")


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
