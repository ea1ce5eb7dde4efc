"""What the tables of this room hold about people: figures that can be computed again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="value_snapshotcustomer",
        label=_("Figures of a customer"),
        columns=classed(
            key="id snapshot_id customer_id",
            descriptive=(
                "rfm_class recency_score frequency_score monetary_score silence_days rhythm_days orders frequency "
                "monetary_minor revenue_minor margin_minor margin_share rank slipping first_day last_day alive_share "
                "expected_orders lifetime_minor goods_minor acquisition_minor sale_minor service_minor delivery_minor "
                "operation_minor net_minor"
            ),
        ),
        merge="drop",  # computed anew
        carried=False,
        order=60,
    ),
    PersonalTable(
        name="value_contractworth",
        label=_("Value of a customer's contracts"),
        columns=classed(
            key="id figures_id customer_id",
            descriptive="currency contracts monthly_minor sure_minor ahead_minor whole_minor stays_share",
        ),
        merge="drop",  # computed anew
        carried=False,
        order=62,
    ),
    PersonalTable(
        name="value_scoringcustomer",
        label=_("Scores of a customer"),
        columns=classed(
            key="id scoring_id customer_id",
            descriptive=("rfm_class recency_score frequency_score monetary_score silence_days frequency amount_minor"),
        ),
        merge="drop",  # computed anew
        carried=False,
        order=61,
    ),
    PersonalTable(
        name="value_ordercharge",
        label=_("What an order was charged"),
        columns=classed(
            key="id order_id",
            technical="demo",
            descriptive=("currency acquisition_minor sale_minor service_minor delivery_minor operation_minor"),
        ),
        via=("order_id", "commerce_order"),
        merge="stay",  # with its order
        carried=False,
        order=63,
    ),
    ImpersonalTable("value_contractfigures", "sums over every contract"),
    ImpersonalTable("value_scoring", "sums over everybody"),
    ImpersonalTable("value_snapshot", "sums over everybody"),
)
