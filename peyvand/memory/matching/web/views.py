"""The queue of possible duplicates, the page of a merge, and the way back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching import access, queries, services, showing
from peyvand.memory.matching.errors import MergeError
from peyvand.memory.matching.models import Level, Pair, Redirect
from peyvand.memory.matching.services import choosing, moving
from peyvand.memory.matching.services.asking import find_ask


@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Open pairs, the surest first."""
    actor = request.actor
    level = request.GET.get("level", "")
    level = level if level in Level.values else ""
    found = queries.pairs(actor=actor, level=level)
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
        "total": total,
        "total_more": more,
        "level": level,
        "levels": [("", gettext("All")), *Level.choices],
        "lines": [
            {"pair": pair, "for": showing.words(pair.reasons), "against": showing.words(pair.reasons, against=True)}
            for pair in page.rows
        ],
        "may_find": actor.may(access.FIND),
        "bulk": False,
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
            one.key: value for one in choosing.choices(kept, gone)
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
    context = {
        "kept": kept,
        "gone": gone,
        "choices": choosing.choices(kept, gone),
        "moving": moving.counts(gone.pk).items(),
    }
    return render(request, "matching/merge.html", context, status=200)


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
