"""The pages that recipients open from their messages. Who has the link may use it; nobody signs in.

Opening a page never changes anything: mail scanners open every link. What changes something is a POST.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from peyvand.channels.forms.queries import waiting_form
from peyvand.channels.forms.services import confirm_of
from peyvand.channels.outreach import queries, services
from peyvand.channels.outreach.addresses import message_of
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Pace, Recipient
from peyvand.channels.outreach.services.recipients import Preferences
from peyvand.foundation.accounts import settings
from peyvand.foundation.demo.queries import demo_status

LANGUAGES = ("fa", "en")
PAUSES = (0, 7, 30, 90)
_LINK = re.compile(r"[A-Za-z0-9_-]{16,32}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def spoken(request: HttpRequest, otherwise: str = "") -> str:
    """The language of a page: as asked for, else the recipient's, else the browser's."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if otherwise in LANGUAGES:
        return otherwise
    return "en" if translation.get_language_from_request(request).startswith("en") else "fa"


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    demo: bool = False,
    status: int = 200,
) -> HttpResponse:
    """A page of the business, or of the sample, in that language, which no cache keeps and no other site frames."""
    with translation.override(language):
        shown = {
            **context, "language": language, "direction": "rtl" if language == "fa" else "ltr",
            "other": "en" if language == "fa" else "fa",
            "business": demo_status(present=True).name if demo else settings.text("workspace_name"),
        }  # fmt: skip
        response = render(request, template, shown, status=status)
    response["Cache-Control"] = "private, no-store"
    response["Content-Language"] = language
    response["X-Robots-Tag"] = "noindex"
    return response


def missing(request: HttpRequest, language: str = "") -> HttpResponse:
    """A link that we have not made, or that is too old: the same page for both."""
    return page(request, "site/missing.html", {}, language=language or spoken(request), status=404)


def proof_of(request: HttpRequest) -> dict[str, str]:
    """What a machine saw of who said it."""
    return {
        "ip": str(request.META.get("REMOTE_ADDR") or "")[:64],
        "agent": request.headers.get("User-Agent", "")[:300].replace("\x00", ""),
        "page": request.path[:100],
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whose messages these are."""
    return page(request, "site/home.html", {}, language=spoken(request))


def _recipient(link: str) -> Recipient | None:
    if not _LINK.fullmatch(link):
        return None
    return Recipient.objects.select_related("customer").filter(link=link).first()


@csrf_exempt  # the link is the right, and there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, link: str) -> HttpResponse:
    """What we may send, over which channel, how often, in which language; a pause; forget me."""
    recipient = _recipient(link)
    if recipient is None:
        return missing(request)
    language = spoken(request, recipient.customer.language)
    shown = queries.preferences_of(recipient=recipient, language=language)
    errors: Mapping[str, Any] = {}
    if request.method == "POST":
        with translation.override(language):
            try:
                services.preferences_save(recipient=recipient, given=_typed(request, shown), proof=proof_of(request))
            except InvalidError as error:
                errors = error.errors
            else:
                chosen = request.POST.get("language", "")
                return redirect(f"{request.path}?saved=1&lang={chosen if chosen in LANGUAGES else language}")
    context = {
        "recipient": recipient, "shown": shown, "saved": request.GET.get("saved") == "1", "errors": errors,
        "pauses": PAUSES, "paces": Pace.choices, "zones": _zones(recipient.tz),
    }  # fmt: skip
    return page(
        request, "site/preferences.html", context, language=language, demo=recipient.demo, status=422 if errors else 200
    )


def _typed(request: HttpRequest, shown: queries.Shown) -> Preferences:
    pairs = [(row.purpose, cell.channel) for row in shown.rows for cell in row.cells]
    checked = set(request.POST.getlist("allow"))
    if request.POST.get("everything") == "off":
        checked = {
            f"{row.purpose}/{cell.channel}" for row in shown.rows if row.service for cell in row.cells if cell.allowed
        }
    pause = request.POST.get("pause", "")
    return Preferences(
        shown=pairs, allowed=[pair for pair in pairs if f"{pair[0]}/{pair[1]}" in checked],
        preferred=request.POST.get("preferred"), pace=request.POST.get("pace"),
        paused_days=int(pause) if pause.isdecimal() and len(pause) < 4 else None,
        language=request.POST.get("language"), tz=request.POST.get("tz"),
    )  # fmt: skip


def _zones(chosen: str) -> list[str]:
    usual = ["Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Europe/Istanbul", "Europe/Berlin", "Europe/London",
             "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC"]  # fmt: skip
    return [*usual, chosen] if chosen and chosen not in usual and chosen in available_timezones() else usual


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, link: str) -> HttpResponse:
    """Ask to be forgotten: one page that says what happens, one button."""
    recipient = _recipient(link)
    if recipient is None:
        return missing(request)
    if request.method == "POST":
        services.forget_ask(recipient=recipient)
        return redirect(f"{request.path}?lang={spoken(request, recipient.customer.language)}")
    language = spoken(request, recipient.customer.language)
    return page(request, "site/forget.html", {"recipient": recipient}, language=language, demo=recipient.demo)


@csrf_exempt  # RFC 8058: the POST comes from a mail provider, without cookies
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """One POST stops what the message was of. A GET shows a button: scanners' visits never unsubscribe anybody."""
    uid = message_of(token)
    message = None if uid is None else queries.message_by_uid(uid)
    if uid is None or message is None:
        return missing(request)
    done = False
    if request.method == "POST":
        services.unsubscribe(uid=uid, proof=proof_of(request))
        done = True
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(status=200)  # a machine asked; it reads no page
    language = spoken(request, message.language)
    with translation.override(language):
        name = queries.purpose_name(message, language=language)
        context = {
            "done": done, "purpose": name, "channel": queries.channel_name(message.channel),
            "preferences": queries.preferences_link(message),
            "title": gettext("You will get no more of this") if done else gettext("Stop these messages?"),
        }  # fmt: skip
    return page(request, "site/one_click.html", context, language=language, demo=message.demo)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def opt_in(request: HttpRequest, token: str) -> HttpResponse:
    """The yes of somebody's own address: a button, since scanners open links."""
    found = queries.opt_in_by_token(token) if _TOKEN.fullmatch(token) else None
    if found is None:
        return missing(request)
    language = spoken(request, found.customer.language)
    if request.method == "POST":
        found = services.opt_in_confirm(token=token, proof=proof_of(request)) or found
        with transaction.atomic():
            confirm_of(opt_in=found)
    waiting = waiting_form(found)
    context = {
        "found": found, "sent": waiting.form.name if waiting else "",
        "purpose": queries.purpose_name_of(found.purpose, demo=found.demo, language=language),
    }  # fmt: skip
    return page(request, "site/opt_in.html", context, language=language, demo=found.demo)
