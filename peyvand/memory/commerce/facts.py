"""What the warehouse takes from commerce. Money stays in minor units beside its currency; decimals stay exact."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import WarehouseFact

FACTS = (
    WarehouseFact(
        name="orders",
        label=_("Orders"),
        meaning=_("One row an order, return or adjustment, with its figures"),
        needs=("orders.view", "customers.view"),
        leads={"customer_id": "customers", "origin_id": "orders"},
        select="""
            SELECT id, demo, number, customer_id, kind, status, origin_id, placed_at, delivered_at, cancelled_at,
            currency,
                   exponent, channel, total_minor, tax_minor, total_minor - tax_minor AS net_minor, discount_minor,
                   nullif(discount_reason, '') AS offer,
                   cost_minor, paid_minor, returned_minor, tracks_payment, lines, source, updated_at
              FROM commerce_order""",
        key="id",
        reads={"commerce_order": "id"},
        columns={
            "id": _("Id of the order"),
            "demo": _("Whether it belongs to the sample business"),
            "number": _("Number of the order or invoice"),
            "customer_id": _("Id of the customer; empty for anonymous orders"),
            "kind": _("sale, return or adjustment"),
            "status": _("placed, delivered or cancelled"),
            "origin_id": _("Of a return, the order that came back, where known"),
            "placed_at": _("When it was placed (UTC)"),
            "delivered_at": _("When it was delivered (UTC)"),
            "cancelled_at": _("When it was cancelled (UTC)"),
            "currency": _("ISO code of its currency"),
            "exponent": _("Decimals of the currency"),
            "channel": _("How it came"),
            "total_minor": _("What is to be paid, taxes included, in minor units; negative for what goes back"),
            "tax_minor": _("The taxes in the total, in minor units"),
            "net_minor": _("The total less its taxes, in minor units: revenue"),
            "discount_minor": _("What was taken off, on lines and on the whole, in minor units"),
            "offer": _("What the discount on the whole was for, where there is one"),
            "cost_minor": _("Cost in minor units; empty unless every line's cost is known"),
            "paid_minor": _("Payments less refunds, in minor units"),
            "returned_minor": _("Totals of its returns, in minor units, zero or less"),
            "tracks_payment": _("Whether its payments are known to us"),
            "lines": _("Number of lines"),
            "source": _("What brought it in"),
            "updated_at": _("When it last changed (UTC)"),
        },
    ),
    WarehouseFact(
        name="order_lines",
        label=_("Lines of orders"),
        meaning=_("One row a line: what was bought, at which price, tax and cost"),
        needs=("orders.view", "products.view"),
        leads={"order_id": "orders", "product_id": "products", "category_id": "product_categories"},
        select="""
            SELECT line.id, kept.demo, line.order_id, line.product_id, product.category_id, line.position,
                   line.description, line.quantity, line.unit_price, line.price_list_id,
                   line.discount + line.order_discount AS discount,
                   nullif(line.discount_reason, '') AS offer, line.discount AS own_discount, line.amount,
                   line.tax_percent, line.tax,
                   line.amount - CASE WHEN line.tax_included THEN line.tax ELSE 0 END AS net,
                   priced.unit_cost, line.quantity * priced.unit_cost AS cost
              FROM commerce_orderline line JOIN commerce_order kept ON kept.id = line.order_id
              LEFT JOIN commerce_product product ON product.id = line.product_id
             CROSS JOIN LATERAL (SELECT coalesce(
                     line.unit_cost, CASE WHEN product.currency = kept.currency THEN product.unit_cost END
                   ) AS unit_cost) priced""",
        key="id",
        reads={"commerce_orderline": "id", "commerce_order": "order_id", "commerce_product": "product_id"},
        columns={
            "id": _("Id of the line"),
            "demo": _("Whether it belongs to the sample business"),
            "order_id": _("Id of its order"),
            "product_id": _("Id of the product, where known"),
            "category_id": _("Id of the category that the product stands in now, where it stands in one"),
            "position": _("Place in the order, from 1"),
            "description": _("What the line says"),
            "quantity": _("Quantity; negative for what goes back"),
            "unit_price": _("Price of one, in the order's currency"),
            "price_list_id": _("Id of the price list that the price came from, where it did"),
            "discount": _("What was taken off: its own discount and its share of the order's, exactly"),
            "offer": _("What its own discount was for, where there is one"),
            "own_discount": _("What was taken off by its own discount, exactly"),
            "amount": _("Quantity times unit price less discount, exactly; holds the tax where that is included"),
            "tax_percent": _("Per cent of the rate it was sold under, where there was one"),
            "tax": _("Its tax, included or on top, in whole minor units"),
            "net": _("The amount without tax, exactly: revenue"),
            "unit_cost": _("Cost of one: as noted on the line, else the product's of today in the order's currency"),
            "cost": _("Quantity times unit cost, exactly, where known"),
        },
    ),
    WarehouseFact(
        name="payments",
        label=_("Payments"),
        meaning=_("One row a payment or refund"),
        needs=("orders.view",),
        leads={"order_id": "orders", "customer_id": "customers", "reverses_id": "payments"},
        select="""
            SELECT payment.id, payment.demo, payment.order_id, kept.customer_id, payment.kind, payment.reverses_id,
                   payment.at, payment.amount_minor, payment.currency, payment.method
              FROM commerce_payment payment JOIN commerce_order kept ON kept.id = payment.order_id""",
        key="id",
        reads={"commerce_payment": "id", "commerce_order": "order_id"},
        columns={
            "id": _("Id of the payment"),
            "demo": _("Whether it belongs to the sample business"),
            "order_id": _("Id of its order"),
            "customer_id": _("Id of the customer, where known"),
            "kind": _("payment or refund"),
            "at": _("When (UTC)"),
            "reverses_id": _("Of an entry that takes back one recorded wrongly, the id of that one"),
            "amount_minor": _("Amount in minor units, above zero for both kinds"),
            "currency": _("ISO code of its currency"),
            "method": _("How it was paid"),
        },
    ),
    WarehouseFact(
        name="products",
        label=_("Products"),
        meaning=_("One row a product or service that is or was on sale"),
        needs=("products.view",),
        leads={"category_id": "product_categories"},
        select="""
            SELECT id, demo, sku, name, kind, category_id, unit_price, unit_cost, currency, active, updated_at
              FROM commerce_product""",
        key="id",
        reads={"commerce_product": "id"},
        columns={
            "id": _("Id of the product"),
            "demo": _("Whether it belongs to the sample business"),
            "sku": _("Product code"),
            "name": _("Name"),
            "kind": _("goods, service or fee"),
            "category_id": _("Id of its category, where it stands in one"),
            "unit_price": _("Price of one, in its currency"),
            "unit_cost": _("Cost of one, where known"),
            "currency": _("ISO code of its currency"),
            "active": _("Whether it is on sale"),
            "updated_at": _("When it last changed (UTC)"),
        },
    ),
    WarehouseFact(
        name="product_categories",
        label=_("Product categories"),
        meaning=_("One row a category; together they are a tree"),
        needs=("products.view",),
        leads={"parent_id": "product_categories"},
        select="""
            SELECT id, demo, parent_id, name_fa, name_en, archived FROM commerce_category""",
        key="id",
        reads={"commerce_category": "id"},
        columns={
            "id": _("Id of the category"),
            "demo": _("Whether it belongs to the sample business"),
            "parent_id": _("Id of the category above it; empty at the root"),
            "name_fa": _("Name in Persian"),
            "name_en": _("Name in English"),
            "archived": _("Whether it is no longer offered"),
        },
    ),
)
