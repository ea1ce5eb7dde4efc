"""The public pages of forms: alone, in a frame on our sites, on a kiosk, and as JSON for the chat.

No cookie says who somebody is: a page's stamp says that it was ours, and how long it was open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels import forms as room
from peyvand.channels.forms import queries, services
from peyvand.channels.forms.counting import counted
from peyvand.channels.forms.errors import BusyError, ClosedError, InvalidError, StampError
from peyvand.channels.forms.models import Form, Place, State
from peyvand.channels.forms.public import as_plain
from peyvand.channels.forms.services import LARGEST_FILE, MOST_FILES, Given
from peyvand.channels.forms.showing import BEFORE, said, shown_form, spoken_as
from peyvand.channels.forms.stamping import stamp_read
from peyvand.channels.forms.structure import SOURCES
from peyvand.channels.sites.edge import Limits
from peyvand.doors.site.views import missing, page, proof_of, spoken
from peyvand.foundation.registry.declarations import Label

FRAME = Path(room.__file__).parent / "static" / "forms" / "frame.js"
MOST_WORDS = 2 * 2**20  # bytes of a form without files
MOST_BYTES = MOST_WORDS + MOST_FILES * LARGEST_FILE
KIOSK_RESTS = 8  # seconds that the thanks stand on a kiosk
_posts = Limits(per_second=5, burst=100)
Typed = Mapping[str, Any]
Errors = Mapping[str, Label]


def _place(request: HttpRequest) -> str:
    if request.GET.get("kiosk") == "1":
        return Place.KIOSK
    return Place.EMBED if request.GET.get("embed") == "1" else Place.LINK


def _language(request: HttpRequest, form: Form) -> str:
    asked = spoken(request)
    return asked if asked in form.languages else (form.languages or ["fa"])[0]


def _query(place: str, language: str, **more: str) -> str:
    marks = {Place.KIOSK: {"kiosk": "1"}, Place.EMBED: {"embed": "1"}}.get(Place(place), {})
    return urlencode({**marks, "lang": language, **more})


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")[:64]


def _page(
    request: HttpRequest, form: Form, template: str, context: Mapping[str, Any], *, place: str, language: str,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """A page of a form; our sites may frame it where it is for frames, and it may speak to this origin only."""
    languages = [one for one in form.languages if one != language]
    shown = {
        **context, "form_key": form.key, "place": place, "lone": place == Place.LINK, "other_language": languages[:1],
        "other_query": _query(place, languages[0]) if languages else "",
    }  # fmt: skip
    response = page(request, template, shown, language=language, demo=form.demo, status=status)
    policy: dict[str, list[str]] = {"connect-src": ["'self'"], "style-src": ["'self'"]}
    if place == Place.EMBED:
        hosts = queries.embedding_hosts(form)
        policy["frame-ancestors"] = ["'self'", *hosts, *(f"{host}:*" for host in hosts if ":" not in host)]
        response.xframe_options_exempt = True
    response._csp_replace = policy  # type: ignore[attr-defined]
    response["Referrer-Policy"] = "no-referrer"
    return response


def _source(request: HttpRequest) -> dict[str, str]:
    """Where the visitor comes from: as the frame was told, else by the address of a page of its own."""
    given = request.POST if request.method == "POST" else request.GET
    found = {name: given.get(name, "")[:500] for name in SOURCES if given.get(name)}
    if request.method != "POST":
        referrer = request.headers.get("Referer", "")[:500]
        found.pop("page", None)
        found.pop("referrer", None)
        found |= {"page": request.build_absolute_uri(request.path)} | ({"referrer": referrer} if referrer else {})
    return found


def _draw(
    request: HttpRequest, form: Form, *, place: str, language: str, typed: Typed | None = None,
    errors: Errors | None = None, notice: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    hidden = _source(request)
    person = None
    if place != Place.KIOSK and request.method == "POST":
        visitor = {name: request.POST.get(name, "")[:60] for name in ("visitor", "site")}
        if visitor["visitor"]:
            person = queries.person_of(form, site=visitor["site"], token=visitor["visitor"])
            hidden |= visitor
    with spoken_as(language):
        shown = shown_form(form, language=language, person=person, typed=typed, errors=errors, hidden=hidden)
        context = {
            "shown": shown, "notice": f"{(errors or {}).get('', '')} {notice}".strip(), "title": shown.title,
            "action": f"{request.path}?{_query(place, language)}", "most_files": MOST_FILES,
            "file_limit": LARGEST_FILE // 2**20, "start_url": reverse("site:form-start", args=[form.key]),
            "dates": language == "fa" and any(one.field.type == "date" for step in shown.steps for one in step.inputs),
        }  # fmt: skip
        return _page(request, form, "site/form.html", context, place=place, language=language, status=status)


def _closed(request: HttpRequest, form: Form, place: str, language: str) -> HttpResponse:
    with translation.override(language):
        context = {"title": gettext("This form is closed")}
    return _page(request, form, "site/form_closed.html", context, place=place, language=language, status=410)


def _too_large(request: HttpRequest, form: Form) -> bool:
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return True
    files = "multipart/form-data" in (request.content_type or "")
    takes_files = files and any(one.type == "file" for one in queries.structure_now(form).fields)
    return length > (MOST_BYTES if takes_files else MOST_WORDS)


@csrf_exempt  # a stamp says that the page was ours, and there is no cookie
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The form: shown by GET, sent by POST (as a form, or as JSON by the chat)."""
    form = queries.public_form(key)
    if form is None:
        return missing(request)
    if request.method == "OPTIONS" or (
        request.method == "POST" and (request.content_type or "") in ("application/json", "text/plain")
    ):
        return _as_json(request, form)
    place, language = _place(request), _language(request, form)
    if not form.active or place not in form.places:
        return _closed(request, form, place, language)
    if request.method != "POST":
        if request.method == "GET":
            counted(form, views=1)
        return _draw(request, form, place=place, language=language)
    with translation.override(language):
        busy = gettext("Too much came from here just now. What you typed is still here; send it again in a while.")
        old = gettext("This page was open for a long time. Look once more whether everything is right, and send it.")
        large = gettext("This is too much at once. Write less, or send smaller files.")
    if _too_large(request, form):
        return _draw_empty(request, form, place, language, large)
    if not _posts.takes(_address(request)):
        return _draw(request, form, place=place, language=language, typed=_typed(request), notice=busy, status=429)
    if request.POST.get("act") == "open":
        counted(form, views=1)
        return _draw(request, form, place=place, language=language)
    return _sent(request, form, place, language, busy=busy, old=old)


def _draw_empty(request: HttpRequest, form: Form, place: str, language: str, notice: str) -> HttpResponse:
    """A page of which nothing that came was read."""
    request.method = "GET"
    return _draw(request, form, place=place, language=language, notice=notice, status=413)


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {
        name.removeprefix(BEFORE): values if len(values) > 1 else values[0]
        for name, values in request.POST.lists()
        if name.startswith(BEFORE) and values
    }


def _sent(
    request: HttpRequest, form: Form, place: str, language: str, *, busy: str, old: str
) -> HttpResponse:  # fmt: skip
    typed, proof = _typed(request), proof_of(request)
    given = Given(
        answers=typed, stamp=request.POST.get("stamp", ""), trap=request.POST.get("website", ""), place=place,
        uploads={name.removeprefix(BEFORE): files for name, files in request.FILES.lists()}, language=language,
        visitor=request.POST.get("visitor", ""), site=request.POST.get("site", ""), source=_source(request),
        address=proof["ip"], agent=proof["agent"],
    )  # fmt: skip
    again: dict[str, Any] = {"place": place, "language": language, "typed": typed}
    with translation.override(language):  # a browser gives no file a second time by itself
        files = gettext("Choose your files once more.") if request.FILES else ""
    try:
        with spoken_as(language):
            made = services.submit(form=form, given=given)
    except InvalidError as error:
        return _draw(request, form, **again, errors=error.errors, notice=files, status=422)
    except StampError:
        return _draw(request, form, **again, notice=f"{old} {files}".strip(), status=422)
    except BusyError:
        return _draw(request, form, **again, notice=f"{busy} {files}".strip(), status=429)
    except ClosedError:
        return _closed(request, form, place, language)
    more = {"w": "1"} if made.state == State.WAITING else {}
    return redirect(f"{reverse('site:form-thanks', args=[form.key])}?{_query(place, language, **more)}")


@require_safe
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """What stands there afterwards; a kiosk goes back to the empty form by itself."""
    form = queries.public_form(key)
    if form is None:
        return missing(request)
    place, language = _place(request), _language(request, form)
    back = f"{reverse('site:form', args=[form.key])}?{_query(place, language)}"
    with translation.override(language):
        context = {
            "title": gettext("Thank you"), "text": said(form.texts, "thanks", language),
            "waits": request.GET.get("w") == "1", "back": back if place == Place.KIOSK else "",
            "onward": "" if place == Place.KIOSK else onward_of(form),
        }  # fmt: skip
    response = _page(request, form, "site/form_thanks.html", context, place=place, language=language)
    if place == Place.KIOSK:
        response["Refresh"] = f"{KIOSK_RESTS}; url={back}"
    elif place == Place.LINK and context["onward"] and not context["waits"]:
        response["Refresh"] = f"3; url={context['onward']}"
    return response


def onward_of(form: Form) -> str:
    """Where the form leads on, as long as that is one of our sites."""
    return form.redirect_url if services.redirect_allowed(form.redirect_url, demo=form.demo) else ""


@csrf_exempt
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody began to type: counted, where the stamp is of a page of ours."""
    form = queries.public_form(key) if _posts.takes(_address(request)) else None
    if form is not None and form.active:
        try:
            stamp_read(request.POST.get("stamp", ""), form.key)
        except StampError:
            return HttpResponse(status=204)
        counted(form, starts=1)
    return HttpResponse(status=204)


@require_safe
def frame_script(request: HttpRequest) -> HttpResponseBase:
    """The script of the one line by which a page shows a form in a frame."""
    response = FileResponse(FRAME.open("rb"), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# ── as JSON ───────────────────────────────────────────────────────────────


def _json(request: HttpRequest, form: Form | None, content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).scheme and form is not None and queries.origin_known(form, origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = "content-type"
    return response


@require_safe
def described(request: HttpRequest, key: str) -> HttpResponse:
    """What the form asks, with a stamp, so that the chat can show it."""
    form = queries.public_form(key)
    if form is None or not form.active or Place.CHAT not in form.places:
        return _json(request, form, {"error": "closed"}, 404)
    language = _language(request, form)
    counted(form, views=1)
    with spoken_as(language):
        return _json(request, form, as_plain(shown_form(form, language=language)))


def _as_json(request: HttpRequest, form: Form) -> HttpResponse:
    """What the chat sends: {"answers", "stamp", "website", "language", "visitor", "site", "source"}."""
    if request.method == "OPTIONS":
        return _json(request, form, {})
    if _too_large(request, form) or len(request.body) > MOST_WORDS:
        return _json(request, form, {"error": "too-large"}, 413)
    if not _posts.takes(_address(request)):
        return _json(request, form, {"error": "busy"}, 429)
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or not isinstance(asked.get("answers"), dict):
        return _json(request, form, {"error": "unreadable"}, 400)
    texts = {name: str(asked.get(name) or "")[:300] for name in ("stamp", "website", "language", "visitor", "site")}
    language = texts["language"] if texts["language"] in form.languages else _language(request, form)
    source, proof = asked.get("source"), proof_of(request)
    given = Given(
        answers={str(name): value for name, value in asked["answers"].items()}, stamp=texts["stamp"],
        trap=texts["website"], language=language, place=Place.CHAT, visitor=texts["visitor"], site=texts["site"],
        source={str(name): str(value) for name, value in source.items()} if isinstance(source, dict) else {},
        address=proof["ip"], agent=proof["agent"],
    )  # fmt: skip
    with spoken_as(language):
        try:
            made = services.submit(form=form, given=given)
        except InvalidError as error:
            errors = {name: str(text) for name, text in error.errors.items()}
            return _json(request, form, {"error": "invalid", "errors": errors}, 422)
        except StampError:
            return _json(request, form, {"error": "stamp", "stamp": shown_form(form, language=language).stamp}, 422)
        except BusyError:
            return _json(request, form, {"error": "busy"}, 429)
        except ClosedError:
            return _json(request, form, {"error": "closed"}, 410)
    waits = made.state == State.WAITING
    words = said(form.texts, "thanks", language)
    return _json(request, form, {"done": True, "waits": waits, "thanks": words, "onward": onward_of(form)})
