"""Which folders of a mailbox are read, and whether what was taken agrees with what lies there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.channels.email import queries, services
from peyvand.channels.email.queries import Shown
from peyvand.channels.email.showing import reason_words
from peyvand.channels.email.web.views import shown_or_404
from peyvand.channels.email.wires import Unreachable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest, account_id: int) -> HttpResponse:
    """Every folder with its counts; by a form, which of them are read."""
    actor = request.actor
    shown = shown_or_404(actor, account_id)
    if request.method == "POST":
        typed = [one for one in request.POST.getlist("folder") if one.isascii() and one.isdecimal() and len(one) < 19]
        services.folders_choose(actor=actor, account=shown.row, chosen=[int(one) for one in typed])
        toast(request, gettext("These folders are read from now on."))
        return redirect("email:folders", account_id)
    context = {
        "shown": shown, "rows": queries.reconciled(actor=actor, account=shown.row), "tab": "folders",
        "left_out": [(one, reason_words(one.why)) for one in queries.not_kept(actor=actor, account=shown.row)],
    }  # fmt: skip
    return render(request, "email/folders.html", context)


@require_POST
def read(request: StaffRequest, account_id: int) -> HttpResponse:
    """Look into every chosen folder now, and count."""
    shown = shown_or_404(request.actor, account_id)
    _tell(request, shown)
    return redirect("email:folders", account_id)


def _tell(request: StaffRequest, shown: Shown) -> None:
    if not shown.reads:
        toast(request, gettext("This account has no mailbox."), level="bad")
        return
    try:
        new = services.mailbox_read(actor=request.actor, account=shown.row)
    except Unreachable as error:
        toast(request, gettext("The mailbox did not let us in: %(said)s") % {"said": str(error)}, level="bad")
    else:
        words = ngettext("Read; %(count)s new mail.", "Read; %(count)s new mails.", new)
        toast(request, words % {"count": number(new)})


@require_POST
def hook(request: StaffRequest, account_id: int) -> HttpResponse:
    """A new address for the provider's calls."""
    shown = shown_or_404(request.actor, account_id)
    services.hook_renew(actor=request.actor, account=shown.row)
    toast(request, gettext("A new address; give it to the provider, the old one is closed."))
    return redirect("email:folders", account_id)
