"""Two groups of customers side by side, as a picture of two circles and as a table; several, each with each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui.charts import HeatCell, HeatRow, HeatTable
from peyvand.foundation.ui.formats import number, percent
from peyvand.insight.audiences import overlapping
from peyvand.insight.audiences.answers import Comparison
from peyvand.insight.audiences.models import Audience, Snapshot
from peyvand.insight.audiences.web.showing import sums

WIDE, HIGH, LARGEST = 420.0, 230.0, 84.0  # the picture, and the radius of the larger circle
STEPS = 40


@dataclass(frozen=True)
class Circles:
    """Two circles whose areas are as the sizes, and whose common area is as that of those in both."""

    ax: str
    ar: str
    bx: str
    br: str
    middle: str
    both_x: str
    only_a_x: str
    only_b_x: str


@dataclass(frozen=True)
class Compared:
    """A comparison as the page shows it: a sentence, a picture, a table of rows (label, of a, of b)."""

    names: tuple[str, str]
    sentence: str
    picture: Circles | None
    both: str
    only_a: str
    only_b: str
    both_n: int
    only_a_n: int
    only_b_n: int
    rows: Sequence[tuple[str, str, str]]


def compared(*, actor: Actor, a: Audience | Snapshot, b: Audience | Snapshot, names: tuple[str, str]) -> Compared:
    """The two, of those customers whom the reader sees."""
    found = overlapping.compare(actor=actor, a=a, b=b)
    rows = [(gettext("Customers"), number(found.a.count), number(found.b.count))]
    if found.a.revenue or found.b.revenue:
        rows.append((gettext("Revenue so far"), sums(found.a.revenue) or "–", sums(found.b.revenue) or "–"))
    if found.a.lifetime or found.b.lifetime:
        rows.append((gettext("Lifetime value together"), sums(found.a.lifetime) or "–", sums(found.b.lifetime) or "–"))
    return Compared(
        names, _sentence(found, names), circles(found.a.count, found.b.count, found.both), number(found.both),
        number(found.only_a), number(found.only_b), found.both, found.only_a, found.only_b, rows,
    )  # fmt: skip


def _sentence(found: Comparison, names: tuple[str, str]) -> str:
    if not found.a.count or not found.b.count:
        return gettext("One of the two has nobody in it, so there is nothing in common.")
    if not found.both:
        return gettext("Nobody is in both.")
    return gettext("%(both)s are in both: %(of_a)s of “%(a)s” and %(of_b)s of “%(b)s”.") % {
        "both": number(found.both), "a": isolate(names[0]), "b": isolate(names[1]),
        "of_a": percent(found.both / found.a.count), "of_b": percent(found.both / found.b.count),
    }  # fmt: skip


def circles(a: int, b: int, both: int) -> Circles | None:
    """Circles for these sizes; None where one is empty."""
    if not a or not b:
        return None
    scale = LARGEST / math.sqrt(max(a, b))
    ra, rb = max(10.0, scale * math.sqrt(a)), max(10.0, scale * math.sqrt(b))
    apart = _apart(ra, rb, min(1.0, both / min(a, b)))
    start = (WIDE - (ra + apart + rb)) / 2
    ax, bx = start + ra, start + ra + apart
    left, right = bx - rb, ax + ra  # where they meet, seen from either side
    return Circles(
        f"{ax:.1f}", f"{ra:.1f}", f"{bx:.1f}", f"{rb:.1f}", f"{HIGH / 2:.1f}", f"{(left + right) / 2:.1f}",
        f"{max(ax - ra + 16, (ax - ra + left) / 2):.1f}", f"{min(bx + rb - 16, (bx + rb + right) / 2):.1f}",
    )  # fmt: skip


def _apart(ra: float, rb: float, share: float) -> float:
    """The distance of the centres at which the circles have this share of the smaller one's area in common."""
    wanted = share * math.pi * min(ra, rb) ** 2
    near, far = abs(ra - rb), ra + rb
    for _step in range(STEPS):
        middle = (near + far) / 2
        if _common(ra, rb, middle) > wanted:
            near = middle
        else:
            far = middle
    return (near + far) / 2


def _common(ra: float, rb: float, apart: float) -> float:
    """The area that two circles have in common, by the two segments that their chord cuts off."""
    if apart >= ra + rb:
        return 0.0
    if apart <= abs(ra - rb):
        return math.pi * min(ra, rb) ** 2
    to_a = (apart**2 + ra**2 - rb**2) / (2 * apart)
    to_b = apart - to_a
    return sum(
        radius**2 * math.acos(max(-1.0, min(1.0, to / radius))) - to * math.sqrt(max(0.0, radius**2 - to**2))
        for radius, to in ((ra, to_a), (rb, to_b))
    )


# ── several ───────────────────────────────────────────────────────────────


def overlapped(*, actor: Actor, audiences: Sequence[Audience]) -> dict[str, Any]:
    """What the page shows of several audiences: a table of each with each (`table`), or why there is none (`trouble`),
    and whether some were left out as they are concealed (`left_out`).
    """
    if not 2 <= len(audiences) <= overlapping.MOST:
        return {"trouble": gettext("Choose two to %(most)s audiences.") % {"most": number(overlapping.MOST)}}
    found = overlapping.overlap(actor=actor, audiences=audiences)
    shown = [one for one in audiences if (one.pk, one.pk) in found]
    left_out = len(shown) < len(audiences)
    if len(shown) < 2:
        return {"trouble": gettext("Choose two at least that are not hidden from you."), "left_out": left_out}
    return {"table": _table(shown, found), "left_out": left_out}


def _table(shown: Sequence[Audience], found: Mapping[tuple[int, int], int]) -> HeatTable:
    rows = []
    for at, one in enumerate(shown):
        size = found[one.pk, one.pk]
        cells = [HeatCell() if one is other else _cell(one, other, size, _both(found, one, other)) for other in shown]
        rows.append(HeatRow(_numbered(at, one), number(size), cells))
    question = gettext("Who is in several of them?")
    return HeatTable(
        name="overlap", question=question, note=gettext("The darker, the larger a part of the row's audience."),
        caption=question, corner=gettext("Audience"), size_label=gettext("Members"),
        columns=[number(at + 1) for at in range(len(shown))], rows=rows, answer=_closest(shown, found),
    )  # fmt: skip


def _numbered(at: int, one: Audience) -> str:
    return f"{number(at + 1)}. {isolate(one.name)}"


def _both(found: Mapping[tuple[int, int], int], one: Audience, other: Audience) -> int:
    return found[min(one.pk, other.pk), max(one.pk, other.pk)]


def _cell(one: Audience, other: Audience, size: int, both: int) -> HeatCell:
    part = both / size if size else 0.0
    said = gettext("%(both)s are in both: %(part)s of “%(a)s”.") % {
        "both": number(both), "part": percent(part), "a": isolate(one.name),
    }  # fmt: skip
    url = reverse("audiences:compare") + f"?a={one.pk}&b={other.pk}"
    return HeatCell(text=number(both), strength=part, url=url, title=said)


def _closest(shown: Sequence[Audience], found: Mapping[tuple[int, int], int]) -> str:
    """The two that are most alike: of all who are in one of them the largest part is in both."""
    pairs = [(one, other) for at, one in enumerate(shown) for other in shown[at + 1 :]]

    def likeness(pair: tuple[Audience, Audience]) -> float:
        both = _both(found, *pair)
        return both / ((found[pair[0].pk, pair[0].pk] + found[pair[1].pk, pair[1].pk] - both) or 1)

    one, other = max(pairs, key=likeness)
    if not _both(found, one, other):
        return gettext("Nobody is in two of them.")
    both, part = _both(found, one, other), likeness((one, other))
    return gettext("Most alike are “%(a)s” and “%(b)s”: %(both)s are in both, %(part)s of all who are in either.") % {
        "a": isolate(one.name), "b": isolate(other.name), "both": number(both), "part": percent(part),
    }  # fmt: skip
