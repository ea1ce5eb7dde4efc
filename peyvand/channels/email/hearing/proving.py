"""Whether a mail is from whom it says: by one's own server's judgement (RFC 8601), else by its signature, checked here.

Only headers that one's own server has written are believed, known by the name it gives itself; everybody can write an
Authentication-Results into a mail.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import dkim
import dns.exception
import dns.resolver

from peyvand.channels.email.doctor import organisation
from peyvand.channels.email.hearing.decoding import header, headers
from peyvand.channels.email.hearing.parsing import Parsed

logger = logging.getLogger(__name__)

PASS, FAIL, NONE = "pass", "fail", "none"
KeyFinder = Callable[[bytes, int], bytes | None]
MOST_SIGNATURES = 3
LARGEST_CHECKED = 12 * 2**20  # bytes; of larger mails no signature is checked here
_METHOD = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)([^;]*)", re.IGNORECASE)
_DOMAIN = re.compile(r"\b(?:header\.d|header\.i|smtp\.mailfrom|header\.from)\s*=\s*[\"']?([^\s;\"'()]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Proved:
    """What is known of the sender's truth. `result` is pass, fail or none; `by` what said so."""

    result: str
    by: str = ""
    domain: str = ""

    def as_plain(self) -> dict[str, str]:
        """As it is kept with the message."""
        return {"result": self.result, "by": self.by, "domain": self.domain}


def key_of(name: bytes, timeout: int = 5) -> bytes | None:
    """The record of a signature's key, as the system's resolver gives it."""
    try:
        answer = dns.resolver.resolve(name.decode("ascii", "replace"), "TXT", lifetime=float(timeout))
    except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
        return None
    return next((b"".join(one.strings) for one in answer), None)


def proved(mail: Parsed, raw: bytes, *, authserv: str, key_finder: KeyFinder = key_of) -> Proved:
    """What can be known of who sent it."""
    domain = mail.sender.rpartition("@")[2]
    if not domain:
        return Proved(NONE)
    if authserv:
        return _judged(mail, domain, authserv.lower())
    if not header(mail.headers, "DKIM-Signature") or len(raw) > LARGEST_CHECKED:
        return Proved(NONE)
    return _checked(raw, domain, key_finder)


def _judged(mail: Parsed, domain: str, authserv: str) -> Proved:
    """The judgement of one's own server: its headers stand above all that came with the mail."""
    results: dict[str, str] = {}
    aligned: set[str] = set()
    for line in headers(mail.headers, "Authentication-Results"):
        name, _semicolon, rest = line.partition(";")
        if name.strip().split(" ")[0].lower() != authserv:
            break  # below it anybody may have written
        for method, said, more in _METHOD.findall(rest):
            kind, value = method.lower(), said.lower()
            results.setdefault(kind, value)
            found = _DOMAIN.search(more)
            if found and value == PASS and organisation(found[1].rpartition("@")[2]) == organisation(domain):
                aligned.add(kind)
    if results.get("dmarc") == PASS:
        return Proved(PASS, "dmarc", domain)
    if results.get("dmarc") == FAIL:
        return Proved(FAIL, "dmarc", domain)
    if aligned:
        return Proved(PASS, sorted(aligned)[0], domain)
    if FAIL in (results.get("spf"), results.get("dkim")):
        return Proved(FAIL, "spf" if results.get("spf") == FAIL else "dkim", domain)
    return Proved(NONE, "", domain)


def _checked(raw: bytes, domain: str, key_finder: KeyFinder) -> Proved:
    """The signature of the sender's own domain, checked; a broken one of somebody else says nothing."""
    found: list[bytes | None] = []

    def finder(name: bytes, timeout: int = 5) -> bytes | None:
        found.append(key_finder(name, timeout))
        return found[-1]

    try:
        checker = dkim.DKIM(raw, logger=logger, minkey=1024, timeout=5)
        values = [value for name, value in checker.headers if name.lower() == b"dkim-signature"][:MOST_SIGNATURES]
    except (dkim.DKIMException, ValueError):
        return Proved(NONE, "", domain)
    result = Proved(NONE, "", domain)
    for index, value in enumerate(values):
        signer = _signer(value)
        if organisation(signer) != organisation(domain):
            continue
        found.clear()
        try:
            good = checker.verify(idx=index, dnsfunc=finder)
        except dkim.ValidationError:  # its body is another one than was signed, or its time is over
            good, found = False, [b""]
        except (dkim.DKIMException, ValueError, KeyError, IndexError, UnicodeError, OSError, TypeError):
            continue
        if good:
            return Proved(PASS, "dkim", signer)
        if found and found[-1] is not None:
            result = Proved(FAIL, "dkim", signer)
    return result


def _signer(value: bytes) -> str:
    """The domain that a signature speaks for."""
    said = re.search(rb"(?:^|;)\s*d\s*=\s*([^\s;]+)", value)
    return said[1].decode("ascii", "replace").lower() if said else ""
