"""What a person reads when something can't be done: what happened, what is safe, what to do, a code at the end."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from peyvand.foundation.accounts.services.denials import denial_note
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry

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


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: nothing half-done is kept, and the code finds it in the log."""
    code = secrets.token_hex(4)
    logger.error("page failed, code %s, path %s", code, request.path)
    text = gettext(
        "This page could not be made. What you had saved is safe; nothing was half done. Try again in a moment."
    )
    return _page(request, status=500, title=gettext("This is our fault"), text=text, code=code)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or was sent from elsewhere."""
    text = gettext("The form was open too long or came from another page. Go back, reload the page and send it again.")
    return _page(request, status=403, title=gettext("Please send this again"), text=text)
