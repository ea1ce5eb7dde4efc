"""Tables of what customers allow: purposes, the wordings they agree to, the ledger, and the state that follows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.files.models import StoredFile
from peyvand.memory.consents.access import EntryQuerySet, PurposeQuerySet, StateQuerySet
from peyvand.memory.customers.models import Customer


class PurposeKind(models.TextChoices):
    """What a purpose is about."""

    MARKETING = "marketing", _("Marketing")
    SERVICE = "service", _("Service")
    RESEARCH = "research", _("Research")
    PROFILING = "profiling", _("Profiling")
    SHARING = "sharing", _("Sharing with others")


class Decision(models.TextChoices):
    """What was said. `denied`: asked and refused; `withdrawn`: given before, and taken back.

    `void` is nothing that a customer says: the line that it names (`reverses`) was written by mistake.
    """

    GIVEN = "given", pgettext_lazy("consent", "given")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "taken back")
    DENIED = "denied", pgettext_lazy("consent", "refused")
    VOID = "void", pgettext_lazy("consent", "was a mistake")


SAID = (Decision.GIVEN, Decision.WITHDRAWN, Decision.DENIED)  # what a customer can say


class Source(models.TextChoices):
    """Where a consent was given or taken back."""

    FORM = "form", _("Form")
    CALL = "call", _("Telephone call")
    IN_PERSON = "in-person", _("In person")
    PAPER = "paper", _("Signed paper")
    MESSAGE = "message", _("Message from the customer")
    IMPORT = "import", _("Import")
    PREFERENCES = "preferences", _("Preference centre")
    OPT_IN = "opt-in", _("Confirmation message")
    API = "api", _("Another program")
    MERGE = "merge", _("Merge of two records")


class Recorder(models.TextChoices):
    """Who wrote the line."""

    STAFF = "staff", _("A colleague")
    CUSTOMER = "customer", _("The customer")
    SYSTEM = "system", _("Peyvand")


class Purpose(models.Model):
    """What a customer may be asked to allow. `key` names it in programs, for good.

    `opt_out`: allowed until the customer says no, as with news of their own orders; otherwise only once they say yes.
    """

    demo = models.BooleanField(default=False)
    key = models.CharField(max_length=40)
    name_fa = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)
    description = models.CharField(max_length=500, default="", blank=True)
    kind = models.CharField(max_length=12, choices=PurposeKind, default=PurposeKind.MARKETING)
    opt_out = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = PurposeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "key"], name="consents_purpose_once"),
            models.CheckConstraint(condition=~Q(key=""), name="consents_purpose_key"),
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="consents_purpose_named"),
            models.CheckConstraint(condition=Q(kind__in=PurposeKind.values), name="consents_purpose_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, or the one there is."""
        persian = (translation.get_language() or "fa").startswith("fa")
        return (self.name_fa or self.name_en) if persian else (self.name_en or self.name_fa)


class Wording(models.Model):
    """The exact text that is agreed to, in one language; a changed text is a new version, and none is ever changed."""

    demo = models.BooleanField(default=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="wordings", db_index=False)
    language = models.CharField(max_length=2)
    version = models.IntegerField()
    text = models.TextField()
    sha = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consents_wording_once"),
            models.CheckConstraint(condition=~Q(text=""), name="consents_wording_text"),
            models.CheckConstraint(condition=Q(language__in=["fa", "en"]), name="consents_wording_language"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id}:{self.language}:{self.version}"


class ConsentEntry(models.Model):
    """One line of the ledger: what a customer said of a purpose over a channel, and how we know.

    Lines are only added: the database refuses to change or delete one, but for a merge (the customer), an undo, and
    with the customer. `at` is when it was said, `recorded_at` when it was written. `channel` names a ConsentChannel.
    `proof` is in words, `proof_data` what a machine kept (address, user agent, message id), `proof_file` a scan.
    `reverses` is the line that this one says was a mistake: both stay, and neither counts any more.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=40)
    decision = models.CharField(max_length=10, choices=Decision)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorder = models.CharField(max_length=10, choices=Recorder, default=Recorder.STAFF)
    staff_id = models.BigIntegerField(null=True, blank=True)  # no key: the line outlives the colleague
    staff_name = models.CharField(max_length=200, default="", blank=True)
    wording = models.ForeignKey(Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=12, choices=Source)
    proof = models.TextField(default="", blank=True)
    proof_data = models.JSONField(default=dict, blank=True)
    proof_file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="reversed_by")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consent entries"
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="consents_entry_decision"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="consents_entry_source"),
            models.CheckConstraint(condition=Q(recorder__in=Recorder.values), name="consents_entry_recorder"),
            models.CheckConstraint(condition=~Q(channel=""), name="consents_entry_channel"),
            models.CheckConstraint(
                condition=Q(decision=Decision.VOID, reverses__isnull=False)
                | (~Q(decision=Decision.VOID) & Q(reverses__isnull=True)),
                name="consents_entry_reverses",
            ),
        ]
        indexes = [
            models.Index(
                F("customer"), F("purpose"), F("channel"), F("at").desc(), F("id").desc(), name="consents_entry_of"
            ),
            models.Index(F("demo"), F("at").desc(), F("id").desc(), name="consents_entry_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}:{self.purpose_id}:{self.channel} {self.decision}"


class ConsentState(models.Model):
    """What stands of a customer's word on a purpose over a channel; the database keeps it, from the ledger.

    Of the lines that were no mistake it is the one with the latest `at`; of those of the same moment the strictest
    (withdrawn, refused, given), then the latest written.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=40)
    decision = models.CharField(max_length=10, choices=Decision)
    at = models.DateTimeField()
    entry = models.ForeignKey(ConsentEntry, on_delete=models.CASCADE, related_name="+")

    objects = StateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "purpose", "channel"], name="consents_state_once"),
        ]
        indexes = [
            models.Index(fields=["purpose", "channel", "decision", "customer"], name="consents_state_of"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}:{self.purpose_id}:{self.channel} {self.decision}"
