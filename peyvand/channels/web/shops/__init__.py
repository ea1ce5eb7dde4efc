"""Shops that report: how each kind signs and writes (`woocommerce`, `signed`), and what is taken in (`taking`)."""

from __future__ import annotations

from peyvand.channels.web.shops.base import ShopKind
from peyvand.channels.web.shops.signed import SIGNED
from peyvand.channels.web.shops.woocommerce import WOOCOMMERCE

KINDS: dict[str, ShopKind] = {one.name: one for one in (WOOCOMMERCE, SIGNED)}
