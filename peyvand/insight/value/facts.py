"""What the warehouse takes of value: what each order was charged, which was computed from its own tables."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import WarehouseFact

FACTS = (
    WarehouseFact(
        name="order_charges",
        label=_("Charges of orders"),
        meaning=_("One row an order that costs were charged to at the last computation, and what is left of it"),
        needs=("commerce.costs_view", "orders.view"),
        leads={"order_id": "orders"},
        select="""
            SELECT c.id, c.demo, c.order_id, c.currency, c.acquisition_minor, c.sale_minor, c.service_minor,
                   c.delivery_minor, c.operation_minor,
                   o.total_minor - o.tax_minor - o.cost_minor - c.acquisition_minor - c.sale_minor - c.service_minor
                   - c.delivery_minor - c.operation_minor AS left_minor
              FROM value_ordercharge c LEFT JOIN commerce_order o ON o.id = c.order_id""",
        key="id",
        reads={"value_ordercharge": "id", "commerce_order": "order_id"},
        columns={
            "id": _("Id of the row"),
            "demo": _("Whether it belongs to the sample business"),
            "order_id": _("Id of the order"),
            "currency": _("ISO code of its currency"),
            "acquisition_minor": _("What winning customers cost, of what orders drive, in minor units"),
            "sale_minor": _("What selling it cost, in minor units"),
            "service_minor": _("What serving cost, of what orders drive, in minor units"),
            "delivery_minor": _("What delivering it cost, in minor units"),
            "operation_minor": _("Its share of running costs, in minor units"),
            "left_minor": _("Net less cost of goods less these, in minor units; empty where goods’ cost is unknown"),
        },
    ),
)
