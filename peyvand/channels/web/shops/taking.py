"""A report of a shop, taken in through the verbs of customers and commerce; the same one twice is taken once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.channels.outreach.declarations import HookAnswer, HookRequest
from peyvand.channels.web.models import Delivery, Fate, Shop, Why
from peyvand.channels.web.setting import secret_of
from peyvand.channels.web.shops import KINDS
from peyvand.channels.web.shops.base import Line, Person, Report, ReportError, ShopOrder, ShopProduct
from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import RIAL, RIALS_A_TOMAN, TOMAN, is_currency
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.memory.commerce.models import Order, OrderKind, OrderStatus, Product
from peyvand.memory.commerce.money import EXACT
from peyvand.memory.commerce.queries.taxes import Taxing
from peyvand.memory.commerce.services import (
    LineData,
    ProductData,
    order_cancel,
    order_deliver,
    order_place,
    payment_record,
    product_save,
)
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.customers.data import CustomerRow, ExternalCustomer, IdentityData
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, Identity, IdentityKind
from peyvand.memory.customers.services import customers_ensure_external, customers_save

LARGEST = 2 * 2**20
TINY = Decimal("0.0000000001")  # the finest price that commerce keeps
OTHERS = {"IRHR": (RIAL, 1000), "IRHT": (RIAL, 1000 * RIALS_A_TOMAN), TOMAN: (RIAL, RIALS_A_TOMAN)}


@dataclass(frozen=True)
class Became:
    """What became of a report."""

    fate: str
    why: str = ""
    detail: str = ""
    order: Order | None = None


def take(request: HookRequest) -> HookAnswer:
    """A shop's call: 401 where it isn't signed, 200 for all that was understood, so that the shop tries nothing again
    in vain; 500 only where trying again may help.
    """
    shop = Shop.objects.filter(hook=request.token, enabled=True).first()
    kind = KINDS.get(shop.kind) if shop is not None else None
    if shop is None or kind is None:
        return HookAnswer(status=404)
    if request.method != "POST":
        return HookAnswer(status=405)
    if len(request.body) > LARGEST:
        return HookAnswer(status=413)
    secret = secret_of(shop)
    if not secret or not kind.proved(request, secret):
        return HookAnswer(status=401)
    return _taken(shop, request)


def _taken(shop: Shop, request: HookRequest) -> HookAnswer:
    try:
        report = KINDS[shop.kind].read(request)
    except ReportError as error:
        return HookAnswer(status=400, body=error.detail)
    if report.topic == "ping":
        return HookAnswer(body="OK")
    with transaction.atomic():
        # The row of the shop is held: the reports of one shop come in one after another, the same one five times too.
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        if Delivery.objects.filter(shop=shop, delivery=report.delivery).exists():
            return HookAnswer(body="OK")
        became = _put(shop, report)
        Delivery.objects.create(
            shop=shop, delivery=report.delivery, topic=report.topic[:40], code=report.code[:64], fate=became.fate,
            why=became.why, detail=became.detail[:300], order=became.order, at=timezone.now(),
        )  # fmt: skip
    return HookAnswer(body="OK")


def _put(shop: Shop, report: Report) -> Became:
    """Take it in, wholly or not at all; what can't be kept is told, not raised."""
    actor = system_actor(demo=shop.demo, name=shop.name)
    try:
        with transaction.atomic():
            if isinstance(report.what, ShopOrder):
                with change_set(actor=actor, kind="edit", title=gettext("Order from the shop")):
                    return _order(actor, shop, report.what)
            if isinstance(report.what, Person):
                _customer(actor, shop, report.what)
                return Became(Fate.TAKEN)
            if isinstance(report.what, ShopProduct):
                return _product(actor, shop, report.what)
    except ValidationError as error:
        return Became(Fate.REFUSED, Why.INVALID, " ".join(error.messages))
    except ReportError as error:
        return Became(Fate.REFUSED, error.why or Why.INVALID, error.detail)
    return Became(Fate.NOTHING, Why.UNASKED)


# ── customers ─────────────────────────────────────────────────────────────


def _customer(actor: Actor, shop: Shop, person: Person) -> Customer | None:
    """Who this is: by the shop's code; a guest by an address that is one customer's alone, else somebody new. What is
    known of a customer already is never overwritten by a shop.
    """
    code = person.code
    if not code:
        found = _by_address(shop, person)
        if found is not None:
            return found
        code = person.email.lower() or person.phone
        if not code:
            return None
    row = ExternalCustomer(code, person.name, person.city, person.country, person.phone, person.email)
    ids = customers_ensure_external(actor=actor, system=shop.system, rows=[row])
    if code not in ids:
        return None
    given = [IdentityData(kind, value) for kind, value in _addresses(person)]
    if given:
        customers_save(actor=actor, rows=[CustomerRow(values={}, id=ids[code], identities=given)])
    return Customer.objects.get(pk=ids[code])


def _addresses(person: Person) -> list[tuple[str, str]]:
    """The addresses that can be read."""
    found = []
    for kind, value in ((IdentityKind.PHONE, person.phone), (IdentityKind.EMAIL, person.email)):
        try:
            if value and identity_key(kind, value):
                found.append((str(kind), value))
        except (IdentifierError, ValueError):
            continue
    return found


def _by_address(shop: Shop, person: Person) -> Customer | None:
    for kind, value in _addresses(person):
        keys = Identity.objects.filter(demo=shop.demo, kind=kind, key=identity_key(kind, value))
        ids = set(keys.values_list("customer_id", flat=True)[:2])
        if len(ids) == 1:
            return Customer.objects.get(pk=ids.pop())
    return None


# ── orders ────────────────────────────────────────────────────────────────


def _unit(shop: Shop, stated: str) -> tuple[str, int]:
    """The currency of the shop's amounts, and how many of its units one of theirs is."""
    if shop.unit == "toman":
        return RIAL, RIALS_A_TOMAN
    currency = stated if shop.unit == "stated" else shop.unit
    if currency in OTHERS:
        return OTHERS[currency]
    if not is_currency(currency):
        raise ReportError(Why.CURRENCY, currency[:10])
    return currency, 1


def _order(actor: Actor, shop: Shop, said: ShopOrder) -> Became:
    number = f"{shop.prefix}{said.number}"[:64]
    source = f"shop:{shop.pk}"
    known = Order.objects.filter(demo=shop.demo, number=number).first()
    if known is not None and (known.source != source or known.kind != OrderKind.SALE):
        raise ReportError(Why.NUMBER, number)
    note = detail = ""
    if known is None:
        if said.state == "waiting":
            return Became(Fate.NOTHING, Why.UNSOLD)
        if said.state == "cancelled":
            return Became(Fate.NOTHING, Why.CANCELLED)
        known = _placed(actor, shop, said, number=number, source=source)
    currency, scale = _unit(shop, said.currency)
    if said.total is not None and currency == known.currency:
        total = (said.total * scale).quantize(Decimal(1).scaleb(-known.exponent), ROUND_HALF_UP)
        if int(total.scaleb(known.exponent)) != known.total_minor:
            note, detail = Why.TOTAL, f"{total} {currency}"
    _paid(actor, known, said)
    _state(actor, known, said)
    return Became(Fate.TAKEN, note, detail, known)


def _placed(actor: Actor, shop: Shop, said: ShopOrder, *, number: str, source: str) -> Order:
    currency, scale = _unit(shop, said.currency)
    at = min(said.at or timezone.now(), timezone.now())
    products = _products(shop, said.lines)
    taxing = Taxing(demo=shop.demo, on=house_day(at))
    lines = []
    for line in said.lines:
        product = products.get(line.sku.upper())
        rate = taxing.rate_of(product)
        # Where we put a tax on top ourselves, the price is the shop's without it; else the shop's tax is in the price.
        whole = line.total if rate is not None and not rate.included and line.tax else line.total + line.tax
        with localcontext(EXACT):
            price = (whole * scale / line.quantity).quantize(TINY, ROUND_HALF_UP).normalize()
        lines.append(LineData(line.quantity, product.pk if product else None, line.name or line.sku, unit_price=price))
    return order_place(
        actor=actor, customer=_customer(actor, shop, said.person), lines=lines, currency=currency, placed_at=at,
        number=number, channel="web", note=said.note, source=source,
    )  # fmt: skip


def _products(shop: Shop, lines: Sequence[Line]) -> dict[str, Product]:
    codes = {line.sku.upper() for line in lines if line.sku}
    found: dict[str, Product] = {}
    for code in codes:
        product = Product.objects.filter(demo=shop.demo, sku__iexact=code).first()
        if product is not None:
            found[code] = product
    return found


def _paid(actor: Actor, order: Order, said: ShopOrder) -> None:
    order.refresh_from_db()
    if said.paid and order.status != OrderStatus.CANCELLED and order.paid_minor == 0 and order.balance_minor > 0:
        payment_record(
            actor=actor, order_id=order.pk, amount_minor=order.balance_minor, at=said.paid_at, method=said.method[:20],
        )  # fmt: skip


def _state(actor: Actor, order: Order, said: ShopOrder) -> None:
    """Follow the shop forwards; what was delivered or cancelled here stays so."""
    if said.state == "delivered" and order.status == OrderStatus.PLACED:
        order_deliver(actor=actor, order_id=order.pk)
    elif said.state == "cancelled" and order.status == OrderStatus.PLACED:
        order_cancel(actor=actor, order_id=order.pk)


# ── products ──────────────────────────────────────────────────────────────


def _product(actor: Actor, shop: Shop, said: ShopProduct) -> Became:
    """Make the product, or change its name, price and whether it is sold; cost, kind and category stay ours."""
    known = Product.objects.filter(demo=shop.demo, sku__iexact=said.sku).first() if said.sku else None
    if shop.unit == "stated" and not said.currency:
        currency, scale = (known.currency, 1) if known else (settings.text("default_currency"), 1)
    else:
        currency, scale = _unit(shop, said.currency)
    price = None if said.price is None else said.price * scale
    data = ProductData(
        sku=known.sku if known else said.sku, name=said.name, currency=currency,
        kind=known.kind if known else ProductData.kind, unit_price=price,
        unit_cost=known.unit_cost if known and known.currency == currency else None, active=said.active,
        category_id=known.category_id if known else None,
    )  # fmt: skip
    product_save(actor=actor, data=data, product=known)
    return Became(Fate.TAKEN)
