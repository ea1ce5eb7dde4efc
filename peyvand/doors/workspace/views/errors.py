"""What a person reads when something can't be done: what happened, what is safe, what to do, a code at the end."""

from __future__ import annotations

import logging
import secrets
import sys

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from peyvand.foundation.registry.actor import NotAllowed
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.shell import Shell

logger = logging.getLogger(__name__)


def _page(request: HttpRequest, *, status: int, title: str, text: str, code: str = "") -> HttpResponse:
    context = {"title": title, "text": text, "code": code, "status": status}
    if status >= 500:
        context["messages"] = ()  # they may lie in the session, and wait there for the next page
    return render(request, "workspace/error.html", context, status=status)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A missing right: which one, and who can give it."""
    text = gettext("Your role does not include this. Ask an administrator for access.")
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
    """A fault of ours: nothing half-done is kept, and the code finds it in the log.

    The page itself asks the database for nothing, since that may be what is away.
    """
    request.user = AnonymousUser()
    request.shell = Shell(workspace_name="", preferences_url=reverse("accounts:preferences"))  # type: ignore[attr-defined]
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away(request)
    code = secrets.token_hex(4)
    logger.error("page failed, code %s, path %s", code, request.path)
    text = gettext(
        "This page could not be made. What you had saved is safe; nothing was half done. Try again in a moment."
    )
    return _page(request, status=500, title=gettext("This is our fault"), text=text, code=code)


def _away(request: HttpRequest) -> HttpResponse:
    logger.error("page failed since the database is away, path %s", request.path)
    text = gettext("The database does not answer. What you had saved is safe. Try again in a moment.")
    response = _page(request, status=503, title=gettext("Not available at the moment"), text=text)
    response["Retry-After"] = "10"
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or was sent from elsewhere."""
    text = gettext("The form was open too long or came from another page. Go back, reload the page and send it again.")
    return _page(request, status=403, title=gettext("Please send this again"), text=text)
