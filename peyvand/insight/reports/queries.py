"""The reads of reports: what is kept, and what a question gives for its reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports import access, asking
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Answer, AnswerState, Dashboard, Mailing, Report, ShareLink
from peyvand.insight.reports.planning import plan_of, spans
from peyvand.insight.reports.questions import Checked, Question, checked
from peyvand.insight.reports.rows import RowKind, kind_of
from peyvand.insight.reports.spans import Span
from peyvand.insight.warehouse import place
from peyvand.memory.customers.models import Customer


@dataclass(frozen=True)
class Got:
    """What a question gave. Without `payload`, `refused` says why in the reader's words; without both it is still
    being computed. Days of `span` and `beside` are those of the warehouse.
    """

    asked: Checked | None
    payload: dict[str, Any] | None = None
    refused: str = ""
    span: Span | None = None
    beside: Span | None = None
    fresh_until: datetime | None = None
    ms: int = 0

    @property
    def waiting(self) -> bool:
        """Whether it is still being computed."""
        return self.payload is None and not self.refused


def reports(*, actor: Actor, archived: bool = False) -> QuerySet[Report]:
    """Reports that one may open."""
    actor.require(access.VIEW)
    return Report.objects.visible_to(actor).filter(archived=archived).select_related("owner").order_by("name", "id")


def dashboards(*, actor: Actor, archived: bool = False) -> QuerySet[Dashboard]:
    """Dashboards that one may open."""
    actor.require(access.VIEW)
    found = Dashboard.objects.visible_to(actor).filter(archived=archived)
    return found.select_related("owner").order_by("name", "id")


def links(*, actor: Actor, kept: Report | Dashboard) -> QuerySet[ShareLink]:
    """The open links to it, whoever made them."""
    actor.require(access.SHARE)
    of = {"report": kept} if isinstance(kept, Report) else {"dashboard": kept}
    return ShareLink.objects.filter(demo=actor.demo, revoked_at=None, **of).select_related("owner").order_by("-id")


def mailings(*, actor: Actor) -> QuerySet[Mailing]:
    """Mailings that one has made; all of them, for who may share."""
    actor.require(access.VIEW)
    found = Mailing.objects.filter(demo=actor.demo).select_related("report", "dashboard", "owner")
    if not actor.may(access.SHARE):
        found = found.filter(owner_id=actor.user_id or 0)
    return found.order_by("-active", "next_at", "id")


def answers(
    *, actor: Actor, questions: Sequence[Question], wait: float = asking.DEADLINE, kept: bool = False
) -> list[Got]:
    """What each question gives for the actor, in their calendar and language; all asked at once. `kept`: see
    `asking.ask`.
    """
    reader = current_reader()
    found: list[Got | tuple[Checked, dict[str, Any]]] = []
    for question in questions:
        try:
            asked = checked(actor, question)
        except RefusedError as error:
            found.append(Got(asked=None, refused=str(error)))
            continue
        found.append((asked, plan_of(actor, asked, calendar=reader.calendar, language=reader.language)))
    plans = [one[1] for one in found if isinstance(one, tuple)]
    if plans and not place.token():
        empty = gettext("The warehouse is still empty. Once there are orders or customers, figures appear here.")
        return [Got(asked=one[0], refused=empty) if isinstance(one, tuple) else one for one in found]
    got = iter(asking.ask(plans, wait=wait, kept=kept) if plans else [])
    return [_got(one[0], next(got)) if isinstance(one, tuple) else one for one in found]


def answer(*, actor: Actor, question: Question, wait: float = asking.DEADLINE, kept: bool = False) -> Got:
    """What one question gives."""
    return answers(actor=actor, questions=[question], wait=wait, kept=kept)[0]


def _got(asked: Checked, answer: Answer) -> Got:
    span, other = spans(asked, current_reader().calendar)
    payload = answer.payload if answer.state == AnswerState.READY else None
    refused = gettext(answer.sentence) if answer.state == AnswerState.REFUSED else ""
    if answer.state == AnswerState.FAILED:
        refused = gettext("This could not be computed. Change the question, or try again later.")
    return Got(
        asked=asked, payload=payload, refused=refused, span=span, beside=other, fresh_until=answer.fresh_until,
        ms=answer.ms,
    )  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """The customers behind a cell whom the actor may see, or the records of `kind`; how many more there are; of
    customers, how many rows name nobody. `kinds` are the records that can be asked for.
    """

    got: Got
    found: QuerySet[Any]
    hidden: int = 0
    nameless: int = 0
    more: bool = False
    kind: RowKind | None = None
    offered: RowKind | None = None


def behind(*, actor: Actor, question: Question, cell: Sequence[Any], rows: bool = False, wait: float = 5.0) -> Behind:
    """Who is behind a cell, or with `rows` which records: `cell` has a value a dimension, "*" for any, None for none;
    RefusedError as `checked`.
    """
    actor.require("customers.view")
    asked = checked(actor, question)
    offered = kind_of(asked.subject.fact.name)
    kind = offered if rows else None
    nobody: QuerySet[Any] = kind.found(actor, (), narrowly=False) if kind else Customer.objects.none()
    if not asked.subject.people and kind is None:
        return Behind(Got(asked=asked, refused=gettext("No customers are known behind these rows.")), nobody)
    reader = current_reader()
    plan = plan_of(
        actor, asked, calendar=reader.calendar, language=reader.language, people=cell,
        rows_path=kind.path if kind else None,
    )  # fmt: skip
    if not place.token():
        return Behind(Got(asked=asked, refused=gettext("The warehouse is still empty.")), nobody)
    got = _got(asked, asking.ask([plan], wait=wait)[0])
    if got.payload is None:
        return Behind(got, nobody, kind=kind, offered=offered)
    ids = got.payload["ids"]
    if kind:
        seen = kind.found(actor, ids, narrowly=bool(plan["fewest"]))
    else:
        seen = Customer.objects.visible_to(actor).filter(pk__in=ids)
    nameless = 0 if kind else got.payload["nameless"]
    return Behind(got, seen, len(ids) - seen.count(), nameless, got.payload["more"], kind, offered)
