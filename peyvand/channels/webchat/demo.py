"""The sample's chat: switched on for its shop, one visitor who waits, one room with an expert."""

from __future__ import annotations

from datetime import timedelta

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.services import receive
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.sites.tokens import token_new, visitor_key
from peyvand.channels.webchat.models import Chat, Kind, Line, Room, RoomExpert, RoomGuest, RoomLine, Widget
from peyvand.foundation.accounts.models import User
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor

ASKS = (
    (14, "سلام، چای لاهیجان بهاره هنوز موجود است؟"),
    (12, "اگر امروز سفارش بدهم تا پنجشنبه می‌رسد؟"),
)
ROOM = (
    (False, "نگار", "برای دم کردن چای سبز، آب باید چند درجه باشد؟"),
    (True, "", "هفتاد تا هشتاد درجه؛ آب جوش طعمش را تلخ می‌کند."),
    (False, "کامران", "چند دقیقه بماند خوب است؟"),
    (True, "", "دو تا سه دقیقه بس است."),
)


def sample_load(actor: Actor, world: World) -> int:
    """Write the chat and the room; gives how many rows."""
    site = Site.objects.filter(demo=True).order_by("pk").first()
    if site is None:
        return 0
    widget = Widget.objects.create(
        demo=True, site=site, title_fa="گفت‌وگو با چای‌خانه", title_en="Talk to the tea house",
        greeting_fa="سلام. درباره‌ی چای، سفارش یا ارسال هر پرسشی دارید بنویسید.",
        greeting_en="Hello. Ask anything about tea, your order or delivery.",
        away_fa="حالا کسی این‌جا نیست؛ پیام بگذارید، اول وقت پاسخ می‌دهیم.",
        away_en="Nobody is here just now; leave a message, and we answer first thing.",
        openings=[
            {"fa": "سفارشم کجاست؟", "en": "Where is my order?"},
            {"fa": "هزینه‌ی ارسال چقدر است؟", "en": "What does delivery cost?"},
        ],
    )  # fmt: skip
    return 1 + _chat(widget, world) + _room(site, world)


def _visitor(site: Site, world: World, name: str) -> Visitor:
    return Visitor.objects.create(
        demo=True, site=site, key=visitor_key(token_new()), language="fa", claims={"name": name},
        first_at=world.now - timedelta(minutes=40), last_at=world.now - timedelta(minutes=10),
    )  # fmt: skip


def _chat(widget: Widget, world: World) -> int:
    visitor = _visitor(widget.site, world, "سمانه")
    gone = world.now - timedelta(minutes=9)
    chat = Chat.objects.create(
        demo=True, visitor=visitor, widget=widget, page=f"https://{widget.site.hosts[0]}/tea/lahijan",
        title="چای لاهیجان بهاره", began_at=world.now - timedelta(minutes=15), seen_at=gone, left_at=gone,
    )  # fmt: skip
    made = 2
    for number, (minutes, text) in enumerate(ASKS, start=1):
        at = world.now - timedelta(minutes=minutes)
        entry = receive(
            demo=True,
            received=Received(
                channel="webchat", account_id=widget.pk, external_id=f"{visitor.key}:sample-{number}", at=at,
                address=visitor.key, name="سمانه", text=text, language="fa", conversation_id=chat.conversation_id,
            ),
        )  # fmt: skip
        if entry is not None:
            chat.conversation_id = entry.conversation_id
            Line.objects.create(
                demo=True, chat=chat, seq=number, kind=Kind.IN, entry=entry, client_id=f"sample-{number}", at=at
            )
            chat.last_seq = chat.delivered_seq = chat.read_seq = number
            made += 2
    chat.save()
    return made


def _room(site: Site, world: World) -> int:
    room = Room.objects.create(
        demo=True, site=site, name="پرسش و پاسخ چای", topic="هر چه درباره‌ی دم کردن و نگهداری چای می‌خواهید بدانید",
        slow_seconds=5, last_seq=len(ROOM),
    )  # fmt: skip
    expert = User.objects.get(pk=world.staff_ids[-1])
    RoomExpert.objects.create(demo=True, room=room, user=expert)
    made = 2
    for number, (ours, name, text) in enumerate(ROOM, start=1):
        guest = None
        if not ours:
            guest = RoomGuest.objects.create(demo=True, room=room, visitor=_visitor(site, world, name), name=name)
            made += 2
        RoomLine.objects.create(
            demo=True, room=room, seq=number, guest=guest, staff=expert if ours else None,
            name=expert.name if ours else name, expert=ours, text=text,
            at=world.now - timedelta(hours=3) + timedelta(minutes=number),
        )  # fmt: skip
        made += 1
    return made


def sample_remove(actor: Actor) -> int:
    """Remove the sample's widgets, chats and rooms."""
    gone = sum(
        rows.delete()[0]
        for rows in (Line.objects.filter(demo=True), Chat.objects.filter(demo=True), Widget.objects.filter(demo=True))
    )
    return gone + Room.objects.filter(demo=True).delete()[0]
