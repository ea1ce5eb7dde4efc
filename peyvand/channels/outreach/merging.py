"""Texts with merge fields, without the logic of a program: nothing is called, looked up in an object or looped.

    {{first_name}}                      the word
    {{first_name|friend}}               with what stands there for who has none
    {{#if city = Tehran}} … {{#else}} … {{/if}}     a block for some; = ≠ (or !=) < > ≤ ≥ and no sign at all ("has any")

A text is taken apart once and then merged with a mapping of plain strings. The mapping decides what there is; a field
that it lacks is empty. Values are escaped where the text is HTML, and a subject never gets a second line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.errors import MergeError
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key

DEEPEST = 4
MOST_MARKS = 500
NAME = r"[a-z][a-z0-9_.:-]{0,79}"
_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FIELD = re.compile(rf"({NAME})\s*(?:\|(.*))?", re.DOTALL)
_IF = re.compile(rf"#if\s+({NAME})\s*(?:(=|!=|≠|<=|>=|≤|≥|<|>)\s*(.+))?", re.DOTALL)
_SAME = {"!=": "≠", "<=": "≤", ">=": "≥"}

Values = Mapping[str, str]


@dataclass(frozen=True)
class Word:
    """A field and what stands there without it."""

    name: str
    fallback: str = ""


@dataclass(frozen=True)
class Condition:
    """A field compared with a value; `sign` "" asks whether there is any."""

    name: str
    sign: str = ""
    value: str = ""

    def holds(self, values: Values) -> bool:
        """Whether the block is for one with these values."""
        has = values.get(self.name, "").strip()
        if not self.sign:
            return bool(has)
        if self.sign in "=≠":
            return (fa_key(has) == fa_key(self.value)) is (self.sign == "=")
        left, right = _number(has), _number(self.value)
        if left is None or right is None:
            return False
        return {"<": left < right, ">": left > right, "≤": left <= right, "≥": left >= right}[self.sign]


@dataclass(frozen=True)
class Block:
    """Two texts, of which one is for the reader."""

    condition: Condition
    then: tuple[Part, ...]
    other: tuple[Part, ...]


Part = str | Word | Block


@dataclass
class _Open:
    """A block that is not closed yet."""

    condition: Condition
    line: int
    then: list[Part] = field(default_factory=list)
    other: list[Part] | None = None


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(latin_digits(text).replace("٬", "").replace(",", "").replace("٫", ".").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@lru_cache(maxsize=512)
def parsed(text: str) -> tuple[Part, ...]:
    """The text taken apart; MergeError says what is wrong with it, and in which line."""
    parts: list[Part] = []
    opened: list[_Open] = []
    place = 0

    def here() -> list[Part]:
        if not opened:
            return parts
        block = opened[-1]
        return block.then if block.other is None else block.other

    for number, mark in enumerate(_MARK.finditer(text)):
        line = text.count("\n", 0, mark.start()) + 1
        if number >= MOST_MARKS:
            raise MergeError(_("This text has too many merge fields."), line=line)
        if mark.start() > place:
            here().append(text[place : mark.start()])
        place = mark.end()
        inner = html.unescape(mark[1]).strip()
        if inner == "/if":
            if not opened:
                raise MergeError(_("A block is closed here that was never opened."), line=line)
            block = opened.pop()
            here().append(Block(block.condition, tuple(block.then), tuple(block.other or ())))
        elif inner == "#else":
            if not opened or opened[-1].other is not None:
                raise MergeError(_("This “else” belongs to no block."), line=line)
            opened[-1].other = []
        elif inner.startswith("#"):
            opened.append(_Open(_condition(inner, line), line))
            if len(opened) > DEEPEST:
                raise MergeError(_("At most four blocks lie within each other."), line=line)
        else:
            here().append(_word(inner, line))
    if opened:
        raise MergeError(_("This block is never closed; write {{/if}} after it."), line=opened[-1].line)
    if place < len(text):
        parts.append(text[place:])
    return tuple(parts)


def _condition(inner: str, line: int) -> Condition:
    found = _IF.fullmatch(inner)
    if found is None:
        raise MergeError(_("Write a condition like {{#if city = Tehran}}."), line=line)
    sign = found[2] or ""
    return Condition(found[1], _SAME.get(sign, sign), (found[3] or "").strip().strip("\"'«»“”"))


def _word(inner: str, line: int) -> Word:
    found = _FIELD.fullmatch(inner)
    if found is None:
        raise MergeError(_("Write a field like {{first_name}}, with Latin letters."), line=line)
    fallback = (found[2] or "").strip()
    fallback = re.sub(r"^default\s*:\s*", "", fallback)
    return Word(found[1], fallback.strip("\"'"))


def merged(text: str, values: Values, *, escape: bool = False) -> str:
    """The text with these values; `escape` where it is HTML."""
    return "".join(_drawn(parsed(text), values, escape))


def _drawn(parts: tuple[Part, ...], values: Values, escape: bool) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Word):
            said = values.get(part.name, "") or part.fallback
            yield html.escape(said, quote=True) if escape else said
        else:
            yield from _drawn(part.then if part.condition.holds(values) else part.other, values, escape)


def one_line(text: str) -> str:
    """A subject: no second line, no header smuggled in."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029\x85]", " ", text).split())


def fields_of(text: str) -> frozenset[str]:
    """The names of all fields that a text asks for."""

    def names(parts: tuple[Part, ...]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, Word):
                yield part.name
            elif isinstance(part, Block):
                yield part.condition.name
                yield from names(part.then)
                yield from names(part.other)

    return frozenset(names(parsed(text)))
