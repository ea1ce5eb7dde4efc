"""What reports keep: figures computed ahead of the pages, and of each customer the way they came."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.reports import access
from peyvand.insight.warehouse.models import Load
from peyvand.memory.customers.models import Customer


class Figure(models.Model):
    """Figures computed once from the facts of a load, up to and including the day `as_of`; one a name, the newest.

    `currency` is empty where no money is in it; amounts in `payload` are minor units of `currency`.
    """

    demo = models.BooleanField()
    name = models.CharField(max_length=40)
    as_of = models.DateField()
    currency = models.CharField(max_length=3, blank=True, default="")
    payload = models.JSONField()
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "name", "currency"], name="reports_figure_one")]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of} {self.currency}"


class Way(models.Model):
    """The way of one customer: when each stage was first reached (UTC), null where that is not recorded.

    The moments never go backwards: a stage that was recorded only after a later one is not on the way and is null.
    `entered_at` is the first of them. Of the first order that stands: its currency, its net in minor units, and whether
    it was discounted; empty, null and false where there is none.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    demo = models.BooleanField()
    source = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    entered_at = models.DateTimeField()
    visitor_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)
    lead_at = models.DateTimeField(null=True)
    customer_at = models.DateTimeField(null=True)
    repeat_at = models.DateTimeField(null=True)
    first_currency = models.CharField(max_length=3, blank=True)
    first_net_minor = models.BigIntegerField(null=True)
    discounted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["demo", "-entered_at", "id"], name="reports_way_entered"),
            models.Index(
                fields=["demo", "-customer_at", "id"],
                name="reports_way_won",
                condition=models.Q(customer_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"way of {self.customer_id}"


class WayTouch(models.Model):
    """A touchpoint that stands on a customer's path to a paid order; `orders` is on how many such paths."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    demo = models.BooleanField()
    touchpoint = models.CharField(max_length=120)
    orders = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "touchpoint"], name="reports_touch_once")]
        indexes = [models.Index(fields=["demo", "touchpoint", "-last_at", "id"], name="reports_touch_people")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.touchpoint}"


class OfPeople(models.QuerySet[Any, Any]):
    """What people keep for themselves or share with everybody here."""

    def visible_to(self, actor: Actor) -> OfPeople:
        """One's own and what is shared, of the business one looks at; with no right to reports, none."""
        if not actor.may(access.VIEW):
            return self.none()
        return self.filter(models.Q(owner_id=actor.user_id or 0) | models.Q(shared=True), demo=actor.demo)


class Report(models.Model):
    """A question that is kept (see questions.Question.as_plain). What it shows is always by the reader's own rights."""

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    shared = models.BooleanField(default=False)
    question = models.JSONField()
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = OfPeople.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="reports_report_named")]
        indexes = [models.Index(fields=["demo", "archived", "name"], name="reports_report_list")]

    def __str__(self) -> str:
        return self.name


class Dashboard(models.Model):
    """Tiles on a page. `period` is one of spans.PERIODS for all tiles, or "" where each keeps its own."""

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    shared = models.BooleanField(default=False)
    period = models.CharField(max_length=20, default="", blank=True)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = OfPeople.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="reports_dashboard_named")]
        indexes = [models.Index(fields=["demo", "archived", "name"], name="reports_dashboard_list")]

    def __str__(self) -> str:
        return self.name


class Tile(models.Model):
    """A question on a dashboard, in its own words; `width` of four columns."""

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    title = models.CharField(max_length=120)
    question = models.JSONField()
    position = models.IntegerField(default=0)
    width = models.SmallIntegerField(default=2)

    class Meta:
        indexes = [models.Index(fields=["dashboard", "position", "id"], name="reports_tile_order")]
        constraints = [models.CheckConstraint(condition=models.Q(width__range=(1, 4)), name="reports_tile_width")]

    def __str__(self) -> str:
        return self.title


class AnswerState(models.TextChoices):
    """How far an answer is."""

    WAITING = "waiting", _("Waiting")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class Answer(models.Model):
    """What a plan (planning.plan_of) gave from one load of the warehouse; `key` is planning.key_of.

    `sentence` is the English msgid of why there is none. The same plan is never computed twice from one load. `used_at`
    is when a page that is kept (a dashboard, a report) showed it last, or the same question from a load before.
    """

    key = models.CharField(max_length=64, unique=True)
    demo = models.BooleanField()
    plan = models.JSONField()
    state = models.CharField(max_length=8, choices=AnswerState, default=AnswerState.WAITING)
    payload = models.JSONField(default=dict)
    sentence = models.CharField(max_length=300, default="", blank=True)
    ms = models.IntegerField(default=0)
    fresh_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="reports_answer_age"),
            models.Index(
                fields=["-used_at", "id"], name="reports_answer_used", condition=models.Q(used_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} ({self.state})"


class Every(models.TextChoices):
    """How often a report goes out."""

    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class Mailing(models.Model):
    """A report or a dashboard that goes to colleagues by e-mail, each by their own rights.

    `weekday` counts from Monday (0); `day` of the month is in `calendar`, the last day where a month has fewer. `at` is
    in the workspace's time zone. `forms` are "pdf" and "xlsx", `people` ids of users.
    """

    demo = models.BooleanField(default=False)
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="+")
    dashboard = models.ForeignKey(Dashboard, null=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    every = models.CharField(max_length=5, choices=Every, default=Every.WEEK)
    weekday = models.SmallIntegerField(default=5)
    day = models.SmallIntegerField(default=1)
    calendar = models.CharField(max_length=10, default="jalali")
    at = models.TimeField()
    forms = models.JSONField(default=list)
    people = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report__isnull=False) ^ models.Q(dashboard__isnull=False), name="reports_mailing_of"
            )
        ]
        indexes = [models.Index(fields=["active", "next_at"], name="reports_mailing_due")]

    def __str__(self) -> str:
        return f"mailing {self.pk}"


class MailingSent(models.Model):
    """One mail of a mailing, or why there was none; `due` and `person` make it unique, so none goes twice."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="sent")
    due = models.DateTimeField()
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    done_at = models.DateTimeField(null=True)
    good = models.BooleanField(default=False)
    words = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "due", "person"], name="reports_mailing_once")]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.due}"


class ShareLink(models.Model):
    """A page of one report or dashboard for whoever has its address, with the rights `owner` has when it is opened.

    `digest` is the SHA-256 of the address's secret part; `sites` are the origins that may show it in a frame.
    """

    demo = models.BooleanField(default=False)
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="+")
    dashboard = models.ForeignKey(Dashboard, null=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, default="fa")
    sites = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    views = models.IntegerField(default=0, db_default=0)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report__isnull=False) ^ models.Q(dashboard__isnull=False), name="reports_share_of"
            )
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"
