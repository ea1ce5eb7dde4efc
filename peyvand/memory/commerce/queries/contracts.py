"""The reads of contracts. All take the actor and show what they may see; sums stand apart by currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.commerce.access import CONTRACTS_VIEW, customers_within
from peyvand.memory.commerce.models import REASONS, Contract, ContractEntry, ContractState
from peyvand.memory.commerce.models.contracts import DUE_DAYS
from peyvand.memory.customers.models import Customer

CONTRACTS_NEWEST = ("-starts_on", "-id")
SOONEST = ("ends_on", "id")
AVOIDABLE = ("yes", "no", "unknown")
WITHIN = (30, 60, 90)  # days ahead of the home page's renewals
SUMMED_AT_MOST = 20_000


@dataclass(frozen=True)
class ContractFilter:
    """What a list of contracts is narrowed to; empty values narrow nothing.

    `state` is one of ContractState on the day `today`; `avoidable` yes, no or unknown, of those that ended; `within`
    days from today, in which a term is over.
    """

    today: date
    state: str = ""
    text: str = ""
    kind: str = ""
    currency: str = ""
    avoidable: str = ""
    customer_id: int | None = None
    within: int | None = None


@dataclass(frozen=True)
class Due:
    """Contracts whose term is over within so many days, and what their next terms would bring, by currency."""

    days: int
    contracts: int
    at_stake: list[Money]


def over(today: date) -> Q:
    """Contracts whose last day has passed: ended, or run out without anybody having noted it yet."""
    return Q(ended_on__lt=today) | Q(ended_on=None, renews_itself=False, ends_on__lt=today)


def state_of(state: str, today: date) -> Q:
    """The contracts in a state, as Contract.state_on says."""
    due = Q(ended_on=None, renews_itself=False, ends_on__lte=today + timedelta(days=DUE_DAYS))
    match state:
        case ContractState.ENDED:
            return over(today)
        case ContractState.UPCOMING:
            return ~over(today) & Q(starts_on__gt=today)
        case ContractState.DUE:
            return ~over(today) & Q(starts_on__lte=today) & due
        case _:
            goes_on = Q(ended_on=None) & (
                Q(renews_itself=True) | Q(ends_on=None) | Q(ends_on__gt=today + timedelta(days=DUE_DAYS))
            )
            return ~over(today) & Q(starts_on__lte=today) & (Q(ended_on__gte=today) | goes_on)


def contracts(*, actor: Actor, chosen: ContractFilter) -> QuerySet[Contract]:
    """The contracts that the actor may see, narrowed; order them by CONTRACTS_NEWEST or SOONEST for pages."""
    actor.require(CONTRACTS_VIEW)
    found = Contract.objects.visible_to(actor)
    if chosen.state in ContractState.values:
        found = found.filter(state_of(chosen.state, chosen.today))
    for name in ("kind", "currency", "customer_id"):
        value = getattr(chosen, name)
        if value:
            found = found.filter(**{name: value})
    if chosen.avoidable in AVOIDABLE:
        said = {"yes": True, "no": False}.get(chosen.avoidable)
        found = found.filter(reason__in=[key for key, (_label, avoidable) in REASONS.items() if avoidable is said])
    if chosen.within is not None:
        found = found.filter(renewing(chosen.today, chosen.within))
    if chosen.text.strip():
        found = found.filter(_said(actor=actor, text=chosen.text))
    return found


def renewing(today: date, days: int) -> Q:
    """Contracts whose running term is over within so many days, and which somebody has to renew."""
    last = today + timedelta(days=days)
    return Q(ended_on=None, renews_itself=False, starts_on__lte=today, ends_on__gte=today, ends_on__lte=last)


def _said(*, actor: Actor, text: str) -> Q:
    """Text with a digit in it begins a number; other text is part of the customer's name."""
    number = latin_digits(clean(text))
    if any(letter.isdigit() for letter in number):
        return Q(number__startswith=number) | Q(number__startswith=number.upper())
    named = customers_within(actor, CONTRACTS_VIEW).filter(search_key__contains=fa_key(text))
    return Q(customer_id__in=named.values("pk"))


def contract_get(*, actor: Actor, contract_id: int) -> Contract:
    """One contract with customer and product; Contract.DoesNotExist outside the actor's reach."""
    actor.require(CONTRACTS_VIEW)
    return Contract.objects.visible_to(actor).select_related("customer", "product").get(pk=contract_id)


def entries_of(*, contract: Contract) -> list[ContractEntry]:
    """The contract's ledger, oldest first."""
    return list(contract.entries.order_by("pk"))


def fee_on(entries: Collection[ContractEntry], day: date) -> int | None:
    """The fee of a period that held on a day, in minor units; None before the contract began."""
    held = [entry.fee_minor for entry in entries if entry.fee_minor is not None and entry.day <= day]
    return held[-1] if held else None


def customer_contracts(*, actor: Actor, customer: Customer, today: date) -> QuerySet[Contract]:
    """A customer's contracts, newest first."""
    chosen = ContractFilter(today=today, customer_id=customer.pk)
    return contracts(actor=actor, chosen=chosen).order_by(*CONTRACTS_NEWEST)


def renewals_due(*, actor: Actor, today: date) -> list[Due]:
    """What comes up for renewal within 30, 60 and 90 days, each number including the one before."""
    chosen = ContractFilter(today=today, within=WITHIN[-1])
    rows = list(contracts(actor=actor, chosen=chosen).order_by(*SOONEST)[:SUMMED_AT_MOST])
    found = []
    for days in WITHIN:
        last = today + timedelta(days=days)
        inside = [row for row in rows if row.ends_on is not None and row.ends_on <= last]
        sums: Counter[str] = Counter()
        for row in inside:
            if (fee := row.term_fee) is not None:
                sums[fee.currency] += fee.minor
        found.append(Due(days, len(inside), [Money(minor, currency) for currency, minor in sums.most_common()]))
    return found


def contract_numbers(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """The numbers of those contracts that the actor may see."""
    return dict(Contract.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "number"))
