"""What columns are called where a person reads their own data."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.registry.declarations import Label

# Not for people: what is compared instead of what was typed.
UNSEEN = frozenset({"search_key", "sort_key", "key", "dedupe_key", "identity_key", "identity_system", "position"})
# A column of a table, or of every table.
WORDS: Mapping[str, Label] = {
    "name": _("Name"),
    "honorific": _("Honorific"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "birth_date": _("Date of birth"),
    "kind": _("Kind"),
    "job_title": _("Job"),
    "city": _("City"),
    "country": _("Country"),
    "language": _("Language"),
    "stage": _("Stage"),
    "source": _("Source"),
    "last_interaction_at": _("Last interaction"),
    "note": _("Note"),
    "custom": _("Custom fields"),
    "value": pgettext_lazy("personal data", "Value"),
    "system": pgettext_lazy("personal data", "System"),
    "label": pgettext_lazy("personal data", "Label"),
    "verified_at": pgettext_lazy("personal data", "Verified at"),
    "is_primary": pgettext_lazy("personal data", "Main one"),
    "role": pgettext_lazy("personal data", "Role there"),
    "organisation_id": _("Organisation"),
    "tag_id": _("Tag"),
    "text": _("Text"),
    "number": pgettext_lazy("personal data", "Number"),
    "currency": _("Currency"),
    "at": _("When"),
    "identity_kind": pgettext_lazy("personal data", "Known by"),
    "channel": _("Channel"),
    "direction": _("Direction"),
    "source_kind": _("Source"),
    "cost_minor": _("Cost"),
    "cost_currency": _("Currency"),
    "duration_s": _("Seconds"),
    "sentiment": _("Mood"),
    "payload": pgettext_lazy("personal data", "Content"),
    "status": _("Status"),
    "placed_at": _("Date"),
    "delivered_at": pgettext_lazy("personal data", "Delivered at"),
    "cancelled_at": pgettext_lazy("personal data", "Cancelled at"),
    "total_minor": pgettext_lazy("personal data", "Total"),
    "paid_minor": pgettext_lazy("personal data", "Paid"),
    "returned_minor": pgettext_lazy("personal data", "Returned"),
    "lines": _("Lines"),
    "product_id": _("Product"),
    "description": _("Description"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "unit_cost": _("Unit cost"),
    "amount": pgettext_lazy("personal data", "Amount"),
    "amount_minor": pgettext_lazy("personal data", "Amount"),
    "reference": pgettext_lazy("personal data", "Reference"),
    "method": pgettext_lazy("personal data", "Method"),
    "purpose_id": _("Purpose"),
    "wording_id": _("Wording"),
    "decision": pgettext_lazy("personal data", "Decision"),
    "proof": pgettext_lazy("personal data", "Proof"),
    "proof_data": pgettext_lazy("personal data", "Proof"),
    "gone_name": _("Name"),
    "score": pgettext_lazy("personal data", "Likeness"),
    "level": pgettext_lazy("personal data", "How sure"),
    "reasons": pgettext_lazy("personal data", "Reasons"),
    "commerce_order.cost_minor": pgettext_lazy("personal data", "Cost of goods"),
    "rfm_class": _("Class"),
    "recency_score": pgettext_lazy("personal data", "Score of recency"),
    "frequency_score": pgettext_lazy("personal data", "Score of frequency"),
    "monetary_score": pgettext_lazy("personal data", "Score of spending"),
    "silence_days": pgettext_lazy("personal data", "Days of silence"),
    "rhythm_days": pgettext_lazy("personal data", "Days between orders"),
    "orders": _("Orders"),
    "frequency": pgettext_lazy("personal data", "Orders of the period"),
    "monetary_minor": pgettext_lazy("personal data", "Spent in the period"),
    "revenue_minor": _("Revenue"),
    "margin_minor": _("Margin"),
    "margin_share": pgettext_lazy("personal data", "Share of the margin"),
    "rank": pgettext_lazy("personal data", "Rank"),
    "slipping": pgettext_lazy("personal data", "Slipping away"),
    "first_day": pgettext_lazy("personal data", "First order"),
    "last_day": pgettext_lazy("personal data", "Latest order"),
}


def word_of(table: str, column: str) -> Label | None:
    """What a column is called, or None where nobody has said."""
    return WORDS.get(f"{table}.{column}") or WORDS.get(column)
