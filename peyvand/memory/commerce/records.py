"""Orders and contracts as records that are opened by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Record, RecordList
from peyvand.memory.commerce.models import Contract, Order


def _orders(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    return Order.objects.visible_to(actor).filter(pk__in=ids)


def _contracts(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    return Contract.objects.visible_to(actor).filter(pk__in=ids)


def _told_orders(actor: Actor, rows: Sequence[Order]) -> list[Record]:
    return [
        Record(
            one.pk, one.number, reverse("commerce:order", args=[one.pk]), one.customer_id, one.placed_at,
            Money(one.total_minor, one.currency),
        )
        for one in rows
    ]  # fmt: skip


def _told_contracts(actor: Actor, rows: Sequence[Contract]) -> list[Record]:
    return [
        Record(
            one.pk, one.number, reverse("commerce:contract", args=[one.pk]), one.customer_id, one.starts_on,
            Money(one.fee_minor, one.currency),
        )
        for one in rows
    ]  # fmt: skip


RECORDS = (
    RecordList(
        "orders", _("Orders"), _orders, _told_orders, ("-placed_at", "-id"), _("Amount"),
        also={"order_lines": "order_id", "order_charges": "order_id", "payments": "order_id",
              "web_baskets": "order_id"},
    ),
    RecordList(
        "contracts", _("Contracts"), _contracts, _told_contracts, ("-starts_on", "-id"), _("Amount"),
        also={"contract_periods": "contract_id"},
    ),
)  # fmt: skip
