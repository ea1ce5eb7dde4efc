"""Messages as screens show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from peyvand.channels.outreach import explaining
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.drawing import Drawn, drawn
from peyvand.channels.outreach.models import Content, Message, State
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import Purpose

_LOOKS: Mapping[str, tuple[str, str]] = {
    State.PENDING: ("info", "clock"),
    State.LEASED: ("info", "clock"),
    State.ATTEMPTING: ("info", "send"),
    State.HELD: ("warn", "hand-stop"),
    State.SENT: ("good", "check"),
    State.DELIVERED: ("good", "checks"),
    State.FAILED: ("bad", "alert-triangle"),
    State.INDETERMINATE: ("warn", "help"),
    State.REFUSED: ("bad", "ban"),
    State.CANCELLED: ("", "x"),
}


@dataclass(frozen=True)
class Row:
    """A message of the ledger with its words."""

    message: Message
    title: str
    tone: str
    icon: str
    why: str
    purpose: str
    channel: Label
    channel_icon: str


@dataclass(frozen=True)
class Judged:
    """One channel that the gate looked at, with what each check said."""

    channel: Label
    icon: str
    lines: Sequence[explaining.Line]


def rows(messages: Iterable[Message], *, demo: bool) -> list[Row]:
    """The rows of a list."""
    names = purpose_names(demo=demo)
    return [row(one, names) for one in messages]


def purpose_names(*, demo: bool) -> dict[str, str]:
    """Names of purposes by key, in the reader's language."""
    return {one.key: one.name for one in Purpose.objects.filter(demo=demo)}


def row(message: Message, names: Mapping[str, str]) -> Row:
    """One message in words."""
    label, icon = channel_of(message.channel or next((str(one) for one in message.options if one), ""))
    tone, sign = _LOOKS.get(message.state, ("", "send"))
    return Row(
        message=message,
        title=title_of(message),
        tone=tone,
        icon=sign,
        why=_why(message),
        purpose=names.get(message.purpose, message.purpose),
        channel=label,
        channel_icon=icon,
    )


def _why(message: Message) -> str:
    """The reason in words; a provider's code for having taken it is none."""
    gone = message.state in (State.SENT, State.DELIVERED)
    if not message.reason or (gone and message.reason not in explaining.WORDS):
        return ""
    return explaining.words(message.reason)


def channel_of(name: str) -> tuple[Label, str]:
    """A channel's name and icon."""
    if registry.has(Carrier, name):
        carrier = registry.get(Carrier, name)
        return carrier.label, carrier.icon
    return name, "send"


def title_of(message: Message) -> str:
    """What a message is called in lists: its subject, else its first words."""
    shown = said(message)
    if shown is None:
        return message.content.title if message.content is not None else ""
    first = next(iter(shown.text.splitlines()), "")
    return (shown.subject or first)[:140]


def said(message: Message) -> Drawn | None:
    """What the recipient reads, drawn again with the words it was merged with; None where there is no text for it."""
    content = message.content
    carrier = _carrier(message)
    if content is None or carrier is None:
        return None
    language = message.language or (get_language() or "fa")[:2]
    values = {**message.values, **message.merged}
    return drawn(content.texts, values, carrier=carrier, account=None, kind=message.kind, language=language)


def _carrier(message: Message) -> Carrier | None:
    named = [message.channel, *map(str, message.options)]
    found = next((one for one in named if one and registry.has(Carrier, one)), "")
    if found:
        return registry.get(Carrier, found)
    return next(iter(registry.all(Carrier)), None)


def verdict(message: Message) -> list[Judged]:
    """What the gate said last, channel by channel."""
    found = []
    for option in message.verdict:
        label, icon = channel_of(str(option.get("channel", "")))
        found.append(Judged(label, icon, [explaining.said_line(one) for one in option.get("said", [])]))
    return found


def judged_option(option: Any) -> Judged:
    """An option of a forecast in words."""
    label, icon = channel_of(option.channel)
    return Judged(label, icon, [explaining.said_line(one.as_plain()) for one in option.said])


def cost_of(message: Message) -> Money | None:
    """What it cost, where that is known."""
    return None if message.cost_minor is None else Money(message.cost_minor, message.cost_currency)


def preview(content: Content, *, channel: str, language: str, values: Mapping[str, str]) -> Drawn | None:
    """A content as a recipient with these words would read it."""
    if not registry.has(Carrier, channel):
        return None
    carrier = registry.get(Carrier, channel)
    account = next(iter(carrier.accounts(content.demo)), None)
    return drawn(content.texts, values, carrier=carrier, account=account, kind="marketing", language=language)
