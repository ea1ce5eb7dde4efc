"""Writing the rules by which conversations come to colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import Answerer, RoutingRule, RoutingSettings
from peyvand.channels.conversations.models.routing import Hours
from peyvand.channels.outreach.declarations import Carrier
from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.pieces import CLASSES

LANGUAGES = ("fa", "en")
LONGEST_WAIT = 60 * 24 * 14
MOST_OPEN = 1_000
MOST_WORDS, WORD = 50, 60
MOST_RULES = 100


@dataclass(frozen=True, kw_only=True)
class SettingsData:
    """What holds for all. Minutes are of working time, 0 for never; user and team neither: whoever has it is told."""

    owner_first: bool = True
    reroute_minutes: int = 0
    tell_minutes: int = 0
    tell_classes: Sequence[str] = field(default_factory=tuple)
    tell_user_id: int | None = None
    tell_team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RuleData:
    """A rule as it is to be; what is empty names nothing. At most one of person, team and topic."""

    name: str
    enabled: bool = True
    channels: Sequence[str] = field(default_factory=tuple)
    language: str = ""
    words: Sequence[str] = field(default_factory=tuple)
    classes: Sequence[str] = field(default_factory=tuple)
    hours: str = ""
    to_user_id: int | None = None
    to_team_id: int | None = None
    to_topic: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswererData:
    """How a colleague takes conversations; `most` open ones, 0 for no limit."""

    takes: bool = True
    languages: Sequence[str] = field(default_factory=tuple)
    channels: Sequence[str] = field(default_factory=tuple)
    topics: Sequence[str] = field(default_factory=tuple)
    most: int = 0


def settings_save(*, actor: Actor, data: SettingsData, version: int | None = None) -> RoutingSettings:
    """Set what holds for all. NotAllowed, InvalidError, ChangedMeanwhileError."""
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    for name in ("reroute_minutes", "tell_minutes"):
        if not 0 <= getattr(data, name) <= LONGEST_WAIT:
            errors[name] = _("A number of minutes, at most two weeks; 0 for never.")
    _chosen(errors, "tell_classes", data.tell_classes, CLASSES)
    _person(actor, errors, "tell_user_id", data.tell_user_id)
    _team(actor, errors, "tell_team_id", data.tell_team_id)
    if data.tell_minutes and not data.tell_classes:
        errors["tell_classes"] = _("Choose for which customers somebody is told.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        row, _new = RoutingSettings.objects.select_for_update().get_or_create(demo=actor.demo)
        if version is not None and version != row.version:
            raise ChangedMeanwhileError(version=row.version)
        values = {
            "owner_first": data.owner_first, "reroute_minutes": data.reroute_minutes,
            "tell_minutes": data.tell_minutes, "tell_classes": list(data.tell_classes),
            "tell_user_id": data.tell_user_id, "tell_team_id": data.tell_team_id, "version": row.version + 1,
        }  # fmt: skip
        _set(actor, row, values, gettext("How conversations are given"))
    return row


def rule_save(*, actor: Actor, data: RuleData, rule: RoutingRule | None = None) -> RoutingRule:
    """Write a rule, the last one, or change one. NotAllowed, InvalidError, RoutingRule.DoesNotExist."""
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    name = clean(data.name)
    if not fa_key(name) or len(name) > 120:
        errors["name"] = _("Give it a name of at most 120 letters.")
    if data.language and data.language not in LANGUAGES:
        errors["language"] = _("Choose one of the languages.")
    if data.hours not in Hours.values:
        errors["hours"] = _("Choose when it holds.")
    _chosen(errors, "channels", data.channels, [one.name for one in registry.all(Carrier)])
    _chosen(errors, "classes", data.classes, CLASSES)
    words, topic = _words(errors, "words", data.words), clean(data.to_topic)
    _person(actor, errors, "to_user_id", data.to_user_id)
    _team(actor, errors, "to_team_id", data.to_team_id)
    if sum(map(bool, (data.to_user_id, data.to_team_id, topic))) > 1 or len(topic) > WORD:
        errors["to_topic"] = _("Choose one: a person, a team, or a topic.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        rows = RoutingRule.objects.select_for_update(of=("self",)).filter(demo=actor.demo)
        if rule is None:
            kept = list(rows.order_by("-position"))
            if len(kept) >= MOST_RULES:
                raise InvalidError({"name": _("There are at most 100 rules.")})
            made = RoutingRule(demo=actor.demo, position=kept[0].position + 1 if kept else 0)
        else:
            made = rows.get(pk=rule.pk)
        values = {
            "name": name, "enabled": data.enabled, "channels": list(data.channels), "language": data.language,
            "words": words, "classes": list(data.classes), "hours": data.hours, "to_user_id": data.to_user_id,
            "to_team_id": data.to_team_id, "to_topic": topic,
        }  # fmt: skip
        _set(actor, made, values, gettext("Rule “%(name)s”") % {"name": name})
    return made


def rule_move(*, actor: Actor, rule: RoutingRule, up: bool) -> int | None:
    """Change places with the rule before or after; gives the change set, None at the end of the list."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        rows = list(
            RoutingRule.objects.select_for_update(of=("self",)).filter(demo=actor.demo).order_by("position", "id")
        )
        place = next((number for number, one in enumerate(rows) if one.pk == rule.pk), None)
        if place is None:
            raise RoutingRule.DoesNotExist
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return None
        rows[place], rows[other] = rows[other], rows[place]
        with change_set(actor=actor, kind="edit", title=gettext("Order of the rules")) as made:
            for number, one in enumerate(rows):
                if one.position != number:
                    one.position = number
                    one.save(update_fields=["position"])
    return made.pk


def rule_remove(*, actor: Actor, rule: RoutingRule) -> int:
    """Take a rule away; gives the change set by which it comes back."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = RoutingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk, demo=actor.demo)
        title = gettext("Rule “%(name)s” removed") % {"name": found.name}
        with change_set(actor=actor, kind="edit", title=title) as made:
            found.delete()
    return made.pk


def answerer_save(*, actor: Actor, user_id: int, data: AnswererData) -> Answerer:
    """Say how a colleague takes conversations. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    _person(actor, errors, "user_id", user_id)
    _chosen(errors, "languages", data.languages, LANGUAGES)
    _chosen(errors, "channels", data.channels, [one.name for one in registry.all(Carrier)])
    topics = _words(errors, "topics", data.topics)
    if not 0 <= data.most <= MOST_OPEN:
        errors["most"] = _("A whole number up to 1,000; 0 for no limit.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        row = Answerer.objects.select_for_update(of=("self",)).filter(demo=actor.demo, user_id=user_id).first()
        made = row or Answerer(demo=actor.demo, user_id=user_id)
        values = {
            "takes": data.takes, "languages": list(data.languages), "channels": list(data.channels), "topics": topics,
            "most": data.most,
        }  # fmt: skip
        _set(actor, made, values, gettext("Who takes conversations"))
    return made


def _set(actor: Actor, row: Any, values: dict[str, Any], title: str) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    with change_set(actor=actor, kind="settings", title=title):
        row.save()


def _chosen(errors: dict[str, Label], name: str, given: Sequence[str], known: Any) -> None:
    if any(one not in known for one in given):
        errors[name] = _("Choose from the list.")


def _words(errors: dict[str, Label], name: str, given: Sequence[str]) -> list[str]:
    words = list(dict.fromkeys(clean(one) for one in given if fa_key(one)))
    if len(words) > MOST_WORDS or any(len(one) > WORD for one in words):
        errors[name] = _("At most 50 words of at most 60 letters.")
    return words


def _person(actor: Actor, errors: dict[str, Label], name: str, user_id: int | None) -> None:
    if user_id is not None and user_id not in dict(assignable(actor=actor)):
        errors[name] = _("Choose one of the colleagues.")


def _team(actor: Actor, errors: dict[str, Label], name: str, team_id: int | None) -> None:
    if team_id is not None and team_id not in dict(team_choices(actor=actor)):
        errors[name] = _("Choose one of the teams.")
