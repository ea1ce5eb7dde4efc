"""Forms, their versions, what was filled in, and how often they are opened."""

from __future__ import annotations

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.channels.forms.access import FormQuerySet, SubmissionQuerySet
from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.files.models import StoredFile
from peyvand.memory.customers.models import Customer

KEY_BYTES = 9


def key_make() -> str:
    """What a form is called in its address: nobody can guess it."""
    return secrets.token_urlsafe(KEY_BYTES)


class Place(models.TextChoices):
    """Where a form may be filled in. "api": another program brings what was filled in elsewhere."""

    LINK = "link", _("Page of its own")
    EMBED = "embed", _("On our sites")
    CHAT = "chat", _("In the chat")
    KIOSK = "kiosk", _("On a kiosk")


class State(models.TextChoices):
    """What became of what was filled in."""

    NEW = "new", pgettext_lazy("submission", "New")
    WAITING = "needs-confirmation", pgettext_lazy("submission", "Waits for a confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("submission", "Confirmed")
    SPAM = "spam", pgettext_lazy("submission", "Spam")


class Form(models.Model):
    """A form. `structure` is as forms.structure checks it, `texts` title, intro, button and thanks by language.

    `languages` are those it is offered in, the first where nobody says. `redirect_url` leads on after the thanks.
    `owner`, `team` and `tags` are given to customers it makes. `opt_in` is the purpose that must be confirmed from the
    address itself, "" for none. `progressive`: a proven visitor is not asked again what is known. `spam` holds the
    settings of forms.suspicion. `latest` is the number of the newest FormVersion; `version` grows with every change.
    """

    demo = models.BooleanField(default=False)
    key = models.CharField(max_length=32, unique=True, default=key_make)
    name = models.CharField(max_length=120)
    languages = ArrayField(models.CharField(max_length=2), default=list)
    texts = models.JSONField(default=dict, blank=True)
    structure = models.JSONField(default=dict, blank=True)
    places = ArrayField(models.CharField(max_length=10), default=list)
    active = models.BooleanField(default=False)
    redirect_url = models.CharField(max_length=500, default="", blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    opt_in = models.CharField(max_length=40, default="", blank=True)
    progressive = models.BooleanField(default=False)
    spam = models.JSONField(default=dict, blank=True)
    latest = models.IntegerField(default=0)
    version = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = FormQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="forms_form_named")]
        indexes = [models.Index(F("demo"), F("updated_at").desc(), F("id").desc(), name="forms_form_latest")]

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """A form's fields and texts as they were asked; never changed. What was filled in points to it by number.

    It stays when an undo takes back the form or the change that made it: what was filled in is read by it.
    """

    demo = models.BooleanField(default=False)
    form = models.ForeignKey(
        Form, on_delete=models.DO_NOTHING, related_name="versions", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    structure = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="forms_version_once")]

    def __str__(self) -> str:
        return f"{self.form_id}:{self.number}"


class Submission(models.Model):
    """What was filled in once. `answers` are values by field key as forms.kinds keeps them, of FormVersion `version`.

    `nonce` is the page's own: the same page sends one submission, however often it is pressed. `candidates` are ids of
    customers whose addresses were typed while nothing proves that it was them. `suggestions` are values that differ
    from what is known: [{"field", "had", "given", "state"}]. `consents` are the lines that were ticked, with the text
    that was shown. `opt_in_id` is the OptIn that it waits for. `address` is a digest of the network address, `digest`
    one of the answers. `suspicion` says why it was taken for spam.
    """

    demo = models.BooleanField(default=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    version = models.IntegerField()
    at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    place = models.CharField(max_length=10, default=Place.LINK)
    language = models.CharField(max_length=2, default="fa")
    answers = models.JSONField(default=dict)
    source = models.JSONField(default=dict, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    candidates = models.JSONField(default=list, blank=True)
    suggestions = models.JSONField(default=list, blank=True)
    consents = models.JSONField(default=list, blank=True)
    suspicion = models.JSONField(default=list, blank=True)
    visitor_key = models.CharField(max_length=40, default="", blank=True)
    site_key = models.CharField(max_length=40, default="", blank=True)
    interaction_id = models.BigIntegerField(null=True, blank=True)
    opt_in_id = models.BigIntegerField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    nonce = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64, default="", blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "nonce"], name="forms_submission_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="forms_submission_state"),
        ]
        indexes = [
            models.Index(F("demo"), F("at").desc(), F("id").desc(), name="forms_submission_latest"),
            models.Index(F("form"), F("at").desc(), F("id").desc(), name="forms_submission_of_form"),
            models.Index(fields=["customer", "-at"], name="forms_submission_of"),
            models.Index(fields=["opt_in_id"], name="forms_submission_waits", condition=Q(opt_in_id__isnull=False)),
            models.Index(fields=["form", "address", "at"], name="forms_submission_address"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.at:%Y-%m-%d %H:%M}"


class SubmissionFile(models.Model):
    """A file that came with a submission, in answer to `field`."""

    demo = models.BooleanField(default=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    field = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.submission_id}:{self.field}"


class FormDay(models.Model):
    """How often a form was opened, begun and sent on a day (UTC); figures only, one row a form and day."""

    demo = models.BooleanField(default=False)
    form = models.ForeignKey(
        Form, on_delete=models.DO_NOTHING, related_name="days", db_index=False, db_constraint=False
    )
    day = models.DateField()
    views = models.IntegerField(default=0)
    starts = models.IntegerField(default=0)
    submissions = models.IntegerField(default=0)
    spam = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="forms_day_once")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.day}"
