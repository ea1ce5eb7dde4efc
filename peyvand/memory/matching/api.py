"""REST routes of who is who: possible duplicates, merging, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import models
from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import After, Given, Id, Size, example, page
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.matching import access, queries, services, showing
from peyvand.memory.matching.models import Pair, Redirect
from peyvand.memory.matching.queries import SUREST_FIRST
from peyvand.memory.matching.services import choosing, moving
from peyvand.memory.matching.services.asking import find_ask

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


class ChoiceOut(Schema):
    """A field whose two values differ, which stays unless you say otherwise, and why."""

    key: str
    label: str
    kept: Any
    gone: Any
    chosen: Side
    why: str
    joinable: bool


class PreviewOut(Schema):
    """What a merge would ask and move: `moving` counts the rows of the one who goes, by what they are."""

    kept_id: int
    gone_id: int
    choices: list[ChoiceOut]
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
    """Those that could be merged, and the number by which all of them are taken back."""

    batch: int
    merged: list[MergedOut]


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
        "choices": [_choice(one) for one in choosing.choices(kept, gone) if _seen(request.actor, one.key)],
        "moving": _labelled(moving.counts(gone.pk)),
    }  # fmt: skip


def _seen(actor: Actor, key: str) -> bool:
    return not actor.hides(f"{RECORD}.{key.replace('custom.', 'c.', 1)}")


def _choice(one: choosing.Choice) -> dict[str, Any]:
    return {
        "key": one.key, "label": str(one.label), "kept": _plain(one.kept), "gone": _plain(one.gone),
        "chosen": one.chosen, "why": str(one.why), "joinable": one.joinable,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """A record by its id, which is all that a program needs and may see."""
    return value.pk if isinstance(value, models.Model) else value


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
