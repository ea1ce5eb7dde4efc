"""The figures of contracts as pictures, sentences and tables for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from peyvand.foundation.calendar.calendars import CalendarKind, first_of_month
from peyvand.foundation.calendar.periods import PeriodKind, month_of_index, period_of
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.text.lists import joined
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Share
from peyvand.foundation.ui.pieces import Stat
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value.models import ContractWorth
from peyvand.memory.commerce.models import REASONS, ContractKind

MANY = 12  # months of a year
Payload = Mapping[str, Any]


def ends() -> dict[str, str]:
    """Whether the end of a contract could have been avoided, in words."""
    return {
        "avoidable": gettext("Could have been avoided"),
        "unavoidable": gettext("Could not be avoided"),
        "unknown": gettext("Nobody can say"),
    }


def money(minor: int, currency: str) -> str:
    """An amount, short."""
    return formats.money(Money(minor, currency), "short")


def sums(amounts: Mapping[str, int]) -> str:
    """Amounts in several currencies, side by side."""
    return " · ".join(money(minor, currency) for currency, minor in amounts.items()) or "–"


def stats(found: Payload) -> list[Stat]:
    """Four numbers: contracts that run, fees a month, loss of a year, value ahead."""
    year, worth = found["year"], found["worth"]
    share = formats.percent(year["lost"] / year["ran"], 1) if year["ran"] else "–"
    could = (
        gettext("of those that ran a year ago; %(n)s of %(all)s could have been avoided")
        % {"n": formats.number(year["avoidable"]), "all": formats.number(year["lost"])}
        if year["lost"]
        else gettext("of those that ran a year ago")
    )
    return [
        Stat(
            label=gettext("Contracts that run"), value=formats.number(found["running"]),
            note=gettext("of %(all)s ever signed") % {"all": formats.number(found["contracts"])},
        ),
        Stat(
            label=gettext("Fees a month"), value=sums({code: row["monthly"] for code, row in worth.items()}), tone="c3",
            note=gettext("as last agreed"),
        ),
        Stat(label=gettext("Lost within a year"), value=share, tone="c5", note=could),
        Stat(
            label=gettext("Value of contracts ahead"), tone="c4",
            value=sums({code: row["ahead"] for code, row in worth.items()}),
            note=gettext("%(months)s months ahead, discounted") % {"months": formats.number(found["horizon"])},
        ),
    ]  # fmt: skip


def counted(found: Payload) -> list[str]:
    """What the value holds, a sentence each."""
    texts = []
    for currency, row in found["worth"].items():
        text = gettext(
            "Terms that run bring %(sure)s; with the renewals expected within %(months)s months it is %(ahead)s."
        )
        said = text % {
            "sure": money(row["sure"], currency), "ahead": money(row["ahead"], currency),
            "months": formats.number(found["horizon"]),
        }  # fmt: skip
        if row["whole"] is not None:
            whole = gettext("Over the whole time that contracts are expected to last it is %(whole)s.")
            said = f"{said} {whole % {'whole': money(row['whole'], currency)}}"
        texts.append(said)
    texts.append(
        gettext("Fees count as last agreed, with the margin of sales where that is known. Orders for the product of a "
                "customer's contract are its fees, and not counted again as purchases.")
    )  # fmt: skip
    return texts


def lost(found: Payload, calendar: CalendarKind) -> Chart:
    """Loss month by month, and why."""
    rows = found["months"][calendar.value]
    labels = [month_of_index(row["month"], calendar).label(current_reader().language) for row in rows]
    shares = [row["lost_of_running"] / row["running"] if row["running"] else None for row in rows]
    told = [share for share in shares if share is not None]
    answer = format_html(
        gettext("On average <b>{share}</b> of the contracts that ran when a month began ended in it; the last month "
                "may not be over yet."),
        share=formats.percent(sum(told) / len(told), 1) if told else "–",
    )  # fmt: skip
    words, tones = ends(), {"avoidable": "c5", "unavoidable": "c1", "unknown": "c6"}
    return Chart(
        name="lost", question=gettext("How many contracts end, month by month?"), answer=answer, kind="bar",
        x=Axis(labels=labels, format="text"), y=Axis(),
        series=[
            Series(label=word, values=[row[name] for row in rows], tone=tones[name])  # type: ignore[arg-type]
            for name, word in words.items()
        ],
        columns=[gettext("Month"), gettext("Running at first"), gettext("Signed"), gettext("Ended"), *words.values(),
                 gettext("Loss")],
        rows=[
            [label, row["running"], row["signed"], row["lost"], *(row[name] for name in words),
             "–" if share is None else Share(share, 1)]
            for label, row, share in zip(labels, rows, shares, strict=True)
        ],
    )  # fmt: skip


def lasting(found: Payload) -> Chart | None:
    """How long contracts last, from those that ended and those that still run."""
    rows = found["survival"]
    if len(rows) < 2:
        return None
    year = next((row for row in rows if row[0] == MANY), rows[-1])
    answer = ngettext(
        "%(share)s still run %(months)s month after their first day.",
        "%(share)s still run %(months)s months after their first day.", int(year[0]),
    ) % {"share": formats.percent(year[1]), "months": formats.number(int(year[0]))}  # fmt: skip
    half = next((int(row[0]) for row in rows if row[1] < 0.5), None)
    if half:
        text = ngettext("Half have ended after %(n)s month.", "Half have ended after %(n)s months.", half)
        answer += f" {text % {'n': formats.number(half)}}"
    shown = [[round(100 * share, 1) for share in row[1:4]] for row in rows]
    months = gettext("Months since the first day")
    return Chart(
        name="lasting", question=gettext("How long do contracts last?"), answer=answer, kind="line",
        x=Axis(label=months, labels=[formats.number(int(row[0])) for row in rows]),
        y=Axis(format="percent", maximum=100),
        series=[Series(label=gettext("Still run"), values=[share for share, _low, _high in shown],
                       low=[low for _share, low, _high in shown], high=[high for _share, _low, high in shown])],
        columns=[months, gettext("Still run"), gettext("At least"), gettext("At most"),
                 gettext("Contracts known so long")],
        rows=[[int(row[0]), *(Share(part, 1) for part in row[1:4]), int(row[4])] for row in rows],
    )  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """Why contracts ended within a year."""

    label: str
    avoidable: str
    contracts: int
    monthly: str


def reasons(found: Payload) -> list[Reason]:
    """Most frequent first."""
    words = {True: "avoidable", False: "unavoidable", None: "unknown"}
    return [
        Reason(
            label=str(REASONS[row["reason"]][0]) if row["reason"] in REASONS else gettext("Not said"),
            avoidable=ends()[words[REASONS[row["reason"]][1] if row["reason"] in REASONS else None]],
            contracts=row["contracts"], monthly=sums(row["monthly"]),
        )
        for row in found["reasons"]
    ]  # fmt: skip


@dataclass(frozen=True)
class Cohort:
    """Contracts of one season; `after` are shares still running after 3, 6, 12 and 24 months."""

    label: str
    contracts: int
    running: int
    after: list[float | None]
    avoidable: int
    unavoidable: int
    unknown: int


def cohorts(found: Payload, calendar: CalendarKind) -> list[Cohort]:
    """By the season of the first day, newest first."""
    return [
        Cohort(
            label=period_of(
                first_of_month(row["season"] * 3, calendar), PeriodKind.SEASON, calendar
            ).label(current_reader().language),
            contracts=row["contracts"], running=row["running"], after=row["after"], avoidable=row["avoidable"],
            unavoidable=row["unavoidable"], unknown=row["unknown"],
        )
        for row in reversed(found["cohorts"][calendar.value])
    ]  # fmt: skip


@dataclass(frozen=True)
class Due:
    """Terms that are over within so many days."""

    days: int
    contracts: int
    at_stake: Money
    lost: Money | None


def due(found: Payload) -> list[Due]:
    """What comes up for renewal, by currency."""
    return [
        Due(
            row["days"], row["contracts"], Money(row["at_stake"], row["currency"]),
            None if row["lost"] is None else Money(row["lost"], row["currency"]),
        )
        for row in found["renewals"]
    ]  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """Contracts that one model is for: what it is, what it was learnt from, how it did on held-out months."""

    name: str
    contracts: int
    lost: int
    rate: float
    says: str
    held: int | None
    stayed: int | None
    model: float | None
    plain: float | None
    model_error: float | None
    plain_error: float | None
    parameters: str


def segments(found: Payload) -> list[Segment]:
    """All of one length together, then kinds that have enough of their own."""
    rows = []
    whole = {row["months"]: row["contracts"] for row in found["segments"] if not row["kind"]}
    for row in found["segments"]:
        if row["kind"] and (row["state"] == "few" or row["contracts"] == whole[row["months"]]):
            continue
        check = row.get("holdout") or {}
        errors = check.get("errors", {})
        params = row.get("params") or {}
        rows.append(
            Segment(
                name=_name(row["kind"], row["months"]), contracts=row["contracts"], lost=row["lost"], rate=row["rate"],
                says=_says(row), held=check.get("contracts"), stayed=check.get("stayed"),
                model=errors["model"]["total"] if errors else None, plain=errors["rate"]["total"] if errors else None,
                model_error=errors["model"]["rmse"] if errors else None,
                plain_error=errors["rate"]["rmse"] if errors else None,
                parameters=joined(
                    f"{sign} {formats.number(round(params[name], 3))}"
                    + (f" ± {formats.number(round(error, 3))}" if (error := row["stderr"][name]) is not None else "")
                    for name, sign in (("alpha", "α"), ("beta", "β")) if params
                ),
            )
        )  # fmt: skip
    return rows


def _name(kind: str, months: float) -> str:
    every = ngettext("to be left every %(n)s month", "to be left every %(n)s months", int(months)) % {
        "n": formats.number(int(months))
    }
    what = str(ContractKind(kind).label) if kind in ContractKind.values else gettext("All kinds")
    return f"{what}, {every}"


def _says(row: Payload) -> str:
    if row["state"] == "few":
        return gettext("Too few contracts have ended: only the terms that run are counted, no renewal.")
    if row["state"] == "on":
        return gettext("Customers differ in how they renew (shifted beta-geometric).")
    return {
        "unchecked": gettext("The history is too short for a check: one rate for all is taken."),
        "worse": gettext("The model was no better than one rate for all, so that is taken."),
        "unfit": gettext("No model could be fitted: one rate for all is taken."),
    }[row["why"]]


@dataclass(frozen=True)
class Best:
    """A customer with what their contracts are expected to bring."""

    row: ContractWorth
    monthly: Money
    ahead: Money
    whole: Money | None


def best(row: ContractWorth) -> Best:
    """The row as the list shows it."""

    def of(minor: int) -> Money:
        return Money(minor, row.currency)

    return Best(
        row, of(row.monthly_minor), of(row.ahead_minor), None if row.whole_minor is None else of(row.whole_minor)
    )


def joined_sentence(payload: Mapping[str, Any], currency: str) -> SafeString | None:
    """What contracts bring beside purchases; None where there are none."""
    found = payload.get("contracts")
    if not found:
        return None
    if not found["alone"]:
        return format_html(
            gettext("Contracts of {customers} customers run: <b>{beside}</b> of the value comes from them."),
            customers=formats.number(found["customers"]), beside=money(found["beside"], currency),
        )  # fmt: skip
    return format_html(
        gettext("Contracts of {customers} customers run: <b>{beside}</b> of it comes from those who buy besides, and "
                "{alone} more from those whose purchases nothing is foretold of."),
        customers=formats.number(found["customers"]), beside=money(found["beside"], currency),
        alone=money(found["alone"], currency),
    )  # fmt: skip
