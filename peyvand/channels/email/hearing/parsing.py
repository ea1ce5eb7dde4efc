"""A mail taken apart, whatever it is like: nothing that comes makes this fail, and nothing of it is lost.

What can't be taken apart, or holds more parts than are kept one by one, comes along as a whole (message.eml).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from tnefparse import TNEF

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.email.hearing.decoding import decoded, header, header_text, headers
from peyvand.channels.email.hearing.quoting import MARK, quote_start
from peyvand.channels.outreach.drawing import words_of
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email

MOST_PARTS = 5_000
MOST_FILES = 100
DEEPEST = 60
LONGEST_TEXT = 200_000
LONGEST_PAGE = 400_000
_ID = re.compile(r"<([^<>\s]{1,900})>")
_HISTORY = re.compile(
    r"<blockquote\b(?=[^>]*(type=[\"']?cite|gmail_quote|class=[\"']?protonmail_quote))|<div\b[^>]*(gmail_quote|"
    r"id=[\"']?(appendonsend|divRplyFwdMsg|yahoo_quoted|mail-editor-reference))",
    re.IGNORECASE,
)


@dataclass
class Parsed:
    """A mail as it is read. `external_id` is its Message-ID, or made of a digest where it has none. `blocks` are the
    fields of a report (RFC 3464, RFC 5965), `original` what the report speaks of. `whole`: it must be kept as a whole.
    """

    external_id: str
    named: bool
    headers: Message
    sender: str = ""
    sender_name: str = ""
    to: list[str] = field(default_factory=list)
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str = ""
    quote_at: int | None = None
    files: list[ReceivedFile] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    kind: str = ""  # delivery-status, feedback-report
    blocks: list[dict[str, str]] = field(default_factory=list)
    original: Message | None = None
    whole: bool = False


def parsed(raw: bytes) -> Parsed:
    """Take a mail apart."""
    try:
        message: Message = BytesParser(policy=compat32).parsebytes(raw)
        found = _headed(message, raw)
        _body(found, message)
    except Exception:  # whatever a parser stumbles over (towers of parts, too): its headers are read, it is kept whole
        found = _headed(BytesHeaderParser(policy=compat32).parsebytes(raw[: 2**20]), raw)
        body = raw.partition(b"\n\r\n")[2] or raw.partition(b"\n\n")[2]
        found.text, found.whole = decoded(body[:4_000], None), True
    if not found.text and found.html:
        found.text = _text_of_page(found.html)
    text = _tidy(found.text)[:LONGEST_TEXT]
    marked = text.find(MARK)
    found.text = text.replace(MARK, "").rstrip()
    starts = [one for one in (quote_start(found.text), marked) if one is not None and 0 < one < len(found.text)]
    found.quote_at = min(starts, default=None)
    if found.whole:
        found.files.append(ReceivedFile("message.eml", "message/rfc822", raw))
    return found


def _tidy(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


# ── headers ───────────────────────────────────────────────────────────────


def _headed(message: Message, raw: bytes) -> Parsed:
    named = _ID.search(header(message, "Message-ID"))
    own = named[1] if named else ""
    external = own if 0 < len(own) <= 250 else f"sha256:{hashlib.sha256(raw).hexdigest()}"
    found = Parsed(external, named=external == own, headers=message)
    people = addresses(headers(message, "From") or headers(message, "Sender"))
    if people:
        found.sender_name, found.sender = people[0]
    found.to = [
        address
        for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Resent-To")
        for _shown, address in addresses(headers(message, name))
    ]
    found.subject = header(message, "Subject")[:1_000]
    found.date = _date(header(message, "Date"))
    ids = [one for name in ("References", "In-Reply-To") for one in _ID.findall(" ".join(headers(message, name)))]
    found.references = list(dict.fromkeys(one for one in ids if len(one) <= 300))[-50:]
    return found


def addresses(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Names and addresses of header lines; an address as it is compared, what is none left out."""
    try:
        people = getaddresses([header_text(line)[:5_000] for line in lines])
    except Exception:  # its own faults with malformed lines
        people = []
    found = []
    for name, address in people:
        try:
            found.append((" ".join(name.split())[:300], normalise_email(address)))
        except IdentifierError:
            continue
    if not found:
        loose = [one for line in lines for one in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", line)]
        found = [("", one.lower()) for one in loose[:50]]
    return found


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if not 1990 < found.year < 2200:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


# ── parts ─────────────────────────────────────────────────────────────────


def _leaves(message: Message) -> Iterator[tuple[Message, str]]:
    """Parts that hold something, in their order, with the kind of what they lie in; no recursion."""
    stack: list[tuple[Message, str, int]] = [(message, "", 0)]
    count = 0
    while stack:
        part, within, depth = stack.pop()
        count += 1
        if count > MOST_PARTS or depth > DEEPEST:
            raise ValueError("too many parts")
        kind = part.get_content_type()
        inner = part.get_payload()
        if kind.startswith("multipart/") and isinstance(inner, list):
            stack.extend((one, kind, depth + 1) for one in reversed(inner) if isinstance(one, Message))
        else:
            yield part, within


def _body(found: Parsed, message: Message) -> None:
    texts: list[str] = []
    pages: list[str] = []
    if message.get_content_type() == "multipart/report":
        found.kind = _param(message, "report-type").lower()
    for part, within in _leaves(message):
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/feedback-report"):
            found.blocks += _blocks(part)
            found.kind = found.kind or kind.removeprefix("message/")
            continue
        if found.kind and kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            found.original = _inner(part)
            continue
        name = _name(part)
        attached = _disposition(part) == "attachment" or bool(name)
        if (kind == "text/plain" or kind.startswith("multipart/")) and not attached:  # a multipart without a boundary
            texts.append(_text(part))
        elif kind == "text/html" and not attached:
            pages.append(_text(part))
        elif kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
            _unwrap(found, part, texts, pages)
        else:
            _keep(found, part, kind, name, within)
    found.text = "\n\n".join(one.strip("\n") for one in texts if one.strip())[: 2 * LONGEST_TEXT]
    found.html = "<hr>".join(one for one in pages if one.strip())[:LONGEST_PAGE]


def _param(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except Exception:  # malformed parameters
        return ""
    if isinstance(value, tuple):
        return decoded(str(value[2]).encode("latin-1", "replace"), value[0])
    return str(value or "")


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except Exception:  # as above
        return ""


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # as above
        return "file"
    return re.sub(r"[\\/\x00-\x1f]", "_", header_text(str(name)))[:200]


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\r\n".join(one.as_bytes() for one in inner if isinstance(one, Message))
    return str(inner or "").encode("utf-8", "surrogateescape")


def _text(part: Message) -> str:
    text = decoded(_bytes(part), _param(part, "charset") or None)
    if _param(part, "format").lower() == "flowed":
        text = _unflowed(text, delsp=_param(part, "delsp").lower() == "yes")
    return text


def _unflowed(text: str, *, delsp: bool) -> str:
    """Lines that a mail reader broke, whole again (RFC 3676); quoted ones and signatures stay as they are."""
    made: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        before = made[-1] if made else ""
        if before.endswith(" ") and before != "-- " and not before.startswith(">") and not line.startswith(">"):
            made[-1] = (before[:-1] if delsp else before) + line
        else:
            made.append(line)
    return "\n".join(made)


def _keep(found: Parsed, part: Message, kind: str, name: str, within: str) -> None:
    content_id = header(part, "Content-ID").strip("<> ")
    content = _bytes(part)
    if not content and not name:
        return
    if len(found.files) >= MOST_FILES:
        found.whole = True
        return
    ending = "eml" if kind == "message/rfc822" else kind.rpartition("/")[2][:12]
    inline = content_id if within == "multipart/related" or _disposition(part) != "attachment" else ""
    found.files.append(ReceivedFile(name or f"file.{ending}", kind[:200], content, inline[:300]))


def _unwrap(found: Parsed, part: Message, texts: list[str], pages: list[str]) -> None:
    """What Outlook wraps (winmail.dat); one that can't be unwrapped stays a file."""
    raw = _bytes(part)
    try:
        box = TNEF(raw, do_checksum=False)
        body = getattr(box, "body", None)
        page = getattr(box, "htmlbody", None)
        inner = [(str(one.long_filename() or one.name or "file"), bytes(one.data)) for one in box.attachments]
    except Exception:  # tnefparse's own faults
        _keep(found, part, "application/ms-tnef", "winmail.dat", "")
        return
    for kept, given in ((texts, body), (pages, page)):
        if isinstance(given, bytes):
            given = decoded(given, None)
        if isinstance(given, str) and given.strip("\x00 \r\n") and not kept:
            kept.append(given.rstrip("\x00"))
    for name, content in inner[:MOST_FILES]:
        clean = re.sub(r"[\\/\x00-\x1f]", "_", name)[:200] or "file"
        found.files.append(ReceivedFile(clean, "application/octet-stream", content))
    if not inner and not body and not page:
        _keep(found, part, "application/ms-tnef", "winmail.dat", "")


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a report; by small names, of each the first."""
    inner = part.get_payload()
    groups = [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
    if not groups:
        text = _bytes(part).decode("utf-8", "replace")
        groups = [
            BytesHeaderParser(policy=compat32).parsebytes(one.encode())
            for one in re.split(r"\n\s*\n", text)
            if one.strip()
        ]
    made = []
    for group in groups[:200]:
        fields: dict[str, str] = {}
        for name, value in group.raw_items():
            fields.setdefault(str(name).lower(), header_text(str(value))[:1_000])
        if not fields and isinstance(group.get_payload(), str):
            inner_group = BytesHeaderParser(policy=compat32).parsebytes(
                str(group.get_payload()).encode("utf-8", "replace")
            )
            fields = {str(name).lower(): header_text(str(value))[:1_000] for name, value in inner_group.raw_items()}
        if fields:
            made.append(fields)
    return made


def _inner(part: Message) -> Message:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0]
    return BytesHeaderParser(policy=compat32).parsebytes(_bytes(part)[: 2**18])


def _text_of_page(page: str) -> str:
    """The words of a page, with a mark where it begins to repeat what was said before."""
    found = _HISTORY.search(page)
    if found is None:
        return words_of(page)
    before, after = words_of(page[: found.start()]), words_of(page[found.start() :])
    return f"{before}\n\n{MARK}{after}" if after else before
