"""Puts on each request who acts, in which of the two businesses, in which language and with which habits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal, cast

from allauth.account.adapter import get_adapter
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.actors import actor_of, nobody
from peyvand.foundation.accounts.bootstrap import first_run_needed
from peyvand.foundation.accounts.declarations import FirstLook
from peyvand.foundation.accounts.models import SignIn, Theme, User
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services.sessions import session_note
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.reader import Reader, use_reader

SEEN_EVERY = timedelta(minutes=1)
THEME_COOKIE = "peyvand_theme"
HEALTH = "/healthz"  # read by machines, also when the database is away: nobody is looked up for it
OPEN_BEFORE_FIRST_RUN = ("/api/", django_settings.STATIC_URL)


class ActorMiddleware:
    """Sets `request.actor`; its rights are read at each request, so what is taken away is gone at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == HEALTH:
            request.user = AnonymousUser()
            cast("StaffRequest", request).actor = nobody()
            with use_reader(Reader()):
                return self.get_response(request)
        with settings.remembered():
            user = request.user if isinstance(request.user, User) else None
            if user is None and _belongs_to_first_run(request):
                return redirect("accounts:welcome")
            language = _language(request, user)
            staff = cast("StaffRequest", request)
            if user is None:
                staff.actor = nobody(language=language)
            else:
                staff.actor = actor_of(user, demo=_demo(request, user), language=language)
                _note_presence(request, user)
            with use_reader(_reader(request, user, language)):
                return self.get_response(request)


def _belongs_to_first_run(request: HttpRequest) -> bool:
    """Whether nobody is here yet, and this is not the first run's own page or one that machines read."""
    if request.path.startswith((*OPEN_BEFORE_FIRST_RUN, reverse("accounts:welcome"), reverse("accounts:language"))):
        return False
    return first_run_needed()


def _language(request: HttpRequest, user: User | None) -> str:
    """The person's own choice, else what LocaleMiddleware found: the cookie, then the browser."""
    if user is not None and user.language:
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
    return "fa" if (translation.get_language() or "fa").startswith("fa") else "en"


def _demo(request: HttpRequest, user: User) -> bool:
    """Which business the session looks at; decided once, then by the switch in the navigation."""
    if "demo" not in request.session:
        looks = registry.all(FirstLook)
        request.session["demo"] = user.demo if not looks else any(look.at_demo() for look in looks)
    return bool(request.session["demo"])


def _reader(request: HttpRequest, user: User | None, language: str) -> Reader:
    """How the person reads; before signing in, as the workspace is set and the cookie says."""
    if user is not None:
        return Reader(
            language=language,
            calendar=CalendarKind(user.calendar),
            tz=user.tz,
            toman=user.toman,
            theme=_theme(user.theme),
            keys=user.keys_enabled,
        )
    return Reader(
        language=language,
        calendar=CalendarKind(settings.text("calendar")),
        tz=settings.text("time_zone"),
        toman=settings.flag("toman"),
        theme=_theme(request.COOKIES.get(THEME_COOKIE, "")),
    )


def _theme(value: str) -> Literal["auto", "light", "dark"]:
    return cast('Literal["auto", "light", "dark"]', value if value in Theme.values else "auto")


def _note_presence(request: HttpRequest, user: User) -> None:
    """Once a minute: when the person was last here; and the session's new key after a password change."""
    key = request.session.session_key
    if key is not None and request.session.get("noted") != key:
        SignIn.objects.filter(session_key=request.session.get("noted")).delete()
        agent, address = request.headers.get("User-Agent", ""), get_adapter(request).get_client_ip(request)
        session_note(user_id=user.pk, session_key=key, agent=agent, address=address)
        request.session["noted"] = key
    if user.last_seen is None or timezone.now() - user.last_seen > SEEN_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen=Now())
        SignIn.objects.filter(session_key=key).update(seen_at=Now())
