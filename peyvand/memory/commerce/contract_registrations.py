"""What is declared of contracts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import Part, TrackedTable
from peyvand.foundation.registry.declarations import (
    Action,
    ExportShape,
    ImportShape,
    MenuEntry,
    Panel,
    Schedule,
    SearchProvider,
)
from peyvand.foundation.transfer.shapes import Total
from peyvand.memory.commerce import contract_panels, tasks
from peyvand.memory.commerce.access import CONTRACTS_EDIT, CONTRACTS_VIEW, ORDERS_EXPORT, ORDERS_IMPORT
from peyvand.memory.commerce.contract_exports import contract_rows
from peyvand.memory.commerce.contract_facts import CONTRACT_FACTS
from peyvand.memory.commerce.contract_timeline import ENTRY, KINDS
from peyvand.memory.commerce.imports.contract_columns import CONTRACT_COLUMNS, CONTRACT_REASONS
from peyvand.memory.commerce.imports.contracts import ContractWriter
from peyvand.memory.commerce.queries import contract_numbers
from peyvand.memory.customers.trail import unseen_with_customer

CONTRACTS = (
    *KINDS,
    *CONTRACT_FACTS,
    *CONTRACT_REASONS,
    Total(name="contracts", label=_("Contracts")),
    MenuEntry(
        name="commerce.contracts", label=_("Contracts"), icon="contract", url_name="commerce:contracts", group="work",
        order=25, permission=CONTRACTS_VIEW,
    ),
    Action(
        name="commerce.contract-new", label=_("New contract"), icon="contract", url_name="commerce:contract-new",
        order=25, permission=CONTRACTS_EDIT,
    ),
    SearchProvider(name="commerce.contracts", label=_("Contracts"), search=contract_panels.find_contracts, order=25),
    Panel(
        name="commerce.contracts", screen="customer", slot="tab", order=25,
        template="commerce/panel_contracts.html", context=contract_panels.customer_tab, permission=CONTRACTS_VIEW,
        label=_("Contracts"), icon="contract",
    ),
    Panel(
        name="commerce.renewals", screen="home", slot="side", order=30, template="commerce/panel_renewals.html",
        context=contract_panels.renewals, permission=CONTRACTS_VIEW,
    ),
    Schedule("commerce.contracts", "20 0 * * *", tasks.contracts_nightly),
    ImportShape(
        name="contracts", label=_("Contracts"),
        help=_("One line for each contract: customer, first day, term, fee. Renewals up to today are worked out."),
        icon="contract", columns=CONTRACT_COLUMNS, writer=ContractWriter, permission=ORDERS_IMPORT, order=48,
        options=("currency",),
    ),
    ExportShape(name="contracts", label=_("Contracts"), permission=ORDERS_EXPORT, rows=contract_rows, order=48),
    Part("commerce.entries", "commerce_contractentry", "contract_id", "commerce_contract"),
    Part(
        "commerce.contract-story", "interactions_interaction", "source_id", "commerce_contractentry",
        where=("source_kind", ENTRY),
    ),
    TrackedTable(
        name="commerce_contract", label=_("Contract"), icon="contract",
        unseen=unseen_with_customer("commerce_contract", right=CONTRACTS_VIEW), names=contract_numbers,
    ),
    TrackedTable(
        name="commerce_contractentry", label=_("What was agreed in a contract"), icon="list",
        unseen=unseen_with_customer(
            "commerce_contractentry", "contract_id", right=CONTRACTS_VIEW, whole=("commerce_contract", "customer_id")
        ),
    ),
)  # fmt: skip
