"""What a mail is made of: headers that nobody can add to, both texts, files, a name of its own and a way back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
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
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_POLICY = SMTP.clone(max_line_length=200)


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


def composed(account: EmailAccount, out: Outgoing, *, files: Mapping[int, StoredFile]) -> EmailMessage:
    """The message; TooLargeError, FileNotFoundError."""
    made = EmailMessage(_POLICY)
    sender = plain_address(account.address)
    made["From"] = _named(account.from_name_en if out.language == "en" else account.from_name_fa, sender, account)
    made["To"] = _address(out.to_name, plain_address(out.to))
    made["Subject"] = one_line(out.subject) or one_line(out.text)[:70]
    made["Date"] = formatdate(usegmt=True)
    made["Message-ID"] = message_id(out.uid, account)
    _threaded(made, account, out)
    _stoppable(made, out)
    made.set_content(f"{out.text.strip()}\n", cte="base64")
    if out.html:
        made.add_alternative(out.html, subtype="html", cte="base64")
    made["Content-Language"] = out.language
    _attached(made, [files[one] for one in out.files if one in files])
    return made


def _named(name: str, address: str, account: EmailAccount) -> Address:
    return _address(name or account.from_name_fa or account.from_name_en or account.name, address)


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name)[:120], addr_spec=address)


def _threaded(made: EmailMessage, account: EmailAccount, out: Outgoing) -> None:
    """Where an answer goes to, and what this one answers. What no person has written says so (RFC 3834)."""
    conversation = out.thread.get("conversation")
    if isinstance(conversation, int):
        back = reply_address(plain_address(account.address), conversation) if account.plus else ""
        if back:
            made["Reply-To"] = Address(addr_spec=back)
    else:
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    replied = _ids([out.thread.get("reply_to", "")])
    if replied:
        made["In-Reply-To"] = replied[0]
    told = out.thread.get("references", ())
    references = _ids(told if isinstance(told, Sequence) and not isinstance(told, str) else ())[-REFERENCES:]
    if references or replied:
        made["References"] = " ".join(dict.fromkeys([*references, *replied]))


def _ids(given: Sequence[object]) -> list[str]:
    """Names of mails fit for a header; those we have made up ourselves for mails without one are left out."""
    found = []
    for one in given:
        text = str(one or "").strip().strip("<>")
        if "@" in text and len(text) <= LONGEST_ID and text.isascii() and not re.search(r"[\s<>\x00-\x1f]", text):
            found.append(f"<{text}>")
    return found


def _stoppable(made: EmailMessage, out: Outgoing) -> None:
    """One click stops it, without a page or a question (RFC 8058)."""
    if out.one_click_url:
        made["List-Unsubscribe"] = f"<{one_line(out.one_click_url)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _attached(made: EmailMessage, files: Sequence[StoredFile]) -> None:
    if sum(one.size for one in files) > ATTACHED:
        raise TooLargeError
    for one in files:
        main, _slash, sub = one.content_type.partition("/")
        content = Path(one.path).read_bytes()
        if main in ("", "multipart", "message", "text") or not re.fullmatch(r"[\w.+-]+", sub):
            main, sub = "application", "octet-stream"
        made.add_attachment(content, maintype=main, subtype=sub, filename=one_line(one.name)[:200] or "file")


def envelope_sender(account: EmailAccount, uid: UUID) -> str:
    """Where it comes back to: an address that names the message, where the server takes such."""
    base = plain_address(account.return_path or account.address)
    return (bounce_address(base, uid) if account.plus else "") or base


def mail_of(account: EmailAccount, out: Outgoing, *, files: Mapping[int, StoredFile]) -> Mail:
    """The mail as it goes over the wire, signed where the account has a key."""
    raw = composed(account, out, files=files).as_bytes()
    pem = dkim_key(account)
    if pem:
        raw = signed(raw, pem=pem, domain=account.dkim_domain or account.domain, selector=account.dkim_selector)
    return Mail(out.id, message_id(out.uid, account), envelope_sender(account, out.uid), plain_address(out.to), raw)


def dkim_key(account: EmailAccount) -> str:
    """The private key; "" where there is none."""
    return secrets_of(account).get(DKIM, "") if account.dkim_selector else ""
