"""Settings of the workspace, and tokens for programs."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts import access, queries, settings
from peyvand.foundation.accounts.models import ApiToken, Role
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services import tokens
from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.accounts.web.forms import TokenForm, WorkspaceForm
from peyvand.foundation.ui.toasts import toast

KEYS = ("workspace_name", "default_currency", "calendar", "time_zone", "toman", "weekend")


@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: StaffRequest) -> HttpResponse:
    """Name, currency, calendar, time zone and weekend of the business."""
    request.actor.require(access.MANAGE_SETTINGS)
    initial = {key: settings.get(key) for key in KEYS}
    initial["weekend"] = [str(day) for day in initial["weekend"]]
    form = WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        settings_save(actor=request.actor, values=form.cleaned_data)
        toast(request, gettext("Saved."))
        return redirect("accounts:workspace")
    return render(request, "accounts/workspace.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: StaffRequest) -> HttpResponse:
    """Tokens with their last use; a new one is shown once."""
    actor = request.actor
    actor.require(access.TOKENS)
    form = TokenForm(request.POST or None, roles=list(Role.objects.all()), initial={"days": 365})
    made = raw = None
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        made, raw = tokens.token_make(
            actor=actor,
            name=form.cleaned_data["name"],
            role_id=form.cleaned_data["role"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        form = TokenForm(roles=list(Role.objects.all()), initial={"days": 365})
    context = {"tokens": queries.tokens(actor=actor), "form": form, "made": made, "raw": raw, "now": timezone.now()}
    return render(request, "accounts/tokens.html", context)


@require_POST
def token_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Refuse a token from now on."""
    token = get_object_or_404(ApiToken, pk=pk)
    tokens.token_revoke(actor=request.actor, token_id=pk)
    toast(request, gettext("The token “%(name)s” no longer works.") % {"name": token.name})
    return redirect("accounts:tokens")
