"""Tables of commerce: categories and products; price lists and taxes; orders with lines; payments; costs;
contracts.

No code writes a sum: triggers of the database keep the figures of an order as its lines, payments and returns say, in
the statement that changes them, whoever wrote it: service, import, undo; and refuse who would write a figure by hand
(migrations/0002_sums.py, 0004_ledgers.py).
"""

from peyvand.memory.commerce.models.contracts import (
    REASONS,
    Contract,
    ContractEntry,
    ContractEntryKind,
    ContractKind,
    ContractState,
)
from peyvand.memory.commerce.models.costs import Cost, CostAim, CostDriver, CostKind, CostRate
from peyvand.memory.commerce.models.orders import Order, OrderKind, OrderLine, OrderStatus
from peyvand.memory.commerce.models.payments import METHODS, Payment, PaymentKind
from peyvand.memory.commerce.models.prices import Audience, PriceList, PriceListItem
from peyvand.memory.commerce.models.products import Category, Product, ProductKind
from peyvand.memory.commerce.models.taxes import TaxRate, TaxScope, TaxTarget

__all__ = [
    "METHODS",
    "REASONS",
    "Audience",
    "Category",
    "Contract",
    "ContractEntry",
    "ContractEntryKind",
    "ContractKind",
    "ContractState",
    "Cost",
    "CostAim",
    "CostDriver",
    "CostKind",
    "CostRate",
    "Order",
    "OrderKind",
    "OrderLine",
    "OrderStatus",
    "Payment",
    "PaymentKind",
    "PriceList",
    "PriceListItem",
    "Product",
    "ProductKind",
    "TaxRate",
    "TaxScope",
    "TaxTarget",
]
