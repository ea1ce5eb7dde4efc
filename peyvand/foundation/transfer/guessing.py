"""What the columns of a file are, by their titles in two languages and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import translation

from peyvand.foundation.registry.declarations import ImportColumn, ImportShape
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.parsing import EMPTY, CellError, Settings, parser_of
from peyvand.foundation.transfer.reading import Sniffed

SURE = 0.9
ENOUGH = 0.5
MONTHS = 12
TELLING = 4  # letters of a title below which a likeness says nothing
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s\u200c_\-./:؟?()\[\]#*\"'،,]+")
_DAY_MONTH = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})\b")
_JALALI = re.compile(r"\s*1[2-5]\d\d[-/.]|.*[-/.]1[2-5]\d\d\b")
_FLOATED = re.compile(r"\d+\.0+")
_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")


@dataclass(frozen=True)
class ColumnGuess:
    """One column of the file. `ground` is title, like, values, empty or none; `share` how sure (0–1).

    `hints` are jalali, floated (ids written as 17850.0), comma (decimal commas), day_first, month_first; `question` is
    "day_first" when only a person can tell, otherwise "".
    """

    place: int
    title: str
    samples: Sequence[str]
    column: str = ""
    ground: str = "none"
    share: float = 0.0
    hints: Sequence[str] = field(default_factory=tuple)
    question: str = ""


@dataclass(frozen=True)
class Guess:
    """A shape's reading of a file, and how well the shape fits (0–1; 0 when a required column is missing)."""

    shape: str
    columns: Sequence[ColumnGuess]
    fit: float
    missing: Sequence[str]

    @property
    def mapping(self) -> dict[str, int]:
        """Place in the file by name of the shape's column."""
        return {guess.column: guess.place for guess in self.columns if guess.column}


def title_key(title: str) -> str:
    """A title without case, spaces and signs, in Latin and Persian: "Customer ID", customer_id and CustomerId are
    one.
    """
    return fa_key("".join(_WORDS.split(title)))


def guess(shape: ImportShape, sniffed: Sniffed) -> Guess:
    """The likeliest mapping: every column of the shape at most once, titles before values."""
    samples = [_samples(sniffed, place) for place in range(len(sniffed.columns))]
    found: list[tuple[float, str, int, str]] = []
    for column in shape.columns:
        titles = _titles(column)
        for place, title in enumerate(sniffed.columns):
            share, ground = _likeness(title, titles)
            fits = _fits(column, samples[place])
            if share and fits is not None:
                share *= 0.3 + 0.7 * fits
            elif not share and fits is not None and fits > SURE and column.kind in ("email", "phone"):
                share, ground = 0.6 * fits, "values"
            if share >= ENOUGH:
                found.append((round(share, 3), column.name, place, ground))
    taken: dict[int, tuple[float, str, str]] = {}
    used: set[str] = set()
    for share, name, place, ground in sorted(found, key=lambda item: -item[0]):
        if place not in taken and name not in used:
            taken[place] = (share, name, ground)
            used.add(name)
    by_name = {column.name: column for column in shape.columns}
    guesses = []
    for place, title in enumerate(sniffed.columns):
        share, name, ground = taken.get(place, (0.0, "", "none" if samples[place] else "empty"))
        guesses.append(_explained(place, title, samples[place], by_name.get(name), ground, share))
    missing = [column.name for column in shape.columns if column.required and column.name not in used]
    known = sum(share for share, _, _ in taken.values())
    fit = 0.0 if missing else known / max(len([one for one in samples if one]), 1)
    return Guess(shape.name, guesses, round(fit, 3), missing)


def guess_shape(shapes: Sequence[ImportShape], sniffed: Sniffed) -> list[Guess]:
    """Every shape's reading of the file, the best first; of equal ones that whose first column, its name, is there."""
    guesses = [guess(shape, sniffed) for shape in shapes]
    first = {shape.name: shape.columns[0].name for shape in shapes if shape.columns}
    return sorted(guesses, key=lambda one: (-one.fit, len(one.missing), first.get(one.shape) not in one.mapping))


def settings_of(guesses: Sequence[ColumnGuess], *, tz: str, region: str = "IR") -> Settings:
    """What the guesses say about reading values."""
    hints = {hint for guess in guesses for hint in guess.hints}
    day_first = True if "day_first" in hints else False if "month_first" in hints else None
    return Settings(tz=tz, day_first=day_first, decimal_comma="comma" in hints, region=region)


def _samples(sniffed: Sniffed, place: int) -> list[str]:
    cells = (row[place].strip() for row in sniffed.rows if place < len(row))
    return [cell for cell in cells if cell.casefold() not in EMPTY]


def _titles(column: ImportColumn) -> set[str]:
    titles = {title_key(title) for title in (column.name, *column.headers)}
    for language in ("en", "fa"):
        with translation.override(language):
            titles.add(title_key(str(column.label)))
    return titles - {""}


def _likeness(title: str, titles: set[str]) -> tuple[float, str]:
    key = title_key(title)
    if key in titles:
        return 1.0, "title"
    words = {fa_key(word) for word in _WORDS.split(title) if word}
    near = [one for one in titles if len(one) >= TELLING and (one in words or one in key)]
    near += [one for one in titles if len(key) >= TELLING and key in one]
    if not near:
        return 0.0, "none"
    best = max(min(len(one), len(key)) / max(len(one), len(key)) for one in near)
    return 0.55 + 0.35 * best, "like"


def _fits(column: ImportColumn, samples: Sequence[str]) -> float | None:
    """The share of samples that can be read as the column's kind; None where everything can."""
    if column.kind in ("text", "choice", "code") or not samples:
        return None
    parse, settings = parser_of(column), Settings(day_first=True)
    tried = samples[:: max(1, len(samples) // 60)]
    good = 0
    for cell in tried:
        try:
            parse(cell, settings)
        except CellError as error:
            good += error.reason == "date_order"
        else:
            good += 1
    return good / len(tried)


def _explained(
    place: int, title: str, samples: Sequence[str], column: ImportColumn | None, ground: str, share: float
) -> ColumnGuess:
    hints: list[str] = []
    question = ""
    if column is not None and samples:
        folded = [latin_digits(cell) for cell in samples]
        if column.kind in ("date", "datetime"):
            order = _day_order(folded)
            hints += ["jalali"] * any(_JALALI.match(cell) for cell in folded)
            hints += [order] * (order in ("day_first", "month_first"))
            question = "day_first" if order == "open" and "jalali" not in hints else ""
        elif column.kind in ("decimal", "number"):
            hints += ["comma"] * (any(_COMMA.fullmatch(cell) for cell in folded) and not any("." in c for c in folded))
        elif (column.key or column.kind == "code") and all(_FLOATED.fullmatch(cell) for cell in folded):
            hints.append("floated")
    shown = list(dict.fromkeys(cell[:60] for cell in samples))[:3]
    return ColumnGuess(place, title, shown, column.name if column else "", ground, share, hints, question)


def _day_order(cells: Sequence[str]) -> str:
    """Which of 3/4/2026 is the day: day_first, month_first, open (nobody can tell), or "" when the year stands
    first.
    """
    pairs = [(int(match[1]), int(match[2])) for cell in cells if (match := _DAY_MONTH.match(cell))]
    if not pairs:
        return ""
    if any(first > MONTHS for first, _ in pairs):
        return "day_first"
    return "month_first" if any(second > MONTHS for _, second in pairs) else "open"


def remembered(mapping: Mapping[str, str], sniffed: Sniffed) -> dict[str, int] | None:
    """The places of an earlier file's mapping (title key by column name), when this file has all of those titles."""
    places = {title_key(title): place for place, title in enumerate(sniffed.columns)}
    if not all(key in places for key in mapping.values()):
        return None
    return {name: places[key] for name, key in mapping.items()}
