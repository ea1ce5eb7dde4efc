from __future__ import annotations

from django.urls import path

from peyvand.memory.commerce.web import (
    category_views,
    new_order_views,
    order_views,
    payment_views,
    price_views,
    product_views,
    tax_views,
)

app_name = "commerce"
urlpatterns = [
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", new_order_views.order_new, name="order-new"),
    path("orders/new/line/", new_order_views.line_row, name="line-row"),
    path("orders/new/unit/", new_order_views.price_unit, name="price-unit"),
    path("orders/new/quote/", new_order_views.order_quote, name="order-quote"),
    path("orders/new/customers/", new_order_views.customer_choices, name="customer-choices"),
    path("orders/<int:order_id>/", order_views.order_page, name="order"),
    path("orders/<int:order_id>/deliver/", order_views.deliver, name="order-deliver"),
    path("orders/<int:order_id>/cancel/", order_views.cancel, name="order-cancel"),
    path("orders/<int:order_id>/return/", order_views.take_back, name="order-return"),
    path("orders/<int:order_id>/payment/", payment_views.payment, name="order-payment"),
    path("orders/<int:order_id>/payment/<int:payment_id>/", payment_views.reverse_entry, name="payment-reverse"),
    path("products/", product_views.product_list, name="products"),
    path("products/new/", product_views.product_form, name="product-new"),
    path("products/options/", product_views.product_options, name="product-options"),
    path("products/categories/", category_views.categories, name="categories"),
    path("products/categories/<int:branch_id>/", category_views.category, name="category"),
    path("products/categories/<int:branch_id>/archive/", category_views.archive, name="category-archive"),
    path("products/categories/<int:branch_id>/move/", category_views.move, name="category-move"),
    path("products/prices/", price_views.price_lists, name="price-lists"),
    path("products/prices/new/", price_views.price_list_form, name="price-list-new"),
    path("products/prices/<int:price_list_id>/", price_views.price_list, name="price-list"),
    path("products/prices/<int:price_list_id>/edit/", price_views.price_list_form, name="price-list-edit"),
    path("products/prices/<int:price_list_id>/archive/", price_views.archive, name="price-list-archive"),
    path("products/prices/<int:price_list_id>/items/", price_views.item_put, name="price-item-put"),
    path(
        "products/prices/<int:price_list_id>/items/<int:item_id>/remove/",
        price_views.item_remove,
        name="price-item-remove",
    ),
    path("products/taxes/", tax_views.tax_rates, name="tax-rates"),
    path("products/taxes/new/", tax_views.tax_rate_form, name="tax-rate-new"),
    path("products/taxes/<int:rate_id>/", tax_views.tax_rate_form, name="tax-rate"),
    path("products/taxes/<int:rate_id>/archive/", tax_views.archive, name="tax-rate-archive"),
    path("products/<int:product_id>/", product_views.product_form, name="product"),
]
