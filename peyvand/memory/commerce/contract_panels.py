"""What contracts put on other screens: a customer's contracts, renewals due on home, the palette's hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Hit
from peyvand.foundation.ui.lists import capped_count
from peyvand.memory.commerce import queries
from peyvand.memory.commerce.access import CONTRACTS_EDIT, CONTRACTS_VIEW
from peyvand.memory.commerce.contract_timeline import said_fee
from peyvand.memory.commerce.models import Contract, ContractState
from peyvand.memory.commerce.queries import CONTRACTS_NEWEST, SOONEST, ContractFilter
from peyvand.memory.commerce.services.contracts import house_today
from peyvand.memory.customers.models import Customer

SHOWN = 25
SOON = 6  # contracts named on home


@dataclass(frozen=True)
class ContractShown:
    """A contract as a list reads it."""

    contract: Contract
    state: ContractState
    fee: str


def shown(contract: Contract) -> ContractShown:
    """The row, with its state today and its fee in words."""
    return ContractShown(contract, contract.state_on(house_today()), said_fee(contract.fee, contract.period_months))


def customer_tab(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The tab "contracts" of a customer's page, with how many there are."""
    if not isinstance(subject, Customer):
        return None
    found = queries.customer_contracts(actor=actor, customer=subject, today=house_today())
    count, more = capped_count(found)
    return {
        "count": count, "more": more, "rows": [shown(contract) for contract in found[:SHOWN]], "customer": subject,
        "shown": SHOWN, "may_edit": actor.may(CONTRACTS_EDIT),
    }  # fmt: skip


def renewals(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What comes up for renewal, and which contracts first; left out where there are no contracts."""
    today = house_today()
    due = queries.renewals_due(actor=actor, today=today)
    if not due[-1].contracts:
        return None
    found = queries.contracts(actor=actor, chosen=ContractFilter(today, within=due[-1].days))
    rows = found.select_related("customer").order_by(*SOONEST)[:SOON]
    url = reverse("commerce:contracts")
    return {
        "due": [(one, f"{url}?within={one.days}") for one in due], "rows": [shown(contract) for contract in rows],
        "all_url": f"{url}?within={due[-1].days}",
    }  # fmt: skip


def find_contracts(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Contracts by the beginning of their number, for the palette."""
    if not any(letter.isdigit() for letter in text) or not actor.may(CONTRACTS_VIEW):
        return []
    found = queries.contracts(actor=actor, chosen=ContractFilter(house_today(), text=text)).select_related("customer")
    return [
        Hit(
            title=contract.number, subtitle=contract.customer.name if contract.customer else "", icon="contract",
            url=reverse("commerce:contract", args=[contract.pk]),
        )
        for contract in found.order_by(*CONTRACTS_NEWEST)[:limit]
    ]  # fmt: skip
