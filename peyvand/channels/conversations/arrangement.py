"""The reads of how conversations are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext, pgettext

from peyvand.channels.conversations import access
from peyvand.channels.conversations.models import Answerer, Conversation, RoutingRule, RoutingSettings, State
from peyvand.channels.conversations.services.routing import settings_of
from peyvand.channels.conversations.showing import channel_of
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import CLASSES


@dataclass(frozen=True)
class RuleShown:
    """A rule in words: when it fits, and to whom."""

    rule: RoutingRule
    when: Sequence[str]
    to: str


@dataclass(frozen=True)
class PersonShown:
    """A colleague with how they take conversations, None where nobody has said, and how many they have open."""

    user_id: int
    name: str
    answerer: Answerer | None
    open: int
    says: Sequence[str]


def settings_get(*, actor: Actor) -> RoutingSettings:
    """What holds for all conversations of the business one looks at."""
    actor.require(access.MANAGE)
    return settings_of(demo=actor.demo)


def rules(*, actor: Actor) -> Sequence[RoutingRule]:
    """The rules in their order."""
    actor.require(access.MANAGE)
    found = RoutingRule.objects.filter(demo=actor.demo).select_related("to_user", "to_team")
    return list(found.order_by("position", "id"))


def rule_get(*, actor: Actor, id: int) -> RoutingRule:
    """One; RoutingRule.DoesNotExist."""
    actor.require(access.MANAGE)
    return RoutingRule.objects.get(pk=id, demo=actor.demo)


def answerer(*, actor: Actor, user_id: int) -> Answerer | None:
    """How a colleague takes conversations; None where nobody has said."""
    actor.require(access.MANAGE)
    return Answerer.objects.filter(demo=actor.demo, user_id=user_id).first()


def topics(*, actor: Actor) -> Sequence[str]:
    """What people know about."""
    actor.require(access.MANAGE)
    rows = Answerer.objects.filter(demo=actor.demo).values_list("topics", flat=True)
    return sorted({word for row in rows for word in row})


def rules_shown(*, actor: Actor) -> Sequence[RuleShown]:
    """The rules in words."""
    return [RuleShown(one, _when(one), _to(one)) for one in rules(actor=actor)]


def _between(words: Sequence[str]) -> str:
    return pgettext("between names", ", ").join(words)


def _language(code: str) -> str:
    return gettext("English") if code == "en" else gettext("Persian")


def _when(rule: RoutingRule) -> list[str]:
    said = []
    if rule.channels:
        said.append(_between([str(channel_of(name)[0]) for name in rule.channels]))
    if rule.language:
        said.append(_language(rule.language))
    if rule.classes:
        said.append(_between([str(CLASSES[code][0]) for code in rule.classes if code in CLASSES]))
    if rule.words:
        said.append(gettext("says: %(words)s") % {"words": _between(rule.words)})
    if rule.hours:
        said.append(str(rule.get_hours_display()))
    return said


def _to(rule: RoutingRule) -> str:
    if rule.to_user is not None:
        return rule.to_user.name
    if rule.to_team is not None:
        return gettext("the team %(team)s") % {"team": rule.to_team.name}
    if rule.to_topic:
        return gettext("those who know about “%(topic)s”") % {"topic": rule.to_topic}
    return gettext("all who take conversations")


def people(*, actor: Actor) -> Sequence[PersonShown]:
    """The colleagues, those who take conversations first."""
    actor.require(access.MANAGE)
    rows = {one.user_id: one for one in Answerer.objects.filter(demo=actor.demo)}
    holding = Conversation.objects.filter(demo=actor.demo, state=State.OPEN, assignee__isnull=False)
    counts = dict(holding.order_by().values_list("assignee_id").annotate(n=Count("pk")))
    found = [
        PersonShown(pk, name, rows.get(pk), counts.get(pk, 0), _says(rows.get(pk)))
        for pk, name in assignable(actor=actor)
    ]
    return sorted(found, key=lambda one: not (one.answerer and one.answerer.takes))


def _says(row: Answerer | None) -> list[str]:
    if row is None:
        return []
    said = []
    if row.languages:
        said.append(_between([_language(code) for code in row.languages]))
    if row.channels:
        said.append(_between([str(channel_of(name)[0]) for name in row.channels]))
    if row.topics:
        said.append(_between(row.topics))
    return said
