"""The checks, in their order: permission, suppression, frequency, quiet hours, budget, the provider's limits.

Each looks at one recipient on one channel and passes, holds back until a moment, or refuses. They read nothing and
change nothing; what they say is kept with the message as a code and its figures, and put into words by `explaining`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from peyvand.channels.outreach.declarations import Account, Carrier
from peyvand.channels.outreach.gate.facts import Address, Facts, Got, Wanted
from peyvand.channels.outreach.models import Cap, Window
from peyvand.channels.outreach.models.people import Pace
from peyvand.channels.outreach.rules import Rule, next_month, quiet_until, zone_of

PASS, HOLD, REFUSE = "pass", "hold", "refuse"
WINDOWS = {Window.DAY: timedelta(days=1), Window.WEEK: timedelta(days=7)}
PACES = {Pace.WEEKLY: timedelta(days=7), Pace.MONTHLY: timedelta(days=30)}
LOOK_AGAIN = timedelta(minutes=10)  # where nobody can say when it opens


@dataclass(frozen=True)
class Said:
    """What one check says: `check` and `why` are codes, `until` when it opens, `figures` what it reckoned with."""

    check: str
    action: str
    why: str
    until: datetime | None = None
    figures: dict[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """As it is kept with the message."""
        kept: dict[str, Any] = {"check": self.check, "action": self.action, "why": self.why}
        if self.until is not None:
            kept["until"] = self.until.isoformat()
        if self.figures:
            kept["figures"] = self.figures
        return kept


@dataclass(frozen=True)
class Case:
    """One recipient on one channel."""

    wanted: Wanted
    carrier: Carrier
    account: Account | None
    address: Address
    rule: Rule
    kind: str
    parts: int
    facts: Facts

    @property
    def got(self) -> Sequence[Got]:
        """What the recipient got in the last month."""
        return self.facts.lately.get(self.wanted.customer_id or 0, ())


def permission(case: Case) -> Said:
    """Whether the customer allows this purpose over this channel."""
    wanted, facts = case.wanted, case.facts
    purpose = facts.purposes.get(wanted.purpose)
    if purpose is None or purpose.archived:
        return Said("permission", REFUSE, "no-purpose")
    if wanted.answers:
        return Said("permission", PASS, "answers")
    if wanted.customer_id is None:
        return Said("permission", REFUSE, "nobody")
    if wanted.customer_id in facts.allowed.get((wanted.purpose, case.carrier.name), ()):
        return Said("permission", PASS, "open" if purpose.opt_out else "given")
    spoke = purpose.opt_out or wanted.customer_id in facts.refusing.get((wanted.purpose, case.carrier.name), ())
    return Said("permission", REFUSE, "said-no" if spoke else "not-given")


def suppression(case: Case) -> Said:
    """Whether nothing may go to this address."""
    line = case.account.line if case.account else ""
    purpose = case.facts.purposes.get(case.wanted.purpose)
    erased = (case.carrier.identity, case.address.key) in case.facts.erased
    if erased and not case.wanted.answers and (purpose is None or purpose.opt_out):
        return Said("suppression", REFUSE, "erased")  # who came back has said yes in so many words
    for row in case.facts.suppressions_of(case.carrier.name, case.address.key):
        if row.line and row.line != line:
            continue
        if row.kinds and case.kind not in row.kinds:
            continue
        return Said("suppression", REFUSE, str(row.reason), figures={"at": row.at.isoformat()})
    return Said("suppression", PASS, "clear")


def frequency(case: Case) -> Said:
    """Whether the customer has had enough for now: by their own wish, and by the house's caps."""
    if case.rule.caps_exempt or case.wanted.answers or case.wanted.customer_id is None:
        return Said("frequency", PASS, "exempt")
    facts = case.facts
    recipient = facts.recipients.get(case.wanted.customer_id)
    if recipient is not None and recipient.paused_until is not None and recipient.paused_until > facts.now:
        return Said("frequency", HOLD, "paused", recipient.paused_until)
    counted = [got for got in case.got if not _exempt(got, facts)]
    if recipient is not None and recipient.pace in PACES:
        window = PACES[Pace(recipient.pace)]
        if latest := [got.at for got in counted if got.at > facts.now - window]:
            return Said("frequency", HOLD, f"pace-{recipient.pace}", max(latest) + window)
    worst: Said | None = None
    for cap in facts.caps:
        said = _capped(case, cap, counted)
        if said is not None and (worst is None or (said.until or facts.now) > (worst.until or facts.now)):
            worst = said
    return worst or Said("frequency", PASS, "below", figures={"week": len(_within(counted, facts.now, Window.WEEK))})


def _exempt(got: Got, facts: Facts) -> bool:
    rule = facts.rules.get(got.purpose)
    return rule is not None and rule.caps_exempt


def _within(counted: Sequence[Got], now: datetime, window: str) -> list[datetime]:
    return [got.at for got in counted if got.at > now - WINDOWS[Window(window)]]


def _capped(case: Case, cap: Cap, counted: Sequence[Got]) -> Said | None:
    """Held back when the cap is reached, until the message leaves the window that makes room."""
    if cap.channel not in ("", case.carrier.name) or cap.kind not in ("", case.kind):
        return None
    of_it = [
        got for got in counted if cap.channel in ("", got.channel) and cap.kind in ("", got.kind)
    ]  # fmt: skip
    times = sorted(_within(of_it, case.facts.now, cap.window))
    if len(times) < cap.most:
        return None
    until = times[len(times) - cap.most] + WINDOWS[Window(cap.window)]
    figures = {"most": cap.most, "window": str(cap.window), "channel": cap.channel, "had": len(times)}
    return Said("frequency", HOLD, "cap", until, figures)


def hours(case: Case) -> Said:
    """Whether it is a time at which one may write, by the customer's clock."""
    if case.rule.quiet_exempt or case.wanted.answers or case.carrier.at_once:
        return Said("hours", PASS, "exempt")
    facts = case.facts
    quiet = facts.quiet.get(case.carrier.name) or facts.quiet.get("")
    if quiet is None:
        return Said("hours", PASS, "none")
    recipient = facts.recipients.get(case.wanted.customer_id or 0)
    zone = zone_of(recipient.tz if recipient else "", facts.tz)
    until = quiet_until(quiet, now=facts.now, zone=zone, calendar=facts.calendar, weekend=facts.weekend)
    if until is None:
        return Said("hours", PASS, "open")
    return Said("hours", HOLD, "quiet", until, {"tz": str(zone)})


def budget(case: Case) -> Said:
    """Whether this month's money reaches for it."""
    account, facts = case.account, case.facts
    price = account.price_minor * case.parts if account else 0
    if account is None or not price:
        return Said("budget", PASS, "free")
    for row in facts.budgets:
        if row.channel not in ("", case.carrier.name) or row.purpose not in ("", case.wanted.purpose):
            continue
        if row.currency != account.currency:
            continue
        spent = sum(
            amount
            for (channel, purpose, currency), amount in facts.spent.items()
            if row.channel in ("", channel) and row.purpose in ("", purpose) and currency == row.currency
        )
        if spent + price > row.amount_minor:
            figures = {"spent": spent, "of": row.amount_minor, "currency": row.currency, "channel": row.channel}
            return Said("budget", HOLD, "spent", next_month(facts.now, tz=facts.tz), figures)
    return Said("budget", PASS, "within", figures={"cost": price, "currency": account.currency})


def provider(case: Case) -> Said:
    """Whether there is a way out, and the provider takes more now."""
    account, facts = case.account, case.facts
    if account is None:
        return Said("provider", HOLD, "no-account", facts.now + LOOK_AGAIN)
    if account.per_day and facts.used_today[account.id] >= account.per_day:
        return Said("provider", HOLD, "per-day", facts.now + timedelta(hours=1), {"most": account.per_day})
    if account.per_second and facts.used_now[account.id] >= account.per_second:
        return Said("provider", HOLD, "per-second", facts.now + timedelta(seconds=1), {"most": account.per_second})
    return Said("provider", PASS, "open", figures={"account": account.name})


CHECKS: Sequence[Callable[[Case], Said]] = (permission, suppression, frequency, hours, budget, provider)
