"""Messengers as the gate's dispatcher knows them: bots, sending, asking. One carrier a messenger."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.models import Conversation, Entry, Way
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Access, Adapter, Loaded
from peyvand.channels.messengers.models import Bot
from peyvand.channels.outreach.declarations import Account, Asked, Carrier, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.handing import answered, note
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.outside.locking import unlocked
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.customers.models import IdentityKind

PURPOSE = "messengers.credentials"
BATCH = 25
CLOSINGS = {"fa": "برای نگرفتن این پیام‌ها بنویسید: لغو", "en": "To stop these messages, reply: stop"}
_DECLARED = ("telegram", "bale")  # whose ways of consent memory.consents has


def channel_of(messenger: str) -> str:
    """The channel of a messenger."""
    return f"messenger:{messenger}"


def hook_url(row: Bot) -> str:
    """The address that its messenger calls."""
    return f"{settings.SITE_URL}/hooks/messengers/{row.hook}/"


def access_of(row: Bot) -> Access:
    """The bot with its keys in the clear; without any when the installation's key was replaced."""
    plain = unlocked(row.credentials, purpose=PURPOSE)
    adapter = ADAPTERS[row.messenger]
    return Access(
        row.pk, row.name, row.username, row.base_url or adapter.base_url, hook_url(row),
        row.proxy if adapter.proxied else "", json.loads(plain) if plain else {}, row.header,
    )  # fmt: skip


def in_use(demo: bool) -> Collection[str]:
    """The channels that have a bot."""
    rows = Bot.objects.filter(demo=demo, enabled=True).values_list("messenger", flat=True)
    return {channel_of(one) for one in rows.distinct()}


def _accounts(messenger: str) -> Callable[[bool], Sequence[Account]]:
    def accounts(demo: bool) -> Sequence[Account]:
        """The bots that are switched on, in their order."""
        rows = Bot.objects.filter(demo=demo, enabled=True, messenger=messenger).order_by("position", "id")
        return [
            Account(
                id=row.pk, name=row.name, line=(row.username or row.name)[:60], kinds=frozenset(row.kinds),
                order=row.position, per_second=row.per_second, per_day=row.per_day, price_minor=row.price_minor,
                currency=row.currency, secret={"row": row},
            )
            for row in rows
        ]  # fmt: skip

    return accounts


def _row(account: Account) -> Bot:
    found = account.secret.get("row")
    return found if isinstance(found, Bot) else Bot.objects.get(pk=account.id)


# ── sending ───────────────────────────────────────────────────────────────


def send(account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """Hand them over one by one, each from the bot with which its recipient began a chat. The sample's reach nobody."""
    row = _row(account)
    if row.demo:
        return [Outcome(one.id, Said.DELIVERED, provider_id=f"sample-{one.id}", code="sample") for one in messages]
    adapter = ADAPTERS[row.messenger]
    bots, chats = _chats(row, adapter, messages)
    stored = StoredFile.objects.in_bulk({pk for one in messages for pk in one.files})
    said: list[Outcome] = []
    for one in messages:
        bot = bots.get(one.to, row)
        note([one.id])
        outcome = _sent(bot, adapter, one, chats.get(one.to, one.to), stored)
        answered([outcome])
        said.append(outcome)
        _trouble(bot, outcome)
    return said


def _sent(bot: Bot, adapter: Adapter, one: Outgoing, chat: str, stored: Mapping[int, StoredFile]) -> Outcome:
    if "\x00" in one.text:
        return Outcome(one.id, Said.FAILED, code="empty")
    try:
        files = [_loaded(stored[pk]) for pk in one.files]
    except (KeyError, FileNotFoundError):
        return Outcome(one.id, Said.FAILED, code="file-gone")
    return adapter.send(access_of(bot), one if chat == one.to else _to(one, chat), files)


def _to(one: Outgoing, chat: str) -> Outgoing:
    return Outgoing(**{**one.__dict__, "to": chat})


def _loaded(file: StoredFile) -> Loaded:
    with file.path.open("rb") as stream:
        return Loaded(file.name, file.content_type, stream.read())


def _chats(row: Bot, adapter: Adapter, messages: Sequence[Outgoing]) -> tuple[dict[str, Bot], dict[str, str]]:
    """From which bot each is to go, and how the messenger writes their chat, by what they wrote themselves. A bot
    reaches only those who have begun a chat with it.
    """
    if adapter.phone:
        return {}, {}
    channel = channel_of(row.messenger)
    given = {one.to for one in messages}
    talks = Conversation.objects.filter(demo=row.demo, channel=channel, address__in=given).order_by("last_in_at", "id")
    begun = dict(talks.exclude(account_id=None).values_list("address", "account_id"))
    others = Bot.objects.filter(demo=row.demo, messenger=row.messenger, enabled=True).in_bulk(set(begun.values()))
    bots = {address: others[pk] for address, pk in begun.items() if pk in others}
    if not adapter.cased:
        return bots, {}
    entries = Entry.objects.filter(
        demo=row.demo, way=Way.IN, channel=channel, address__in=given, conversation__address__in=given,
        conversation__channel=channel,
    )  # fmt: skip
    known = entries.values_list("address", "proof")
    return bots, {address: str(proof["chat"]) for address, proof in known if "chat" in proof}


def _trouble(row: Bot, outcome: Outcome) -> None:
    """What hinders the bot as a whole stands on its page; it goes when a message went."""
    again = outcome.said == Said.AGAIN
    words = f"{outcome.code} {outcome.text}".strip()[:300] if again else ""
    if words != row.trouble and (again or outcome.said == Said.SENT):
        Bot.objects.filter(pk=row.pk).update(trouble=words)
        row.trouble = words


def _look_up(adapter: Adapter) -> Callable[[Account, Sequence[Asked]], Sequence[Outcome]] | None:
    asking = adapter.look_up
    if asking is None:
        return None

    def look_up(account: Account, asked: Sequence[Asked]) -> Sequence[Outcome]:
        """Ask the messenger what became of them."""
        return asking(access_of(_row(account)), asked)

    return look_up


def closing(account: Account, kind: str, language: str) -> str:
    """Marketing in a chat says by which word it stops."""
    return CLOSINGS["en" if language == "en" else "fa"] if kind == PurposeKind.MARKETING else ""


def _carrier(adapter: Adapter) -> Carrier:
    identity = IdentityKind.PHONE if adapter.phone else IdentityKind.MESSENGER
    return Carrier(
        name=channel_of(adapter.name), label=adapter.label, icon=adapter.icon, identity=identity,
        accounts=_accounts(adapter.name), send=send, order=adapter.order, batch=BATCH, look_up=_look_up(adapter),
        closing=closing, notes=True, files=True, spare=in_use,
    )  # fmt: skip


CARRIERS = tuple(_carrier(one) for one in ADAPTERS.values())
CONSENTS = tuple(
    ConsentChannel(channel_of(one.name), one.label, one.icon, one.order, identity="phone" if one.phone else "messenger")
    for one in ADAPTERS.values()
    if one.name not in _DECLARED
)
WITHOUT = _("Nothing leaves this machine.")
