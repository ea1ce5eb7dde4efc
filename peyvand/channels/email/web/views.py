"""Accounts of e-mail: set up, tried."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.email import access, queries, services
from peyvand.channels.email.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.queries import Shown
from peyvand.channels.email.web.forms import NEW, AccountForm, initial_of
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

LARGEST_ID = 2**63 - 1


@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """The accounts in their order."""
    actor = request.actor
    actor.require(access.MANAGE)
    context = {
        "rows": queries.accounts(actor=actor),
        "empty": Empty(
            title=gettext("No account of e-mail yet"), icon="mail",
            text=gettext("With an account, mail goes out in your name, and what customers write comes into the inbox."),
            action=gettext("New account"), url=reverse("email:new"),
            sample=gettext("For example: hello@shop.ir at your host’s mail server."),
        ),
    }  # fmt: skip
    return render(request, "email/accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up an account."""
    request.actor.require(access.MANAGE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, account_id: int) -> HttpResponse:
    """Change an account; what hinders it."""
    return _form(request, shown_or_404(request.actor, account_id))


def shown_or_404(actor: Actor, account_id: int) -> Shown:
    """The account, for who may set it up."""
    actor.require(access.MANAGE)
    try:
        return queries.account_get(actor=actor, id=min(account_id, LARGEST_ID))
    except EmailAccount.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, shown: Shown | None) -> HttpResponse:
    actor, row = request.actor, shown.row if shown else None
    form = AccountForm(request.POST or None, actor=actor, account=row, initial=initial_of(row) if row else NEW)
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
            return redirect("email:one", made.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"form": form, "shown": shown, "version": version, "meanwhile": meanwhile, "tab": "account"}
    return render(request, "email/account.html", context, status=status)


@require_POST
def remove(request: StaffRequest, account_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    shown = shown_or_404(request.actor, account_id)
    done = services.account_remove(actor=request.actor, account=shown.row)
    toast(request, gettext("The account is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("email:accounts")


@require_POST
def test(request: StaffRequest, account_id: int) -> HttpResponse:
    """Sign in at both servers; nothing is sent."""
    shown = shown_or_404(request.actor, account_id)
    words = {
        ("smtp", True): gettext("The mail server answered: %(said)s"),
        ("smtp", False): gettext("The mail server did not let us in: %(said)s"),
        ("imap", True): gettext("The mailbox answered: %(said)s"),
        ("imap", False): gettext("The mailbox did not let us in: %(said)s"),
    }
    tried = services.account_test(actor=request.actor, account=shown.row)
    for one in tried:
        toast(request, words[one.what, one.good] % {"said": one.words}, level="good" if one.good else "bad")
    if not tried:
        toast(request, gettext("There is no server to try: this way of sending is tried by sending."))
    return redirect("email:one", account_id)
