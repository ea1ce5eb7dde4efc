"""What a mail is made of: headers that nobody can add to, both texts, files, a name of its own and a way back."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import DKIM, secrets_of
from peyvand.channels.email.speaking.signing import signed
from peyvand.channels.email.tokens import bounce_address, reply_address
from peyvand.channels.outreach.declarations import Outgoing
from peyvand.foundation.files.models import StoredFile

REFERENCES = 20
LONGEST_ID = 250
ATTACHED = 25 * 2**20  # bytes of files together; servers refuse more
WORD = 42  # bytes in an encoded word
LINE = 76  # letters in a line of base64 (RFC 2045, 6.8)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_NAME = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+")
_TYPE = re.compile(r"(application|image|audio|video)/[\w.+-]+")


class TooLargeError(ValueError):
    """The files of a message are more than a mail carries."""


@dataclass(frozen=True)
class Mail:
    """A mail ready to go: as bytes with CRLF, from whom and to whom its envelope says."""

    id: int
    message_id: str
    sender: str
    to: str
    raw: bytes


def one_line(text: str) -> str:
    """A text that can't begin another header."""
    return _CONTROL.sub(" ", text).strip()


def message_id(uid: UUID, account: EmailAccount) -> str:
    """The name of a message, the same at every try."""
    return f"<{uid.hex}@{ascii_domain(account.domain)}>"


def uid_of(message_id: str) -> UUID | None:
    """The message of ours that bears this name, if it has the form of one."""
    found = re.fullmatch(r"<?([0-9a-f]{32})@[^<>@\s]+>?", message_id.strip())
    return UUID(hex=found[1]) if found else None


@lru_cache(maxsize=256)
def ascii_domain(domain: str) -> str:
    """A domain as DNS knows it."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.lower()


def plain_address(address: str) -> str:
    """An address with its domain in ASCII."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


Headers = list[tuple[str, str]]


def headers_of(account: EmailAccount, out: Outgoing) -> Headers:
    """What stands above the text, unencoded; ValueError for an address that no mail can bear."""
    sender = good_address(account.address)
    own = account.from_name_en if out.language == "en" else account.from_name_fa
    found = [
        ("From", _person(own or account.from_name_fa or account.from_name_en or account.name, sender)),
        ("To", _person(out.to_name, good_address(out.to))),
        ("Subject", _unstructured(one_line(out.subject) or one_line(out.text)[:70])),
        ("Date", formatdate(usegmt=True)),
        ("Message-ID", message_id(out.uid, account)),
    ]
    return [*found, *_threaded(account, out, sender), *_stoppable(out), ("Content-Language", out.language)]


def good_address(address: str) -> str:
    """An address as the envelope and headers bear it; ValueError for one that they can't."""
    found = plain_address(address)
    if not _ADDRESS.fullmatch(found):
        raise ValueError("not an address that a mail can bear")
    return found


def _person(name: str, address: str) -> str:
    plain = one_line(name)[:120]
    if not plain:
        return address
    if plain.isascii() and "=?" not in plain:
        quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{encoded_words(plain)} <{address}>"


def _unstructured(text: str) -> str:
    return text if text.isascii() and "=?" not in text and len(text) < 900 else encoded_words(text)


def encoded_words(text: str) -> str:
    """A text as encoded words (RFC 2047), none longer than 75 letters, no letter in two of them."""
    chunks, current = [], b""
    for letter in text:
        raw = letter.encode("utf-8", "replace")
        if len(current) + len(raw) > WORD:
            chunks.append(current)
            current = b""
        current += raw
    chunks.append(current)
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(one, newline=False).decode()}?=" for one in chunks)


def _threaded(account: EmailAccount, out: Outgoing, sender: str) -> Headers:
    """Where an answer goes to, and what this one answers. What no person has written says so (RFC 3834)."""
    found: Headers = []
    conversation = out.thread.get("conversation")
    if isinstance(conversation, int):
        back = reply_address(sender, conversation) if account.plus else ""
        found += [("Reply-To", back)] if back else []
    else:
        found += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
    replied = _ids([out.thread.get("reply_to", "")])
    found += [("In-Reply-To", replied[0])] if replied else []
    told = out.thread.get("references", ())
    references = _ids(told if isinstance(told, Sequence) and not isinstance(told, str) else ())[-REFERENCES:]
    if references or replied:
        found.append(("References", "\r\n ".join(dict.fromkeys([*references, *replied]))))
    return found


def _ids(given: Sequence[object]) -> list[str]:
    """Names of mails fit for a header; those we have made up ourselves for mails without one are left out."""
    found = []
    for one in given:
        text = str(one or "").strip().strip("<>")
        if "@" in text and len(text) <= LONGEST_ID and _NAME.fullmatch(text):
            found.append(f"<{text}>")
    return found


def _stoppable(out: Outgoing) -> Headers:
    """One click stops it, without a page or a question (RFC 8058)."""
    if not out.one_click_url:
        return []
    return [
        ("List-Unsubscribe", f"<{one_line(out.one_click_url)}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def composed(account: EmailAccount, out: Outgoing, *, files: Mapping[int, StoredFile]) -> bytes:
    """The mail with CRLF at its line ends. ValueError, TooLargeError, FileNotFoundError.

    Put together by hand, since `email.message` takes a hundred times as long; the tests read it with that.
    """
    text = _leaf("text/plain; charset=utf-8", f"{out.text.strip()}\n".replace("\n", "\r\n").encode())
    body = text
    if out.html:
        body = _multipart(
            "alternative", f"a{out.uid.hex}", [text, _leaf("text/html; charset=utf-8", out.html.encode())]
        )
    attached = [files[one] for one in out.files if one in files]
    if attached:
        body = _multipart("mixed", f"m{out.uid.hex}", [body, *_attached(attached)])
    head = "".join(f"{name}: {value}\r\n" for name, value in headers_of(account, out))
    return head.encode("ascii") + b"MIME-Version: 1.0\r\n" + body


def _leaf(kind: str, content: bytes, more: str = "") -> bytes:
    whole = b2a_base64(content, newline=False)
    lines = b"".join(whole[start : start + LINE] + b"\r\n" for start in range(0, len(whole) or 1, LINE))
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n".encode("ascii") + lines


def _multipart(sub: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    mark = f"--=_{boundary}".encode()
    head = f'Content-Type: multipart/{sub}; boundary="=_{boundary}"\r\n\r\n'.encode()
    return head + b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"


def _attached(files: Sequence[StoredFile]) -> list[bytes]:
    if sum(one.size for one in files) > ATTACHED:
        raise TooLargeError
    made = []
    for one in files:
        kind = one.content_type if _TYPE.fullmatch(one.content_type) else "application/octet-stream"
        name = quote(one_line(one.name)[:200] or "file", safe="")
        more = f"Content-Disposition: attachment;\r\n filename*=utf-8''{name}\r\n"
        made.append(_leaf(kind, Path(one.path).read_bytes(), more))
    return made


def envelope_sender(account: EmailAccount, uid: UUID) -> str:
    """Where it comes back to: an address that names the message, where the server takes such."""
    base = plain_address(account.return_path or account.address)
    return (bounce_address(base, uid) if account.plus else "") or base


def mail_of(account: EmailAccount, out: Outgoing, *, files: Mapping[int, StoredFile]) -> Mail:
    """The mail as it goes over the wire, signed where the account has a key."""
    raw = composed(account, out, files=files)
    pem = dkim_key(account)
    if pem:
        raw = signed(raw, pem=pem, domain=account.dkim_domain or account.domain, selector=account.dkim_selector)
    return Mail(out.id, message_id(out.uid, account), envelope_sender(account, out.uid), good_address(out.to), raw)


def dkim_key(account: EmailAccount) -> str:
    """The private key; "" where there is none."""
    return secrets_of(account).get(DKIM, "") if account.dkim_selector else ""
