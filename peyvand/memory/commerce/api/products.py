"""REST routes of products and their categories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.ui.rest import Given, Id, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import PRODUCTS_EDIT
from peyvand.memory.commerce.api.paging import LARGEST_PAGE, page_of
from peyvand.memory.commerce.models import Category, Product, ProductKind
from peyvand.memory.commerce.queries import ProductFilter

router = Router(tags=["commerce"])


class ProductOut(Schema):
    """A product."""

    id: int
    sku: str
    name: str
    kind: str
    unit_price: Decimal | None
    unit_cost: Decimal | None
    currency: str
    active: bool
    category_id: int | None
    version: int


class ProductPage(Schema):
    """A page of products."""

    items: list[ProductOut]
    next: str | None


class ProductIn(Given):
    """A product to be made, or all of its values anew."""

    model_config = example({"sku": "TEA-1", "name": "چای لاهیجان", "currency": "IRR", "unit_price": "120000"})

    sku: str
    name: str
    currency: str
    kind: str = str(ProductKind.GOODS)
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    active: bool = True
    category_id: Id | None = None
    version: int | None = None


class CategoryOut(Schema):
    """A category in the tree: after the one above it, siblings in their order."""

    id: int
    parent_id: int | None
    name_fa: str
    name_en: str
    position: int
    archived: bool


class CategoryIn(Given):
    """A category to be made, or all of its values anew."""

    model_config = example({"name_fa": "چای", "name_en": "Tea"})

    name_fa: str = ""
    name_en: str = ""
    parent_id: Id | None = None
    archived: bool = False


@router.get("/products", response=ProductPage, summary="Products by name")
def products_list(
    request: StaffRequest,
    q: str = Query("", max_length=100),
    kind: str = "",
    category_id: int | None = None,
    active: bool | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """By words, kind, category and whether they are on sale."""
    chosen = ProductFilter(text=q, kind=kind, category_id=category_id, active=active)
    return page_of(queries.products(actor=request.actor, chosen=chosen), order=("name", "id"), after=after, size=size)


@router.post("/products", response={201: ProductOut}, summary="Make a product")
def products_create(request: StaffRequest, data: ProductIn) -> tuple[int, Product]:
    """A code belongs to one product only."""
    return 201, services.product_save(actor=request.actor, data=_product(data))


@router.get("/products/{product_id}", response=ProductOut, summary="One product")
def products_get(request: StaffRequest, product_id: int) -> Product:
    """With its own price, which holds where no price list says another."""
    try:
        return queries.product_get(actor=request.actor, product_id=product_id)
    except Product.DoesNotExist:
        raise Http404 from None


@router.put("/products/{product_id}", response=ProductOut, summary="Change a product")
def products_update(request: StaffRequest, product_id: int, data: ProductIn) -> Product:
    """All of its values; with `version`, 409 when somebody changed it since."""
    product = products_get(request, product_id)
    return services.product_save(actor=request.actor, data=_product(data), product=product, version=data.version)


def _product(data: ProductIn) -> services.ProductData:
    return services.ProductData(**data.dict(exclude={"version"}))


@router.get("/product-categories", response=list[CategoryOut], summary="The tree of categories")
def categories_list(request: StaffRequest) -> list[Category]:
    """Each after the one above it, archived ones too."""
    return [branch.category for branch in queries.categories(actor=request.actor)]


@router.post("/product-categories", response={201: CategoryOut}, summary="Make a category")
def categories_create(request: StaffRequest, data: CategoryIn) -> tuple[int, Category]:
    """At the end of its siblings."""
    return 201, _category_put(request, data, None)


@router.put("/product-categories/{category_id}", response=CategoryOut, summary="Rename, move or archive a category")
def categories_update(request: StaffRequest, category_id: int, data: CategoryIn) -> Category:
    """Its products stay in it."""
    request.actor.require(PRODUCTS_EDIT)
    try:
        category = queries.category_get(actor=request.actor, category_id=category_id)
    except Category.DoesNotExist:
        raise Http404 from None
    return _category_put(request, data, category)


def _category_put(request: StaffRequest, data: CategoryIn, category: Category | None) -> Category:
    with change_set(actor=request.actor, kind="settings", title=data.name_fa or data.name_en):
        made = services.category_save(
            actor=request.actor, name_fa=data.name_fa, name_en=data.name_en, parent_id=data.parent_id, category=category
        )
        if made.archived != data.archived:
            services.category_archive(actor=request.actor, category=made, archived=data.archived)
            made.refresh_from_db()
    return made
