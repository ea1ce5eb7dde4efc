"""The sample's conversations: some wait, some are with colleagues, some put aside or done, one phone is a family's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from django.db import connection

from peyvand.channels.conversations.demo_words import ANSWERERS, IN, NOTE, OUT, RULES, SAVED, TAGS, TALKS, TEAS
from peyvand.channels.conversations.models import (
    Answerer,
    Conversation,
    ConversationRead,
    ConversationTag,
    Entry,
    Mention,
    RoutingRule,
    RoutingSettings,
    SavedReply,
    State,
    Tagging,
    Way,
)
from peyvand.channels.conversations.services.answering import mentioned
from peyvand.channels.conversations.services.firsts import firsts_put
from peyvand.channels.conversations.services.receiving import PREVIEW
from peyvand.channels.outreach.models import Content, Message
from peyvand.channels.outreach.models import State as MessageState
from peyvand.channels.outreach.services import ContentData, TextData, content_of
from peyvand.foundation.accounts.models import User
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer, Identity, IdentityKind

LINE = "+9810001234"
HOW_MANY = 40
TABLES = (
    "conversations_savedreply",
    "conversations_routingrule",
    "conversations_routingsettings",
    "conversations_answerer",
    "conversations_alarm",
    "conversations_entrymove",
    "conversations_tagging",
    "conversations_conversationtag",
    "conversations_presence", "conversations_mention",
    "conversations_conversationread", "conversations_entryfile", "conversations_entry",
    "conversations_conversation",
)  # fmt: skip
SLOW = (0, 0, 1, 0, 1)  # which of its lines comes hours later, of conversations of earlier days; 0 is none
KINDS = {"sms": IdentityKind.PHONE, "email": IdentityKind.EMAIL}


def sample_load(actor: Actor, world: World) -> int:
    """Write the conversations; gives how many rows."""
    chance = world.chance("conversations")
    people = {channel: _people(channel, chance, world.count(HOW_MANY)) for channel in KINDS}
    names = list(User.objects.filter(pk__in=world.staff_ids).values_list("pk", "name"))
    made = _saved(world) + _arranged(world)
    for place in range(world.count(HOW_MANY)):
        channel, subject, lines = TALKS[place % len(TALKS)]
        known = people[channel]
        if not known:
            continue
        customer, address = known[place % len(known)]
        family = place == 10  # a phone that several share: nobody knows who wrote
        made += _talk(
            actor, world, chance, place, channel, subject, lines, None if family else customer, address, names
        )
    return made


def _arranged(world: World) -> int:
    me, *others = world.staff_ids[:4]
    RoutingSettings.objects.update_or_create(
        demo=True,
        defaults={
            "reroute_minutes": 60,
            "tell_minutes": 30,
            "tell_classes": ["champion", "cantlose"],
            "tell_user_id": me,
        },
    )
    people = list(zip(others, ANSWERERS, strict=False))
    for user_id, (languages, topics, most) in people:
        Answerer.objects.create(demo=True, user_id=user_id, languages=languages, topics=topics, most=most)
    for number, rule in enumerate(RULES):
        RoutingRule.objects.create(demo=True, position=number, **rule)
    return 1 + len(people) + len(RULES)


def _saved(world: World) -> int:
    for number, (shortcut, name, text_fa, text_en) in enumerate(SAVED):
        SavedReply.objects.create(
            demo=True, owner_id=world.staff_ids[0], shared=number < len(SAVED) - 1, name=name, shortcut=shortcut,
            text_fa=text_fa, text_en=text_en, search_key=fa_key(f"{shortcut} {name} {text_fa} {text_en}"),
        )  # fmt: skip
    return len(SAVED)


def _people(channel: str, chance: random.Random, most: int) -> list[tuple[Customer, str]]:
    rows = list(
        Identity.objects.filter(demo=True, kind=KINDS[channel], is_primary=True)
        .select_related("customer")
        .order_by("-customer_id")[: most * 4]
    )
    chance.shuffle(rows)
    return [(one.customer, one.key) for one in rows[:most]]


def _talk(
    actor: Actor, world: World, chance: random.Random, place: int, channel: str, subject: str,
    lines: Sequence[tuple[str, str]], customer: Customer | None, address: str, names: Sequence[tuple[int, str]],
) -> int:  # fmt: skip
    words = {"tea": chance.choice(TEAS), "n": persian_digits(str(chance.choice((12, 15, 20, 24, 40))))}
    texts = [(way, text.format(**words)) for way, text in lines]
    days = 0 if place < 14 else chance.randrange(1, 25)
    at = world.moment(days, chance) - timedelta(minutes=37 * len(texts))
    one = Conversation(
        demo=True, customer=customer, subject=subject, channel=channel, address=address, created_at=at,
        language=(customer.language if customer else "") or "fa",
    )  # fmt: skip
    one.save()
    entries: list[Entry] = []
    for number, (way, text) in enumerate(texts):
        later = timedelta(hours=place % 7 + 2)
        if 0 < number == SLOW[place % len(SLOW)] and days and at + 2 * later < world.now:
            at += later
        entries.append(_entry(actor, world, chance, one, number, way, text, at))
        at += timedelta(minutes=chance.randrange(6, 36))
    _stand(one, entries, world, chance, place, customer)
    _read(one, entries, world, chance, names)
    _tagged(one, place)
    return 1 + len(entries)


def _entry(
    actor: Actor, world: World, chance: random.Random, one: Conversation, number: int, way: str, text: str, at: datetime
) -> Entry:
    staff = None if way == IN else world.staff_ids[(one.pk + number) % len(world.staff_ids)]
    message = _message(actor, one, number, text, at, staff, chance) if way == OUT else None
    return Entry.objects.create(
        demo=True, conversation=one, way=way, channel="" if way == NOTE else one.channel, at=at, staff_id=staff,
        subject=one.subject if way == IN and number == 0 else "", text=text, message=message,
        html=_page(text) if way == IN and number == 0 and one.channel == "email" else "",
        external_id=f"sample:{one.pk}:{number}" if way == IN else None, address=one.address if way == IN else "",
        search_key=fa_key(f"{one.subject} {text}"),
    )  # fmt: skip


def _page(text: str) -> str:
    """A mail with looks of its own, and a picture that tells its sender when it is opened."""
    lines = escape(text).replace("\n", "<br>")
    return (
        f'<div dir="rtl" style="font-family:Tahoma;line-height:1.9"><p>{lines}</p><hr>'
        '<p style="color:#5b6b67">فرستاده از گوشی <img src="https://mail.example/open.gif" alt=""></p></div>'
    )


def _message(
    actor: Actor, one: Conversation, number: int, text: str, at: datetime, staff: int | None, chance: random.Random
) -> Message:
    content: Content = content_of(
        actor=actor, given=ContentData(texts=[TextData(text, one.language, subject=one.subject)], title=text[:60])
    )
    luck = chance.random()
    state = MessageState.DELIVERED if luck < 0.8 else MessageState.SENT if luck < 0.94 else MessageState.FAILED
    return Message.objects.create(
        demo=True, customer=one.customer, purpose="service", kind="service", options=[one.channel], channel=one.channel,
        line=LINE if one.channel == "sms" else "", address=one.address, address_key=one.address, content=content,
        language=one.language, dedupe_key=f"sample:conversation:{one.pk}:{number}", source_kind="conversations.reply",
        source_id=one.pk, staff_id=staff, priority=1, state=state, due_at=at, created_at=at, attempted_at=at,
        sent_at=at, delivered_at=at if state == MessageState.DELIVERED else None, tries=1,
        reason="" if state != MessageState.FAILED else "11",
        said="" if state != MessageState.FAILED else "نرسیده به گوشی",
    )  # fmt: skip


def _stand(
    one: Conversation, entries: Sequence[Entry], world: World, chance: random.Random, place: int,
    customer: Customer | None,
) -> None:  # fmt: skip
    said = [entry for entry in entries if entry.way != Way.NOTE]
    inward = [entry for entry in said if entry.way == Way.IN]
    waits = said[-1].way == Way.IN
    one.preview, one.entries_count = " ".join(said[-1].text.split())[:PREVIEW], len(entries)
    one.last_at, one.last_in_at = said[-1].at, inward[-1].at
    one.waiting_since = said[-1].at if waits else None
    answers = [entry for entry in said if entry.way == Way.OUT]
    one.answered_at = answers[-1].at if answers else None
    firsts_put(one)
    if place % 4 == 3 and customer is not None:
        one.assignee_id, one.routed = world.staff_ids[place // 4 % len(world.staff_ids)], {"why": "answered"}
    elif place % 4:
        one.assignee_id = world.staff_ids[0] if place % 4 == 1 else world.staff_ids[place % len(world.staff_ids)]
        one.routed = {"why": "owner"} if customer and customer.owner_id == one.assignee_id else {}
    if (not waits and place >= 14) or place > 30:
        one.state, one.closed_at, one.waiting_since = State.CLOSED, one.last_at + timedelta(minutes=20), None
    elif place % 9 == 8:
        one.state, one.snoozed_until = State.SNOOZED, world.now + timedelta(hours=chance.randrange(10, 70))
    one.save()


def _tagged(one: Conversation, place: int) -> None:
    for word in TAGS[place % len(TAGS)]:
        tag, _new = ConversationTag.objects.get_or_create(demo=True, key=fa_key(word), defaults={"name": word})
        Tagging.objects.create(demo=True, conversation=one, tag=tag)


def _read(
    one: Conversation, entries: Sequence[Entry], world: World, chance: random.Random, names: Sequence[tuple[int, str]]
) -> None:
    me = world.staff_ids[0]
    if one.waiting_since is None or chance.random() < 0.35:
        ConversationRead.objects.create(demo=True, user_id=me, conversation=one, at=one.last_at)
    for entry in entries:
        if entry.way == Way.NOTE:
            called = [user_id for user_id in mentioned(entry.text, names) if user_id != entry.staff_id]
            Mention.objects.bulk_create(
                Mention(demo=True, user_id=user_id, conversation=one, entry=entry, at=entry.at) for user_id in called
            )


def sample_remove(actor: Actor) -> int:
    """Remove the sample's conversations; gives how many went."""
    removed = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE demo")
            removed = cursor.rowcount
    return removed
