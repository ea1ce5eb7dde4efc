"""The funnel as a picture, a table and sentences for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Link, Series, Share
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.insight.reports.funnel_queries import Funnel, Narrowest, Segment, Stage
from peyvand.insight.reports.sources import source_label
from peyvand.insight.reports.stages import ADVOCATE, AWARE, CUSTOMER, KNOWN, LEAD, REPEAT, STAGES, VISITOR
from peyvand.insight.reports.web.asking import span_days

LABELS: Mapping[str, str | Promise] = {
    AWARE: _("Aware"), VISITOR: _("Visitor"), KNOWN: _("Known"), LEAD: _("Lead"), CUSTOMER: _("Customer"),
    REPEAT: _("Bought again"), ADVOCATE: _("Advocate"),
}  # fmt: skip
MEANINGS: Mapping[str, str | Promise] = {
    AWARE: _("Saw an advertisement. Not people but how often it was shown, as the costs of advertising tell."),
    VISITOR: _("Visited one of our sites before we knew them. Browsers of people who never became known count too."),
    KNOWN: _("Has a record here: since its making, the first contact or the first order, whichever came first."),
    LEAD: _("Came to us with something: a call, a message, a form, a meeting, a link opened, a cart filled."),
    CUSTOMER: _("Placed the first order that was not cancelled."),
    REPEAT: _("Placed an order on a later day."),
    ADVOCATE: _("Brought others. That takes referrals or surveys, which are not recorded yet."),
}


@dataclass(frozen=True)
class Row:
    """A line of the funnel's table; "" where nothing is said. `people_url` opens those who are behind it."""

    label: str
    meaning: str
    people: str
    rate: str
    days: str
    straight: str
    people_url: str = ""
    stopped: str = ""
    stopped_url: str = ""
    straight_url: str = ""


def people_url(query: str, **which: str) -> str:
    """The list behind a number."""
    return f"{reverse('reports:way-people')}?{'&'.join(part for part in (query, urlencode(which)) if part)}"


def rows(found: Funnel, query: str) -> list[Row]:
    """Every stage, those that are not recorded with these words."""
    known = {stage.name: stage for stage in found.stages}
    made = []
    for name in STAGES:
        words = {"label": str(LABELS[name]), "meaning": str(MEANINGS[name])}
        if name in known:
            made.append(_row(known[name], found, query, words))
            continue
        shown, rate = gettext("not recorded"), ""
        if name == AWARE and found.seen is not None:
            shown = gettext("shown %(n)s times") % {"n": formats.number(found.seen)}
            visitors = known[VISITOR].people
            rate = formats.percent(visitors / found.seen, 2) if found.seen >= visitors > 0 else ""
        made.append(Row(**words, people=shown, rate=rate, days="", straight=""))
    return made


def _row(stage: Stage, found: Funnel, query: str, words: Mapping[str, str]) -> Row:
    last = stage.name == REPEAT
    known = stage.people - (found.strangers if stage.name == VISITOR else 0)
    return Row(
        **words, people=formats.number(stage.people),
        rate="" if last or stage.rate is None else formats.percent(stage.rate),
        days="" if last else span_days(stage.days),
        straight=formats.number(stage.straight) if stage.name != VISITOR else "",
        people_url=people_url(query, stage=stage.name) if known else "",
        stopped="" if last else formats.number(stage.stand),
        stopped_url=people_url(query, stage=stage.name, side="stopped") if not last and stage.name != VISITOR else "",
        straight_url=people_url(query, stage=stage.name, side="straight") if stage.straight else "",
    )  # fmt: skip


def picture(found: Funnel, narrow: Narrowest | None, query: str) -> Chart:
    """Bars of the recorded stages; the narrowest in another colour, and named in the sentence."""
    stages = found.stages
    tones = ["c2" if narrow and stage.name == narrow.stage.name else "c1" for stage in stages]
    first, bought = stages[0], next(stage for stage in stages if stage.name == CUSTOMER)
    entered = first.people + sum(stage.straight for stage in stages)
    answer = format_html(
        gettext("Of {entered} who came in, <b>{bought}</b> bought, and {again} of these bought again."),
        entered=formats.number(entered), bought=formats.number(bought.people), again=formats.number(bought.on),
    )  # fmt: skip
    return Chart(
        name="funnel", question=gettext("How far do they come?"), answer=answer, kind="bar",
        x=Axis(labels=[str(LABELS[stage.name]) for stage in stages], format="text"), y=Axis(),
        series=[Series(label=pgettext("funnel", "People"), values=[stage.people for stage in stages], tones=tones)],  # type: ignore[arg-type]
        links=[people_url(query, stage=stage.name) for stage in stages],
        columns=[gettext("Stage"), pgettext("funnel", "People"), gettext("Went on"), gettext("Share that went on"),
                 gettext("Came in here"), gettext("Median days to the next")],
        rows=[
            [
                Link(str(LABELS[stage.name]), people_url(query, stage=stage.name)), stage.people,
                stage.on if stage.name != REPEAT else None,
                Share(stage.rate) if stage.rate is not None and stage.name != REPEAT else None,
                stage.straight, round(stage.days, 1) if stage.days is not None else None,
            ]
            for stage in stages
        ],
    )  # fmt: skip


def sentences(narrow: Narrowest | None) -> list[str]:
    """Where it is narrowest, how that was before, and where it is otherwise."""
    if narrow is None:
        return [gettext("Too few came in these days to say where it is narrowest.")]
    stage = narrow.stage
    said: list[str] = [
        format_html(
            gettext("It is narrowest after “{stage}”: of {people} only <b>{rate}</b> went on."),
            stage=LABELS[stage.name],
            people=formats.number(stage.people),
            rate=formats.percent(stage.rate or 0),
        )
    ]
    if narrow.before is None:
        said.append(gettext("As many days before there were too few to compare with."))
    else:
        words = (
            gettext("In as many days before it was {rate}: it has become worse by more than chance.")
            if narrow.worse
            else gettext("In as many days before it was {rate}; that is not clearly better.")
            if narrow.before >= (stage.rate or 0)
            else gettext("In as many days before it was {rate}: it has been narrower still.")
        )
        said.append(format_html(words, rate=formats.percent(narrow.before)))
    if narrow.then is not None:
        said.append(
            format_html(
                gettext("Of those who are known it is narrowest after “{stage}”: of {people}, {rate} went on."),
                stage=LABELS[narrow.then.name], people=formats.number(narrow.then.people),
                rate=formats.percent(narrow.then.rate or 0),
            )
        )  # fmt: skip
    worst = [one for one in narrow.segments if one.rate < (stage.rate or 0)][:2]
    best = [one for one in reversed(narrow.segments) if one.rate > (stage.rate or 0)][:1]
    said += [_segment(one, gettext("Fewer go on with {what}: {rate} of {people}.")) for one in worst]
    said += [_segment(one, gettext("More go on with {what}: {rate} of {people}.")) for one in best]
    if not narrow.segments and narrow.then is None:
        said.append(gettext("No source, channel or city differs from the others by more than chance."))
    return said


def _segment(one: Segment, words: str) -> str:
    return format_html(
        words, what=segment_words(one.by, one.value), rate=formats.percent(one.rate), people=formats.number(one.people)
    )  # fmt: skip


def segment_words(by: str, value: str) -> str:
    """A part of the people in words: "the source Instagram"."""
    if by == "source":
        return format_html(gettext("the source <bdi>{name}</bdi>"), name=source_label(value))
    if by == "channel":
        word = str(CHANNELS[value][0]) if value in CHANNELS else value or gettext("none recorded")
        return format_html(gettext("the first channel <bdi>{name}</bdi>"), name=word)
    return format_html(gettext("the city <bdi>{name}</bdi>"), name=value or gettext("none recorded"))


@dataclass(frozen=True)
class Standing:
    """Where people stood: a stage, how many, their share, the change since the days began."""

    label: str
    people: str
    share: float
    change: str
    url: str


def _stands_url(query: str, stage: str) -> str:
    """Those who stand there; "" of visitors, since nobody of them is known."""
    return people_url(query, stage=stage, side="stands") if stage != VISITOR else ""


def standing(found: Sequence[tuple[str, int, int]], query: str) -> list[Standing]:
    """Lines of the page of where everybody stands."""
    whole = sum(then for _stage, then, _before in found) or 1
    return [
        Standing(
            label=str(LABELS[stage]), people=formats.number(then), share=then / whole,
            change=f"{'+' if then > before else '−' if then < before else ''}{formats.number(abs(then - before))}",
            url=_stands_url(query, stage),
        )
        for stage, then, before in found
    ]  # fmt: skip


def standing_picture(found: Sequence[tuple[str, int, int]], query: str) -> Chart:
    """Bars of where everybody stood."""
    whole = sum(then for _stage, then, _before in found)
    bought = sum(then for stage, then, _before in found if stage in (CUSTOMER, REPEAT))
    answer = format_html(
        gettext("Of {whole} whom we have seen, <b>{bought}</b> had bought by the end of these days."),
        whole=formats.number(whole), bought=formats.number(bought),
    )  # fmt: skip
    return Chart(
        name="standing", question=gettext("Where does everybody stand?"), answer=answer, kind="bar",
        x=Axis(labels=[str(LABELS[stage]) for stage, _then, _before in found], format="text"), y=Axis(),
        series=[Series(label=pgettext("funnel", "People"), values=[then for _stage, then, _before in found])],
        links=[_stands_url(query, stage) for stage, _then, _before in found],
        columns=[gettext("Stage"), pgettext("funnel", "People"), gettext("Share"), gettext("Before these days")],
        rows=[
            [
                Link(str(LABELS[stage]), _stands_url(query, stage)) if stage != VISITOR else str(LABELS[stage]), then,
                Share(then / (whole or 1)), before,
            ]
            for stage, then, before in found
        ],
    )  # fmt: skip


def definitions() -> list[tuple[str, str]]:
    """Every stage with what it means."""
    return [(str(LABELS[name]), str(MEANINGS[name])) for name in STAGES]
