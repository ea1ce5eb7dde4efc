"""Texts as numbers, as yes and no, as codes. Heavy: children of the worker and the console only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.lists import joined
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.value.table import Table, Texts

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

MOST_LEVELS = 50  # of a category; a text with more is not learnt from
NONE = {"", "inf", "-inf", "na", "n/a", "nan", "null", "none", "-"}
YES = {"yes", "y", "true", "t", "1", "1.0", "churn", "churned", "left", "lost", "exited", "بله", "بلی", "آری"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")


@dataclass(frozen=True)
class Feature:
    """A column that can be learnt from. `values`: numbers (nan: not given), or codes into `levels` (-1: not given)."""

    name: str
    values: Floats
    levels: tuple[str, ...] = ()  # of a category; () is a number

    @property
    def category(self) -> bool:
        """Whether the values are codes."""
        return bool(self.levels)


@dataclass(frozen=True)
class Dropped:
    """A column that is not learnt from, and why, in words."""

    name: str
    reason: str


def number(text: str) -> float:
    """A number as people write it, nan where it is none: «۱٬۲۳۴٫۵», 1,234.5 and 12% are numbers."""
    plain = latin_digits(text).replace("٬", "").replace("٫", ".").replace(",", "").rstrip("%").strip()
    try:
        found = float(plain)
    except ValueError:
        return np.nan
    return found if np.isfinite(found) else np.nan


def numbers(texts: Texts) -> Floats:
    """Numbers of the texts, nan where not given; ValueError when some text is no number."""
    distinct, places = np.unique(texts, return_inverse=True)
    found = np.array([number(text) for text in distinct])
    blank = np.array([text.casefold() in NONE for text in distinct])
    if np.any(np.isnan(found) & ~blank):
        raise ValueError
    return np.asarray(found[places], dtype=np.float64)


def numbers_of(table: Table, name: str) -> Floats:
    """A column that must hold a number, or yes or no, on every line."""
    texts = table.column(name)
    try:
        found = numbers(texts)
    except ValueError:
        found = np.full(len(texts), np.nan)
    if not np.isnan(found).any():
        return found
    levels = sorted(set(texts) - {""})
    if len(levels) == 2 and not (texts == "").any():
        return yes_or_no(table, name).astype(np.float64)
    text = _("The column “{name}” must hold a number, or yes or no, on every line.")
    raise CannotTellError(text.format(name=table.name_of(name)))


def yes_or_no(table: Table, name: str, *, positive: str = "") -> Bools:
    """A column of two values as booleans; which of them is yes is known by the word, or said by `positive`."""
    texts, named = table.column(name), table.name_of(name)
    levels = sorted(set(texts))
    if len(levels) == 1:
        text = _("Every line of “{name}” says “{value}”, so there is nothing to learn.")
        raise CannotTellError(text.format(name=named, value=levels[0]))
    if "" in levels:
        raise CannotTellError(_("The column “{name}” is blank on some lines; fill them or leave them out.").format(
            name=named))  # fmt: skip
    if len(levels) != 2:
        text = _("The column “{name}” must hold two values, as yes and no; it holds {number}.")
        raise CannotTellError(text.format(name=named, number=len(levels)))
    known = [level for level in levels if (level == positive if positive else level.casefold() in YES)]
    if len(known) != 1:
        text = _("Which value of “{name}” means yes: {values}? Say it with --positive.")
        raise CannotTellError(text.format(name=named, values=joined(levels)))
    return np.asarray(texts == known[0], dtype=np.bool_)


def features(table: Table, *, without: str) -> tuple[list[Feature], list[Dropped]]:
    """Every column but the target: what can be learnt from, and what is left out with the reason."""
    kept: list[Feature] = []
    dropped: list[Dropped] = []
    for name, texts in table.columns.items():
        if name == without:
            continue
        found = _feature(name, texts)
        if isinstance(found, Feature):
            kept.append(found)
        else:
            dropped.append(Dropped(name=name, reason=found))
    return kept, dropped


def _feature(name: str, texts: Texts) -> Feature | str:
    distinct = np.unique(texts)
    if len(distinct) == 1:
        return _("the same on every line")
    try:
        values = numbers(texts)
    except ValueError:
        return _of_words(name, texts, distinct)
    if _counts_lines(values):
        return _("a number of the line or of the customer")
    return Feature(name=name, values=values)


def _of_words(name: str, texts: Texts, distinct: Texts) -> Feature | str:
    if len(distinct) > MOST_LEVELS and all(_DATE.fullmatch(text) for text in distinct if text):
        try:
            days = {text: date.fromisoformat(text[:10]).toordinal() if text else np.nan for text in distinct}
        except ValueError:
            return _("holds dates that do not exist")
        return Feature(name=name, values=np.array([days[text] for text in texts], dtype=np.float64))
    if len(distinct) > MOST_LEVELS:
        return _("nearly every line says something else") if len(distinct) > len(texts) / 2 else _("too many values")
    levels = tuple(str(text) for text in distinct if text)
    codes = {text: float(place) for place, text in enumerate(levels)} | {"": -1.0}
    return Feature(name=name, values=np.array([codes[text] for text in texts]), levels=levels)


def _counts_lines(values: Floats) -> bool:
    """Whole numbers, none twice, without gaps worth the name: a key, not a measure."""
    known = values[~np.isnan(values)]
    if len(known) < 20 or len(known) < len(values) or np.any(known != np.floor(known)):
        return False
    ordered = np.sort(known)
    return bool(np.all(np.diff(ordered) > 0) and (ordered[-1] - ordered[0] < 2 * len(known) or ordered[0] > 9_999))
