"""What visitors do in rooms: enter under a name, write, report."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.channels.webchat import queries
from peyvand.channels.webchat.data import Place
from peyvand.channels.webchat.errors import RefusedError
from peyvand.channels.webchat.models import Room, RoomGuest, RoomLine
from peyvand.channels.webchat.services.chatting import CHANNEL, chat_begun, is_client_id
from peyvand.channels.webchat.waking import wake_room
from peyvand.foundation.money.formats import format_number
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.interactions.services import InteractionRow, recorded

KIND = "webchat.room"
LONGEST = 1_000
LONGEST_NAME = 60
MOST_REPORTERS = 100


def room_locked(place: Place, room_id: int) -> Room:
    """A room of the visitor's site, locked. RefusedError when there is none."""
    found = Room.objects.select_for_update(of=("self",)).filter(pk=room_id, site=place.site).first()
    if found is None:
        raise RefusedError(_("There is no such room."), "room")
    return found


def enter(*, place: Place, room_id: int, name: str) -> RoomGuest:
    """Take part in a room under a name; the same visitor keeps their place. RefusedError."""
    given = clean(name)[:LONGEST_NAME]
    if not fa_key(given):
        raise RefusedError(_("Say under which name you take part."), "name")
    with transaction.atomic():
        visitor = chat_begun(place).visitor
        room = room_locked(place, room_id)
        others = RoomGuest.objects.filter(room=room).exclude(visitor=visitor)
        taken = {_alike(one) for one in others.values_list("name", flat=True)[:5_000]}
        ours = {_alike(one) for one in room.experts.values_list("user__name", flat=True)}
        if _alike(given) in taken | ours:
            raise RefusedError(_("Somebody here has this name; choose another."), "name")
        guest, _made = RoomGuest.objects.update_or_create(
            room=room, visitor=visitor, defaults={"demo": room.demo, "name": given}
        )
    return guest


def _alike(name: str) -> str:
    """What two names have in common that people take for one."""
    return fa_key(name).replace(" ", "")


def room_write(*, place: Place, room_id: int, client_id: str, text: str) -> RoomLine:
    """Write in a room, once however often it comes. RefusedError says why not: closed, muted, too fast."""
    words = text.replace("\x00", "").strip()
    if not is_client_id(client_id):
        raise RefusedError(_("This message has no name of its own."), "id")
    if not words:
        raise RefusedError(_("Write something first."), "empty")
    if len(words) > LONGEST:
        raise RefusedError(_("This is longer than a message may be; send it in parts."), "long")
    now = timezone.now()
    with transaction.atomic():
        room = room_locked(place, room_id)
        guest = RoomGuest.objects.select_related("visitor").filter(room=room, visitor=_visitor(place)).first()
        if guest is None:
            raise RefusedError(_("Say under which name you take part."), "name")
        known = RoomLine.objects.filter(guest=guest, client_id=client_id).first()
        if known is not None:
            return known
        if guest.banned:
            raise RefusedError(_("You can read here, but not write."), "banned")
        if guest.muted_until is not None and guest.muted_until > now:
            raise RefusedError(_("For a while you can read here, but not write."), "muted")
        if not queries.room_open(room, at=now):
            raise RefusedError(_("This room is closed now."), "closed")
        wait = _wait(room, guest)
        if guest.wrote_at is not None and wait > 0:
            shown = format_number(wait, language=place.language or "fa")
            raise RefusedError(
                ngettext("Wait %(n)s second until your next line.", "Wait %(n)s seconds until your next line.", wait)
                % {"n": shown}, "slow",
            )  # fmt: skip
        line = line_write(room, guest=guest, name=guest.name, client_id=client_id, text=words)
        RoomGuest.objects.filter(pk=guest.pk).update(wrote_at=now)
        row = InteractionRow(
            kind=KIND, at=now, customer_id=guest.visitor.customer_id, channel=CHANNEL, direction="in",
            source_kind="webchat.room", source_id=room.pk, payload={"room": room.name, "text": words[:300]},
            dedupe_key=f"webchat:room:{room.pk}:{guest.visitor_id}:{now.date()}",
            identity_kind="visitor", identity_key=guest.visitor.key,
        )  # fmt: skip
        recorded(actor=system_actor(demo=room.demo), row=row)
    return line


def _visitor(place: Place) -> int:
    return chat_begun(place).visitor_id


def _wait(room: Room, guest: RoomGuest) -> int:
    if guest.wrote_at is None:
        return 0
    left = guest.wrote_at + timedelta(seconds=room.slow_seconds) - timezone.now()
    return -int(-left.total_seconds() // 1) if left > timedelta() else 0


def line_write(room: Room, **values: object) -> RoomLine:
    """A new line of a room that is locked; told to those in it once this is committed."""
    room.last_seq += 1
    room.save(update_fields=["last_seq"])
    made: RoomLine = RoomLine.objects.create(demo=room.demo, room=room, seq=room.last_seq, **values)
    made.refresh_from_db(fields=["at"])
    wake_room(room.pk)
    return made


def line_moved(line: RoomLine, room: Room) -> None:
    """The line changed: those in the room, which is locked, are told of it again."""
    room.last_seq += 1
    room.save(update_fields=["last_seq"])
    line.seq = room.last_seq
    line.save()
    wake_room(room.pk)


def line_report(*, place: Place, room_id: int, line_id: int) -> None:
    """Tell those who keep order of a line; a visitor's second report of it counts no more. RefusedError."""
    with transaction.atomic():
        room = room_locked(place, room_id)
        guest = RoomGuest.objects.filter(room=room, visitor=_visitor(place)).first()
        line = RoomLine.objects.filter(room=room, pk=line_id, gone=False).first()
        if line is None or guest is None:
            raise RefusedError(_("There is no such line."), "line")
        if guest.pk not in line.reporters:
            line.reporters = [*line.reporters, guest.pk][:MOST_REPORTERS]
            line.save(update_fields=["reporters"])
            wake_room(room.pk)
