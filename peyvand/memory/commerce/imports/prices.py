"""What stands in price lists, by the list's name and the product's code: new ones are put in, known ones changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, LiteralString

from django.db import connection

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.shapes import JSON, Row, Writer
from peyvand.memory.commerce.models import PriceList, Product
from peyvand.memory.commerce.money import AMOUNT_BOUND, DECIMALS_AT_MOST, PERCENT_DECIMALS, decimals

UPSERT: LiteralString = """
INSERT INTO commerce_pricelistitem AS kept (price_list_id, product_id, min_quantity, price, percent_off)
SELECT * FROM unnest(%(lists)s::bigint[], %(products)s::bigint[], %(quantities)s::numeric[], %(prices)s::numeric[],
                     %(percents)s::numeric[])
ON CONFLICT (price_list_id, product_id, min_quantity) DO UPDATE
   SET price = excluded.price, percent_off = excluded.percent_off
 WHERE (kept.price, kept.percent_off) IS DISTINCT FROM (excluded.price, excluded.percent_off)
RETURNING (xmax = 0)
"""
Key = tuple[int, int | None, Decimal]


class PriceWriter(Writer):
    """One run of an import of prices; the lists must be there already."""

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.lists: dict[str, int] = {}

    def write(self, rows: Sequence[Row]) -> None:
        """Take a batch; of a product and quantity that stand twice in a list the last line counts."""
        self.lists = dict(PriceList.objects.filter(demo=self.actor.demo).values_list("key", "pk"))
        codes = {str(row.values["sku"]).upper() for row in rows if row.values.get("sku")}
        products = self._products(codes)
        given: dict[Key, tuple[Decimal | None, Decimal | None]] = {}
        for row in rows:
            found = self._sound(row, products)
            if found is not None:
                key, price = found
                given[key] = price
        if not given:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                UPSERT,
                {
                    "lists": [key[0] for key in given],
                    "products": [key[1] for key in given],
                    "quantities": [key[2] for key in given],
                    "prices": [price for price, _percent in given.values()],
                    "percents": [percent for _price, percent in given.values()],
                },
            )
            made = [new for (new,) in cursor.fetchall()]
        self.new += sum(made)
        self.updated += len(made) - sum(made)
        self.unchanged += len(given) - len(made)

    def _products(self, codes: set[str]) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT upper(sku), id FROM {Product._meta.db_table} WHERE demo = %s AND upper(sku) = ANY (%s)",
                [self.actor.demo, sorted(codes)],
            )
            return dict(cursor.fetchall())

    def _sound(self, row: Row, products: Mapping[str, int]) -> tuple[Key, tuple[Decimal | None, Decimal | None]] | None:
        """Which price of which list the line is, or None with its problem noted."""
        values: Mapping[str, Any] = row.values
        name = str(values.get("list", ""))
        if fa_key(name) not in self.lists:
            self.skip(row, "commerce.no_list", column="list", value=name)
            return None
        code = str(values.get("sku", ""))
        if code and code.upper() not in products:
            self.skip(row, "commerce.unknown_sku", column="sku", value=code)
            return None
        price, percent = values.get("price"), values.get("percent_off")
        if (price is None) == (percent is None) or (not code and percent is None):
            self.skip(row, "commerce.no_list_price", column="price")
            return None
        quantity = values.get("min_quantity", Decimal(0))
        for column, number, fits in (
            ("price", price, price is None or (0 <= price < AMOUNT_BOUND and decimals(price) <= DECIMALS_AT_MOST)),
            ("percent_off", percent, percent is None or (0 < percent <= 100 and decimals(percent) <= PERCENT_DECIMALS)),
            ("min_quantity", quantity, 0 <= quantity < AMOUNT_BOUND and decimals(quantity) <= DECIMALS_AT_MOST),
        ):
            if not fits:
                self.skip(row, "commerce.bad_list_price", column=column, value=str(number))
                return None
        return (self.lists[fa_key(name)], products.get(code.upper()), quantity), (price, percent)

    def finish(self) -> Mapping[str, JSON]:
        """How many prices were put in and changed."""
        return {"prices": self.new + self.updated}
