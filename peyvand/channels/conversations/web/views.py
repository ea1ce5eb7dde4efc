"""The inbox: the list, a conversation beside it, and what is new in both."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peyvand.channels.conversations import access, queries, reasons, showing
from peyvand.channels.conversations.models import Conversation, Entry, EntryFile
from peyvand.channels.conversations.queries import MINE, NEWEST_FIRST, VIEWS, Chosen
from peyvand.channels.conversations.web.choices import snoozes, waits
from peyvand.channels.outreach.carriers import carriers
from peyvand.channels.outreach.declarations import Carrier
from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files.web.views import sent
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.panels import blocks
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, paginate
from peyvand.foundation.ui.pieces import CLASSES, Empty
from peyvand.memory.customers.access import EDIT as CUSTOMERS_EDIT

PAGE = 40
LARGEST_ID = 2**63 - 1
WAITS = ("15", "60", "240", "1440")  # minutes that one may ask for
OPENLY = 4  # so many views stand in the row, the others behind it


def asked(query: Mapping[str, str]) -> tuple[Chosen, dict[str, str]]:
    """What an address asks for; what makes no sense is left out."""
    view = query.get("view", "")
    given = {
        "view": view if view in VIEWS and view != MINE else "",
        "q": query.get("q", "").replace("\x00", "").strip()[:100],
        "channel": query.get("channel", "") if registry.has(Carrier, query.get("channel", "")) else "",
        "waiting": "1" if query.get("waiting") == "1" else "",
        "tag": _id_in(query.get("tag", "")), "assignee": _id_in(query.get("assignee", "")),
        "class": query.get("class", "") if query.get("class", "") in CLASSES else "",
        "waits": query.get("waits", "") if query.get("waits", "") in WAITS else "",
    }  # fmt: skip
    chosen = Chosen(
        given["view"] or MINE, given["q"], given["channel"], bool(given["waiting"]),
        tag=int(given["tag"]) if given["tag"] else None, value_class=given["class"],
        assignee=int(given["assignee"]) if given["assignee"] else None, waits_minutes=int(given["waits"] or 0),
    )  # fmt: skip
    return chosen, {name: value for name, value in given.items() if value}


def _id_in(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= LARGEST_ID else ""


def _page(actor: Actor, chosen: Chosen, query: Mapping[str, str]) -> KeysetPage[Conversation]:
    found = queries.conversations(actor=actor, chosen=chosen)
    before, after = query.get("before"), query.get("after")
    try:
        return paginate(found, order=NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        return paginate(found, order=NEWEST_FIRST, size=PAGE)


def listed(request: StaffRequest, current: int | None = None) -> dict[str, Any]:
    """What the list needs."""
    actor = request.actor
    chosen, given = asked(request.GET.dict())
    page = _page(actor, chosen, request.GET.dict())
    shown = showing.rows(page.rows, actor=actor)
    waits = queries.waiting_for(actor=actor)
    here = {**given, **{name: request.GET[name] for name in ("before", "after") if name in request.GET}}
    return {
        "rows": shown, "page": page, "given": given, "mark": f"{showing.mark_of_rows(shown)}{waits:x}",
        "current": current,
        "waits_for_me": waits,
        "may_bulk": actor.may(access.REPLY), "may_give": actor.may(access.ASSIGN), "bulk_snoozes": snoozes(),
        "query": f"?{urlencode(given)}" if given else "", "here": f"?{urlencode(here)}" if here else "",
        "page_url": f"{reverse('conversations:list')}?{urlencode(given)}{'&' if given else ''}",
        "channels": [(one.name, one.label) for one in carriers(actor.demo)],
        "classes": [(code, word) for code, (word, _icon) in CLASSES.items()],
        "known_tags": queries.tags(actor=actor), "waits_offered": waits_offered(),
        "narrowed": bool(set(given) - {"view", "q"}),
        "empty": Empty(
            title=gettext("Nothing matches.") if set(given) - {"view"} else gettext("Nobody waits here"),
            text=gettext("What customers write over any channel comes together here, and is answered from here."),
            icon="inbox", sample=gettext("For example: “Can the Yalda box go out with a card?”"),
        ),
    }  # fmt: skip


def waits_offered() -> list[tuple[str, str]]:
    """How long they wait at least, as one may ask."""
    words = (gettext("over 15 minutes"), gettext("over an hour"), gettext("over four hours"), gettext("over a day"))
    return list(zip(WAITS, words, strict=True))


def tabs(actor: Actor, given: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """The views with their counts."""
    labels = {
        "mine": pgettext("inbox", "Mine"), "unassigned": pgettext("inbox", "Unassigned"),
        "all": pgettext("inbox", "All"), "closed": pgettext("inbox", "Closed"), "team": pgettext("inbox", "My team’s"),
        "mentions": pgettext("inbox", "Where I am mentioned"), "snoozed": pgettext("inbox", "Snoozed"),
    }  # fmt: skip
    rest = {name: value for name, value in given.items() if name not in ("view",)}
    now = given.get("view", MINE)
    counted = queries.counted(actor=actor, views=[view for view in VIEWS if view not in ("all", "closed")])
    made = []
    for view in VIEWS:
        query = urlencode({**({} if view == MINE else {"view": view}), **rest})
        url = reverse("conversations:list") + (f"?{query}" if query else "")
        made.append({"label": labels[view], "url": url, "current": view == now, "count": counted.get(view, 0)})
    return made


@never_cache
@require_safe
def inbox(request: StaffRequest) -> HttpResponse:
    """The list of conversations, under conditions that stand in the address."""
    request.actor.require(access.VIEW)
    return render(request, "conversations/inbox.html", _frame(request, None))


def _frame(request: StaffRequest, current: int | None) -> dict[str, Any]:
    found = listed(request, current)
    views = tabs(request.actor, found["given"])
    return {
        **found, "views": views[:OPENLY], "more_views": views[OPENLY:], "people": assignable(actor=request.actor),
        "teams": team_choices(actor=request.actor),
    }  # fmt: skip


@never_cache
@require_safe
def rows(request: StaffRequest) -> HttpResponse:
    """The rows again, when anything in them has changed: asked for every now and then."""
    request.actor.require(access.VIEW)
    current = request.GET.get("current", "")
    found = listed(request, int(current) if current.isdecimal() and len(current) < 19 else None)
    if found["mark"] == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, "conversations/rows.html", found)


def conversation_or_404(actor: Actor, conversation_id: int) -> Conversation:
    """The conversation, if the actor may read it; else the same 404."""
    actor.require(access.VIEW)
    try:
        return queries.conversation_get(actor=actor, id=min(conversation_id, LARGEST_ID))
    except Conversation.DoesNotExist:
        raise Http404 from None


@never_cache
@require_safe
def one(request: StaffRequest, conversation_id: int) -> HttpResponseBase:
    """A conversation: what was said over whichever channel, the composer, the customer."""
    found = conversation_or_404(request.actor, conversation_id)
    if found.merged_into_id is not None:
        return HttpResponseRedirect(reverse("conversations:one", args=[found.merged_into_id]))
    return shown(request, found)


def shown(
    request: StaffRequest,
    conversation: Conversation,
    *,
    typed: str = "",
    channel: str = "",
    error: str = "",
    meanwhile: Sequence[Entry] = (),
    once: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a conversation; with what was typed and why it did not go."""
    actor = request.actor
    touched = Conversation.objects.touched
    entries = queries.entries(actor=actor, conversation=conversation)
    channels, best = queries.channels_for(actor=actor, conversation=conversation)
    context = {
        **_frame(request, conversation.pk),
        **log_of(request, conversation, entries),
        "one": conversation, "name": showing.name_of(conversation, actor=actor),
        "address": showing.address_of(conversation, actor=actor),
        "channel_label": showing.channel_of(conversation.channel),
        "card": showing.card(conversation, actor=actor), "first_answer": showing.first_answer(conversation),
        "tags": showing.tags_of([conversation.pk]).get(conversation.pk, ()),
        "why_mine": reasons.why_mine(conversation, actor=actor),
        "channels_open": channels, "may_attach": any(one.rich and not one.why for one in channels),
        "channel": channel or best or "note", "typed": typed, "error": error,
        "meanwhile": showing.thread(meanwhile, actor=actor), "once": once or uuid.uuid4().hex,
        "seen": max((entry.pk for entry in entries), default=0),
        "side": blocks(
            screen="conversation", slot="side", actor=actor, subject=conversation, query=request.GET.dict()
        ),
        "may_reply": touched(conversation, actor, access.REPLY),
        "may_assign": touched(conversation, actor, access.ASSIGN),
        "may_know": conversation.customer_id is None and actor.may(CUSTOMERS_EDIT),
        "snoozes": snoozes(), "waits": waits(), "unread": bool(queries.unread(actor=actor, rows=[conversation])),
    }  # fmt: skip
    return render(request, "conversations/inbox.html", context, status=status)


def log_of(request: StaffRequest, conversation: Conversation, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the thread needs; pictures of the internet are shown when this address asks for them."""
    there = showing.there(conversation)
    read = there.read_up_to if there is not None else 0
    return {
        "one": conversation, "thread": showing.thread(entries, actor=request.actor, read_up_to=read), "there": there,
        "images": request.GET.get("images") == "1",
        "thread_mark": showing.mark_of(conversation, entries, read),
        "earlier": conversation.entries_count > len(entries),
        "may_split": Conversation.objects.touched(conversation, request.actor, access.REPLY),
        "last_entry": max((entry.pk for entry in entries), default=0),
    }  # fmt: skip


@never_cache
@require_safe
def news(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The thread again, when anything in it has changed: a word, a state, who has it."""
    conversation = conversation_or_404(request.actor, conversation_id)
    entries = queries.entries(actor=request.actor, conversation=conversation)
    there = showing.there(conversation)
    read = there.read_up_to if there is not None else 0
    if showing.mark_of(conversation, entries, read) == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, "conversations/log.html", log_of(request, conversation, entries))


@never_cache
@require_safe
def file(request: StaffRequest, conversation_id: int, file_id: int) -> HttpResponseBase:
    """A file that came or went, as an attachment."""
    conversation_or_404(request.actor, conversation_id)
    try:
        found = queries.file_get(
            actor=request.actor, conversation_id=min(conversation_id, LARGEST_ID), file_id=min(file_id, LARGEST_ID)
        )
    except EntryFile.DoesNotExist:
        raise Http404 from None
    return sent(request, found.file)
