"""Movement between classes, for the reader."""

from __future__ import annotations

from datetime import date

from django.utils.html import format_html
from django.utils.translation import gettext

from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import HeatCell, HeatRow, HeatTable
from peyvand.insight.value.classes import ORDER
from peyvand.insight.value.models import RfmClass, Snapshot


def moves(snapshot: Snapshot) -> HeatTable | None:
    """From the class of a quarter of a year ago to that of the day; None where nothing is known of then."""
    found = snapshot.payload.get("moves")
    if not found:
        return None
    rows = [_row(str(RfmClass(name).label), found["rows"].get(name, {})) for name in ORDER]
    if found["came"]:
        rows.append(_row(gettext("Was not a customer yet"), found["came"]))
    stayed = sum(found["rows"].get(name, {}).get(name, 0) for name in ORDER)
    everybody = sum(sum(row.values()) for row in found["rows"].values())
    answer = format_html(
        gettext("Of {all} customers <b>{moved}</b> have changed their class since {day}."),
        all=formats.number(everybody), moved=formats.number(everybody - stayed),
        day=formats.day(date.fromisoformat(found["since"]), "full"),
    )  # fmt: skip
    return HeatTable(
        name="moves", question=gettext("Who moved from class to class?"), answer=answer,
        note=gettext("shares of each row"), caption=gettext("Customers by class then (rows) and now (columns)"),
        corner=gettext("Class then"), size_label=gettext("Customers"),
        columns=[str(RfmClass(name).label) for name in ORDER], rows=rows,
    )  # fmt: skip


def _row(label: str, counts: dict[str, int]) -> HeatRow:
    size = sum(counts.values())
    cells = []
    for name in ORDER:
        count = counts.get(name, 0)
        title = gettext("from “%(then)s” to “%(now)s”") % {"then": label, "now": RfmClass(name).label}
        cells.append(HeatCell(text=formats.number(count), strength=count / size, title=title) if count else HeatCell())
    return HeatRow(label=label, size=formats.number(size), cells=cells)
