"""Why a conversation came to whom it is with, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from peyvand.channels.conversations.models import Conversation
from peyvand.foundation.money.formats import format_number
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.reader import current_reader


def why_mine(conversation: Conversation, *, actor: Actor) -> str:
    """How it came to whom it is with, in words; what somebody did not answer before stands first."""
    said = conversation.routed or {}
    mine = conversation.assignee_id is not None and conversation.assignee_id == actor.user_id
    words = _why(conversation, said, mine)
    if not said.get("after"):
        return words
    minutes = int(said.get("minutes", 0))
    before = ngettext(
        "%(name)s did not answer for %(n)s minute.", "%(name)s did not answer for %(n)s minutes.", minutes
    ) % {"name": said["after"], "n": _number(minutes)}  # fmt: skip
    return f"{before} {words}"


def _why(conversation: Conversation, said: dict[str, Any], mine: bool) -> str:
    name = conversation.assignee.name if conversation.assignee else ""
    if not name and conversation.team is not None:
        return _to_team(said, conversation.team.name)
    if not name:
        return gettext("Nobody has it yet.")
    values, why = {"name": name, "by": said.get("by", "")}, said.get("why")
    if why in ("rule", "load"):
        return _routed(said, mine, name)
    if why == "owner":
        words = gettext("Came to you: you own this customer."), gettext("Came to %(name)s, who owns this customer.")
    elif why == "given" and said.get("by"):
        words = gettext("%(by)s gave it to you."), gettext("%(by)s gave it to %(name)s.")
    elif why == "answered":
        words = gettext("It is yours since you answered."), gettext("%(name)s has it, having answered.")
    else:
        words = gettext("It is with you."), gettext("It is with %(name)s.")
    return words[0 if mine else 1] % values


def _to_team(said: dict[str, Any], team: str) -> str:
    if said.get("why") == "rule":
        words = gettext("By the rule “%(rule)s” with the team %(team)s; nobody of it is free now.")
        return words % {"rule": said.get("rule", ""), "team": team}
    return gettext("With the team %(team)s.") % {"team": team}


def _routed(said: dict[str, Any], mine: bool, name: str) -> str:
    """By which rule, and what decided among several."""
    if said.get("why") == "rule":
        by_rule = gettext("Came to you by the rule “%(rule)s”"), gettext("Came to %(name)s by the rule “%(rule)s”")
    else:
        by_rule = gettext("Came to you"), gettext("Came to %(name)s")
    head = by_rule[0 if mine else 1] % {"name": name, "rule": said.get("rule", "")}
    reasons = []
    if said.get("language"):
        language = gettext("English") if said["language"] == "en" else gettext("Persian")
        reasons.append(gettext("answers in %(language)s") % {"language": language})
    if said.get("topic"):
        reasons.append(gettext("knows about “%(topic)s”") % {"topic": said["topic"]})
    if "load" in said:
        reasons.append(gettext("fewest open conversations (%(n)s)") % {"n": _number(int(said["load"]))})
    return f"{head}: {pgettext('between names', ', ').join(reasons)}." if reasons else f"{head}."


def _number(value: int) -> str:
    return format_number(value, language=current_reader().language)
