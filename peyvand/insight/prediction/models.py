"""Forecasts: computed once after the figures of a day, in one currency of one business."""

from __future__ import annotations

from django.db import models

from peyvand.memory.customers.models import Customer


class Forecast(models.Model):
    """What was foreseen on `as_of`. `card` is the models' card (see `judging`), `baskets` rules as
    {"left": [product ids], "right": id, "support", "confidence", "lift", "count"}.

    `on`: whether the risk of leaving beat its baselines and is shown. One a business and currency: the newest.
    """

    demo = models.BooleanField()
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    on = models.BooleanField(default=False)
    customers = models.IntegerField(default=0)
    card = models.JSONField(default=dict)
    baskets = models.JSONField(default=list)
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "currency"], name="prediction_forecast_one")]

    def __str__(self) -> str:
        return f"{self.as_of} {self.currency}"


class CustomerForecast(models.Model):
    """One customer's. `group` is the place in the card's "groups", null where there are none. `risk` is the calibrated
    probability of no purchase within the card's horizon, null where it is not told; `loss_minor` that times the revenue
    of the window, `at_stake_minor`; `reasons` [[feature, value, effect in log-odds]], greatest first; `suggestions`
    [[product, because of product]], best first. The next purchase is expected on `next_day`; the two others are the 1st
    and 9th decile of the customer's own intervals.
    """

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    group = models.SmallIntegerField(null=True)
    risk = models.FloatField(null=True)
    at_stake_minor = models.BigIntegerField(default=0)
    loss_minor = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=list)
    next_day = models.DateField(null=True)
    next_from = models.DateField(null=True)
    next_to = models.DateField(null=True)
    suggestions = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forecast", "customer"], name="prediction_customer_once")]
        indexes = [
            models.Index(
                fields=["forecast", "-loss_minor", "id"],
                name="prediction_by_loss",
                condition=models.Q(risk__isnull=False),
            ),
            models.Index(fields=["forecast", "group", "-loss_minor", "id"], name="prediction_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.risk}"
