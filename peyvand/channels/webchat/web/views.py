"""The chat of each site: set up with a preview beside it; a transcript that a colleague asks for."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.conversations import access as talk_access
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import access, queries, services
from peyvand.channels.webchat.errors import ChangedMeanwhileError, InvalidError, RefusedError
from peyvand.channels.webchat.other_side import chat_of
from peyvand.channels.webchat.web.forms import WidgetForm, widget_initial
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

LARGEST_ID = 2**63 - 1


def version_in(request: StaffRequest) -> int:
    """The version that the form was made of; one that nobody has where it says none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


@require_safe
def widgets(request: StaffRequest) -> HttpResponse:
    """The sites with their chats."""
    actor = request.actor
    context = {
        "rows": queries.widgets(actor=actor),
        "empty": Empty(
            title=gettext("No web site yet"), icon="world-www",
            text=gettext("A chat stands on a site; set the site up first."),
            action=gettext("Web sites"), url=reverse("sites:sites"), sample="",
        ),
    }  # fmt: skip
    return render(request, "webchat/widgets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def widget(request: StaffRequest, site_id: int) -> HttpResponse:
    """The chat of a site."""
    actor = request.actor
    actor.require(access.MANAGE)
    try:
        shown = queries.widget_get(actor=actor, site_id=min(site_id, LARGEST_ID))
    except Site.DoesNotExist:
        raise Http404 from None
    row = shown.widget
    form = WidgetForm(request.POST or None, actor=actor, initial=widget_initial(row))
    version, meanwhile = row.version if row else 0, False
    if request.method == "POST" and form.is_valid():
        try:
            services.widget_save(
                actor=actor, site=shown.site, data=form.data_of(), version=version_in(request) if row else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("The chat of “%(name)s” is saved.") % {"name": shown.site.name})
            return redirect("webchat:widget", shown.site.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"form": form, "shown": shown, "version": version, "meanwhile": meanwhile}
    return render(request, "webchat/widget.html", context, status=status)


@require_POST
def transcript(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Send the visitor what was said, by e-mail."""
    actor = request.actor
    actor.require(talk_access.VIEW)
    actor.require(talk_access.REPLY)
    rows = Conversation.objects.visible_to(actor, talk_access.REPLY)
    talk = rows.filter(pk=min(conversation_id, LARGEST_ID)).first()
    chat = chat_of(talk) if talk is not None else None
    if talk is None or chat is None:
        raise Http404
    try:
        services.transcript(actor=system_actor(demo=actor.demo), chat=chat)
    except RefusedError as error:
        toast(request, str(error.text), level="bad")
    else:
        toast(request, gettext("On its way."))
    return redirect("conversations:one", talk.pk)
