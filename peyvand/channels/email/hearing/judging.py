"""What a mail is besides words of a person: a bounce, a complaint, an answer of a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

from flufl.bounce import scan_message

from peyvand.channels.email.hearing.decoding import header
from peyvand.channels.email.hearing.parsing import Parsed
from peyvand.channels.email.speaking.mime import uid_of
from peyvand.channels.email.tokens import message_of

# Of RFC 3463: what never gets better. A full box, a policy, a broken route may; what is not known is taken as such.
_HARD = re.compile(r"5\.1\.(0|1|2|3|6|10)\Z|5\.2\.1\Z|5\.4\.(1|4)\Z")
_GONE = re.compile(
    r"user unknown|no such user|unknown user|does not exist|mailbox not found|invalid recipient", re.IGNORECASE
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mdaemon|bounce[s]?)\b", re.IGNORECASE)
_AWAY = re.compile(
    r"out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response|responder)|away from|on vacation|"
    r"پاسخ خودکار|خارج از دفتر|در مرخصی|abwesenheit|réponse automatique",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bounce:
    """A message of ours that did not arrive, or not yet. `final`: it will not; `hard`: nothing ever will."""

    uid: UUID
    status: str
    words: str
    final: bool
    hard: bool


def status_of(told: str) -> str:
    """The status (RFC 3463) that a server's words name; "" for none."""
    found = _STATUS.search(told)
    return found[1] if found else ""


def nobody_there(code: str, told: str) -> bool:
    """Whether an address does not exist, by a status or, where it says nothing, by the server's words."""
    return bool(_HARD.match(code)) or (code in ("", "5.0.0") and bool(_GONE.search(told)))


def named_in(mail: Parsed) -> UUID | None:
    """The message that the address names which this mail came to: only we can have made it."""
    return next((uid for address in mail.to if (uid := message_of(address)) is not None), None)


def is_report(mail: Parsed) -> bool:
    """Whether it has the form of a report on delivery."""
    return mail.kind == "delivery-status" or any("final-recipient" in one or "action" in one for one in mail.blocks)


def bounce_of(mail: Parsed, uid: UUID) -> Bounce | None:
    """What a mail that came back to a message's own address says; None where it is no bounce."""
    for block in mail.blocks:
        action = block.get("action", "").lower()
        if action:
            return _of_fields(uid, action, block)
    if mail.kind == "delivery-status" or _DAEMON.match(mail.sender) or _from_nobody(mail.headers):
        return _of_odd(mail, uid)
    return None


def _of_fields(uid: UUID, action: str, block: dict[str, str]) -> Bounce | None:
    told = block.get("diagnostic-code", "")
    status = _STATUS.search(block.get("status", "")) or _STATUS.search(told)
    code = status[1] if status else ""
    words = " ".join(told.partition(";")[2].split() or told.split())[:500]
    if action == "failed":
        return Bounce(uid, code or "5.0.0", words, final=True, hard=nobody_there(code, told))
    if action == "delayed":
        return Bounce(uid, code or "4.0.0", words, final=False, hard=False)
    return None  # delivered, relayed, expanded


def _of_odd(mail: Parsed, uid: UUID) -> Bounce | None:
    """A bounce in no known form: flufl.bounce knows how some servers write."""
    try:
        temporary, permanent = scan_message(mail.headers)
    except Exception:  # its own faults with malformed mails
        temporary, permanent = b"", b""
    told = mail.text[:3_000]
    status = _STATUS.search(told)
    code = status[1] if status else ""
    words = " ".join(told.split())[:500]
    if temporary and not permanent:
        return Bounce(uid, code or "4.0.0", words, final=False, hard=False)
    if permanent or code.startswith("5") or _GONE.search(told):
        hard = bool(_HARD.match(code)) if code else bool(_GONE.search(told))
        return Bounce(uid, code or "5.0.0", words, final=True, hard=hard)
    if code.startswith("4"):
        return Bounce(uid, code, words, final=False, hard=False)
    return None


def _from_nobody(message: Message) -> bool:
    return header(message, "Return-Path") == "<>"


def complained_of(mail: Parsed) -> UUID | None:
    """The message of ours that somebody has reported as unwanted (RFC 5965); None where it is no such report.

    A number of ours is known to its recipient and their provider only.
    """
    if mail.kind != "feedback-report" and not any("feedback-type" in one for one in mail.blocks):
        return None
    kinds = {one["feedback-type"].lower() for one in mail.blocks if "feedback-type" in one}
    if kinds and not kinds & {"abuse", "fraud", "other"}:
        return None  # "not-spam", "auth-failure": no complaint
    return next(_uids(mail), None)


def _uids(mail: Parsed) -> Iterator[UUID]:
    for block in mail.blocks:
        for name in ("original-mail-from", "original-envelope-id"):
            if (found := message_of(block.get(name, "").strip("<> "))) is not None:
                yield found
    if mail.original is not None:
        if (found := message_of(header(mail.original, "Return-Path").strip("<> "))) is not None:
            yield found
        if (found := uid_of(header(mail.original, "Message-ID"))) is not None:
            yield found


def automatic(mail: Parsed) -> str:
    """Why no person has written it; "" where one may have."""
    message = mail.headers
    if header(message, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no"):
        return "auto-submitted"
    if any(header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply-From")):
        return "autoreply"
    if header(message, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list"):
        return "precedence"
    if header(message, "List-Id") or header(message, "List-Unsubscribe"):
        return "list"
    if header(message, "Return-Path") == "<>" or _DAEMON.match(mail.sender):
        return "daemon"
    if is_report(mail) or mail.kind == "disposition-notification":
        return "report"
    if _AWAY.search(mail.subject[:200]) and (mail.references or header(message, "X-Auto-Response-Suppress")):
        return "away"
    return ""
