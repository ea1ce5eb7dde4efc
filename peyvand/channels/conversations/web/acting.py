"""What one does with a conversation: answer, note, give, put aside, close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from peyvand.channels.conversations import access, services
from peyvand.channels.conversations.errors import InvalidError, SaidMeanwhileError
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.services import BulkData, ReplyData, ReplyFile
from peyvand.channels.conversations.web.choices import moments
from peyvand.channels.conversations.web.views import LARGEST_ID, conversation_or_404, shown
from peyvand.channels.outreach.declarations import Carrier
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.formats import format_number
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.models import Customer

NOTE = "note"
LONGEST = 20_000


def _back(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """To the conversation, or to the list where one sees it no more."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    seen = Conversation.objects.visible_to(request.actor).filter(pk=conversation_id).exists()
    address = reverse("conversations:one", args=[conversation_id]) if seen else reverse("conversations:list")
    return HttpResponseRedirect(address + query)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_POST
def reply(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Answer over the chosen channel, or note something for colleagues; what came meanwhile is shown first."""
    actor = request.actor
    conversation = conversation_or_404(actor, conversation_id)
    actor.require(access.REPLY)
    given, text, channel = request.POST, request.POST.get("text", ""), request.POST.get("channel", "")
    once = given.get("once", "") if given.get("once", "").isalnum() else ""
    try:
        if channel == NOTE:
            services.note(actor=actor, conversation_id=conversation.pk, text=text)
            toast(request, gettext("Noted; only colleagues read it."))
        else:
            entry = services.reply(
                actor=actor, conversation_id=conversation.pk,
                data=ReplyData(
                    text=text, channel=channel, close="close" in given, due_at=moments().get(given.get("when", "")),
                    seen=_number(given.get("seen", "")), once=once[:64], files=_files(request),
                ),
            )  # fmt: skip
            due = entry.message.due_at if entry.message is not None and given.get("when") in moments() else None
            toast(request, _going(due))
    except Conversation.DoesNotExist:
        raise Http404 from None
    except SaidMeanwhileError as error:
        return shown(
            request, conversation, typed=text, channel=channel, meanwhile=error.entries, status=409,
            error=gettext("Something was said meanwhile. Read it, then send, or change your answer.")
            + (" " + gettext("Choose the files again.") if request.FILES else ""),
        )  # fmt: skip
    except InvalidError as error:
        why = str(next(iter(error.errors.values())))
        if request.FILES:
            why = gettext("%(why)s Choose the files again.") % {"why": why}
        return shown(request, conversation, typed=text, channel=channel, error=why, once=once, status=422)
    return _back(request, conversation.pk)


def _files(request: StaffRequest) -> list[ReplyFile]:
    """What was chosen to go along, at most one more than may."""
    chosen = request.FILES.getlist("files")[:11]
    return [ReplyFile(one.name or "", one.content_type or "", one) for one in chosen]


def _going(due: datetime | None) -> str:
    return gettext("It goes out %(when)s.") % {"when": formats.moment(due)} if due else gettext("On its way.")


def _done(request: StaffRequest, conversation_id: int, act: Callable[[], int | None], words: str) -> HttpResponse:
    conversation_or_404(request.actor, conversation_id)
    try:
        made = act()
    except (Conversation.DoesNotExist, Customer.DoesNotExist):
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        toast(request, words, undo_url=reverse("changes:undo", args=[made]) if made else "")
    return _back(request, min(conversation_id, LARGEST_ID))


@require_POST
def assign(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Give it to a colleague, a team, or nobody."""
    request.actor.require(access.ASSIGN)
    user, team = _number(request.POST.get("user", "")), _number(request.POST.get("team", ""))

    def act() -> int | None:
        return services.assign(actor=request.actor, conversation_id=conversation_id, user_id=user, team_id=team)

    return _done(request, conversation_id, act, gettext("Given on.") if user or team else gettext("Nobody’s now."))


@require_POST
def route(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Give it to whom the rules would give it now."""
    request.actor.require(access.ASSIGN)

    def act() -> int | None:
        return services.route(actor=request.actor, conversation_id=conversation_id)

    return _done(request, conversation_id, act, gettext("Given by the rules."))


@require_POST
def whose(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Say who it is that nobody knew."""
    request.actor.require(access.REPLY)
    chosen = _number(request.POST.get("customer", ""))

    def act() -> int | None:
        return services.customer_known(
            actor=request.actor, conversation_id=conversation_id, customer_id=chosen or 0
        )  # fmt: skip

    return _done(request, conversation_id, act, gettext("It is known who this is."))


@require_POST
def snooze(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Put it aside: for an hour, until tomorrow or next week, or until a day."""
    request.actor.require(access.REPLY)
    conversation_or_404(request.actor, conversation_id)
    until = moments().get(request.POST.get("for", "")) or _day(request.POST.get("day", ""))
    if until is None:
        toast(request, gettext("Choose until when."), level="bad")
        return _back(request, conversation_id)

    def act() -> int | None:
        return services.snooze(actor=request.actor, conversation_id=conversation_id, until=until)

    words = gettext("Put aside until %(when)s.") % {"when": formats.moment(until)}
    return _done(request, conversation_id, act, words)


def _day(typed: str) -> datetime | None:
    """Nine o'clock of a day that was typed in the reader's calendar."""
    try:
        day = formats.read_date(typed)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, 9, tzinfo=current_reader().zone)


@require_POST
def close(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Nothing more is to be done."""
    request.actor.require(access.REPLY)

    def act() -> int | None:
        return services.close(actor=request.actor, conversation_id=conversation_id)

    return _done(request, conversation_id, act, gettext("Closed."))


@require_POST
def reopen(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Open it again."""
    request.actor.require(access.REPLY)

    def act() -> int | None:
        return services.reopen(actor=request.actor, conversation_id=conversation_id)

    return _done(request, conversation_id, act, gettext("Open again."))


@require_POST
def read(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Read so far; with `unread`, to be read anew, on every device."""
    conversation = conversation_or_404(request.actor, conversation_id)
    unread = request.POST.get("unread") == "1"
    services.read_mark(actor=request.actor, conversation_id=conversation.pk, unread=unread)
    if not unread:
        return HttpResponse(status=204)
    toast(request, gettext("Unread again."))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(reverse("conversations:list") + query)


@require_POST
def merge(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Bring another conversation of the same customer into this one."""
    request.actor.require(access.REPLY)
    other = _number(request.POST.get("other", ""))

    def act() -> int | None:
        return services.merge(actor=request.actor, conversation_id=conversation_id, other_id=other or 0)

    return _done(request, conversation_id, act, gettext("The two are one now."))


@require_POST
def split(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """From one entry on it is a conversation of its own; one goes there."""
    request.actor.require(access.REPLY)
    conversation_or_404(request.actor, conversation_id)
    entry = _number(request.POST.get("entry", ""))
    try:
        made, done = services.split(actor=request.actor, conversation_id=conversation_id, entry_id=entry or 0)
    except Conversation.DoesNotExist:
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(next(iter(error.errors.values()))), level="bad")
        return _back(request, conversation_id)
    toast(
        request, gettext("From here on it is a conversation of its own."),
        undo_url=reverse("changes:undo", args=[done]),
    )  # fmt: skip
    return _back(request, made.pk)


@require_POST
def tag(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Put a word on it, or take one off."""
    request.actor.require(access.REPLY)
    off = _number(request.POST.get("off", ""))

    def act() -> int | None:
        if off is not None:
            return services.tag_remove(actor=request.actor, conversation_id=conversation_id, tag_id=off)
        return services.tag_add(
            actor=request.actor, conversation_id=conversation_id, name=request.POST.get("name", "")
        )  # fmt: skip

    return _done(request, conversation_id, act, gettext("Tag taken off.") if off is not None else gettext("Tagged."))


@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """The same for all that are ticked."""
    actor, given = request.actor, request.POST
    actor.require(access.VIEW)
    ids = {found for one in given.getlist("ids") if (found := _number(one)) is not None}
    who, _sign, number = given.get("to", "").partition(":")
    data = BulkData(
        do=given.get("do", ""), until=moments().get(given.get("for", "")), tag=given.get("tag", ""),
        user_id=_number(number) if who == "user" else None, team_id=_number(number) if who == "team" else None,
    )  # fmt: skip
    try:
        made = services.bulk(actor=actor, ids=ids, data=data)
    except InvalidError as error:
        toast(request, str(next(iter(error.errors.values()))), level="bad")
    else:
        words = ngettext("Done for %(n)s conversation.", "Done for %(n)s conversations.", made.done)
        said = words % {"n": format_number(made.done, language=current_reader().language)}
        if made.left:
            left = format_number(made.left, language=current_reader().language)
            said = f"{said} " + gettext("%(n)s stood so already, or are not yours to change.") % {"n": left}
        undo = reverse("changes:undo", args=[made.change_set_id]) if made.change_set_id else ""
        toast(request, said, undo_url=undo)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(reverse("conversations:list") + query)


@require_POST
def parts(request: StaffRequest) -> HttpResponse:
    """What an answer is charged as, while one types."""
    request.actor.require(access.REPLY)
    name, text = request.POST.get("channel", ""), request.POST.get("text", "")[:LONGEST].strip()
    found = registry.get(Carrier, name).parts(text) if text and registry.has(Carrier, name) else 0
    return render(request, "outreach/parts.html", {"parts": found, "letters": len(text)})
