"""The queue of possible duplicates, the page of a merge, and the way back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.consents import access as consents_access
from peyvand.memory.consents import queries as consents
from peyvand.memory.consents import showing as consents_showing
from peyvand.memory.consents.models import Decision
from peyvand.memory.customers import access as customers_access
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching import access, queries, services, showing
from peyvand.memory.matching.errors import MergeError
from peyvand.memory.matching.models import Level, Pair, Redirect
from peyvand.memory.matching.services import choosing, moving
from peyvand.memory.matching.services.asking import find_ask

MOST_AT_ONCE = 200


@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Open pairs, the surest first."""
    actor = request.actor
    level = request.GET.get("level", "")
    level = level if level in Level.values else ""
    found = queries.pairs(actor=actor, level=level)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    before = request.GET.get("before")
    try:
        page = paginate(
            found,
            order=queries.SUREST_FIRST,
            cursor=before or request.GET.get("after"),
            size=25,
            backwards=bool(before),
        )
    except BadCursorError:
        page = paginate(found, order=queries.SUREST_FIRST, size=25)
    total, more = capped_count(found)
    context = {
        "page": page,
        "page_url": f"?level={level}&" if level else "?",
        "count_url": f"?level={level}&count=exact" if level else "?count=exact",
        "total": total,
        "total_more": more,
        "level": level,
        "levels": [("", gettext("All")), *Level.choices],
        "lines": [{"pair": pair, "reasons": showing.reasons(pair)} for pair in page.rows],
        "may_find": actor.may(access.FIND),
        "may_merge": actor.may(customers_access.EDIT),
        "bulk": None if actor.may(customers_access.EDIT) else False,
        "empty": Empty(
            title=gettext("No duplicates wait for you"),
            text=gettext("After every import and every night, names, phones and emails are compared; pairs that may be "
                         "the same person stand here."),
            icon="users",
        ),
    }  # fmt: skip
    return render(request, "matching/queue.html", context)


@require_POST
def find(request: StaffRequest) -> HttpResponse:
    """Search the whole base now; to its progress."""
    return redirect("jobs:run", find_ask(actor=request.actor).pk)


@require_POST
def decide(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Not the same, or later."""
    later = request.POST.get("what") == "later"
    verb = services.later if later else services.different
    try:
        done = verb(actor=request.actor, pair_id=pair_id)
    except Pair.DoesNotExist:
        raise Http404 from None
    text = gettext("You will be asked again in a month.") if later else gettext("These two stay two.")
    toast(request, text, undo_url=reverse("changes:undo", args=[done]))
    return redirect("matching:queue")


def _two(actor: Actor, kept_id: int, gone_id: int) -> tuple[Customer, Customer]:
    try:
        return queries.two(actor=actor, kept_id=kept_id, gone_id=gone_id)
    except Customer.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, kept_id: int, gone_id: int) -> HttpResponse:
    """Choose field by field, see what moves, and make two records one."""
    actor = request.actor
    kept, gone = _two(actor, kept_id, gone_id)
    if request.method == "POST":
        choices = {
            one.key: value for one in choosing.seen(actor=actor, kept=kept, gone=gone)
            if (value := request.POST.get(f"field-{one.key}", "")) in ("kept", "gone", "both")
        }  # fmt: skip
        try:
            done = services.merge(actor=actor, kept=kept.pk, gone=gone.pk, choices=choices)
        except MergeError as error:
            toast(request, str(error), level="bad")
            return redirect("matching:queue")
        except Customer.DoesNotExist:
            raise Http404 from None
        text = gettext("%(gone)s and %(kept)s are one record now.") % {"gone": gone.name, "kept": kept.name}
        toast(request, text, undo_url=reverse("changes:undo", args=[done.change_set_id]))
        return redirect("customers:one", done.kept_id)
    pair = queries.pairs(actor=actor).filter(a_id=min(kept_id, gone_id), b_id=max(kept_id, gone_id)).first()
    context = {
        "kept": kept,
        "gone": gone,
        "choices": choosing.seen(actor=actor, kept=kept, gone=gone),
        "moving": moving.counts(gone.pk).items(),
        "consents": _consents(actor, kept, gone),
        "pair": pair,
        "reasons": showing.reasons(pair) if pair else [],
    }
    return render(request, "matching/merge.html", context, status=200)


def _consents(actor: Actor, kept: Customer, gone: Customer) -> list[dict[str, object]]:
    """What each of the two allows and what will stand, where the actor sees both."""
    if not actor.may(consents_access.VIEW):
        return []
    return [
        {
            "purpose": one.purpose,
            "channel": consents_showing.channel_of(one.channel),
            "sides": [_word(one.kept.decision if one.kept else ""), _word(one.gone.decision if one.gone else "")],
            "after": _word(one.after),
        }
        for one in consents.after_merge(actor=actor, kept_id=kept.pk, gone_id=gone.pk)
    ]


def _word(decision: str) -> dict[str, str]:
    if not decision:
        return {}
    found = Decision(decision)
    return {
        "word": consents_showing.word_of(decision),
        "icon": consents_showing.SIGNS[found],
        "tone": consents_showing.TONES[found],
    }


# ── several at one stroke ─────────────────────────────────────────────────


def _ids(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 19][:MOST_AT_ONCE]


@require_POST
def several(request: StaffRequest) -> HttpResponse:
    """Ticked pairs, first shown with what stays of each, then made one record each at one stroke."""
    actor = request.actor
    actor.require(access.MERGE)
    actor.require(customers_access.EDIT)
    found = queries.pairs_by_id(actor=actor, ids=_ids(request.POST.getlist("ids")))
    if not found:
        toast(request, gettext("Choose pairs that are still open."), level="info")
        return redirect("matching:queue")
    if request.POST.get("sure") != "1":
        lines = [
            {
                "pair": pair,
                "reasons": showing.reasons(pair),
                "fields": len(choosing.seen(actor=actor, kept=pair.a, gone=pair.b)),
            }
            for pair in found
        ]
        return render(request, "matching/several.html", {"lines": lines})
    chosen = [
        (pair.b_id, pair.a_id) if request.POST.get(f"stays-{pair.pk}") == "b" else (pair.a_id, pair.b_id)
        for pair in sorted(found, key=lambda one: (one.a_id, one.b_id))  # the eldest of many stays
    ]
    done = services.merge_many(actor=actor, pairs=chosen)
    _told(request, done)
    return redirect("matching:queue")


def _told(request: StaffRequest, done: services.MergedBatch) -> None:
    count = len(done.merged)
    text = ngettext("%(count)s pair was merged.", "%(count)s pairs were merged.", count) % {"count": number(count)}
    if done.left:
        rest = ngettext("%(count)s could not be merged.", "%(count)s could not be merged.", len(done.left))
        text = f"{text} {rest % {'count': number(len(done.left))}}"
    undo = reverse("matching:unmerge-batch", args=[done.batch]) if count else ""
    toast(request, text, undo_url=undo, level="good" if count else "bad")


@require_POST
def unmerge_batch(request: StaffRequest, batch: int) -> HttpResponse:
    """Take apart everything that was merged at one stroke."""
    count = services.unmerge_batch(actor=request.actor, batch=batch)
    if not count:
        raise Http404
    text = ngettext("%(count)s merge was taken back.", "%(count)s merges were taken back.", count)
    toast(request, text % {"count": number(count)})
    return redirect("matching:merged")


@require_safe
def merged(request: StaffRequest) -> HttpResponse:
    """What was merged, latest first, with the way back: one by one, or all of one stroke."""
    found = queries.merges(actor=request.actor)
    before = request.GET.get("before")
    cursor = before or request.GET.get("after")
    try:
        page = paginate(found, order=queries.LATEST_FIRST, cursor=cursor, size=50, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=queries.LATEST_FIRST, size=50)
    context = {
        "page": page,
        "page_url": "?",
        "bulk": False,
        "empty": Empty(
            title=gettext("Nothing has been merged"),
            text=gettext("When two records become one, it is listed here, and can be taken back."),
            icon="git-merge",
            action=gettext("Duplicates"),
            url=reverse("matching:queue"),
        ),
    }
    return render(request, "matching/merged.html", context)


@require_POST
def unmerge(request: StaffRequest, customer_id: int, gone_id: int) -> HttpResponse:
    """Two records again."""
    actor = request.actor
    actor.require(access.MERGE)
    if not Redirect.objects.filter(gone_id=gone_id, kept_id=customer_id).exists():
        raise Http404
    try:
        done = services.unmerge(actor=actor, gone_id=gone_id)
    except (Redirect.DoesNotExist, Customer.DoesNotExist):
        raise Http404 from None
    except MergeError as error:
        toast(request, str(error), level="bad")
        return redirect("customers:one", customer_id)
    text = gettext("They are two records again.")
    if done.added:
        text = f"{text} " + gettext("What was added since stays here.")
    toast(request, text)
    return redirect("customers:one", done.gone_id)
