"""WooCommerce's webhooks (REST API v3 bodies), signed by X-WC-Webhook-Signature: base64 of HMAC-SHA256 of the body.

A documented shape: https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks. Saving a webhook sends a ping,
`webhook_id=…` as a form, which has no topic.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import HookRequest
from peyvand.channels.web.shops.base import (
    Line,
    Person,
    Report,
    ReportError,
    ShopKind,
    ShopOrder,
    ShopProduct,
    decimal_of,
    listed,
    mapping,
    words,
)

STATES = {
    "processing": "placed", "on-hold": "placed", "completed": "delivered", "cancelled": "cancelled",
    "refunded": "cancelled", "failed": "cancelled", "trash": "cancelled", "pending": "waiting",
    "checkout-draft": "waiting", "auto-draft": "waiting",
}  # fmt: skip
TOPICS = ("order.created", "order.updated", "customer.created", "customer.updated", "product.created",
          "product.updated")  # fmt: skip


def proved(request: HookRequest, secret: str) -> bool:
    """Whether the shop signed it. A ping is signed as well, over its form, which is not here any more: it does
    nothing, and needs no proof.
    """
    if not request.body and "webhook_id" in request.form:
        return True
    wanted = base64.b64encode(hmac.new(secret.encode(), request.body, hashlib.sha256).digest()).decode()
    given = request.headers.get("x-wc-webhook-signature", "")
    return given.isascii() and hmac.compare_digest(wanted, given)


def read(request: HookRequest) -> Report:
    """What it reports."""
    if not request.body:
        return Report(f"ping-{words(request.form.get('webhook_id'), 40)}", "ping")
    topic = request.headers.get("x-wc-webhook-topic", "")[:40]
    delivery = request.headers.get("x-wc-webhook-delivery-id", "")[:100]
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ReportError("", "no JSON") from error
    if not isinstance(said, dict):
        raise ReportError("", "no JSON object")
    delivery = delivery or hashlib.sha256(request.body).hexdigest()
    if topic in ("order.created", "order.updated", "order.restored"):
        order = _order(said)
        return Report(delivery, topic, order.number, order)
    if topic in ("customer.created", "customer.updated"):
        person = _customer(said)
        return Report(delivery, topic, person.code, person)
    if topic in ("product.created", "product.updated", "product.restored"):
        product = _product(said)
        return Report(delivery, topic, product.sku, product)
    return Report(delivery, topic or "?", words(said.get("id"), 64))


def _moment(said: object) -> datetime | None:
    """A moment of the "_gmt" fields, which name no zone."""
    if not isinstance(said, str) or not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        return None


def _address(said: Mapping[str, object], code: str) -> Person:
    name = " ".join(filter(None, (words(said.get("first_name"), 120), words(said.get("last_name"), 120))))
    return Person(
        code=code, name=name or words(said.get("company"), 200), email=words(said.get("email"), 254),
        phone=words(said.get("phone"), 40), city=words(said.get("city"), 120),
    )  # fmt: skip


def _order(said: Mapping[str, object]) -> ShopOrder:
    number = words(said.get("number") or said.get("id"), 64)
    if not number:
        raise ReportError("", "an order without a number")
    code = words(said.get("customer_id"), 100)
    lines = [
        Line(
            words(one.get("name"), 300), decimal_of(one.get("quantity")), decimal_of(one.get("total")),
            decimal_of(one.get("total_tax"), Decimal(0)), words(one.get("sku"), 100),
        )
        for one in listed(said.get("line_items"))
    ]  # fmt: skip
    for one in (*listed(said.get("shipping_lines")), *listed(said.get("fee_lines"))):
        total, tax = decimal_of(one.get("total"), Decimal(0)), decimal_of(one.get("total_tax"), Decimal(0))
        if total + tax:
            name = words(one.get("method_title") or one.get("name"), 300)
            lines.append(Line(name or str(_("Delivery")), Decimal(1), total, tax))
    paid_at = _moment(said.get("date_paid_gmt"))
    whole = said.get("total")
    return ShopOrder(
        number, STATES.get(words(said.get("status"), 40), "placed"), words(said.get("currency"), 10).upper(),
        _moment(said.get("date_created_gmt")), _address(mapping(said.get("billing")), "" if code == "0" else code),
        [line for line in lines if line.quantity > 0], None if whole in (None, "") else decimal_of(whole),
        paid=paid_at is not None, paid_at=paid_at, method=words(said.get("payment_method_title"), 40),
        note=words(said.get("customer_note"), 500),
    )  # fmt: skip


def _customer(said: Mapping[str, object]) -> Person:
    code = words(said.get("id"), 100)
    if not code:
        raise ReportError("", "a customer without an id")
    billing = _address(mapping(said.get("billing")), code)
    own = _address(said, code)
    return Person(
        code, own.name or billing.name or words(said.get("username"), 120), own.email or billing.email, billing.phone,
        billing.city,
    )  # fmt: skip


def _product(said: Mapping[str, object]) -> ShopProduct:
    price = said.get("price")
    return ShopProduct(
        words(said.get("sku") or said.get("id"), 100), words(said.get("name"), 300),
        None if price in (None, "") else decimal_of(price), words(said.get("status"), 40) == "publish",
    )  # fmt: skip


WOOCOMMERCE = ShopKind(
    "woocommerce", "WooCommerce",
    _("In WooCommerce: Settings, Advanced, Webhooks. One webhook for each topic, with the address and secret below."),
    proved, read, TOPICS,
)  # fmt: skip
