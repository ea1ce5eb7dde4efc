"""Costs from a file: what was spent, and what advertisers report. A file that comes again changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.shapes import JSON, Row, Writer
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.memory.commerce.access import COSTS_EDIT
from peyvand.memory.commerce.imports.source import current_source
from peyvand.memory.commerce.models import Cost, CostDriver, CostKind, Order, Product
from peyvand.memory.commerce.money import EXACT, is_currency
from peyvand.memory.commerce.services.costs import GOES_BY_CHANNEL, GOES_BY_PRODUCT, LONGEST, MOST, CostData
from peyvand.memory.customers.models import Customer, Identity, IdentityKind


def _words(kinds: Mapping[Any, Iterable[str]]) -> Mapping[str, Any]:
    return {fa_key(word): kind for kind, words in kinds.items() for word in (kind.value, *words)}


KINDS: Mapping[str, CostKind] = _words(
    {
        CostKind.ACQUISITION: ("advertising", "ads", "marketing", "جذب", "جذب مشتری", "تبلیغات", "تبلیغ", "بازاریابی"),
        CostKind.SALE: ("selling", "sales", "commission", "فروش", "پورسانت", "کارمزد"),
        CostKind.SERVICE: ("support", "serving", "خدمت", "خدمات", "پشتیبانی", "خدمت‌رسانی"),
        CostKind.DELIVERY: ("shipping", "post", "courier", "ارسال", "حمل", "تحویل", "پست", "پیک"),
        CostKind.OPERATION: ("operations", "overhead", "rent", "عملیات", "اداری", "سربار", "اجاره"),
    }
)
DRIVERS: Mapping[str, CostDriver] = _words(
    {
        CostDriver.NEW_CUSTOMER: ("new customer", "per new customer", "مشتری تازه", "هر مشتری تازه", "مشتری جدید"),
        CostDriver.ORDER: ("per order", "orders", "سفارش", "هر سفارش"),
        CostDriver.ORDER_VALUE: ("order value", "value", "revenue", "ارزش سفارش", "مبلغ سفارش", "فروش"),
        CostDriver.QUANTITY: ("piece", "unit", "per piece", "تعداد", "هر عدد", "واحد"),
        CostDriver.INTERACTION: ("contact", "per contact", "تماس", "هر تماس"),
        CostDriver.SERVICE_MINUTE: ("minute", "per minute", "دقیقه", "هر دقیقه"),
        CostDriver.CUSTOMER: ("active customer", "equal", "مشتری فعال", "برابر", "هر مشتری"),
    }
)
NUMBERS = ("impressions", "clicks", "leads")
WORDS = ("source", "medium", "campaign", "document", "note")


class CostWriter(Writer):
    """One run of an import of costs.

    A line is known again by what it says apart from amount, numbers and note, and by how many such lines stood before
    it in the file; so a corrected export of an advertiser changes the amounts, and nothing is counted twice.
    """

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.currency = str(options.get("currency") or "").upper()
        self.met: Counter[str] = Counter()

    def prepare(self) -> None:
        """Only who may enter costs brings them in."""
        self.actor.require(COSTS_EDIT)

    def save(self) -> Mapping[str, JSON]:
        """What a run that goes on after a crash must know."""
        return {"met": dict(self.met)}

    def load(self, saved: Mapping[str, JSON]) -> None:
        """Go on where the run before stood."""
        self.met = Counter(saved.get("met", {}))

    def write(self, rows: Sequence[Row]) -> None:
        """Take a batch."""
        targets = _Targets(self.actor, rows)
        given: dict[str, CostData] = {}
        for row in rows:
            data = self._sound(row, targets)
            if data is not None:
                given[self._key(data)] = data
        if given:
            self._put(given, targets)

    def _key(self, data: CostData) -> str:
        told = {
            name: str(value)
            for name, value in asdict(data).items()
            if value not in ("", None) and name not in ("amount_minor", "note", "driver", *NUMBERS)
        }
        digest = sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:48]
        self.met[digest] += 1
        return f"{digest}#{self.met[digest]}"

    def _sound(self, row: Row, targets: _Targets) -> CostData | None:
        """What the line says, or None with its problem noted."""
        values: Mapping[str, Any] = row.values
        currency = str(values.get("currency") or self.currency).upper()
        wrong = self._wrong(values, currency) or targets.lacks(values)
        if wrong is not None:
            reason, column = wrong
            self.skip(row, reason, column=column, value=str(values.get(column, "")))
            return None
        kind = KINDS.get(fa_key(str(values.get("kind", ""))), CostKind.ACQUISITION)
        order_id, customer_id = targets.order_of(values), targets.customer_of(values)
        driver = ""
        if order_id is None and customer_id is None:
            usual = CostDriver.NEW_CUSTOMER if _advertised(values) and kind == CostKind.ACQUISITION else ""
            driver = str(DRIVERS.get(fa_key(str(values.get("driver", ""))), usual))
        channel = str(values.get("channel", "")).lower()
        known = channel if channel in CHANNELS and driver in GOES_BY_CHANNEL else ""
        if channel and not known:
            self.note(row, "commerce.bad_cost_channel", column="channel", value=channel)
        words = {name: " ".join(str(values.get(name, "")).split())[: LONGEST[name]] for name in WORDS}
        numbers = {name: _whole(values.get(name)) for name in NUMBERS}
        return CostData(
            kind=kind.value, amount_minor=_minor(values, currency), currency=currency, day_from=values["day_from"],
            day_to=values.get("day_to", values["day_from"]), driver=driver, order_id=order_id, customer_id=customer_id,
            product_id=targets.product_of(values) if driver in GOES_BY_PRODUCT else None, channel=known,
            source=words["source"], medium=words["medium"], campaign=words["campaign"], document=words["document"],
            note=words["note"], impressions=numbers["impressions"], clicks=numbers["clicks"], leads=numbers["leads"],
        )  # fmt: skip

    def _wrong(self, values: Mapping[str, Any], currency: str) -> tuple[str, str] | None:
        """The reason for which a line can't be kept, and its column."""
        if not is_currency(currency):
            return "commerce.no_currency", "currency"
        if "amount" not in values:
            return "commerce.no_amount", "amount"
        if not 0 <= _minor(values, currency) < MOST:
            return "commerce.bad_cost_amount", "amount"
        if "day_from" not in values:
            return "commerce.no_cost_day", "day_from"
        if values.get("day_to", values["day_from"]) < values["day_from"]:
            return "commerce.bad_cost_days", "day_to"
        said = fa_key(str(values.get("kind", "")))
        if said not in KINDS and (said or not _advertised(values)):
            return "commerce.bad_cost_kind", "kind"
        if values.get("driver") and fa_key(str(values["driver"])) not in DRIVERS:
            return "commerce.bad_cost_driver", "driver"
        return None

    def _put(self, given: Mapping[str, CostData], targets: _Targets) -> None:
        there = {
            cost.import_key: cost
            for cost in Cost.objects.filter(demo=self.actor.demo, import_key__in=list(given)).select_for_update()
        }
        with connection.cursor() as cursor:
            source = current_source(cursor)
        now = timezone.now()
        made, changed = [], []
        for key, data in given.items():
            values = asdict(data) | {"aim": data.aim, "customer_id": data.customer_id or targets.of(data.order_id)}
            cost = there.get(key)
            if cost is None:
                made.append(
                    Cost(demo=self.actor.demo, entered_by_id=self.actor.user_id, brought_by=source, import_key=key,
                         created_at=now, updated_at=now, **values)
                )  # fmt: skip
            elif any(getattr(cost, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(cost, name, value)
                cost.version, cost.updated_at = cost.version + 1, now
                changed.append(cost)
            else:
                self.unchanged += 1
        Cost.objects.bulk_create(made, batch_size=500)
        names = [*asdict(next(iter(given.values()))), "aim", "version", "updated_at"]
        Cost.objects.bulk_update(changed, names, batch_size=500)
        self.new += len(made)
        self.updated += len(changed)

    def finish(self) -> Mapping[str, JSON]:
        """How many costs were put in and changed."""
        return {"costs": self.new + self.updated}


class _Targets:
    """Orders, customers and products that the lines of a batch name."""

    def __init__(self, actor: Actor, rows: Sequence[Row]) -> None:
        def said(column: str) -> set[str]:
            return {str(row.values[column]) for row in rows if row.values.get(column)}

        found = Order.objects.visible_to(actor).filter(number__in=said("order"))
        kept = list(found.values_list("number", "pk", "customer_id"))
        self.orders = {number: pk for number, pk, _customer in kept}
        self.owners = {pk: customer_id for _number, pk, customer_id in kept}
        codes = Identity.objects.filter(demo=actor.demo, kind=IdentityKind.EXTERNAL, value__in=said("customer"))
        seen = codes.filter(customer_id__in=Customer.objects.visible_to(actor).values("pk"))
        self.customers = dict(seen.values_list("value", "customer_id"))
        skus = Product.objects.filter(demo=actor.demo, sku__in=said("sku"))
        self.products = dict(skus.values_list("sku", "pk"))

    def lacks(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        """The reason where a column names nothing known, and the column."""
        for column, known, reason in (
            ("order", self.orders, "commerce.unknown_order"),
            ("customer", self.customers, "commerce.unknown_customer"),
            ("sku", self.products, "commerce.unknown_sku"),
        ):
            if values.get(column) and str(values[column]) not in known:
                return reason, column
        return None

    def order_of(self, values: Mapping[str, Any]) -> int | None:
        """The order that the line names."""
        return self.orders.get(str(values.get("order", "")))

    def customer_of(self, values: Mapping[str, Any]) -> int | None:
        """The customer that the line names, where it names no order."""
        return None if values.get("order") else self.customers.get(str(values.get("customer", "")))

    def product_of(self, values: Mapping[str, Any]) -> int | None:
        """The product that the line names."""
        return self.products.get(str(values.get("sku", "")))

    def of(self, order_id: int | None) -> int | None:
        """Whose order it is."""
        return self.owners.get(order_id or 0)


def _whole(value: Any) -> int | None:
    number = None if value is None else int(value)
    return number if number is not None and 0 <= number < MOST else None


def _minor(values: Mapping[str, Any], currency: str) -> int:
    return int((values["amount"] * Decimal(10) ** exponent_of(currency)).quantize(Decimal(1), ROUND_HALF_UP, EXACT))


def _advertised(values: Mapping[str, Any]) -> bool:
    """Whether a line is of an advertiser's report."""
    return any(values.get(name) for name in ("campaign", "clicks", "impressions"))
