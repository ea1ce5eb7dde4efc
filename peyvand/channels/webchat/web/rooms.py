"""Chat rooms: set up, and kept in order while people talk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import access, queries, services
from peyvand.channels.webchat.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.webchat.models import Room, RoomGuest, RoomLine
from peyvand.channels.webchat.web.forms import RoomForm, room_initial
from peyvand.channels.webchat.web.views import LARGEST_ID, version_in
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

MUTES = (10, 60, 24 * 60)


@require_safe
def rooms(request: StaffRequest) -> HttpResponse:
    """The rooms of all sites."""
    actor = request.actor
    manages = actor.may(access.MANAGE)
    context = {
        "rows": [(one, queries.room_open(one)) for one in queries.rooms(actor=actor)],
        "may_manage": manages, "may_moderate": actor.may(access.MODERATE),
        "empty": Empty(
            title=gettext("No chat room yet"), icon="messages",
            text=gettext("In a room many talk at once, with an expert of yours whose lines are marked."),
            action=gettext("New room") if manages else "", url=reverse("webchat:room-new") if manages else "",
            sample=gettext("For example: “Questions on brewing tea”, Thursdays from five to seven."),
        ),
    }  # fmt: skip
    return render(request, "webchat/rooms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up a room."""
    request.actor.require(access.MANAGE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, room_id: int) -> HttpResponse:
    """Change a room."""
    return _form(request, room_or_404(request.actor, room_id, access.MANAGE))


def room_or_404(actor: Actor, room_id: int, permission: str = access.MODERATE) -> Room:
    """The room, if the actor may do that there."""
    try:
        return queries.room_get(actor=actor, id=min(room_id, LARGEST_ID), permission=permission)
    except Room.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, room: Room | None) -> HttpResponse:
    actor = request.actor
    form = RoomForm(request.POST or None, actor=actor, initial=room_initial(room))
    version, meanwhile = room.version if room else 0, False
    if request.method == "POST" and form.is_valid():
        site = Site.objects.filter(demo=actor.demo, pk=int(form.cleaned_data["site"])).first()
        try:
            if site is None:
                raise Http404
            made = services.room_save(
                actor=actor, site=site, data=form.data_of(), room=room, version=version_in(request) if room else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("webchat:rooms")
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"form": form, "room": room, "version": version, "meanwhile": meanwhile}
    return render(request, "webchat/room_form.html", context, status=status)


def _talk(request: StaffRequest, room: Room) -> dict[str, Any]:
    lines, silenced = queries.room_talk(room), queries.room_silenced(room)
    parts = [f"{room.last_seq}:{room.pinned_id}:{room.version}:{queries.room_open(room)}"]
    parts += [f"{one.pk}:{len(one.reporters)}" for one in lines if one.reporters]
    parts += [f"{one.pk}:{one.banned}:{one.muted_until}" for one in silenced]
    pinned = next((one for one in lines if one.pk == room.pinned_id), None)
    return {
        "room": room, "lines": lines, "silenced": silenced, "open": queries.room_open(room), "mutes": MUTES,
        "pinned": pinned or RoomLine.objects.filter(pk=room.pinned_id or 0).first(),
        "mark": hashlib.blake2s("|".join(parts).encode(), digest_size=8).hexdigest(),
        "may_manage": request.actor.may(access.MANAGE),
    }  # fmt: skip


@never_cache
@require_safe
def one(request: StaffRequest, room_id: int) -> HttpResponse:
    """What is said in a room just now, and what one can do about it."""
    return render(request, "webchat/room.html", _talk(request, room_or_404(request.actor, room_id)))


@never_cache
@require_safe
def news(request: StaffRequest, room_id: int) -> HttpResponse:
    """The lines again, when anything in the room has changed."""
    context = _talk(request, room_or_404(request.actor, room_id))
    if context["mark"] == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, "webchat/room_log.html", context)


def _done(request: StaffRequest, room_id: int, act: Callable[[int], object], words: str) -> HttpResponse:
    room = room_or_404(request.actor, room_id)
    try:
        act(room.pk)
    except (RoomLine.DoesNotExist, RoomGuest.DoesNotExist):
        raise Http404 from None
    except InvalidError as error:
        toast(request, str(next(iter(error.errors.values()))), level="bad")
    else:
        if words:
            toast(request, words)
    return redirect("webchat:room", room.pk)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@require_POST
def say(request: StaffRequest, room_id: int) -> HttpResponse:
    """Speak in the room."""
    text = request.POST.get("text", "")
    return _done(request, room_id, lambda pk: services.room_say(actor=request.actor, room_id=pk, text=text), "")


@require_POST
def line(request: StaffRequest, room_id: int) -> HttpResponse:
    """Take a line away, keep it on top, or let it down again."""
    given, actor = request.POST, request.actor
    line_id = _id(given.get("line", ""))
    if given.get("do") == "remove":
        return _done(
            request, room_id, lambda pk: services.line_remove(actor=actor, room_id=pk, line_id=line_id),
            gettext("Taken away, for everybody."),
        )  # fmt: skip
    wanted = line_id if given.get("do") == "pin" else None
    return _done(request, room_id, lambda pk: services.line_pin(actor=actor, room_id=pk, line_id=wanted), "")


@require_POST
def guest(request: StaffRequest, room_id: int) -> HttpResponse:
    """Have a visitor be silent for a while or for good, or let them write again."""
    given, actor = request.POST, request.actor
    guest_id, minutes = _id(given.get("guest", "")), _id(given.get("minutes", ""))

    def act(pk: int) -> object:
        if given.get("do") in ("ban", "unban"):
            return services.guest_ban(
                actor=actor, room_id=pk, guest_id=guest_id, banned=given.get("do") == "ban"
            )  # fmt: skip
        return services.guest_mute(actor=actor, room_id=pk, guest_id=guest_id, minutes=minutes)

    quiet = given.get("do") == "ban" or minutes > 0
    return _done(request, room_id, act, gettext("They only read now.") if quiet else gettext("They may write again."))
