"""The picture of the overview, with its table."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from peyvand.channels.web.queries import Overview
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series
from peyvand.foundation.ui.pieces import Stat


def stats(found: Overview) -> list[Stat]:
    """The numbers above: who is there now, and today against yesterday."""
    today, yesterday = found.today, found.days[-2]
    return [
        Stat(
            gettext("On the site at this moment"), formats.number(found.live), note=gettext("in the last five minutes")
        ),
        Stat(
            gettext("Visits today"), formats.number(today.visits), spark=[one.visits for one in found.days],
            note=gettext("%(n)s yesterday") % {"n": formats.number(yesterday.visits)},
        ),
        Stat(
            gettext("Browsers today"), formats.number(today.browsers), spark=[one.browsers for one in found.days],
            note=gettext("%(n)s yesterday") % {"n": formats.number(yesterday.browsers)},
        ),
        Stat(
            gettext("Pages today"), formats.number(today.pages), spark=[one.pages for one in found.days],
            note=gettext("%(n)s yesterday") % {"n": formats.number(yesterday.pages)},
        ),
    ]  # fmt: skip


def days(found: Overview) -> Chart:
    """Visits, day by day."""
    labels = [formats.day(one.day) for one in found.days]
    whole = sum(one.visits for one in found.days)
    answer = ngettext(
        "%(n)s visit in these fourteen days.", "%(n)s visits in these fourteen days.", whole
    ) % {"n": formats.number(whole)}  # fmt: skip
    return Chart(
        name="visits", question=gettext("How many came?"), answer=answer, kind="bar",
        x=Axis(labels=labels, format="text"), y=Axis(label=gettext("visits")),
        series=[Series(gettext("Visits"), [one.visits for one in found.days], "c1")],
        columns=[gettext("Day"), gettext("Visits"), gettext("Browsers"), gettext("Pages")],
        rows=[[label, one.visits, one.browsers, one.pages] for label, one in zip(labels, found.days, strict=True)],
    )  # fmt: skip
