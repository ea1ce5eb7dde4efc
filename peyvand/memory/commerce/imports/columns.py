"""The columns of the two kinds of file, with their usual titles in both languages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImportColumn
from peyvand.foundation.transfer.shapes import Reason

ORDER_COLUMNS = (
    ImportColumn(
        "number",
        _("Invoice number"),
        "code",
        ("InvoiceNo", "Invoice", "Invoice number", "Order", "Order ID", "Order number", "OrderNo", "شماره فاکتور",
         "شماره‌ی فاکتور", "فاکتور", "شماره سفارش", "شماره‌ی سفارش", "کد سفارش"),
        required=True,
        key=True,
        icon="receipt",
    ),
    ImportColumn(
        "sku",
        _("Product code"),
        "code",
        ("StockCode", "SKU", "Product code", "Item code", "Product ID", "کد کالا", "کد محصول", "شناسه کالا", "بارکد"),
        icon="barcode",
    ),
    ImportColumn(
        "description",
        _("Description"),
        "text",
        ("Description", "Product", "Product name", "Item", "Item name", "شرح", "شرح کالا", "نام کالا", "کالا",
         "نام محصول"),
    ),
    ImportColumn(
        "quantity",
        _("Quantity"),
        "decimal",
        ("Quantity", "Qty", "Count", "تعداد", "مقدار"),
        required=True,
        icon="stack-2",
    ),
    ImportColumn(
        "unit_price",
        _("Unit price"),
        "decimal",
        ("UnitPrice", "Unit price", "Price", "قیمت واحد", "بهای واحد", "قیمت", "فی", "مبلغ واحد"),
        required=True,
        icon="coin",
        like="amount",
    ),
    ImportColumn(
        "placed_at",
        _("Date"),
        "datetime",
        ("InvoiceDate", "Invoice date", "Order date", "Date", "Created at", "تاریخ", "تاریخ فاکتور", "تاریخ سفارش",
         "زمان سفارش"),
        required=True,
        icon="calendar",
        like="day",
    ),
    ImportColumn(
        "customer",
        _("Customer code"),
        "code",
        ("CustomerID", "Customer ID", "Customer code", "Customer number", "Client ID", "کد مشتری", "شناسه مشتری",
         "شماره مشتری", "کد اشتراک"),
        icon="id-badge-2",
    ),
    ImportColumn("name", _("Customer's name"), "text", ("Customer name", "Customer", "Client", "نام مشتری", "مشتری",
                                                       "خریدار"), icon="user", like="name"),
    ImportColumn("phone", _("Phone"), "phone", ("Phone", "Mobile", "Customer phone", "تلفن", "موبایل", "شماره موبایل",
                                               "شماره تماس", "تلفن همراه"), icon="phone"),
    ImportColumn("email", _("E-mail"), "email", ("Email", "E-mail", "Customer email", "ایمیل",
         "رایانامه"), icon="mail"),
    ImportColumn("city", _("City"), "text", ("City", "Town", "شهر"), icon="building-community", like="city"),
    ImportColumn("country", _("Country"), "text", ("Country", "کشور"), icon="world"),
    ImportColumn("currency", _("Currency"), "code", ("Currency", "واحد پول", "ارز"), icon="currency"),
    ImportColumn(
        "unit_cost",
        _("Unit cost"),
        "decimal",
        ("UnitCost", "Unit cost", "Cost", "بهای تمام‌شده", "قیمت خرید", "بهای خرید"),
        icon="coins",
    ),
)  # fmt: skip

PRODUCT_COLUMNS = (
    ImportColumn(
        "sku",
        _("Product code"),
        "code",
        ("StockCode", "SKU", "Product code", "Item code", "Code", "کد کالا", "کد محصول", "کد", "بارکد"),
        required=True,
        key=True,
        icon="barcode",
    ),
    ImportColumn(
        "name",
        _("Name"),
        "text",
        ("Name", "Product", "Product name", "Description", "Title", "نام", "نام کالا", "شرح", "شرح کالا", "عنوان"),
    ),
    ImportColumn("kind", _("Kind"), "choice", ("Kind", "Type", "نوع", "نوع کالا"), icon="category"),
    ImportColumn(
        "unit_price",
        _("Unit price"),
        "decimal",
        ("UnitPrice", "Unit price", "Price", "قیمت واحد", "قیمت", "قیمت فروش", "فی"),
        icon="coin",
        like="amount",
    ),
    ImportColumn(
        "unit_cost",
        _("Unit cost"),
        "decimal",
        ("UnitCost", "Unit cost", "Cost", "بهای تمام‌شده", "قیمت خرید", "بهای خرید"),
        icon="coins",
    ),
    ImportColumn("currency", _("Currency"), "code", ("Currency", "واحد پول", "ارز"), icon="currency"),
    ImportColumn("active", _("On sale"), "boolean", ("Active", "On sale", "Enabled", "فعال", "در فروش"), icon="check"),
)

OPPORTUNITY_COLUMNS = (
    ImportColumn(
        "number",
        _("Opportunity number"),
        "code",
        ("Opportunity ID", "Opportunity", "Deal ID", "شماره فرصت", "کد فرصت", "شناسه فرصت"),
        required=True,
        key=True,
        icon="target-arrow",
    ),
    ImportColumn("account", _("Organisation"), "text", ("Account", "Account name", "Company", "Organisation", "شرکت",
                                                       "سازمان", "حساب"), icon="building"),
    ImportColumn("product", _("Product"), "text", ("Product", "Product name", "کالا", "محصول"), icon="package"),
    ImportColumn("stage", _("Stage"), "choice", ("Deal stage", "Stage", "Status", "مرحله", "وضعیت"), icon="stairs"),
    ImportColumn("value", _("Value"), "decimal", ("Close value", "Value", "Amount", "ارزش", "مبلغ"), icon="coin"),
    ImportColumn("engaged", _("First contact on"), "date", ("Engage date", "Opened", "Created", "تاریخ آغاز",
                                                           "تاریخ شروع"), icon="calendar"),
    ImportColumn("closed", _("Closed on"), "date", ("Close date", "Closed", "تاریخ پایان", "تاریخ بستن"),
                 icon="calendar"),
    ImportColumn("agent", _("Salesperson"), "text", ("Sales agent", "Agent", "Salesperson", "Owner", "کارشناس فروش",
                                                    "فروشنده", "کارشناس"), icon="user-check"),
)  # fmt: skip

REASONS = (
    Reason("commerce.no_opportunity", _("The number of the opportunity is missing.")),
    Reason("commerce.already_imported", _("This line was brought in before; it is already in the order.")),
    Reason(
        "commerce.number_taken",
        _("Order {value} is already here with other lines. Give it another number, or take back the earlier import."),
    ),
    Reason("commerce.other_currency", _("Order {value} began in another currency; one order has one currency.")),
    Reason("commerce.other_customer", _("Order {value} began with another customer; one order has one customer.")),
    Reason("commerce.no_number", _("The invoice number is missing.")),
    Reason("commerce.no_quantity", _("The quantity is missing.")),
    Reason("commerce.no_unit_price", _("The unit price is missing.")),
    Reason("commerce.no_placed_at", _("The date is missing.")),
    Reason("commerce.no_currency", _("“{value}” is no currency. Write its three letters, like IRR or EUR.")),
    Reason("commerce.too_long", _("“{value}” is too long for a code.")),
    Reason("commerce.too_large", _("Quantity times price is too large.")),
    Reason("commerce.no_sku", _("The product code is missing.")),
    Reason("commerce.unknown_kind", _("“{value}” is neither goods nor service nor fee; goods was taken.")),
    Reason("commerce.repeated_sku", _("Product {value} stands twice in the file; the last line counts.")),
)
