"""The world outside of an installation: people and their mail, and a gateway before which workers die."""

from __future__ import annotations

import csv
import imaplib
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import psycopg

from peyvand.channels.email.tests import dovecot
from peyvand.channels.email.tests.conftest import Sink
from peyvand.channels.sms.tests.fakes.server import Call, Gateway
from peyvand.channels.sms.tests.fakes.speaking import kavenegar
from peyvand.foundation.database.cluster import place_of
from tests.browser.conftest import Site

ALLOWING, REFUSING, SILENT, WITHOUT = 420, 30, 30, 20
OURS, THEIRS, JUDGE = "hello@house.ir", "maryam@home.ir", "mx.house.ir"
NEWS = "دارجیلینگ تازه رسید"
LEFT = "outreach_message SET leased_until = now() WHERE leased_until IS NOT NULL"


class Stalling:
    """Kavenegar before whom a worker dies: while it stalls, calls that send hang until their caller is dead.

    Of every two such calls one was taken (Maryam's always) and one never reached it, so that asking later tells them
    apart.
    """

    def __init__(self) -> None:
        self.stalls = False
        self.hanging = 0
        self._dead = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, gateway: Gateway, call: Call) -> tuple[int, Any]:
        """Answer a call, or let it hang."""
        with self._lock:
            if not (self.stalls and call.path.endswith("/sms/sendarray.json")):
                return kavenegar(gateway, call)
            self.hanging += 1
            takes = self.hanging % 2 or phone_of(0) in call.form["receptor"]
            answer = kavenegar(gateway, call) if takes else (503, {})
            dead = self._dead
        dead.wait(120)
        return answer

    def died(self, *, again: bool) -> None:
        """The caller is dead; what it asked goes nowhere. `again`: the next one's calls hang too."""
        with self._lock:
            self._dead.set()
            self._dead, self.hanging, self.stalls = threading.Event(), 0, again


def phone_of(number: int) -> str:
    """Their number, as people here write it."""
    return f"0912{number:07d}"


def written(folder: Path) -> tuple[Path, Path]:
    """Files of customers and of what they said: the first is Maryam, the last of those who allow it is Reza."""
    people, consents = folder / "customers.csv", folder / "consents.csv"
    allowing = range(ALLOWING)
    refusing = range(ALLOWING, ALLOWING + REFUSING)
    without = range(ALLOWING + REFUSING + SILENT, ALLOWING + REFUSING + SILENT + WITHOUT)
    names = {0: "مریم کیانی", ALLOWING - 1: "رضا فرهادی", ALLOWING: "نرگس باقری"}
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = [
            [f"C{n}", names.get(n, f"مشتری {n}"), "" if n in without else phone_of(n), THEIRS if n == 0 else "", "fa"]
            for n in range(without.stop)
        ]
        csv.writer(file).writerows([["code", "name", "phone", "email", "language"], *rows])
    with consents.open("w", encoding="utf-8", newline="") as file:
        said = [(n, "given") for n in (*allowing, *without)] + [(n, "denied") for n in refusing]
        rows = [[f"C{n}", "news", "sms", word] for n, word in said]
        csv.writer(file).writerows([["code", "purpose", "channel", "decision"], *rows])
    return people, consents


def until(what: Callable[[], object], words: str, *, seconds: float = 90) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, words
        time.sleep(0.1)


def called(url: str, **form: str) -> int:
    """A provider's call."""
    with urlopen(url, data=urlencode(form).encode(), timeout=60) as answer:  # noqa: S310 - loopback
        return int(answer.status)


def put_into(mailbox: dovecot.Dovecot, mail: EmailMessage) -> None:
    """Deliver a mail as the house's own server does, which says what it thinks of its sender."""
    raw = f"Authentication-Results: {JUDGE}; dmarc=pass header.from=home.ir\r\n".encode() + mail.as_bytes(
        policy=policy.SMTP
    )
    box = imaplib.IMAP4("127.0.0.1", mailbox.port)
    box.login(OURS, dovecot.WORD)
    box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
    box.logout()


def a_mail(name: str, subject: str, text: str, **more: str) -> EmailMessage:
    """What Maryam writes."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"مریم کیانی <{THEIRS}>", more.pop("to", OURS), subject
    mail["Message-ID"] = f"<{name}@home.ir>"
    for header, value in more.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def worker_of(site: Site) -> int:
    """The process of the worker: a child of the supervisor that holds the data folder."""
    supervisor = (site.data / "serve.lock").read_text(encoding="ascii").strip()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdecimal() and b"peyvand.foundation.jobs" in (folder / "cmdline").read_bytes():
                status = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                if status[1] == supervisor and status[0] != "Z":
                    return int(folder.name)
    return 0


def kill_twice(site: Site, stalling: Stalling) -> None:
    """kill -9 while calls hang; the supervisor starts another worker, which is killed as well. What the dead had in
    hand is looked at now, not in the minutes for which a living one might have it.
    """
    for again in (True, False):
        until(lambda: stalling.hanging >= 2, "no worker sends")
        pid = worker_of(site)
        assert pid
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: worker_of(site) != pid, "the worker lives on")  # type: ignore[misc]
        if not again:
            with psycopg.connect(place_of(site.data).url, autocommit=True) as connection:
                assert connection.execute(f"UPDATE {LEFT} AND state = 'attempting'").rowcount, "nothing was under way"
                connection.execute(f"UPDATE {LEFT} AND state = 'leased'")
        stalling.died(again=again)
    until(lambda: worker_of(site), "no worker was started again")
    late = "SELECT count(*) FROM outreach_message WHERE leased_until < now() AND state IN ('leased', 'attempting')"
    site.until(late, 0)
    with psycopg.connect(place_of(site.data).url, autocommit=True) as connection:  # and asked about now
        connection.execute("UPDATE outreach_message SET due_at = now() WHERE state = 'indeterminate'")


def text_of(mail: Message) -> str:
    """The plain words of a mail."""
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    return bytes(plain.get_payload(decode=True)).decode()


def mails_of(sink: Sink) -> Sequence[Message]:
    """What the sink took, as mails."""
    return [message_from_bytes(one.original_content or b"", policy=policy.default) for one in list(sink.mails)]
