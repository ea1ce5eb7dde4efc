"""What colleagues do in rooms: speak, take lines away, pin one, have a visitor be silent."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.webchat import access
from peyvand.channels.webchat.errors import InvalidError
from peyvand.channels.webchat.models import Room, RoomGuest, RoomLine
from peyvand.channels.webchat.services.rooms import LONGEST, line_moved, line_write
from peyvand.channels.webchat.waking import wake_room
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor

LONGEST_MUTE = 7 * 24 * 60  # minutes


def _locked(actor: Actor, room_id: int) -> Room:
    """The room, locked; NotAllowed, Room.DoesNotExist."""
    actor.require(access.MODERATE)
    found: Room = Room.objects.select_for_update(of=("self",)).get(pk=room_id, demo=actor.demo)
    return found


def room_say(*, actor: Actor, room_id: int, text: str) -> RoomLine:
    """Speak in a room, marked where one is an expert of it. NotAllowed, Room.DoesNotExist, InvalidError."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise InvalidError({"text": _("Write something first.")})
    if len(words) > LONGEST:
        raise InvalidError({"text": _("This is longer than a message may be; send it in parts.")})
    with transaction.atomic():
        room = _locked(actor, room_id)
        expert = room.experts.filter(user_id=actor.user_id or 0).exists()
        return line_write(room, staff_id=actor.user_id, name=actor.name[:150], expert=expert, text=words)


def line_remove(*, actor: Actor, room_id: int, line_id: int) -> RoomLine:
    """Take a line away, for everybody; its words are gone. NotAllowed, Room.DoesNotExist, RoomLine.DoesNotExist."""
    with transaction.atomic():
        room = _locked(actor, room_id)
        line = RoomLine.objects.get(pk=line_id, room=room)
        if line.gone:
            return line
        line.gone, line.text = True, ""
        if room.pinned_id == line.pk:
            room.pinned_id = None
            room.save(update_fields=["pinned_id"])
        line_moved(line, room)
        _noted(actor, room, gettext("A line of a chat room was taken away"))
    return line


def line_pin(*, actor: Actor, room_id: int, line_id: int | None) -> Room:
    """Keep one line on top of the room, or none. NotAllowed, Room.DoesNotExist, RoomLine.DoesNotExist."""
    with transaction.atomic():
        room = _locked(actor, room_id)
        if line_id is not None:
            RoomLine.objects.get(pk=line_id, room=room, gone=False)
        room.pinned_id = line_id
        room.save(update_fields=["pinned_id"])
        wake_room(room.pk)
    return room


def guest_mute(*, actor: Actor, room_id: int, guest_id: int, minutes: int) -> RoomGuest:
    """Have a visitor only read for so many minutes; 0 lets them write again. NotAllowed, DoesNotExist, InvalidError."""
    if not 0 <= minutes <= LONGEST_MUTE:
        raise InvalidError({"minutes": _("At most a week.")})
    until = timezone.now() + timedelta(minutes=minutes) if minutes else None
    title = gettext("A visitor of a chat room was silenced") if minutes else gettext("A visitor may write again")
    return _guest(actor, room_id, guest_id, title, muted_until=until)


def guest_ban(*, actor: Actor, room_id: int, guest_id: int, banned: bool) -> RoomGuest:
    """Have a visitor never write in the room again, or take that back. NotAllowed, DoesNotExist."""
    title = gettext("A visitor was shut out of a chat room") if banned else gettext("A visitor may write again")
    return _guest(actor, room_id, guest_id, title, banned=banned)


def _guest(actor: Actor, room_id: int, guest_id: int, title: str, **values: object) -> RoomGuest:
    with transaction.atomic():
        room = _locked(actor, room_id)
        guest: RoomGuest = RoomGuest.objects.get(pk=guest_id, room=room)
        for name, value in values.items():
            setattr(guest, name, value)
        guest.save(update_fields=list(values))
        wake_room(room.pk)
        _noted(actor, room, title)
    return guest


def _noted(actor: Actor, room: Room, title: str) -> None:
    record(actor=actor, kind="edit", title=title, reference={"room": room.pk})
