"""Doors for those who are not in yet: language and look, first run, invitation, password link, closed sign-up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.actors import digest_of
from peyvand.foundation.accounts.bootstrap import ClosedError, create_first_admin, first_run_needed
from peyvand.foundation.accounts.declarations import FirstStep
from peyvand.foundation.accounts.middleware import THEME_COOKIE
from peyvand.foundation.accounts.models import Invitation, Language, Theme, User
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services import people, workspace
from peyvand.foundation.accounts.web.forms import (
    BusinessForm,
    ChosenPasswordForm,
    ComeInForm,
    FirstAdminForm,
    put_errors,
)
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast

COOKIE_LIFE = 365 * 24 * 3600
WIZARD = "first_run"
STEPS = ("language", "business", "you")
HABITS = {
    "fa": {"default_currency": "IRR", "calendar": "jalali", "time_zone": "Asia/Tehran", "toman": True},
    "en": {"default_currency": "USD", "calendar": "gregorian", "time_zone": "UTC", "toman": False},
}


def _safe_next(request: HttpRequest) -> str:
    """Where to go on, if that is one of our own pages."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return "/"


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=COOKIE_LIFE, samesite="Lax", secure=django_settings.SESSION_COOKIE_SECURE)


@login_not_required
@require_POST
def preferences(request: StaffRequest) -> HttpResponse:
    """Language or look, chosen by the switches of every page: kept in a cookie and, when signed in, in the profile."""
    response = redirect(_safe_next(request)) if request.POST.get("next") else HttpResponse(status=204)
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    if language and language in Language.values:
        _keep(response, django_settings.LANGUAGE_COOKIE_NAME, language)
        workspace.language_set(actor=request.actor, language=language)
    if theme in Theme.values:
        _keep(response, THEME_COOKIE, theme)
        workspace.theme_set(actor=request.actor, theme=theme)
    return response


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: StaffRequest) -> HttpResponse:
    """The first run, in three steps; 404 once somebody is here."""
    if not first_run_needed():
        raise Http404
    answers: dict[str, Any] = request.session.get(WIZARD, {})
    step = request.GET.get("step", "language")
    if step not in STEPS or (step == "you" and "workspace_name" not in answers):
        step = "language"
    if request.method == "POST" and step == "language":
        return _language_chosen(request)
    form = _wizard_form(request, step, answers)
    if request.method == "POST" and form is not None and form.is_valid():
        if step == "business":
            request.session[WIZARD] = form.cleaned_data
            return redirect(f"{request.path}?step=you")
        try:
            return _first_admin(request, answers, form.cleaned_data)
        except ClosedError:
            return redirect("account_login")
        except ValidationError as error:
            put_errors(form, error)
    labels = [gettext("Language"), gettext("Business"), gettext("You")]
    context = {"step": step, "steps": labels, "current": STEPS.index(step) + 1, "form": form}
    return render(request, "accounts/welcome.html", context)


def _language_chosen(request: StaffRequest) -> HttpResponse:
    response = redirect(f"{request.path}?step=business")
    language = request.POST.get("language", "")
    if language in HABITS:
        _keep(response, django_settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _wizard_form(request: StaffRequest, step: str, answers: dict[str, Any]) -> BusinessForm | FirstAdminForm | None:
    data = request.POST if request.method == "POST" else None
    if step == "business":
        return BusinessForm(data, initial={**HABITS[current_reader().language], **answers})
    return FirstAdminForm(data) if step == "you" else None


def _first_admin(request: StaffRequest, answers: dict[str, Any], person: dict[str, Any]) -> HttpResponse:
    keys = ("workspace_name", "default_currency", "calendar", "time_zone", "toman")
    user = create_first_admin(
        name=person["name"],
        email=person["email"],
        password=person["password"],
        language=current_reader().language,
        calendar=answers["calendar"],
        tz=answers["time_zone"],
        toman=answers["toman"],
        workspace={key: answers[key] for key in keys},
    )
    request.session.pop(WIZARD, None)
    get_adapter(request).login(request, user)
    return redirect("accounts:welcome-done")


@require_safe
def welcome_done(request: StaffRequest) -> HttpResponse:
    """What to do first: the steps that rooms declare and the person may take."""
    steps = [step for step in registry.all(FirstStep) if step.permission is None or request.actor.may(step.permission)]
    return render(request, "accounts/welcome_done.html", {"steps": steps, "workspace": settings.text("workspace_name")})


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: StaffRequest, token: str) -> HttpResponse:
    """An invited person chooses a name and a password, and is in."""
    found = Invitation.objects.filter(digest=digest_of(token), accepted_at=None, revoked_at=None).first()
    context = {"invitation": found, "workspace": settings.text("workspace_name")}
    if found is None:
        return render(request, "accounts/invitation.html", context, status=410)
    form = ComeInForm(request.POST or None, initial={"name": found.name}, user=User(email=found.email, name=found.name))
    if request.method == "POST" and form.is_valid():
        try:
            user = people.invitation_accept(
                token=token, language=request.COOKIES.get(django_settings.LANGUAGE_COOKIE_NAME, ""), **form.cleaned_data
            )
        except (RefusedError, ValidationError) as error:
            put_errors(form, error)
        else:
            get_adapter(request).login(request, user)
            return redirect("/")
    return render(request, "accounts/invitation.html", {**context, "form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: StaffRequest, token: str) -> HttpResponse:
    """A new password by a link that an administrator made."""
    user = people.reset_link_user(token=token)
    if user is None:
        return render(request, "accounts/password_link.html", {"person": None}, status=410)
    form = ChosenPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            people.password_reset(token=token, password=form.cleaned_data["password"])
        except (RefusedError, ValidationError) as error:
            put_errors(form, error)
        else:
            toast(request, gettext("Your new password is set. Sign in with it."))
            return redirect("account_login")
    return render(request, "accounts/password_link.html", {"person": user, "form": form})


@login_not_required
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Signing up, and what to do without a password: an administrator helps."""
    return render(request, "accounts/closed.html", {"forgotten": "password" in request.path})
