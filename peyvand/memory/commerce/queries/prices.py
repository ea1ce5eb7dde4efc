"""What something costs somebody: one look-up, which says from which list and why.

The lists that hold are those of the currency that are not archived, whose days include the day, and whose audience the
customer belongs to. They are asked in this order, and the first that has a price decides:

1. the higher priority;
2. for a tag or a class before for everyone;
3. the later first day (one without a first day last);
4. the lower id.

Of a list, what is said of the product goes before what is said of all products, and the highest minimum quantity that
the quantity reaches goes before lower ones. A percentage off needs the product's own price in that currency: where it
has none the list is passed over. Without a list it is the product's own price, in its own currency only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import PRODUCTS_VIEW
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, Product
from peyvand.memory.commerce.money import EXACT, decimals, exponent_of
from peyvand.memory.customers.models import Customer, CustomerTag, Trait
from peyvand.memory.customers.queries import CLASS


@dataclass(frozen=True)
class Price:
    """What one costs, in the currency asked for; None where nobody has said. `price_list` and `item` where it came from
    a list; `percent_off` and `own` (the product's own price) where it was worked out from that.
    """

    amount: Decimal | None
    price_list: PriceList | None = None
    item: PriceListItem | None = None
    own: Decimal | None = None

    @property
    def percent_off(self) -> Decimal | None:
        """The percentage off the product's own price, where the list says one."""
        return self.item.percent_off if self.item is not None else None


def price_of(
    *, actor: Actor, customer: Customer | None, product: Product, quantity: Decimal, currency: str, on: date
) -> Price:
    """What one of `product` costs `customer` (None: nobody known) who takes `quantity` on the day `on`."""
    actor.require(PRODUCTS_VIEW)
    pricing = Pricing(demo=actor.demo, customer=customer, currency=currency, on=on, products=[product])
    return pricing.price(product, quantity)


class Pricing:
    """The price lists that hold for a customer on a day, to be asked for any number of products. At most four queries,
    however many products; for code that has asked for the right already.
    """

    def __init__(
        self, *, demo: bool, customer: Customer | None, currency: str, on: date, products: Iterable[Product]
    ) -> None:
        self.currency = currency
        self.lists = _lists(demo=demo, customer=customer, currency=currency, on=on)
        self.items: Mapping[tuple[int, int | None], list[PriceListItem]] = self._items(products)

    def _items(self, products: Iterable[Product]) -> Mapping[tuple[int, int | None], list[PriceListItem]]:
        found: dict[tuple[int, int | None], list[PriceListItem]] = {}
        if not self.lists:
            return found
        ids = {product.pk for product in products}
        rows = PriceListItem.objects.filter(price_list__in=self.lists).filter(
            Q(product_id__in=ids) | Q(product_id__isnull=True)
        )
        for item in rows.order_by("-min_quantity"):
            found.setdefault((item.price_list_id, item.product_id), []).append(item)
        return found

    def price(self, product: Product, quantity: Decimal) -> Price:
        """What one costs who takes that many."""
        own = product.unit_price if product.currency == self.currency else None
        for price_list in self.lists:
            for item in (*self._of(price_list, product.pk), *self._of(price_list, None)):
                if item.min_quantity > quantity:
                    continue
                if item.price is not None:
                    return Price(item.price, price_list, item)
                if item.percent_off is not None and own is not None:
                    return Price(reduced(own, item.percent_off, self.currency), price_list, item, own)
                break
        return Price(own)

    def _of(self, price_list: PriceList, product_id: int | None) -> Sequence[PriceListItem]:
        return self.items.get((price_list.pk, product_id), ())


def reduced(price: Decimal, percent: Decimal, currency: str) -> Decimal:
    """A price less a percentage, rounded half up to as many decimals as the price has, the currency's at least."""
    places = max(exponent_of(currency), decimals(price))
    exact = EXACT.multiply(price, EXACT.subtract(Decimal(100), percent)).scaleb(-2, EXACT)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def _lists(*, demo: bool, customer: Customer | None, currency: str, on: date) -> list[PriceList]:
    """The lists that hold, in the order in which they are asked."""
    whose = Q(audience=Audience.EVERYONE)
    if customer is not None:
        tags = CustomerTag.objects.filter(customer_id=customer.pk).values("tag_id")
        classes = Trait.objects.filter(customer_id=customer.pk, name=CLASS).values("text")
        whose |= Q(audience=Audience.TAG, tag_id__in=tags) | Q(audience=Audience.CLASS, value_class__in=classes)
    found = PriceList.objects.filter(whose, demo=demo, archived=False, currency=currency).filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gte=on)
    )
    return sorted(found.select_related("tag"), key=_asked_first)


def _asked_first(one: PriceList) -> tuple[int, bool, int, int]:
    since = one.valid_from.toordinal() if one.valid_from is not None else 0
    return (-one.priority, one.audience == Audience.EVERYONE, -since, one.pk)


def price_lists(*, actor: Actor) -> QuerySet[PriceList]:
    """The price lists with how many prices each has, in the order in which they are asked; archived ones last."""
    actor.require(PRODUCTS_VIEW)
    found = PriceList.objects.visible_to(actor).select_related("tag").annotate(prices=Count("items"))
    return found.order_by("archived", "-priority", "name", "pk")


def price_list_get(*, actor: Actor, price_list_id: int) -> PriceList:
    """One price list; PriceList.DoesNotExist outside the actor's reach."""
    actor.require(PRODUCTS_VIEW)
    return PriceList.objects.visible_to(actor).select_related("tag").get(pk=price_list_id)


def price_list_items(*, price_list: PriceList) -> QuerySet[PriceListItem]:
    """The prices of a list that was read by right, with their products."""
    return price_list.items.select_related("product")
