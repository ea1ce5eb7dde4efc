"""Price lists on screen: all of them, one with its prices, and the forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.fields import CodeInput, DateField, SearchSelect
from peyvand.foundation.ui.lists import capped_count
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_EXPORT, ORDERS_IMPORT, PRODUCTS_EDIT
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, Product
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.web.forms import (
    currency_choices,
    put_errors,
    said_exactly,
    shown_amount,
    typed_amount,
    unit_word,
)
from peyvand.memory.commerce.web.order_views import address, page_of, undo_url
from peyvand.memory.commerce.web.wording import days, item_price, typed_percent, whom
from peyvand.memory.customers.models import Tag

BY_PRODUCT = ("product__name", "min_quantity", "id")
EVERYONE = str(Audience.EVERYONE)


class PriceListForm(forms.Form):
    """The head of a price list. For whom it is, is one choice: everyone, a tag, or a value class."""

    name = forms.CharField(label=_("Name"), max_length=120)
    currency = forms.ChoiceField(label=_("Currency"))
    audience = forms.ChoiceField(label=_("For whom"), widget=SearchSelect)
    valid_from = DateField(label=_("From the day"), required=False)
    valid_until = DateField(label=_("To the day"), required=False, help_text=_("That day included."))
    priority = forms.IntegerField(
        label=_("Priority"), required=False, widget=CodeInput({"inputmode": "numeric"}),
        help_text=_("Where several lists hold for a customer, the highest counts."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, demo: bool, fixed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        tags = [
            (f"tag:{tag.pk}", gettext("Tag: %(name)s") % {"name": tag.name})
            for tag in Tag.objects.filter(demo=demo).order_by("name")
        ]
        classes = [
            (f"class:{code}", gettext("Class: %(name)s") % {"name": label}) for code, (label, _icon) in CLASSES.items()
        ]
        groups = [(EVERYONE, gettext("Everyone")), (gettext("With the tag"), tags), (gettext("Of the class"), classes)]
        for name, choices in (("currency", currency_choices()), ("audience", groups)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["currency"].disabled = fixed

    def data_of(self) -> services.PriceListData:
        """What the services take."""
        given = self.cleaned_data
        kind, _colon, what = given["audience"].partition(":")
        return services.PriceListData(
            name=given["name"], currency=given["currency"], audience=kind,
            tag_id=int(what) if kind == Audience.TAG else None, value_class=what if kind == Audience.CLASS else "",
            valid_from=given["valid_from"], valid_until=given["valid_until"], priority=given["priority"] or 0,
        )  # fmt: skip


def _initial(price_list: PriceList | None) -> dict[str, Any]:
    if price_list is None:
        return {"currency": settings.text("default_currency"), "audience": EVERYONE, "priority": 0}
    what = price_list.tag_id if price_list.audience == Audience.TAG else price_list.value_class
    return {
        "name": price_list.name, "currency": price_list.currency,
        "audience": EVERYONE if price_list.audience == Audience.EVERYONE else f"{price_list.audience}:{what}",
        "valid_from": price_list.valid_from, "valid_until": price_list.valid_until, "priority": price_list.priority,
        "version": price_list.version,
    }  # fmt: skip


class ItemForm(forms.Form):
    """A price, or a percentage off, of one product, or of all."""

    product = forms.CharField(
        label=_("Product code"), required=False, help_text=_("Empty: every product that the list does not name."),
        widget=CodeInput(),
    )  # fmt: skip
    price = forms.CharField(label=_("Price, or per cent off"), widget=CodeInput())
    min_quantity = forms.CharField(
        label=_("From the quantity"), required=False, widget=CodeInput({"inputmode": "decimal"})
    )

    def __init__(self, *args: Any, price_list: PriceList, demo: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.price_list, self.demo = price_list, demo
        self.fields["product"].widget.attrs |= {
            "list": "products", "autocomplete": "off", "hx-get": reverse("commerce:product-options"),
            "hx-trigger": "input changed delay:200ms", "hx-target": "#products",
        }  # fmt: skip
        unit = unit_word(price_list.currency)
        self.fields["price"].help_text = gettext("In %(unit)s; or a percentage, like 12.5%%.") % {"unit": unit}

    def data_of(self) -> services.ItemData:
        """What the services take. ValidationError and AmountError say what to type."""
        given = self.cleaned_data
        code = given["product"].strip()
        product = Product.objects.filter(demo=self.demo, sku__iexact=code).first() if code else None
        if code and product is None:
            raise ValidationError({"product": gettext("No product has this code. Choose one from the list.")})
        percent = typed_percent(given["price"])
        quantity = parse_amount(given["min_quantity"]) if given["min_quantity"].strip() else Decimal(0)
        return services.ItemData(
            product_id=product.pk if product else None, min_quantity=quantity,
            price=None if percent is not None else typed_amount(given["price"], self.price_list.currency),
            percent_off=percent,
        )  # fmt: skip


@dataclass(frozen=True)
class ListShown:
    """A price list as a row: for whom, when, and whether it holds today."""

    price_list: PriceList
    whom: str
    days: str
    state: str  # now, later, over, archived
    unit: str


def _shown(price_list: PriceList, today: date) -> ListShown:
    one = price_list
    if one.archived:
        state = "archived"
    elif one.valid_from is not None and one.valid_from > today:
        state = "later"
    else:
        state = "over" if one.valid_until is not None and one.valid_until < today else "now"
    return ListShown(one, whom(one), days(one.valid_from, one.valid_until), state, unit_word(one.currency))


@require_safe
def price_lists(request: StaffRequest) -> HttpResponse:
    """The price lists in the order in which they are asked."""
    actor = request.actor
    today = house_day(timezone.now())
    context = {
        "rows": [_shown(one, today) for one in queries.price_lists(actor=actor)],
        "may_edit": actor.may(PRODUCTS_EDIT),
        "may_import": actor.may(ORDERS_IMPORT),
        "may_export": actor.may(ORDERS_EXPORT),
    }
    return render(request, "commerce/price_lists.html", context)


def _one(request: StaffRequest, price_list_id: int, *, edit: bool = False) -> PriceList:
    if edit:
        request.actor.require(PRODUCTS_EDIT)
    try:
        return queries.price_list_get(actor=request.actor, price_list_id=price_list_id)
    except PriceList.DoesNotExist:
        raise Http404 from None


@require_safe
def price_list(request: StaffRequest, price_list_id: int) -> HttpResponse:
    """One price list with its prices, and a form for one more."""
    found = _one(request, price_list_id)
    wanted = next((item for item in found.items.filter(pk=_number(request.GET.get("item")))), None)
    return _page(request, found, ItemForm(price_list=found, demo=found.demo, initial=_item_initial(wanted, found)))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _item_initial(item: PriceListItem | None, price_list: PriceList) -> dict[str, str]:
    if item is None:
        return {}
    percent = item.percent_off
    return {
        "product": item.product.sku if item.product else "",
        "price": shown_amount(item.price, price_list.currency) if percent is None else f"{percent.normalize():f}%",
        "min_quantity": f"{item.min_quantity.normalize():f}" if item.min_quantity else "",
    }


def _page(request: StaffRequest, found: PriceList, form: ItemForm) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "")[:100]
    items = queries.price_list_items(price_list=found)
    if text.strip():
        items = items.filter(product__search_key__contains=fa_key(text))
    page = page_of(request, items, BY_PRODUCT)
    page_url = address(request, item="")
    total, more = capped_count(items)
    context = {
        "shown": _shown(found, house_day(timezone.now())),
        "price_list": found,
        "page": page,
        "page_url": page_url if page_url.endswith("?") else f"{page_url}&",
        "rows": [
            (item, item_price(item, found.currency), said_exactly(item.min_quantity) if item.min_quantity else "")
            for item in page.rows
        ],
        "total": total,
        "total_more": more,
        "text": text,
        "form": form,
        "may_edit": request.actor.may(PRODUCTS_EDIT),
        "may_export": request.actor.may(ORDERS_EXPORT),
        "bulk": False,
    }
    return render(request, "commerce/price_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def price_list_form(request: StaffRequest, price_list_id: int | None = None) -> HttpResponse:
    """Make a price list, or change its head."""
    actor = request.actor
    actor.require(PRODUCTS_EDIT)
    found = _one(request, price_list_id, edit=True) if price_list_id else None
    form = PriceListForm(request.POST or None, demo=actor.demo, fixed=found is not None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        data = form.data_of()
        try:
            with change_set(actor=actor, kind="settings", title=data.name) as done:
                made = services.price_list_save(
                    actor=actor, data=data, price_list=found, version=form.cleaned_data["version"]
                )
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The price list was saved."), undo_url=undo_url(done.pk))
            return redirect("commerce:price-list", made.pk)
    context = {"form": form, "price_list": found}
    return render(request, "commerce/price_list_form.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: StaffRequest, price_list_id: int) -> HttpResponse:
    """Let a price list no longer hold, or hold again."""
    found = _one(request, price_list_id, edit=True)
    archived = request.POST.get("archived") == "1"
    done = services.price_list_archive(actor=request.actor, price_list=found, archived=archived)
    words = gettext("“%(name)s” no longer holds.") if archived else gettext("“%(name)s” holds again.")
    toast(request, words % {"name": found.name}, undo_url=undo_url(done))
    return redirect("commerce:price-lists")


@require_POST
def item_put(request: StaffRequest, price_list_id: int) -> HttpResponse:
    """Put a price into the list."""
    found = _one(request, price_list_id, edit=True)
    form = ItemForm(request.POST, price_list=found, demo=found.demo)
    if form.is_valid():
        try:
            with change_set(actor=request.actor, kind="edit", title=found.name) as done:
                services.item_save(actor=request.actor, price_list=found, data=form.data_of())
        except ValidationError as error:
            put_errors(form, error)
        except AmountError as error:
            form.add_error("price", str(error))
        else:
            toast(request, gettext("The price was put into the list."), undo_url=undo_url(done.pk))
            return redirect("commerce:price-list", found.pk)
    return _page(request, found, form)


@require_POST
def item_remove(request: StaffRequest, price_list_id: int, item_id: int) -> HttpResponse:
    """Take a price out of the list."""
    found = _one(request, price_list_id, edit=True)
    if not found.items.filter(pk=item_id).exists():
        raise Http404
    done = services.items_remove(actor=request.actor, price_list=found, item_ids=[item_id])
    toast(request, gettext("The price was taken out of the list."), undo_url=undo_url(done))
    return redirect("commerce:price-list", found.pk)
