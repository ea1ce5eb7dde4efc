"""REST routes of contracts. Fees are in integer minor units; days are those of the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import CONTRACTS_EDIT, customers_within
from peyvand.memory.commerce.api.paging import LARGEST_PAGE, page_of
from peyvand.memory.commerce.models import Contract, ContractEntry, ContractKind
from peyvand.memory.commerce.queries import CONTRACTS_NEWEST, ContractFilter
from peyvand.memory.commerce.services.contracts import house_today

router = Router(tags=["commerce"])


class ContractEntryOut(Schema):
    """What was agreed, oldest first: signed, renewal, fee or end. `until` is the last day of a term (null: open)."""

    id: int
    kind: str
    day: date
    until: date | None
    term_months: int | None
    fee_minor: int | None
    reason: str
    by_itself: bool
    note: str


class ContractOut(Schema):
    """A contract; `state` is upcoming, running, due or ended today. `fee_minor` is for each `period_months`."""

    id: int
    number: str
    customer_id: int | None
    product_id: int | None
    kind: str
    state: str
    starts_on: date
    term_months: int | None
    ends_on: date | None
    renews_itself: bool
    renewals: int
    fee_minor: int
    period_months: int
    currency: str
    ended_on: date | None
    reason: str
    avoidable: bool | None
    note: str

    @staticmethod
    def resolve_state(contract: Contract) -> str:
        return contract.state_on(house_today()).value


class ContractWhole(ContractOut):
    """A contract with its ledger."""

    entries: list[ContractEntryOut]

    @staticmethod
    def resolve_entries(contract: Contract) -> list[ContractEntry]:
        return queries.entries_of(contract=contract)


class ContractPage(Schema):
    """A page of contracts; `next` is the cursor of the page after, null at the end."""

    items: list[ContractOut]
    next: str | None


class ContractIn(Given):
    """A contract to be signed; without `term_months` it is open, without a number it gets the next one."""

    model_config = example(
        {"customer_id": 1, "starts_on": "2026-03-21", "term_months": 12, "fee_minor": 9000000, "currency": "IRR"}
    )

    customer_id: Id
    starts_on: date
    fee_minor: int
    currency: str
    kind: str = str(ContractKind.SERVICE)
    term_months: int | None = None
    period_months: int = 1
    renews_itself: bool = False
    product_id: Id | None = None
    number: str = ""
    note: str = ""


class RenewalIn(Given):
    """Another term; as long and at the same fee as the last where nothing is said."""

    model_config = example({"term_months": 12, "fee_minor": 9900000})

    term_months: int | None = None
    fee_minor: int | None = None
    note: str = ""


class ContractFeeIn(Given):
    """Another fee, from that day on."""

    model_config = example({"fee_minor": 9900000, "day": "2026-09-23"})

    fee_minor: int
    day: date
    note: str = ""


class ContractEndIn(Given):
    """The last day, and why: price, service, product, competitor, unused, unpaid, need, closed, moved, died, ours or
    other.
    """

    model_config = example({"day": "2027-03-20", "reason": "price"})

    day: date
    reason: str
    note: str = ""


@router.get("/contracts", response=ContractPage, summary="Contracts, newest first")
def contracts_list(
    request: StaffRequest,
    state: str = "",
    q: str = Query("", max_length=100),
    kind: str = "",
    currency: str = "",
    avoidable: str = "",
    customer_id: Id | None = None,
    within: int | None = Query(None, ge=0, le=3660),
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """By state, words, kind, currency, customer, avoidable end (yes, no, unknown); within so many days up for
    renewal.
    """
    chosen = ContractFilter(
        today=house_today(), state=state, text=q, kind=kind, currency=currency, avoidable=avoidable,
        customer_id=customer_id, within=within,
    )  # fmt: skip
    found = queries.contracts(actor=request.actor, chosen=chosen)
    return page_of(found, order=CONTRACTS_NEWEST, after=after, size=size)


@router.post("/contracts", response={201: ContractWhole}, summary="Sign a contract")
def contracts_create(request: StaffRequest, data: ContractIn) -> tuple[int, Contract]:
    """With a customer whom one may touch."""
    request.actor.require(CONTRACTS_EDIT)
    customer = customers_within(request.actor, CONTRACTS_EDIT).filter(pk=data.customer_id).first()
    if customer is None:
        raise Http404
    asked = services.ContractData(**data.dict(exclude={"customer_id"}))
    return 201, services.contract_sign(actor=request.actor, customer=customer, data=asked)


@router.get("/contracts/{contract_id}", response=ContractWhole, summary="One contract with its ledger")
def contracts_get(request: StaffRequest, contract_id: int) -> Contract:
    """Terms, fee, and what was agreed when."""
    return _whole(request, contract_id)


@router.post("/contracts/{contract_id}/renew", response=ContractWhole, summary="Renew a contract")
def contracts_renew(request: StaffRequest, contract_id: int, data: RenewalIn) -> Contract:
    """The new term begins the day after the last."""
    _contract_editable(request, contract_id)
    services.contract_renew(actor=request.actor, contract_id=contract_id, **data.dict())
    return _whole(request, contract_id)


@router.post("/contracts/{contract_id}/fee", response=ContractWhole, summary="Note another fee of a contract")
def contracts_fee(request: StaffRequest, contract_id: int, data: ContractFeeIn) -> Contract:
    """What was agreed before stays in the ledger."""
    _contract_editable(request, contract_id)
    services.contract_fee(actor=request.actor, contract_id=contract_id, **data.dict())
    return _whole(request, contract_id)


@router.post("/contracts/{contract_id}/end", response=ContractWhole, summary="Note the end of a contract")
def contracts_end(request: StaffRequest, contract_id: int, data: ContractEndIn) -> Contract:
    """The day may lie ahead, within the running term."""
    _contract_editable(request, contract_id)
    services.contract_end(actor=request.actor, contract_id=contract_id, **data.dict())
    return _whole(request, contract_id)


def _whole(request: StaffRequest, contract_id: int) -> Contract:
    try:
        return queries.contract_get(actor=request.actor, contract_id=contract_id)
    except Contract.DoesNotExist:
        raise Http404 from None


def _contract_editable(request: StaffRequest, contract_id: int) -> None:
    """403 without the right, 404 for a contract out of its reach."""
    request.actor.require(CONTRACTS_EDIT)
    if not Contract.objects.visible_to(request.actor, CONTRACTS_EDIT).filter(pk=contract_id).exists():
        raise Http404
