"""Entering what was spent, and setting standing prices."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.commerce.access import COSTS_EDIT
from peyvand.memory.commerce.models import Cost, CostAim, CostDriver, CostKind, CostRate, Order, Product
from peyvand.memory.commerce.money import AMOUNT_BOUND, DECIMALS_AT_MOST, decimals, is_currency
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.services.products import StaleError
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

MOST = 10**17
MOST_DAYS = 3_660
RATED = (
    CostDriver.ORDER, CostDriver.ORDER_VALUE, CostDriver.QUANTITY, CostDriver.NEW_CUSTOMER, CostDriver.INTERACTION,
)  # fmt: skip
LONGEST = {"source": 100, "medium": 100, "campaign": 200, "channel": 20, "interaction_kind": 40, "document": 64,
           "note": 500}  # fmt: skip
GOES_BY_CHANNEL = frozenset({"", "order", "order_value", "quantity", "interaction", "service_minute"})
GOES_BY_PRODUCT = frozenset({"", "order", "order_value", "quantity"})


@dataclass(frozen=True)
class CostData:
    """What a person or a program says of an amount that was spent; see models.Cost. `aim` follows from the ids."""

    kind: str
    amount_minor: int
    currency: str
    day_from: date
    day_to: date
    driver: str = ""
    order_id: int | None = None
    customer_id: int | None = None
    interaction_id: int | None = None
    product_id: int | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    channel: str = ""
    interaction_kind: str = ""
    impressions: int | None = None
    clicks: int | None = None
    leads: int | None = None
    document: str = ""
    note: str = ""

    @property
    def aim(self) -> CostAim:
        """What the amount is for."""
        if self.order_id is not None:
            return CostAim.ORDER
        if self.interaction_id is not None:
            return CostAim.INTERACTION
        return CostAim.CUSTOMER if self.customer_id is not None else CostAim.SHARED


@dataclass(frozen=True)
class RateData:
    """A standing price from a day on; see models.CostRate."""

    name: str
    kind: str
    driver: str
    amount: Decimal
    currency: str
    valid_from: date
    channel: str = ""
    source: str = ""
    interaction_kind: str = ""
    product_id: int | None = None


def cost_save(*, actor: Actor, data: CostData, cost: Cost | None = None, version: int | None = None) -> Cost:
    """Enter an amount, or change one. ValidationError in words; StaleError when `version` is no longer the row's."""
    actor.require(COSTS_EDIT)
    concerned = _check_cost(actor, data, cost)
    title = str(_("Cost %(amount)s")) % {"amount": f"{Money(data.amount_minor, data.currency).to_decimal():f}"}
    with change_set(actor=actor, kind="edit", title=f"{title} {data.currency}"):
        if cost is None:
            kept = Cost(demo=actor.demo, version=0, entered_by_id=actor.user_id)
        else:
            kept = Cost.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=cost.pk)
            if version is not None and version != kept.version:
                raise StaleError(_("Someone changed this cost while you were editing it. Open it again to see."))
        for field in fields(data):
            value = getattr(data, field.name)
            setattr(kept, field.name, " ".join(clean(value).split()) if isinstance(value, str) else value)
        kept.aim, kept.customer_id = data.aim, concerned
        kept.version += 1
        kept.updated_at = timezone.now()
        kept.save()
    return kept


def _check_cost(actor: Actor, data: CostData, cost: Cost | None) -> int | None:
    """Whom the amount concerns; what can't be kept is refused at its field."""
    wrong: dict[str, Label] = {}
    if data.kind not in CostKind.values:
        wrong["kind"] = _("Choose what it was spent on.")
    if not is_currency(data.currency):
        wrong["currency"] = _("Choose a currency.")
    if not 0 <= data.amount_minor < MOST:
        wrong["amount"] = _("An amount is zero or above.") if data.amount_minor < 0 else _("This number is too large.")
    if data.day_to < data.day_from:
        wrong["day_to"] = _("The last day is before the first.")
    elif (data.day_to - data.day_from).days >= MOST_DAYS:
        wrong["day_to"] = _("At most ten years.")
    aim = data.aim
    if aim == CostAim.SHARED and data.driver and data.driver not in CostDriver.values:
        wrong["driver"] = _("Choose how it is charged.")
    elif aim != CostAim.SHARED and data.driver:
        wrong["driver"] = _("What is for one order, customer or contact is charged to it and not shared.")
    wrong |= _narrowing(data)
    for name, longest in LONGEST.items():
        if len(getattr(data, name)) > longest:
            wrong[name] = _("This is too long.")
    for name in ("impressions", "clicks", "leads"):
        number = getattr(data, name)
        if number is not None and not 0 <= number < MOST:
            wrong[name] = _("A number is zero or above.")
    if data.product_id is not None and not Product.objects.filter(demo=actor.demo, pk=data.product_id).exists():
        wrong["product"] = _("The product no longer exists. Choose it again.")
    concerned = _concerned(actor, data, cost, wrong)
    if wrong:
        raise ValidationError(wrong)
    return concerned


def _narrowing(data: CostData | RateData) -> dict[str, Label]:
    """What the chosen way of charging can't tell apart."""
    wrong: dict[str, Label] = {}
    if data.channel and data.driver not in GOES_BY_CHANNEL:
        wrong["channel"] = _("Customers have no channel: leave it empty, or charge by orders or contacts.")
    if data.product_id is not None and data.driver not in GOES_BY_PRODUCT:
        wrong["product"] = _("Charge by orders or pieces where it is for one product.")
    if data.interaction_kind and data.driver not in ("", "interaction", "service_minute"):
        wrong["interaction_kind"] = _("Charge by contacts where it is for one kind of contact.")
    return wrong


def _concerned(actor: Actor, data: CostData, cost: Cost | None, wrong: dict[str, Label]) -> int | None:
    """The customer of the order, of the contact, or who was named; what was there before may stay."""
    gone = _("This no longer exists, or isn't yours to see.")
    if data.order_id is not None:
        order = Order.objects.visible_to(actor).filter(pk=data.order_id).first()
        if order is None:
            wrong["order"] = gone
        return order.customer_id if order else None
    if data.interaction_id is not None:
        contact = Interaction.objects.visible_to(actor).filter(pk=data.interaction_id).first()
        if contact is None and (cost is None or cost.interaction_id != data.interaction_id):
            wrong["interaction"] = gone
        return contact.customer_id if contact else None
    if data.customer_id is not None:
        if not Customer.objects.visible_to(actor).filter(pk=data.customer_id).exists():
            wrong["customer"] = gone
        return data.customer_id
    return None


def cost_remove(*, actor: Actor, cost: Cost) -> int:
    """Take an entry out; gives the change set, by which it comes back."""
    actor.require(COSTS_EDIT)
    amount = f"{Money(cost.amount_minor, cost.currency).to_decimal():f} {cost.currency}"
    title = str(_("Cost %(amount)s removed")) % {"amount": amount}
    with change_set(actor=actor, kind="edit", title=title) as done:
        Cost.objects.visible_to(actor).filter(pk=cost.pk).delete()
    return done.pk


def cost_rate_save(*, actor: Actor, data: RateData) -> CostRate:
    """Set a standing price from a day on. One of the same name and day is changed if that day is not over yet; what
    held before stays as it was.
    """
    actor.require(COSTS_EDIT)
    name = " ".join(clean(data.name).split())
    today = house_day(timezone.now())
    _check_rate(actor, data, name)
    same = {
        "demo": actor.demo, "key": fa_key(name), "kind": data.kind, "driver": data.driver, "currency": data.currency,
        "channel": data.channel, "source": clean(data.source), "interaction_kind": data.interaction_kind,
        "product_id": data.product_id, "valid_from": data.valid_from,
    }  # fmt: skip
    with change_set(actor=actor, kind="settings", title=str(_("Rate “%(name)s”")) % {"name": name}):
        kept = CostRate.objects.select_for_update(of=("self",)).filter(**same).first()
        if kept is None:
            return CostRate.objects.create(**same, name=name, amount=data.amount)
        if kept.valid_from < today and kept.amount != data.amount:
            raise ValidationError({"valid_from": _("A price holds from this day already. Set the new one from today.")})
        kept.name, kept.amount, kept.version = name, data.amount, kept.version + 1
        kept.save()
    return kept


def _check_rate(actor: Actor, data: RateData, name: str) -> None:
    wrong: dict[str, Label] = {}
    if not fa_key(name) or len(name) > 120:
        wrong["name"] = _("Give it a name of at most 120 letters.")
    if data.kind not in CostKind.values:
        wrong["kind"] = _("Choose what it is spent on.")
    if data.driver not in RATED:
        wrong["driver"] = _("Choose of what it is the price.")
    if not is_currency(data.currency):
        wrong["currency"] = _("Choose a currency.")
    amount = data.amount
    if not (amount.is_finite() and 0 <= amount < AMOUNT_BOUND and decimals(amount) <= DECIMALS_AT_MOST):
        wrong["amount"] = _("An amount is zero or above.")
    elif data.driver == CostDriver.ORDER_VALUE and amount > 100:
        wrong["amount"] = _("A percentage is between 0 and 100.")
    if data.valid_from > house_day(timezone.now()) + timedelta(days=MOST_DAYS):
        wrong["valid_from"] = _("At most ten years.")
    if len(data.source) > LONGEST["source"] or len(data.channel) > LONGEST["channel"]:
        wrong["source"] = _("This is too long.")
    if data.product_id is not None and not Product.objects.filter(demo=actor.demo, pk=data.product_id).exists():
        wrong["product"] = _("The product no longer exists. Choose it again.")
    wrong |= _narrowing(data)
    if data.source and data.driver != CostDriver.NEW_CUSTOMER:
        wrong["source"] = _("A price by source is one of new customers.")
    if wrong:
        raise ValidationError(wrong)


def cost_rate_remove(*, actor: Actor, rate: CostRate) -> int:
    """Take out a price that was set by mistake, as if it had never held; gives the change set."""
    actor.require(COSTS_EDIT)
    with change_set(
        actor=actor, kind="settings", title=str(_("Rate “%(name)s” removed")) % {"name": rate.name}
    ) as done:
        CostRate.objects.visible_to(actor).filter(pk=rate.pk).delete()
    return done.pk
