"""REST routes of who is who: possible duplicates, merging, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import After, Given, Id, Size, example, page
from peyvand.memory.consents import access as consents_access
from peyvand.memory.consents import queries as consents
from peyvand.memory.matching import access, quality, queries, services, showing
from peyvand.memory.matching.models import Pair, Quality, Redirect
from peyvand.memory.matching.queries import SUREST_FIRST
from peyvand.memory.matching.services import choosing, moving
from peyvand.memory.matching.services.asking import find_ask
from peyvand.memory.matching.services.measuring import quality_ask

MOST_PAIRS = 200
Side = Literal["kept", "gone", "both"]
router = Router(tags=["duplicates"])


class SideOut(Schema):
    """One of the two."""

    id: int
    name: str


class ReasonOut(Schema):
    """What agreed (same, near, sound, part) or stood against it (other); `weight` in bits, null of exact rules."""

    what: str
    how: str
    weight: float | None


class PairOut(Schema):
    """Two who may be the same. `score` is the probability from 0 to 1; `words` say why, for the reader."""

    id: int
    a: SideOut
    b: SideOut
    kind: str
    score: float
    level: str
    state: str
    reasons: list[ReasonOut]
    words: list[str]
    found_at: datetime
    later_until: datetime | None

    @staticmethod
    def resolve_words(pair: Pair) -> list[str]:
        return [str(word) for word in showing.words(pair.reasons)]


class PairPage(Schema):
    """A page, the surest first; `next` is the cursor of the page after, null at the end."""

    items: list[PairOut]
    next: str | None


class DecideIn(Given):
    """`different`: never asked again; `later`: in a month."""

    model_config = example({"decision": "different"})

    decision: Literal["different", "later"]


class DecidedOut(Schema):
    """The change set that takes it back."""

    change_set_id: int


class RunOutShort(Schema):
    """The long work that was begun; see /runs."""

    run_id: int


class MergeChoiceOut(Schema):
    """A field whose two values differ, which stays unless you say otherwise, and why.

    `kept` and `gone` are the values as they lie in the record, links by id; `…_text` as people read them.
    """

    key: str
    label: str
    kept: Any
    gone: Any
    kept_text: str
    gone_text: str
    chosen: Side
    why: str
    joinable: bool


class MeetingOut(Schema):
    """What both allow of a purpose over a channel ("" for nothing said), and what will stand."""

    purpose: str
    channel: str
    kept: str
    gone: str
    after: str


class PreviewOut(Schema):
    """What a merge would ask and move: `moving` counts the rows of the one who goes, by what they are."""

    kept_id: int
    gone_id: int
    choices: list[MergeChoiceOut]
    consents: list[MeetingOut]
    moving: dict[str, int]


class MergeIn(Given):
    """Who goes into the customer of the address, and by field which value stays; the rest follows the first choice."""

    model_config = example({"gone_id": 2, "choices": {"city": "gone"}})

    gone_id: Id
    choices: dict[Annotated[str, Field(max_length=60)], Side] = Field(default_factory=dict, max_length=300)


class MergedOut(Schema):
    """What a merge did; `moved` counts rows by table."""

    kept_id: int
    gone_id: int
    change_set_id: int
    moved: dict[str, int]


class TwoIn(Given):
    """One merge of many."""

    kept_id: Id
    gone_id: Id


class MergesIn(Given):
    """Merges done at one stroke, each by the first choices."""

    model_config = example({"pairs": [{"kept_id": 1, "gone_id": 2}]})

    pairs: list[TwoIn] = Field(min_length=1, max_length=MOST_PAIRS)


class BatchOut(Schema):
    """Those that could be merged, the number by which all of them are taken back, and those that could not."""

    batch: int
    merged: list[MergedOut]
    left: list[tuple[int, int]]


class UnmergedOut(Schema):
    """What an un-merge did: rows that went back, rows that stay since they were edited, and what was added since."""

    kept_id: int
    gone_id: int
    change_set_id: int
    undone: int
    kept: int
    added: dict[str, int]


class BatchUndoneOut(Schema):
    """How many merges were taken back."""

    unmerged: int


class RedirectOut(Schema):
    """A record that was merged into this one."""

    gone_id: int
    gone_name: str
    merged_at: datetime
    change_set_id: int


# ── the queue ─────────────────────────────────────────────────────────────


@router.get("/duplicates", response=PairPage, summary="Possible duplicates, the surest first")
def duplicates_list(
    request: StaffRequest,
    level: Literal["", "certain", "likely", "possible"] = "",
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Open ones, both sides of which you may see and merge."""
    return page(queries.pairs(actor=request.actor, level=level), order=SUREST_FIRST, after=after, size=size)


@router.post("/duplicates/find", response={202: RunOutShort}, summary="Search the whole base for duplicates")
def duplicates_find(request: StaffRequest) -> tuple[int, dict[str, int]]:
    """Long work: look at the run. A search that waits already is given instead."""
    return 202, {"run_id": find_ask(actor=request.actor).pk}


@router.post("/duplicates/merge", response=BatchOut, summary="Merge many pairs at one stroke")
def duplicates_merge(request: StaffRequest, data: MergesIn) -> services.MergedBatch:
    """Each its own change set; pairs that can't be merged are left out."""
    request.actor.require(access.MERGE)
    pairs = [(pair.kept_id, pair.gone_id) for pair in data.pairs]
    return services.merge_many(actor=request.actor, pairs=pairs)


@router.post("/duplicates/batches/{int:batch}/undo", response=BatchUndoneOut, summary="Take such a stroke back")
def duplicates_unmerge(request: StaffRequest, batch: int) -> dict[str, int]:
    """The last merge first; those that can't be taken back stay."""
    request.actor.require(access.MERGE)
    if not Redirect.objects.filter(batch=batch, kept__in=queries.mergeable(actor=request.actor)).exists():
        raise Http404
    return {"unmerged": services.unmerge_batch(actor=request.actor, batch=batch)}


@router.get("/duplicates/{int:pair_id}", response=PairOut, summary="One pair")
def duplicates_get(request: StaffRequest, pair_id: int) -> Pair:
    """Decided ones too."""
    request.actor.require(access.MERGE)
    return Pair.objects.visible_to(request.actor).select_related("a", "b").get(pk=pair_id)


@router.post("/duplicates/{int:pair_id}/decide", response=DecidedOut, summary="Not the same, or later")
def duplicates_decide(request: StaffRequest, pair_id: int, data: DecideIn) -> dict[str, int]:
    """Undo brings the pair back into the queue."""
    verb = services.later if data.decision == "later" else services.different
    return {"change_set_id": verb(actor=request.actor, pair_id=pair_id)}


# ── one merge, and the way back ───────────────────────────────────────────


@router.get("/customers/{int:customer_id}/merge", response=PreviewOut, summary="What a merge would ask and move")
def merge_preview(request: StaffRequest, customer_id: int, gone_id: Id) -> dict[str, Any]:
    """Nothing is changed. Fields that are hidden from you are left out, and follow the first choice."""
    kept, gone = queries.two(actor=request.actor, kept_id=customer_id, gone_id=gone_id)
    return {
        "kept_id": kept.pk, "gone_id": gone.pk,
        "choices": [
            {**vars(one), "label": str(one.label), "why": str(one.why)}
            for one in choosing.seen(actor=request.actor, kept=kept, gone=gone)
        ],
        "consents": _meetings(request.actor, kept.pk, gone.pk),
        "moving": _labelled(moving.counts(gone.pk)),
    }  # fmt: skip


def _meetings(actor: Actor, kept_id: int, gone_id: int) -> list[dict[str, str]]:
    if not actor.may(consents_access.VIEW):
        return []
    return [
        {
            "purpose": one.purpose.key, "channel": one.channel, "kept": one.kept.decision if one.kept else "",
            "gone": one.gone.decision if one.gone else "", "after": one.after,
        }
        for one in consents.after_merge(actor=actor, kept_id=kept_id, gone_id=gone_id)
    ]  # fmt: skip


def _labelled(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(label): count for label, count in counts.items()}


@router.post("/customers/{int:customer_id}/merge", response=MergedOut, summary="Merge another record into this one")
def merge(request: StaffRequest, customer_id: int, data: MergeIn) -> services.Merged:
    """Everything moves; consent is the stricter of the two; the old id leads to this one from now on."""
    kept, gone = queries.two(actor=request.actor, kept_id=customer_id, gone_id=data.gone_id)
    return services.merge(actor=request.actor, kept=kept.pk, gone=gone.pk, choices=data.choices)


@router.get("/customers/{int:customer_id}/merged", response=list[RedirectOut], summary="Who was merged into this one")
def merged_list(request: StaffRequest, customer_id: int) -> list[Redirect]:
    """Those that can come apart again, the latest first."""
    request.actor.require(access.MERGE)
    if not queries.mergeable(actor=request.actor).filter(pk=customer_id).exists():
        raise Http404
    return queries.merged_here(actor=request.actor, customer_id=customer_id)


@router.post("/customers/{int:customer_id}/unmerge", response=UnmergedOut, summary="Take a merge back")
def unmerge(request: StaffRequest, customer_id: int) -> dict[str, Any]:
    """`customer_id` is the record that went. Both are as they were; what was added since stays with the other."""
    done = services.unmerge(actor=request.actor, gone_id=customer_id)
    return {**vars(done), "added": _labelled(done.added)}


# ── how good the base is ──────────────────────────────────────────────────


class QualityOut(Schema):
    """The quality of the base on a day: `score` is the percentage of active records that have all four `parts`.

    `figures` has counts of active records by part, by field (`fields`: how many have it filled) and by kind.
    """

    day: date
    score: float
    figures: dict[str, Any]
    computed_at: datetime


class QualityPage(Schema):
    """A page of days, the oldest first; `next` is the cursor of the page after, null at the end."""

    items: list[QualityOut]
    next: str | None


@router.get("/quality", response=QualityOut, summary="How good the base is")
def quality_latest(request: StaffRequest) -> Quality:
    """As it was counted last; 404 before the first count."""
    found = quality.latest(actor=request.actor)
    if found is None:
        raise Http404
    return found


@router.get("/quality/days", response=QualityPage, summary="How good the base was, day by day")
def quality_days(request: StaffRequest, after: After | None = None, size: Size = 50) -> dict[str, Any]:
    """It is counted every night, and whenever somebody asks."""
    return page(quality.days(actor=request.actor), order=("day", "id"), after=after, size=size)


@router.post("/quality/count", response={202: RunOutShort}, summary="Count how good the base is")
def quality_count(request: StaffRequest) -> tuple[int, dict[str, int]]:
    """Long work: look at the run. A count that waits already is given instead."""
    return 202, {"run_id": quality_ask(actor=request.actor).pk}
