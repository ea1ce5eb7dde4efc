"""What bots say by themselves: only as an answer, through the gate, in the person's language or in both."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from peyvand.channels.conversations.models import Entry
from peyvand.channels.messengers.joining import Whom
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.services import ContentData, Request, TextData, send
from peyvand.channels.outreach.services.sending import LIVE
from peyvand.foundation.registry.actor import system_actor

logger = logging.getLogger(__name__)
SHARE: Mapping[str, str] = {"fa": "فرستادن شماره‌ی من", "en": "Share my number"}


@dataclass(frozen=True)
class Words:
    """Something that is said: its name in the ledger, and its words in both languages. `asks` for their number."""

    source: str
    fa: str
    en: str
    asks: bool = False


GREETING = Words(
    "messengers.start",
    "سلام، خوش آمدید. پرسش خود را همین‌جا بنویسید. اگر مشتری ما هستید، با فرستادن شماره‌ی خود شما را زودتر می‌شناسیم.",
    "Hello and welcome. Write your question right here. If you are a customer, share your number so that we know you.",
    asks=True,
)
OLD_CODE = Words(
    "messengers.start",
    "این کد دیگر معتبر نیست. کد تازه‌ای بگیرید و همین‌جا بفرستید، یا پرسش خود را بنویسید.",
    "This code is no longer good. Get a new one and send it here, or just write your question.",
)
JOINED = Words(
    "messengers.joined",
    "انجام شد؛ از این پس شما را در این گفت‌وگو می‌شناسیم.",
    "Done: from now on we know you in this chat.",
)
NOT_YOURS = Words(
    "messengers.joined",
    "این گفت‌وگو پیش‌تر به نام کس دیگری ثبت شده است. همکاران ما بررسی می‌کنند و به شما خبر می‌دهند.",
    "This chat is known under another name already. Our colleagues will look at it and tell you.",
)
KNOWN = Words(
    "messengers.known",
    "سپاس از شما؛ از این پس شما را با همین شماره می‌شناسیم.",
    "Thank you: from now on we know you by this number.",
)
HEARD = Words(
    "messengers.known",
    "سپاس از شما؛ شماره به دست همکاران ما رسید.",
    "Thank you, our colleagues have your number.",
)
STOPPED = Words(
    "messengers.stop",
    "دیگر پیام تبلیغاتی از ما نمی‌گیرید. برای دریافت دوباره بنویسید: عضویت",
    "You get no more marketing messages from us here. To get them again, write: subscribe",
)
STARTED = Words(
    "messengers.stop",
    "از این پس دوباره پیام‌های ما را می‌گیرید. برای لغو بنویسید: لغو",
    "You get our messages again. To stop them, write: stop",
)


def say(whom: Whom, entry: Entry, said: Words) -> None:
    """Answer with these words. That the gate or a text of the house's refuses is no reason not to hear somebody."""
    row, conversation = whom.row, entry.conversation
    fa, en = said.fa, said.en
    if said is GREETING:
        fa, en = row.greeting_fa or fa, row.greeting_en or en
    language = whom.language if whom.language in ("fa", "en") else conversation.language
    texts = [TextData(fa, "fa"), TextData(en, "en")] if language else [TextData(f"{fa}\n\n{en}", "fa")]
    thread: dict[str, object] = {"conversation": conversation.pk}
    if said.asks and not whom.owners():
        thread["ask_contact"] = SHARE[language or "fa"]
    owners = whom.owners()
    try:
        send(
            actor=system_actor(demo=row.demo),
            request=Request(
                customer=owners[0].pk if len(owners) == 1 else None, purpose="service",
                content=ContentData(texts=texts, title=en[:60]), dedupe_key=f"{said.source}:{entry.pk}",
                channel=whom.channel, source=(said.source, conversation.pk), address=whom.key, account_id=row.pk,
                language=language or "fa", answers=True, thread=thread, priority=LIVE,
            ),
        )  # fmt: skip
    except InvalidError:
        logger.warning("bot %s could not answer conversation %s", row.pk, conversation.pk)
