"""Contracts as plain rows, in the shape that can be brought in again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.http import QueryDict

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import ORDERS_EXPORT
from peyvand.memory.commerce.queries import ContractFilter, contracts
from peyvand.memory.commerce.services.contracts import house_today
from peyvand.memory.customers.models import Identity, IdentityKind

HEAD = (
    "Contract", "CustomerID", "Customer name", "Kind", "SKU", "Start", "Term months", "Renews itself", "Fee",
    "Fee months", "Currency", "Renewals", "Term ends", "Ended on", "Reason", "Note",
)  # fmt: skip
CHUNK = 2_000


def contract_filter(query: Mapping[str, str] | QueryDict) -> ContractFilter:
    """What an address narrows the contracts to; unknown words count as none."""
    within = query.get("within") or ""
    return ContractFilter(
        today=house_today(),
        state=query.get("state") or "",
        text=(query.get("q") or "").replace("\0", "")[:100],
        kind=(query.get("kind") or "").replace("\0", "")[:12],
        currency=(query.get("currency") or "").replace("\0", "")[:3],
        avoidable=query.get("avoidable") or "",
        within=int(within) if within.isascii() and within.isdigit() and len(within) < 5 else None,
    )


def contract_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then every contract that the query asks for and the actor may see; fees are decimals."""
    actor.require(ORDERS_EXPORT)
    yield HEAD
    found = contracts(actor=actor, chosen=contract_filter(query)).select_related("customer", "product")
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        ids = {contract.customer_id for contract in chunk if contract.customer_id is not None}
        codes = Identity.objects.filter(customer_id__in=ids, kind=IdentityKind.EXTERNAL).order_by("customer_id", "-pk")
        of = {identity.customer_id: identity.value for identity in codes}
        for contract in chunk:
            yield (
                contract.number, of.get(contract.customer_id or 0, ""),
                contract.customer.name if contract.customer else "", contract.kind,
                contract.product.sku if contract.product else "", contract.starts_on, contract.term_months or "",
                "yes" if contract.renews_itself else "no", contract.fee.to_decimal(), contract.period_months,
                contract.currency, contract.renewals, contract.ends_on or "", contract.ended_on or "", contract.reason,
                contract.note,
            )  # fmt: skip
        last = chunk[-1].pk
