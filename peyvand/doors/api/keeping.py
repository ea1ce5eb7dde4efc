"""`Idempotency-Key`: the same POST sent twice is done once, and answered the same both times.

The key is taken by a row under a unique constraint, in the transaction that does the work: a second request waits for
the first to commit and then gets its answer; when the first fails, or the machine does, its row is gone with its work
and the second does it. Answers of our own faults (5xx) are not kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from peyvand.doors.api.models import KeptAnswer
from peyvand.doors.api.problems import problem
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned

HOURS = 48
LARGEST_KEY = 255
LARGEST_ANSWER = 2**20
WAIT = "30s"  # for the first of two equal requests

_TAKE = """
INSERT INTO api_keptanswer (token_id, key, digest, status, content_type, location, body)
VALUES (%s, %s, %s, 0, '', '', '') ON CONFLICT (token_id, key) DO NOTHING RETURNING id
"""


class _UndoneError(Exception):
    """Ends the transaction of a request whose answer is not kept."""


def answered_once(request: HttpRequest, *, token_id: int, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept answer for that key, or a new one that is kept with the work it did."""
    if not key.isascii() or not key.isprintable() or len(key) > LARGEST_KEY:
        return problem(400, _("An Idempotency-Key has at most 255 visible ASCII characters."))
    digest = _digest(request)
    response: HttpResponse | None = None
    try:
        with transaction.atomic():
            if (row := _taken(token_id, key, digest)) is None:
                return _again(KeptAnswer.objects.get(token_id=token_id, key=key), digest)
            response = answer()
            if response.status_code >= 500 or response.streaming or len(response.content) > LARGEST_ANSWER:
                raise _UndoneError
            KeptAnswer.objects.filter(pk=row).update(
                status=response.status_code,
                content_type=response.headers.get("Content-Type", ""),
                location=response.headers.get("Location", ""),
                body=_body(response),
            )
    except (_UndoneError, transaction.TransactionManagementError):
        return response or problem(500)
    except DatabaseError as error:
        if "lock timeout" in str(error):
            return problem(409, _("The same request is still being done. Ask again in a moment."))
        raise
    return response


def _body(response: HttpResponse) -> bytes:
    """What is kept of an answer: a secret, which is shown once, is not."""
    if b'"secret"' not in response.content or not response.headers.get("Content-Type", "").startswith(
        "application/json"
    ):
        return response.content
    plain = json.loads(response.content)
    if isinstance(plain, dict) and "secret" in plain:
        plain["secret"] = None
    return json.dumps(plain, ensure_ascii=False).encode()


def _taken(token_id: int, key: str, digest: str) -> int | None:
    """Our row, or None when somebody was first; waits for one who is still at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        cursor.execute(_TAKE, [token_id, key, digest])
        row = cursor.fetchone()
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return int(row[0]) if row else None


def _again(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.digest != digest:
        return problem(422, _("This Idempotency-Key was used for another request."))
    response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    if kept.location:
        response["Location"] = kept.location
    response["Idempotency-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    for name, values in sorted(request.POST.lists()):
        found.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(repr((name, file.name)).encode())
            _add(found, file)
    return found.hexdigest()


def _add(found: hashlib._Hash, file: UploadedFile[Any]) -> None:
    for block in file.chunks():
        found.update(block)
    file.seek(0)


def somebody_forget(actor: Actor, somebody: Mentioned) -> int:
    """Empty the kept answers that speak of somebody, by name, address or id. That the request was done stays known, so
    that it is not done again.
    """
    if actor.demo:
        return 0
    count = 0
    for kept in KeptAnswer.objects.select_for_update().order_by("pk").iterator(chunk_size=500):
        text = bytes(kept.body).decode("utf-8", "replace")
        if somebody.in_text(text) or _numbered(text, somebody.ids):
            gone = problem(410, _("This was done; its answer held somebody who has been erased since."))
            kept.status, kept.content_type = 410, gone.headers["Content-Type"]
            kept.body, kept.location = gone.content, ""
            kept.save(update_fields=["status", "content_type", "body", "location"])
            count += 1
    return count


def _numbered(text: str, ids: frozenset[int]) -> bool:
    """Whether an answer is about one of these customers without naming them, as a note's is."""
    return any(re.search(rf'"(?:customer|person|kept|gone)_id": ?{one}(?!\d)', text) is not None for one in ids)


def forget() -> None:
    """Drop answers that are older than two days."""
    KeptAnswer.objects.filter(at__lt=Now() - timedelta(hours=HOURS)).delete()
