"""Articles: the list, reading, writing, versions side by side."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.formats import local_date, read_date
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.knowledge import access, queries, services
from peyvand.memory.knowledge.errors import ChangedMeanwhileError, InvalidError
from peyvand.memory.knowledge.models import Article, ArticleVersion, Audience, Language
from peyvand.memory.knowledge.queries import ArticleFilter, Shown
from peyvand.memory.knowledge.rendering import drawn
from peyvand.memory.knowledge.web.forms import ArticleForm, initial_of

PAGE = 50
ORDER = ("-updated_at", "-id")
STATES = ("draft", "published", "due", "archived")
LONGEST = 200
MOST_LINES = 3000  # of a comparison


def _shown(actor: Actor, article_id: int) -> Shown:
    actor.require(access.VIEW)
    try:
        return queries.article_get(actor=actor, id=article_id)
    except Article.DoesNotExist:
        raise Http404 from None


def _asked(query: Mapping[str, str]) -> tuple[ArticleFilter, dict[str, str]]:
    given = {name: query.get(name, "").replace("\x00", "")[:LONGEST].strip() for name in
             ("q", "category", "state", "language", "audience", "owner")}  # fmt: skip
    for name, known in (("state", STATES), ("language", Language.values), ("audience", Audience.values)):
        if given[name] not in known:
            given[name] = ""
    for name in ("category", "owner"):
        if not (given[name].isascii() and given[name].isdecimal() and len(given[name]) < 19):
            given[name] = ""
    chosen = ArticleFilter(
        text=given["q"], category_id=int(given["category"]) if given["category"] else None, state=given["state"],
        language=given["language"], audience=given["audience"],
        owner_id=int(given["owner"]) if given["owner"] else None,
    )  # fmt: skip
    return chosen, {name: value for name, value in given.items() if value}


@require_safe
def article_list(request: StaffRequest) -> HttpResponse:
    """Articles, the latest changed first, by words, category, state, language, reader and owner."""
    actor = request.actor
    actor.require(access.VIEW)
    chosen, given = _asked(request.GET.dict())
    found = queries.articles(actor=actor, chosen=chosen).select_related("owner", "category")
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=ORDER, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=ORDER, size=PAGE)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(found)
    may_edit = actor.may(access.EDIT)
    context = {
        "page": page,
        "rows": queries.with_texts(actor=actor, rows=page.rows),
        "page_url": f"?{urlencode(given)}&" if given else "?",
        "total": total,
        "total_more": more,
        "count_url": f"?{urlencode({**given, 'count': 'exact'})}",
        "given": given,
        "categories": [(str(one.pk), one.name) for one in queries.categories(actor=actor)],
        "languages": Language.choices,
        "audiences": Audience.choices,
        "owners": [(str(pk), name) for pk, name in assignable(actor=actor)] if may_edit else [],
        "today": local_date(timezone.now()),
        "may_edit": may_edit,
        "may_publish": actor.may(access.PUBLISH),
        "bulk": False,
        "empty": Empty(
            title=gettext("Nothing matches.") if given else gettext("What everyone asks, written once"),
            text=gettext(
                "Answers, rules and ways of working, in Persian and English, with every earlier version kept."
            ),
            icon="book-2",
            action=gettext("New article") if may_edit else "",
            url=reverse("knowledge:new") if may_edit else "",
            sample=gettext("For example: how long delivery takes, how goods come back, how to brew tea."),
        ),
    }
    return render(request, "knowledge/list.html", context)


@require_safe
def one(request: StaffRequest, article_id: int) -> HttpResponse:
    """An article in one of its languages, with its versions."""
    actor = request.actor
    shown = _shown(actor, article_id)
    found = shown.first(request.GET.get("language", ""))
    if found is None:
        raise Http404
    text, version = found
    context = {
        "shown": shown,
        "article": shown.article,
        "text": text,
        "version": version,
        "drawn": drawn(version.body),
        "languages": [
            (code, Language(code).label, code == text.language) for code in sorted(shown.texts, reverse=True)
        ],
        "versions": queries.versions_of(actor=actor, text=text),
        "due": shown.article.review_on is not None and shown.article.review_on <= local_date(timezone.now()),
        "may_edit": actor.may(access.EDIT),
        "may_publish": actor.may(access.PUBLISH),
        "may_bring_back": actor.may(access.PUBLISH) or not _is_published(shown),
    }
    return render(request, "knowledge/one.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write an article."""
    request.actor.require(access.VIEW)
    request.actor.require(access.EDIT)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, article_id: int) -> HttpResponse:
    """Change an article. Who saves after somebody else is told, and nothing typed is lost."""
    actor = request.actor
    shown = _shown(actor, article_id)
    actor.require(access.EDIT)
    return _form(request, shown)


def _is_published(shown: Shown) -> bool:
    """Whether readers see any of its texts."""
    return any(text.published is not None for text, _version in shown.texts.values())


def _form(request: StaffRequest, shown: Shown | None) -> HttpResponse:
    actor = request.actor
    initial = initial_of(shown) if shown else {"owner_id": actor.user_id, "audience": Audience.STAFF}
    form = ArticleForm(request.POST or None, actor=actor, initial=initial)
    if shown and _is_published(shown) and not actor.may(access.PUBLISH):
        form.fields["audience"].disabled = True
    version = shown.article.version if shown else 0
    meanwhile = ""
    if request.method == "POST" and shown:  # what was read first counts until it is saved or the writer was told
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.article_save(
                actor=actor, data=form.data_of(), article=shown.article if shown else None,
                version=version if shown else None,
            )  # fmt: skip
        except InvalidError as error:
            form.put_errors(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, error.by or gettext("Somebody")
        else:
            toast(request, gettext("Saved as a new version; readers see it once it is published."))
            return redirect("knowledge:one", made.pk)
    context = {"form": form, "shown": shown, "version": version, "meanwhile": meanwhile}
    status = 409 if meanwhile else 422 if form.errors else 200
    return render(request, "knowledge/form.html", context, status=status)


@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """A body as its readers will see it."""
    request.actor.require(access.EDIT)
    language = "en" if request.GET.get("language") == "en" else "fa"
    body = request.POST.get(f"body_{language}", "")[: services.BODY_LENGTH]
    return render(request, "knowledge/preview.html", {"drawn": drawn(body)})


@require_POST
def publish(request: StaffRequest, article_id: int) -> HttpResponse:
    """Let the latest version be read, or take the text back from its readers."""
    actor = request.actor
    shown = _shown(actor, article_id)
    actor.require(access.PUBLISH)
    found = shown.texts.get(request.POST.get("language", "")) or shown.first()
    if found is None:
        raise Http404
    back = request.POST.get("back") == "1"
    seen = request.POST.get("number", "")
    try:
        done = services.text_publish(
            actor=actor, text=found[0], published=not back,
            number=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        )  # fmt: skip
    except ChangedMeanwhileError as error:
        words = gettext("%(by)s has saved a newer version just now; read it before you publish.")
        toast(request, words % {"by": error.by or gettext("Somebody")}, level="bad")
        return redirect(f"{reverse('knowledge:one', args=[article_id])}?language={found[0].language}")
    words = gettext("“%(name)s” is taken back.") if back else gettext("“%(name)s” is published.")
    toast(request, words % {"name": found[1].title}, undo_url=reverse("changes:undo", args=[done]))
    return redirect(f"{reverse('knowledge:one', args=[article_id])}?language={found[0].language}")


@require_POST
def review(request: StaffRequest, article_id: int) -> HttpResponse:
    """It still holds: when to look again."""
    actor = request.actor
    shown = _shown(actor, article_id)
    actor.require(access.EDIT)
    typed = request.POST.get("again", "").strip()
    again: date | None = None
    try:
        again = read_date(typed) if typed else None
    except DateError as error:
        toast(request, str(error), level="bad")
        return redirect("knowledge:one", article_id)
    done = services.article_review(actor=actor, article=shown.article, again_on=again)
    toast(request, gettext("Reviewed."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("knowledge:one", article_id)


@require_POST
def archive(request: StaffRequest, article_id: int) -> HttpResponse:
    """Put it away, or bring it back."""
    actor = request.actor
    shown = _shown(actor, article_id)
    actor.require(access.EDIT)
    archived = request.POST.get("archived") == "1"
    done = services.article_archive(actor=actor, article=shown.article, archived=archived)
    words = gettext("“%(name)s” is archived.") if archived else gettext("“%(name)s” is back.")
    toast(request, words % {"name": shown.title}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("knowledge:list" if archived else reverse("knowledge:one", args=[article_id]))


@dataclass(frozen=True)
class Line:
    """A line of a comparison: "" same, "+" added, "-" taken away."""

    sign: str
    text: str


def compared(before: str, after: str) -> Sequence[Line]:
    """Two bodies by whole lines; quick however long they are, and cut after MOST_LINES."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if tag == "equal":
            found += [Line("", line) for line in old[i:j]]
        else:
            found += [Line("-", line) for line in old[i:j]]
            found += [Line("+", line) for line in new[k:m]]
        if len(found) > MOST_LINES:
            return [*found[:MOST_LINES], Line("", "…")]
    return found


def _version(actor: Actor, version_id: int) -> ArticleVersion:
    actor.require(access.VIEW)
    try:
        return queries.version_get(actor=actor, id=version_id)
    except ArticleVersion.DoesNotExist:
        raise Http404 from None


@require_safe
def version(request: StaffRequest, version_id: int) -> HttpResponse:
    """An earlier version beside the latest."""
    actor = request.actor
    found = _version(actor, version_id)
    numbers = queries.versions_of(actor=actor, text=found.text)
    latest = _version(actor, numbers[0].pk) if numbers else found
    context: dict[str, Any] = {
        "one": found,
        "latest": latest,
        "lines": compared(found.body, latest.body) if latest.pk != found.pk else [],
        "drawn": drawn(found.body),
        "may_edit": actor.may(access.EDIT),
    }
    return render(request, "knowledge/version.html", context)


@require_POST
def restore(request: StaffRequest, version_id: int) -> HttpResponse:
    """Make an earlier version the latest again."""
    actor = request.actor
    found = _version(actor, version_id)
    actor.require(access.EDIT)
    services.version_restore(actor=actor, version=found)
    toast(request, gettext("Version %(n)s is the latest again, as a new one.") % {"n": found.number})
    return redirect(f"{reverse('knowledge:one', args=[found.text.article_id])}?language={found.text.language}")
