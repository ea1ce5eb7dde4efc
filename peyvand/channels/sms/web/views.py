"""Lines for text messages: set up, tried, and what their providers say."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.sms import access, queries, services
from peyvand.channels.sms.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.queries import Shown
from peyvand.channels.sms.web.forms import AccountForm, initial_of
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast


@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """The lines in their order."""
    actor = request.actor
    actor.require(access.MANAGE)
    context = {
        "rows": queries.accounts(actor=actor),
        "empty": Empty(
            title=gettext("No line for text messages yet"), icon="message-2",
            text=gettext("With a line at a gateway, text messages go out and replies come in."),
            action=gettext("New line"), url=reverse("sms:new"),
            sample=gettext("For example: Kavenegar, SMS.ir, Melipayamak, Ghasedak or Twilio."),
        ),
    }  # fmt: skip
    return render(request, "sms/accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up a line."""
    request.actor.require(access.MANAGE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, account_id: int) -> HttpResponse:
    """Change a line; the address for the provider's calls, what is left, what hinders it."""
    return _form(request, _shown(request.actor, account_id))


def _shown(actor: Actor, account_id: int) -> Shown:
    actor.require(access.MANAGE)
    try:
        return queries.account_get(actor=actor, id=account_id)
    except SmsAccount.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, shown: Shown | None) -> HttpResponse:
    actor, row = request.actor, shown.row if shown else None
    initial = initial_of(row) if row else {"enabled": True, "service_line": True, "price": 0}
    form = AccountForm(request.POST or None, actor=actor, account=row, initial=initial)
    meanwhile, version = False, row.version if row else 0
    if request.method == "POST" and row is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.account_save(
                actor=actor, data=form.data_of(), account=row, version=version if row else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("sms:one", made.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"form": form, "shown": shown, "version": version, "meanwhile": meanwhile}
    return render(request, "sms/account.html", context, status=status)


@require_POST
def remove(request: StaffRequest, account_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    shown = _shown(request.actor, account_id)
    done = services.account_remove(actor=request.actor, account=shown.row)
    toast(request, gettext("The line is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("sms:accounts")


@require_POST
def hook(request: StaffRequest, account_id: int) -> HttpResponse:
    """A new address for the provider's calls."""
    shown = _shown(request.actor, account_id)
    services.hook_renew(actor=request.actor, account=shown.row)
    toast(request, gettext("A new address; give it to the provider, the old one is closed."))
    return redirect("sms:one", account_id)


@require_POST
def test(request: StaffRequest, account_id: int) -> HttpResponse:
    """Ask the provider for the credit: address and keys are right when it answers."""
    shown = _shown(request.actor, account_id)
    good, said = services.account_test(actor=request.actor, account=shown.row)
    words = gettext("The provider answered: %(said)s") if good else gettext("The provider did not answer: %(said)s")
    toast(request, words % {"said": said}, level="good" if good else "bad")
    return redirect("sms:one", account_id)
