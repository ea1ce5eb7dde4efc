"""The pictures of the overview, each with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from peyvand.foundation.calendar.periods import PeriodKind, last_n
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Tone
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.consents import queries
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.queries import Tally

TONES: tuple[Tone, ...] = ("c1", "c2", "c3", "c4", "c5")


@dataclass(frozen=True)
class TallyRow:
    """A purpose with how many say what, channel by channel."""

    purpose: Purpose
    cells: Sequence[tuple[ConsentChannel, Tally]]


def table(purposes: Sequence[Purpose], tallies: Mapping[tuple[int, str], Tally]) -> list[TallyRow]:
    """Purposes by channels, in figures."""
    return [
        TallyRow(one, [(channel, tallies.get((one.pk, channel.name), Tally())) for channel in queries.channels()])
        for one in purposes
    ]


def by_channel(purposes: Sequence[Purpose], tallies: Mapping[tuple[int, str], Tally]) -> Chart:
    """How many say yes, by channel, one set of bars a purpose (the first five of those where yes must be said)."""
    asked = [one for one in purposes if not one.opt_out][: len(TONES)] or list(purposes)[: len(TONES)]
    shown = [one for one in queries.channels() if any((purpose.pk, one.name) in tallies for purpose in asked)]
    series = [
        Series(purpose.name, [tallies.get((purpose.pk, one.name), Tally()).given for one in shown], tone)
        for purpose, tone in zip(asked, TONES, strict=False)
    ]
    most = max(
        ((tallies.get((purpose.pk, one.name), Tally()).given, purpose, one) for purpose in asked for one in shown),
        key=lambda found: found[0], default=None,
    )  # fmt: skip
    answer = gettext("Nobody has said yes yet.")
    if most is not None and most[0]:
        answer = ngettext(
            "The most say yes to “%(purpose)s” by %(channel)s: %(count)s customer.",
            "The most say yes to “%(purpose)s” by %(channel)s: %(count)s customers.",
            most[0],
        ) % {"purpose": most[1].name, "channel": most[2].label, "count": formats.number(most[0])}
    return Chart(
        name="consents",
        question=gettext("Who may be written to, about what?"),
        answer=answer,
        kind="bar",
        x=Axis(labels=[str(one.label) for one in shown], format="text"),
        y=Axis(label=gettext("customers")),
        series=series,
        columns=[gettext("Channel"), *(one.name for one in asked)],
        rows=[
            [str(one.label), *(tallies.get((purpose.pk, one.name), Tally()).given for purpose in asked)]
            for one in shown
        ],
    )


def trend(days: Sequence[tuple[date, int, int]], months: int) -> Chart:
    """Yes and no, month by month of the reader's calendar."""
    reader = current_reader()
    today = timezone.now().astimezone(reader.zone).date()
    periods = last_n(PeriodKind.MONTH, months, today, reader.calendar)
    given = [sum(yes for day, yes, _no in days if day in period) for period in periods]
    gone = [sum(no for day, _yes, no in days if day in period) for period in periods]
    labels = [period.label(reader.language) for period in periods]
    answer = gettext("In these %(months)s months %(given)s times yes, %(gone)s times no.") % {
        "months": formats.number(months), "given": formats.number(sum(given)), "gone": formats.number(sum(gone)),
    }  # fmt: skip
    return Chart(
        name="trend",
        question=gettext("How has that changed?"),
        answer=answer,
        kind="bar",
        x=Axis(labels=labels, format="text"),
        y=Axis(label=gettext("lines of the ledger")),
        series=[Series(gettext("Yes"), given, "c1"), Series(gettext("No or no longer"), gone, "c4")],
        columns=[gettext("Month"), gettext("Yes"), gettext("No or no longer")],
        rows=[[label, yes, no] for label, yes, no in zip(labels, given, gone, strict=True)],
    )
