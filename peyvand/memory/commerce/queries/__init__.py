"""The reads of commerce. All take the actor and show what they may see."""

from peyvand.memory.commerce.queries.figures import wrong_figures
from peyvand.memory.commerce.queries.orders import (
    NEWEST_FIRST,
    VIEWS,
    CurrencyTotal,
    OrderFilter,
    customer_orders,
    lines_of,
    may_see_anonymous,
    open_orders,
    order_get,
    orders,
    payments_of,
    totals,
)
from peyvand.memory.commerce.queries.prices import (
    Price,
    price_list_get,
    price_list_items,
    price_lists,
    price_of,
)
from peyvand.memory.commerce.queries.products import (
    ProductFilter,
    Tree,
    categories,
    category_get,
    product_get,
    products,
    products_sold,
)
from peyvand.memory.commerce.queries.taxes import tax_rate_get, tax_rates

__all__ = [
    "NEWEST_FIRST",
    "VIEWS",
    "CurrencyTotal",
    "OrderFilter",
    "Price",
    "ProductFilter",
    "Tree",
    "categories",
    "category_get",
    "customer_orders",
    "lines_of",
    "may_see_anonymous",
    "open_orders",
    "order_get",
    "orders",
    "payments_of",
    "price_list_get",
    "price_list_items",
    "price_lists",
    "price_of",
    "product_get",
    "products",
    "products_sold",
    "tax_rate_get",
    "tax_rates",
    "totals",
    "wrong_figures",
]
