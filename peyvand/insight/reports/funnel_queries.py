"""The funnel over the ways that were computed. Numbers need the right to reports; people only those the actor sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Exists, F, OuterRef, Q, QuerySet

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.periods import start_of_day_utc
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.reports import access
from peyvand.insight.reports.asked import Asked, today
from peyvand.insight.reports.models import Figure, Way, WayTouch
from peyvand.insight.reports.offers import offered
from peyvand.insight.reports.sources import DIRECT
from peyvand.insight.reports.stages import KNOWN, RECORDED, REPEAT, VISITOR
from peyvand.insight.reports.way_services import JOB, paths_name
from peyvand.memory.commerce.models import Cost, Order, OrderKind, OrderStatus
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer

SEGMENTS = {"source": "source", "channel": "channel", "city": "customer__city"}
LEAST = 20  # people at a stage: of fewer no share is told of a segment, and no stage is called the narrowest
SURE = 1.96  # standard errors by which two shares must differ to be called different
ALIVE = (Run.State.RUNNING, Run.State.WAITING)


class Median(Aggregate):
    """The middle of durations (linear between the two in the middle)."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Stage:
    """A stage: how many reached it, of these how many went on to a later one, how many came in here (`straight`), and
    the median days to the next stage, of those who reached both; None where nobody did.
    """

    name: str
    people: int
    on: int
    straight: int
    days: float | None

    @property
    def rate(self) -> float | None:
        """The share that went on."""
        return self.on / self.people if self.people else None

    @property
    def stand(self) -> int:
        """Those for whom it is the last one so far."""
        return self.people - self.on


@dataclass(frozen=True)
class Segment:
    """A part of those at a stage: by what (source, channel, city), which, how many there, how many went on."""

    by: str
    value: str
    people: int
    on: int

    @property
    def rate(self) -> float:
        """The share that went on."""
        return self.on / self.people


@dataclass(frozen=True)
class Narrowest:
    """The stage after which the smallest share goes on, the share of the period before (None where too few), and the
    segments that differ from the others by more than chance, the furthest first. Where it is that of visitors, most of
    whom nobody knows, `then` is the narrowest of those who are known.
    """

    stage: Stage
    before: float | None
    worse: bool
    segments: Sequence[Segment]
    then: Stage | None = None


@dataclass(frozen=True)
class Funnel:
    """Those who came in within the days. `strangers` of the visitors are browsers of nobody known; `seen` is how often
    advertisements were shown, None where no cost says so.
    """

    asked: Asked
    stages: Sequence[Stage]
    strangers: int
    seen: int | None
    as_of: date


def figure(*, actor: Actor, name: str, currency: str | None = None) -> Figure | None:
    """Figures that were computed; of several currencies the asked one, else the one kept first. None before that."""
    actor.require(access.VIEW)
    found = list(Figure.objects.filter(demo=actor.demo, name=name).select_related("load").order_by("id"))
    return next((one for one in found if one.currency == currency), found[0] if found else None)


def currencies(*, actor: Actor, name: str) -> list[str]:
    """The currencies that figures of the name are kept in, the one of most orders first."""
    actor.require(access.VIEW)
    return list(Figure.objects.filter(demo=actor.demo, name=name).order_by("id").values_list("currency", flat=True))


def computing(*, actor: Actor) -> Run | None:
    """The run that waits or is under way."""
    actor.require(access.VIEW)
    return Run.objects.filter(job=JOB, state__in=ALIVE, demo=actor.demo).order_by("state", "id").first()


def sources(*, actor: Actor) -> list[tuple[str, int]]:
    """Sources that people came by, with how many, the greatest first; none where the role does not see a source."""
    actor.require(access.VIEW)
    if actor.hides(f"{RECORD}.source"):
        return []
    found = Way.objects.filter(demo=actor.demo).values("source").annotate(n=Count("customer_id"))
    return [(row["source"], row["n"]) for row in found.order_by("-n", "source")]


def ways(*, actor: Actor, asked: Asked) -> QuerySet[Way]:
    """Everybody's ways that began within the days, of the source. For numbers: whom the actor sees is another thing."""
    actor.require(access.VIEW)
    found = Way.objects.filter(demo=actor.demo, entered_at__gte=asked.start, entered_at__lt=asked.end)
    return found if asked.source is None or actor.hides(f"{RECORD}.source") else found.filter(source=asked.source)


def funnel(*, actor: Actor, asked: Asked) -> Funnel | None:
    """How far those came who came in within the days; None before anything was computed."""
    kept = figure(actor=actor, name="funnel")
    if kept is None:
        return None
    strangers = _strangers(actor, kept, asked)
    return Funnel(
        asked=asked, stages=_stages(ways(actor=actor, asked=asked), strangers), strangers=strangers,
        seen=_seen(actor, asked), as_of=kept.as_of,
    )  # fmt: skip


def _at(stage: str) -> Q:
    return Q(**{f"{stage}_at__isnull": False})


def _later(stage: str) -> Q:
    """Some stage after this one was reached."""
    found = Q(pk__in=[])
    for later in RECORDED[RECORDED.index(stage) + 1 :]:
        found |= _at(later)
    return found


def _earlier(stage: str) -> Q:
    found = Q(pk__in=[])
    for earlier in RECORDED[: RECORDED.index(stage)]:
        found |= _at(earlier)
    return found


def _stages(found: QuerySet[Way], strangers: int) -> list[Stage]:
    asked: dict[str, Any] = {}
    for place, stage in enumerate(RECORDED):
        asked[f"{stage}_people"] = Count("pk", filter=_at(stage))
        if stage != REPEAT:
            following = RECORDED[place + 1]
            asked[f"{stage}_on"] = Count("pk", filter=_at(stage) & _later(stage))
            asked[f"{stage}_days"] = Median(F(f"{following}_at") - F(f"{stage}_at"), filter=_at(stage) & _at(following))
        asked[f"{stage}_straight"] = Count("pk", filter=_at(stage) & ~_earlier(stage))
    counted = found.aggregate(**asked)
    made = []
    for stage in RECORDED:
        days = counted.get(f"{stage}_days")
        more = strangers if stage == VISITOR else 0
        made.append(
            Stage(
                name=stage, people=counted[f"{stage}_people"] + more, on=counted.get(f"{stage}_on", 0),
                straight=0 if stage == VISITOR else counted[f"{stage}_straight"],
                days=days.total_seconds() / 86400 if days is not None else None,
            )
        )  # fmt: skip
    return made


def strangers(*, actor: Actor, asked: Asked) -> int:
    """How many browsers of nobody known are among the visitors of these days."""
    kept = figure(actor=actor, name="funnel")
    return _strangers(actor, kept, asked) if kept else 0


def _strangers(actor: Actor, kept: Figure, asked: Asked) -> int:
    """Browsers of nobody known whose first visit was within the days."""
    hides = actor.hides(f"{RECORD}.source")
    first, last = asked.since.isoformat(), asked.until.isoformat()
    return sum(
        count
        for day, source, count in kept.payload["strangers"]
        if first <= day <= last and (asked.source is None or hides or source == asked.source)
    )


def _seen(actor: Actor, asked: Asked) -> int | None:
    """How often advertisements were shown within the days, as costs that the actor may see tell; None where none does.

    Of a cost that also covers other days, the part of its days.
    """
    found = Cost.objects.visible_to(actor).filter(
        impressions__isnull=False, day_from__lte=asked.until, day_to__gte=asked.since
    )
    rows = found.values_list("impressions", "day_from", "day_to")
    shown = [
        (impressions or 0) * ((min(to, asked.until) - max(of, asked.since)).days + 1) / ((to - of).days + 1)
        for impressions, of, to in rows
    ]
    return round(sum(shown)) if shown else None


def narrowest(*, actor: Actor, found: Funnel) -> Narrowest | None:
    """Where most are lost, and whether that was so before and is so everywhere; None where too few came."""
    open_ = [stage for stage in found.stages if stage.name != REPEAT and stage.people >= LEAST and stage.rate != 1]
    if not open_:
        return None
    stage = min(open_, key=_rate)
    before = funnel(actor=actor, asked=found.asked.before())
    earlier = next(one for one in before.stages if one.name == stage.name) if before is not None else stage
    known = earlier.people >= LEAST
    return Narrowest(
        stage=stage, before=earlier.rate if known else None,
        worse=known and differs(stage.on, stage.people, earlier.on, earlier.people) < -SURE,
        segments=_segments(actor, found, stage.name),
        then=min((one for one in open_ if one.name != VISITOR), key=_rate, default=None)
        if stage.name == VISITOR else None,
    )  # fmt: skip


def _rate(stage: Stage) -> float:
    return stage.rate or 0.0


def _segments(actor: Actor, whole: Funnel, stage: str) -> list[Segment]:
    """Parts of those at the stage that differ from the others; of visitors by source: strangers have nothing else."""
    at = ways(actor=actor, asked=whole.asked).filter(_at(stage))
    made: list[tuple[float, Segment]] = []
    for by, column in SEGMENTS.items():
        if actor.hides(f"{RECORD}.{by}") or (stage == VISITOR and by != "source"):
            continue
        counted = at.values(value=F(column)).annotate(people=Count("pk"), on=Count("pk", filter=_later(stage)))
        parts = {row["value"]: (row["people"], row["on"]) for row in counted.order_by()}
        if stage == VISITOR:
            for source, count in _strange_sources(actor, whole.asked):
                people, on = parts.get(source, (0, 0))
                parts[source] = (people + count, on)
            parts.pop(DIRECT, None)  # of who is known it is hardly ever said, so the shares would not be alike
        made += _different(by, parts)
    return [segment for _gap, segment in sorted(made, key=lambda pair: (pair[0], pair[1].by, pair[1].value))]


def _different(by: str, parts: Mapping[str, tuple[int, int]]) -> Iterator[tuple[float, Segment]]:
    """The parts whose share differs from that of the others by more than chance, and by how many standard errors."""
    everybody, went = sum(people for people, _on in parts.values()), sum(on for _people, on in parts.values())
    for value, (people, on) in parts.items():
        if people >= LEAST and everybody - people >= LEAST:
            gap = differs(on, people, went - on, everybody - people)
            if abs(gap) > SURE:
                yield gap, Segment(by=by, value=value, people=people, on=on)


def _strange_sources(actor: Actor, asked: Asked) -> list[tuple[str, int]]:
    """Browsers of nobody known whose first visit was within the days, by source."""
    kept = figure(actor=actor, name="funnel")
    found: Counter[str] = Counter()
    for source in {source for _day, source, _count in kept.payload["strangers"]} if kept else ():
        if asked.source is None or asked.source == source:
            found[source] = _strangers(actor, kept, replace(asked, source=source)) if kept else 0
    return sorted(found.items())


def differs(on: int, people: int, other_on: int, other_people: int) -> float:
    """By how many standard errors the first share is above the second: the two-sample test of proportions with a
    pooled share (Agresti, *Categorical Data Analysis*, 3rd ed. 2013, section 3.2.2); 0 where there is no difference.
    """
    pooled = (on + other_on) / (people + other_people)
    error = (pooled * (1 - pooled) * (1 / people + 1 / other_people)) ** 0.5
    return (on / people - other_on / other_people) / error if error else 0.0


def standing(*, actor: Actor, asked: Asked) -> list[tuple[str, int, int]]:
    """Where everybody stood at the end of the days, and before their beginning: [(stage, then, before)]."""
    kept = figure(actor=actor, name="funnel")
    everybody = Way.objects.filter(demo=actor.demo)
    if asked.source is not None and not actor.hides(f"{RECORD}.source"):
        everybody = everybody.filter(source=asked.source)
    counts: dict[str, Any] = {}
    for name, moment in (("then", asked.end), ("before", asked.start)):
        for stage in RECORDED:
            counts[f"{stage}_{name}"] = Count("pk", filter=stands(stage, moment))
    counted = everybody.aggregate(**counts)
    found = []
    for stage in RECORDED:
        then, before = counted[f"{stage}_then"], counted[f"{stage}_before"]
        if stage == VISITOR and kept is not None:
            first = date(1, 1, 1)
            then += _strangers(actor, kept, Asked(first, asked.until, asked.source))
            before += _strangers(actor, kept, Asked(first, asked.before().until, asked.source))
        found.append((stage, then, before))
    return found


def stands(stage: str, moment: Any) -> Q:
    """Their last stage before the moment is this one."""
    found = Q(**{f"{stage}_at__lt": moment})
    for later in RECORDED[RECORDED.index(stage) + 1 :]:
        found &= Q(**{f"{later}_at__isnull": True}) | Q(**{f"{later}_at__gte": moment})
    return found


@dataclass(frozen=True)
class Behind:
    """Which people: those who reached a `stage` (`side` "reached"), went no further ("stopped"), came in there
    ("straight"), stood there at the end ("stands"), or were won within the days ("won", in the asked currency; with
    `discounted`, by a discount or not; with `offer`, by that offer). `touch`: those on whose path to an order the
    touchpoint stands, of the last year, or of the last `window` days.
    """

    stage: str = KNOWN
    side: str = "reached"
    discounted: bool | None = None
    touch: str = ""
    window: int = 0
    offer: str | None = None


def behind(*, actor: Actor, asked: Asked, which: Behind) -> QuerySet[Way]:
    """Everybody behind a number; for counting those whom the actor does not see."""
    actor.require(access.VIEW)
    everybody = Way.objects.filter(demo=actor.demo)
    if asked.source is not None and not actor.hides(f"{RECORD}.source"):
        everybody = everybody.filter(source=asked.source)
    if which.touch:
        touched = WayTouch.objects.filter(demo=actor.demo, touchpoint=which.touch, customer_id=OuterRef("customer_id"))
        if which.window:
            # On their last path with it, it was last touched at `last_at`; the order that this path ends in is their
            # next paid one, and lies in the window where none lies between the touch and the window.
            kept = figure(actor=actor, name=paths_name(which.window))
            first = (kept.as_of if kept is not None else today()) - timedelta(days=which.window - 1)
            begins = start_of_day_utc(first, workspace_settings.text("time_zone"))
            between = Order.objects.filter(
                demo=actor.demo, kind=OrderKind.SALE, customer_id=OuterRef("customer_id"),
                placed_at__gte=OuterRef("last_at"), placed_at__lt=begins,
            ).exclude(status=OrderStatus.CANCELLED).exclude(tracks_payment=True, paid_minor__lte=0)  # fmt: skip
            touched = touched.filter(Q(last_at__gte=begins) | ~Exists(between))
        return everybody.filter(Exists(touched))
    if which.side == "won":
        found = everybody.filter(customer_at__gte=asked.start, customer_at__lt=asked.end)
        if asked.currency:
            found = found.filter(first_currency=asked.currency)
        if which.offer is not None:
            return offered(found, which.offer)
        return found if which.discounted is None else found.filter(discounted=which.discounted)
    if which.side == "stands":
        return everybody.filter(stands(which.stage, asked.end))
    found = ways(actor=actor, asked=asked).filter(_at(which.stage))
    if which.side == "stopped":
        return found.exclude(_later(which.stage)) if which.stage != REPEAT else found
    return found.exclude(_earlier(which.stage)) if which.side == "straight" and which.stage != VISITOR else found


def people(*, actor: Actor, asked: Asked, which: Behind) -> QuerySet[Way]:
    """The people behind a number, the latest first: only those the actor may see."""
    found = behind(actor=actor, asked=asked, which=which).filter(customer__in=Customer.objects.visible_to(actor))
    return found.select_related("customer").order_by("-entered_at", "id")
