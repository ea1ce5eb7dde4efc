"""By which rules conversations come to colleagues, who takes them, and who was told that somebody waits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from peyvand.channels.conversations.models.talks import Conversation
from peyvand.foundation.accounts.models import Team, User


def _words() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=60), default=list, blank=True)


class Hours(models.TextChoices):
    """When a rule holds."""

    ANY = "", pgettext_lazy("routing hours", "At any hour")
    OPEN = "open", pgettext_lazy("routing hours", "While we are open")
    CLOSED = "closed", pgettext_lazy("routing hours", "While we are closed")


class RoutingSettings(models.Model):
    """What holds for all conversations of a business; a business without a row has the defaults.

    `reroute_minutes` of working time without an answer, and it goes to somebody else; 0 never. Customers of one of
    `tell_classes` who wait `tell_minutes` of working time are told of to a person or a team, else to whoever has it.
    """

    demo = models.BooleanField(default=False, unique=True)
    owner_first = models.BooleanField(default=True)
    reroute_minutes = models.IntegerField(default=0)
    tell_minutes = models.IntegerField(default=0)
    tell_classes = _words()
    tell_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tell_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    version = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "routing settings"

    def __str__(self) -> str:
        return f"routing {self.demo}"


class Answerer(models.Model):
    """A colleague to whom conversations come by themselves while `takes`.

    Nothing in `languages` or `channels` means all. `topics` are words that customers use for what this person knows.
    `most` open conversations, 0 for no limit. `last_at` is when one last came to them.
    """

    demo = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    takes = models.BooleanField(default=True)
    languages = _words()
    channels = _words()
    topics = _words()
    most = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "demo"], name="conversations_answerer_once")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class RoutingRule(models.Model):
    """To whom a conversation comes when all that the rule names holds; the first rule that fits decides.

    It names a person, a team or a topic (of those who know it), or nobody: then all who take conversations.
    """

    demo = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    name = models.CharField(max_length=120)
    enabled = models.BooleanField(default=True)
    channels = _words()
    language = models.CharField(max_length=2, default="", blank=True)
    words = _words()
    classes = _words()
    hours = models.CharField(max_length=6, choices=Hours, default=Hours.ANY, blank=True)
    to_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    to_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    to_topic = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__in=Hours.values), name="conversations_rule_hours"),
            models.CheckConstraint(
                condition=Q(to_user=None, to_team=None) | Q(to_user=None, to_topic="") | Q(to_team=None, to_topic=""),
                name="conversations_rule_target",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["demo", "position", "id"], name="conversations_rule_order")]

    def __str__(self) -> str:
        return self.name


class Alarm(models.Model):
    """A colleague who was told that a customer of high value waits since then, until they have opened it."""

    demo = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="alarms")
    since = models.DateTimeField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation", "since"], name="conversations_alarm_once")
        ]
        indexes = [
            models.Index(
                fields=["demo", "user", "conversation"], name="conversations_alarm_new",
                condition=Q(seen_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"
