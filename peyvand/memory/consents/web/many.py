"""The same word of many customers at once, from the list of customers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files import services as files
from peyvand.foundation.files.services import FileRefusedError
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import capped_count
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.consents import access, queries, services
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import Source
from peyvand.memory.consents.web.forms import ManyForm, put_errors
from peyvand.memory.consents.web.views import PROOF
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.web.showing import query_of


@require_POST
def many(request: StaffRequest) -> HttpResponse:
    """What the ticked customers say, or all whom the list's conditions give: asked for first, then written."""
    actor = request.actor
    actor.require(CUSTOMERS_VIEW)
    actor.require(access.EDIT)
    query = query_of(request.GET)
    back = reverse("customers:list") + (f"?{urlencode(query)}" if query else "")
    everyone = request.POST.get("everyone") == "1"
    ids = [int(value) for value in request.POST.getlist("ids") if value.isdecimal() and len(value) < 19]
    chosen = _everyone(actor, query) if everyone else Customer.objects.filter(pk__in=ids)
    count, more = capped_count(
        access.customers_within(actor, access.EDIT).filter(pk__in=chosen.order_by().values("pk"))
    )
    if not count:
        toast(
            request,
            gettext("Nobody to write it down of: choose customers whose consents you may change."),
            level="info",
        )
        return redirect(back)
    purposes = queries.purposes(actor=actor)
    wordings = list(queries.wordings_now(actor=actor).values())
    sure = request.POST.get("sure") == "1"
    form = ManyForm(
        request.POST if sure else None, request.FILES if sure else None, purposes=purposes, wordings=wordings,
        initial={"source": Source.CALL, "decision": "given"},
    )  # fmt: skip
    if sure and form.is_valid():
        try:
            done = _write(actor, form, chosen if everyone else ids, wordings)
        except InvalidError as error:
            put_errors(form, error)
        except FileRefusedError as error:
            form.add_error("scan", str(error))
        else:
            _told(request, done)
            return redirect(back)
    context = {
        "form": form, "count": count, "more": more, "ids": ids, "everyone": everyone, "back": back,
        "here": f"?{urlencode(query)}" if query else "",
    }  # fmt: skip
    return render(request, "consents/many.html", context, status=422 if form.errors else 200)


def _everyone(actor: Actor, query: dict[str, str]) -> CustomerQuerySet:
    currency = customers.worth_currency(actor=actor, default=settings.text("default_currency"))
    return customers.customers(actor=actor, chosen=asked(actor=actor, query=query, currency=currency).chosen)


def _write(
    actor: Actor, form: ManyForm, chosen: CustomerQuerySet | list[int], wordings: list[Any]
) -> services.BulkResult:
    data = form.cleaned_data
    scan = data["scan"]
    with transaction.atomic():
        proof_file = None
        if scan is not None:
            proof_file = files.keep(
                actor=actor, name=scan.name, stream=scan.file, content_type=scan.content_type or "", purpose=PROOF
            )
        return services.consents_set(
            actor=actor, customers=chosen, purpose=data["purpose"], channels=data["channels"],
            decision=data["decision"], source=data["source"], at=form.moment(), wording=form.wording_of(wordings),
            proof=data["proof"], proof_file=proof_file, note=data["note"],
        )  # fmt: skip


def _told(request: StaffRequest, done: services.BulkResult) -> None:
    words = ngettext(
        "What %(count)s customer says was written down.", "What %(count)s customers say was written down.", done.changed
    )
    undo = reverse("consents:take-back", args=[done.change_set_id]) if done.change_set_id is not None else ""
    toast(request, words % {"count": number(done.changed)}, undo_url=undo)
