"""Opportunities of another system, kept as interactions of their organisation until sales has its own records.

Every stage that a file tells of an opportunity is one interaction: a later file with another stage adds one, the same
file again adds nothing. The organisation is recognised by its name, or made; so is the product, whose name a system may
write with and without spaces ("GTXPro" is "GTX Pro"). The moment is the close date, else the day of first contact, at
noon in the business's own zone; an opportunity with neither gets the moment of the import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.shapes import JSON, Row, Writer
from peyvand.memory.commerce.imports.products import ProductWriter
from peyvand.memory.commerce.models import Product
from peyvand.memory.commerce.money import AMOUNT_BOUND, exponent_of, is_currency
from peyvand.memory.commerce.timeline import OPPORTUNITY
from peyvand.memory.customers.imports import CustomerWriter
from peyvand.memory.customers.keys import NAME_LENGTH, search_key_of
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.interactions.services import InteractionRow, record_many

CHUNK = 1_000
NOON = time(12)
LONGEST = 200


def product_name_key(name: str) -> str:
    """A product's name without spaces and signs, as systems differ in them."""
    return "".join(sign for sign in fa_key(name) if sign.isalnum())


class OpportunityWriter(Writer):
    """One run of an import of opportunities."""

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.currency = str(options.get("currency") or "").upper()
        self.zone = ZoneInfo(str(options.get("tz") or "UTC"))
        self.organisations = CustomerWriter(
            actor, {"key": "name", "existing": "skip"}, kind=CustomerKind.ORGANISATION.value
        )
        self.products = ProductWriter(actor, {"currency": self.currency, "existing": "skip"})
        self.accounts: dict[str, int] = {}
        self.names: dict[str, str] = {}

    def prepare(self) -> None:
        """Know the products by name."""
        self.organisations.prepare()
        for sku, name in Product.objects.filter(demo=self.actor.demo).values_list("sku", "name"):
            self.names.setdefault(product_name_key(name), name)
            self.names.setdefault(product_name_key(sku), name)

    def write(self, rows: Sequence[Row]) -> None:
        """A batch: organisations and products first, then an interaction for each line."""
        good = [row for row in rows if self._sound(row)]
        self._accounts_of(good)
        self._products_of(good)
        told = [self._interaction(row) for row in good]
        new = sum(record_many(actor=self.actor, rows=told[at : at + CHUNK]) for at in range(0, len(told), CHUNK))
        self.new += new
        self.unchanged += len(told) - new
        self.totals["opportunities"] = self.new

    def _sound(self, row: Row) -> bool:
        if not row.values.get("number"):
            self.skip(row, "commerce.no_opportunity", column="number")
            return False
        if not is_currency(self.currency):
            self.skip(row, "commerce.no_currency", column="value", value=self.currency)
            return False
        if abs(row.values.get("value", 0)) >= AMOUNT_BOUND:
            self.skip(row, "commerce.too_large", column="value", value=str(row.values["value"]))
            return False
        return True

    def _accounts_of(self, rows: Sequence[Row]) -> None:
        """Know the organisation of every name in the rows, making those who are missing."""
        named = {search_key_of(name): name for row in rows if (name := _account(row))}
        missing = {key: name for key, name in named.items() if key and key not in self.accounts}
        if not missing:
            return
        self.organisations.write([Row(0, {"name": name}) for name in missing.values()])
        self.organisations.problems.clear()  # of those who are there already
        found = Customer.objects.filter(
            demo=self.actor.demo, kind=CustomerKind.ORGANISATION, search_key__in=list(missing)
        ).order_by("-pk")
        self.accounts |= dict(found.values_list("search_key", "pk"))  # of several the oldest

    def _products_of(self, rows: Sequence[Row]) -> None:
        fresh: dict[str, str] = {}
        for row in rows:
            name = str(row.values.get("product", ""))[:100]
            key = product_name_key(name)
            if key and key not in self.names:
                self.names[key] = fresh[key] = name
        if fresh:
            self.products.write([Row(0, {"sku": name, "name": name}) for name in fresh.values()])
            self.products.problems.clear()

    def _interaction(self, row: Row) -> InteractionRow:
        values = row.values
        day = values.get("closed") or values.get("engaged")
        stage = str(values.get("stage", ""))[:LONGEST]
        product = str(values.get("product", ""))[:LONGEST]
        payload: dict[str, Any] = {
            "number": values["number"],
            "stage": stage,
            "product": self.names.get(product_name_key(product), product),
            "agent": str(values.get("agent", ""))[:LONGEST],
            "engaged": values["engaged"].isoformat() if "engaged" in values else "",
            "closed": values["closed"].isoformat() if "closed" in values else "",
        }
        if "value" in values:
            payload |= {"total_minor": _minor(values["value"], self.currency), "currency": self.currency}
        return InteractionRow(
            kind=OPPORTUNITY,
            at=datetime.combine(day, NOON, self.zone) if day else timezone.now(),
            customer_id=self.accounts.get(search_key_of(_account(row))),
            dedupe_key=f"{OPPORTUNITY}:{values['number']}:{fa_key(stage)}",
            payload=payload,
        )


def _account(row: Row) -> str:
    return str(row.values.get("account", ""))[:NAME_LENGTH]


def _minor(value: Decimal, currency: str) -> int:
    return int((value * 10 ** exponent_of(currency)).to_integral_value(ROUND_HALF_EVEN))
