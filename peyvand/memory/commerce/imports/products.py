"""Products by code: new ones are made, known ones get the values that the file gives; empty cells change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from django.db import connection

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.shapes import JSON, Row, Writer
from peyvand.memory.commerce.imports.categories import Categories
from peyvand.memory.commerce.imports.codes import kind_of
from peyvand.memory.commerce.imports.source import current_source
from peyvand.memory.commerce.models import ProductKind
from peyvand.memory.commerce.money import AMOUNT_BOUND, is_currency
from peyvand.memory.commerce.products import product_key

KINDS: Mapping[str, ProductKind] = {
    **{fa_key(word): ProductKind.GOODS for word in ("goods", "product", "item", "کالا", "محصول", "جنس")},
    **{fa_key(word): ProductKind.SERVICE for word in ("service", "خدمت", "خدمات", "سرویس")},
    **{fa_key(word): ProductKind.FEE for word in ("fee", "discount", "charge", "کارمزد", "تخفیف", "هزینه")},
}
FILE: LiteralString = """
unnest(%(skus)s::text[], %(names)s::text[], %(kinds)s::text[], %(prices)s::numeric[], %(costs)s::numeric[],
       %(currencies)s::text[], %(actives)s::boolean[], %(categories)s::bigint[])
       AS given (sku, name, kind, unit_price, unit_cost, currency, active, category_id)
"""
UPDATE: LiteralString = (
    """
UPDATE commerce_product kept
   SET name = coalesce(given.name, kept.name), kind = coalesce(given.kind, kept.kind),
       unit_price = coalesce(given.unit_price, kept.unit_price), unit_cost = coalesce(given.unit_cost, kept.unit_cost),
       currency = coalesce(given.currency, kept.currency), active = coalesce(given.active, kept.active),
       category_id = coalesce(given.category_id, kept.category_id),
       version = kept.version + 1, updated_at = now()
  FROM """
    + FILE
    + """
 WHERE kept.demo = %(demo)s AND upper(kept.sku) = upper(given.sku)
   AND (coalesce(given.name, kept.name), coalesce(given.kind, kept.kind),
        coalesce(given.unit_price, kept.unit_price), coalesce(given.unit_cost, kept.unit_cost),
        coalesce(given.currency, kept.currency), coalesce(given.active, kept.active),
        coalesce(given.category_id, kept.category_id))
       IS DISTINCT FROM (kept.name, kept.kind, kept.unit_price, kept.unit_cost, kept.currency, kept.active,
                         kept.category_id)
RETURNING kept.id, kept.sku, kept.name
"""
)
INSERT: LiteralString = (
    """
INSERT INTO commerce_product (demo, sku, name, kind, unit_price, unit_cost, currency, active, category_id, source,
                              version)
SELECT %(demo)s, given.sku, coalesce(given.name, given.sku), coalesce(given.kind, guessed.kind), given.unit_price,
       given.unit_cost, coalesce(given.currency, %(currency)s), coalesce(given.active, true), given.category_id,
       %(source)s, 1
  FROM """
    + FILE
    + """
  JOIN unnest(%(skus)s::text[], %(guesses)s::text[]) AS guessed (sku, kind) ON guessed.sku = given.sku
 WHERE NOT EXISTS (SELECT FROM commerce_product kept WHERE kept.demo = %(demo)s AND upper(kept.sku) = upper(given.sku))
RETURNING id, sku, name
"""
)
KEYS: LiteralString = """
UPDATE commerce_product product SET search_key = made.search_key
  FROM unnest(%s::bigint[], %s::text[]) AS made (id, search_key) WHERE product.id = made.id
"""


class ProductWriter(Writer):
    """One run of an import of products."""

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.currency = str(options.get("currency") or "").upper()
        self.categories: Categories | None = None  # read anew for every batch

    def write(self, rows: Sequence[Row]) -> None:
        """Take a batch of products; of a code that stands twice in it, the last line counts."""
        given: dict[str, tuple[Row, dict[str, Any]]] = {}
        self.categories = None
        for row in rows:
            values = self._sound(row)
            if values is None:
                continue
            key = str(values["sku"]).upper()
            if key in given:
                earlier, _values = given.pop(key)
                self.skip(earlier, "commerce.repeated_sku", column="sku", value=values["sku"])
            given[key] = (row, values)
        if given:
            self._put([values for _row, values in given.values()])

    def _sound(self, row: Row) -> dict[str, Any] | None:
        """The line's values in the words of the table, or None with its problem noted."""
        values = dict(row.values)
        if not values.get("sku"):
            self.skip(row, "commerce.no_sku", column="sku")
            return None
        if len(values["sku"]) > 100:
            self.skip(row, "commerce.too_long", column="sku", value=values["sku"])
            return None
        currency = str(values.get("currency") or "").upper()
        if not is_currency(currency or self.currency):
            self.skip(row, "commerce.no_currency", column="currency", value=currency)
            return None
        values["currency"] = currency or None
        for column in ("unit_price", "unit_cost"):
            if column in values and abs(values[column]) >= AMOUNT_BOUND:
                self.skip(row, "commerce.too_large", column=column, value=str(values[column]))
                return None
        path = values.pop("category", "")
        if path:
            self.categories = self.categories or Categories(demo=self.actor.demo)
            values["category_id"] = self.categories.ensure(path)
            if values["category_id"] is None:
                self.note(row, "commerce.bad_category", column="category", value=path)
        word = values.pop("kind", "")
        if word:
            values["kind"] = KINDS.get(fa_key(word), ProductKind.GOODS)
            if fa_key(word) not in KINDS:
                self.note(row, "commerce.unknown_kind", column="kind", value=word)
        return values

    def _put(self, given: Sequence[Mapping[str, Any]]) -> None:
        def column(name: str) -> list[Any]:
            return [values.get(name) for values in given]

        with connection.cursor() as cursor:
            asked: dict[str, Any] = {
                "demo": self.actor.demo,
                "source": current_source(cursor),
                "currency": self.currency,
                "skus": column("sku"),
                "names": [name and name[:300] for name in column("name")],
                "kinds": [kind and str(kind) for kind in column("kind")],
                "guesses": [str(kind_of(sku=values["sku"], description=values.get("name", ""))) for values in given],
                "prices": column("unit_price"),
                "costs": column("unit_cost"),
                "currencies": column("currency"),
                "actives": column("active"),
                "categories": column("category_id"),
            }
            cursor.execute(UPDATE, asked)
            changed = cursor.fetchall()
            cursor.execute(INSERT, asked)
            made = cursor.fetchall()
            self.updated += len(changed)
            self.new += len(made)
            touched = [*changed, *made]
            cursor.execute(
                KEYS,
                [[pk for pk, *_ in touched], [product_key(sku=sku, name=name) for _, sku, name in touched]],
            )

    def finish(self) -> Mapping[str, JSON]:
        """How many products were made and changed."""
        return {"products": self.new + self.updated}
