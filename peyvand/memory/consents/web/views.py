"""What customers allow: of one of them, and over the whole base."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files import services as files
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.files.services import FileRefusedError
from peyvand.foundation.files.web.views import sent
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.consents import access, panels, queries, services, showing
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import ConsentEntry, Decision, Purpose, Source, Wording
from peyvand.memory.consents.web import figures
from peyvand.memory.consents.web.forms import SayForm, put_errors
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.models import Customer

PAGE = 50
MONTHS = 12
PROOF = "consents.proof"


def _customer(actor: Actor, customer_id: int) -> Customer:
    actor.require(access.VIEW)
    try:
        found = customer_queries.customer_get(actor=actor, id=customer_id)
    except Customer.DoesNotExist:
        raise Http404 from None
    if not panels.may_view(actor, found):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def say(request: StaffRequest, customer_id: int, purpose: str) -> HttpResponse:
    """Write what a customer says of a purpose, and read what was said before (the side panel)."""
    actor = request.actor
    customer = _customer(actor, customer_id)
    may_edit = panels.may_edit(actor, customer)
    if request.method == "POST" and not may_edit:
        actor.require(access.EDIT)
        raise Http404
    try:
        about = queries.purpose_get(actor=actor, key=purpose)
    except Purpose.DoesNotExist:
        raise Http404 from None
    wordings = list(queries.wordings(actor=actor, purpose=about))
    form = SayForm(
        request.POST or None, request.FILES or None, wordings=wordings, initial=_initial(request, customer, wordings)
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = _write(actor, customer, about, form, wordings)
        except InvalidError as error:
            put_errors(form, error)
        except FileRefusedError as error:
            form.add_error("scan", str(error))
        except Customer.DoesNotExist:
            raise Http404 from None
        else:
            text = gettext("What %(name)s says was written down.") % {"name": customer.name}
            toast(request, text, undo_url=reverse("consents:take-back", args=[done]))
            return _go(request, f"{reverse('customers:one', args=[customer.pk])}?tab=consents.ledger")
    entries = queries.entries_of(actor=actor, customer_id=customer.pk).filter(purpose=about)[:20]
    context = {
        "customer": customer, "purpose": about, "form": form, "lines": showing.lines(list(entries)),
        "may_edit": may_edit, "wordings": wordings,
    }  # fmt: skip
    return render(request, "consents/say_panel.html", context, status=422 if form.errors else 200)


def _initial(request: StaffRequest, customer: Customer, wordings: list[Wording]) -> dict[str, Any]:
    """The channel one came from, and the latest wording in the customer's language."""
    asked = request.GET.get("channel", "")
    language = customer.language or current_reader().language
    latest = next((one for one in wordings if one.language == language), None)
    return {
        "channels": [asked] if asked else [],
        "source": Source.CALL,
        "decision": request.GET.get("decision", Decision.GIVEN),
        "wording": str(latest.pk) if latest else "",
    }


def _write(actor: Actor, customer: Customer, purpose: Purpose, form: SayForm, wordings: list[Wording]) -> int:
    """One change set: the file of the proof and the line that speaks of it."""
    data = form.cleaned_data
    scan = data["scan"]
    more: dict[str, Any] = {}
    with transaction.atomic():
        if scan is not None:
            more["proof_file"] = files.keep(
                actor=actor, name=scan.name, stream=scan.file, content_type=scan.content_type or "", purpose=PROOF
            )
        more |= {
            "actor": actor, "customer": customer, "purpose": purpose.key, "channels": data["channels"],
            "source": data["source"], "at": form.moment(), "proof": data["proof"], "note": data["note"],
        }  # fmt: skip
        if data["decision"] == Decision.WITHDRAWN:
            return services.consent_withdraw(**more)
        more["wording"] = next((one for one in wordings if str(one.pk) == data["wording"]), None)
        verb = services.consent_give if data["decision"] == Decision.GIVEN else services.consent_refuse
        return verb(**more)


@require_safe
def proof(request: StaffRequest, entry_id: int) -> HttpResponseBase:
    """The file behind a line of the ledger, for those who may see the line."""
    request.actor.require(access.VIEW)
    entry = ConsentEntry.objects.visible_to(request.actor).select_related("proof_file").filter(pk=entry_id).first()
    kept: StoredFile | None = entry.proof_file if entry is not None else None
    if kept is None:
        raise Http404
    return sent(request, kept)


@require_POST
def take_back(request: StaffRequest, line_set_id: int) -> HttpResponse:
    """What was just written was a mistake: a line says so of each of its lines."""
    done = services.ledger_take_back(actor=request.actor, change_set_id=line_set_id)
    if not done.changed:
        raise Http404
    text = ngettext("Taken back of %(count)s customer.", "Taken back of %(count)s customers.", done.changed)
    toast(request, text % {"count": number(done.changed)})
    return HttpResponseRedirect(reverse("consents:ledger"))


@require_POST
def mistake(request: StaffRequest, entry_id: int) -> HttpResponse:
    """One line was a mistake."""
    actor = request.actor
    actor.require(access.EDIT)
    entry = ConsentEntry.objects.visible_to(actor, access.EDIT).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    done = services.entries_void(actor=actor, entries=[entry.pk])
    if done.change_set_id is not None:
        undo = reverse("changes:undo", args=[done.change_set_id])
        toast(request, gettext("The line counts no more."), undo_url=undo)
    return HttpResponseRedirect(f"{reverse('customers:one', args=[entry.customer_id])}?tab=consents.ledger")


@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """How many customers allow what, and how that has changed."""
    actor = request.actor
    actor.require(access.VIEW)
    reader = current_reader()
    purposes = queries.purposes(actor=actor)
    tallies = queries.tallies(actor=actor)
    since = timezone.now().astimezone(reader.zone).date() - timedelta(days=31 * MONTHS)
    days = queries.by_day(actor=actor, since=since, tz=reader.tz)
    context = {
        "purposes": purposes,
        "chart": figures.by_channel(purposes, tallies) if tallies else None,
        "trend": figures.trend(days, MONTHS) if days else None,
        "table": figures.table(purposes, tallies),
        "channels": queries.channels(),
        "lines": showing.lines(list(queries.entries(actor=actor).order_by(*queries.NEWEST_FIRST)[:8])),
        "may_manage": actor.may(access.MANAGE),
        "empty": Empty(
            title=gettext("Who may be written to, about what?"),
            text=gettext(
                "Once customers say yes or no, here or on a form, you read how many allow what over which channel."
            ),
            icon="checkbox",
            action=gettext("Purposes and wordings"),
            url=reverse("consents:purposes"),
        ),
    }
    return render(request, "consents/overview.html", context)


@require_safe
def ledger(request: StaffRequest) -> HttpResponse:
    """Every line of the customers whom one may see, latest first."""
    actor = request.actor
    actor.require(access.VIEW)
    purposes = queries.purposes(actor=actor, archived=True)
    keys = {one.key for one in purposes}
    wanted = {
        "purpose": request.GET.get("purpose", "") if request.GET.get("purpose") in keys else "",
        "channel": request.GET.get("channel", "")[:40],
        "decision": request.GET.get("decision", "") if request.GET.get("decision") in Decision.values else "",
    }
    found = queries.narrowed(queries.entries(actor=actor), wanted)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=queries.NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=queries.NEWEST_FIRST, size=PAGE)
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    context = {
        "page": page,
        "page_url": f"?{query.urlencode()}&" if query else "?",
        "lines": showing.lines(list(page.rows)),
        "purposes": purposes,
        "channels": queries.channels(),
        "decisions": [(one.value, showing.word_of(one.value)) for one in Decision],
        "wanted": wanted,
        "export_query": urlencode({name: value for name, value in wanted.items() if value}),
        "may_export": actor.may(access.EXPORT),
        "bulk": False,
        "empty": Empty(
            title=gettext("No line fits"),
            text=gettext("Everything that customers allow, refuse or take back is written here, line by line."),
            icon="checkbox",
            action=gettext("Show all"),
            url=reverse("consents:ledger"),
        ),
    }
    return render(request, "consents/ledger.html", context)


def _go(request: StaffRequest, url: str) -> HttpResponse:
    """Leave for a page, from a panel or from a plain form."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
