"""Mail over SMTP: one connection a thread and account, kept open; of each message exactly how far it came.

Until the dot that ends a mail has been handed to the network, the server certainly has not taken it. From then on only
its answer tells; where none comes, nobody knows.
"""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from peyvand.channels.email.models import EmailAccount, Security
from peyvand.channels.email.secrets import SMTP, secrets_of
from peyvand.channels.email.speaking.mime import Mail, ascii_domain
from peyvand.channels.email.wires import Smtp, Unreachable, context_for, words_of
from peyvand.channels.outreach.declarations import Outcome, Said
from peyvand.channels.outreach.dispatching.handing import answered, note

KEPT = 25.0  # seconds for which a connection without work is used again
MOST = 500  # mails over one connection
PAUSE, LONG_PAUSE = 60.0, 900.0  # the second is for what a person has to mend
HARD = "hard-bounce"
_MEND = frozenset({530, 534, 535, 538})
_mine = threading.local()


@dataclass
class _Open:
    smtp: Smtp
    version: int
    used: float
    sent: int = 0


def _lines() -> dict[int, _Open]:
    found: dict[int, _Open] | None = getattr(_mine, "lines", None)
    if found is None:
        found = _mine.lines = {}
    return found


def opened(account: EmailAccount) -> Smtp:
    """A new connection, encrypted and signed in as the account says. Unreachable, smtplib's errors."""
    security = account.smtp_security
    smtp = Smtp(account.smtp_host, account.smtp_port, security, called=ascii_domain(account.domain))
    try:
        smtp.ehlo_or_helo_if_needed()
        if security == Security.STARTTLS:
            smtp.starttls(context=context_for(account.smtp_host))
            smtp.ehlo()
        if account.smtp_user:
            smtp.login(account.smtp_user, secrets_of(account).get(SMTP, ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def _line(account: EmailAccount) -> _Open:
    lines, now = _lines(), time.monotonic()
    found = lines.get(account.pk)
    if found is not None and (
        found.version != account.version or now - found.used > KEPT or found.sent >= MOST or found.smtp.sock is None
    ):
        _drop(account)
        found = None
    if found is None:
        found = lines[account.pk] = _Open(opened(account), account.version, now)
    found.used = now
    return found


def _drop(account: EmailAccount) -> None:
    found = _lines().pop(account.pk, None)
    if found is not None:
        found.smtp.close()


def close_all() -> None:
    """Close this thread's connections."""
    for found in list(_lines().values()):
        found.smtp.close()
    _lines().clear()


def send(account: EmailAccount, mails: Sequence[Mail]) -> list[Outcome]:
    """Hand them over one after the other; gives of each what became of it."""
    said: list[Outcome] = []
    for mail in mails:
        try:
            said.append(_one(account, mail))
            answered(said[-1:])
        except (OSError, Unreachable) as error:  # no connection: none of the rest went
            _drop(account)
            left = mails[len(said) :]
            return said + [_not_connected(one, error) for one in left]
    return said


def _not_connected(mail: Mail, error: Exception) -> Outcome:
    code = getattr(error, "smtp_code", None)
    mend = isinstance(error, (Unreachable, smtplib.SMTPAuthenticationError)) or code in _MEND
    text = _text(getattr(error, "smtp_error", b"")) or words_of(error)
    return Outcome(
        mail.id, Said.AGAIN, code=str(code or "connect"), text=text[:500], after=LONG_PAUSE if mend else PAUSE
    )


def _one(account: EmailAccount, mail: Mail) -> Outcome:
    """One mail; raises what keeps a connection from being opened."""
    fresh = account.pk not in _lines()
    line = _line(account)
    try:
        return _spoken(line, account, mail)
    except OSError as error:  # smtplib's own are of these
        _drop(account)
        if fresh:
            return Outcome(mail.id, Said.AGAIN, code="lost", text=words_of(error)[:500], after=PAUSE)
    return _spoken_again(account, mail)


def _spoken_again(account: EmailAccount, mail: Mail) -> Outcome:
    """Once more over a new connection: the server had closed the kept one, and had taken nothing of this mail."""
    line = _line(account)
    try:
        return _spoken(line, account, mail)
    except OSError as error:
        _drop(account)
        return Outcome(mail.id, Said.AGAIN, code="lost", text=words_of(error)[:500], after=PAUSE)


def _spoken(line: _Open, account: EmailAccount, mail: Mail) -> Outcome:
    """The conversation for one mail. Raises only while the mail has certainly not been taken."""
    smtp = line.smtp
    if refused := _envelope(smtp, mail):
        if refused.code.startswith("421"):
            _drop(account)
        elif smtp.sock is not None:
            smtp.rset()
        return refused
    assert smtp.sock is not None  # noqa: S101  it has just spoken
    smtp.sock.sendall(_dotted(mail.raw))
    note([mail.id])
    try:
        smtp.sock.sendall(b".\r\n")
        code, said = smtp.getreply()
    except OSError as error:
        _drop(account)
        return Outcome(mail.id, Said.UNKNOWN, mail.message_id, code="lost", text=words_of(error)[:500])
    line.sent += 1
    if code // 100 == 2:
        return Outcome(mail.id, Said.SENT, mail.message_id, code=str(code), text=_text(said)[:500])
    if code // 100 == 5:
        return Outcome(mail.id, Said.FAILED, mail.message_id, code=_code(code, said), text=_text(said)[:500])
    if code // 100 == 4:
        if code == 421:
            _drop(account)
        return Outcome(mail.id, Said.AGAIN, code=_code(code, said), text=_text(said)[:500], after=PAUSE)
    _drop(account)
    return Outcome(mail.id, Said.UNKNOWN, mail.message_id, code=str(code), text=_text(said)[:500])


def _dotted(raw: bytes) -> bytes:
    """The mail with its dots doubled and a line end at its end."""
    whole = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    if whole.startswith(b"."):
        whole = b"." + whole
    return whole.replace(b"\r\n.", b"\r\n..")


def _envelope(smtp: Smtp, mail: Mail) -> Outcome | None:
    """From whom, to whom, and that a mail follows; in one go where the server allows it (RFC 2920)."""
    size = f" SIZE={len(mail.raw)}" if smtp.has_extn("size") else ""
    commands = [f"MAIL FROM:<{mail.sender}>{size}", f"RCPT TO:<{mail.to}>", "DATA"]
    if smtp.has_extn("pipelining"):
        assert smtp.sock is not None  # noqa: S101  it is open
        smtp.sock.sendall("".join(f"{one}\r\n" for one in commands).encode("ascii"))
        replies = [smtp.getreply() for _ in commands]
    else:
        replies = []
        for one in commands:
            code, said = smtp.docmd(one)
            replies.append((code, said))
            if code // 100 not in (2, 3):
                break
    bad = next((found for found in replies[:2] if found[0] // 100 != 2), None)
    started = len(replies) == 3 and replies[2][0] == 354
    if bad is None and started:
        return None
    if started and smtp.sock is not None:  # it waits for a mail to nobody: give it an empty one
        smtp.sock.sendall(b".\r\n")
        smtp.getreply()
    code, said = bad or replies[-1]
    return _refused(mail, code, said)


def _refused(mail: Mail, code: int, said: bytes) -> Outcome:
    text, shown = _text(said)[:500], _code(code, said)
    if code in _MEND:
        return Outcome(mail.id, Said.AGAIN, code=shown, text=text, after=LONG_PAUSE)
    if code // 100 == 5:
        hard = shown.startswith("5.1.") and shown not in ("5.1.7", "5.1.8")  # 5.1.7, 5.1.8: our own address is bad
        return Outcome(mail.id, Said.FAILED, code=shown, text=text, suppress=HARD if hard else "")
    return Outcome(mail.id, Said.AGAIN, code=shown, text=text, after=PAUSE)


def _text(said: object) -> str:
    return " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)).split())


def _code(code: int, said: bytes) -> str:
    """The enhanced code (RFC 3463) where the server gives one, else the plain one."""
    first = _text(said).split(" ")[0]
    parts = first.split(".")
    if len(parts) == 3 and all(one.isdecimal() for one in parts) and parts[0] == str(code)[0]:
        return first
    return str(code)
