"""What a touchpoint is called: visits by where they came from, other contacts by their kind, channel and direction.

A key is "visit:" with source/medium behind it, "said:" with kind/channel/direction, or OTHER, which takes the rare ones
together.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.insight.reports.sources import source_key, source_label
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.services import CALL, MEETING

OTHER = "other:"
VISIT, SAID = "visit:", "said:"
OF_ORDERS = "order"  # the channel of what an order leaves in the history
PERSONAL = (CALL, MEETING)  # a contact whoever began it


def quiet() -> Sequence[str]:
    """Kinds of interaction that are no touch: what only staff see, and what orders and payments leave behind."""
    return [kind.name for kind in registry.all(InteractionKind) if kind.note or kind.channel == OF_ORDERS]


def touch_label(key: str) -> str:
    """The touchpoint's name for the reader."""
    if key.startswith(VISIT):
        return _visit(key.removeprefix(VISIT))
    if not key.startswith(SAID):
        return gettext("Other touchpoints")
    kind, channel, direction = [*key.removeprefix(SAID).split("/"), "", ""][:3]
    if kind == CALL:
        return str(CHANNELS["call-out" if direction == "out" else "call-in"][0])
    label = str(registry.get(InteractionKind, kind).label) if registry.has(InteractionKind, kind) else kind
    known = registry.get(InteractionKind, kind).channel if registry.has(InteractionKind, kind) else ""
    if channel and channel != known:
        word = str(CHANNELS[channel][0]) if channel in CHANNELS else channel
        return gettext("%(kind)s (%(channel)s)") % {"kind": label, "channel": word}
    return label


def _visit(told: str) -> str:
    source, _slash, medium = told.partition("/")
    if not source:
        return gettext("Visit, by themselves")
    name = source_label(source_key(source))
    if medium:
        return gettext("Visit from %(source)s (%(medium)s)") % {"source": name, "medium": _medium(medium)}
    return gettext("Visit from %(source)s") % {"source": name}


def _medium(medium: str) -> str:
    words = {
        "cpc": gettext("advertisement"), "organic": gettext("search"), "social": gettext("social network"),
        "referral": gettext("link"), "email": gettext("email"), "sms": gettext("text message"),
    }  # fmt: skip
    return words.get(medium, medium)
