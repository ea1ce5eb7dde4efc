"""Messages to many as fast as they go, beside the bare limit of the machine and a peer; mail that comes in; the inbox.

Everything that people rely on is on: the gate, the ledger, text made for each recipient, signatures. The other side is
Postfix's smtp-sink where it is installed, else a slower one of our own, and an SMS gateway with a bulk call.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation
from peyvand.channels.email.hearing.taking import take, understood
from peyvand.channels.email.models import EmailAccount, Fate
from peyvand.channels.outreach.dispatching.standing import BATCH, THREADS
from peyvand.channels.outreach.models import Message, State
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.doors.console.measuring.crashing import (
    AT_ONCE,
    gateway_account,
    kill,
    mail_account,
    other_side,
    worker,
)
from peyvand.doors.console.measuring.place import free_port
from peyvand.doors.console.measuring.walking import Page, walk
from peyvand.foundation.accounts.models import User
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import system_actor

WAITING = (State.PENDING, State.LEASED, State.ATTEMPTING)
PATIENCE = 120.0  # seconds without any progress
MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text font-size='20px'>سلام {{first_name|دوست}}</mj-text>"
    "<mj-text>خبر تازه‌ای داریم: دمنوش‌های پاییز رسیدند و تا پایان هفته کنار گذاشته می‌شوند.</mj-text>"
    "<mj-button href='https://bench.example/'>دیدن</mj-button></mj-column></mj-section></mj-body></mjml>"
)
CONTENT = ContentData(
    texts=[
        TextData("سلام {{first_name|دوست}}، خبر تازه‌ای داریم.", "fa", subject="خبر تازه"),
        TextData(MJML, "fa", channel="email", subject="خبر تازه برای {{first_name|شما}}", form="mjml"),
    ],
    title="bench",
)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="peyvand-reach-") as name:
        yield Path(name)


@contextlib.contextmanager
def mail_sink() -> Iterator[tuple[int, str]]:
    """A server that swallows mail; its port and its name."""
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin")
    if program is None:
        with _folder() as folder, other_side("mailsink", folder / "taken", "0") as port:
            yield port, "aiosmtpd"
        return
    port = free_port()
    process = subprocess.Popen([program, *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "100"])
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        if process.poll() is not None:
            raise OSError(process.returncode, "smtp-sink did not start")
        yield port, "smtp-sink"
    finally:
        process.terminate()
        process.wait(10)


def sent(channel: str, ids: list[int], *, name: str) -> dict[str, Any]:
    """Ask for one message to each and let one worker send them: seconds of both, messages a second, its memory."""
    actor = system_actor()
    process = worker()
    try:
        send_many(
            actor=actor, customers=ids[:1], purpose="news", content=CONTENT, dedupe_key=f"{name}:warm", channel=channel
        )
        _wait()
        _nights_done()
        memory = [_pss(process.pid)]
        start = time.perf_counter()
        send_many(
            actor=actor, customers=ids[1:], purpose="news", content=CONTENT, dedupe_key=name, channel=channel
        )  # fmt: skip
        asked = time.perf_counter() - start
        _wait(lambda: memory.append(_pss(process.pid)))
        spent = time.perf_counter() - start
    finally:
        kill(process)
    went = Message.objects.filter(dedupe_key__startswith=f"{name}:", state__in=[State.SENT, State.DELIVERED]).count()
    return {
        "messages": len(ids) - 1, "went": went - 1, "asking_s": round(asked, 1), "all_s": round(spent, 1),
        "per_s": round((len(ids) - 1) / spent, 1),
        "pss_mb": {"start": memory[0], "highest": max(memory), "end": memory[-1]},
    }  # fmt: skip


def _wait(look: Callable[[], object] = lambda: None) -> None:
    """Until nothing waits any more, or nothing has moved for long."""
    left, moved = -1, time.monotonic()
    while (now := Message.objects.filter(state__in=WAITING).count()) and time.monotonic() - moved < PATIENCE:
        if now != left:
            left, moved = now, time.monotonic()
        look()
        time.sleep(0.25)


def _nights_done() -> None:
    """Until what a new installation makes up for, its nightly work, is done: it is not what is measured."""
    end = time.monotonic() + PATIENCE
    while Run.objects.filter(state__in=[Run.State.WAITING, Run.State.RUNNING]).exists() and time.monotonic() < end:
        time.sleep(0.25)


def _pss(pid: int) -> int:
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        return int(sum(one.memory_full_info().pss for one in [root, *root.children(recursive=True)])) // 2**20
    return 0


def bare_smtp(port: int, count: int, raw: bytes) -> float:
    """Mails a second of a plain loop over smtplib with as many connections as we have senders."""

    def loop(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for place in range(number, count, THREADS):
                smtp.sendmail("hello@bench.example", [f"c{place}@home.example"], raw)

    return _rate(loop, count)


def bare_gateway(port: int, count: int) -> float:
    """Texts a second of a plain loop over the same bulk call, as many at a time."""

    def loop(number: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for first in range(number * BATCH, count, THREADS * BATCH):
            some = list(range(first, min(first + BATCH, count)))
            form = {
                "receptor": json.dumps([f"0912{n:07d}" for n in some]), "sender": json.dumps(["1000"] * len(some)),
                "message": json.dumps(["سلام مریم، خبر تازه‌ای داریم."] * len(some), ensure_ascii=False),
                "localmessageids": json.dumps([f"bare{n}" for n in some]),
            }  # fmt: skip
            link.request(
                "POST", "/v1/bare/sms/sendarray.json", urlencode(form),
                {"Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            link.getresponse().read()
            link.close()

    return _rate(loop, count)


def _rate(loop: Callable[[int], None], count: int) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(loop, range(THREADS)))
    return count / (time.perf_counter() - start)


def mails(port: int, sink: str, ids: list[int], *, peer: str) -> dict[str, Any]:
    """E-mail: ours unsigned and signed, the bare loop with a mail of the same size, django-post_office."""
    raw = b"\r\n".join([b"Subject: x", b"", *[b"x" * 76] * 60])
    bare = bare_smtp(port, max(len(ids), 2_000), raw)
    answer: dict[str, Any] = {
        "sink": sink,
        "connections": THREADS,
        "bare_per_s": round(bare, 1),
        "bare_bytes": len(raw),
    }
    for name, signed in (("unsigned", False), ("signed", True)):
        EmailAccount.objects.all().delete()
        mail_account(port, signed=signed)
        found = sent("email", ids, name=f"mail-{name}")
        answer[name] = {**found, "ratio": round(found["per_s"] / bare, 3)}
    answer["post_office"] = _peer(port, min(len(ids), 10_000), peer)
    return answer


def _peer(port: int, count: int, name: str) -> dict[str, Any]:
    if importlib.util.find_spec("post_office") is None:
        return {"missing": "pip install django-post-office"}
    done = subprocess.run(
        [sys.executable, "-m", "peyvand.doors.console.measuring.peer", str(port), str(count), str(THREADS)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PEYVAND_PEER": json.dumps({**settings.DATABASES["default"], "NAME": name})},
    )  # fmt: skip
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {"messages": count, "per_s": round(count / (found["asking_s"] + found["sending_s"]), 1)}


def texts(ids: list[int]) -> dict[str, Any]:
    """Text messages: ours, and the bare loop over the same gateway."""
    with _folder() as folder, other_side("gateway", folder / "taken", "0") as port:
        gateway_account(port)
        bare = bare_gateway(port, len(ids))
        found = sent("sms", ids, name="text")
    return {**found, "bare_per_s": round(bare, 1), "ratio": round(found["per_s"] / bare, 3)}


def heard(count: int) -> dict[str, Any]:
    """Mails a second that are taken apart, judged and put into conversations, one after the other."""
    row = EmailAccount.objects.get()
    letters = [_letter(number) for number in range(count)]
    kept, start = 0, time.perf_counter()
    for letter in letters:
        found = understood(row, letter, key_finder=lambda _name, timeout: None)
        kept += take(row, found, at=timezone.now()).fate == Fate.STORED
    spent = time.perf_counter() - start
    return {"mails": count, "kept": kept, "per_s": round(count / spent, 1), "aim_per_s": 50}


def _letter(number: int) -> bytes:
    """A mail as people write them: both texts, an older one quoted, a picture of 20 kB."""
    made = EmailMessage()
    made["From"] = f"مریم کیانی <c{number}@home.example>"
    made["To"], made["Subject"] = "hello@bench.example", f"پرسش {number}"
    made["Date"], made["Message-ID"] = format_datetime(timezone.now()), f"<in-{number}@home.example>"
    made.set_content("سلام، آیا هل تازه رسیده است؟\n\n> خبر تازه‌ای داریم.\n" + "> کهنه‌تر\n" * 40)
    made.add_alternative("<p dir='rtl'>سلام، آیا هل تازه رسیده است؟</p>" + "<p>کهنه‌تر</p>" * 40, subtype="html")
    made.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(20_000), maintype="image", subtype="png", filename="hel.png")
    return made.as_bytes()


_TALKS = """
INSERT INTO conversations_conversation (demo, customer_id, subject, state, channel, address, name, language,
  assignee_id, routed, preview, entries_count, created_at, last_at, last_in_at, waiting_since, version)
SELECT false, c.ids[1 + n %% array_length(c.ids, 1)], 'پرسش ' || n, CASE WHEN n %% 4 = 0 THEN 'open' ELSE 'closed' END,
  CASE WHEN n %% 2 = 0 THEN 'email' ELSE 'sms' END, '', '', 'fa', CASE WHEN n %% 3 = 0 THEN %(user)s::bigint END, '{}',
  'سلام، آیا هل تازه رسیده است؟', 2, m.at, m.at, m.at, CASE WHEN n %% 8 = 0 THEN m.at END, 1
FROM generate_series(1, %(count)s) n, (SELECT %(ids)s::bigint[] AS ids) c,
  LATERAL (SELECT now() - n * interval '5 minutes' AS at) m
"""
_ENTRIES = """
INSERT INTO conversations_entry (demo, conversation_id, way, channel, at, subject, text, html, address, name, automatic,
  proof, facts, search_key)
SELECT false, t.id, s.way, t.channel, t.last_at + s.later, '', s.text, '', '', '', false, '{}', '{}', s.text
FROM conversations_conversation t, (VALUES ('in', interval '0', 'سلام ایا هل تازه رسیده است'),
  ('out', interval '1 minute', 'سلام بله از دیروز')) s (way, later, text)
WHERE t.entries_count = 2
"""


def inbox(count: int, ids: list[int], *, user: User, token: str) -> dict[str, Any]:
    """The inbox with so many conversations, walked by one colleague and by eight at once."""
    with connection.cursor() as cursor:
        cursor.execute(_TALKS, {"count": count, "ids": ids[:AT_ONCE], "user": user.pk})
        cursor.execute(_ENTRIES)
        cursor.execute("VACUUM ANALYZE")
    some = list(Conversation.objects.order_by("id").values_list("pk", flat=True)[:1000])
    listed = reverse("conversations:list")
    pages = (
        Page("inbox, mine", lambda _number: listed),
        Page("inbox, unassigned", lambda _number: f"{listed}?view=unassigned"),
        Page("inbox, all", lambda _number: f"{listed}?view=all"),
        Page("inbox, search", lambda _number: f"{listed}?view=all&q=هل"),
        Page("one conversation", lambda number: f"{reverse('conversations:one', args=[some[number % len(some)]])}"),
    )
    return {"conversations": Conversation.objects.count(), **walk(pages=pages, user=user, token=token)}
