"""What the tables of this room hold about people. Orders stay when somebody is erased, as the law wants of invoices:
without the customer, without notes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Beside, ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="commerce_order",
        label=_("Orders"),
        columns=classed(
            key="id customer_id origin_id number",
            technical="demo version created_at updated_at exponent tracks_payment source",
            descriptive=(
                "kind status placed_at delivered_at cancelled_at currency channel total_minor tax_minor discount_minor "
                "cost_minor paid_minor returned_minor lines discount_percent discount_value"
            ),
            content="note discount_reason",
        ),
        erase="blank",
        blank={"customer_id": "NULL", "note": "''", "discount_reason": "''"},
        order=30,
        computed=("total_minor", "cost_minor", "paid_minor", "returned_minor", "lines"),
    ),
    PersonalTable(
        name="commerce_orderline",
        label=_("Order lines"),
        via=("order_id", "commerce_order"),
        columns=classed(
            key="id order_id product_id returns_id price_list_id tax_rate_id",
            descriptive=(
                "position description quantity unit_price amount unit_cost discount discount_percent order_discount "
                "tax_percent tax_included tax"
            ),
            content="discount_reason",
        ),
        erase="blank",
        blank={"discount_reason": "''"},
        order=31,
    ),
    PersonalTable(
        name="commerce_payment",
        label=_("Payments"),
        via=("order_id", "commerce_order"),
        columns=classed(
            key="id order_id reverses_id",
            technical="demo created_at",
            identifying="reference",
            descriptive="kind at amount_minor currency method",
            content="note",
        ),
        erase="blank",
        blank={"reference": "''", "note": "''"},
        order=32,
    ),
    PersonalTable(
        name="commerce_cost",
        label=_("Costs"),
        columns=classed(
            key="id order_id customer_id interaction_id product_id",
            technical="demo version created_at updated_at brought_by import_key",
            staff="entered_by_id",
            identifying="document",
            descriptive=(
                "kind amount_minor currency day_from day_to aim driver source medium campaign channel interaction_kind "
                "impressions clicks leads"
            ),
            content="note",
        ),
        erase="blank",  # what was spent stays spent
        blank={"customer_id": "NULL", "interaction_id": "NULL", "note": "''", "document": "''"},
        carried=False,  # ours, not theirs
        order=33,
    ),
    ImpersonalTable("commerce_costrate", "standing prices of what is done again and again"),
    PersonalTable(
        name="commerce_contract",
        label=_("Contracts"),
        columns=classed(
            key="id customer_id product_id number",
            technical="demo version created_at updated_at source",
            descriptive=(
                "kind starts_on renews_itself period_months currency term_months ends_on fee_minor renewals ended_on "
                "reason"
            ),
            content="note",
        ),
        erase="blank",
        blank={"customer_id": "NULL", "note": "''"},
        order=34,
        computed=("term_months", "ends_on", "fee_minor", "renewals", "ended_on", "reason"),
    ),
    PersonalTable(
        name="commerce_contractentry",
        label=_("What was agreed in contracts"),
        via=("contract_id", "commerce_contract"),
        columns=classed(
            key="id contract_id",
            technical="created_at",
            descriptive="kind day until term_months fee_minor reason by_itself",
            content="note",
        ),
        erase="blank",
        blank={"note": "''"},
        order=35,
    ),
    ImpersonalTable("commerce_product", "what is sold"),
    ImpersonalTable("commerce_category", "branches of what is sold"),
    ImpersonalTable("commerce_pricelist", "for which customers prices hold: a tag or a class, never a person"),
    ImpersonalTable("commerce_pricelistitem", "prices of what is sold"),
    ImpersonalTable("commerce_taxrate", "rates of taxes"),
    ImpersonalTable("commerce_taxtarget", "what rates of taxes are for"),
    Beside("commerce_product", by=("demo", "sku")),
)
