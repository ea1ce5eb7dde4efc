"""Whether the world believes that an account's mail is yours: the doctor's page, and the key of its signatures."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.channels.email import doctor, services
from peyvand.channels.email.doctor import Proof
from peyvand.channels.email.errors import InvalidError
from peyvand.channels.email.web.views import shown_or_404
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.toasts import toast

NAMES = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}
TONES = {doctor.GOOD: "good", doctor.WARN: "warn", doctor.BAD: "bad", doctor.UNKNOWN: ""}


@dataclass(frozen=True)
class Row:
    """A finding in words."""

    proof: Proof
    name: str
    tone: str
    state: str
    words: str


def rows(proofs: list[Proof]) -> list[Row]:
    """The findings in the reader's language."""
    states = {
        doctor.GOOD: gettext("Stands"), doctor.WARN: gettext("Could be better"), doctor.BAD: gettext("Missing"),
        doctor.UNKNOWN: gettext("Not known"),
    }  # fmt: skip
    return [
        Row(one, NAMES[one.what], TONES[one.state], states[one.state], gettext(one.words) % one.figures)
        for one in proofs
    ]


@require_safe
def page(request: StaffRequest, account_id: int) -> HttpResponse:
    """What was found when it was last looked, and what to publish."""
    shown = shown_or_404(request.actor, account_id)
    found = rows(list(shown.proofs))
    context = {"shown": shown, "rows": found, "stands": doctor.stands(shown.proofs), "tab": "proofs"}
    return render(request, "email/proofs.html", context)


@require_POST
def look(request: StaffRequest, account_id: int) -> HttpResponse:
    """Ask DNS now."""
    shown = shown_or_404(request.actor, account_id)
    proofs = services.proofs_look(actor=request.actor, account=shown.row)
    good = doctor.stands(proofs)
    words = gettext("The proofs stand.") if good else gettext("Looked; what is missing stands below.")
    toast(request, words, level="good" if good else "info")
    return redirect("email:proofs", account_id)


@require_POST
def key(request: StaffRequest, account_id: int) -> HttpResponse:
    """A new key to sign with."""
    shown = shown_or_404(request.actor, account_id)
    try:
        services.dkim_make(actor=request.actor, account=shown.row)
    except InvalidError as error:
        toast(request, str(error.errors["dkim_selector"]), level="bad")
    else:
        toast(request, gettext("A new key; publish its record, then look again."))
    return redirect("email:proofs", account_id)


@require_POST
def marketing(request: StaffRequest, account_id: int) -> HttpResponse:
    """Let marketing go from here, or no more."""
    shown = shown_or_404(request.actor, account_id)
    on = request.POST.get("on") == "1"
    try:
        services.marketing_set(actor=request.actor, account=shown.row, on=on)
    except InvalidError as error:
        toast(request, str(error.errors["marketing"]), level="bad")
    else:
        toast(request, gettext("Marketing may go from here.") if on else gettext("No marketing goes from here."))
    return redirect("email:proofs", account_id)
