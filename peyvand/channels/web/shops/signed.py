"""Any shop that can sign a request: X-Peyvand-Signature "t=<seconds>,v1=<hex of HMAC-SHA256 of "<seconds>.<body>">",
not older than five minutes. The body is {"id", "topic", "data"}; docs/channels/web.md has it in full.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
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

AGE = 300  # seconds
STATES = ("waiting", "placed", "delivered", "cancelled")
TOPICS = ("order", "customer", "product")
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, body: bytes, at: int) -> str:
    """What stands in the header."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def proved(request: HookRequest, secret: str) -> bool:
    """Whether it is signed, and signed just now."""
    found = _SIGNATURE.fullmatch(request.headers.get("x-peyvand-signature", ""))
    if found is None or abs(time.time() - int(found[1])) > AGE:
        return False
    return hmac.compare_digest(signature(secret, request.body, int(found[1])), found[0])


def read(request: HookRequest) -> Report:
    """What it reports."""
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ReportError("", "no JSON") from error
    if not isinstance(said, dict):
        raise ReportError("", "no JSON object")
    topic, data = words(said.get("topic"), 40), mapping(said.get("data"))
    delivery = words(said.get("id"), 100) or hashlib.sha256(request.body).hexdigest()
    if topic == "order":
        order = _order(data)
        return Report(delivery, topic, order.number, order)
    if topic == "customer":
        person = _person(data)
        if not person.code:
            raise ReportError("", "a customer without a code")
        return Report(delivery, topic, person.code[:64], person)
    if topic == "product":
        price = data.get("price")
        product = ShopProduct(
            words(data.get("sku"), 100), words(data.get("name"), 300), None if price is None else decimal_of(price),
            data.get("active") is not False, words(data.get("currency"), 10).upper(),
        )  # fmt: skip
        return Report(delivery, topic, product.sku[:64], product)
    return Report(delivery, topic or "?")


def _moment(said: object) -> datetime | None:
    if not isinstance(said, str) or not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise ReportError("", f"no moment: {said[:40]}") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _person(said: Mapping[str, object]) -> Person:
    return Person(
        words(said.get("code"), 100), words(said.get("name"), 200), words(said.get("email"), 254),
        words(said.get("phone"), 40), words(said.get("city"), 120), words(said.get("country"), 120),
    )  # fmt: skip


def _order(said: Mapping[str, object]) -> ShopOrder:
    number, state = words(said.get("number"), 64), words(said.get("state"), 20) or "placed"
    if not number:
        raise ReportError("", "an order without a number")
    if state not in STATES:
        raise ReportError("", f"no such state: {state}")
    lines = []
    for one in listed(said.get("lines")):
        quantity = decimal_of(one.get("quantity"), Decimal(1))
        total = one.get("total")
        price = decimal_of(one.get("price")) if total is None else Decimal(0)
        lines.append(
            Line(
                words(one.get("name"), 300), quantity, quantity * price if total is None else decimal_of(total),
                decimal_of(one.get("tax"), Decimal(0)), words(one.get("sku"), 100),
            )
        )  # fmt: skip
    paid_at = _moment(said.get("paid_at"))
    return ShopOrder(
        number, state, words(said.get("currency"), 10).upper(), _moment(said.get("at")),
        _person(mapping(said.get("customer"))), lines,
        None if said.get("total") is None else decimal_of(said.get("total")), paid=paid_at is not None, paid_at=paid_at,
        method=words(said.get("method"), 40), note=words(said.get("note"), 500),
    )  # fmt: skip


SIGNED = ShopKind(
    "signed", _("Any shop, by a signed request"),
    _("Your shop's server sends JSON to the address below and signs it with the secret."), proved, read, TOPICS,
)  # fmt: skip
