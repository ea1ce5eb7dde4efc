"""Who of the sample buys what, when, and how they pay: each customer as their life says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from peyvand.foundation.calendar.calendars import CalendarKind, parts
from peyvand.foundation.demo.world import World
from peyvand.foundation.money.currencies import RIALS_A_TOMAN, exponent_of
from peyvand.memory.commerce.demo_goods import (
    ABROAD,
    GIFTS,
    GOODS,
    POSTAGE,
    REASONS,
    WHOLE_REASONS,
    WHOLESALE_TAG,
    WORKSHOP,
    Good,
)
from peyvand.memory.commerce.demo_terms import Terms
from peyvand.memory.commerce.models import (
    Order,
    OrderKind,
    OrderStatus,
    Payment,
    PaymentKind,
    TaxRate,
)
from peyvand.memory.commerce.money import percent_of, tax_of
from peyvand.memory.customers.demo import Habit, Life, cast, sample_ids

PASSERS_BY = 260  # orders of nobody known, in the whole sample
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
    price_list_id: int | None = None
    percent: Decimal | None = None  # of its own discount
    reason: str = ""
    share: Decimal | None = None  # per cent off the whole order
    rate: TaxRate | None = None

    @property
    def discount(self) -> Decimal:
        return percent_of(self.quantity * self.price, self.percent) if self.percent is not None else Decimal(0)

    @property
    def order_discount(self) -> Decimal:
        left = self.quantity * self.price - self.discount
        return percent_of(left, self.share) if self.share is not None else Decimal(0)

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price - self.discount - self.order_discount

    def tax(self, exponent: int) -> Decimal:
        """Included in the price, as the sample's rates are."""
        if self.rate is None:
            return Decimal(0)
        return tax_of(self.amount, self.rate.percent, included=True, exponent=exponent)


@dataclass
class Deal:
    """An order with what hangs on it, before it is written."""

    order: Order
    lines: list[Line]
    payments: list[Payment] = field(default_factory=list)
    back: Deal | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class Buyer:
    """Somebody who buys: their life, what they like, and the terms they buy under; `pk` is None for passers-by."""

    pk: int | None
    life: Life
    taste: Sequence[Good]
    terms: Terms
    wholesale: bool = False


def deals_of(world: World, terms: Terms) -> Iterator[Deal]:
    chance = world.chance("commerce.orders")
    for customer_id, member in zip(sample_ids(), cast(world), strict=True):
        life = member.life
        wholesale = life.house and not life.abroad and WHOLESALE_TAG in member.row.tags
        buyer = Buyer(customer_id, life, chance.sample(GOODS, 7), terms, wholesale)
        visits = life.visits(chance)
        for place, days_ago in enumerate(visits):
            yield _deal(world, chance, buyer, days_ago, last=place == len(visits) - 1)
        for days_ago in _feasts(world, chance, life) if visits else ():
            yield _deal(world, chance, buyer, days_ago, feast=True)
    anybody = Buyer(None, Life(Habit.LOST, 600, 0, 1), GOODS, terms)
    for _number_of in range(world.count(PASSERS_BY)):
        yield _deal(world, chance, anybody, chance.randint(0, 600))


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
    buyer: Buyer,
    days_ago: int,
    *,
    last: bool = False,
    feast: bool = False,
) -> Deal:
    life, customer_id = buyer.life, buyer.pk
    at = world.moment(days_ago, chance)
    currency = "EUR" if life.abroad else "IRR"
    order = Order(
        demo=True, customer_id=customer_id, kind=OrderKind.SALE, status=OrderStatus.DELIVERED, placed_at=at,
        currency=currency, exponent=exponent_of(currency), channel=_channel(chance, life, customer_id),
    )  # fmt: skip
    deal = Deal(order, _lines(chance, buyer, order, world, feast=feast))
    _discounts(chance, buyer, deal, feast=feast)
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


def _discounts(chance: random.Random, buyer: Buyer, deal: Deal, *, feast: bool) -> None:
    """Gifts of a feast are a tenth off; now and then a line or a whole order is, for a reason."""
    if buyer.life.abroad:
        return
    if feast:
        deal.lines[0].percent, deal.lines[0].reason = Decimal(10), "جشنواره‌ی هدیه‌ها"
    elif chance.random() < 0.05:
        line = deal.lines[0]
        line.percent, line.reason = Decimal(chance.choice((5, 10, 15))), chance.choice(REASONS)
    elif buyer.pk is not None and chance.random() < 0.03:
        order = deal.order
        order.discount_percent, order.discount_reason = Decimal(5), chance.choice(WHOLE_REASONS)
        for line in deal.lines:
            line.share = order.discount_percent


def _lines(chance: random.Random, buyer: Buyer, order: Order, world: World, *, feast: bool) -> list[Line]:
    life = buyer.life
    goods = list(ABROAD) if life.abroad else [*buyer.taste]
    weights = [good.bulk + 1 if life.house else good.liked for good in goods]
    many = chance.choices((1, 2, 3, 4), (30, 36, 22, 12))[0] + (1 if life.habit in DEAR else 0)
    chosen = list(dict.fromkeys(chance.choices(goods, weights, k=many)))
    if feast:
        chosen.insert(0, chance.choice(GIFTS))
    elif not life.house and not life.abroad and chance.random() < 0.015:
        chosen.append(WORKSHOP)
    rise = _rise(order.placed_at.date(), world)
    lines = [_line(chance, buyer, good, rise) for good in chosen]
    if order.channel in ("web", "instagram", "telegram", "bale") and not life.house:
        lines.append(_line(chance, buyer, POSTAGE, rise))
    return lines


def _line(chance: random.Random, buyer: Buyer, good: Good, rise: float) -> Line:
    life, terms = buyer.life, buyer.terms
    if good in (POSTAGE, WORKSHOP):
        quantity = 1
    elif life.abroad:
        quantity = chance.randint(10, 60)
    elif life.house:
        quantity = chance.randint(2, 4) + chance.randint(0, good.bulk)
    else:
        quantity = chance.choices((1, 2, 3, 5), (68, 22, 7, 3))[0] + (1 if life.habit in DEAR else 0)
    full = _price(good, rise)
    price = _price(good, rise * terms.off(good, quantity)) if buyer.wholesale else full
    cost = None if good.cost is None else _cost(full, good.cost)
    if life.abroad:
        price = Decimal(good.toman) / 100
        cost = None if good.cost is None else (price * Decimal(str(good.cost))).quantize(Decimal("0.01"))
    return Line(
        good, Decimal(quantity), price, cost, price_list_id=terms.wholesale.pk if buyer.wholesale else None,
        rate=terms.exempt if life.abroad else terms.vat,
    )  # fmt: skip


def _rise(day: date, world: World) -> float:
    """Prices of that day as a share of today's: they have risen by a third in twenty months, at the turn of seasons."""
    season = (world.today - day).days // 90
    return 1 - 0.05 * season


def _price(good: Good, share: float) -> Decimal:
    """That share of the price in rial, in whole thousands of toman."""
    toman = round(good.toman * share / 1_000) * 1_000
    return Decimal(toman * RIALS_A_TOMAN)


def _cost(price: Decimal, share: float) -> Decimal:
    return (price * Decimal(str(share)) / 10_000).quantize(Decimal(1)) * 10_000


def _sums(deal: Deal) -> None:
    """The figures as the table's triggers will find them; interactions say them before they can be read."""
    total = sum((line.amount for line in deal.lines), Decimal(0)).scaleb(deal.order.exponent)
    deal.order.total_minor, deal.order.lines = int(total.quantize(Decimal(1), ROUND_HALF_UP)), len(deal.lines)


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
    made = Deal(back, [replace(line, quantity=-quantity, pk=0)])
    _sums(made)
    if sum(one.amount_minor for one in deal.payments) == order.total_minor and deal.payments[-1].at < at:
        refunded = at + timedelta(hours=chance.randint(1, 30))
        if refunded < world.now:
            deal.payments.append(_payment(order, PaymentKind.REFUND, refunded, -back.total_minor, "transfer"))
    return made
