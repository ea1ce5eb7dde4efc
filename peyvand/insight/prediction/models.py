"""Forecasts: computed once after the figures of a day, in one currency of one business."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now

from peyvand.memory.commerce.models import Product
from peyvand.memory.customers.models import Customer, CustomerList


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
    probability to be gone within the card's horizon, null where it is not told; `loss_minor` that times the revenue of
    the window, `at_stake_minor`; `reasons` [[feature, value, effect in log-odds]], greatest first, of those with the
    greatest loss; `suggestions` [[product, because of product]], best first. The next purchase is expected on
    `next_day`; the two others are the days between which eight of ten such purchases fell, by the customer's own
    intervals. `cautions` are [["unpaid", minor units still owed], ["returns", share of the year's purchases that went
    back]], each only where it holds.
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
    cautions = models.JSONField(default=list, db_default=Value([], models.JSONField()))

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


class Demand(models.Model):
    """What will be sold by `unit` ("week", "jalali" or "gregorian" months), `measure` ("units", or "revenue" in minor
    units), of `kind` "all", "category" or "product", whose id is `ref` (0 of all). `weight` orders them.

    `payload`: "starts" (first days of the periods, past and to come), "values" of those past, "ahead" [[expected, low,
    high]] of those to come, "way" ("damped", "seasonal", "croston" or "naive"), "on" (whether that beat the season
    before), "error" and "naive_error" (mean absolute), "covered" (share of what came within such intervals).
    """

    demo = models.BooleanField()
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    unit = models.CharField(max_length=9)
    measure = models.CharField(max_length=7)
    kind = models.CharField(max_length=8)
    ref = models.BigIntegerField(default=0)
    weight = models.BigIntegerField(default=0)
    payload = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["demo", "currency", "unit", "measure", "kind", "ref"], name="prediction_demand_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.unit}"


class Suggestion(models.Model):
    """A product that was suggested for a customer, from `first_on` to `last_on` without a longer rest between."""

    demo = models.BooleanField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "product"], name="prediction_suggestion_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product_id}"


class Declined(models.Model):
    """Somebody said that this is nothing for the customer now."""

    demo = models.BooleanField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "product", "day"], name="prediction_declined_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product_id}"


class Campaign(models.Model):
    """Two lists to be compared: those a campaign went to, and those left alone. What counts are purchases in `currency`
    in the `days` days from `starts_on`. `result` is that of the last computation, see `campaigns.compared`; empty
    before.
    """

    demo = models.BooleanField()
    name = models.CharField(max_length=120)
    treated = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="+")
    holdout = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    days = models.IntegerField()
    currency = models.CharField(max_length=3)
    result = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(treated=models.F("holdout")), name="prediction_campaign_two"),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=365), name="prediction_campaign_days"),
        ]

    def __str__(self) -> str:
        return self.name
