"""Settings of oneself: profile, security, sessions; and the list of all settings pages."""

from __future__ import annotations

from dataclasses import asdict

from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import queries
from peyvand.foundation.accounts.models import SignIn, User
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services.sessions import own_sessions_end
from peyvand.foundation.accounts.services.workspace import Profile, profile_save
from peyvand.foundation.accounts.web.agents import device_of
from peyvand.foundation.accounts.web.forms import ProfileForm
from peyvand.foundation.ui.toasts import toast

PROFILE = ("name", "job_title", "language", "calendar", "tz", "toman", "theme", "keys_enabled")


@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """The pages under Settings that one may open."""
    return render(request, "accounts/settings.html", {"pages": queries.settings_pages(actor=request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    """One's own profile."""
    user = get_object_or_404(User, pk=request.actor.user_id)
    initial = {name: getattr(user, name) for name in PROFILE}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = Profile(**form.cleaned_data)
        profile_save(actor=request.actor, profile=chosen)
        toast(request, gettext("Saved."))
        response = redirect("accounts:profile")
        if not asdict(chosen)["language"]:
            response.delete_cookie(django_settings.LANGUAGE_COOKIE_NAME)
        return response
    return render(request, "accounts/profile.html", {"form": form, "person": user})


@require_safe
def security(request: StaffRequest) -> HttpResponse:
    """How one signs in: password, second factor, passkeys, and where one is signed in now."""
    kinds = list(Authenticator.objects.filter(user_id=request.actor.user_id).values_list("type", flat=True))
    sessions = [
        (session, device_of(session.agent), session.session_key == request.session.session_key)
        for session in queries.sessions(actor=request.actor)
    ]
    context = {
        "totp": Authenticator.Type.TOTP in kinds,
        "codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "sessions": sorted(sessions, key=lambda row: not row[2]),
    }
    return render(request, "accounts/security.html", context)


@require_POST
def session_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    found = get_object_or_404(SignIn, pk=pk, user_id=request.actor.user_id)
    own_sessions_end(actor=request.actor, only=found.pk)
    toast(request, gettext("That session is over."))
    return redirect("accounts:security")


@require_POST
def sessions_end_others(request: StaffRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    own_sessions_end(actor=request.actor, but=request.session.session_key)
    toast(request, gettext("You are signed in here only."))
    return redirect("accounts:security")
