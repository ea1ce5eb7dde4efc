"""All that commerce declares to the rooms above and to the foundation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import Part, Recompute, TrackedTable
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    ExportShape,
    ImportShape,
    MenuEntry,
    Panel,
    SearchProvider,
    SettingsPage,
)
from peyvand.foundation.transfer.shapes import Total
from peyvand.memory.commerce import demo, exports, panels, personal
from peyvand.memory.commerce.access import (
    COSTS_EDIT,
    COSTS_VIEW,
    ORDERS_EDIT,
    ORDERS_EXPORT,
    ORDERS_IMPORT,
    ORDERS_VIEW,
    PERMISSIONS,
    PRODUCTS_EDIT,
    PRODUCTS_VIEW,
)
from peyvand.memory.commerce.behaviours import BEHAVIOURS
from peyvand.memory.commerce.contract_registrations import CONTRACTS
from peyvand.memory.commerce.cost_facts import COST_FACTS
from peyvand.memory.commerce.cost_trail import unseen_costs, unseen_rates
from peyvand.memory.commerce.facts import FACTS
from peyvand.memory.commerce.imports.columns import (
    COST_COLUMNS,
    OPPORTUNITY_COLUMNS,
    ORDER_COLUMNS,
    PRICE_COLUMNS,
    PRODUCT_COLUMNS,
    REASONS,
)
from peyvand.memory.commerce.imports.costs import CostWriter
from peyvand.memory.commerce.imports.opportunities import OpportunityWriter
from peyvand.memory.commerce.imports.orders import OrderWriter
from peyvand.memory.commerce.imports.prices import PriceWriter
from peyvand.memory.commerce.imports.products import ProductWriter
from peyvand.memory.commerce.products import product_keys_restore
from peyvand.memory.commerce.queries import order_numbers
from peyvand.memory.commerce.records import RECORDS
from peyvand.memory.commerce.timeline import KINDS, ORDER, PAYMENT
from peyvand.memory.commerce.webhooks import WEBHOOKS
from peyvand.memory.customers.trail import unseen_with_customer

DECLARATIONS = (
    *CONTRACTS,
    *WEBHOOKS,
    *personal.TABLES,
    Total(name="orders", label=_("Orders")),
    Total(name="opportunities", label=_("Opportunities")),
    Total(name="products", label=_("Products")),
    Total(name="costs", label=_("Costs")),
    Total(name="prices", label=_("Prices")),
    Total(name="total", label=_("Sum of the lines")),
    *PERMISSIONS,
    *KINDS,
    *FACTS,
    *RECORDS,
    *BEHAVIOURS,
    *COST_FACTS,
    *REASONS,
    MenuEntry(
        name="commerce.orders",
        label=_("Orders"),
        icon="shopping-bag",
        url_name="commerce:orders",
        group="work",
        order=20,
        permission=ORDERS_VIEW,
        key="O",
    ),
    MenuEntry(
        name="commerce.products",
        label=_("Products"),
        icon="package",
        url_name="commerce:products",
        group="work",
        order=30,
        permission=PRODUCTS_VIEW,
    ),
    Action(
        name="commerce.order-new",
        label=_("New order"),
        icon="shopping-bag-plus",
        url_name="commerce:order-new",
        order=20,
        permission=ORDERS_EDIT,
    ),
    Action(
        name="commerce.product-new",
        label=_("New product"),
        icon="package",
        url_name="commerce:product-new",
        order=30,
        permission=PRODUCTS_EDIT,
    ),
    Action(
        name="commerce.price-list-new",
        label=_("New price list"),
        icon="tags",
        url_name="commerce:price-list-new",
        order=35,
        permission=PRODUCTS_EDIT,
    ),
    MenuEntry(
        name="commerce.costs",
        label=_("Costs"),
        icon="receipt",
        url_name="commerce:costs",
        group="work",
        order=35,
        permission=COSTS_VIEW,
    ),
    Action(
        name="commerce.cost-new",
        label=_("Enter a cost"),
        icon="receipt",
        url_name="commerce:cost-new",
        order=36,
        permission=COSTS_EDIT,
    ),
    SettingsPage(
        "commerce.cost-rates",
        _("Standing prices"),
        _("What an order, a piece, a new customer or a contact costs from a day on."),
        "receipt",
        "commerce:cost-rates",
        53,
        COSTS_VIEW,
    ),
    SettingsPage(
        "commerce.categories",
        _("Categories of products"),
        _("The branches of what you sell, and their order."),
        "folders",
        "commerce:categories",
        50,
        PRODUCTS_VIEW,
    ),
    SettingsPage(
        "commerce.price-lists",
        _("Price lists"),
        _("Prices for a tag, a value class or everyone, for some time or always."),
        "tags",
        "commerce:price-lists",
        51,
        PRODUCTS_VIEW,
    ),
    SettingsPage(
        "commerce.taxes",
        _("Taxes"),
        _("Rates with their first day, for everything or for chosen categories and products."),
        "receipt-tax",
        "commerce:tax-rates",
        52,
        PRODUCTS_VIEW,
    ),
    SearchProvider(name="commerce.orders", label=_("Orders"), search=panels.find_orders, order=20),
    SearchProvider(name="commerce.products", label=_("Products"), search=panels.find_products, order=30),
    Panel(
        name="commerce.orders",
        screen="customer",
        slot="tab",
        order=20,
        template="commerce/panel_tab.html",
        context=panels.customer_tab,
        permission=ORDERS_VIEW,
        label=_("Orders"),
        icon="shopping-bag",
    ),
    Panel(
        name="commerce.in-progress",
        screen="customer",
        slot="end",
        order=80,
        template="commerce/panel_progress.html",
        context=panels.in_progress,
        permission=ORDERS_VIEW,
    ),
    Panel(
        name="commerce.recent",
        screen="home",
        slot="side",
        order=40,
        template="commerce/panel_recent.html",
        context=panels.recent,
        permission=ORDERS_VIEW,
    ),
    ImportShape(
        name="orders",
        label=_("Orders by line"),
        help=_("One line for each product of each invoice. Customers and products come with it."),
        icon="shopping-bag",
        columns=ORDER_COLUMNS,
        writer=OrderWriter,
        permission=ORDERS_IMPORT,
        order=10,
        options=("currency", "tz"),
    ),
    ImportShape(
        name="products",
        label=_("Products"),
        help=_("One line for each product: code, name, price, cost. A known code is updated."),
        icon="package",
        columns=PRODUCT_COLUMNS,
        writer=ProductWriter,
        permission=ORDERS_IMPORT,
        order=40,
        options=("currency",),
    ),
    ImportShape(
        name="prices",
        label=_("Prices of price lists"),
        help=_("One line for each product of each price list, by the list's name and the product's code."),
        icon="tags",
        columns=PRICE_COLUMNS,
        writer=PriceWriter,
        permission=ORDERS_IMPORT,
        order=45,
    ),
    ImportShape(
        name="costs",
        label=_("Costs"),
        help=_("One line for each amount that was spent, or each day of an advertiser’s report."),
        icon="receipt",
        columns=COST_COLUMNS,
        writer=CostWriter,
        permission=COSTS_EDIT,
        order=47,
        options=("currency",),
    ),
    ImportShape(
        name="opportunities",
        label=_("Opportunities"),
        help=_("One deal a line; each becomes an entry on the timeline of its organisation."),
        icon="target-arrow",
        columns=OPPORTUNITY_COLUMNS,
        writer=OpportunityWriter,
        permission=ORDERS_IMPORT,
        order=50,
        options=("currency", "tz"),
    ),
    ExportShape(name="orders", label=_("Orders by line"), permission=ORDERS_EXPORT, rows=exports.order_rows, order=10),
    ExportShape(name="products", label=_("Products"), permission=ORDERS_EXPORT, rows=exports.product_rows, order=40),
    ExportShape(
        name="prices", label=_("Prices of price lists"), permission=ORDERS_EXPORT, rows=exports.price_rows, order=45
    ),
    ExportShape(name="costs", label=_("Costs"), permission=COSTS_VIEW, rows=exports.cost_rows, order=47),
    Recompute(name="commerce_product", function=product_keys_restore),
    DemoPart("commerce", _("Orders and products"), demo.sample_remove, demo.sample_load, demo.present, order=30),
    Part("commerce.lines", "commerce_orderline", "order_id", "commerce_order"),
    Part("commerce.payments", "commerce_payment", "order_id", "commerce_order"),
    Part("commerce.prices", "commerce_pricelistitem", "price_list_id", "commerce_pricelist"),
    Part("commerce.targets", "commerce_taxtarget", "rate_id", "commerce_taxrate"),
    Part("commerce.story", "interactions_interaction", "source_id", "commerce_order", where=("source_kind", ORDER)),
    Part(
        "commerce.payment-story",
        "interactions_interaction",
        "source_id",
        "commerce_payment",
        where=("source_kind", PAYMENT),
    ),
    TrackedTable(name="commerce_product", label=_("Product"), icon="package"),
    TrackedTable(name="commerce_category", label=_("Category of products"), icon="folder"),
    TrackedTable(name="commerce_pricelist", label=_("Price list"), icon="tags"),
    TrackedTable(name="commerce_pricelistitem", label=_("Price in a price list"), icon="tag"),
    TrackedTable(name="commerce_taxrate", label=_("Tax"), icon="receipt-tax"),
    TrackedTable(name="commerce_taxtarget", label=_("What a tax is for"), icon="receipt-tax"),
    TrackedTable(name="commerce_cost", label=_("Cost"), icon="receipt", unseen=unseen_costs),
    TrackedTable(name="commerce_costrate", label=_("Rate of a cost"), icon="receipt", unseen=unseen_rates),
    TrackedTable(
        name="commerce_order",
        label=_("Order"),
        icon="shopping-bag",
        unseen=unseen_with_customer("commerce_order", right=ORDERS_VIEW),
        names=order_numbers,
    ),
    TrackedTable(
        name="commerce_orderline",
        label=_("Line of an order"),
        icon="list",
        unseen=unseen_with_customer(
            "commerce_orderline", "order_id", right=ORDERS_VIEW, whole=("commerce_order", "customer_id")
        ),
    ),
    TrackedTable(
        name="commerce_payment",
        label=_("Payment"),
        icon="cash",
        unseen=unseen_with_customer(
            "commerce_payment", "order_id", right=ORDERS_VIEW, whole=("commerce_order", "customer_id")
        ),
    ),
)
