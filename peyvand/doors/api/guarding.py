"""What every request of the API passes: its size, its token, its business, its language, its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _

from peyvand.doors.api.asking import unknown_parameters
from peyvand.doors.api.keeping import answered_once
from peyvand.doors.api.moving import moved_on
from peyvand.doors.api.problems import as_problem, problem
from peyvand.foundation.accounts.actors import actor_of_token, nobody
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor

BUSINESS = "X-Peyvand-Business"
SPARE = 64 * 1024  # bytes round an uploaded file
View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """The view behind everything that all routes have in common. Cookies of a staff session are of no use here."""

    def call(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = translation.get_language_from_request(_without_cookies(request))
        with translation.override(language):
            response = _too_large(request) or _answer(request, language, lambda: view(request, *args, **kwargs))
            response = as_problem(response)
        patch_vary_headers(response, ["Authorization", "Accept-Language", BUSINESS])
        patch_cache_control(response, private=True, no_store=True)
        response["Content-Language"] = language
        return response

    call.csrf_exempt = True  # type: ignore[attr-defined]
    call.login_required = False  # type: ignore[attr-defined]
    return cast("View", call)


def _without_cookies(request: HttpRequest) -> HttpRequest:
    """A program's language is what it says it accepts."""
    request.COOKIES = {}
    return request


def _too_large(request: HttpRequest) -> HttpResponse | None:
    upload = request.content_type == "multipart/form-data"
    most = settings.FILE_MAX_BYTES + SPARE if upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        size = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return problem(400)
    if size > most:
        return problem(413, _("At most {limit} MB can be sent here.").format(limit=most // 2**20))
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return problem(400, _("The address holds a zero character."))
    return None


def _answer(request: StaffRequest, language: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    scheme, _sign, token = request.headers.get("Authorization", "").partition(" ")
    found = actor_of_token(token.strip()) if scheme.lower() == "bearer" and token.isascii() else None
    request.actor = found or nobody(language=language, via="api")
    if found is not None and (wrong := _choose_business(request, found) or unknown_parameters(request)):
        return wrong
    key = request.headers.get("Idempotency-Key")
    try:
        if request.method == "POST" and key is not None and found is not None and found.token_id is not None:
            return answered_once(request, token_id=found.token_id, key=key, answer=answer)
        return moved_on(request, answer(), request.actor)
    except RequestDataTooBig:
        return problem(413)
    except SuspiciousOperation:
        return problem(400)


def _choose_business(request: StaffRequest, actor: Actor) -> HttpResponse | None:
    """A token sees the business it was made for; one of one's own business may look at the sample."""
    wanted = request.headers.get(BUSINESS, "").strip().lower()
    if wanted not in ("", "own", "demo"):
        return problem(400, _("{header} is “own” or “demo”.").format(header=BUSINESS))
    if wanted == "own" and actor.demo:
        return problem(403, _("This token is for the sample business."))
    request.actor = actor.looking_at(demo=True) if wanted == "demo" else actor
    return None
