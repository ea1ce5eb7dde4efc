"""One field changed where it stands: in a row of the list, or of many rows at once."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import shown, typed
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.ui.toasts import with_toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.fields import OF_PEOPLE, RECORD
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.forms import ValueForm
from peyvand.memory.customers.web.views.parts import editable_or_404


def _field(request: StaffRequest, name: str, customer: Customer | None = None) -> Field:
    field = fields_of(actor=request.actor, record=RECORD).get(name)
    if field is None or not field.edited or (customer and customer.is_organisation and name in OF_PEOPLE):
        raise Http404
    return field


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: StaffRequest, customer_id: int, field: str) -> HttpResponse:
    """A cell's form; saved, the cell as it stands then. Who saves after somebody else is told, and nothing is lost."""
    actor = request.actor
    customer = editable_or_404(request, customer_id)
    about = _field(request, field, customer)
    if request.method != "POST":
        if "shown" in request.GET:
            return _shown(request, customer, about)
        form = ValueForm(field=about, initial={"value": typed(about, showing.value_in(customer, about))})
        return _form(request, customer, about, form, customer.version)
    version = request.POST.get("version", "")
    form = ValueForm(request.POST, field=about)
    if not form.is_valid():
        return _form(request, customer, about, form, int(version) if version.isdecimal() else -1)
    try:
        done = services.field_set(
            actor=actor, customer=customer, field=about, value=form.cleaned_data["value"],
            version=int(version) if version.isdecimal() and len(version) < 10 else -1,
        )  # fmt: skip
    except InvalidError as error:
        form.add_error("value", " ".join(str(message) for message in error.errors.values()))
        return _form(request, customer, about, form, customer.version)
    except ConflictError as error:
        now = queries.customer_get(actor=actor, id=customer.pk)
        theirs = {
            "by": error.by or gettext("Somebody"), "value": shown(about, showing.value_in(now, about)) or "–",
        }  # fmt: skip
        return _form(request, now, about, form, error.version, theirs=theirs)
    except Customer.DoesNotExist:
        raise Http404 from None
    response = _shown(request, queries.customer_get(actor=actor, id=customer.pk), about)
    words = gettext("%(field)s of %(name)s was saved.") % {"field": about.label, "name": customer.name}
    return with_toast(response, words, undo_url=reverse("changes:undo", args=[done]))


def _form(
    request: StaffRequest, customer: Customer, field: Field, form: ValueForm, version: int, **more: object
) -> HttpResponse:
    context = {"customer": customer, "field": field, "form": form, "version": version, **more}
    return render(request, "customers/cell_form.html", context)


def _shown(request: StaffRequest, customer: Customer, field: Field) -> HttpResponse:
    """The cell as it stands, and the line under the name, which may speak of the same."""
    rows = queries.with_people(queries.customers(actor=request.actor).filter(pk=customer.pk), actor=request.actor)
    line = showing.line(queries.concealed(request.actor, rows)[0], currency="")
    context = {"line": line, "cell": showing.cell(line.customer, field, editable=True), "again": True}
    return render(request, "customers/cell.html", context)


@require_safe
def bulk_field(request: StaffRequest) -> HttpResponse:
    """What a field of many customers is set to."""
    request.actor.require(access.EDIT)
    if not request.GET.get("field"):
        return HttpResponse()
    field = _field(request, request.GET["field"])
    return render(request, "customers/bulk_value.html", {"field": field, "form": ValueForm(field=field)})
