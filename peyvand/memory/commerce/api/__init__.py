"""The REST routes of commerce."""

from ninja import Router

from peyvand.memory.commerce.api import contracts, costs, orders, prices, products, taxes

router = Router(tags=["commerce"])
for part in (orders, contracts, products, prices, taxes, costs):
    router.add_router("", part.router)

__all__ = ["router"]
