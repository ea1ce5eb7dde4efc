"""REST routes of price lists, and of what something costs somebody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Router, Schema
from ninja.params.functions import Query

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.ui.rest import Given, Id, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_VIEW, PRODUCTS_EDIT, customers_within
from peyvand.memory.commerce.api.paging import LARGEST_PAGE, page_of
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, Product
from peyvand.memory.commerce.services.orders import house_day

router = Router(tags=["commerce"])


class PriceListOut(Schema):
    """A price list without its prices. `audience` is everyone, tag or class; days are of the house, both included."""

    id: int
    name: str
    currency: str
    audience: str
    tag_id: int | None
    value_class: str
    valid_from: date | None
    valid_until: date | None
    priority: int
    archived: bool
    version: int


class PriceListIn(Given):
    """A price list to be made, or all of its values anew."""

    model_config = example({"name": "Wholesale", "currency": "IRR", "priority": 1})

    name: str
    currency: str
    audience: str = str(Audience.EVERYONE)
    tag_id: Id | None = None
    value_class: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    priority: int = 0
    archived: bool = False
    version: int | None = None


class ItemOut(Schema):
    """A price in the list's currency, or a percentage off the product's own; without a product, off all others."""

    id: int
    product_id: int | None
    min_quantity: Decimal
    price: Decimal | None
    percent_off: Decimal | None


class ItemIn(Given):
    """A price to be put into a list, in the place of the one for the same product and quantity."""

    model_config = example({"product_id": 1, "min_quantity": "10", "price": "95000"})

    product_id: Id | None = None
    min_quantity: Decimal = Decimal(0)
    price: Decimal | None = None
    percent_off: Decimal | None = None


class ItemPage(Schema):
    """A page of prices; `next` is the cursor of the page after, null at the end."""

    items: list[ItemOut]
    next: str | None


class PriceOut(Schema):
    """What one costs, null where nobody has said; from which list and item, null where it is the product's own."""

    amount: Decimal | None
    currency: str
    price_list_id: int | None
    price_list: str | None
    item_id: int | None
    percent_off: Decimal | None
    own_price: Decimal | None


@router.get("/price-lists", response=list[PriceListOut], summary="The price lists, the first asked first")
def price_lists_list(request: StaffRequest) -> list[PriceList]:
    """Archived ones too."""
    return list(queries.price_lists(actor=request.actor))


@router.post("/price-lists", response={201: PriceListOut}, summary="Make a price list")
def price_lists_create(request: StaffRequest, data: PriceListIn) -> tuple[int, PriceList]:
    """Its prices are put in afterwards."""
    return 201, _put(request, data, None)


@router.get("/price-lists/{price_list_id}", response=PriceListOut, summary="One price list")
def price_lists_get(request: StaffRequest, price_list_id: int) -> PriceList:
    """Without its prices."""
    try:
        return queries.price_list_get(actor=request.actor, price_list_id=price_list_id)
    except PriceList.DoesNotExist:
        raise Http404 from None


@router.put("/price-lists/{price_list_id}", response=PriceListOut, summary="Change or archive a price list")
def price_lists_update(request: StaffRequest, price_list_id: int, data: PriceListIn) -> PriceList:
    """Orders that were placed keep the prices they have."""
    return _put(request, data, _own(request, price_list_id))


def _put(request: StaffRequest, data: PriceListIn, price_list: PriceList | None) -> PriceList:
    said = services.PriceListData(**data.dict(exclude={"archived", "version"}))
    with change_set(actor=request.actor, kind="settings", title=data.name):
        made = services.price_list_save(actor=request.actor, data=said, price_list=price_list, version=data.version)
        if made.archived != data.archived:
            services.price_list_archive(actor=request.actor, price_list=made, archived=data.archived)
            made.refresh_from_db()
    return made


def _own(request: StaffRequest, price_list_id: int) -> PriceList:
    """403 without the right to change it, 404 where there is none."""
    request.actor.require(PRODUCTS_EDIT)
    return price_lists_get(request, price_list_id)


@router.get("/price-lists/{price_list_id}/items", response=ItemPage, summary="The prices of a list")
def items_list(
    request: StaffRequest,
    price_list_id: int,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """In the order in which they were put in."""
    found = queries.price_list_items(price_list=price_lists_get(request, price_list_id))
    return page_of(found, order=("id",), after=after, size=size)


@router.post("/price-lists/{price_list_id}/items", response={201: ItemOut}, summary="Put a price into a list")
def items_put(request: StaffRequest, price_list_id: int, data: ItemIn) -> tuple[int, PriceListItem]:
    """In the place of the one for the same product and quantity."""
    price_list = _own(request, price_list_id)
    return 201, services.item_save(actor=request.actor, price_list=price_list, data=services.ItemData(**data.dict()))


@router.delete(
    "/price-lists/{price_list_id}/items/{item_id}", response={204: None}, summary="Take a price out of a list"
)
def items_delete(request: StaffRequest, price_list_id: int, item_id: int) -> tuple[int, None]:
    """Orders that were placed keep it."""
    price_list = _own(request, price_list_id)
    if not price_list.items.filter(pk=item_id).exists():
        raise Http404
    services.items_remove(actor=request.actor, price_list=price_list, item_ids=[item_id])
    return 204, None


@router.get("/price", response=PriceOut, summary="What a product costs a customer")
def price(
    request: StaffRequest,
    product_id: int,
    currency: str,
    quantity: Decimal = Decimal(1),
    customer_id: int | None = None,
    on: date | None = None,
) -> dict[str, Any]:
    """On a day, in a currency, for so many of it; with the list that says so."""
    customer = None
    if customer_id is not None:
        customer = customers_within(request.actor, ORDERS_VIEW).filter(pk=customer_id).first()
    try:
        product = queries.product_get(actor=request.actor, product_id=product_id)
    except Product.DoesNotExist:
        raise Http404 from None
    if customer_id is not None and customer is None:
        raise Http404
    currency_of(currency)
    found = queries.price_of(
        actor=request.actor, customer=customer, product=product, quantity=quantity, currency=currency,
        on=on or house_day(timezone.now()),
    )  # fmt: skip
    return {
        "amount": found.amount, "currency": currency, "percent_off": found.percent_off, "own_price": found.own,
        "price_list_id": found.price_list.pk if found.price_list else None,
        "price_list": found.price_list.name if found.price_list else None,
        "item_id": found.item.pk if found.item else None,
    }  # fmt: skip
