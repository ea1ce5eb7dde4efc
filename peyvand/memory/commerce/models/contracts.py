"""Contracts: customers who pay by the month or year, with a ledger of what was agreed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.commerce.access import ContractQuerySet
from peyvand.memory.commerce.models.products import Product
from peyvand.memory.customers.models import Customer

DUE_DAYS: Final = 30  # before the end of a term, in which its renewal is due
LONGEST_TERM, LONGEST_PERIOD = 600, 120  # months


class ContractKind(models.TextChoices):
    """What is paid for."""

    SUBSCRIPTION = "subscription", _("Subscription")
    SERVICE = "service", _("Service contract")
    SUPPLY = "supply", _("Supply contract")
    MEMBERSHIP = "membership", _("Membership")
    LEASE = "lease", _("Lease")
    OTHER = "other", _("Other contract")


class ContractState(models.TextChoices):
    """How a contract stands on a day; it follows from its dates."""

    UPCOMING = "upcoming", _("Not begun")
    RUNNING = "running", pgettext_lazy("contract", "Running")
    DUE = "due", _("Due for renewal")
    ENDED = "ended", _("Ended")


class ContractEntryKind(models.TextChoices):
    """What an entry of a contract's ledger says."""

    SIGNED = "signed", _("Signed")
    RENEWAL = "renewal", _("Renewed")
    FEE = "fee", _("New fee")
    END = "end", _("Ended")


LAPSED: Final = "lapsed"
# Why contracts end, and whether that could have been avoided: True, False, or None where nobody can say.
REASONS: Final[dict[str, tuple[Label, bool | None]]] = {
    "price": (_("Price"), True),
    "service": (_("Not content with the service"), True),
    "product": (_("The product did not fit"), True),
    "competitor": (_("Went to a competitor"), True),
    "unused": (_("Hardly used it"), True),
    "unpaid": (_("Did not pay"), True),
    "need": (_("No longer needed"), False),
    "closed": (_("Gave up the business"), False),
    "moved": (_("Moved away"), False),
    "died": (_("Died"), False),
    "ours": (_("We ended it"), False),
    LAPSED: (_("Ran out, not renewed"), None),
    "other": (pgettext_lazy("contract", "Another reason"), None),
}


class Contract(models.Model):
    """A contract of a customer; `period_months` is the time that one fee is for, in whole months.

    What was agreed stands in its entries, and a trigger of the database keeps here what they come to, whoever wrote
    them: `term_months` (null: open, until somebody ends it), `ends_on` (last day of the running term, null of an open
    one), `fee_minor` (the fee of one period as last agreed, in minor units of `currency`), `renewals` so far, and,
    once it has ended or is to end, `ended_on` (the last day) and `reason` (a key of REASONS).
    """

    demo = models.BooleanField(default=False)
    number = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ContractKind, default=ContractKind.SERVICE)
    starts_on = models.DateField()
    renews_itself = models.BooleanField(default=False)
    period_months = models.SmallIntegerField(default=1)
    currency = models.CharField(max_length=3)
    note = models.TextField(default="", blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    term_months = models.SmallIntegerField(null=True, editable=False)
    ends_on = models.DateField(null=True, editable=False)
    fee_minor = models.BigIntegerField(db_default=0, editable=False)
    renewals = models.IntegerField(db_default=0, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    reason = models.CharField(max_length=12, db_default="", editable=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "number"], name="commerce_contract_number_once"),
            models.CheckConstraint(condition=~Q(number=""), name="commerce_contract_has_number"),
            models.CheckConstraint(condition=Q(kind__in=ContractKind.values), name="commerce_contract_kind"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="commerce_contract_currency"),
            models.CheckConstraint(
                condition=Q(period_months__gte=1, period_months__lte=LONGEST_PERIOD), name="commerce_contract_period"
            ),
        ]
        indexes = [
            models.Index(fields=["demo", "-starts_on", "-id"], name="commerce_contract_starts"),
            models.Index(fields=["customer", "-starts_on", "-id"], name="commerce_contract_customer"),
            models.Index(
                fields=["demo", "ends_on", "id"], name="commerce_contract_due", condition=Q(ended_on__isnull=True)
            ),
            models.Index(fields=["source"], name="commerce_contract_source", condition=~Q(source="")),
            models.Index(OpClass(F("number"), name="text_pattern_ops"), name="commerce_contract_prefix"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def fee(self) -> Money:
        """The fee of one period, as last agreed."""
        return Money(self.fee_minor, self.currency)

    @property
    def term_fee(self) -> Money | None:
        """The fees of one whole term at today's fee, rounded half up; None of an open contract."""
        if self.term_months is None:
            return None
        return Money((2 * self.fee_minor * self.term_months + self.period_months) // (2 * self.period_months),
                     self.currency)  # fmt: skip

    @property
    def avoidable(self) -> bool | None:
        """Whether its end could have been avoided; None where nobody can say."""
        return REASONS[self.reason][1] if self.reason in REASONS else None

    @property
    def reason_word(self) -> Label:
        """Why it ended."""
        return REASONS[self.reason][0] if self.reason in REASONS else self.reason

    def last_day(self, today: date) -> date | None:
        """The day it ended or ends; also of one that ran out and that nobody has noted yet. None: no end is known."""
        if self.ended_on is not None:
            return self.ended_on
        return None if self.renews_itself or self.ends_on is None or self.ends_on >= today else self.ends_on

    def renewed_by(self, day: date) -> bool:
        """Whether its term is over by then and somebody has to renew it: it does not renew itself."""
        return not self.renews_itself and self.ends_on is not None and self.ends_on <= day

    def state_on(self, today: date) -> ContractState:
        """How it stands that day, the business's own."""
        last = self.last_day(today)
        if last is not None and last < today:
            return ContractState.ENDED
        if self.starts_on > today:
            return ContractState.UPCOMING
        if self.ended_on is None and last is None and self.renewed_by(today + timedelta(days=DUE_DAYS)):
            return ContractState.DUE
        return ContractState.RUNNING


class ContractEntry(models.Model):
    """What was agreed, and when it holds from: rows are added, never changed (a trigger refuses it).

    signed and renewal: `day` is the first of the term and `until` its last (null: open), `term_months` its length,
    `fee_minor` the fee of a period from then on (null: as before). fee: the fee from `day` on. end: `day` is the last
    one, `reason` why. `by_itself`: nobody did it, the contract says so. Later entries count before earlier ones.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="entries", db_index=False)
    kind = models.CharField(max_length=8, choices=ContractEntryKind)
    day = models.DateField()
    until = models.DateField(null=True, blank=True)
    term_months = models.SmallIntegerField(null=True, blank=True)
    fee_minor = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=12, default="", blank=True)
    by_itself = models.BooleanField(default=False)
    note = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "contract entries"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ContractEntryKind.values), name="commerce_entry_kind"),
            models.CheckConstraint(condition=Q(fee_minor=None) | Q(fee_minor__gte=0), name="commerce_entry_fee"),
            models.CheckConstraint(
                condition=Q(term_months=None, until=None)
                | Q(term_months__gte=1, term_months__lte=LONGEST_TERM, until__gte=F("day")),
                name="commerce_entry_term",
            ),
            models.CheckConstraint(
                condition=Q(kind="end", reason__in=list(REASONS)) | Q(~Q(kind="end"), reason=""),
                name="commerce_entry_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("signed", "fee")) | Q(fee_minor__isnull=False), name="commerce_entry_priced"
            ),
        ]
        indexes = [models.Index(fields=["contract", "id"], name="commerce_entry_contract")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

    @property
    def reason_word(self) -> Label:
        """Of an end, why."""
        return REASONS[self.reason][0] if self.reason in REASONS else self.reason
