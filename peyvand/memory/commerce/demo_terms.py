"""Categories, price lists and taxes of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from peyvand.foundation.calendar.calendars import CalendarKind, date_of, parts
from peyvand.foundation.demo.world import World
from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.commerce.demo_goods import (
    ABROAD,
    BIG_BAG,
    BIG_BAG_FROM,
    BIG_BAG_OFF,
    BRANCHES,
    EXEMPT_EN,
    EXEMPT_FA,
    GIFTS,
    LIKED_AGAIN,
    LIKED_OFF,
    VAT_EN,
    VAT_FA,
    WHOLESALE,
    WHOLESALE_OFF,
    WHOLESALE_TAG,
    YALDA,
    YALDA_OFF,
    Good,
)
from peyvand.memory.commerce.models import (
    Audience,
    Category,
    PriceList,
    PriceListItem,
    Product,
    TaxRate,
    TaxScope,
    TaxTarget,
)
from peyvand.memory.customers.services.tags import tags_ensure

OLD_VAT, VAT = date(2015, 3, 21), date(2024, 3, 20)  # 1 Farvardin 1394: 9 per cent; 1403: 10 per cent


@dataclass(frozen=True)
class Terms:
    """What the sample's orders are sold under; `rows` counts what was written."""

    wholesale: PriceList
    vat: TaxRate
    exempt: TaxRate
    rows: int

    def off(self, good: Good, quantity: int) -> float:
        """The share of the price that a house with the tag pays."""
        bag = good.sku == BIG_BAG and quantity >= BIG_BAG_FROM
        return 1 - (BIG_BAG_OFF if bag else WHOLESALE_OFF) / 100


def terms_write(world: World, products: Mapping[str, int]) -> Terms:
    """Write categories and put the products there; price lists; rates of tax."""
    branches = _categories(products)
    wholesale, rows = _lists(world, products)
    names = {"demo": True, "name_fa": VAT_FA, "name_en": VAT_EN}
    old = TaxRate.objects.create(**names, percent=9, valid_from=OLD_VAT, included=True)
    vat = TaxRate.objects.create(**names, percent=10, valid_from=VAT, included=True)
    exempt = TaxRate.objects.create(
        demo=True, name_fa=EXEMPT_FA, name_en=EXEMPT_EN, percent=0, valid_from=VAT, included=True,
        scope=TaxScope.CHOSEN,
    )  # fmt: skip
    TaxTarget.objects.create(rate=exempt, category=branches["For export"])
    return Terms(wholesale, vat, exempt, rows=len(branches) + rows + len((old, vat, exempt)) + 1)


def _categories(products: Mapping[str, int]) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for place, branch in enumerate(BRANCHES):
        above = made.get(branch.inside)
        made[branch.en] = Category.objects.create(
            demo=True, parent=above, name_fa=branch.fa, name_en=branch.en, key=fa_key(branch.fa), position=place
        )
        ids = [pk for sku, pk in products.items() if sku.startswith(branch.codes)] if branch.codes else []
        Product.objects.filter(pk__in=ids).update(category=made[branch.en])
    return made


def _lists(world: World, products: Mapping[str, int]) -> tuple[PriceList, int]:
    year = parts(world.today, CalendarKind.JALALI)[0]
    (tag,) = tags_ensure(demo=True, names=[WHOLESALE_TAG]).values()
    wholesale = _list(WHOLESALE, Audience.TAG, tag=tag, priority=10)
    liked = _list(LIKED_AGAIN, Audience.CLASS, value_class="champion")
    yalda = _list(
        persian_digits(f"{YALDA} {year}"),
        Audience.EVERYONE,
        priority=5,
        valid_from=_azar(year, 18),
        valid_until=_azar(year, 30),
    )
    past = _list(
        persian_digits(f"{YALDA} {year - 1}"), Audience.EVERYONE, priority=5, archived=True,
        valid_from=_azar(year - 1, 18), valid_until=_azar(year - 1, 30),
    )  # fmt: skip
    abroad = _list("صادرات، از ۵۰ بسته", Audience.EVERYONE, currency="EUR")
    items = [
        _item(wholesale, percent_off=WHOLESALE_OFF),
        _item(wholesale, products[BIG_BAG], percent_off=BIG_BAG_OFF, min_quantity=Decimal(BIG_BAG_FROM)),
        _item(liked, percent_off=LIKED_OFF),
        *(_item(one, products[gift.sku], percent_off=YALDA_OFF) for one in (yalda, past) for gift in GIFTS),
        *(
            _item(abroad, products[good.sku], price=Decimal(good.toman - 150) / 100, min_quantity=Decimal(50))
            for good in ABROAD
        ),
    ]
    PriceListItem.objects.bulk_create(items)
    return wholesale, 5 + len(items)


def _azar(year: int, day: int) -> date:
    return date_of(year, 9, day, CalendarKind.JALALI)


def _list(name: str, audience: str, *, currency: str = "IRR", **more: object) -> PriceList:
    return PriceList.objects.create(
        demo=True, name=name, key=fa_key(name), currency=currency, audience=audience, **more
    )


def _item(
    price_list: PriceList,
    product_id: int | None = None,
    *,
    price: Decimal | None = None,
    percent_off: float | None = None,
    min_quantity: Decimal = Decimal(0),
) -> PriceListItem:
    off = None if percent_off is None else Decimal(str(percent_off))
    return PriceListItem(
        price_list=price_list, product_id=product_id, price=price, percent_off=off, min_quantity=min_quantity
    )
