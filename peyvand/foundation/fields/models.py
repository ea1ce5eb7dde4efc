"""Fields that people add to records, and the views in which they look at lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language

from peyvand.foundation.accounts.models import User
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor


def is_persian() -> bool:
    """Whether the reader's language is Persian."""
    return (get_language() or "fa").startswith("fa")


class OfBusiness(models.QuerySet["CustomField"]):
    """The fields of one of the two businesses."""

    def visible_to(self, actor: Actor) -> OfBusiness:
        """Those of the business that the actor looks at; what a record consists of is no secret among staff."""
        return self.filter(demo=actor.demo)


class CustomField(models.Model):
    """A field that people have added to a kind of record. `key` names it for good, in both businesses; labels change.

    `choices` are [{"key", "fa", "en"}] of the kinds that have them; one that is taken off stays readable where it was
    chosen. `currency` is of amounts. An archived field keeps its values and shows nowhere.
    """

    demo = models.BooleanField(default=False)
    record = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=FieldKind)
    label_fa = models.CharField(max_length=80, default="", blank=True)
    label_en = models.CharField(max_length=80, default="", blank=True)
    help = models.CharField(max_length=200, default="", blank=True)
    choices = models.JSONField(default=list, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    required = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = OfBusiness.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "key"], name="fields_customfield_once"),
            models.CheckConstraint(condition=~Q(key=""), name="fields_customfield_key"),
            models.CheckConstraint(condition=~Q(label_fa="", label_en=""), name="fields_customfield_named"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="fields_customfield_kind"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language, else in the other."""
        return (self.label_fa or self.label_en) if is_persian() else (self.label_en or self.label_fa)


class ViewQuerySet(models.QuerySet["SavedView"]):
    """Views of lists."""

    def visible_to(self, actor: Actor) -> ViewQuerySet:
        """One's own and those that are shared, of the business one looks at."""
        return self.filter(Q(owner_id=actor.user_id or 0) | Q(shared=True), demo=actor.demo)


class SavedView(models.Model):
    """A list's conditions, order and columns under a name; `query` is the list's address after the "?".

    Of one person, or shared with everyone who may see the list. What it shows is always by the reader's own rights.
    """

    demo = models.BooleanField(default=False)
    record = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, default="", blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    shared = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = ViewQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="fields_savedview_named")]
        indexes = [models.Index(fields=["demo", "record", "owner"], name="fields_savedview_of")]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How somebody wants a list: with which columns ("" as it comes), and which view it opens with.

    `opens` is the query of a saved or built-in view; with no person it is everyone's who has none of their own. `tabs`
    are ids of saved views in the person's own order; others come after them.
    """

    demo = models.BooleanField(default=False)
    record = models.CharField(max_length=40)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    columns = models.CharField(max_length=1000, default="", blank=True)
    opens = models.CharField(max_length=2000, default="", blank=True)
    tabs = models.CharField(max_length=2000, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["demo", "record", "user"], name="fields_listchoice_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.record}:{self.user_id}"
