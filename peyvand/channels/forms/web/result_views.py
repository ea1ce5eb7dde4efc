"""What was filled in: the list, one with what differs, what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.channels.forms import access, queries, services, showing
from peyvand.channels.forms.errors import InvalidError
from peyvand.channels.forms.exports import chosen_of
from peyvand.channels.forms.models import State, Submission, SubmissionFile
from peyvand.channels.forms.queries import NEWEST_FIRST
from peyvand.channels.forms.structure import SOURCES
from peyvand.channels.forms.suspicion import WHY
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files.web.views import sent
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.access import EDIT as CUSTOMERS_EDIT
from peyvand.memory.customers.errors import InvalidError as CustomerInvalidError
from peyvand.memory.customers.models import Customer

PAGE = 50
TONES = {State.NEW: "info", State.WAITING: "warn", State.CONFIRMED: "good", State.SPAM: "bad"}
NAMES = ("form", "state", "view", "q", "since", "customer")


@dataclass(frozen=True)
class Row:
    """A result as a list shows it."""

    one: Submission
    short: str
    tone: str
    differing: bool


def rows_of(found: Sequence[Submission], *, language: str) -> list[Row]:
    """The results with what was answered in a line; they were found by right."""
    versions = queries.versions_of(found)
    language = "fa" if language == "fa" else "en"
    return [
        Row(
            one, showing.short(one, versions[one.form_id, one.version], language=language), TONES[State(one.state)],
            any(differs["state"] == "open" for differs in one.suggestions),
        )
        for one in found
    ]  # fmt: skip


@require_safe
def results(request: StaffRequest) -> HttpResponse:
    """What was filled in, the latest first, under conditions that stand in the address."""
    actor = request.actor
    actor.require(access.VIEW)
    given = {name: value for name in NAMES if (value := request.GET.get(name, "").replace("\x00", "").strip()[:100])}
    narrowed = bool(given)
    if not given.keys() & {"state", "view"}:
        given["state"] = "open"  # spam is looked at where it is asked for
    chosen = chosen_of(given)
    found = queries.submissions(actor=actor, chosen=chosen).select_related("form", "customer")
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=NEWEST_FIRST, size=PAGE)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(found)
    context = {
        "page": page, "rows": rows_of(page.rows, language=actor.language), "total": total, "total_more": more,
        "page_url": f"?{urlencode(given)}&" if given else "?", "given": given, "bulk": False,
        "tabs": _tabs(given), "forms": _names(actor), "may_export": actor.may(access.EXPORT),
        "export_url": f"{reverse('transfer:export', args=['forms'])}?{urlencode(given)}",
        "form": queries.forms(actor=actor).filter(pk=chosen.form_id).first() if chosen.form_id else None,
        "empty": Empty(
            title=gettext("Nothing matches.") if narrowed else gettext("Nothing has been filled in yet"), icon="forms",
            text=gettext("What visitors fill in stands here, and in the history of the customer whose it is."),
            action=gettext("Forms"), url=reverse("forms:list"),
            sample=gettext("For example: a question from your site, a warranty card, a note of nine out of ten."),
        ),
    }  # fmt: skip
    return render(request, "forms/results.html", context)


def _names(actor: Actor) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in queries.forms(actor=actor).order_by("name").values_list("pk", "name")]


def _tabs(given: dict[str, str]) -> list[dict[str, object]]:
    tabs: list[tuple[str, dict[str, str]]] = [
        (gettext("All"), {"state": "open"}), (gettext("Different from what is known"), {"view": "differing"}),
        (gettext("Of nobody known"), {"view": "unknown"}),
        (gettext("Waits for a confirmation"), {"state": State.WAITING.value}), (gettext("Spam"), {"state": "spam"}),
    ]  # fmt: skip
    rest = {name: value for name, value in given.items() if name not in ("state", "view")}
    standing = {name: value for name, value in given.items() if name in ("state", "view")}
    return [
        {"label": label, "url": f"?{urlencode({**rest, **said})}", "current": standing == said, "count": ""}
        for label, said in tabs
    ]


def _result(actor: Actor, submission_id: int) -> Submission:
    actor.require(access.VIEW)
    try:
        return queries.submission_get(actor=actor, id=submission_id)
    except Submission.DoesNotExist:
        raise Http404 from None


@require_safe
def result(request: StaffRequest, submission_id: int) -> HttpResponse:
    """One of them: the answers, whose it is, what differs, where it came from."""
    actor = request.actor
    one = _result(actor, submission_id)
    version = queries.versions_of([one])[one.form_id, one.version]
    language = "fa" if actor.language == "fa" else "en"
    files = {file.pk for file in one.files.all()}
    context = {
        "one": one, "tone": TONES[State(one.state)], "files": files,
        "answers": showing.answers_of(one, version, language=language),
        "suggestions": showing.suggestions_of(one, version, actor=actor, language=language),
        "candidates": queries.candidates_of(actor=actor, submission=one) if one.customer is None else [],
        "several": len(one.candidates) > 1, "why": [WHY[name] for name in one.suspicion if name in WHY],
        "source": [(SOURCES[name], value) for name, value in one.source.items() if name in SOURCES],
        "may_handle": actor.may(access.HANDLE), "may_write": actor.may(access.HANDLE) and actor.may(CUSTOMERS_EDIT),
    }  # fmt: skip
    return render(request, "forms/result.html", context)


@require_POST
def do(request: StaffRequest, submission_id: int) -> HttpResponse:
    """Rescue it, put it among spam, accept or leave what differs, say whose it is."""
    actor = request.actor
    one = _result(actor, submission_id)
    what, name = request.POST.get("do", ""), request.POST.get("field", "")
    done: int | None = None
    words = gettext("Noted.")
    try:
        if what == "rescue":
            services.rescue(actor=actor, submission=one)
        elif what == "spam":
            done = services.spam(actor=actor, submission=one)
        elif what in ("accept", "dismiss"):
            accepted = what == "accept"
            done = services.suggestion_decide(actor=actor, submission=one, name=name, accepted=accepted)
            words = gettext("It stands with the customer now.") if accepted else gettext("It stays as it was.")
        elif what == "whose":
            given = request.POST.get("customer", "")
            pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
            person = Customer.objects.visible_to(actor, CUSTOMERS_EDIT).filter(pk=pk).first()
            if person is None:
                raise Http404
            done = services.whose(actor=actor, submission=one, customer=person)
        else:
            actor.require(access.HANDLE)
    except Submission.DoesNotExist:
        raise Http404 from None
    except (InvalidError, CustomerInvalidError) as error:
        toast(request, " ".join(str(text) for text in error.errors.values()), level="bad")
    else:
        toast(request, words, undo_url=reverse("changes:undo", args=[done]) if done else "")
    return redirect("forms:result", one.pk)


@require_safe
def file(request: StaffRequest, answer_file_id: int) -> HttpResponseBase:
    """A file that came with a result, as an attachment."""
    request.actor.require(access.VIEW)
    try:
        return sent(request, queries.file_get(actor=request.actor, id=answer_file_id).file)
    except SubmissionFile.DoesNotExist:
        raise Http404 from None
