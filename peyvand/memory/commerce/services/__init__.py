"""The verbs of commerce, the only code that writes its tables. Each is one transaction, inside a change set.

Wrong input raises django's ValidationError with a message for each field, in the words of a person; a missing right
raises NotAllowed; a row outside one's reach, Order.DoesNotExist. Sums are kept by the database
(migrations/0002_sums.py, 0004_ledgers.py).
"""

from peyvand.memory.commerce.services.categories import category_archive, category_move, category_save
from peyvand.memory.commerce.services.contracts import (
    ContractData,
    contract_end,
    contract_fee,
    contract_renew,
    contract_save,
    contract_sign,
    contracts_carry_on,
)
from peyvand.memory.commerce.services.costs import (
    CostData,
    RateData,
    cost_rate_remove,
    cost_rate_save,
    cost_remove,
    cost_save,
)
from peyvand.memory.commerce.services.discounts import DiscountData
from peyvand.memory.commerce.services.lines import LineData, Quote
from peyvand.memory.commerce.services.orders import (
    order_cancel,
    order_deliver,
    order_place,
    order_quote,
    order_return,
)
from peyvand.memory.commerce.services.payments import payment_record, payment_reverse, refundable
from peyvand.memory.commerce.services.pricelists import (
    ItemData,
    PriceListData,
    item_save,
    items_remove,
    price_list_archive,
    price_list_save,
)
from peyvand.memory.commerce.services.products import ProductData, StaleError, product_save
from peyvand.memory.commerce.services.returns import returnable
from peyvand.memory.commerce.services.taxes import TaxRateData, tax_rate_archive, tax_rate_save

__all__ = [
    "ContractData",
    "CostData",
    "DiscountData",
    "ItemData",
    "LineData",
    "PriceListData",
    "ProductData",
    "Quote",
    "RateData",
    "StaleError",
    "TaxRateData",
    "category_archive",
    "category_move",
    "category_save",
    "contract_end",
    "contract_fee",
    "contract_renew",
    "contract_save",
    "contract_sign",
    "contracts_carry_on",
    "cost_rate_remove",
    "cost_rate_save",
    "cost_remove",
    "cost_save",
    "item_save",
    "items_remove",
    "order_cancel",
    "order_deliver",
    "order_place",
    "order_quote",
    "order_return",
    "payment_record",
    "payment_reverse",
    "price_list_archive",
    "price_list_save",
    "product_save",
    "refundable",
    "returnable",
    "tax_rate_archive",
    "tax_rate_save",
]
