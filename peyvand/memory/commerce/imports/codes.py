"""What a stock code sells, when a file does not say: shops put postage, fees and corrections among their goods.

The codes are those of the UCI Online Retail file; descriptions work for any file, in both languages.
"""

from __future__ import annotations

from functools import lru_cache

from peyvand.foundation.text.keys import fa_key
from peyvand.memory.commerce.models import ProductKind

_SERVICES = frozenset({"POST", "DOT", "C2", "S", "PADS"})  # postage, postage, carriage, samples, a placeholder
_FEES = frozenset(
    {"M", "D", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"}
)  # manual entries, discounts, bad debt, commission
_SERVICE_WORDS = frozenset(
    map(
        fa_key,
        ["postage", "carriage", "shipping", "delivery", "هزینه ارسال", "هزینه‌ی ارسال", "کرایه حمل", "پیک", "پست"],
    )
)
_FEE_WORDS = frozenset(
    map(fa_key, ["discount", "bank charges", "commission", "تخفیف", "کارمزد", "کارمزد بانکی", "مالیات"])
)
_CORRECTIONS = frozenset(
    map(fa_key, ["adjust bad debt", "bad debt", "write-off", "مطالبات سوخته", "اصلاح حساب", "سند اصلاحی"])
)


def kind_of(*, sku: str, description: str) -> ProductKind:
    """The kind of a product that we meet for the first time."""
    code = sku.upper()
    if code in _SERVICES or code.startswith("GIFT_"):
        return ProductKind.SERVICE
    if code in _FEES:
        return ProductKind.FEE
    words = fa_key(description)
    if words in _SERVICE_WORDS:
        return ProductKind.SERVICE
    return ProductKind.FEE if words in _FEE_WORDS or words in _CORRECTIONS else ProductKind.GOODS


@lru_cache(maxsize=10_000)  # a file of orders repeats its descriptions
def is_correction(description: str) -> bool:
    """Whether a line corrects the books, going by its words."""
    return fa_key(description) in _CORRECTIONS
