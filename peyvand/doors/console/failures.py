"""What a failure is in words, and as an exit code (the table in docs/operating.md)."""

from __future__ import annotations

import contextlib
import traceback

import psycopg
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.changes.anchoring import AnchorError
from peyvand.foundation.changes.services import AlreadyUndoneError, UndoFailedError
from peyvand.foundation.database.backup import BackupError
from peyvand.foundation.database.errors import DatabaseUnavailableError
from peyvand.foundation.database.place import data_folder
from peyvand.foundation.jobs.running import Cancelled, JobFailedError
from peyvand.foundation.money.currencies import UnknownCurrencyError
from peyvand.foundation.registry.actor import NotAllowed
from peyvand.foundation.transfer.reading import ReadError
from peyvand.foundation.transfer.services import MappingError, StateError
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.memory.privacy.carrying import CarryError

WRONG = 1  # the answer is no: something is wrong (doctor), or the work failed
USAGE = 2  # the command itself was wrongly given
# 3 port taken, 7 already served, 8 not prepared: see serve; 5 folder, 6 password: see foundation.database.errors
DATABASE = 4
NEWER = 9  # the data are a newer Peyvand's
INPUT = 10  # the file or the value can't be used
REFUSED = 11  # it may not be done, or not any more
FULL = 12  # no room on the disk, or in memory
FAULT = 70
INTERRUPTED = 130


class CommandError(Exception):
    """A command says in one sentence what is wrong."""

    def __init__(self, sentence: str | Promise, *, code: int = INPUT) -> None:
        super().__init__(str(sentence))
        self.exit_code = code


def described(error: BaseException) -> tuple[str, int] | None:
    """The sentence and the code; None for a fault of ours."""
    if isinstance(error, DatabaseUnavailableError | CommandError):
        return str(error), error.exit_code
    if isinstance(error, ReadError | MappingError | BackupError | UnknownCurrencyError | AnchorError | CarryError):
        return str(error), INPUT
    if isinstance(error, CannotTellError):
        return str(error), INPUT
    if isinstance(error, AlreadyUndoneError):
        return _("This has already been taken back."), REFUSED
    if isinstance(error, UndoFailedError):
        return _("This can't be taken back as things are now; nothing was changed."), REFUSED
    if isinstance(error, StateError | RefusedError):
        return str(error), REFUSED
    if isinstance(error, NotAllowed | PermissionDenied):
        return _("This may not be done from here."), REFUSED
    if isinstance(error, ValidationError):
        return " ".join(str(message) for message in error.messages), INPUT
    if isinstance(error, ObjectDoesNotExist):
        return _("There is nothing with this number."), INPUT
    if isinstance(error, JobFailedError):
        return str(error), WRONG
    if isinstance(error, Cancelled | KeyboardInterrupt):
        return _("Stopped. What was done so far stays and can be taken back."), INTERRUPTED
    return _of_database(error) or _of_machine(error)


def _of_database(error: BaseException) -> tuple[str, int] | None:
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
        if "disk" in str(error).lower() or "No space" in str(error):
            return _("The disk of the database is full. Make room and try again; nothing was lost."), FULL
        text = _("The database stopped answering. What was saved is safe; start the command again to go on.")
        return text, DATABASE
    if isinstance(error, DatabaseError) and "read-only" in str(error):
        return _("The database is read-only at the moment."), DATABASE
    return None


def _of_machine(error: BaseException) -> tuple[str, int] | None:
    if isinstance(error, OSError):
        if error.errno == 28:
            return _("The disk is full. Make room and try again."), FULL
        if error.filename is not None:
            text = _("{path} can't be used: {reason}.").format(path=error.filename, reason=error.strerror)
            return text, INPUT
    if isinstance(error, MemoryError):
        return _("There was not enough memory."), FULL
    return None


def fault(error: BaseException, code: str) -> tuple[str, int]:
    """The words for a fault of ours; the whole of it goes to a file beside the data, under the code."""
    path = data_folder() / "faults" / f"{code}.txt"
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    text = _("This is our fault: {kind}. Nothing was half done. Details are in {path}.")
    return text.format(kind=type(error).__name__, path=path), FAULT
