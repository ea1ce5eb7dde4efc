"""The pages of webhooks, under Settings: endpoints, and what was delivered to them."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import ngettext as many
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.foundation.webhooks import access, queries, services, showing
from peyvand.foundation.webhooks.batching import body_of
from peyvand.foundation.webhooks.errors import ConflictError, InvalidError
from peyvand.foundation.webhooks.models import State, WebhookDelivery, WebhookEndpoint
from peyvand.foundation.webhooks.web.forms import EndpointForm

PAGE = 50
LATELY = 8
LARGEST_ID = 2**63 - 1


def _endpoint(request: StaffRequest, pk: int) -> WebhookEndpoint:
    access.require_view(request.actor)
    try:
        return queries.endpoint_get(actor=request.actor, id=min(pk, LARGEST_ID))
    except WebhookEndpoint.DoesNotExist:
        raise Http404 from None


@require_safe
def endpoints(request: StaffRequest) -> HttpResponse:
    """The endpoints, each with its last two days and its last result."""
    access.require_view(request.actor)
    found = queries.endpoints(actor=request.actor)
    health = queries.health(endpoint_ids=[one.pk for one in found])
    may_manage = request.actor.may(access.MANAGE)
    context = {
        "rows": [showing.endpoint_shown(one, health[one.pk]) for one in found],
        "may_manage": may_manage,
        "empty": Empty(
            title=gettext("Let other programs hear at once"),
            text=gettext(
                "Your shop, your accounting or a script gives an address; Peyvand sends a signed message there as soon "
                "as a customer, an order or a consent changes, and tries again until it arrives."
            ),
            icon="webhook",
            action=gettext("New webhook") if may_manage else "",
            url=reverse("webhooks:endpoint-new"),
        ),
    }
    return render(request, "webhooks/endpoints.html", context)


@never_cache
@require_safe
def endpoint(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint: how it does, what it heard lately, what can be done."""
    return _page(request, _endpoint(request, endpoint_id))


def _to_come(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment > timezone.now() else None


def _page(request: StaffRequest, found: WebhookEndpoint, secret: str = "") -> HttpResponse:
    health = queries.health(endpoint_ids=[found.pk])[found.pk]
    lately = queries.deliveries(actor=request.actor, endpoint_id=found.pk).order_by(*queries.NEWEST_FIRST)[:LATELY]
    context = {
        "endpoint": found,
        "shown": showing.endpoint_shown(found, health),
        "events": [(name, showing.event_label(name)) for name in found.events],
        "lately": [showing.delivery_shown(one) for one in lately],
        "counts": queries.counts_by_state(endpoint_id=found.pk),
        "both_until": _to_come(found.previous_until),
        "resting_until": _to_come(found.resting_until) if found.enabled else None,
        "may_manage": request.actor.may(access.MANAGE),
        "secret": secret,
    }
    return render(request, "webhooks/endpoint.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_new(request: StaffRequest) -> HttpResponse:
    """A new endpoint; its secret is shown once, on the page that answers."""
    request.actor.require(access.MANAGE)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.endpoint_create(actor=request.actor, data=form.data_given())
        except InvalidError as error:
            form.put_errors(error)
        else:
            return _page(request, made, secret)
    return _form(request, form, None)


def _form(request: StaffRequest, form: EndpointForm, found: WebhookEndpoint | None) -> HttpResponse:
    groups = [
        (group.label, [(one, showing.pretty(message), one.name in form.chosen) for one, message in group.events])
        for group in queries.event_groups()
    ]
    context = {"form": form, "endpoint": found, "groups": groups}
    return render(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_edit(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Change an endpoint. Who is second is told so, and keeps what they typed."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    form = EndpointForm(request.POST or None, endpoint=found)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.endpoint_update(
                actor=request.actor,
                endpoint_id=endpoint_id,
                data=form.data_given(),
                version=form.cleaned_data["version"],
            )
        except InvalidError as error:
            form.put_errors(error)
        except ConflictError:
            form.add_error(None, gettext("Somebody else has changed it since you opened it. Save again to keep yours."))
            form.data = {**request.POST.dict(), "events": request.POST.getlist("events"), "version": found.version}
        else:
            toast(request, gettext("Saved."), undo_url=reverse("changes:undo", args=[done]))
            return redirect("webhooks:endpoint", endpoint_id)
    return _form(request, form, found)


@require_POST
def endpoint_delete(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Delete it; that can be taken back."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    done = services.endpoint_delete(actor=request.actor, endpoint_id=found.pk)
    text = gettext("The webhook to %(name)s was deleted.") % {"name": found.name[:200]}
    toast(request, text, undo_url=reverse("changes:undo", args=[done]))
    return redirect("webhooks:endpoints")


@require_POST
def endpoint_switch(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Turn it on or off."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    on = request.POST.get("on") == "1"
    done = services.endpoint_switch(actor=request.actor, endpoint_id=found.pk, on=on)
    words = gettext("It is on; what waited goes out now.") if on else gettext("It is off. Nothing is sent there.")
    toast(request, words, undo_url=reverse("changes:undo", args=[done]) if done else "")
    return redirect("webhooks:endpoint", endpoint_id)


@never_cache
@require_POST
def rotate(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, shown once; the old one signs for another day."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    _changed, secret = services.secret_rotate(actor=request.actor, endpoint_id=found.pk)
    return _page(request, _endpoint(request, endpoint_id), secret)


@require_POST
def test(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send a message that says nothing, and go where one sees it arrive."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    try:
        made = services.endpoint_test(actor=request.actor, endpoint_id=found.pk)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect("webhooks:endpoint", endpoint_id)
    return redirect("webhooks:delivery", made.pk)


@require_POST
def resend_given_up(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send everything again that was given up."""
    request.actor.require(access.MANAGE)
    found = _endpoint(request, endpoint_id)
    try:
        count = services.given_up_resend(actor=request.actor, endpoint_id=found.pk)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        words = many("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        toast(request, words % {"count": formats.number(count)})
    return redirect("webhooks:endpoint", endpoint_id)


@require_safe
def deliveries(request: StaffRequest) -> HttpResponse:
    """What was sent, newest first, by state, event, endpoint and time."""
    actor = request.actor
    access.require_view(actor)
    known = {str(one.pk): one for one in queries.endpoints(actor=actor)}
    names = [(event.name, str(event.label)) for group in queries.event_groups() for event, _message in group.events]
    names.append((services.TEST, showing.event_label(services.TEST)))
    asked = request.GET
    wanted = {
        "state": asked.get("state", "") if asked.get("state") in State.values else "",
        "event": asked.get("event", "") if asked.get("event") in dict(names) else "",
        "endpoint": asked.get("endpoint", "") if asked.get("endpoint") in known else "",
        "since": asked.get("since", "") if asked.get("since") in queries.SINCE else "",
        "id": asked.get("id", "")[:60],
    }
    found = queries.deliveries(
        actor=actor, state=wanted["state"], event=wanted["event"], webhook_id=wanted["id"],
        endpoint_id=int(wanted["endpoint"]) if wanted["endpoint"] else None,
        since=timezone.now() - queries.SINCE[wanted["since"]] if wanted["since"] else None,
    )  # fmt: skip
    before, after = asked.get("before"), asked.get("after")
    try:
        page = paginate(found, order=queries.NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=queries.NEWEST_FIRST, size=PAGE)
    query = asked.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    context = {
        "page": page,
        "page_url": f"?{query.urlencode()}&" if query else "?",
        "rows": [showing.delivery_shown(one) for one in page.rows],
        "states": [(one.value, one.label) for one in State],
        "events": names,
        "endpoints": [(pk, one.name) for pk, one in known.items()],
        "times": [("hour", gettext("Last hour")), ("day", gettext("Last 24 hours")), ("week", gettext("Last 7 days"))],
        "wanted": wanted,
        "bulk": False,
        "empty": Empty(
            title=gettext("Nothing was sent that fits"),
            text=gettext("Every message to another program stands here for 30 days, with each try and its answer."),
            icon="send",
            action=gettext("Show all"),
            url=reverse("webhooks:deliveries"),
        ),
    }
    return render(request, "webhooks/deliveries.html", context)


@require_safe
def delivery(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """One message: what was sent, under which headers, and every try."""
    access.require_view(request.actor)
    try:
        found = queries.delivery_get(actor=request.actor, id=min(delivery_id, LARGEST_ID))
    except WebhookDelivery.DoesNotExist:
        raise Http404 from None
    attempts = list(found.attempts.order_by("-id")[:100])
    body = body_of(found.payload)
    names = {"webhook-id": found.webhook_id}
    if attempts:
        names["webhook-timestamp"] = str(attempts[0].timestamp)
    context = {
        "delivery": found,
        "shown": showing.delivery_shown(found),
        "attempts": [showing.attempt_shown(one) for one in attempts],
        "body": showing.pretty(found.payload),
        "size": len(body),
        "headers": names,
        "may_manage": request.actor.may(access.MANAGE),
        "soon": found.alive and found.endpoint.sends and not attempts,
    }
    return render(request, "webhooks/delivery.html", context)


@require_POST
def resend(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Send it once more, under its old webhook-id."""
    request.actor.require(access.MANAGE)
    try:
        services.delivery_resend(actor=request.actor, delivery_id=min(delivery_id, LARGEST_ID))
    except WebhookDelivery.DoesNotExist:
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, gettext("It is sent again now."))
    return redirect("webhooks:delivery", delivery_id)
