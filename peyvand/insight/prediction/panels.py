"""The piece of prediction on a customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.prediction import queries
from peyvand.insight.prediction.web import consequences, showing
from peyvand.memory.customers.models import Customer


def customer(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Risk with its reasons, next purchase, what they may buy next: of the currency they use most."""
    rows = queries.of_customer(actor=actor, customer_id=customer.pk)
    if not rows:
        return None
    row = rows[0]
    ids = {product for pair in row.suggestions for product in pair}
    names = queries.product_names(actor=actor, ids=ids) if ids else {}
    return {
        "row": row,
        "level": showing.level(row.risk),
        "reasons": showing.reasons(row),
        "horizon": row.forecast.card["horizon"],
        "leaving": consequences.leaving_words(row.forecast.card),
        "cautions": showing.cautions(row) if actor.may("orders.view") else [],
        "unexplained": row.risk is not None
        and not row.reasons
        and row.forecast.card.get("explained", 0) < row.forecast.card.get("scored", 0),
        "suggestions": [
            (names[product], names[because], product)
            for product, because in row.suggestions
            if product in names and because in names
        ],
    }
