"""The measures and words of the facts that the house has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.insight.reports.declarations import FactWords, Measure

STANDS = ("status", "not", "cancelled")
SALE = ("kind", "is", "sale")
CLOSED = ("state", "is", "closed")
ASKED, ANSWERED = ("first_in_at", "filled", ""), ("first_answered_at", "filled", "")
FIRST_ANSWER = "first_answer_m"
OF_STANDING = ("order_id.status", "not", "cancelled")

MEASURES = (
    Measure(
        "orders.revenue", _("Net revenue"), "orders", "sum",
        _("Sales and returns without tax; cancelled orders and corrections of the books are left out"), "net_minor",
        where=(STANDS, ("kind", "not", "adjustment")), unit="minor", currency="currency", order=1,
    ),
    Measure("orders.sales", _("Number of sales"), "orders", "count", _("Sales that were not cancelled"),
            where=(STANDS, SALE), order=2),
    Measure("orders.buyers", _("Buyers"), "orders", "distinct",
            _("Different customers with a sale that was not cancelled"), "customer_id", where=(STANDS, SALE), order=3),
    Measure("orders.sold", _("Sales without tax"), "orders", "sum",
            _("Sales without tax, before returns; cancelled orders are left out"), "net_minor", where=(STANDS, SALE),
            unit="minor", currency="currency", order=4),
    Measure("orders.basket", _("Average sale"), "orders", "ratio", _("Sales without tax by the number of sales"),
            over=("orders.sold", "orders.sales"), unit="minor", currency="currency", order=5),
    Measure("orders.per_buyer", _("Sales a buyer"), "orders", "ratio", _("Number of sales by the number of buyers"),
            over=("orders.sales", "orders.buyers"), order=6),
    Measure("orders.returns", _("Number of returns"), "orders", "count", _("Returns that were not cancelled"),
            where=(STANDS, ("kind", "is", "return")), order=7),
    Measure("orders.returned", _("Returns by sales"), "orders", "ratio",
            _("Number of returns by the number of sales"), over=("orders.returns", "orders.sales"), unit="share",
            order=8),
    Measure("orders.discount", _("Discounts"), "orders", "sum", _("What was taken off sales that stand"),
            "discount_minor", where=(STANDS, SALE), unit="minor", currency="currency", order=9),
    Measure("lines.quantity", _("Quantity sold"), "order_lines", "sum",
            _("Quantity less what came back; cancelled orders are left out"), "quantity", where=(OF_STANDING,),
            order=1),
    Measure("lines.revenue", _("Net revenue"), "order_lines", "sum",
            _("Amounts of lines without tax, less what came back; cancelled orders are left out"), "net",
            where=(OF_STANDING, ("order_id.kind", "not", "adjustment")), unit="whole", currency="order_id.currency",
            order=2),
    Measure("lines.margin", _("Margin"), "order_lines", "sum",
            _("Net less cost, over lines whose cost is known; cancelled orders are left out"), "net", "cost",
            where=(OF_STANDING, ("cost", "filled", "")), unit="whole", currency="order_id.currency", order=3),
    Measure("lines.costed", _("Revenue of known cost"), "order_lines", "sum",
            _("Net of the lines whose cost is known; cancelled orders are left out"), "net",
            where=(OF_STANDING, ("cost", "filled", "")), unit="whole", currency="order_id.currency", order=4),
    Measure("lines.margin_share", _("Margin by revenue"), "order_lines", "ratio",
            _("Margin by the revenue of the lines whose cost is known"), over=("lines.margin", "lines.costed"),
            unit="share", order=5),
    Measure("customers.all", pgettext_lazy("measure", "Customers"), "customers", "count", _("Customers on record"),
            order=1),
    Measure("interactions.all", pgettext_lazy("measure", "Interactions"), "interactions", "count",
            _("Contacts with customers, in and out"), order=1),
    Measure("interactions.in", _("Contacts from customers"), "interactions", "count",
            _("Contacts that came from customers"), where=(("direction", "is", "in"),), order=2),
    Measure("interactions.people", _("Customers in contact"), "interactions", "distinct",
            _("Different customers with a contact"), "customer_id", order=3),
    Measure("interactions.cost", _("Cost of contacts"), "interactions", "sum", _("What contacts cost us, where known"),
            "cost_minor", unit="minor", currency="cost_currency", order=4),
    Measure("interactions.seconds", _("Time in contact"), "interactions", "sum",
            _("Seconds that calls and meetings took"), "duration_s", unit="seconds", order=5),
    Measure("conversations.all", pgettext_lazy("measure", "Conversations"), "conversations", "count",
            _("Conversations by the day they began; merged ones once"), order=1),
    Measure("conversations.people", _("Customers in conversations"), "conversations", "distinct",
            _("Different known customers with a conversation"), "customer_id", order=2),
    Measure("conversations.closed", _("Conversations closed"), "conversations", "count",
            _("Those that are closed now"), where=(CLOSED,), order=3),
    Measure("conversations.closed_hours", _("Hours of closed conversations"), "conversations", "sum",
            _("From the beginning until the conversation was closed, by the clock"), "closed_h", where=(CLOSED,),
            order=4),
    Measure("conversations.resolution", _("Hours until closed"), "conversations", "ratio",
            _("Mean over the conversations that are closed, by the clock and not by working hours"),
            over=("conversations.closed_hours", "conversations.closed"), order=5),
    Measure("conversations.first_answer", _("Time to first answer, median"), "conversations", "median",
            _("Of conversations answered: from the customer’s first own words until a person of ours answered, by "
              "the clock; half took longer"),
            FIRST_ANSWER, where=(ANSWERED,), unit="minutes", order=6),
    Measure("conversations.first_answer_mean", _("Time to first answer, mean"), "conversations", "mean",
            _("Of conversations answered: from the customer’s first own words until a person of ours answered, by "
              "the clock"), FIRST_ANSWER, where=(ANSWERED,), unit="minutes", order=7),
    Measure("conversations.asked", _("Conversations in which the customer wrote"), "conversations", "count",
            _("Those with words of the customer’s own, not only what machines send by themselves"), where=(ASKED,),
            order=8),
    Measure("conversations.answered", _("Conversations answered"), "conversations", "count",
            _("Those that a person of ours has answered by now"), where=(ASKED, ANSWERED), order=9),
    Measure("conversations.unanswered", _("Conversations not answered"), "conversations", "count",
            _("The customer wrote, and no person of ours has answered by now, closed ones too"),
            where=(ASKED, ("first_answered_at", "empty", "")), order=10),
    Measure("conversations.answered_share", _("Share answered"), "conversations", "ratio",
            _("Conversations answered by now, by those in which the customer wrote"),
            over=("conversations.answered", "conversations.asked"), unit="share", order=11),
    Measure("conversations.in_an_hour", _("First answered within an hour"), "conversations", "count",
            _("A person of ours answered at most 60 minutes after the customer’s first own words, by the clock"),
            where=(ASKED, (FIRST_ANSWER, "less", 60.01)), order=12),
    Measure("conversations.in_an_hour_share", _("Share answered within an hour"), "conversations", "ratio",
            _("Of conversations in which the customer wrote, by the clock; what nobody has answered counts as not "
              "answered"),
            over=("conversations.in_an_hour", "conversations.asked"), unit="share", order=13),
    Measure("visits.all", pgettext_lazy("measure", "Visits"), "visits", "count", _("Visits of our sites"), order=1),
    Measure("visits.browsers", _("Browsers"), "visits", "distinct", _("Different browsers, where one is kept"),
            "visitor_id", order=2),
    Measure("visits.pages", _("Pages looked at"), "visits", "sum", _("Pages looked at in visits"), "pages", order=3),
    Measure("payments.received", _("Payments received"), "payments", "sum",
            _("Payments; refunds and reversals are not taken off"), "amount_minor",
            where=(("kind", "is", "payment"), ("reverses_id", "empty", "")), unit="minor", currency="currency",
            order=1),
    Measure("payments.refunds", _("Refunds"), "payments", "sum", _("Refunds to customers"), "amount_minor",
            where=(("kind", "is", "refund"), ("reverses_id", "empty", "")), unit="minor", currency="currency",
            order=2),
    Measure("payments.count", _("Number of payments"), "payments", "count", _("Payments and refunds"), order=3),
)  # fmt: skip

_KINDS = {"sale": _("Sale"), "return": _("return"), "adjustment": _("correction")}
WORDS = (
    FactWords(
        "orders", at="placed_at", money="currency", left_out=("number", "exponent"),
        columns={
            "kind": _("Kind of order"), "status": _("State of the order"), "placed_at": _("Day of the order"),
            "delivered_at": _("Day of delivery"), "cancelled_at": _("Day of cancelling"), "currency": _("Currency"),
            "channel": _("How it came"), "total_minor": _("Total with tax"), "tax_minor": _("Tax"),
            "net_minor": _("Net"), "discount_minor": _("Discount"), "cost_minor": _("Cost"),
            "paid_minor": _("Paid"), "returned_minor": _("Given back"), "tracks_payment": _("Payments are known"),
            "lines": _("Lines of the order"), "source": _("Brought in by"), "updated_at": _("Last change"),
            "customer_id": _("Customer"),
        },
        values={
            "kind": _KINDS,
            "status": {"placed": _("Placed"), "delivered": _("Delivered"), "cancelled": _("Cancelled")},
        },
    ),
    FactWords(
        "order_lines", at="order_id.placed_at", money="order_id.currency", left_out=("description", "position"),
        columns={
            "order_id": _("Order"), "product_id": _("Product"), "category_id": _("Product category"),
            "quantity": _("Quantity"), "unit_price": _("Unit price"), "discount": _("Discount"),
            "amount": _("Amount"), "tax_percent": _("Rate of tax"), "tax": _("Tax"), "net": _("Net"),
            "unit_cost": _("Unit cost"), "cost": _("Cost"),
        },
    ),
    FactWords(
        "payments", at="at", money="currency",
        columns={
            "order_id": _("Order"), "customer_id": _("Customer"), "kind": _("Kind of payment"), "at": _("Day paid"),
            "amount_minor": _("Amount"), "currency": _("Currency"), "method": _("How it was paid"),
        },
        values={"kind": {"payment": _("Payment"), "refund": _("Refund")}},
    ),
    FactWords(
        "products", left_out=("sku",),
        columns={
            "name": _("Product"), "kind": _("Kind of product"), "category_id": _("Product category"),
            "currency": _("Currency"), "active": _("On sale"), "updated_at": _("Last change"),
        },
        values={"kind": {"goods": _("Goods"), "service": _("Service"), "fee": pgettext_lazy("product", "Fee")}},
    ),
    FactWords("product_categories", columns={"name": _("Product category"), "archived": _("Archived")}),
    FactWords(
        "customers", at="created_at",
        columns={
            "kind": _("Person or organisation"), "city": _("City"), "country": _("Country"),
            "language": _("Language"), "stage": _("Stage"), "source": _("Source of the customer"),
            "birth_date": _("Date of birth"), "created_at": _("Known since"),
            "last_interaction_at": _("Last contact"), "updated_at": _("Last change"),
        },
        values={
            "kind": {"person": _("Person"), "organisation": _("Organisation")},
            "language": {"fa": _("Persian"), "en": _("English")},
        },
    ),
    FactWords(
        "interactions", at="at", money="cost_currency", left_out=("source_kind",),
        columns={
            "customer_id": _("Customer"), "kind": _("Kind of contact"), "channel": _("Channel"),
            "direction": _("Direction"), "at": _("Day of the contact"), "cost_minor": _("Cost"),
            "cost_currency": _("Currency"), "duration_s": _("Seconds it took"), "sentiment": _("Mood"),
            "created_at": _("Recorded on"),
        },
        values={"direction": {"in": _("From the customer"), "out": _("To the customer")}},
    ),
    FactWords(
        "conversations", at="created_at",
        columns={
            "customer_id": _("Customer"), "channel": _("Channel"), "language": _("Language"),
            "state": _("State of the conversation"), "created_at": _("Day it began"),
            "first_in_at": _("Day the customer first wrote"), "first_answered_at": _("Day first answered"),
            "first_answer_m": _("Minutes until first answered"),
            "closed_at": _("Day it was closed"), "closed_h": _("Hours until closed"),
        },
        values={
            "state": {
                "open": pgettext_lazy("conversation", "Open"), "snoozed": pgettext_lazy("conversation", "Snoozed"),
                "closed": pgettext_lazy("conversation", "Closed"),
            },
            "language": {"fa": _("Persian"), "en": _("English")},
        },
    ),
    FactWords(
        "visits", at="started_at",
        columns={
            "customer_id": _("Customer"), "started_at": _("Day of the visit"), "ended_at": _("Last event"),
            "pages": _("Pages looked at"), "events": _("Events"), "source": _("Where they came from"),
            "medium": _("How they came"), "campaign": _("Campaign"), "device": _("Device"),
            "updated_at": _("Last change"),
        },
        values={"device": {"phone": _("Phone"), "tablet": _("Tablet"), "desk": _("Desk")}},
    ),
    FactWords(
        "web_baskets", at="at", left_out=("number",),
        columns={
            "visit_id": _("Visit"), "order_id": _("Order"), "kind": _("Cart or purchase"), "at": _("Day told"),
            "value": _("Value as told"), "currency": _("Currency"),
        },
        values={"kind": {"cart": _("Cart"), "purchase": _("Purchase")}},
    ),
)  # fmt: skip
