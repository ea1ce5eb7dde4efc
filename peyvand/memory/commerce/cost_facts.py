"""What the warehouse takes of costs: amounts that were spent, and standing prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import WarehouseFact

COST_FACTS = (
    WarehouseFact(
        name="costs",
        label=_("Costs"),
        meaning=_("One row an amount that was spent, and what it was for"),
        needs=("commerce.costs_view", "orders.view", "customers.view"),
        leads={
            "order_id": "orders", "customer_id": "customers", "interaction_id": "interactions",
            "product_id": "products",
        },
        select="""
            SELECT id, demo, kind, amount_minor, currency, day_from, day_to, aim, driver, order_id, customer_id,
                   interaction_id, source, medium, campaign, channel, product_id, interaction_kind, impressions, clicks,
                   leads, updated_at
              FROM commerce_cost""",
        key="id",
        reads={"commerce_cost": "id"},
        columns={
            "id": _("Id of the cost"),
            "demo": _("Whether it belongs to the sample business"),
            "kind": _("acquisition, sale, service, delivery or operation"),
            "amount_minor": _("What was spent, in minor units"),
            "currency": _("ISO code of its currency"),
            "day_from": _("First of the days that it was spent for"),
            "day_to": _("Last of them"),
            "aim": _("order, customer, interaction, or shared by many"),
            "driver": _("How a shared amount is charged; empty where nobody said"),
            "order_id": _("Id of the order that it was for"),
            "customer_id": _("Id of the customer that it was for"),
            "interaction_id": _("Id of the contact that it was for"),
            "source": _("Source whose customers it was spent on; empty: all"),
            "medium": _("Medium, such as cpc; empty: all"),
            "campaign": _("Campaign; empty: all"),
            "channel": _("Channel of the orders or contacts; empty: all"),
            "product_id": _("Id of the product sold; empty: all"),
            "interaction_kind": _("Kind of contact; empty: all"),
            "impressions": _("How often an advertisement was shown, as the advertiser reports"),
            "clicks": _("How often it was clicked, as the advertiser reports"),
            "leads": _("People who left their address, as the advertiser reports"),
            "updated_at": _("When it last changed (UTC)"),
        },
    ),
    WarehouseFact(
        name="cost_rates",
        label=_("Rates of costs"),
        meaning=_("One row a standing price of an order, a piece, a new customer or a contact, from a day on"),
        needs=("commerce.costs_view",),
        leads={"product_id": "products"},
        select="""
            SELECT id, demo, key, kind, driver, amount, currency, valid_from, channel, source, interaction_kind,
                   product_id
              FROM commerce_costrate""",
        key="id",
        reads={"commerce_costrate": "id"},
        columns={
            "id": _("Id of the rate"),
            "demo": _("Whether it belongs to the sample business"),
            "key": _("What it is called, as a search key"),
            "kind": _("acquisition, sale, service, delivery or operation"),
            "driver": _("Of what it is the price"),
            "amount": _("Price of one in its currency, or per cent of an order's net; 0 ends an earlier rate"),
            "currency": _("ISO code of its currency"),
            "valid_from": _("First day on which it holds, until a later one of the same name"),
            "channel": _("Channel of the orders or contacts; empty: all"),
            "source": _("Source of the customers; empty: all"),
            "interaction_kind": _("Kind of contact; empty: all"),
            "product_id": _("Id of the product sold; empty: all"),
        },
    ),
)  # fmt: skip
