"""The house's rules on one page, and the addresses to which nothing goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.outreach import access, queries, services, showing
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Reason, Suppression
from peyvand.channels.outreach.rules import rule_of
from peyvand.channels.outreach.web.forms import BudgetForm, CapForm, PurposeRuleForm, QuietForm, channels, put_errors
from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import TOMAN
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

PAGE = 50
ORDER = ("-at", "-id")


def unit() -> str:
    """The unit in which amounts are typed."""
    currency = settings.text("default_currency")
    return TOMAN if formats.in_toman(currency) else currency


@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """How often, when, for how much, and what holds for each purpose."""
    request.actor.require(access.MANAGE)
    return _page(request)


def _page(request: StaffRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    actor = request.actor
    found = queries.rules(actor=actor)
    names = showing.purpose_names(demo=actor.demo)
    context = {
        "caps": [(row, showing.channel_of(row.channel)[0] if row.channel else "") for row in found.caps],
        "quiet": [(row, showing.channel_of(row.channel)[0] if row.channel else "") for row in found.quiet],
        "budgets": [
            (
                row, showing.channel_of(row.channel)[0] if row.channel else "", names.get(row.purpose, ""),
                Money(row.amount_minor, row.currency),
            )
            for row in found.budgets
        ],
        "purposes": [(purpose, rule_of(purpose.kind, row), row) for purpose, row in found.purposes],
        "cap_form": CapForm(), "quiet_form": QuietForm(initial={"starts": "21:00", "ends": "08:00"}),
        "budget_form": BudgetForm(actor=actor, unit=unit()), "unit": unit(),
        "tracking": settings.flag("outreach_track_links"), **forms,
    }  # fmt: skip
    return render(request, "outreach/rules.html", context, status=status)


@require_POST
def save(request: StaffRequest, kind: str) -> HttpResponse:
    """Put a rule; one of the same channel and kind is replaced."""
    actor = request.actor
    actor.require(access.MANAGE)
    makers: dict[str, Any] = {
        "cap": lambda: CapForm(request.POST), "quiet": lambda: QuietForm(request.POST),
        "budget": lambda: BudgetForm(request.POST, actor=actor, unit=unit()),
        "rule": lambda: PurposeRuleForm(request.POST),
    }  # fmt: skip
    if kind == "links":
        services.tracking_save(actor=actor, on=request.POST.get("on") == "1")
        toast(request, gettext("Saved. It holds for what is sent from now on."))
        return redirect("outreach:rules")
    if kind not in makers:
        raise Http404
    form = makers[kind]()
    if form.is_valid():
        try:
            done = _put(request, kind, form)
        except InvalidError as error:
            put_errors(form, error)
        else:
            text = gettext("Saved. What is held is looked at again now.")
            toast(request, text, undo_url=reverse("changes:undo", args=[done]))
            return redirect("outreach:rules")
    return _page(request, status=422, **{f"{kind}_form": form})


def _put(request: StaffRequest, kind: str, form: Any) -> int:
    actor, data = request.actor, form.cleaned_data
    if kind == "cap":
        return services.cap_save(
            actor=actor, channel=data["channel"], kind=data["kind"], window=data["window"], most=data["most"]
        )
    if kind == "quiet":
        return services.quiet_save(actor=actor, **data)
    if kind == "budget":
        money = Money.from_decimal(data["amount"], form.unit)
        return services.budget_save(
            actor=actor, channel=data["channel"], purpose=data["purpose"], currency=money.currency,
            amount_minor=money.minor,
        )  # fmt: skip
    return services.rule_save(actor=actor, purpose=request.POST.get("purpose", ""), order=[], **data)


@require_POST
def remove(request: StaffRequest, kind: str, rule_id: int) -> HttpResponse:
    """Take a rule away, with the way back."""
    actor = request.actor
    actor.require(access.MANAGE)
    try:
        done = services.rule_remove(actor=actor, kind=kind, id=rule_id)
    except InvalidError:
        raise Http404 from None
    toast(request, gettext("The rule is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("outreach:rules")


@require_http_methods(["GET", "HEAD", "POST"])
def suppressed(request: StaffRequest) -> HttpResponse:
    """Addresses to which nothing goes, with the reason; one may add one by hand."""
    actor = request.actor
    actor.require(access.VIEW)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        actor.require(access.MANAGE)
        try:
            services.suppression_add(
                actor=actor, channel=request.POST.get("channel", ""), address=request.POST.get("address", "")[:254],
                note=request.POST.get("note", ""),
            )  # fmt: skip
        except InvalidError as error:
            errors = error.errors
        else:
            toast(request, gettext("Nothing goes to this address any more."))
            return redirect("outreach:suppressed")
    given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:100] for name in ("channel", "reason", "q")}
    found = queries.suppressions(actor=actor, channel=given["channel"], reason=given["reason"], text=given["q"])
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=ORDER, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=ORDER, size=PAGE)
    kept = {name: value for name, value in given.items() if value}
    context = {
        "page": page,
        "page_url": f"?{urlencode(kept)}&" if kept else "?",
        "given": kept,
        "bulk": False,
        "errors": errors,
        "typed": request.POST,
        "channels": channels(),
        "reasons": Reason.choices,
        "may_manage": actor.may(access.MANAGE),
        "rows": [(one, *showing.channel_of(one.channel)) for one in page.rows],
        "any_carrier": bool(registry.all(Carrier)),
        "empty": Empty(
            title=gettext("Nothing matches.") if kept else gettext("No address is kept from messages"),
            icon="ban",
            text=gettext(
                "Addresses that do not exist, people who reported or stopped our messages: they come by themselves."
            ),
        ),
    }
    return render(request, "outreach/suppressed.html", context, status=422 if errors else 200)


@require_POST
def suppression_remove(request: StaffRequest, suppression_id: int) -> HttpResponse:
    """Let messages go there again, with the way back."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.MANAGE)
    found = Suppression.objects.visible_to(actor).filter(pk=suppression_id).first()
    if found is None:
        raise Http404
    try:
        done = services.suppression_remove(actor=actor, suppression=found)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("Messages may go there again."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("outreach:suppressed")
