"""A campaign's result as words and a picture for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series
from peyvand.insight.prediction.models import Campaign


@dataclass(frozen=True)
class Arm:
    """One outcome of those it went to, beside those left alone."""

    label: str
    treated: str
    holdout: str
    effect: str
    low: str
    high: str
    sure: bool


def arms(campaign: Campaign) -> list[Arm]:
    """Every outcome."""
    labels = {
        "bought": gettext("Share who bought"), "orders": gettext("Purchases a customer"),
        "revenue": gettext("Revenue a customer"),
    }  # fmt: skip
    return [
        Arm(
            label=labels[name],
            **{part: _shown(name, row[part], campaign) for part in ("treated", "holdout", "effect", "low", "high")},
            sure=row["low"] > 0 or row["high"] < 0,
        )
        for name, row in campaign.result.get("arms", {}).items()
    ]


def _shown(name: str, value: float, campaign: Campaign) -> str:
    if name == "bought":
        return formats.percent(value, 1)
    if name == "orders":
        return formats.number(value, 2)
    return formats.money(Money(round(value), campaign.currency), "short")


def sentence(campaign: Campaign) -> str:
    """What the campaign changed, in words."""
    result = campaign.result
    if result.get("why") == "few":
        return gettext("At least two customers must stand on each list, and on that one alone.")
    row = result["arms"]["revenue"]
    given: dict[str, Any] = {
        part: _shown("revenue", abs(row[part]) if part == "effect" else row[part], campaign)
        for part in ("effect", "low", "high")
    }
    if row["low"] > 0:
        text = gettext("It brought %(effect)s more a customer: 95%% likely between %(low)s and %(high)s.")
    elif row["high"] < 0:
        text = gettext("It brought %(effect)s less a customer: 95%% likely between %(low)s and %(high)s.")
    else:
        text = gettext(
            "What it changed can't be told from chance: 95%% likely between %(low)s and %(high)s a customer."
        )
    return text % given


def curve(campaign: Campaign) -> Chart | None:
    """Whom it helped: what treating only the best customers of before would have brought."""
    row = campaign.result.get("arms", {}).get("revenue")
    if not row:
        return None
    over = 10 ** exponent_of(campaign.currency) * (10 if formats.in_toman(campaign.currency) else 1)
    points = [(round(100 * share, 1), round(gain / over, 2)) for share, gain in row["curve"]]
    end = points[-1][1]
    better = row["qini"] > 0
    return Chart(
        name="qini", question=gettext("Whom did it help most?"),
        answer=gettext("Treating first those who had bought most before would have brought the effect sooner than by "
                       "chance.") if better else
               gettext("Those who had bought most before were not helped more than others."),
        kind="line", x=Axis(label=gettext("Share of customers, the best of the year before first"), format="percent",
                            maximum=100),
        y=Axis(label=formats.unit_word(campaign.currency)), unit=formats.unit_word(campaign.currency),
        series=[
            Series(label=gettext("The best first"), values=points),
            Series(label=gettext("By chance"), values=[(0, 0), (100, end)], tone="c6", dashed=True),
        ],
        columns=[gettext("Share of customers"), gettext("Gained, a treated customer")],
        rows=[[formats.percent(share / 100), gain] for share, gain in points],
    )  # fmt: skip
