"""Which channel it comes to, and whether it may go now: the checks of every option, in the recipient's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peyvand.channels.outreach.declarations import Account, Carrier
from peyvand.channels.outreach.gate.checks import CHECKS, HOLD, PASS, REFUSE, Case, Said
from peyvand.channels.outreach.gate.facts import Address, Facts, Wanted
from peyvand.channels.outreach.rules import Rule

PREFERRED = ""
PartsOf = Callable[[Carrier, Account | None], int]


@dataclass(frozen=True)
class Option:
    """One channel for one recipient, judged."""

    channel: str
    said: Sequence[Said]
    account: Account | None = None
    address: Address | None = None
    parts: int = 1

    @property
    def last(self) -> Said:
        """What decided."""
        return self.said[-1]

    @property
    def action(self) -> str:
        """pass, hold or refuse."""
        return self.last.action


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a message: the chosen option, and all that were looked at."""

    chosen: Option
    options: Sequence[Option]

    @property
    def action(self) -> str:
        """pass, hold or refuse."""
        return self.chosen.action

    @property
    def reason(self) -> str:
        """The code for which it is held back or refused, "" when it may go."""
        last = self.chosen.last
        return "" if last.action == PASS else f"{last.check}.{last.why}"

    @property
    def until(self) -> datetime | None:
        """When it is looked at again."""
        return self.chosen.last.until

    def as_plain(self) -> list[dict[str, Any]]:
        """As it is kept with the message."""
        return [{"channel": one.channel, "said": [said.as_plain() for said in one.said]} for one in self.options]


def channels_for(wanted: Wanted, facts: Facts) -> list[str]:
    """The channels to look at: the one that was asked for, or by preference, by the purpose's order, by the house's."""
    named = [channel for channel in wanted.options if channel in facts.carriers]
    if PREFERRED not in wanted.options:
        return named
    recipient = facts.recipients.get(wanted.customer_id or 0)
    rule = facts.rules.get(wanted.purpose)
    order = [
        *([recipient.preferred] if recipient and recipient.preferred else []),
        *(rule.order if rule else ()),
        *(
            name
            for name, carrier in facts.carriers.items()
            if not carrier.at_once and (carrier.spare is None or facts.accounts.get(name))
        ),
    ]
    return [channel for channel in dict.fromkeys([*named, *order]) if channel in facts.carriers]


def judge(wanted: Wanted, facts: Facts, *, parts: PartsOf) -> Verdict:
    """The first channel that may be used now; else the one that opens first; else the first one's refusal."""
    options: list[Option] = []
    for channel in channels_for(wanted, facts):
        option = _judged(wanted, facts, facts.carriers[channel], parts)
        options.append(option)
        if option.action == PASS:
            return Verdict(option, options)
    if not options:
        options = [Option(PREFERRED, [Said("address", REFUSE, "no-channel")])]
    held = [one for one in options if one.action == HOLD]
    chosen = min(held, key=lambda one: one.last.until or facts.now) if held else _telling(options)
    return Verdict(chosen, options)


def _telling(options: Sequence[Option]) -> Option:
    """Of refusals the one that says most: a channel for which there is an address at all."""
    return next((one for one in options if one.address is not None), options[0])


def _judged(wanted: Wanted, facts: Facts, carrier: Carrier, parts: PartsOf) -> Option:
    addresses = _addresses(wanted, facts, carrier)
    if not addresses:
        return Option(carrier.name, [Said("address", REFUSE, "none")])
    purpose = facts.purposes.get(wanted.purpose)
    kind = purpose.kind if purpose else ""
    account = account_for(facts.accounts.get(carrier.name, ()), kind=kind, wanted=wanted.account_id)
    count = parts(carrier, account)
    rule = facts.rules.get(wanted.purpose, Rule(False, False))
    first: Option | None = None
    for address in addresses:  # a second address counts where the first is closed for good
        case = Case(wanted, carrier, account, address, rule, kind, count, facts)
        said: list[Said] = []
        for check in CHECKS:
            said.append(check(case))
            if said[-1].action != PASS:
                break
        option = Option(carrier.name, said, account, address, count)
        if option.last.check != "suppression" or option.action == PASS:
            return option
        first = first or option
    return first or Option(carrier.name, [Said("address", REFUSE, "none")])


def _addresses(wanted: Wanted, facts: Facts, carrier: Carrier) -> list[Address]:
    if wanted.address:
        return [Address(carrier.identity, wanted.address_key, wanted.address, primary=True)]
    if wanted.customer_id is None:
        return []
    system = carrier.name.partition(":")[2]
    return [
        one
        for one in facts.addresses.get(wanted.customer_id, ())
        if one.kind == carrier.identity and one.system in ("", system)
    ]


def account_for(accounts: Sequence[Account], *, kind: str, wanted: int | None) -> Account | None:
    """The way out for a kind of purpose: the one that was asked for, else the first that takes the kind."""
    if wanted is not None:
        return next((one for one in accounts if one.id == wanted), None)
    fitting = [one for one in accounts if not one.kinds or kind in one.kinds]
    return min(fitting, key=lambda one: one.order) if fitting else None
