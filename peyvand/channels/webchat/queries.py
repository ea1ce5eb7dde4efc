"""The reads: lines as a browser gets them, widgets, rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.channels.conversations.models import ConversationRead, EntryFile, Presence
from peyvand.channels.conversations.services.presence import FADES
from peyvand.channels.sites.declarations import ChatElsewhere
from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import access
from peyvand.channels.webchat.data import Shown
from peyvand.channels.webchat.models import Chat, Kind, Line, Room, RoomGuest, RoomLine, Widget
from peyvand.foundation.accounts import settings
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.digits import persian_digits
from peyvand.memory.work.queries import is_open, next_open

SHOWN = 60  # lines that a browser gets when it comes
AWAY = timedelta(seconds=75)  # so long after the last sign of life somebody is gone
ROOM_SHOWN = 80


def lines_of(*, chat_id: int, after: int = 0, most: int = SHOWN) -> list[Shown]:
    """The lines of a chat after that one, oldest first; the latest `most` where they are more."""
    rows = _lines(Line.objects.filter(chat_id=chat_id, seq__gt=after).order_by("-seq")[:most])
    return [shown(one) for one in reversed(rows)]


def lines_after(wanted: Mapping[str, int], *, most: int = 2_000) -> dict[str, list[Shown]]:
    """Of several visitors, by the keys of their tokens, the lines after the one that each has."""
    if not wanted:
        return {}
    found: dict[str, list[Shown]] = {key: [] for key in wanted}
    which = Q()
    for key, seq in wanted.items():
        which |= Q(chat__visitor__key=key, seq__gt=seq)
    for one in _lines(Line.objects.filter(which).order_by("chat_id", "seq")[:most]):
        found[one.chat.visitor.key].append(shown(one))
    return found


def _lines(rows: QuerySet[Line]) -> list[Line]:
    """With their words; those whose words were erased are no lines any more."""
    found = rows.select_related("entry__staff", "chat__visitor").prefetch_related("entry__files__file")
    return [one for one in found if one.entry is not None or one.text or one.kind in (Kind.SYSTEM, Kind.ASK)]


def shown(line: Line) -> Shown:
    """A line as a browser gets it: of ours, who said it; of nobody the address."""
    entry = line.entry
    by = ""
    if line.kind == Kind.OUT:
        by = entry.staff.name if entry is not None and entry.staff is not None else ""
    data = {name: value for name, value in line.data.items() if name not in ("event", "conversation")}
    files = [
        {"id": one.pk, "name": one.file.name, "size": one.file.size, "type": one.file.content_type}
        for one in (entry.files.all() if entry is not None else ())
    ]
    refused = entry.facts.get("refused") if entry is not None else None
    if refused:
        data["refused"] = [one["name"] for one in refused]
    return Shown(
        line.seq, line.kind, entry.text if entry is not None else line.text, line.at.timestamp(), by,
        line.client_id or "", data, files,
    )  # fmt: skip


def as_text(lines: Iterable[Shown], *, language: str) -> str:
    """What was said, as plain text with the hour before each line, in the house's time."""
    zone, made = ZoneInfo(settings.text("time_zone")), []
    for one in lines:
        if one.kind not in (Kind.IN, Kind.OUT):
            continue
        at = datetime.fromtimestamp(one.at, zone).strftime("%H:%M")
        who = _("You") if one.kind == Kind.IN else one.by or _("We")
        words = " ".join([one.text, *(f"[{file['name']}]" for file in one.files)]).strip()
        made.append(f"{persian_digits(at) if language == 'fa' else at}  \u2068{who}\u2069: {words}")
    return "\n\n".join(made)


def staff_typing(conversation_ids: Sequence[int]) -> dict[int, str]:
    """Who of us writes just now in these conversations."""
    since = timezone.now() - FADES
    rows = Presence.objects.filter(conversation_id__in=list(conversation_ids), typing=True, at__gt=since)
    return dict(rows.order_by("-at").values_list("conversation_id", "user__name"))


def staff_read(*, chat_id: int, conversation_id: int) -> int:
    """Up to which line of the visitor somebody of ours has read."""
    at = ConversationRead.objects.filter(conversation_id=conversation_id).order_by("-at").values_list("at", flat=True)
    latest = at.first()
    if latest is None:
        return 0
    seen = Line.objects.filter(chat_id=chat_id, kind=Kind.IN, at__lte=latest).order_by("-seq")
    return seen.values_list("seq", flat=True).first() or 0


def online(chat: Chat, *, now: datetime | None = None) -> bool:
    """Whether a window of theirs is open, as far as we have heard."""
    moment = now or timezone.now()
    return chat.seen_at > moment - AWAY and (chat.left_at is None or chat.left_at < chat.seen_at)


def file_of(*, chat: Chat, file_id: int) -> StoredFile | None:
    """A file of the chat; None for any other."""
    within = Line.objects.filter(chat=chat, entry__isnull=False).values("entry_id")
    found = EntryFile.objects.select_related("file").filter(pk=file_id, entry_id__in=within).first()
    return found.file if found is not None else None


# ── widgets ───────────────────────────────────────────────────────────────


def widget_of(site: Site) -> Widget | None:
    """The widget that is switched on for a site."""
    return Widget.objects.select_related("site").filter(site=site, active=True).first()


def widget_open(widget: Widget, *, at: datetime | None = None) -> tuple[bool, datetime | None]:
    """Whether somebody is there now, and when again."""
    moment = at or timezone.now()
    if not widget.by_hours or is_open(at=moment, demo=widget.demo, calendar=widget.hours_id):
        return True, None
    return False, next_open(at=moment, demo=widget.demo, calendar=widget.hours_id)


def goes_elsewhere(site: Site) -> bool:
    """Whether a chat of this site can go on in a messenger."""
    return any(one.link(site, "") for one in registry.all(ChatElsewhere))


@dataclass(frozen=True)
class SiteChat:
    """A site with its widget, None where it has none yet, and how many have written there."""

    site: Site
    widget: Widget | None
    chats: int
    rooms: int


def widgets(*, actor: Actor) -> list[SiteChat]:
    """The sites of the business one looks at, with their chats. NotAllowed."""
    actor.require(access.MANAGE)
    rows = {one.site_id: one for one in Widget.objects.filter(demo=actor.demo)}
    chats = dict(Chat.objects.filter(demo=actor.demo).values_list("widget_id").annotate(n=Count("id")))
    rooms = dict(Room.objects.filter(demo=actor.demo).values_list("site_id").annotate(n=Count("id")))
    return [
        SiteChat(one, rows.get(one.pk), chats.get(rows[one.pk].pk, 0) if one.pk in rows else 0, rooms.get(one.pk, 0))
        for one in Site.objects.filter(demo=actor.demo).order_by("name", "id")
    ]


def widget_get(*, actor: Actor, site_id: int) -> SiteChat:
    """One site's chat. NotAllowed, Site.DoesNotExist."""
    actor.require(access.MANAGE)
    site = Site.objects.get(pk=site_id, demo=actor.demo)
    widget = Widget.objects.filter(site=site).first()
    return SiteChat(site, widget, widget.chats.count() if widget else 0, Room.objects.filter(site=site).count())


# ── rooms ─────────────────────────────────────────────────────────────────


def room_open(room: Room, *, at: datetime | None = None) -> bool:
    """Whether one may write there now."""
    if room.closed:
        return False
    return not room.by_hours or is_open(at=at or timezone.now(), demo=room.demo, calendar=room.hours_id)


def site_rooms(site: Site) -> list[dict[str, object]]:
    """The rooms of a site as a browser lists them."""
    return [
        {"id": one.pk, "name": one.name, "topic": one.topic, "open": room_open(one), "seq": one.last_seq}
        for one in Room.objects.filter(site=site).order_by("name", "id")
    ]


def room_lines(room: Room, *, after: int = 0, most: int = ROOM_SHOWN) -> list[dict[str, object]]:
    """What changed in a room after that, in order: new lines, and those that were taken away."""
    rows = list(RoomLine.objects.filter(room=room, seq__gt=after).order_by("-seq")[:most])
    return [room_shown(one) for one in sorted(rows, key=lambda one: one.pk)]


def room_shown(line: RoomLine) -> dict[str, object]:
    """A line as a browser gets it."""
    if line.gone:
        return {"id": line.pk, "seq": line.seq, "gone": True}
    plain: dict[str, object] = {
        "id": line.pk, "seq": line.seq, "name": line.name, "text": line.text, "at": line.at.timestamp(),
        "guest": line.guest_id or 0,
    }  # fmt: skip
    if line.guest_id is None:
        plain["ours"] = True
    if line.expert:
        plain["expert"] = True
    return plain


def room_state(room: Room) -> dict[str, object]:
    """How a room stands, as a browser shows it."""
    pinned = RoomLine.objects.filter(pk=room.pinned_id or 0, gone=False).first()
    return {
        "id": room.pk, "name": room.name, "topic": room.topic, "open": room_open(room), "slow": room.slow_seconds,
        "seq": room.last_seq, "pinned": room_shown(pinned) if pinned else None,
    }  # fmt: skip


def rooms(*, actor: Actor) -> list[Room]:
    """The rooms of the business one looks at, for who sets them up or keeps order in them. NotAllowed."""
    if not actor.may(access.MANAGE):
        actor.require(access.MODERATE)
    return list(Room.objects.filter(demo=actor.demo).select_related("site").order_by("site__name", "name", "id"))


def room_get(*, actor: Actor, id: int, permission: str = access.MODERATE) -> Room:
    """One room. NotAllowed, Room.DoesNotExist."""
    actor.require(permission)
    return Room.objects.select_related("site").get(pk=id, demo=actor.demo)


def room_guest(*, room_id: int, key: str) -> RoomGuest | None:
    """The visitor with this key in a room; None while they take no part."""
    return RoomGuest.objects.filter(room_id=room_id, visitor__key=key).first()


def room_talk(room: Room, *, most: int = 200) -> list[RoomLine]:
    """The latest lines for those who keep order, oldest first."""
    rows = RoomLine.objects.filter(room=room).select_related("guest").order_by("-pk")[:most]
    return list(reversed(rows))


def room_silenced(room: Room) -> list[RoomGuest]:
    """Visitors who only read."""
    rows = RoomGuest.objects.filter(room=room).filter(Q(banned=True) | Q(muted_until__gt=timezone.now()))
    return list(rows.order_by("name", "id")[:200])
