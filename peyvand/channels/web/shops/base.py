"""What shops report, in the same words whatever the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from peyvand.channels.outreach.declarations import HookRequest
from peyvand.foundation.registry.declarations import Label


class ReportError(ValueError):
    """The report can't be taken in: `why` is one of models.Why, "" for what is no report at all; `detail` the shop's
    own word that it is about.
    """

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why or detail)
        self.why = why
        self.detail = detail[:200]


@dataclass(frozen=True)
class Person:
    """A customer of the shop. `code` is the shop's own, "" for a guest."""

    code: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True)
class Line:
    """A line of an order: `total` is what is to be paid for all of it without tax, `tax` comes on top."""

    name: str
    quantity: Decimal
    total: Decimal
    tax: Decimal = Decimal(0)
    sku: str = ""


@dataclass(frozen=True)
class ShopOrder:
    """An order as the shop has it. `state` is one of "waiting" (nothing is sold yet), "placed", "delivered",
    "cancelled"; `total` what the shop says is to be paid.
    """

    number: str
    state: str
    currency: str
    at: datetime | None
    person: Person
    lines: Sequence[Line]
    total: Decimal | None = None
    paid: bool = False
    paid_at: datetime | None = None
    method: str = ""
    note: str = ""


@dataclass(frozen=True)
class ShopProduct:
    """A product as the shop has it; `active` where it can be bought."""

    sku: str
    name: str
    price: Decimal | None
    active: bool = True
    currency: str = ""


@dataclass(frozen=True)
class Report:
    """One report: `delivery` is the shop's id of it, `what` one of the three or None where nothing is to be done."""

    delivery: str
    topic: str
    code: str = ""
    what: ShopOrder | Person | ShopProduct | None = None


@dataclass(frozen=True)
class ShopKind:
    """A kind of shop. `proved(request, secret)` says whether it signed the report; `read(request)` reads it, and raises
    ReportError where it is none.
    """

    name: str
    label: Label
    help: Label
    proved: Callable[[HookRequest, str], bool]
    read: Callable[[HookRequest], Report]
    topics: Sequence[str] = field(default_factory=tuple)


def decimal_of(said: object, otherwise: Decimal | None = None) -> Decimal:
    """A number as shops write it. ReportError for what is none."""
    if isinstance(said, bool) or not isinstance(said, int | float | str) or said == "":
        if otherwise is not None:
            return otherwise
        raise ReportError("", f"not a number: {str(said)[:40]}")
    try:
        found = Decimal(str(said))
    except ArithmeticError as error:
        raise ReportError("", f"not a number: {str(said)[:40]}") from error
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise ReportError("", f"not a number: {str(said)[:40]}")
    return found


def words(said: object, longest: int) -> str:
    """A text of the report; numbers too, as codes often are; "" for what is neither."""
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if not isinstance(said, str):
        return ""
    return said.replace("\x00", "").encode("utf-8", "ignore").decode().strip()[:longest]


def mapping(said: object) -> Mapping[str, object]:
    """A part of the report; empty for what is none."""
    return said if isinstance(said, dict) else {}


def listed(said: object, most: int = 1000) -> list[Mapping[str, object]]:
    """A list of parts. ReportError for more than `most`."""
    found: list[Mapping[str, object]] = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    if len(found) > most:
        raise ReportError("", "too many lines")
    return found
