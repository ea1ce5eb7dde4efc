"""Small words of visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django import template
from django.utils.translation import gettext, ngettext

from peyvand.channels.web.showing import DEVICES
from peyvand.channels.web.sources import device_of
from peyvand.foundation.ui import formats

register = template.Library()
T = TypeVar("T")
BESIDE = 6


@register.filter
def clock(value: datetime) -> str:
    """The time of day, as the reader reads it."""
    return formats.clock(value)


@register.filter
def lasted(seconds: int) -> str:
    """How long something lasted, in words."""
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": formats.number(seconds)}
    minutes = round(seconds / 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": formats.number(minutes)}


@register.filter
def period(days: int) -> str:
    """A period of the overview."""
    if days == 1:
        return gettext("Today")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)}


@register.filter
def browser(agent: str) -> str:
    """What kind of device a browser runs on."""
    found = DEVICES.get(device_of(agent))
    return str(found[0]) if found else gettext("Browser")


@register.filter
def last_ones(steps: Sequence[T]) -> Sequence[T]:
    """The last few of many steps."""
    return steps[-BESIDE:]
