"""The orders of the sample: each customer comes as their life says, more so before Yalda and Nowruz."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from peyvand.foundation.calendar.calendars import CalendarKind, parts
from peyvand.foundation.demo.world import World
from peyvand.foundation.money.currencies import RIALS_A_TOMAN, exponent_of
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.demo_goods import ABROAD, GIFTS, GOODS, POSTAGE, WORKSHOP, Good
from peyvand.memory.commerce.models import Order, OrderKind, OrderStatus, Payment, PaymentKind, Product, ProductKind
from peyvand.memory.commerce.products import product_key
from peyvand.memory.commerce.timeline import cancelled_row, order_row, payment_row
from peyvand.memory.customers.demo import Habit, Life, lives, sample_ids
from peyvand.memory.interactions.services import InteractionRow, record_many

FIRST_NUMBER = 100_001
PASSERS_BY = 260  # orders of nobody known, in the whole sample
AT_ONCE = 2_000  # interactions in one statement
DEAR = (Habit.DEVOTED, Habit.GONE_DEAR)
CHANNELS, CHANNEL_SHARES = ("web", "store", "instagram", "call", "telegram", "bale"), (34, 30, 15, 9, 7, 5)


@dataclass
class Line:
    """A line to be written; prices are whole units of the order's currency."""

    good: Good
    quantity: Decimal
    price: Decimal
    cost: Decimal | None
    pk: int = 0
    returns: int | None = None


@dataclass
class Deal:
    """An order with what hangs on it, before it is written."""

    order: Order
    lines: list[Line]
    payments: list[Payment] = field(default_factory=list)
    back: Deal | None = None
    cancelled_at: datetime | None = None


def sample_load(actor: Actor, world: World) -> int:
    """Write products, orders, lines, payments and their interactions; gives how many rows, interactions apart."""
    products = _products_write()
    deals = sorted(_deals(world), key=lambda deal: deal.order.placed_at)
    deals += [deal.back for deal in deals if deal.back is not None]
    _number(deals)
    _write(deals, products)
    rows = sorted(_interactions(deals), key=lambda row: row.at)
    for start in range(0, len(rows), AT_ONCE):
        record_many(actor=actor, rows=rows[start : start + AT_ONCE])
    return len(products) + sum(1 + len(deal.lines) + len(deal.payments) for deal in deals)


def present(demo: bool) -> bool:
    """Whether there are orders or products of the sample, or of one's own."""
    return Order.objects.filter(demo=demo).exists() or Product.objects.filter(demo=demo).exists()


_REMOVE = (
    "DELETE FROM commerce_payment WHERE order_id IN (SELECT id FROM commerce_order WHERE demo)",
    "UPDATE commerce_orderline SET returns_id = NULL WHERE returns_id IS NOT NULL "
    "AND order_id IN (SELECT id FROM commerce_order WHERE demo)",
    "DELETE FROM commerce_orderline WHERE order_id IN (SELECT id FROM commerce_order WHERE demo)",
    "DELETE FROM commerce_order WHERE demo",
    "DELETE FROM commerce_product WHERE demo",
)


def sample_remove(actor: Actor) -> int:
    """Remove orders, payments and products of the sample; gives how many rows went."""
    removed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _REMOVE:
            cursor.execute(statement)
            removed += cursor.rowcount if statement.startswith("DELETE") else 0
    return removed


# ── who buys what, and when ───────────────────────────────────────────────


def _deals(world: World) -> Iterator[Deal]:
    chance = world.chance("commerce.orders")
    for customer_id, life in zip(sample_ids(), lives(world), strict=True):
        taste = chance.sample(GOODS, 7)
        visits = life.visits(chance)
        for place, days_ago in enumerate(visits):
            yield _deal(world, chance, life, taste, days_ago, customer_id=customer_id, last=place == len(visits) - 1)
        for days_ago in _feasts(world, chance, life) if visits else ():
            yield _deal(world, chance, life, taste, days_ago, customer_id=customer_id, feast=True)
    anybody = Life(Habit.LOST, 600, 0, 1)
    for _number_of in range(world.count(PASSERS_BY)):
        yield _deal(world, chance, anybody, GOODS, chance.randint(0, 600), customer_id=None)


def _feasts(world: World, chance: random.Random, life: Life) -> Iterator[int]:
    """Days ago on which somebody came for gifts: in the weeks before Yalda and before Nowruz."""
    if life.abroad:
        return
    for days_ago in range(life.silent + 1, life.known):
        _year, month, day = parts(world.day(days_ago), CalendarKind.JALALI)
        yalda, nowruz = month == 9 and day >= 18, month == 12 and day >= 8
        if (yalda or nowruz) and chance.random() < (0.05 if life.house else 0.018):
            yield days_ago


def _deal(
    world: World,
    chance: random.Random,
    life: Life,
    taste: Sequence[Good],
    days_ago: int,
    *,
    customer_id: int | None,
    last: bool = False,
    feast: bool = False,
) -> Deal:
    at = world.moment(days_ago, chance)
    currency = "EUR" if life.abroad else "IRR"
    order = Order(
        demo=True, customer_id=customer_id, kind=OrderKind.SALE, status=OrderStatus.DELIVERED, placed_at=at,
        currency=currency, exponent=exponent_of(currency), channel=_channel(chance, life, customer_id),
    )  # fmt: skip
    deal = Deal(order, _lines(chance, life, taste, order, world, feast=feast))
    _sums(deal)
    age = (world.now - at) / timedelta(days=1)
    order.delivered_at = min(at + timedelta(hours=chance.randint(3, 70)), world.now)
    if age < 3 and order.channel != "store":
        order.status, order.delivered_at = OrderStatus.PLACED, None
    elif not last and chance.random() < 0.012:
        order.status, order.delivered_at, deal.cancelled_at = OrderStatus.CANCELLED, None, at + timedelta(hours=2)
        order.cancelled_at = deal.cancelled_at
        return deal
    _pay(deal, chance, life, world)
    if order.status == OrderStatus.DELIVERED and age > 12 and customer_id is not None and chance.random() < 0.028:
        deal.back = _return(deal, chance, world)
    return deal


def _channel(chance: random.Random, life: Life, customer_id: int | None) -> str:
    if customer_id is None:
        return "store"
    if life.abroad:
        return "email"
    return chance.choice(("call", "call", "web", "bale")) if life.house else chance.choices(CHANNELS, CHANNEL_SHARES)[0]


def _lines(
    chance: random.Random, life: Life, taste: Sequence[Good], order: Order, world: World, *, feast: bool
) -> list[Line]:
    goods = list(ABROAD) if life.abroad else [*taste]
    weights = [good.bulk + 1 if life.house else good.liked for good in goods]
    many = chance.choices((1, 2, 3, 4), (30, 36, 22, 12))[0] + (1 if life.habit in DEAR else 0)
    chosen = list(dict.fromkeys(chance.choices(goods, weights, k=many)))
    if feast:
        chosen.insert(0, chance.choice(GIFTS))
    elif not life.house and not life.abroad and chance.random() < 0.015:
        chosen.append(WORKSHOP)
    rise = _rise(order.placed_at.date(), world)
    lines = [_line(chance, life, good, rise) for good in chosen]
    if order.channel in ("web", "instagram", "telegram", "bale") and not life.house:
        lines.append(_line(chance, life, POSTAGE, rise))
    return lines


def _line(chance: random.Random, life: Life, good: Good, rise: float) -> Line:
    if good in (POSTAGE, WORKSHOP):
        quantity = 1
    elif life.abroad:
        quantity = chance.randint(10, 60)
    elif life.house:
        quantity = chance.randint(2, 4) + chance.randint(0, good.bulk)
    else:
        quantity = chance.choices((1, 2, 3, 5), (68, 22, 7, 3))[0] + (1 if life.habit in DEAR else 0)
    price = _price(good, rise, wholesale=life.house and not life.abroad)
    cost = None if good.cost is None else _cost(price, good.cost)
    if life.abroad:
        price = Decimal(good.toman) / 100
        cost = None if good.cost is None else (price * Decimal(str(good.cost))).quantize(Decimal("0.01"))
    return Line(good, Decimal(quantity), price, cost)


def _rise(day: date, world: World) -> float:
    """Prices of that day as a share of today's: they have risen by a third in twenty months, at the turn of seasons."""
    season = (world.today - day).days // 90
    return 1 - 0.05 * season


def _price(good: Good, rise: float, *, wholesale: bool) -> Decimal:
    """Rial, in whole thousands of toman; a house gets an eighth off."""
    toman = round(good.toman * rise * (0.875 if wholesale else 1) / 1_000) * 1_000
    return Decimal(toman * RIALS_A_TOMAN)


def _cost(price: Decimal, share: float) -> Decimal:
    return (price * Decimal(str(share)) / 10_000).quantize(Decimal(1)) * 10_000


def _sums(deal: Deal) -> None:
    """The figures as the table's triggers will find them; interactions say them before they can be read."""
    total = sum((line.quantity * line.price for line in deal.lines), Decimal(0))
    deal.order.total_minor, deal.order.lines = int(total.scaleb(deal.order.exponent)), len(deal.lines)


def _pay(deal: Deal, chance: random.Random, life: Life, world: World) -> None:
    """Most pay at once; houses by transfer within a month, some in two parts; a few of late have not paid yet."""
    order = deal.order
    recent = world.now - order.placed_at < timedelta(days=35)
    if life.house:
        if recent and chance.random() < 0.5:
            return
        at = order.placed_at + timedelta(days=chance.randint(1, 30))
        method = chance.choice(("transfer", "transfer", "cheque"))
        shares = (0.5, 0.5) if chance.random() < 0.15 else (1.0,)
    else:
        if recent and chance.random() < 0.04:
            return
        at = order.placed_at + timedelta(minutes=chance.randint(1, 40))
        method = "cash" if order.channel == "store" and chance.random() < 0.2 else "card"
        method = method if order.channel == "store" else chance.choice(("gateway", "gateway", "transfer"))
        shares = (1.0,)
    left = order.total_minor
    for place, share in enumerate(shares):
        moment = at + timedelta(days=9 * place)
        amount = left if place == len(shares) - 1 else int(order.total_minor * share)
        if moment >= world.now:
            return
        deal.payments.append(_payment(order, PaymentKind.PAYMENT, moment, amount, method))
        left -= amount


def _payment(order: Order, kind: PaymentKind, at: datetime, amount: int, method: str) -> Payment:
    return Payment(
        demo=True, order=order, kind=kind, at=at, amount_minor=amount, currency=order.currency, method=method
    )


def _return(deal: Deal, chance: random.Random, world: World) -> Deal | None:
    """One line comes back within ten days, and its money goes back if it was paid."""
    order = deal.order
    line = chance.choice([line for line in deal.lines if line.good is not POSTAGE])
    at = order.placed_at + timedelta(days=chance.randint(4, 10))
    back = Order(
        demo=True, customer_id=order.customer_id, kind=OrderKind.RETURN, status=OrderStatus.DELIVERED, origin=order,
        placed_at=at, delivered_at=at, currency=order.currency, exponent=order.exponent, channel=order.channel,
        note=chance.choice(("بسته‌بندی آسیب دیده بود.", "طعمش را نپسندید.", "اشتباه ثبت شده بود.", "دیر رسید.")),
    )  # fmt: skip
    quantity = line.quantity if chance.random() < 0.6 else Decimal(1)
    made = Deal(back, [Line(line.good, -quantity, line.price, line.cost)])
    _sums(made)
    if sum(one.amount_minor for one in deal.payments) == order.total_minor and deal.payments[-1].at < at:
        refunded = at + timedelta(hours=chance.randint(1, 30))
        if refunded < world.now:
            deal.payments.append(_payment(order, PaymentKind.REFUND, refunded, -back.total_minor, "transfer"))
    return made


# ── writing ───────────────────────────────────────────────────────────────


def _products_write() -> dict[str, int]:
    kinds = {WORKSHOP.sku: ProductKind.SERVICE, POSTAGE.sku: ProductKind.FEE}
    inland = [
        _product(good, kinds.get(good.sku, ProductKind.GOODS), Decimal(good.toman * RIALS_A_TOMAN), "IRR")
        for good in (*GOODS, *GIFTS, WORKSHOP, POSTAGE)
    ]
    abroad = [_product(good, ProductKind.GOODS, Decimal(good.toman) / 100, "EUR") for good in ABROAD]
    return {product.sku: product.pk for product in Product.objects.bulk_create([*inland, *abroad])}


def _product(good: Good, kind: ProductKind, price: Decimal, currency: str) -> Product:
    product = Product(
        demo=True, sku=good.sku, name=good.name, kind=kind, unit_price=price, currency=currency,
        search_key=product_key(sku=good.sku, name=good.name),
    )  # fmt: skip
    if good.cost is not None:
        product.unit_cost = (price * Decimal(str(good.cost))).quantize(Decimal("0.01"))
    return product


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def _number(deals: Sequence[Deal]) -> None:
    """Numbers, and ids of orders, lines and payments, so that returns and interactions can point to them."""
    for place, (deal, pk) in enumerate(zip(deals, _ids("commerce_order", len(deals)), strict=True)):
        deal.order.pk, deal.order.number = pk, str(FIRST_NUMBER + place)
    lines = [line for deal in deals for line in deal.lines]
    for line, pk in zip(lines, _ids("commerce_orderline", len(lines)), strict=True):
        line.pk = pk
    payments = [payment for deal in deals for payment in deal.payments]
    for payment, pk in zip(payments, _ids("commerce_payment", len(payments)), strict=True):
        payment.pk = pk
    for deal in deals:
        if deal.back is not None:
            (back,) = deal.back.lines
            back.returns = next(line.pk for line in deal.lines if line.good is back.good)


_ORDER = (
    "id", "demo", "number", "customer_id", "kind", "status", "origin_id", "placed_at", "delivered_at", "cancelled_at",
    "currency", "exponent", "channel", "tracks_payment", "note", "source", "version",
)  # fmt: skip
_LINE = (
    "id", "order_id", "product_id", "returns_id", "position", "description", "quantity", "unit_price", "amount",
    "unit_cost",
)  # fmt: skip
_PAYMENT = ("id", "demo", "order_id", "kind", "at", "amount_minor", "currency", "method", "reference")


def _write(deals: Sequence[Deal], products: dict[str, int]) -> None:
    for deal in deals:
        if deal.back is not None:
            deal.back.order.origin_id = deal.order.pk
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY commerce_order ({', '.join(_ORDER)}) FROM STDIN") as copy:
            for deal in deals:
                copy.write_row([getattr(deal.order, name) for name in _ORDER])
        with cursor.copy(f"COPY commerce_orderline ({', '.join(_LINE)}) FROM STDIN") as copy:
            for deal in deals:
                for position, line in enumerate(deal.lines, 1):
                    copy.write_row(
                        (line.pk, deal.order.pk, products[line.good.sku], line.returns, position, line.good.name,
                         line.quantity, line.price, line.quantity * line.price, line.cost)
                    )  # fmt: skip
        with cursor.copy(f"COPY commerce_payment ({', '.join(_PAYMENT)}) FROM STDIN") as copy:
            for deal in deals:
                for payment in deal.payments:
                    payment.order_id = deal.order.pk
                    copy.write_row([getattr(payment, name) for name in _PAYMENT])


def _interactions(deals: Sequence[Deal]) -> Iterator[InteractionRow]:
    for deal in deals:
        origin = deal.order.origin
        yield order_row(deal.order, origin=origin.number if origin is not None else "")
        if deal.cancelled_at is not None:
            yield cancelled_row(deal.order, at=deal.cancelled_at)
        for payment in deal.payments:
            yield payment_row(deal.order, payment)
