"""The gate's codes in words: why a message was sent, is held, or was not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.models import Reason, Window
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats

CHECKS: Mapping[str, Label] = {
    "address": pgettext_lazy("gate", "Address"),
    "permission": pgettext_lazy("gate", "Permission"),
    "suppression": pgettext_lazy("gate", "Addresses that get nothing"),
    "frequency": pgettext_lazy("gate", "How often"),
    "hours": pgettext_lazy("gate", "Quiet hours"),
    "budget": pgettext_lazy("gate", "Budget"),
    "provider": pgettext_lazy("gate", "Provider"),
    "content": pgettext_lazy("gate", "Text"),
}
WORDS: Mapping[str, Label] = {
    "address.none": _("They have no address for this channel."),
    "address.no-channel": _("No channel is set up over which they could be reached."),
    "permission.no-purpose": _("This purpose is asked for no more."),
    "permission.answers": _("They wrote first and wait for an answer."),
    "permission.nobody": _("Nobody knows who this is, so nobody has allowed it."),
    "permission.open": _("Allowed until they say no, and they have not."),
    "permission.given": _("They said yes."),
    "permission.said-no": _("They said no."),
    "permission.not-given": _("They have not said yes."),
    "suppression.clear": _("Nothing stands against this address."),
    "frequency.exempt": _("Messages of this purpose are not counted."),
    "frequency.below": _("They have not had too much."),
    "frequency.paused": _("They asked for a pause."),
    "frequency.pace-weekly": _("They want to hear from us at most once a week."),
    "frequency.pace-monthly": _("They want to hear from us at most once a month."),
    "hours.exempt": _("Messages of this purpose go at any hour."),
    "hours.none": _("No quiet hours are set."),
    "hours.open": _("It is a good hour for them."),
    "hours.quiet": _("It is quiet time where they are."),
    "budget.free": _("It costs nothing."),
    "budget.within": _("The budget reaches for it."),
    "budget.spent": _("This month's budget is spent."),
    "provider.open": _("The provider takes it."),
    "provider.no-account": _("No account is switched on for this."),
    "provider.per-day": _("The provider's limit for a day is reached."),
    "provider.per-second": _("The provider takes no more in this second."),
    "content.empty": _("There is no text for this channel."),
    "cancelled": _("It was called off."),
    "interrupted": _("The sending was interrupted before the provider had answered."),
    "no-answer": _("The provider has not said whether it took it."),
    "said-by-staff": _("A colleague settled what became of it."),
    "late:expired": _("Its time had passed before it could go."),
}


@dataclass(frozen=True)
class Line:
    """One check in words. `tone` is good, warn or bad."""

    name: Label
    text: str
    tone: str
    until: datetime | None = None


def said_line(said: Mapping[str, Any]) -> Line:
    """What one check said, of a kept verdict."""
    tone = {"pass": "good", "hold": "warn", "refuse": "bad"}[str(said["action"])]
    until = datetime.fromisoformat(said["until"]) if said.get("until") else None
    figures = said.get("figures") or {}
    name = CHECKS.get(str(said["check"]), str(said["check"]))
    return Line(name, words(f"{said['check']}.{said['why']}", figures), tone, until)


def words(code: str, figures: Mapping[str, Any] | None = None) -> str:
    """A code as a sentence; a code of a provider as it is."""
    given = figures or {}
    if code.startswith("late:"):
        rest = code.removeprefix("late:")
        return str(WORDS["late:expired"]) if rest == "expired" else gettext("Dropped: %(why)s") % {"why": words(rest)}
    check, _sign, why = code.partition(".")
    if code == "frequency.cap":
        return _cap(given)
    if check == "suppression" and why in Reason.values:
        return str(Reason(why).label)
    if code == "budget.spent" and given:
        spent, whole = (Money(int(given[name]), str(given["currency"])) for name in ("spent", "of"))
        return gettext("This month's budget is spent: %(spent)s of %(whole)s.") % {
            "spent": formats.money(spent), "whole": formats.money(whole),
        }  # fmt: skip
    return str(WORDS.get(code, code))


def _cap(figures: Mapping[str, Any]) -> str:
    if not figures:
        return gettext("They have had as much as our cap allows.")
    window = Window(str(figures["window"])).label
    channel = str(figures.get("channel", ""))
    if channel and registry.has(Carrier, channel):
        return gettext("They have had %(n)s over %(channel)s; our cap is %(most)s %(window)s.") % {
            "n": formats.number(int(figures["had"])), "most": formats.number(int(figures["most"])), "window": window,
            "channel": registry.get(Carrier, channel).label,
        }  # fmt: skip
    return gettext("They have had %(n)s; our cap is %(most)s %(window)s.") % {
        "n": formats.number(int(figures["had"])), "most": formats.number(int(figures["most"])), "window": window,
    }  # fmt: skip
