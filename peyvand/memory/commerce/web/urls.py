from __future__ import annotations

from django.urls import path

from peyvand.memory.commerce.web import new_order_views, order_views, product_views

app_name = "commerce"
urlpatterns = [
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", new_order_views.order_new, name="order-new"),
    path("orders/new/line/", new_order_views.line_row, name="line-row"),
    path("orders/new/unit/", new_order_views.price_unit, name="price-unit"),
    path("orders/new/customers/", new_order_views.customer_choices, name="customer-choices"),
    path("orders/<int:order_id>/", order_views.order_page, name="order"),
    path("orders/<int:order_id>/deliver/", order_views.deliver, name="order-deliver"),
    path("orders/<int:order_id>/cancel/", order_views.cancel, name="order-cancel"),
    path("orders/<int:order_id>/return/", order_views.take_back, name="order-return"),
    path("orders/<int:order_id>/payment/", order_views.payment, name="order-payment"),
    path("products/", product_views.product_list, name="products"),
    path("products/new/", product_views.product_form, name="product-new"),
    path("products/options/", product_views.product_options, name="product-options"),
    path("products/<int:product_id>/", product_views.product_form, name="product"),
]
