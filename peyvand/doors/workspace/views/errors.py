"""What a person reads when something can't be done: what happened, what is safe, what to do, a code at the end."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from peyvand.foundation.accounts.services.denials import denial_note
from peyvand.foundation.database.trouble import trouble_of
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.plain import AGAIN, plain_page
from peyvand.foundation.ui.problems import problem_json

logger = logging.getLogger(__name__)


def _page(request: HttpRequest, *, status: int, title: str, text: str, code: str = "") -> HttpResponse:
    context = {"title": title, "text": text, "code": code, "status": status}
    return render(request, "workspace/error.html", context, status=status)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A missing right: which one, and who can give it."""
    text = gettext("Your role does not include this. Ask an administrator for access.")
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        missing = exception.permission if isinstance(exception, NotAllowed) else ""
        denial_note(actor=actor, permission=missing, path=request.path)
    if isinstance(exception, NotAllowed) and registry.has(Permission, exception.permission):
        right = registry.get(Permission, exception.permission).label
        text = gettext("This needs the right “%(right)s”. Ask an administrator for access.") % {"right": right}
    return _page(request, status=403, title=gettext("You can't open this"), text=text)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A missing record and one the person may not see read the same."""
    text = gettext("It may have been removed, or it belongs to someone whose records you can't see.")
    return _page(request, status=404, title=gettext("There is nothing here"), text=text)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django refuses before any view is asked, as a host that is not ours: a page that needs no host's name."""
    if request.path.startswith("/api/"):
        return problem_json(400, "This request can't be read")
    return HttpResponse(plain_page("unread"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that is away: a page that needs nothing but the program.

    Django calls it while the error is being handled, wherever that arose, also in what stands before the views.
    """
    trouble = trouble_of(sys.exc_info()[1])
    if trouble:
        logger.warning("page refused, the database is %s: %s", trouble, request.path)
        return _unavailable(request, trouble)
    code = secrets.token_hex(4)
    logger.error("page failed, code %s, path %s", code, request.path)
    return HttpResponse(plain_page("fault", code=code), status=500)


def _unavailable(request: HttpRequest, trouble: Literal["away", "full"]) -> HttpResponse:
    """503 with the time after which to ask again; for programs as problem+json."""
    if request.path.startswith("/api/"):
        response = problem_json(503, "Not available at the moment")
    else:
        page = plain_page(trouble, again=trouble == "away" and request.method in ("GET", "HEAD"))
        response = HttpResponse(page, status=503)
    response["Retry-After"] = str(AGAIN)
    response["Cache-Control"] = "no-store"
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or was sent from elsewhere."""
    text = gettext("The form was open too long or came from another page. Go back, reload the page and send it again.")
    return _page(request, status=403, title=gettext("Please send this again"), text=text)
