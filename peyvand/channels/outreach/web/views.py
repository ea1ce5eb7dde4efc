"""The ledger: what was sent, what is held and why, and what nobody knows the fate of."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.channels.outreach import access, opened, queries, services, showing
from peyvand.channels.outreach.carriers import carriers
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Message, State
from peyvand.channels.outreach.queries import NEWEST_FIRST, Chosen
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

PAGE = 50
NAMES = ("state", "channel", "purpose", "reason", "customer", "source")
VIEWS = ("", "held", "refused", "failed", "unknown")


def asked(query: dict[str, str]) -> tuple[Chosen, dict[str, str]]:
    """What an address asks for; what makes no sense is left out."""
    given = {name: query.get(name, "").replace("\x00", "").strip()[:100] for name in NAMES}
    if given["state"] not in (*State.values, "unknown"):
        given["state"] = ""
    if not (given["customer"].isdecimal() and len(given["customer"]) < 19):
        given["customer"] = ""
    kind, _sign, number = given["source"].partition(":")
    source = (kind, int(number)) if kind and number.isdecimal() and len(number) < 19 else None
    if source is None:
        given["source"] = ""
    chosen = Chosen(
        state=given["state"], channel=given["channel"], purpose=given["purpose"], reason=given["reason"],
        customer_id=int(given["customer"]) if given["customer"] else None, source=source,
    )  # fmt: skip
    return chosen, {name: value for name, value in given.items() if value}


@require_safe
def ledger(request: StaffRequest) -> HttpResponse:
    """Messages, the latest first, under conditions that stand in the address; with counts of what became of them."""
    actor = request.actor
    actor.require(access.VIEW)
    chosen, given = asked(request.GET.dict())
    found = queries.messages(actor=actor, chosen=chosen)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=NEWEST_FIRST, size=PAGE)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(found)
    names = showing.purpose_names(demo=actor.demo)
    context = {
        "page": page,
        "rows": [showing.row(one, names) for one in page.rows],
        "total": total,
        "total_more": more,
        "page_url": f"?{urlencode(given)}&" if given else "?",
        "given": given,
        "bulk": False,
        "tabs": _tabs(actor, given),
        "channels": [(one.name, one.label) for one in carriers(actor.demo)],
        "purposes": sorted(names.items(), key=lambda pair: pair[1]),
        "states": State.choices,
        "may_send": actor.may(access.SEND),
        "may_write": actor.may(access.WRITE),
        "may_manage": actor.may(access.MANAGE),
        "empty": Empty(
            title=gettext("Nothing matches.") if given else gettext("Nothing has been sent yet"),
            text=gettext(
                "Every message stands here with what became of it, and when it was not sent, with the reason."
            ),
            icon="send",
            action=gettext("Write to many") if actor.may(access.SEND) else "",
            url=reverse("outreach:many") if actor.may(access.SEND) else "",
            sample=gettext("For example: 96 people left out, because they have not allowed text messages."),
        ),
    }
    return render(request, "outreach/list.html", context)


def _tabs(actor: Actor, given: dict[str, str]) -> list[dict[str, object]]:
    labels = {
        "": gettext("All"), "held": gettext("Held back"), "refused": gettext("Not sent"),
        "failed": gettext("Not delivered"), "unknown": gettext("Fate not known"),
    }  # fmt: skip
    rest = {name: value for name, value in given.items() if name != "state"}
    waiting = queries.waiting_for_people(actor=actor)
    return [
        {
            "label": labels[state], "url": f"?{urlencode({**rest, **({'state': state} if state else {})})}",
            "current": given.get("state", "") == state, "count": waiting if state == "unknown" and waiting else "",
        }
        for state in VIEWS
    ]  # fmt: skip


def message_or_404(actor: Actor, message_id: int) -> Message:
    """The message, if the actor may see it; else the same 404."""
    actor.require(access.VIEW)
    try:
        return queries.message_get(actor=actor, id=message_id)
    except Message.DoesNotExist:
        raise Http404 from None


@require_safe
def one(request: StaffRequest, message_id: int) -> HttpResponse:
    """One message: what was said, what the gate said of it, what the provider told."""
    actor = request.actor
    message = message_or_404(actor, message_id)
    context = {
        "row": showing.row(message, showing.purpose_names(demo=actor.demo)), "message": message,
        "said": showing.said(message), "verdict": showing.verdict(message), "cost": showing.cost_of(message),
        "reports": queries.reports_of(actor=actor, message=message),
        "opened": opened.opened_of(actor=actor, message=message),
        "later": showing.rows(queries.later_of(actor=actor, message=message), demo=actor.demo),
        "may_cancel": actor.may(access.SEND) and message.state in (State.PENDING, State.HELD),
        "may_decide": actor.may(access.SEND) and message.state == State.INDETERMINATE,
    }  # fmt: skip
    return render(request, "outreach/one.html", context)


@require_POST
def cancel(request: StaffRequest, message_id: int) -> HttpResponse:
    """Call off one that waits or is held."""
    actor = request.actor
    message = message_or_404(actor, message_id)
    try:
        services.message_cancel(actor=actor, message=message)
    except Message.DoesNotExist:
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("Called off; it will not be sent."))
    return redirect("outreach:one", message_id)


@require_POST
def decide(request: StaffRequest, message_id: int) -> HttpResponse:
    """Say of one that nobody knows of whether it arrived."""
    actor = request.actor
    message = message_or_404(actor, message_id)
    try:
        services.message_decide(actor=actor, message=message, arrived=request.POST.get("arrived") == "1")
    except Message.DoesNotExist:
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("Noted."))
    return redirect("outreach:one", message_id)
