"""Reading a real mailbox (Debian's dovecot): folders, numbers, what agrees with what."""

from __future__ import annotations

import imaplib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.email import queries, services
from peyvand.channels.email.hearing import listening
from peyvand.channels.email.hearing.listening import read_account
from peyvand.channels.email.models import EmailAccount, EmailFolder, EmailSeen, Fate
from peyvand.channels.email.tests import dovecot
from peyvand.channels.email.tests.dovecot import Dovecot
from peyvand.channels.email.wires import Unreachable
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING),
    pytest.mark.xdist_group("dovecot"),
]
Box = tuple[EmailAccount, imaplib.IMAP4]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as found:
        yield found


@pytest.fixture
def box(server: Dovecot, account: Callable[..., EmailAccount], actor: Actor) -> Iterator[Box]:
    """An account whose mailbox is empty, and a hand in that mailbox."""
    user = f"u{uuid.uuid4().hex[:8]}"
    row = account(
        imap_host="127.0.0.1", imap_port=server.port, imap_security="none", imap_user=user,
        secrets={"imap": dovecot.WORD},
    )  # fmt: skip
    hand = imaplib.IMAP4("127.0.0.1", server.port)
    hand.login(user, dovecot.WORD)
    services.folders_refresh(actor=actor, account=row)
    yield row, hand
    hand.logout()


def put(hand: imaplib.IMAP4, text: str = "سلام", folder: str = "INBOX", at: datetime | None = None, **more: str) -> str:
    """Lay a mail into a folder; gives its Message-ID."""
    name = f"{uuid.uuid4().hex}@home.ir"
    headers = {
        "From": "Maryam <m@home.ir>",
        "To": "hello@house.ir",
        "Subject": "Tea",
        "Message-ID": f"<{name}>",
        **more,
    }
    raw = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    raw += f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    when = imaplib.Time2Internaldate(at or datetime.now(UTC))
    kind, _told = hand.append(folder, "", when, raw.encode())
    assert kind == "OK"
    return name


def look(row: EmailAccount, **more: Any) -> None:
    read_account(row, key_finder=lambda name, timeout: None, **more)


def fates(row: EmailAccount) -> dict[str, int]:
    rows = EmailSeen.objects.filter(folder__account=row, gone=False)
    return {fate: rows.filter(fate=fate).count() for fate in Fate.values if rows.filter(fate=fate).exists()}


def test_folders_are_found_and_the_usual_ones_chosen(box: Box) -> None:
    row, _hand = box
    found = {one.name: (one.special, one.chosen) for one in EmailFolder.objects.filter(account=row)}
    assert found == {"INBOX": ("", True), "Junk": ("\\Junk", True), "Sent": ("\\Sent", False)}


def test_what_comes_is_kept_once_and_read_by_nobody(box: Box) -> None:
    row, hand = box
    put(hand, "سلام، چای رسید؟")
    put(hand, "second")
    look(row)
    look(row)
    assert Entry.objects.count() == 2
    assert fates(row) == {"stored": 2}
    hand.select("INBOX", readonly=True)
    assert hand.search(None, "UNSEEN")[1][0].split() == [b"1", b"2"]
    put(hand, "third")
    look(row, everything=False)
    assert Entry.objects.count() == 3
    row.refresh_from_db()
    assert row.heard_at is not None


def test_the_count_agrees_with_the_mailbox(box: Box, actor: Actor) -> None:
    row, hand = box
    for n in range(7):
        put(hand, f"mail {n}")
    put(hand, "from ourselves", From="hello@house.ir")
    put(hand, "old", at=datetime.now(UTC) - timedelta(days=90))
    put(hand, "spam", folder="Junk")
    look(row)
    rows = {one.folder.name: one for one in queries.reconciled(actor=actor, account=row)}
    inbox = rows["INBOX"]
    assert (inbox.total, inbox.known, inbox.stored, inbox.skipped, inbox.differs) == (9, 9, 7, 2, 0)
    assert rows["Junk"].stored == 1
    assert rows["Sent"].total is None
    assert sorted(one.why for one in queries.not_kept(actor=actor, account=row)) == ["old", "ours"]
    hand.select("INBOX")
    hand.store("1:3", "+FLAGS", "\\Deleted")
    hand.expunge()
    look(row)
    inbox = next(one for one in queries.reconciled(actor=actor, account=row) if one.folder.name == "INBOX")
    assert (inbox.total, inbox.known, inbox.differs) == (6, 6, 0)
    assert Entry.objects.count() == 8, "what is gone there stays here"


def test_a_folder_that_is_numbered_anew_is_not_taken_twice(box: Box) -> None:
    row, hand = box
    put(hand, "one")
    put(hand, "two")
    look(row)
    EmailFolder.objects.filter(account=row, name="INBOX").update(uidvalidity=1)
    look(row)
    assert Entry.objects.count() == 2
    assert fates(row) == {"known": 2}


def test_the_same_mail_in_two_folders_is_one(box: Box) -> None:
    row, hand = box
    name = put(hand, "one")
    put(hand, "one", folder="Junk", **{"Message-ID": f"<{name}>"})
    look(row)
    assert Entry.objects.count() == 1
    assert fates(row) == {"stored": 1, "known": 1}


def test_one_mail_that_fails_keeps_none_from_being_read(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    row, hand = box
    for text in ("one", "poison", "two"):
        put(hand, text)
    whole = listening.take

    def take(account: EmailAccount, found: Any, **more: Any) -> Any:
        if "poison" in found.mail.text:
            raise RuntimeError("bad")
        return whole(account, found, **more)

    monkeypatch.setattr(listening, "take", take)
    look(row)
    assert fates(row) == {"stored": 2, "failed": 1}
    monkeypatch.setattr(listening, "take", whole)
    look(row)
    assert fates(row) == {"stored": 3}
    assert EmailSeen.objects.get(tries=2).fate == Fate.STORED


def test_a_large_mail_stays_where_it_is_and_is_shown(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    row, hand = box
    monkeypatch.setattr("peyvand.channels.email.hearing.mailbox.LARGEST", 2_000)
    put(hand, "x" * 3_000)
    look(row)
    assert EmailSeen.objects.get().why == "too-large"


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_connections_of_every_sort(box: Box, server: Dovecot, security: str) -> None:
    row, hand = box
    row.imap_security, row.imap_port = security, server.tls_port if security == "tls" else server.port
    row.save()
    put(hand)
    look(row)
    assert Entry.objects.count() == 1


def test_a_wrong_password_says_so(box: Box, account: Callable[..., EmailAccount], server: Dovecot) -> None:
    row = account(imap_host="127.0.0.1", imap_port=server.port, imap_security="none", secrets={"imap": "wrong word"})
    with pytest.raises(Unreachable) as caught:
        look(row)
    assert "wrong word" not in str(caught.value)
    assert "uthentication" in str(caught.value)


@pytest.mark.django_db(transaction=True)
def test_new_mail_is_there_at_once_by_idle(
    server: Dovecot, account: Callable[..., EmailAccount], transactional_db: None, settings: Any
) -> None:
    user = f"u{uuid.uuid4().hex[:8]}"
    row = account(
        imap_host="127.0.0.1", imap_port=server.port, imap_security="none", imap_user=user,
        secrets={"imap": dovecot.WORD},
    )  # fmt: skip
    EmailFolder.objects.create(account=row, name="INBOX", chosen=True)
    hand = imaplib.IMAP4("127.0.0.1", server.port)
    hand.login(user, dovecot.WORD)
    put(hand, "before")
    stop = threading.Event()
    thread = threading.Thread(target=listening.stand, args=(stop,), daemon=True)
    thread.start()
    try:
        _until(lambda: Entry.objects.count() == 1)
        time.sleep(0.5)
        put(hand, "while it listens")
        began = time.monotonic()
        _until(lambda: Entry.objects.count() == 2)
        assert time.monotonic() - began < 8, "told by the server, not found by looking once a minute"
    finally:
        stop.set()
        thread.join(timeout=15)
        hand.logout()
    assert not thread.is_alive()
    assert Conversation.objects.count() == 2


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_pages_of_the_folders(
    box: Box, colleague: Callable[..., tuple[User, Actor]], signed_in: Callable[[User], Client]
) -> None:
    row, hand = box
    put(hand, "from ourselves", From="hello@house.ir")
    browser = signed_in(colleague("admin")[0])
    address = reverse("email:folders", args=[row.pk])
    sent = EmailFolder.objects.get(account=row, name="Sent")
    inbox = EmailFolder.objects.get(account=row, name="INBOX")
    assert browser.post(address, {"folder": [sent.pk, inbox.pk]}).status_code == 302
    assert set(EmailFolder.objects.filter(account=row, chosen=True).values_list("name", flat=True)) == {"INBOX", "Sent"}
    assert browser.post(reverse("email:folders-read", args=[row.pk])).status_code == 302
    page = browser.get(address).content.decode()
    assert "INBOX" in page
    assert EmailSeen.objects.get().why == "ours"
