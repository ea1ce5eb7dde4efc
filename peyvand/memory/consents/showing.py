"""What stands, as screens draw it: a cell says it with a sign and a word, never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, pgettext

from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents import queries
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Decision, Purpose, Recorder

SIGNS = {
    Decision.GIVEN: "circle-check",
    Decision.WITHDRAWN: "arrow-back-up",
    Decision.DENIED: "ban",
    Decision.VOID: "eraser",
}
TONES = {Decision.GIVEN: "good", Decision.WITHDRAWN: "warn", Decision.DENIED: "bad", Decision.VOID: ""}


@dataclass(frozen=True)
class CellShown:
    """One purpose over one channel. `state` is a Decision, "" where nothing was said, "open" where silence allows."""

    channel: ConsentChannel
    state: str
    icon: str
    word: str
    at: datetime | None = None
    wording: str = ""


@dataclass(frozen=True)
class RowShown:
    """A purpose with its cells, in the order of the channels."""

    purpose: Purpose
    cells: Sequence[CellShown]


def word_of(decision: str) -> str:
    """What was said, in a word."""
    return str(Decision(decision).label)


def recorder_word(recorder: str) -> str:
    """Who wrote a line, in a word."""
    return str(Recorder(recorder).label)


def channel_of(name: str) -> ConsentChannel:
    """The declared channel, or a stand-in for one whose room is no more."""
    return (
        registry.get(ConsentChannel, name)
        if registry.has(ConsentChannel, name)
        else ConsentChannel(name, name, "point")
    )


def matrix(purposes: Sequence[Purpose], states: Mapping[tuple[int, str], ConsentState]) -> list[RowShown]:
    """Purposes by channels."""
    channels = queries.channels()
    return [RowShown(one, [_cell(one, channel, states.get((one.pk, channel.name))) for channel in channels])
            for one in purposes]  # fmt: skip


def _cell(purpose: Purpose, channel: ConsentChannel, state: ConsentState | None) -> CellShown:
    if state is None:
        if purpose.opt_out:
            return CellShown(channel, "open", "circle-dotted", pgettext("consent", "until they say no"))
        return CellShown(channel, "", "circle-dashed", pgettext("consent", "not asked"))
    wording = state.entry.wording
    version = gettext("wording %(n)s") % {"n": wording.version} if wording else ""
    return CellShown(
        channel, state.decision, SIGNS[Decision(state.decision)], word_of(state.decision), state.at, version
    )


@dataclass(frozen=True)
class LineShown:
    """A line of the ledger; `counts` no more where another line says that it was a mistake."""

    entry: ConsentEntry
    channel: ConsentChannel
    icon: str
    tone: str
    word: str
    counts: bool = True


def lines(entries: Sequence[ConsentEntry]) -> list[LineShown]:
    """Lines as they are read."""
    return [
        LineShown(one, channel_of(one.channel), SIGNS[Decision(one.decision)], TONES[Decision(one.decision)],
                  word_of(one.decision), not hasattr(one, "reversed_by"))
        for one in entries
    ]  # fmt: skip
