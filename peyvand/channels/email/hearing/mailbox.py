"""A mailbox on a server that speaks IMAP: folders, numbers, mails as they lie there. Reading marks nothing as read."""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imap_tools import BaseMailBox, MailboxLoginError
from imap_tools.errors import ImapToolsError

from peyvand.channels.email.models import EmailAccount, Security
from peyvand.channels.email.secrets import IMAP, secrets_of
from peyvand.channels.email.wires import Imap, Unreachable, context_for, words_of

AT_ONCE = 20  # mails fetched in one question
LARGEST = 50 * 2**20  # bytes of one mail
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # RFC 3501
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "[^"]+"')


class Box(BaseMailBox):
    """imap-tools' mailbox over a connection of ours."""

    def __init__(self, account: EmailAccount) -> None:
        self._account = account
        super().__init__()

    def _get_mailbox_client(self) -> Any:
        account = self._account
        client = Imap(account.imap_host, account.imap_port, account.imap_security)
        if account.imap_security == Security.STARTTLS:
            client.starttls(context_for(account.imap_host))
        return client


@contextmanager
def opened_box(account: EmailAccount) -> Iterator[Box]:
    """The mailbox, signed in. Unreachable with the server's words, also for what goes wrong inside."""
    box: Box | None = None
    try:
        box = Box(account)
        user, word = account.imap_user or account.address, secrets_of(account).get(IMAP, "")
        sign_in = box.login if user.isascii() and word.isascii() else box.login_utf8
        sign_in(user, word, initial_folder=None)
        yield box
    except MailboxLoginError as error:
        raise Unreachable(words_of(ValueError(_server_words(error)))) from None
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise Unreachable(words_of(error)) from None
    finally:
        if box is not None:
            with suppress(Exception):
                box.logout()


def _server_words(error: MailboxLoginError) -> str:
    result = getattr(error, "command_result", None)
    told = result[1][0] if isinstance(result, tuple) and result[1] else b""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)


def folders_of(box: Box) -> dict[str, str]:
    """Folders that hold mails, with what they are for ("\\Sent") where the server says so."""
    special = {"\\sent", "\\junk", "\\trash", "\\drafts", "\\archive", "\\all", "\\flagged"}
    found = {}
    for one in box.folder.list():
        flags = [str(flag) for flag in one.flags]
        if any(flag.lower() == "\\noselect" for flag in flags):
            continue
        found[one.name] = next((flag for flag in flags if flag.lower() in special), "")
    return found


@dataclass(frozen=True)
class Status:
    """How a folder stands: how many mails, what its numbers hold under, the next number."""

    total: int
    uidvalidity: int
    uidnext: int


def status_of(box: Box, folder: str) -> Status:
    """What the server counts, asked without opening the folder."""
    told = box.folder.status(folder, ["MESSAGES", "UIDVALIDITY", "UIDNEXT"])
    return Status(told.get("MESSAGES", 0), told.get("UIDVALIDITY", 0), told.get("UIDNEXT", 0))


def enter(box: Box, folder: str) -> None:
    """Open a folder to read, changing nothing in it."""
    box.folder.set(folder, readonly=True)


def numbers(box: Box, above: int = 0) -> list[int]:
    """The numbers of mails in the open folder, above one; smallest first."""
    kind, told = box.client.uid("SEARCH", "UID", f"{above + 1}:*")
    if kind != "OK":
        raise imaplib.IMAP4.error(str(told))
    found = {int(one) for line in told if line for one in line.split()}
    return sorted(one for one in found if one > above)  # "n:*" always gives the last one


@dataclass(frozen=True)
class Found:
    """A mail as it lies there; `raw` is None where it is larger than we take."""

    uid: int
    size: int
    raw: bytes | None
    internal: bytes = b""


def sizes(box: Box, uids: Sequence[int]) -> Mapping[int, int]:
    """How large each is."""
    kind, told = box.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    if kind != "OK":
        raise imaplib.IMAP4.error(str(told))
    found = {}
    for line in told:
        text = line[0] if isinstance(line, tuple) else line
        if isinstance(text, bytes) and (uid := _UID.search(text)) and (size := _SIZE.search(text)):
            found[int(uid[1])] = int(size[1])
    return found


def fetched(box: Box, uids: Sequence[int]) -> Iterator[Found]:
    """The mails of these numbers; one that is gone meanwhile is left out."""
    for start in range(0, len(uids), AT_ONCE):
        some = uids[start : start + AT_ONCE]
        large = sizes(box, some)
        for uid in some:
            if large.get(uid, 0) > LARGEST:
                yield Found(uid, large[uid], None)
        wanted = [uid for uid in some if uid in large and large[uid] <= LARGEST]
        if wanted:
            yield from _fetch(box, wanted)


def _fetch(box: Box, uids: Sequence[int]) -> Iterator[Found]:
    kind, told = box.client.uid("FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE BODY.PEEK[])")
    if kind != "OK":
        raise imaplib.IMAP4.error(str(told))
    for index, line in enumerate(told):
        if not isinstance(line, tuple):
            continue
        after = told[index + 1] if index + 1 < len(told) and isinstance(told[index + 1], bytes) else b""
        uid = _UID.search(line[0]) or _UID.search(after)
        if uid is not None:
            internal = _DATE.search(line[0]) or _DATE.search(after)
            yield Found(int(uid[1]), len(line[1]), line[1], internal[0] if internal else b"")


def since(box: Box, day: date) -> set[int]:
    """Numbers of mails of the open folder that the server got on that day or later."""
    kind, told = box.client.uid("SEARCH", "SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}")
    if kind != "OK":
        raise imaplib.IMAP4.error(str(told))
    return {int(one) for line in told if line for one in line.split()}


def when(internal: bytes) -> datetime | None:
    """When the server got a mail."""
    made = imaplib.Internaldate2tuple(internal)
    return None if made is None else datetime.fromtimestamp(time.mktime(made), UTC)
