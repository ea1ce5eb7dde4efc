"""The verbs: keep a file, open it, discard it, sweep up."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.foundation.files.access import visible_files
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.files.kinds import HEAD, agrees
from peyvand.foundation.files.models import StoredFile, place_of
from peyvand.foundation.files.names import clean_name
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats

__all__ = [
    "FileRefusedError",
    "NoSuchFileError",
    "QuotaError",
    "WrongKindError",
    "discard",
    "keep",
    "open_file",
    "sweep",
]

CHUNK = 256 * 1024
ORPHAN_AGE = 86_400  # seconds after which bytes without a row are swept up


class FileRefusedError(ValueError):
    """A file is not kept; the text says why, for people."""


class WrongKindError(FileRefusedError):
    """Its bytes are something else than it is said to be."""


class QuotaError(FileRefusedError):
    """It is too large, or its owner's files together are."""


class NoSuchFileError(LookupError):
    """There is no such file, or it isn't the actor's to have."""


def keep(*, actor: Actor, name: str, stream: IO[bytes], content_type: str, purpose: str) -> StoredFile:
    """Keep what the stream holds, read piece by piece, under a name of our own.

    `content_type` is what the sender says; WrongKindError when the bytes are something else. QuotaError when the file
    is over FILE_MAX_BYTES (or its purpose's own limit) or all of the owner's over FILE_QUOTA_BYTES. If the caller's
    transaction rolls back, the bytes are swept up later.
    """
    key = uuid.uuid4()
    limit = _limit(purpose)
    part = Path(settings.MEDIA_ROOT) / "parts" / key.hex
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        size, digest = _write(stream, part, limit=limit, content_type=content_type)
        with transaction.atomic():
            _require_quota(actor, size)
            kept = StoredFile.objects.create(
                key=key,
                name=clean_name(name),
                size=size,
                sha256=digest,
                content_type=content_type.partition(";")[0].strip().lower()[:200] or "application/octet-stream",
                purpose=purpose,
                owner_id=actor.user_id,
                demo=actor.demo,
                created_at=timezone.now(),
            )
            place = place_of(key)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    return kept


def _limit(purpose: str) -> int:
    own = registry.get(FilePurpose, purpose).max_bytes if registry.has(FilePurpose, purpose) else None
    whole: int = settings.FILE_MAX_BYTES
    return whole if own is None else min(own, whole)


def _write(stream: IO[bytes], part: Path, *, limit: int, content_type: str) -> tuple[int, str]:
    """Copy the stream to disk; gives its size and SHA-256. The first bytes are judged before the rest is read."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while chunk := stream.read(CHUNK):
            if size == 0 and not agrees(content_type, chunk[:HEAD]):
                raise WrongKindError(_("The file is something else than its name and type say."))
            size += len(chunk)
            if size > limit:
                text = _("The file is larger than {limit} MB.")
                raise QuotaError(text.format(limit=formats.number(limit // 2**20)))
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _require_quota(actor: Actor, size: int) -> None:
    """The owner's files together stay within the quota, also when several arrive at once."""
    if actor.user_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('files:' || %s, 0))", [str(actor.user_id)])
    used = StoredFile.objects.filter(owner_id=actor.user_id).aggregate(used=Sum("size"))["used"] or 0
    if used + size > settings.FILE_QUOTA_BYTES:
        text = _("Your files together would be larger than {limit} MB. Remove some that you no longer need.")
        raise QuotaError(text.format(limit=formats.number(settings.FILE_QUOTA_BYTES // 2**20)))


def find(*, actor: Actor, id: int | uuid.UUID) -> StoredFile:
    """The file of that id or key; NoSuchFileError when there is none for this actor."""
    files = visible_files(actor=actor)
    found = files.filter(key=id) if isinstance(id, uuid.UUID) else files.filter(pk=id)
    kept = found.first()
    if kept is None:
        raise NoSuchFileError(str(id))
    return kept


def open_file(*, actor: Actor, id: int | uuid.UUID) -> IO[bytes]:
    """The file's bytes, to be read and closed. NoSuchFileError (a LookupError); FileNotFoundError if lost on disk."""
    return cast("IO[bytes]", find(actor=actor, id=id).path.open("rb"))


def discard(*, actor: Actor, id: int | uuid.UUID) -> None:
    """Remove a file for good: its row now, its bytes after the commit. Only its owner may, and the system."""
    kept = find(actor=actor, id=id)
    if not (actor.user_id is None and actor.everything) and kept.owner_id != actor.user_id:
        raise NoSuchFileError(str(id))
    path = kept.path
    kept.delete()
    transaction.on_commit(_removal(path))


def _removal(path: Path) -> Callable[[], None]:
    return lambda: path.unlink(missing_ok=True)


def sweep(*, older: float = ORPHAN_AGE) -> int:
    """Remove bytes that no row speaks of, as a rollback leaves them; gives how many files."""
    removed, now = 0, time.time()
    for folder in Path(settings.MEDIA_ROOT).glob("*"):
        if folder.name != "parts" and len(folder.name) != 2:
            continue
        old = [path for path in folder.iterdir() if path.is_file() and now - path.stat().st_mtime > older]
        names = {path.name: path for path in old if len(path.name) == 32}
        keys = [uuid.UUID(hex=name) for name in names]
        known = (
            set()
            if folder.name == "parts"
            else {key.hex for key in StoredFile.objects.filter(key__in=keys).values_list("key", flat=True)}
        )
        for name in names.keys() - known:
            with contextlib.suppress(FileNotFoundError):
                names[name].unlink()
                removed += 1
    return removed
