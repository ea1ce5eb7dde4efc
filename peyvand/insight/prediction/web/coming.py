"""What will be sold, as words and a picture for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.calendar.calendars import CalendarKind, month_name, parts
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, in_millions
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.prediction.models import Demand

LEVEL = 0.8  # see smoothing.LEVEL, which this process may not import


def units() -> dict[str, str]:
    """What the time is counted in."""
    return {"week": gettext("Weeks"), "jalali": gettext("Jalali months"), "gregorian": gettext("Gregorian months")}


def measures() -> dict[str, str]:
    """What is counted."""
    return {"units": gettext("Pieces"), "revenue": gettext("Revenue")}


def ways() -> dict[str, str]:
    """How a figure was come by."""
    return {
        "damped": gettext("smoothing with a damped trend"), "seasonal": gettext("smoothing with a season"),
        "croston": gettext("smoothing of what is seldom bought"),
        "naive": gettext("the same period a season before, which nothing beat"),
    }  # fmt: skip


def period(day: date, unit: str) -> str:
    """A period by its first day."""
    if unit == "week":
        return formats.day(day)
    year, month, _day = parts(day, CalendarKind(unit))
    name = month_name(month, calendar=CalendarKind(unit), language=current_reader().language)
    return f"{name} {formats.digits(str(year))}"


def amount(value: float, demand: Demand) -> str:
    """A figure in the reader's words."""
    if demand.measure == "revenue":
        return formats.money(Money(round(value), demand.currency), "short")
    return formats.number(round(value))


def _shown(value: float, demand: Demand) -> float:
    """In the unit that the reader thinks in."""
    if demand.measure == "units":
        return round(value, 1)
    exact = value / 10 ** exponent_of(demand.currency)
    return float(round(exact / 10 if formats.in_toman(demand.currency) else exact, 2))


def picture(demand: Demand, name: str) -> Chart:
    """The past, and what is to come with its band."""
    told, past = demand.payload, len(demand.payload["values"])
    days = [date.fromisoformat(text) for text in told["starts"]]
    labels = [period(day, demand.unit) for day in days]
    values = [_shown(value, demand) for value in told["values"]]
    ahead = [[_shown(number, demand) for number in row] for row in told["ahead"]]
    unit = formats.unit_word(demand.currency) if demand.measure == "revenue" else measures()["units"]
    gap: list[float | None] = [None] * past
    # The band begins where the past ends, so that the two lines meet.
    joined = [values[-1], *(row[0] for row in ahead)]
    low, high = [values[-1], *(row[1] for row in ahead)], [values[-1], *(row[2] for row in ahead)]
    chart = Chart(
        name="demand", question=gettext("What will be sold?"), answer=sentence(demand, name), kind="line",
        x=Axis(labels=labels),
        y=Axis(label=unit), unit=unit,
        series=[
            Series(label=gettext("Sold"), values=[*values, *[None] * len(ahead)]),
            Series(label=gettext("Expected"), values=[*gap[:-1], *joined], tone="c2", dashed=True,
                   low=[*values[:-1], *low], high=[*values[:-1], *high]),
        ],
        columns=[gettext("Period"), gettext("Sold"), gettext("Expected"), gettext("At least"), gettext("At most")],
        rows=[
            *([label, value, None, None, None] for label, value in zip(labels, values, strict=False)),
            *([label, None, *row] for label, row in zip(labels[past:], ahead, strict=True)),
        ],
    )  # fmt: skip
    return in_millions(chart) if demand.measure == "revenue" else chart


def sentence(demand: Demand, name: str) -> str:
    """The next period in words: no likelier than such bands have proved to be."""
    told = demand.payload
    point, low, high = told["ahead"][0]
    given = {
        "what": name or gettext("all products"), "amount": amount(point, demand), "low": amount(low, demand),
        "high": amount(high, demand), "level": formats.percent(min(LEVEL, told["covered"])),
        "period": period(date.fromisoformat(told["starts"][len(told["values"])]), demand.unit),
    }  # fmt: skip
    if demand.unit == "week":
        return gettext("Of %(what)s, in the week from %(period)s: %(amount)s, %(level)s likely between %(low)s and "
                       "%(high)s.") % given  # fmt: skip
    return gettext("Of %(what)s, in %(period)s: %(amount)s, %(level)s likely between %(low)s and %(high)s.") % given


def trust(demand: Demand) -> str:
    """How far to believe it, measured."""
    told = demand.payload
    given = {
        "way": ways()[told["way"]], "error": amount(told["error"], demand),
        "naive": amount(told["naive_error"], demand), "covered": formats.percent(told["covered"]),
    }  # fmt: skip
    return (
        gettext(
            "Told by %(way)s. On periods it had not seen it was off by %(error)s on average (the same period a season "
            "before: %(naive)s), and %(covered)s of what was sold fell within such a band."
        )
        % given
    )


def why_not(card: Mapping[str, Any], unit: str) -> str:
    """Why nothing is told, in a sentence; "" where it is."""
    told = card.get("demand", {}).get(unit)
    if told is None:
        return gettext("Nothing has been computed yet.")
    if told["why"]:
        text = gettext(
            "The orders do not reach back far enough: %(needs)s whole periods are needed, %(has)s are there."
        )
        return text % {
            "needs": formats.number(told.get("needs", 0)), "has": formats.number(told.get("has", 0)),
        }  # fmt: skip
    return ""


def nowruz(card: Mapping[str, Any], unit: str) -> bool:
    """Whether Nowruz lies ahead and its effect cannot be known yet."""
    return bool(card.get("demand", {}).get(unit, {}).get("nowruz"))
