"""What a customer was won by: the reason of the discount on their first order. One rule for counting and listing."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus


def offer_key(text: str) -> str:
    """The key of an offer among those of sources: its own words, spaces and case apart."""
    return f"offer:{' '.join(text.split()).casefold()}"


def offers_noted(ways: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Of the ways those whose first order was discounted and still stands, with `offer`, what it was discounted for:
    the reason noted on it, else on the line of the greatest discount, "" where nobody noted one; and `given`, what was
    taken off (minor units of the way's currency).
    """
    first = Order.objects.filter(
        customer_id=OuterRef("customer_id"), kind=OrderKind.SALE, placed_at=OuterRef("customer_at"),
        currency=OuterRef("first_currency"),
    ).exclude(status=OrderStatus.CANCELLED).order_by("pk")  # fmt: skip
    line = OrderLine.objects.filter(order_id=OuterRef("pk"), discount__gt=0).exclude(discount_reason="")
    reason = Subquery(line.order_by("-discount", "pk").values("discount_reason")[:1])
    said = Coalesce(NullIf(F("discount_reason"), Value("")), reason, Value(""), output_field=CharField())
    offer = Subquery(first.annotate(said=said).values("said")[:1], output_field=CharField())
    found = ways.filter(discounted=True).annotate(offer=offer, given=Subquery(first.values("discount_minor")[:1]))
    standing: QuerySet[Any, Any] = found.filter(offer__isnull=False)
    return standing


def offered(ways: QuerySet[Any, Any], offer: str) -> QuerySet[Any, Any]:
    """Of the ways those that were won by the offer, in whichever spaces and case it was noted."""
    noted, key = offers_noted(ways), offer_key(offer)
    written = noted.order_by().values_list("offer", flat=True).distinct()
    found: QuerySet[Any, Any] = noted.filter(offer__in=[one for one in written if offer_key(one) == key])
    return found
