"""Forecasts as words, tables and pictures for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Share
from peyvand.insight.prediction.models import CustomerForecast, Forecast
from peyvand.insight.prediction.queries import ABOUT_TO_LEAVE
from peyvand.memory.customers.models import Customer

HIGH = 0.7
DRAWN = 10  # customers of a risk, from which it is drawn what became of them
TELLING = 0.4  # deviations from the mean, from which a group is named after a measure


def level(risk: float | None) -> str:
    """The tone of a tag for this risk: bad, warn or good; "" where it is not told."""
    if risk is None:
        return ""
    return "bad" if risk >= HIGH else "warn" if risk >= ABOUT_TO_LEAVE else "good"


@dataclass(frozen=True)
class Person:
    """A customer of the list: risk, why in words, what is at stake."""

    customer: Customer
    risk: float | None
    level: str
    reasons: list[str]
    at_stake: Money

    @property
    def customer_id(self) -> int:
        """The key of the customer."""
        return self.customer.pk

    @property
    def url(self) -> str:
        """The customer's page."""
        return reverse("customers:one", args=[self.customer.pk])


def person(row: CustomerForecast) -> Person:
    """The row as lists show it."""
    return Person(
        customer=row.customer, risk=row.risk, level=level(row.risk), reasons=reasons(row),
        at_stake=Money(max(0, row.at_stake_minor), row.forecast.currency),
    )  # fmt: skip


def reasons(row: CustomerForecast) -> list[str]:
    """What raises this customer's risk, the strongest first, in words."""
    return [_reason(feature, value, row.forecast.currency) for feature, value, _effect in row.reasons]


def _reason(feature: str, value: float, currency: str) -> str:
    number = round(value)
    told = {"n": formats.number(number), "share": formats.percent(value)}
    if feature in {"monetary", "basket"}:
        told["amount"] = formats.money(Money(number, currency), "short")
    if feature == "ratio":
        told["n"] = formats.number(value, 1 if value < 10 else 0)
    words = {
        "recency": lambda: ngettext("no purchase for %(n)s day", "no purchase for %(n)s days", number),
        "rhythm": lambda: ngettext("buys every %(n)s day", "buys every %(n)s days", number),
        "ratio": lambda: gettext("silent for %(n)s times their own usual interval"),
        "frequency": lambda: ngettext("%(n)s purchase in 12 months", "%(n)s purchases in 12 months", number),
        "tenure": lambda: ngettext("a customer for %(n)s day", "a customer for %(n)s days", number),
        "monetary": lambda: gettext("%(amount)s of purchases less returns in 12 months"),
        "basket": lambda: gettext("%(amount)s a purchase"),
        "recent_orders": lambda: ngettext("%(n)s purchase in the last 90 days", "%(n)s purchases in the last 90 days",
                                          number),
        "recent_share": lambda: gettext("%(share)s of the year's purchases fell in the last 90 days"),
        "returned": lambda: gettext("%(share)s of the purchases went back"),
        "contract_left": lambda: ngettext("%(n)s day until the contract ends", "%(n)s days until the contract ends",
                                          number),
        "contract_terms": lambda: ngettext("%(n)s term of the contract so far", "%(n)s terms of the contract so far",
                                           number),
        "products": lambda: ngettext("bought %(n)s kind of product", "bought %(n)s kinds of products", number),
    }  # fmt: skip
    return words[feature]() % told


def feature_names() -> Mapping[str, str]:
    """What the models look at, as people call it."""
    return {
        "recency": gettext("Days since the last purchase"), "rhythm": gettext("Usual interval"),
        "ratio": gettext("Silence against the own usual interval"), "frequency": gettext("Purchases in 12 months"),
        "tenure": gettext("Days since the first purchase"), "monetary": gettext("Purchases of 12 months, less returns"),
        "basket": gettext("Average purchase"), "recent_orders": gettext("Purchases in the last 90 days"),
        "recent_share": gettext("Share of the last 90 days in the year"), "returned": gettext("Share that went back"),
        "products": gettext("Number of different products"), "contract_left": gettext("Days until the contract ends"),
        "contract_terms": gettext("Terms of the contract so far"),
    }  # fmt: skip


def off(card: Mapping[str, Any]) -> str:
    """Why no risk of leaving is told, in a sentence; "" where it is."""
    words = {
        "history": gettext(
            "The orders do not reach back far enough: a model must learn from one time and be judged on a later one."
        ),
        "few": gettext("There are too few customers, or too few of them left or stayed, to learn from."),
        "contracts": gettext("No contracts are recorded, so nobody's leaving can be told by them."),
        "baseline": gettext(
            "Neither the model nor the days since the last purchase said more than the share of leavers, "
            "so no risk is told."
        ),
    }
    return "" if card["on"] else words[card["why"]]


def simple(card: Mapping[str, Any]) -> bool:
    """Whether the risk is told by the days since the last purchase alone, because the model did no better."""
    return bool(card["on"]) and card.get("model") == "recency"


def features(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What matters most over everybody, and which way."""
    names = feature_names()
    ways = {1: gettext("the more, the higher the risk"), -1: gettext("the less, the higher the risk"),
            0: gettext("not the same way throughout")}  # fmt: skip
    return [(names[feature], ways[way]) for feature, _effect, way in card.get("reasons", [])]


def measures(card: Mapping[str, Any]) -> list[tuple[str, float, float, float]]:
    """The model beside its baselines: name, AUC, calibration error, log loss, on days it did not learn from."""
    if "auc" not in card:
        return []
    base = card["baselines"]
    rows = [
        (gettext("Boosted trees"), card),
        (gettext("Days since the last purchase alone"), base["recency"]),
        (gettext("Share of leavers so far"), base["base_rate"]),
    ]
    return [(name, row["auc"], row["calibration_error"], row["log_loss"]) for name, row in rows]


def calibration(card: Mapping[str, Any]) -> Chart | None:
    """Whether what was said came true."""
    bins = card.get("bins", [])
    if not bins:
        return None
    # A point of a handful of customers would say more of chance than of the model; the table has them all.
    points = [(round(100 * told, 1), round(100 * came, 1)) for told, came, count in bins if count >= DRAWN]
    return Chart(
        name="calibration", question=gettext("Did it come true?"),
        answer=gettext("Of customers who were told a risk, the share that then really left: the nearer to the straight "
                       "line, the better."),
        kind="line", x=Axis(label=gettext("Risk that was told"), format="percent", maximum=100),
        y=Axis(format="percent", maximum=100),
        series=[
            Series(label=gettext("Really left"), values=points),
            Series(label=gettext("As told"), values=[(0, 0), (100, 100)], tone="c6", dashed=True),
        ],
        columns=[gettext("Risk that was told"), gettext("Really left"), gettext("Customers")],
        rows=[[formats.percent(told), formats.percent(came), count] for told, came, count in bins],
    )  # fmt: skip


def staying(card: Mapping[str, Any]) -> Chart | None:
    """How many still buy so many months after their first purchase."""
    rows = card.get("survival", [])
    if len(rows) < 2:
        return None
    year = next((row for row in rows if row[0] == 12), rows[-1])
    months = formats.number(year[0])
    answer = ngettext(
        "%(share)s still buy %(months)s month after their first purchase.",
        "%(share)s still buy %(months)s months after their first purchase.", year[0],
    ) % {"share": formats.percent(year[1]), "months": months}  # fmt: skip
    half = next((row[0] for row in rows if row[1] < 0.5), None)
    if half:
        answer += " " + ngettext("Half are gone after %(n)s month.", "Half are gone after %(n)s months.", half) % {
            "n": formats.number(half)
        }
    answer += " " + gettext("Gone is who has been silent for longer than %(days)s days.") % {
        "days": formats.number(card["horizon"])
    }
    shown = [[round(100 * share, 1) for share in row[1:4]] for row in rows]
    return Chart(
        name="staying", question=gettext("How long do customers stay?"), answer=answer, kind="line",
        x=Axis(label=gettext("Months since the first purchase"), labels=[formats.number(row[0]) for row in rows]),
        y=Axis(format="percent", maximum=100),
        series=[Series(label=gettext("Still buy"), values=[share for share, _low, _high in shown],
                       low=[low for _share, low, _high in shown], high=[high for _share, _low, high in shown])],
        columns=[gettext("Months since the first purchase"), gettext("Still buy"), gettext("At least"),
                 gettext("At most"), gettext("Customers known so long")],
        rows=[[row[0], *(Share(part, 1) for part in row[1:4]), row[4]] for row in rows],
    )  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A group of customers who are alike; the measures are medians."""

    name: str
    url: str
    customers: int
    share: float
    recency: float
    frequency: float
    basket: Money


def groups(forecast: Forecast) -> list[Group]:
    """Every group, the largest first, each with the way to its people."""
    told = forecast.card.get("groups", [])
    return [
        Group(
            name=name, url=f"{reverse('prediction:people')}?currency={forecast.currency}&group={number}",
            customers=group["customers"], share=group["share"], recency=group["recency"],
            frequency=group["frequency"], basket=Money(round(group["basket"]), forecast.currency),
        )
        for number, (group, name) in enumerate(zip(told, group_names(told), strict=True))
    ]  # fmt: skip


def group_names(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """By the two measures that distinguish each most, and by more where two groups would be called the same."""
    for count in range(2, 6):
        names = [_group_name(group, count) for group in groups]
        if len(set(names)) == len(names):
            break
    return names


def _group_name(group: Mapping[str, Any], count: int) -> str:
    words = {
        "recency": (gettext("bought recently"), gettext("silent for long")),
        "frequency": (gettext("buys seldom"), gettext("buys often")),
        "basket": (gettext("small purchases"), gettext("large purchases")),
        "products": (gettext("few products"), gettext("many products")),
        "returned": (gettext("little goes back"), gettext("much goes back")),
    }
    told = [
        words[name][deviation > 0]
        for place, (name, deviation) in enumerate(group["by"][:count])
        if abs(deviation) >= TELLING or place > 1
    ]
    return " · ".join(told) or gettext("like most customers")


@dataclass(frozen=True)
class Rule:
    """A rule with the products' names."""

    left: str
    right: str
    count: int
    confidence: float
    lift: float


def rules(forecast: Forecast, names: Mapping[int, str]) -> list[Rule]:
    """Rules all of whose products the reader may see."""
    return [
        Rule(
            left=" + ".join(names[product] for product in rule["left"]), right=names[rule["right"]],
            count=rule["count"], confidence=rule["confidence"], lift=rule["lift"],
        )
        for rule in forecast.baskets
        if rule["right"] in names and all(product in names for product in rule["left"])
    ]  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How well a way of suggesting did on what was then bought."""

    name: str
    used: bool
    hit: float
    recall: float
    ndcg: float


def suggesting(card: Mapping[str, Any]) -> list[Way]:
    """Every way that was tried, the simplest last."""
    told = card.get("suggestions", {})
    names = {
        "items": gettext("Likeness of products"), "factors": gettext("Taste as numbers"),
        "popular": gettext("The most bought products"),
    }  # fmt: skip
    used = told.get("way") if told.get("on") else None
    return [Way(name=names[key], used=key == used, **row) for key, row in told.get("ways", {}).items()]


def cautions(row: CustomerForecast) -> list[str]:
    """What to mind before selling more to this customer, in words."""
    found = []
    for kind, size in row.cautions:
        if kind == "unpaid":
            owed = formats.money(Money(round(size), row.forecast.currency), "short")
            found.append(gettext("owes %(amount)s for purchases older than 30 days") % {"amount": owed})
        else:
            found.append(gettext("sent back %(share)s of the last 12 months") % {"share": formats.percent(size)})
    return found


def recommended(card: Mapping[str, Any], currency: str) -> Mapping[str, Any] | None:
    """How much of what was bought had been suggested before; None before the first suggestion."""
    told = card.get("recommended") or {}
    if not told.get("since") or told["revenue"] <= 0:
        return None
    return {
        "share": told["suggested"] / told["revenue"], "amount": Money(told["suggested"], currency),
        "days": told["days"], "orders": told["orders"],
    }  # fmt: skip
