"""Where a request may go: the guard against addresses that lead into one's own network (SSRF).

A name is resolved once; every address it has must be public; the connection goes to the address that was checked, never
to the name again, so that a name that answers differently the second time (DNS rebinding) gains nothing. How a number
is written (127.1, 0x7f000001, 2130706433) doesn't matter: what it resolves to is checked.

Hosts of one's own network are allowed one by one by the installation (`settings.OWN_HOSTS`), never on a screen.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label

LONGEST = 2_000
RESOLVE = 5.0  # seconds
# Below 1024 only the web's own; above, not where databases and the like listen.
NEVER = frozenset({1433, 1521, 2049, 3306, 3389, 5432, 5672, 5900, 6379, 9042, 9200, 9300, 11211, 27017})
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_HOSTILE = re.compile(r"[\x00-\x20\x7f\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?([.][a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]


class ForbiddenAddressError(ValueError):
    """Nothing is sent there. `message` says why, for people; `code` is kept with the try."""

    def __init__(self, message: Label, code: str = "address") -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Target:
    """An address taken apart. `host` is in its ASCII form; `shown` as the Host header gives it."""

    https: bool
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.https else 80) else f"{host}:{self.port}"

    @property
    def sample(self) -> bool:
        """Whether it is the address of an example, to which nothing is ever sent."""
        return self.host.rsplit(".", 1)[-1] == "example"


def own_hosts() -> frozenset[str]:
    """Hosts of one's own network that the installation allows."""
    return frozenset(str(host).strip().strip("[]").lower() for host in settings.OWN_HOSTS)


def target_of(url: str) -> Target:
    """Take an address apart; ForbiddenAddressError when nothing may be sent there, as far as the text tells."""
    if len(url) > LONGEST:
        raise ForbiddenAddressError(_("This address is too long."))
    if not url or _HOSTILE.search(url):
        raise ForbiddenAddressError(_("Write the whole address, like https://shop.ir/peyvand, without spaces."))
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii(parts.hostname or "")
    except ValueError:
        raise ForbiddenAddressError(_("This is not an address of the web.")) from None
    if parts.scheme not in ("https", "http"):
        raise ForbiddenAddressError(_("The address begins with https:// or http://."))
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError(_("No user name or password in the address."))
    if not (":" in host or _HOST.fullmatch(host)) or len(host) > 253:
        raise ForbiddenAddressError(_("This is not an address of the web."))
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(https, host, port or (443 if https else 80), _quoted(path))
    if host not in own_hosts():
        _check_port(target.port)
        _check_literal(host)
    return target


def _ascii(host: str) -> str:
    """The host as DNS knows it; full-width dots and the like become plain ones first. ValueError."""
    if not host:
        return ""
    bare = host.rstrip(".")
    if ":" in bare:
        return str(ipaddress.IPv6Address(bare.partition("%")[0])) if "%" not in bare else ""
    return bare.encode("idna").decode("ascii").lower().rstrip(".")


def _quoted(path: str) -> str:
    return "".join(
        letter if letter.isascii() else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in path
    )


def _check_port(port: int) -> None:
    if (port < 1024 and port not in (80, 443)) or port in NEVER:
        raise ForbiddenAddressError(_("Nothing is sent to this port; take 443, 80 or one above 1024."))


def _check_literal(host: str) -> None:
    """Refuse at once what is written as a number and not public, in whichever way the system reads numbers."""
    if host.rsplit(".", 1)[-1] in ("localhost", "local", "internal"):
        raise ForbiddenAddressError(OWN_NETWORK)
    try:
        address: Address = ipaddress.ip_address(host)
    except ValueError:
        try:
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return
    if not public(address):
        raise ForbiddenAddressError(OWN_NETWORK)


OWN_NETWORK = _("This address lies in your own network. Whoever runs Peyvand can allow the host in PEYVAND_OWN_HOSTS.")


def public(address: Address) -> bool:
    """Whether an address lies in the open internet, an IPv4 address inside an IPv6 one included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
        if address in NAT64_LOCAL or address.teredo is not None or address.is_site_local:
            return False
        if int(address) >> 32 == 0:  # ::a.b.c.d, of old
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system's resolver gives them. OSError, also when it takes too long to say."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            answers.put(error)
        except (ValueError, TypeError, LookupError) as error:  # a name that can't be written, an answer that is none
            answers.put(OSError(str(error)))

    threading.Thread(target=ask, name="resolve", daemon=True).start()  # the system's resolver knows no deadline
    try:
        answer = answers.get(timeout=RESOLVE)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def pinned(target: Target, resolver: Resolver = resolved) -> Sequence[str]:
    """The addresses to connect to, each checked. ForbiddenAddressError, also when only one of them is not public."""
    if target.sample:
        raise ForbiddenAddressError(_("This is the address of an example; nothing is sent there."), "sample")
    try:
        found = resolver(target.host, target.port)
    except (OSError, UnicodeError):
        raise ForbiddenAddressError(_("No machine is known under this name."), "name") from None
    allowed = target.host in own_hosts()
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if address.is_link_local or not (allowed or public(address)):
            raise ForbiddenAddressError(OWN_NETWORK)
    if not found:
        raise ForbiddenAddressError(_("No machine is known under this name."), "name")
    return found
