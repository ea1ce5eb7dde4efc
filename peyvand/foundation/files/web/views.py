"""Downloads. What people bring is never shown on our origin: it is saved, whatever it claims to be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peyvand.foundation.files import services
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.files.services import CHUNK, NoSuchFileError
from peyvand.foundation.registry.requests import ActorRequest


@never_cache
@require_safe
def download(request: ActorRequest, key: UUID) -> HttpResponseBase:
    """The file as an attachment, read piece by piece. Missing and not allowed look the same."""
    try:
        return sent(request, services.find(actor=request.actor, id=key))
    except NoSuchFileError:
        raise Http404 from None


def sent(request: HttpRequest, kept: StoredFile) -> HttpResponseBase:
    """A file as an attachment, for other rooms whose own rights have let the actor have it."""
    try:
        opened = kept.path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    pieces = _async_pieces(opened) if isinstance(request, ASGIRequest) else _pieces(opened)
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response["Content-Length"] = str(kept.size)
    response["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _pieces(opened: IO[bytes]) -> Iterator[bytes]:
    with opened:
        while chunk := opened.read(CHUNK):
            yield chunk


async def _async_pieces(opened: IO[bytes]) -> AsyncIterator[bytes]:
    # Django would gather a plain iterator in memory before sending it over ASGI.
    with opened:
        while chunk := await asyncio.to_thread(opened.read, CHUNK):
            yield chunk
