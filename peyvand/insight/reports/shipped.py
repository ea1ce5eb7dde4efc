"""Dashboards that everybody has, by what people do here; whoever wants another makes a copy their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class ShippedTile:
    """A tile: its title, its question as JSON, its width in columns of four."""

    title: Label
    question: Mapping[str, Any]
    width: int = 2


@dataclass(frozen=True)
class ShippedDashboard:
    """A dashboard that comes with the house."""

    key: str
    name: Label
    help: Label
    icon: str
    tiles: Sequence[ShippedTile]
    period: str = ""


def _ask(fact: str, *measures: str, rows: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {"fact": fact, "measures": list(measures), "rows": list(rows), **more}


_YEAR: dict[str, Any] = {"period": "days", "days": 365}


def _number(title: Label, measure: str) -> ShippedTile:
    """One number of the last year, beside the year before."""
    return ShippedTile(title, _ask("orders", measure, compare="before", chart="number", **_YEAR), 1)


SHIPPED = (
    ShippedDashboard(
        "manager", _("Manager's dashboard"), _("What comes in, from whom, and how it goes"), "chart-arrows-vertical",
        (
            _number(_("Net revenue"), "orders.revenue"),
            _number(_("Number of sales"), "orders.sales"),
            _number(_("Buyers"), "orders.buyers"),
            _number(_("Average sale"), "orders.basket"),
            ShippedTile(_("How do sales go, beside a year before?"),
                        _ask("orders", "orders.revenue", rows=["placed_at:month"], compare="year", chart="line",
                             **_YEAR)),
            ShippedTile(_("Which products earn most?"),
                        _ask("order_lines", "lines.revenue", "lines.margin", rows=["product_id.name"], top=8, **_YEAR)),
            ShippedTile(_("By which channel do orders come?"),
                        _ask("orders", "orders.revenue", rows=["placed_at:season"], across="channel", chart="stacked",
                             **_YEAR)),
            ShippedTile(_("From which cities?"),
                        _ask("orders", "orders.revenue", rows=["customer_id.city"], top=8, share=True, **_YEAR)),
        ),
    ),
    ShippedDashboard(
        "marketing", _("Marketing's dashboard"), _("Where customers come from, and what they do then"), "speakerphone",
        (
            ShippedTile(_("New customers, month by month"),
                        _ask("customers", "customers.all", rows=["created_at:month"], **_YEAR)),
            ShippedTile(_("Where do customers come from?"), _ask("customers", "customers.all", rows=["source"], top=8)),
            ShippedTile(_("Visits by where they came from"),
                        _ask("visits", "visits.all", rows=["started_at:month"], across="source", chart="stacked")),
            ShippedTile(_("Revenue by the customer's source"),
                        _ask("orders", "orders.revenue", rows=["customer_id.source"], top=8, **_YEAR)),
            ShippedTile(_("Buyers, month by month"),
                        _ask("orders", "orders.buyers", rows=["placed_at:month"], compare="year", **_YEAR), 4),
        ),
    ),
    ShippedDashboard(
        "sales", _("Sales' dashboard"), _("Orders, baskets and products"), "shopping-bag",
        (
            ShippedTile(_("Sales this month"),
                        _ask("orders", "orders.sales", period="this-month", compare="before", chart="number"), 1),
            ShippedTile(_("Revenue this month"),
                        _ask("orders", "orders.revenue", period="this-month", compare="before", chart="number"), 1),
            ShippedTile(_("Same season last year"),
                        _ask("orders", "orders.revenue", period="season-last-year", chart="number"), 1),
            ShippedTile(_("Returns by sales"), _ask("orders", "orders.returned", chart="number", **_YEAR), 1),
            ShippedTile(_("Sales, week by week"),
                        _ask("orders", "orders.sales", rows=["placed_at:week"], period="days", days=90, chart="area")),
            ShippedTile(_("Best sellers"),
                        _ask("order_lines", "lines.quantity", "lines.revenue", rows=["product_id.name"], top=10,
                             period="days", days=90)),
            ShippedTile(_("Average sale, month by month"),
                        _ask("orders", "orders.basket", rows=["placed_at:month"], chart="line", **_YEAR), 4),
        ),
    ),
    ShippedDashboard(
        "service", _("Service's dashboard"), _("Who writes and calls, and by which channel"), "headset",
        (
            ShippedTile(_("Contacts from customers"),
                        _ask("interactions", "interactions.in", period="days", days=30, compare="before",
                             chart="number"), 1),
            ShippedTile(_("Customers in contact"),
                        _ask("interactions", "interactions.people", period="days", days=30, compare="before",
                             chart="number"), 1),
            ShippedTile(_("Time to first answer, median"),
                        _ask("conversations", "conversations.first_answer", period="days", days=30, compare="before",
                             chart="number"), 1),
            ShippedTile(_("Answered within an hour"),
                        _ask("conversations", "conversations.in_an_hour_share", period="days", days=30,
                             compare="before", chart="number"), 1),
            ShippedTile(_("How many hours until conversations are closed?"),
                        _ask("conversations", "conversations.resolution", rows=["created_at:month"], chart="bar",
                             **_YEAR)),
            ShippedTile(_("How many conversations begin, and over which channel?"),
                        _ask("conversations", "conversations.all", rows=["created_at:month"], across="channel",
                             chart="stacked", **_YEAR)),
            ShippedTile(_("By which channel, month by month"),
                        _ask("interactions", "interactions.all", rows=["at:month"], across="channel", chart="stacked",
                             **_YEAR)),
            ShippedTile(_("What was it about?"),
                        _ask("interactions", "interactions.all", rows=["kind"], top=8, **_YEAR)),
        ),
    ),
)  # fmt: skip
BY_KEY = {one.key: one for one in SHIPPED}
