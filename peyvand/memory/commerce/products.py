"""What a product is found by."""

from __future__ import annotations

from collections.abc import Sequence

from peyvand.foundation.text.keys import fa_key, fa_key_spaced
from peyvand.memory.commerce.models import Product


def product_key(*, sku: str, name: str) -> str:
    """The search key: code and name, and the name once more where a half-space may be typed as a space."""
    key, spaced = fa_key(f"{sku} {name}"), fa_key_spaced(name)
    return key if spaced in key else f"{key} {spaced}"


def product_keys_restore(ids: Sequence[int]) -> None:
    """Fill the search key of products that an undo brought back."""
    products = list(Product.objects.filter(pk__in=ids))
    for product in products:
        product.search_key = product_key(sku=product.sku, name=product.name)
    Product.objects.bulk_update(products, ["search_key"], batch_size=1_000)
