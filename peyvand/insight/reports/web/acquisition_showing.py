"""Acquisition as pictures, tables and sentences for the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Tone
from peyvand.insight.reports.acquisition_queries import DEARER, EVERYBODY, REST, Acquisition, Source, Won
from peyvand.insight.reports.funnel_queries import LEAST
from peyvand.insight.reports.sources import source_label
from peyvand.insight.reports.web.path_showing import in_toman

TONES: Sequence[Tone] = ("c1", "c2", "c3", "c4", "c5")


@dataclass(frozen=True)
class Row:
    """A source's line; None where a figure is not known."""

    label: str
    people_url: str
    spend: Money | None
    visitors: str
    leads: str
    customers: str
    cost: Money | None
    first: Money
    revenue: Money
    lifetime: Money | None
    times: str
    poor: bool
    payback: str


@dataclass(frozen=True)
class Compared:
    """Customers won with a discount, or without."""

    label: str
    url: str
    customers: str
    share: float
    repeat: float | None
    margin: Money | None
    lifetime: Money | None


def label_of(source: Source) -> str:
    """The source's name for the reader."""
    if source.key == EVERYBODY:
        return gettext("All together")
    return gettext("Small sources together") if source.key is REST else source_label(source.key)


def row(found: Acquisition, source: Source, query: str) -> Row:
    """One line of the table."""
    won, currency = source.won, found.currency
    which = {"side": "won", "stage": "customer", "currency": currency}
    if source.key not in (EVERYBODY, REST):
        which["source"] = str(source.key)
    return Row(
        label=label_of(source),
        people_url=_people(query, which) if won.customers and source.key is not REST else "",
        spend=_money(source.spend, currency), visitors=formats.number(source.visitors),
        leads=formats.number(source.leads), customers=formats.number(won.customers),
        cost=_money(source.cost_each, currency), first=Money(won.first, currency), revenue=Money(won.revenue, currency),
        lifetime=_money(won.lifetime_each, currency),
        times=formats.number(Decimal(str(round(source.times, 1)))) if source.times is not None else "–",
        poor=source.times is not None and source.times < 1,
        payback=_payback(source),
    )  # fmt: skip


def _people(query: str, which: dict[str, str]) -> str:
    kept = "&".join(part for part in query.split("&") if part and part.partition("=")[0] not in which)
    return f"{reverse('reports:way-people')}?{'&'.join(part for part in (kept, urlencode(which)) if part)}"


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _payback(source: Source) -> str:
    if source.cost_each is None or not source.curve:
        return "–"
    if source.payback is None:
        return gettext("not within %(n)s months") % {"n": formats.number(len(source.curve))}
    return ngettext("%(n)s month", "%(n)s months", source.payback) % {"n": formats.number(source.payback)}


def compared(found: Acquisition, query: str) -> list[Compared]:
    """With a discount and without; nothing where either is missing."""
    groups = ((gettext("Won at a discount"), found.discounted, "1"), (gettext("Won at full price"), found.plain, "0"))
    if not all(won.customers for _label, won, _flag in groups):
        return []
    whole = found.plain.customers + found.discounted.customers
    return [
        Compared(
            label=label, customers=formats.number(won.customers), share=won.customers / whole, repeat=won.repeat_share,
            url=_people(query, {"side": "won", "stage": "customer", "currency": found.currency, "discounted": flag}),
            margin=Money(round(won.margin / won.customers), found.currency),
            lifetime=_money(won.lifetime_each, found.currency),
        )
        for label, won, flag in groups
    ]  # fmt: skip


@dataclass(frozen=True)
class OfferShown:
    """An offer that customers were won by."""

    label: str
    url: str
    customers: str
    repeat: float | None
    given: Money
    margin: Money
    lifetime: Money | None
    payback: str


def offers(found: Acquisition, query: str) -> list[OfferShown]:
    """By what first orders were discounted for."""
    currency = found.currency
    made = []
    for one in found.offers:
        won, url = one.won, ""
        if one.name is not None:
            url = _people(query, {"side": "won", "stage": "customer", "currency": currency, "offer": one.name or "-"})
        months = one.payback(found.total.cost_each)
        if months is not None:
            words = ngettext("%(n)s month", "%(n)s months", months) % {"n": formats.number(months)}
        elif one.curve:
            words = gettext("not within %(n)s months") % {"n": formats.number(len(one.curve))}
        else:
            words = "–"
        label = gettext("Small offers together") if one.name is None else one.name or gettext("Nobody noted what for")
        made.append(
            OfferShown(
                label=label, url=url, customers=formats.number(won.customers), repeat=won.repeat_share,
                given=Money(one.given_each, currency), margin=Money(round(won.margin / won.customers), currency),
                lifetime=_money(won.lifetime_each, currency), payback=words,
            )
        )  # fmt: skip
    return made


def compared_words(found: Acquisition) -> str:
    """What the discount bought, in a sentence."""
    cheap, full = found.discounted, found.plain
    if not cheap.customers or not full.customers:
        return gettext("All customers of these days were won alike, so there is nothing to compare.")
    if min(cheap.customers, full.customers) < LEAST:
        return gettext("Too few were won in one of the two ways to say whether they differ.")
    return format_html(
        gettext(
            "Of those won at a discount {cheap} bought again, and each has brought {less} of margin; "
            "of the others {full}, and {more}."
        ),
        cheap=formats.percent(cheap.repeat_share or 0), full=formats.percent(full.repeat_share or 0),
        less=_margin_each(cheap, found.currency), more=_margin_each(full, found.currency),
    )  # fmt: skip


def _margin_each(won: Won, currency: str) -> str:
    return formats.money(Money(round(won.margin / won.customers), currency), "short")


def sentences(found: Acquisition) -> list[str]:
    """What a customer cost, which source is best, what is not known."""
    total, currency = found.total, found.currency
    said: list[str] = []
    if total.cost_each is not None and total.won.customers:
        said.append(
            format_html(
                gettext("<b>{n}</b> customers were won at {cost} each."), n=formats.number(total.won.customers),
                cost=formats.money(Money(total.cost_each, currency), "short"),
            )
        )  # fmt: skip
    elif total.won.customers:
        said.append(
            format_html(gettext("<b>{n}</b> customers were won."), n=formats.number(total.won.customers)),
        )
    if not found.costs_shown:
        said.append(gettext("What was spent is not shown to you; your administrator can give that right."))
    elif found.costed is not None and found.costed < 1:
        said.append(
            gettext("For %(share)s of them no cost of their source is entered.")
            % {"share": formats.percent(1 - found.costed)}
        )
    good = [one for one in found.sources if one.times is not None and one.key is not REST]
    if good:
        best, worst = max(good, key=lambda one: one.times or 0), min(good, key=lambda one: one.times or 0)
        said.append(
            format_html(
                gettext("<bdi>{name}</bdi> brings the most for its cost: {times} times."), name=label_of(best),
                times=formats.number(Decimal(str(round(best.times or 0, 1)))),
            )
        )  # fmt: skip
        if worst is not best and (worst.times or 0) < 1:
            said.append(format_html(gettext("<bdi>{name}</bdi> costs more than it brings."), name=label_of(worst)))
    return said


def keeping(found: Acquisition) -> str:
    """Winning against keeping; "" where there are no own figures of both."""
    if found.dearer is None or found.keep_each is None or found.total.cost_each is None:
        return ""
    return format_html(
        gettext(
            "Winning one customer cost {win}, serving one who bought again {keep}: <b>{times} times</b> as much. "
            "The rule of thumb says {thumb} times; it is of other houses, these figures are yours."
        ),
        win=formats.money(Money(found.total.cost_each, found.currency), "short"),
        keep=formats.money(Money(found.keep_each, found.currency), "short"),
        times=formats.number(Decimal(str(round(found.dearer, 1)))), thumb=formats.number(DEARER),
    )  # fmt: skip


def apart(found: Acquisition) -> str:
    """Spending that names no source; "" where there is none."""
    if not found.apart:
        return ""
    amount = formats.money(Money(found.apart, found.currency), "short")
    return gettext("%(amount)s was spent without saying on which source; it is in the sum only.") % {"amount": amount}


def curves(found: Acquisition) -> Chart | None:
    """Margin of one customer month after month, of everybody and the greatest sources, with the cost of winning one."""
    drawn = [source for source in found.sources if source.curve and source.key is not REST][:2]
    if not found.total.curve:
        return None
    lines = [found.total, *drawn]
    months = max(len(source.curve) for source in lines)
    unit = 10 if in_toman(found.currency) else 1
    words_of_unit = formats.unit_word(found.currency)
    scale = Decimal(Money(1, found.currency).to_decimal()) / unit

    def amount(minor: float) -> Decimal:
        return Decimal(str(minor)) * scale

    series = [
        Series(label=label_of(source), tone=tone, values=[(month, amount(each)) for month, _n, each in source.curve])
        for source, tone in zip(lines, TONES, strict=False)
    ]
    cost = found.total.cost_each
    if cost is not None:
        series.append(
            Series(label=gettext("Cost of one customer"), tone="c6", dashed=True,
                   values=[(1, amount(cost)), (months, amount(cost))])
        )  # fmt: skip
    by_month = {source.key: {month: each for month, _n, each in source.curve} for source in lines}
    payback = found.total.payback
    if cost is None:
        answer = gettext("Enter what was spent on winning customers to see when it comes back.")
    elif payback is None:
        answer = gettext("What winning a customer costs has not come back in the months that can be seen.")
    else:
        words = ngettext(
            "What winning a customer costs has come back after <b>{n} month</b>.",
            "What winning a customer costs has come back after <b>{n} months</b>.", payback,
        )  # fmt: skip
        answer = format_html(words, n=formats.number(payback))
    return Chart(
        name="payback", question=gettext("When does it come back?"), answer=answer, kind="line",
        x=Axis(label=gettext("Months since the first order")),
        y=Axis(),
        series=series, unit=words_of_unit, note=words_of_unit, height=280,
        columns=[gettext("Month"), *(label_of(source) for source in lines)],
        rows=[
            [formats.number(month), *(_cell(by_month[source.key].get(month), amount) for source in lines)]
            for month in range(1, months + 1)
        ],
    )  # fmt: skip


def _cell(minor: float | None, amount: Callable[[float], Decimal]) -> Decimal | None:
    return None if minor is None else amount(minor)
