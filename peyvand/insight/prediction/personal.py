"""What the tables of this room hold about people: figures that can be computed again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    PersonalTable(
        name="prediction_customerforecast",
        label=_("What is foreseen of a customer"),
        columns=classed(
            key="id forecast_id customer_id",
            descriptive="group risk at_stake_minor loss_minor reasons next_day next_from next_to suggestions cautions",
        ),
        merge="drop",  # computed anew
        carried=False,
        order=61,
    ),
    PersonalTable(
        name="prediction_suggestion",
        label=_("Products suggested so far"),
        columns=classed(key="id customer_id product_id", technical="demo", descriptive="first_on last_on"),
        unique=(("product_id",),),
        carried=False,  # follows from what is computed here
        order=62,
    ),
    PersonalTable(
        name="prediction_declined",
        label=_("Suggestions turned down"),
        columns=classed(key="id customer_id product_id", technical="demo", descriptive="day"),
        unique=(("product_id", "day"),),
        carried=False,  # of suggestions made here
        order=63,
    ),
    ImpersonalTable("prediction_demand", "what will be sold, of everybody together"),
    ImpersonalTable("prediction_campaign", "two lists compared, by means"),
    ImpersonalTable("prediction_forecast", "how well the models do, over everybody"),
)
