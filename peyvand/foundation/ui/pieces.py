"""Small things that many screens show, as data: pulse numbers, value classes, timeline items, empty states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.ui.charts import Number, Tone
from peyvand.foundation.ui.formats import day_label
from peyvand.foundation.ui.reader import current_reader

CLASSES: Mapping[str, tuple[str | Promise, str]] = {
    "champion": (pgettext_lazy("class", "Champion"), "crown"),
    "loyal": (pgettext_lazy("class", "Loyal"), "heart"),
    "promising": (pgettext_lazy("class", "Promising"), "plant-2"),
    "new": (pgettext_lazy("class", "New"), "sparkles"),
    "attention": (pgettext_lazy("class", "Needs attention"), "bell"),
    "risk": (pgettext_lazy("class", "At risk"), "trending-down"),
    "cantlose": (pgettext_lazy("class", "Can't lose"), "flame"),
    "dormant": (pgettext_lazy("class", "Dormant"), "moon"),
    "lost": (pgettext_lazy("class", "Lost"), "door-exit"),
}
"""The nine value classes: word and icon, best first; the colour is `.cl-<code>`."""

CHANNELS: Mapping[str, tuple[str | Promise, str]] = {
    "sms": (_("Text message"), "message-2"),
    "email": (_("Email"), "mail"),
    "call": (_("Call"), "phone"),
    "call-in": (_("Incoming call"), "phone-incoming"),
    "call-out": (_("Outgoing call"), "phone-outgoing"),
    "chat": (_("Live chat"), "messages"),
    "telegram": (_("Telegram"), "brand-telegram"),
    "instagram": (_("Instagram"), "brand-instagram"),
    "bale": (_("Bale"), "bale"),
    "web": (_("Website"), "world"),
    "store": (_("In person"), "building-store"),
    "order": (_("Order"), "shopping-bag"),
}
"""Channels have an icon and no colour."""


@dataclass(frozen=True)
class Stat:
    """One number of the pulse. `direction` is where it went, `judgement` whether that is good."""

    label: str
    value: str
    unit: str = ""
    url: str = ""
    spark: Sequence[Number] = ()
    tone: Tone = "c1"
    direction: Literal["up", "down", ""] = ""
    judgement: Literal["better", "worse", ""] = ""
    note: str = ""


@dataclass(frozen=True)
class TimelineItem:
    """Something that happened. `body` is people's text; `template` with `context` draws what plain text can't.

    `meta` reads in the direction of the page: names in it are isolated by whoever makes it (text.bidi.isolate).
    `tone` is one of the avatar grounds 0–6, None for the quiet ones. `note` is yellow paper, for internal notes only.
    """

    title: str
    at: datetime
    icon: str = "point"
    tone: int | None = None
    meta: str = ""
    tag: str = ""
    tag_tone: Literal["good", "warn", "bad", "info", "acc", ""] = ""
    tag_icon: str = ""
    amount: str = ""
    body: str = ""
    note: bool = False
    url: str = ""
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """One day of a timeline, under its heading."""

    label: str
    items: Sequence[TimelineItem]


def by_day(items: Iterable[TimelineItem], *, now: datetime | None = None) -> list[Day]:
    """Items, newest first as given, grouped by the reader's own days."""
    reader = current_reader()
    today = (now or timezone.now()).astimezone(reader.zone).date()
    return [
        Day(label=day_label(day, today=today), items=list(found))
        for day, found in groupby(items, key=lambda item: item.at.astimezone(reader.zone).date())
    ]


@dataclass(frozen=True)
class Empty:
    """What will be here, why it helps, one action, one line of sample."""

    title: str
    text: str
    icon: str = "sparkles"
    action: str = ""
    url: str = ""
    second: str = ""
    second_url: str = ""
    sample: str = ""


@dataclass(frozen=True)
class Key:
    """A line of the keyboard map: what it does and the keys, each as printed on the cap."""

    label: str
    keys: Sequence[str]


def keyboard_map() -> list[Key]:
    """The shortcuts every page has; letters work by their place on the keyboard, so Persian needs no switching."""
    return [
        Key(gettext("Command palette"), ["Ctrl", "K"]),
        Key(gettext("Search this page"), ["/"]),
        Key(gettext("Go to a place, then its letter"), ["G"]),
        Key(gettext("Create, on this page"), ["C"]),
        Key(gettext("Add a filter"), ["F"]),
        Key(gettext("Next or previous row"), ["J", "K"]),
        Key(gettext("Cell before or after"), ["←", "→"]),
        Key(gettext("Open the row, or edit the cell"), ["Enter"]),
        Key(gettext("Select the row"), ["X"]),
        Key(gettext("Select up to here"), ["Shift", "X"]),
        Key(gettext("Edit the row's cell, or the record"), ["E"]),
        Key(gettext("Assign"), ["A"]),
        Key(gettext("Note, call, meeting"), ["N", "L", "M"]),
        Key(gettext("Save or send"), ["Ctrl", "Enter"]),
        Key(gettext("Previous or next record"), ["Alt", "↑↓"]),
        Key(gettext("Chart or table"), ["T"]),
        Key(gettext("Undo the last thing"), ["Ctrl", "Z"]),
        Key(gettext("Close, clear"), ["Esc"]),
        Key(gettext("All keys"), ["?"]),
    ]
