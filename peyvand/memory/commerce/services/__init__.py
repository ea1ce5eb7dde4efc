"""The verbs of commerce, the only code that writes its tables. Each is one transaction, inside a change set.

Wrong input raises django's ValidationError with a message for each field, in the words of a person; a missing right
raises NotAllowed; a row outside one's reach, Order.DoesNotExist. Sums are kept by the database
(migrations/0002_sums.py).
"""

from peyvand.memory.commerce.services.lines import LineData, returnable
from peyvand.memory.commerce.services.orders import order_cancel, order_deliver, order_place, order_return
from peyvand.memory.commerce.services.payments import payment_record, refundable
from peyvand.memory.commerce.services.products import ProductData, StaleError, product_save

__all__ = [
    "LineData",
    "ProductData",
    "StaleError",
    "order_cancel",
    "order_deliver",
    "order_place",
    "order_return",
    "payment_record",
    "product_save",
    "refundable",
    "returnable",
]
