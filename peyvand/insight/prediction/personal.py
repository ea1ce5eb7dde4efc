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
            descriptive="group risk at_stake_minor loss_minor reasons next_day next_from next_to suggestions",
        ),
        merge="drop",  # computed anew
        carried=False,
        order=61,
    ),
    ImpersonalTable("prediction_forecast", "how well the models do, over everybody"),
)
