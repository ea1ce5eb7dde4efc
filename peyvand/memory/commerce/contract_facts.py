"""What the warehouse takes of contracts. Money is in minor units beside its currency; days are those of the house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import WarehouseFact

CONTRACT_FACTS = (
    WarehouseFact(
        name="contracts",
        label=_("Contracts"),
        meaning=_("One row a contract, as its ledger stands"),
        needs=("contracts.view", "customers.view"),
        leads={"customer_id": "customers", "product_id": "products"},
        select="""
            SELECT id, demo, customer_id, product_id, kind, starts_on, ends_on, ended_on, term_months, renewals,
                   fee_minor, period_months, currency, reason, renews_itself
              FROM commerce_contract""",
        key="id",
        reads={"commerce_contract": "id"},
        columns={
            "id": _("Id of the contract"),
            "demo": _("Whether it belongs to the sample business"),
            "customer_id": _("Id of the customer; empty where they were erased"),
            "product_id": _("Id of the product, where one was named"),
            "kind": _("subscription, service, supply, membership, lease or other"),
            "starts_on": _("First day"),
            "ends_on": _("Last day of the term that runs or ran last; empty of an open contract"),
            "ended_on": _("Last day, once it has been ended or has run out; may lie ahead. Empty: no end is known"),
            "term_months": _("Months of the last term; empty of an open contract"),
            "renewals": _("How many terms followed the first"),
            "fee_minor": _("Fee of one period as last agreed, in minor units"),
            "period_months": _("Months that one fee is for"),
            "currency": _("ISO code of its currency"),
            "renews_itself": _("Whether another term begins by itself when one is over"),
            "reason": _("Of one that ended, why: price, service, … ; “lapsed” where it just ran out"),
        },
    ),
    WarehouseFact(
        name="contract_periods",
        label=_("Terms of contracts"),
        meaning=_("One row a term: the first, and each renewal"),
        needs=("contracts.view", "customers.view"),
        leads={"contract_id": "contracts"},
        select="""
            SELECT entry.id, kept.demo, entry.contract_id,
                   (SELECT count(*)::int FROM commerce_contractentry one
                     WHERE one.contract_id = entry.contract_id AND one.kind = 'renewal' AND one.id <= entry.id)
                       AS number,
                   entry.day AS starts_on, entry.until AS ends_on, entry.term_months,
                   (SELECT one.fee_minor FROM commerce_contractentry one
                     WHERE one.contract_id = entry.contract_id AND one.fee_minor IS NOT NULL AND one.id <= entry.id
                     ORDER BY one.id DESC LIMIT 1) AS fee_minor,
                   entry.by_itself
              FROM commerce_contractentry entry JOIN commerce_contract kept ON kept.id = entry.contract_id
             WHERE entry.kind IN ('signed', 'renewal')""",
        key="id",
        reads={"commerce_contractentry": "id", "commerce_contract": "contract_id"},
        columns={
            "id": _("Id of the entry in the contract's ledger"),
            "demo": _("Whether it belongs to the sample business"),
            "contract_id": _("Id of its contract"),
            "number": _("0 of the first term, then the number of the renewal"),
            "starts_on": _("First day of the term"),
            "ends_on": _("Last day of the term; empty of an open one"),
            "term_months": _("Months of the term; empty of an open one"),
            "fee_minor": _("Fee of one period at its beginning, in minor units"),
            "by_itself": _("Whether it was renewed by itself, as the contract says"),
        },
    ),
)
