"""Reading mailboxes: what is new, at once where the server tells (IDLE), and now and then everything, so that what was
found agrees with what lies there. One worker reads an account at a time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from peyvand.channels.email.hearing import mailbox
from peyvand.channels.email.hearing.mailbox import Box, Found
from peyvand.channels.email.hearing.proving import KeyFinder, key_of
from peyvand.channels.email.hearing.taking import Taken, take, understood
from peyvand.channels.email.models import EmailAccount, EmailFolder, EmailSeen, Fate
from peyvand.channels.email.wires import Unreachable

logger = logging.getLogger(__name__)

BACK = timedelta(days=30)  # so far back a folder is read when it is read first
TRIES = 5
EVERY = 60.0  # seconds between looks into folders that nobody tells of
AGREE_EVERY = 900.0  # seconds between looks at everything
LISTEN = 2.0
AFRESH = 20 * 60.0  # a connection is not kept longer
LATER = 30.0
LOCK = 0x656D6C  # with the account's number


@dataclass
class Read:
    """What one look into a folder brought."""

    new: int = 0
    kept: int = 0
    gone: int = 0
    failed: int = 0


def read_folder(
    account: EmailAccount, box: Box, folder: EmailFolder, *, everything: bool = False, key_finder: KeyFinder = key_of
) -> Read:
    """Take what is new in a folder; with `everything` also what was missed, what failed, and what is gone."""
    found = Read()
    status = mailbox.status_of(box, folder.name)
    if folder.uidvalidity != status.uidvalidity:
        _numbered_anew(box, folder, status.uidvalidity)
        everything = True
    elif not everything and status.uidnext <= folder.last_uid + 1 and status.total == folder.total:
        return found
    mailbox.enter(box, folder.name)
    above = 0 if everything else folder.last_uid
    there = mailbox.numbers(box, above)
    known = _known(folder, above)
    wanted = [uid for uid in there if known.get(uid, 0) == 0]
    if everything:
        wanted = sorted({*wanted, *(uid for uid in there if 0 < known.get(uid, 0) < TRIES)})
        found.gone = _gone(folder, set(known) - set(there))
    for one in mailbox.fetched(box, wanted):
        taken = _taken(account, folder, one, key_finder)
        found.new += 1
        found.kept += taken.fate == Fate.STORED
        found.failed += taken.fate == Fate.FAILED
    folder.last_uid = max([folder.last_uid, *there[-1:]])
    folder.total, folder.counted_at = status.total, timezone.now()
    if everything or found.new:
        folder.total = mailbox.status_of(box, folder.name).total
    folder.save(update_fields=["last_uid", "total", "counted_at"])
    return found


def _known(folder: EmailFolder, above: int) -> dict[int, int]:
    """Numbers that were looked at; those to be tried again with how often they were, others with -1."""
    rows = EmailSeen.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0, uid__gt=above, gone=False)
    return {uid: tries if fate == Fate.FAILED else -1 for uid, fate, tries in rows.values_list("uid", "fate", "tries")}


def _numbered_anew(box: Box, folder: EmailFolder, uidvalidity: int) -> None:
    """The folder is new to us, or numbered anew by its server: old mails are passed over, not taken for new words."""
    EmailSeen.objects.filter(folder=folder, gone=False).update(gone=True)
    folder.uidvalidity, folder.last_uid = uidvalidity, 0
    mailbox.enter(box, folder.name)
    there = mailbox.numbers(box)
    recent = mailbox.since(box, (timezone.now() - BACK).date())
    old = [uid for uid in there if uid not in recent]
    with transaction.atomic():
        folder.save(update_fields=["uidvalidity", "last_uid"])
        EmailSeen.objects.bulk_create(
            [
                EmailSeen(
                    demo=folder.demo, folder=folder, uidvalidity=uidvalidity, uid=uid, fate=Fate.SKIPPED, why="old"
                )
                for uid in old
            ],
            batch_size=2_000,
            ignore_conflicts=True,
        )


def _gone(folder: EmailFolder, uids: set[int]) -> int:
    rows = EmailSeen.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0, uid__in=list(uids), gone=False)
    return rows.update(gone=True) if uids else 0


def _taken(account: EmailAccount, folder: EmailFolder, one: Found, key_finder: KeyFinder) -> Taken:
    """Take one mail, and write down with it what became of it: both or neither."""
    try:
        found = None if one.raw is None else understood(account, one.raw, key_finder=key_finder)
        with transaction.atomic():
            taken = Taken(Fate.SKIPPED, "", "too-large")
            if found is not None:
                taken = take(account, found, at=mailbox.when(one.internal))
            _write(folder, one.uid, taken)
    except Exception as error:  # one mail never keeps the rest from being read; it is tried again, and shown
        if connection.connection is None or connection.connection.closed:
            raise
        logger.exception("mail %s of folder %s could not be taken", one.uid, folder.pk)
        taken = Taken(Fate.FAILED, "", type(error).__name__[:60])
        _write(folder, one.uid, taken)
    return taken


def _write(folder: EmailFolder, uid: int, taken: Taken) -> None:
    row, new = EmailSeen.objects.get_or_create(
        folder=folder, uidvalidity=folder.uidvalidity or 0, uid=uid,
        defaults={
            "demo": folder.demo, "message_id": taken.external_id[:300], "fate": taken.fate, "why": taken.why[:60],
        },
    )  # fmt: skip
    if not new:
        EmailSeen.objects.filter(pk=row.pk).update(
            message_id=taken.external_id[:300], fate=taken.fate, why=taken.why[:60], tries=row.tries + 1, gone=False,
            at=timezone.now(),
        )  # fmt: skip


def read_account(account: EmailAccount, *, everything: bool = True, key_finder: KeyFinder = key_of) -> list[Read]:
    """Look once into every chosen folder of an account. Unreachable with the server's words."""
    with mailbox.opened_box(account) as box:
        return _read_all(account, box, everything=everything, key_finder=key_finder)


def _read_all(account: EmailAccount, box: Box, *, everything: bool, key_finder: KeyFinder = key_of) -> list[Read]:
    folders = EmailFolder.objects.filter(account=account, chosen=True, gone=False).order_by("id")
    found = [read_folder(account, box, one, everything=everything, key_finder=key_finder) for one in folders]
    heard(account)
    return found


def heard(account: EmailAccount, trouble: str = "") -> None:
    """Write down that a mailbox was read, or what hindered it."""
    now = {} if trouble else {"heard_at": timezone.now()}
    EmailAccount.objects.filter(pk=account.pk).update(deafness=trouble[:300], **now)


# ── standing work ─────────────────────────────────────────────────────────


def stand(stop: threading.Event) -> None:
    """Read every mailbox, each in a thread of its own, until told to stop. Raises when the database goes."""
    threads: dict[int, threading.Thread] = {}
    failed: list[BaseException] = []
    last = 0.0
    while not stop.is_set() and not failed:
        if time.monotonic() - last >= 10.0:
            last = time.monotonic()
            for pk in wanted():
                if pk not in threads or not threads[pk].is_alive():
                    threads[pk] = threading.Thread(
                        target=_kept_reading, args=(pk, stop, failed), name=f"email-{pk}", daemon=True
                    )
                    threads[pk].start()
            connection.close()
        stop.wait(0.5)
    for thread in threads.values():
        thread.join(timeout=LISTEN + 3)
    if failed:
        raise failed[0]


def wanted() -> list[int]:
    """Accounts whose mailboxes are read."""
    rows = EmailAccount.objects.filter(enabled=True, demo=False).exclude(imap_host="")
    return list(rows.order_by("id").values_list("pk", flat=True))


def _kept_reading(account_id: int, stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        with _alone(account_id) as mine:
            if mine:
                _reading(account_id, stop)
            else:
                stop.wait(EVERY)  # another worker reads it
    except Unreachable as error:
        account = EmailAccount.objects.filter(pk=account_id).first()
        if account is not None:
            heard(account, str(error))
        stop.wait(LATER)
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()


@contextmanager
def _alone(account_id: int) -> Iterator[bool]:
    """Whether this worker is the one that reads the account; the database lets go when the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, account_id % 2**31])
        mine = bool((cursor.fetchone() or [False])[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, account_id % 2**31])


def _reading(account_id: int, stop: threading.Event) -> None:
    """Over one connection, until it is old, the account changes, or it is time to stop."""
    account = EmailAccount.objects.filter(pk=account_id, enabled=True).exclude(imap_host="").first()
    if account is None:
        return
    begun, looked, agreed = time.monotonic(), 0.0, 0.0
    with mailbox.opened_box(account) as box:
        while not stop.is_set() and time.monotonic() - begun < AFRESH and _same(account):
            now = time.monotonic()
            if not looked or now - looked >= EVERY or not agreed or now - agreed >= AGREE_EVERY:
                everything = not agreed or now - agreed >= AGREE_EVERY
                _read_all(account, box, everything=everything)
                looked, agreed = now, now if everything else agreed
            if _told(box, stop, until=looked + EVERY):
                looked = -EVERY


def _same(account: EmailAccount) -> bool:
    return EmailAccount.objects.filter(pk=account.pk, version=account.version, enabled=True).exists()


def _told(box: Box, stop: threading.Event, *, until: float) -> bool:
    """Wait until the server tells of something new in the inbox, or for a while where it can't."""
    if "IDLE" not in box.client.capabilities:
        stop.wait(min(max(until - time.monotonic(), 0.0), EVERY))
        return False
    mailbox.enter(box, "INBOX")
    box.idle.start()  # type: ignore[no-untyped-call]
    told: Sequence[bytes] = []
    try:
        while not stop.is_set() and not told and time.monotonic() < until:
            told = [one for one in box.idle.poll(timeout=LISTEN) if b"EXISTS" in one or b"EXPUNGE" in one]
    finally:
        box.idle.stop()  # type: ignore[no-untyped-call]
    return bool(told)
