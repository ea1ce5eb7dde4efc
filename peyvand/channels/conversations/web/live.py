"""What an open inbox hears at once, and who else has a conversation before their eyes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.channels.conversations import access, queries, services, showing
from peyvand.channels.conversations.live.hub import MOST, streams_open, typing_there
from peyvand.channels.conversations.live.streaming import stream
from peyvand.channels.conversations.web.views import conversation_or_404
from peyvand.foundation.accounts.requests import StaffRequest


def and_all(names: Sequence[str]) -> str:
    """The names in a row, each with its own direction."""
    return pgettext("between names", ", ").join(f"\u2068{name}\u2069" for name in names)


@never_cache
@require_safe
def live(request: StaffRequest) -> HttpResponseBase:
    """A stream of ids of what moves among the conversations that one may read; 503 when there are too many streams."""
    actor = request.actor
    actor.require(access.VIEW)
    if actor.user_id is None:
        raise Http404
    if streams_open() >= MOST:
        return HttpResponse(status=503)
    response = StreamingHttpResponse(stream((actor.user_id, actor.demo)), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


@require_POST
def here(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Say that one looks at it, writes in it or leaves; gives the others who do."""
    actor = request.actor
    conversation = conversation_or_404(actor, conversation_id)
    services.present(
        actor=actor, conversation_id=conversation.pk, typing=request.POST.get("typing") == "1",
        leaving=request.POST.get("leaving") == "1",
    )  # fmt: skip
    writing, looking = queries.others_here(actor=actor, conversation=conversation)
    return render(
        request,
        "conversations/here.html",
        {
            "writing": and_all(writing),
            "looking": and_all(looking),
            "writers": len(writing),
            "there": showing.there(conversation),
            "typing_there": typing_there(conversation.pk),
            "name": showing.name_of(conversation, actor=actor),
        },
    )
