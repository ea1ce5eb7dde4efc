"""Products on screen: the list, and the form of one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.lists import capped_count
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_EXPORT, ORDERS_IMPORT, PRODUCTS_EDIT, PRODUCTS_VIEW
from peyvand.memory.commerce.models import Product, ProductKind
from peyvand.memory.commerce.queries.products import tree_of
from peyvand.memory.commerce.web.forms import ProductForm, put_errors, said_price, shown_amount, unit_word
from peyvand.memory.commerce.web.order_views import Chip, Tab, address, page_of, undo_url

OPTIONS = 12


@require_safe
def product_list(request: StaffRequest) -> HttpResponse:
    """Products by name, in views by kind."""
    actor = request.actor
    text = request.GET.get("q", "").replace("\0", "")[:100]
    kind = request.GET.get("kind", "")
    kind = kind if kind in ProductKind.values else ""
    tree = queries.categories(actor=actor)
    wanted = request.GET.get("category", "")
    category = next((branch for branch in tree if str(branch.pk) == wanted), None)
    chosen = queries.ProductFilter(text=text, kind=kind, category_id=category.pk if category else None)
    found = queries.products(actor=actor, chosen=chosen)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    total, more = capped_count(found)
    page = page_of(request, found, ("name", "id"))
    page_url = address(request)
    context = {
        "page": page,
        "rows": [
            (
                product,
                said_price(product.unit_price, product.currency),
                unit_word(product.currency),
                tree.full(product.category_id),
            )
            for product in page.rows
        ],
        "page_url": page_url if page_url.endswith("?") else f"{page_url}&",
        "tabs": [
            Tab(label=gettext("All products"), url=address(request, kind=""), current=not kind),
            *(
                Tab(label=str(label), url=address(request, kind=value), current=kind == value)
                for value, label in ProductKind.choices
            ),
        ],
        "chips": [
            *([Chip("folder", gettext("Category"), category.full, address(request, category=""))] if category else []),
            *([Chip("search", gettext("Search"), text, address(request, q=""))] if text else []),
        ],
        "categories": [(branch, address(request, category=str(branch.pk))) for branch in tree.offered()],
        "chosen": chosen,
        "query": address(request).removeprefix("?"),
        "total": total,
        "total_more": more,
        "count_url": address(request, count="exact"),
        "bulk": False,
        "may_edit": actor.may(PRODUCTS_EDIT),
        "may_import": actor.may(ORDERS_IMPORT),
        "may_export": actor.may(ORDERS_EXPORT),
        "empty": _empty(actor=actor, narrowed=chosen != queries.ProductFilter()),
    }
    return render(request, "commerce/products.html", context)


def _empty(*, actor: Actor, narrowed: bool) -> Empty:
    if narrowed:
        return Empty(
            title=gettext("No product fits"),
            text=gettext("Search by a part of the code or the name."),
            icon="package",
            action=gettext("Show all products"),
            url=reverse("commerce:products"),
        )
    return Empty(
        title=gettext("No products yet"),
        text=gettext("Products come with your orders, or from a price list: code, name, price, cost."),
        icon="package",
        action=gettext("New product") if actor.may(PRODUCTS_EDIT) else "",
        url=reverse("commerce:product-new") if actor.may(PRODUCTS_EDIT) else "",
        second=gettext("Bring in a price list") if actor.may(ORDERS_IMPORT) else "",
        second_url=reverse("transfer:imports") if actor.may(ORDERS_IMPORT) else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def product_form(request: StaffRequest, product_id: int | None = None) -> HttpResponse:
    """Make a product or change one."""
    actor = request.actor
    actor.require(PRODUCTS_VIEW if product_id and request.method != "POST" else PRODUCTS_EDIT)
    try:
        product = queries.product_get(actor=actor, product_id=product_id) if product_id else None
    except Product.DoesNotExist:
        raise Http404 from None
    tree = tree_of(demo=actor.demo)
    form = ProductForm(request.POST or None, tree=tree, own=product, initial=_initial(product))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        version = data.pop("version")
        try:
            with change_set(
                actor=actor, kind="edit", title=gettext("Product %(name)s") % {"name": data["name"]}
            ) as done:
                services.product_save(actor=actor, data=services.ProductData(**data), product=product, version=version)
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The product was saved."), undo_url=undo_url(done.pk))
            return redirect("commerce:products")
    context = {"form": form, "product": product, "may_edit": actor.may(PRODUCTS_EDIT)}
    return render(request, "commerce/product.html", context, status=422 if form.errors else 200)


def _initial(product: Product | None) -> dict[str, object]:
    if product is None:
        return {"currency": settings.text("default_currency"), "active": True}
    return {
        "sku": product.sku,
        "name": product.name,
        "kind": product.kind,
        "currency": product.currency,
        "unit_price": shown_amount(product.unit_price, product.currency),
        "unit_cost": shown_amount(product.unit_cost, product.currency),
        "active": product.active,
        "category_id": product.category_id or "",
        "version": product.version,
    }


@require_safe
def product_options(request: StaffRequest) -> HttpResponse:
    """Options of a <datalist>: products whose code or name has what was typed."""
    text = request.GET.get("product", "").replace("\0", "")
    chosen = queries.ProductFilter(text=text, active=True)
    found = queries.products(actor=request.actor, chosen=chosen).order_by("name", "pk")[:OPTIONS]
    return render(request, "commerce/product_options.html", {"products": found})
