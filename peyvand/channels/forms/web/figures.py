"""The picture of a form's days, with its table."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from peyvand.channels.forms.queries import Days
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Tone


def by_day(days: Days) -> Chart:
    """Opened, begun, sent: day by day."""
    views, starts, sent = sum(days.views), sum(days.starts), sum(days.submissions)
    share = f" ({formats.percent(sent / views)})" if views else ""
    answer = gettext("In thirty days opened %(views)s times, begun %(starts)s times, sent %(sent)s times%(share)s.") % {
        "views": formats.number(views), "starts": formats.number(starts), "sent": formats.number(sent), "share": share,
    }  # fmt: skip
    labels = [formats.day(one) for one in days.days]
    names = [pgettext("form", "Opened"), pgettext("form", "Begun"), pgettext("form", "Sent")]
    figures = [days.views, days.starts, days.submissions]
    tones: tuple[Tone, ...] = ("c6", "c2", "c1")
    return Chart(
        name="form-days", question=gettext("How many open it, and how many send it?"), answer=answer, kind="line",
        x=Axis(labels=labels, format="text"), y=Axis(label=gettext("times")),
        series=[Series(name, list(values), tone) for name, values, tone in zip(names, figures, tones, strict=True)],
        columns=[gettext("Day"), *names, gettext("Spam")],
        rows=[list(row) for row in zip(labels, *figures, days.spam, strict=True)],
    )  # fmt: skip
