"""Snapshots: figures computed once, as of a date, in one currency of one business."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.insight.value.person import KINDS
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.models import Order
from peyvand.memory.customers.models import Customer


class RfmClass(models.TextChoices):
    """Nine names for what recency, frequency and value say together; the table of docs/insight.md."""

    CHAMPION = "champion", _("Champion")
    LOYAL = "loyal", _("Loyal")
    PROMISING = "promising", _("Promising")
    NEW = "new", _("Newcomer")
    ATTENTION = "attention", _("Needs attention")
    RISK = "risk", _("At risk")
    CANTLOSE = "cantlose", _("Can't lose")
    DORMANT = "dormant", _("Dormant")
    LOST = "lost", _("Lost")


class Basis(models.TextChoices):
    """What the value of a customer is summed of."""

    REVENUE = "revenue", _("Revenue")
    MARGIN = "margin", _("Margin")
    NET = "net", _("What is left after costs")


class Snapshot(models.Model):
    """The figures of one business in one currency, for orders up to and including the day `as_of`.

    Amounts in `payload` are minor units of `currency`. `window_start` is the first day of the window of frequency and
    value. `newest` marks the snapshots of the last fact's day, which pages show unless another day is chosen.
    """

    demo = models.BooleanField()
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    window_start = models.DateField()
    newest = models.BooleanField(default=False)
    customers = models.IntegerField()
    payload = models.JSONField()
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "as_of", "currency"], name="value_snapshot_of_day")]

    def __str__(self) -> str:
        return f"{self.as_of} {self.currency}"


class SnapshotCustomer(models.Model):
    """One customer in a snapshot. Scores run 1–5, 0 where too few customers allow none; `rank` 1 brings most revenue.

    `rhythm_days` is the median number of days between purchase days; `silence_days` since the last one.
    Ahead, null where nothing is foretold: `alive_share` is the chance to buy again ever (null too where the model can't
    say so of who bought once), `expected_orders` those within the horizon of the payload, `lifetime_minor` their
    discounted value. `goods_minor` is the cost of what they bought, where known; the costs after it are what they were
    charged; `net_minor` the revenue less all of these, null in figures from before costs were.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    rfm_class = models.CharField(max_length=10, choices=RfmClass)
    recency_score = models.SmallIntegerField()
    frequency_score = models.SmallIntegerField()
    monetary_score = models.SmallIntegerField()
    silence_days = models.IntegerField()
    rhythm_days = models.FloatField(null=True)
    orders = models.IntegerField()
    frequency = models.IntegerField()
    monetary_minor = models.BigIntegerField()
    revenue_minor = models.BigIntegerField()
    margin_minor = models.BigIntegerField(null=True)
    margin_share = models.FloatField()
    rank = models.IntegerField()
    slipping = models.BooleanField()
    first_day = models.DateField()
    last_day = models.DateField()
    alive_share = models.FloatField(null=True)
    expected_orders = models.FloatField(null=True)
    lifetime_minor = models.BigIntegerField(null=True)
    goods_minor = models.BigIntegerField(default=0, db_default=0)
    acquisition_minor = models.BigIntegerField(default=0, db_default=0)
    sale_minor = models.BigIntegerField(default=0, db_default=0)
    service_minor = models.BigIntegerField(default=0, db_default=0)
    delivery_minor = models.BigIntegerField(default=0, db_default=0)
    operation_minor = models.BigIntegerField(default=0, db_default=0)
    net_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "customer"], name="value_customer_in_snapshot")]
        indexes = [
            models.Index(fields=["snapshot", "rfm_class", "-monetary_minor", "id"], name="value_people_of_class"),
            models.Index(
                fields=["snapshot", "-monetary_minor", "id"],
                name="value_people_slipping",
                condition=models.Q(slipping=True),
            ),
            models.Index(
                fields=["snapshot", "-lifetime_minor", "id"],
                name="value_people_ahead",
                condition=models.Q(lifetime_minor__isnull=False),
            ),
            models.Index(fields=["snapshot", "-net_minor", "customer"], name="value_people_net"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.rfm_class}"


class OrderCharge(models.Model):
    """What an order was charged at the last computation, by kind, in minor units of its currency; only orders that
    anything was charged to.
    """

    # Orders go by SQL when an import is undone; what is left of them here goes with the next computation.
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    demo = models.BooleanField()
    currency = models.CharField(max_length=3)
    acquisition_minor = models.BigIntegerField()
    sale_minor = models.BigIntegerField()
    service_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    operation_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.order_id} {self.charged_minor} {self.currency}"

    @property
    def charged_minor(self) -> int:
        """Everything that it was charged."""
        return sum(getattr(self, f"{kind}_minor") for kind in KINDS)


class Scoring(models.Model):
    """Scores and classes of one business in one currency by another window or basis than usual, asked for by somebody.

    `window_days` 0 is all days. `basis` is what value is summed of; `payload` holds the classes. Minor units.
    """

    demo = models.BooleanField()
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    window_days = models.IntegerField()
    basis = models.CharField(max_length=10, choices=Basis)
    customers = models.IntegerField()
    payload = models.JSONField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["demo", "as_of", "currency", "window_days", "basis"], name="value_scoring_once"
            ),
            models.CheckConstraint(condition=models.Q(window_days__gte=0), name="value_scoring_window"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.window_days} {self.basis}"


class ScoringCustomer(models.Model):
    """One customer in a scoring; as in SnapshotCustomer, `amount_minor` the sum of the basis in the window."""

    scoring = models.ForeignKey(Scoring, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    rfm_class = models.CharField(max_length=10, choices=RfmClass)
    recency_score = models.SmallIntegerField()
    frequency_score = models.SmallIntegerField()
    monetary_score = models.SmallIntegerField()
    silence_days = models.IntegerField()
    frequency = models.IntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scoring", "customer"], name="value_customer_in_scoring")]
        indexes = [
            models.Index(fields=["scoring", "rfm_class", "-amount_minor", "id"], name="value_scored_of_class"),
            models.Index(fields=["scoring", "-amount_minor", "id"], name="value_scored"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.rfm_class}"


class ContractFigures(models.Model):
    """The figures of a business's contracts, as of a day; only the newest are kept. Amounts in `payload` are minor
    units by currency.
    """

    demo = models.BooleanField(unique=True)
    as_of = models.DateField()
    payload = models.JSONField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "contract figures"

    def __str__(self) -> str:
        return f"{self.as_of}"


class ContractWorth(models.Model):
    """What a customer's running contracts in one currency are expected to bring: margin in minor units, discounted.

    `sure_minor` comes of the terms that run, `ahead_minor` with renewals within the months of the settings,
    `whole_minor` over the whole time expected (null where interest is nought). `monthly_minor` is paid a month now;
    `stays_share` the chance that a contract still runs after those months (null: not foretold).
    """

    figures = models.ForeignKey(ContractFigures, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    contracts = models.IntegerField()
    monthly_minor = models.BigIntegerField()
    sure_minor = models.BigIntegerField()
    ahead_minor = models.BigIntegerField()
    whole_minor = models.BigIntegerField(null=True)
    stays_share = models.FloatField(null=True)

    class Meta:
        verbose_name_plural = "contract worth"
        constraints = [
            models.UniqueConstraint(fields=["figures", "customer", "currency"], name="value_contracts_of_customer")
        ]
        indexes = [models.Index(fields=["figures", "currency", "-ahead_minor", "id"], name="value_contracts_best")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.ahead_minor} {self.currency}"
