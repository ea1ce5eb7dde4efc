"""What colleagues say of a customer under names: written down and taken back."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.ui.fields import DateField
from peyvand.memory.customers import services, traits
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Trait
from peyvand.memory.customers.web.views.parts import editable_or_404
from peyvand.memory.customers.web.views.structure import go_to


class TraitForm(forms.Form):
    """Something that is known: words or a number under a name."""

    name = forms.CharField(
        label=_("What is it"), widget=forms.TextInput({"dir": "auto", "maxlength": 80, "list": "cu-traits"}),
        help_text=_("Like favourite tea, number of branches."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Is it"), choices=[("text", _("words")), ("number", _("a number"))], widget=forms.RadioSelect(),
    )  # fmt: skip
    value = forms.CharField(label=_("Words or number"), widget=forms.TextInput({"dir": "auto", "maxlength": 500}))
    at = DateField(label=_("As of which day"), required=False)

    def row(self) -> dict[str, object]:
        """What the verb takes; ValidationError's words stand at the value where it is no number."""
        found = self.cleaned_data
        given = {"name": found["name"], "at": found["at"]}
        if found["kind"] == "text":
            return {**given, "text": found["value"]}
        return {**given, "number": parse_amount(found["value"])}


@require_http_methods(["GET", "HEAD", "POST"])
def trait_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The side panel in which something is said of a customer."""
    customer = editable_or_404(request, customer_id)
    form = TraitForm(request.POST or None, initial={"kind": "text", "name": request.GET.get("name", "")[:80]})
    if request.method == "POST" and form.is_valid():
        try:
            services.trait_set(actor=request.actor, customer=customer, **form.row())  # type: ignore[arg-type]
        except AmountError as error:
            form.add_error("value", str(error))
        except InvalidError as error:
            for name, message in error.errors.items():
                place = "value" if name in ("text", "number") else name
                form.add_error(place if place in form.fields else None, str(message))
        else:
            return go_to(request, customer)
    names = [one.name for one in traits.names(actor=request.actor) if one.said]
    context = {"customer": customer, "form": form, "names": names}
    return render(request, "customers/trait_panel.html", context, status=422 if form.errors else 200)


@require_POST
def trait_remove(request: StaffRequest, customer_id: int, trait_id: int) -> HttpResponse:
    """Take back what was said."""
    customer = editable_or_404(request, customer_id)
    trait = Trait.objects.filter(pk=trait_id, customer=customer, source__in=services.SAID).first()
    if trait is None:
        raise Http404
    services.trait_remove(actor=request.actor, trait=trait)
    return redirect("customers:one", customer.pk)
