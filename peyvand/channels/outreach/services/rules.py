"""The house's rules: caps, quiet hours, budgets, what holds for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Budget, Cap, Message, PurposeRule, QuietHours, State, Window
from peyvand.channels.outreach.waking import wake
from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import Purpose, PurposeKind

TRACK = "outreach_track_links"


def cap_save(*, actor: Actor, channel: str, kind: str, window: str, most: int) -> int:
    """At most so many to one customer in that window; gives the change set. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    errors = _channel_errors(channel)
    if kind and kind not in PurposeKind.values:
        errors["kind"] = _("Choose a kind of purpose.")
    if window not in Window.values:
        errors["window"] = _("Say a day or a week.")
    if not 1 <= most <= 1000:
        errors["most"] = _("A number from 1 to 1,000.")
    return _put(actor, errors, Cap, {"channel": channel, "kind": kind, "window": window}, {"most": most})


def quiet_save(
    *, actor: Actor, channel: str, starts: time, ends: time, weekends: bool = False, holidays: bool = False
) -> int:
    """When nothing goes out; gives the change set. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    errors = _channel_errors(channel)
    if starts == ends:
        errors["ends"] = _("Quiet hours begin and end at different times.")
    values = {"starts": starts, "ends": ends, "weekends": weekends, "holidays": holidays}
    return _put(actor, errors, QuietHours, {"channel": channel}, values)


def budget_save(*, actor: Actor, channel: str, purpose: str, currency: str, amount_minor: int) -> int:
    """What a month may cost; gives the change set. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    errors = _channel_errors(channel)
    if purpose and not Purpose.objects.filter(demo=actor.demo, key=purpose).exists():
        errors["purpose"] = _("Choose one of the purposes.")
    if not is_currency(currency):
        errors["currency"] = _("Choose a currency.")
    if not 0 <= amount_minor < 10**15:
        errors["amount"] = _("Type the amount as a number, zero or more.")
    key = {"channel": channel, "purpose": purpose, "currency": currency}
    return _put(actor, errors, Budget, key, {"amount_minor": amount_minor})


def rule_save(
    *,
    actor: Actor,
    purpose: str,
    caps_exempt: bool,
    quiet_exempt: bool,
    fallback: bool,
    hours: int,
    order: list[str] | None = None,
    tracks: bool | None = None,
) -> int:
    """What holds for a purpose; gives the change set. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    if not Purpose.objects.filter(demo=actor.demo, key=purpose).exists():
        errors["purpose"] = _("Choose one of the purposes.")
    if not 0 <= hours <= 8760:
        errors["hours"] = _("A number of hours, up to a year.")
    if any(not registry.has(Carrier, one) for one in order or ()):
        errors["order"] = _("Choose among the channels.")
    values = {
        "caps_exempt": caps_exempt, "quiet_exempt": quiet_exempt, "fallback": fallback, "hours": hours,
        "order": order or [], "tracks": tracks,
    }  # fmt: skip
    return _put(actor, errors, PurposeRule, {"purpose": purpose}, values)


def tracking_save(*, actor: Actor, on: bool) -> int:
    """Whether links in messages tell us at all who opened them; gives the change set. NotAllowed."""
    actor.require(access.MANAGE)
    with transaction.atomic(), change_set(actor=actor, kind="edit", title=gettext("Links in messages")) as made:
        settings.put({TRACK: on})
    return made.pk


KINDS: dict[str, type[models.Model]] = {"cap": Cap, "quiet": QuietHours, "budget": Budget, "rule": PurposeRule}


def rule_remove(*, actor: Actor, kind: str, id: int) -> int:
    """Take a rule away; gives the change set. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    model = KINDS.get(kind)
    found = model._default_manager.filter(pk=id, demo=actor.demo).first() if model else None
    if found is None:
        raise InvalidError({"id": _("There is no such rule.")})
    with change_set(actor=actor, kind="edit", title=gettext("Rule of messages removed")) as made:
        found.delete()
        _again(actor)
    return made.pk


def _channel_errors(channel: str) -> dict[str, Label]:
    if channel and not registry.has(Carrier, channel):
        return {"channel": _("Choose one of the channels.")}
    return {}


def _put(
    actor: Actor, errors: dict[str, Label], model: type[models.Model], key: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    if errors:
        raise InvalidError(errors)
    with transaction.atomic(), change_set(actor=actor, kind="edit", title=gettext("Rules of messages")) as made:
        model._default_manager.update_or_create(demo=actor.demo, **key, defaults=values)
        _again(actor)
    return made.pk


def _again(actor: Actor) -> None:
    """What was held by the rules of before is looked at by those of now."""
    Message.objects.filter(demo=actor.demo, state=State.HELD).update(state=State.PENDING, held_until=None)
    wake()
