"""What a customer was won by: the reason of the discount on their first order."""

from __future__ import annotations

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus


def offer_key(text: str) -> str:
    """The key of an offer among those of sources: its own words, spaces and case apart."""
    return f"offer:{' '.join(text.split()).casefold()}"


def offer_noted() -> Subquery:
    """What the first order of a way was discounted for: the reason noted on it, else on the line of the greatest
    discount; "" where nobody noted one.
    """
    first = Order.objects.filter(
        customer_id=OuterRef("customer_id"), kind=OrderKind.SALE, placed_at=OuterRef("customer_at"),
        currency=OuterRef("first_currency"),
    ).exclude(status=OrderStatus.CANCELLED)  # fmt: skip
    line = OrderLine.objects.filter(order_id=OuterRef("pk"), discount__gt=0).exclude(discount_reason="")
    reason = Subquery(line.order_by("-discount", "pk").values("discount_reason")[:1])
    said = Coalesce(NullIf(F("discount_reason"), Value("")), reason, Value(""), output_field=CharField())
    return Subquery(first.order_by("pk").annotate(said=said).values("said")[:1], output_field=CharField())
