"""Definitions of leaving, each with what it would have said, as words and pictures for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series, Share
from peyvand.insight.prediction.definitions import Definition, of
from peyvand.memory.commerce.models import REASONS as END_REASONS

REASONS = 5  # told of contracts that ended


@dataclass(frozen=True)
class Consequence:
    """A definition offered: `key` is what the form sends; who was there, left, and what share that is, in the last
    period; the mean share of all periods.
    """

    key: str
    label: str
    chosen: bool
    why: str
    customers: int | None = None
    left: int | None = None
    share: float | None = None
    mean: float | None = None


def key_of(definition: Definition) -> str:
    """As a form sends it."""
    return f"{definition.way}:{definition.limit:g}"


def read(key: str) -> Mapping[str, str]:
    """The other way round; what it means is for `definitions.checked` to say."""
    way, _colon, limit = key.partition(":")
    return {"way": way, "limit": limit}


def words(definition: Definition, *, horizon: int) -> str:
    """The definition in a sentence's part: "no purchase for 60 days"."""
    limit = definition.limit
    if definition.way == "silence":
        days = round(limit) or horizon
        text = ngettext("no purchase for %(n)s day", "no purchase for %(n)s days", days) % {"n": formats.number(days)}
        by_itself = gettext("%(text)s: longer than nine in ten intervals between purchases")
        return text if limit else by_itself % {"text": text}
    if definition.way == "rhythm":
        return gettext("silent for longer than %(n)s times their own usual interval") % {
            "n": formats.number(limit, 0 if limit == int(limit) else 1)
        }
    if definition.way == "alive":
        return gettext("a chance to buy again below %(share)s") % {"share": formats.percent(limit)}
    return gettext("their last contract has ended")


def leaving_words(card: Mapping[str, Any]) -> str:
    """The definition that a card's risk follows."""
    return words(of(card.get("leaving")), horizon=card["horizon"])


def offered(card: Mapping[str, Any], chosen: Definition) -> list[Consequence]:
    """Every definition that was computed, in the order of the ways."""
    found = []
    for entry in card.get("definitions", []):
        one = Definition(entry["way"], entry["limit"])
        last = entry["periods"][-1] if entry["periods"] else None
        shares = [left / there for _first, _last, there, left in entry["periods"] if there]
        found.append(
            Consequence(
                key=key_of(one), label=words(one, horizon=card["horizon"]), chosen=one == chosen,
                why=_why(entry), customers=last[2] if last else None, left=last[3] if last else None,
                share=last[3] / last[2] if last and last[2] else None,
                mean=sum(shares) / len(shares) if shares else None,
            )
        )  # fmt: skip
    return found


def _why(entry: Mapping[str, Any]) -> str:
    if entry["why"] == "contracts":
        return gettext("No contracts are recorded.")
    if entry["why"] == "few":
        return gettext("There are too few purchases to tell a chance.")
    return "" if entry["periods"] else gettext("The orders do not reach back far enough.")


def entry_of(card: Mapping[str, Any], chosen: Definition) -> Mapping[str, Any] | None:
    """What was computed of that definition."""
    known = card.get("definitions", [])
    return next((entry for entry in known if Definition(entry["way"], entry["limit"]) == chosen), None)


def rates(card: Mapping[str, Any], chosen: Definition) -> Chart | None:
    """The share that left, period by period, by that definition."""
    entry = entry_of(card, chosen)
    rows = [row for row in entry["periods"] if row[2]] if entry else []
    if len(rows) < 2:
        return None
    share = rows[-1][3] / rows[-1][2]
    answer = gettext("Gone is who fits: %(words)s. In the last 30 days %(left)s of %(there)s left: %(share)s.") % {
        "words": words(chosen, horizon=card["horizon"]), "left": formats.number(rows[-1][3]),
        "there": formats.number(rows[-1][2]), "share": formats.percent(share, 1),
    }  # fmt: skip
    labels = [formats.day(date.fromisoformat(row[1])) for row in rows]
    return Chart(
        name="leaving", question=gettext("How many leave?"), answer=answer, kind="line",
        x=Axis(label=gettext("30 days up to"), labels=labels), y=Axis(format="percent"),
        series=[Series(label=gettext("Left us"), values=[round(100 * row[3] / row[2], 1) for row in rows])],
        columns=[gettext("30 days up to"), gettext("Customers before"), gettext("Left us"), gettext("Share")],
        rows=[[label, row[2], row[3], Share(row[3] / row[2], 1)] for label, row in zip(labels, rows, strict=True)],
    )  # fmt: skip


def reasons(card: Mapping[str, Any], chosen: Definition) -> list[tuple[str, int]]:
    """Why contracts ended, the most frequent first; "" where nobody noted it."""
    entry = entry_of(card, chosen) or {}
    told = list(entry.get("reasons", {}).items())[:REASONS]
    return [(_said(reason), count) for reason, count in told]


def _said(reason: str) -> str:
    if reason in END_REASONS:
        return str(END_REASONS[reason][0])
    return reason or gettext("not noted")
