"""Orders by line: every line of the file is one line of an order, or is left out with a reason; nothing bends a sum.

What the UCI Online Retail file (2010-12-01 to 2011-08-31) taught us, and what is made of it:

- 320,705 lines, 16,459 invoices, 3,360 customers, Σ quantity × price = 5,761,931.382. 88,652 lines have no customer:
  kept, as anonymous orders. 2,483 lines are exact repetitions of another: real, and kept.
- One invoice lies scattered over the file, and 38 bear two times a minute apart: an order is gathered by its number,
  and its time is the earliest.
- 2,554 invoices begin with C and have negative quantities throughout (−520,770.56): returns. 925 ordinary invoices
  also have a negative quantity, at price 0 and without customer: stock write-offs. 3 invoices begin with A: bad debt,
  at +11,062.06 once and −11,062.06 twice. No letter decides here, as other shops number otherwise: an order is an
  *adjustment* when every line corrects the books (a negative price, words such as "Adjust bad debt", or price 0
  without customer), a *return* when every quantity is negative or the total is, else a *sale*.
- Prices run from −11,062.06 over 0 (1,797 lines) and 0.001 (2 lines) to 38,970: kept as given. An order's total is
  rounded to minor units, a line's amount never is, so the sum over lines stays exact.
- 94 stock codes occur in two spellings (84406b, 84406B): one product each, as descriptions show. 14 codes are
  postage, fees, discounts or vouchers (see `codes`). 1,161 lines have no description; a product's name is its
  commonest one.

Other shops' files say what was taken off a line and how it was taxed: kept as their invoices say, not worked out anew
by our own settings; a percentage without its tax is worked out here.

The file says nothing of payments, so these orders do not count as unpaid. Written set by set: COPY into a table of the
session, then INSERT … SELECT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from peyvand.events.commerce import OrdersImported
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.transfer.shapes import JSON, Problem, Row, Writer
from peyvand.memory.commerce.imports import orders_sql as sql
from peyvand.memory.commerce.imports.codes import is_correction, kind_of
from peyvand.memory.commerce.imports.source import current_source
from peyvand.memory.commerce.imports.terms import PLAIN, TERMS, Wrong, terms_of
from peyvand.memory.commerce.models import Order, OrderKind, ProductKind
from peyvand.memory.commerce.money import AMOUNT_BOUND, exponent_of, is_currency
from peyvand.memory.commerce.products import product_key
from peyvand.memory.commerce.timeline import order_row
from peyvand.memory.customers.services import ExternalCustomer, customers_ensure_external
from peyvand.memory.interactions.services import record_many

CHUNK = 5_000  # interactions recorded at a time
LONGEST = {"number": 64, "sku": 100}
SYSTEM = "shop"  # whose customer numbers these are


def plain(amount: Decimal) -> str:
    """An exact decimal without exponent and without idle zeros: "5761931.382"."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class OrderWriter(Writer):
    """One run of an import of orders by line."""

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.currency = str(options.get("currency") or "").upper()
        self.customers: dict[str, int] = {}
        self.source = ""

    def write(self, rows: Sequence[Row]) -> None:
        """Take a batch of lines, in the transaction of the import's change set."""
        good = [row for row in rows if self._sound(row)]
        with connection.cursor() as cursor:
            if not self.source:
                self.source = current_source(cursor)
            self._customers_of(good)
            cursor.execute(sql.INCOMING)
            with cursor.copy(sql.COPY) as copy:
                for row in good:
                    copy.write_row(self._tuple(row))
            cursor.execute("ANALYZE commerce_incoming")
            numbers = sorted({row.values["number"] for row in good})
            asked: dict[str, Any] = {"demo": self.actor.demo, "source": self.source, "numbers": numbers}
            cursor.execute(sql.REASONS, asked)
            cursor.execute("SELECT line, number, reason FROM commerce_incoming WHERE reason IS NOT NULL ORDER BY line")
            self.problems += [Problem(line, "number", number, reason) for line, number, reason in cursor.fetchall()]
            self._make_products(cursor)
            cursor.execute(sql.BEGUN, asked)
            begun = [number for (number,) in cursor.fetchall()]
            if begun:
                cursor.execute(sql.JOIN_ORDERS, {**asked, "begun": begun})
            cursor.execute(sql.INSERT_ORDERS, asked)
            self.new += cursor.rowcount
            cursor.execute(sql.INSERT_MORE_LINES if begun else sql.INSERT_LINES, asked)

    def _sound(self, row: Row) -> bool:
        """Whether the line can be kept at all; if not, its problem is noted."""
        values = row.values
        for column in ("number", "quantity", "unit_price", "placed_at"):
            if column not in values:
                self.skip(row, f"commerce.no_{column}", column=column)
                return False
        currency = str(values.get("currency") or self.currency).upper()
        if not is_currency(currency):
            self.skip(row, "commerce.no_currency", column="currency", value=currency)
            return False
        for column, longest in LONGEST.items():
            if len(str(values.get(column, ""))) > longest:
                self.skip(row, "commerce.too_long", column=column, value=str(values[column]))
                return False
        if abs(values["quantity"] * values["unit_price"]) >= AMOUNT_BOUND:
            self.skip(row, "commerce.too_large", column="quantity", value=str(values["quantity"]))
            return False
        if TERMS & values.keys():
            wrong = terms_of(values, exponent=exponent_of(currency))
            if isinstance(wrong, Wrong):
                self.skip(row, wrong.reason, column=wrong.column, value=str(values[wrong.column]))
                return False
        return True

    def _customers_of(self, rows: Sequence[Row]) -> None:
        """Know the customer of every key in the rows, making those who are missing."""
        missing: dict[str, ExternalCustomer] = {}
        for row in rows:
            key = row.values.get("customer")
            if key and key not in self.customers and key not in missing:
                missing[key] = external_customer(key, row.values)
        if missing:
            self.customers |= customers_ensure_external(actor=self.actor, system=SYSTEM, rows=list(missing.values()))

    def _tuple(self, row: Row) -> tuple[Any, ...]:
        values = row.values
        currency = str(values.get("currency") or self.currency).upper()
        description = str(values.get("description", ""))[:300]
        return (
            row.number,
            values["number"],
            values.get("sku", ""),
            description,
            values["quantity"],
            values["unit_price"],
            values.get("unit_cost"),
            values["placed_at"],
            self.customers.get(values.get("customer", "")),
            currency,
            exponent_of(currency),
            is_correction(description),
            *(self._terms(values, currency) if TERMS & values.keys() else PLAIN),
        )

    def _terms(self, values: Mapping[str, Any], currency: str) -> tuple[Any, ...]:
        found = terms_of(values, exponent=exponent_of(currency))
        return PLAIN if isinstance(found, Wrong) else found

    def _make_products(self, cursor: CursorWrapper) -> None:
        """Make a product of every new code; its name and price are looked at again when the whole file is in."""
        cursor.execute(sql.NEW_PRODUCTS, {"demo": self.actor.demo})
        found = cursor.fetchall()
        if not found:
            return
        kinds = [kind_of(sku=sku, description=name) for sku, name, *_ in found]
        cursor.execute(
            sql.INSERT_PRODUCTS,
            {
                "demo": self.actor.demo,
                "source": self.source,
                "skus": [sku for sku, *_ in found],
                "names": [name for _, name, *_ in found],
                "kinds": [str(kind) for kind in kinds],
                "prices": [
                    row[2] if kind is ProductKind.GOODS else None for kind, row in zip(kinds, found, strict=True)
                ],
                "costs": [row[3] for row in found],
                "currencies": [row[4] for row in found],
                "keys": [product_key(sku=sku, name=name) for sku, name, *_ in found],
            },
        )

    def finish(self) -> Mapping[str, JSON]:
        """Settle names and prices of new products, record the interactions, and sum up."""
        with connection.cursor() as cursor:
            if not self.source:
                self.source = current_source(cursor)
            cursor.execute(
                "ANALYZE commerce_order, commerce_orderline, commerce_product"
            )  # or the sums plan for few rows
            self._settle_products(cursor)
            cursor.execute(sql.TOTALS, {"source": self.source})
            found = cursor.fetchall()
            cursor.execute(sql.COUNTS, {"source": self.source})
            customers, products, first, last = cursor.fetchone()
        self._record()
        orders = sum(row[2] for row in found)
        if orders:
            publish(
                OrdersImported(
                    change_set_id=int(self.source.partition(":")[2] or 0),
                    orders=orders,
                    first_placed_at=first,
                    last_placed_at=last,
                    demo=self.actor.demo,
                ),
                actor=self.actor,
            )
        return {"orders": orders, "customers": customers, "products": products, **sums(found)}

    def _settle_products(self, cursor: CursorWrapper) -> None:
        cursor.execute(sql.NAMES, {"source": self.source})
        found = [(pk, sku, name or sku, price) for pk, sku, _old, name, _old_price, price in cursor.fetchall()]
        if found:
            cursor.execute(
                sql.RENAME,
                {
                    "ids": [pk for pk, *_ in found],
                    "names": [name for _, _, name, _ in found],
                    "keys": [product_key(sku=sku, name=name) for _, sku, name, _ in found],
                    "prices": [price for *_, price in found],
                },
            )

    def _record(self) -> None:
        """One interaction for each sale and return; an adjustment is no contact with anybody."""
        orders = Order.objects.filter(source=self.source).exclude(kind=OrderKind.ADJUSTMENT).order_by("pk")
        last = 0
        while chunk := list(orders.filter(pk__gt=last)[:CHUNK]):
            record_many(actor=self.actor, rows=[order_row(order) for order in chunk])
            last = chunk[-1].pk

    def save(self) -> Mapping[str, JSON]:
        """The source beside the counters; customers are looked up anew."""
        return {**super().save(), "source": self.source}

    def load(self, saved: Mapping[str, JSON]) -> None:
        """Go on under the same source."""
        super().load(saved)
        self.source = saved["source"]


def sums(found: Sequence[tuple[str, str, int, int, Decimal]]) -> dict[str, JSON]:
    """Exact sums by currency, and by kind inside it; `total` only when there is one currency, as they never add up."""
    totals: dict[str, Decimal] = {}
    kinds: dict[str, dict[str, JSON]] = {}
    for currency, kind, orders, _lines, amount in found:
        totals[currency] = totals.get(currency, Decimal(0)) + amount
        kinds.setdefault(currency, {})[kind] = {"orders": orders, "total": plain(amount)}
    summed: dict[str, JSON] = {"totals": {currency: plain(total) for currency, total in totals.items()}, "kinds": kinds}
    summed["total"] = plain(next(iter(totals.values()), Decimal(0))) if len(totals) < 2 else None
    return summed


def external_customer(key: str, values: Mapping[str, Any]) -> ExternalCustomer:
    """Who is behind a customer number, as far as a line tells."""
    return ExternalCustomer(
        key=key,
        name=values.get("name", ""),
        city=values.get("city", ""),
        country=values.get("country", ""),
        phone=values.get("phone", ""),
        email=values.get("email", ""),
    )
