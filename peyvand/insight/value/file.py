"""What the customers of a bare file are worth, without bringing it in: `peyvand insight value`. Heavy: console only."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.foundation.calendar.parsing import AmbiguousDateError, parse_date
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.parsing import EMPTY, CellError, read_decimal
from peyvand.foundation.transfer.tables import ReadError
from peyvand.foundation.ui import formats
from peyvand.insight.value.fitting import gammagamma, holdout
from peyvand.insight.value.fitting.buying import Buying
from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector
from peyvand.insight.value.purchases import Habits, Purchases, by_day, habits
from peyvand.insight.value.table import Table, Texts
from peyvand.insight.value.table import read as read_table

UNITS: Final = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}  # days
YEAR = 365.25
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_MARK = re.compile(r"[$€£¥﷼]|[^\W\d_]{2,}")
_MARKS: Final = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "﷼": "IRR", "ریال": "IRR", "rial": "IRR", "irt": "TOMAN",
    "تومان": "TOMAN",
}  # fmt: skip
CURRENCIES: Final = frozenset(fa_key(word) for word in ("currency", "currency code", "ارز", "واحد پول", "واحد ارز"))
LARGEST: Final = 1e15  # amounts at which numbers of a computer lose whole units
_ISO = re.compile(r"(?:1[6-9]|2\d)\d\d-\d\d-\d\d(?=$|[ T])")


@dataclass(frozen=True)
class Columns:
    """Names of the columns; "" for what is not given. With `quantity`, the amount is that of one piece. `only` is a
    currency: lines of others are left out, by the file's column of currencies.
    """

    customer: str
    date: str
    amount: str = ""
    quantity: str = ""
    only: str = ""


@dataclass(frozen=True)
class Bought:
    """Purchases of a file, whose customers are named by `names`, and how its lines were counted."""

    names: Sequence[str]
    purchases: Purchases
    counts: dict[str, int]


def read(path: Path, columns: Columns) -> Bought:
    """Read a CSV (gz too) or a workbook. ReadError is a sentence for whoever asked.

    A line without a customer is left out; one with a negative amount is a return: no purchase, and in no spending;
    one of nothing is a purchase of nothing.
    """
    wanted = [name for name in (columns.customer, columns.date, columns.amount, columns.quantity) if name]
    table = read_table(path, only=wanted, besides=lambda names: _currencies(names, columns))
    names, who = _distinct(table.column(columns.customer))
    known = ~np.isin(who, [code for code, name in enumerate(names) if name.lower() in EMPTY])
    counted = known & _of_currency(table, columns, known)
    amount = _amounts(table, columns, counted)
    bought = counted & (amount >= 0)
    counts = {
        "lines": table.rows + table.skipped, "without_customer": int((~known).sum()),
        "returns": int((amount < 0).sum()), "nothing": int((bought & (amount == 0)).sum()), "broken": table.skipped,
        "elsewhere": int((known & ~counted).sum()), "ahead": 0,
    }  # fmt: skip
    if not bought.any():
        raise ReadError(_nothing(counts))
    texts, when = _distinct(table.column(columns.date)[bought])
    days = np.array(_days(table, texts, columns.date), dtype=np.int64)
    return _until_today(names, who[bought], days[when], amount[bought], counts)


def _distinct(texts: Texts) -> tuple[list[str], Any]:
    """Each text once, in the order in which they come, and the place of each line's."""
    found = pa.array(texts, pa.string()).dictionary_encode()
    return found.dictionary.to_pylist(), found.indices.to_numpy()


def _until_today(names: list[str], who: Any, day: Any, amount: Any, counts: dict[str, int]) -> Bought:
    """What is dated after today has not been bought yet: it is left out, and counted."""
    past = day <= date.today().toordinal()
    counts["ahead"] = int((~past).sum())
    if not past.any():
        raise ReadError(_("Every purchase is dated after today: look at the column of the day."))
    kept, owners = np.unique(who[past], return_inverse=True)
    purchases = by_day(who=owners, day=day[past], amount=amount[past])
    return Bought([names[place] for place in kept], purchases, counts)


def _currencies(names: Sequence[str], columns: Columns) -> list[str]:
    """The column of currencies, if the file has one and amounts are read."""
    named = [name for name in names if fa_key(name.replace("_", " ")) in CURRENCIES]
    if columns.only and not named:
        raise ReadError(_("The file has no column of currencies, so none can be chosen."))
    return named[:1] if columns.amount or columns.only else []


def _of_currency(table: Table, columns: Columns, known: Any) -> Any:
    """Which lines are in the currency that was asked for. ReadError where amounts of several would be added."""
    named = _currencies(list(table.columns), columns)
    if not named:
        return np.ones(table.rows, dtype=bool)
    texts, at = _distinct(table.column(named[0]))
    codes = [text.casefold() for text in texts]
    if only := columns.only.strip().casefold():
        return np.isin(at, [place for place, code in enumerate(codes) if code == only])
    seen = {codes[place] for place in np.unique(at[known]).tolist()}
    if len(seen) > 1:
        text = _("The amounts are in several currencies ({names}). Name one of them with --currency.")
        raise ReadError(text.format(names=", ".join(code.upper() or "–" for code in sorted(seen))))
    return np.ones(table.rows, dtype=bool)


def _nothing(counts: dict[str, int]) -> str:
    if not counts["lines"]:
        return _("The file has a heading and no line.")
    if counts["elsewhere"] == counts["lines"]:
        return _("No line is in the currency that was asked for.")
    text = _("No line is a purchase: of {lines}, {returns} are returns and {nobody} name no customer.")
    return text.format(**_said(counts))


def _said(counts: dict[str, int]) -> dict[str, str]:
    shown = {name: formats.number(count) for name, count in counts.items()}
    return {**shown, "nobody": shown["without_customer"]}


def _amounts(table: Table, columns: Columns, counted: Any) -> Vector:
    """The amount of each line that counts, 1 where no column tells it."""
    found = np.ones(table.rows)
    if columns.amount:
        texts, at = _distinct(table.column(columns.amount)[counted])
        found[counted] = np.array([_amount(table, text, columns.amount) for text in texts], dtype=float)[at]
        _one_currency(texts, columns.amount)
    if columns.quantity:
        texts, at = _distinct(table.column(columns.quantity)[counted])
        found[counted] *= np.array([_amount(table, text, columns.quantity) for text in texts], dtype=float)[at]
    return found


def _one_currency(texts: Sequence[str], column: str) -> None:
    """ReadError where several currencies are written beside the numbers."""
    marks = {
        _MARKS.get(mark, mark.upper())
        for text in texts
        if not _PLAIN.fullmatch(text)
        for mark in _MARK.findall(text.casefold())
    }
    if len(marks) > 1:
        text = _("The amounts of the column “{column}” are in several currencies ({names}): make a file of each.")
        raise ReadError(text.format(column=column, names=", ".join(sorted(marks))))


def _amount(table: Table, text: str, column: str) -> float:
    if _PLAIN.fullmatch(text):  # what most files hold; the careful way is twenty times as slow
        return float(text)
    try:
        found = float(read_decimal(text))
        if abs(found) >= LARGEST:
            raise CellError("number")
    except CellError:
        problem = _("Line {line}: “{text}” in the column “{column}” is no number.")
        line = formats.number(table.line_of(column, text))
        raise ReadError(problem.format(line=line, text=text[:80], column=column)) from None
    return found


def _days(table: Table, found: Sequence[str], column: str) -> list[int]:
    """Days by ordinal. Where day and month could change places, the column's other dates must tell which is first."""
    texts = [match.group() if (match := _ISO.match(text)) else text for text in found]
    wrong = next((at for at, text in enumerate(texts) if not _readable(text)), None)
    if wrong is not None:
        problem = _("Line {line}: “{text}” in the column “{column}” is no date.")
        line = formats.number(table.line_of(column, found[wrong]))
        raise ReadError(problem.format(line=line, text=texts[wrong][:80], column=column))
    if not any(_ambiguous(text) for text in texts):
        return [_day(text) for text in texts]
    firsts = {match for text in texts for match in _firsts(text)}
    if len(firsts) != 1:
        problem = _(
            "The dates of the column “{column}” could begin with the day or the month. Write them like 2026-03-21."
        )
        raise ReadError(problem.format(column=column))
    return [_day(text, firsts == {"day"}) for text in texts]


def _day(text: str, day_first: bool | None = None) -> int:
    if _ISO.fullmatch(text):
        return date.fromisoformat(text).toordinal()
    return parse_date(text, day_first=day_first).toordinal()


def _readable(text: str) -> bool:
    try:
        _day(text, day_first=True)
    except ValueError:
        return False
    return True


def _ambiguous(text: str) -> bool:
    try:
        _day(text)
    except AmbiguousDateError:
        return True
    return False


def _firsts(text: str) -> set[str]:
    """ "day" or "month" when this date can begin with that alone; nothing when it tells nothing."""
    if _ISO.fullmatch(text) or _ambiguous(text):
        return set()
    first = re.match(r"\D*(\d+)\D+(\d+)\D", latin_digits(text))
    if first is None or len(first[1]) > 2 or int(first[1]) == int(first[2]):
        return set()
    return {"day"} if int(first[1]) > 12 else {"month"} if int(first[2]) > 12 else set()


@dataclass(frozen=True)
class Answer:
    """A file's customers, the model fitted to them, and what else is to be said in sentences."""

    model: str
    unit: str
    until: date
    horizon: float
    names: Sequence[str]
    habits: Habits
    buying: Buying
    found: Estimate
    spend: Estimate | None
    spenders: int
    check: holdout.Check | None
    counts: dict[str, int]
    notes: list[str]

    def plain(self) -> dict[str, Any]:
        """As JSON. Times are in the unit, amounts in that of the file."""
        spend = None
        if self.spend is not None:
            spend = {
                "model": "gamma-gamma", "customers": self.spenders, "params": self.spend.params,
                "stderr": self.spend.errors, "loglik": self.spend.loglik,
            }  # fmt: skip
        return {
            "model": self.model, "unit": self.unit, "customers": self.buying.customers, "params": self.found.params,
            "stderr": self.found.errors, "loglik": self.found.loglik, "spend": spend, "until": self.until.isoformat(),
            "horizon": self.horizon, "lines": self.counts,
            "holdout": None if self.check is None else {**asdict(self.check), "better": self.check.beaten},
            "notes": self.notes,
        }  # fmt: skip


def value(table: Bought, *, unit: str, until: date | None, model: str, amounts: bool, horizon: float | None) -> Answer:
    """Fit the model to purchases up to the end of `until` (the file's last day), in a unit of UNITS.

    Purchases after it check the model. `horizon` is in the unit, a year if None. ReadError says what can't be told.
    """
    per_unit = UNITS[unit]
    last = int(table.purchases.day.max())
    day = until.toordinal() if until else last
    if until is not None and until > date.today():
        raise ReadError(_("{until} is not over yet.").format(until=formats.day(until, "full")))
    seen = habits(table.purchases, until=day, end=last, per_unit=per_unit)
    buying = seen.buying(per_unit)
    try:
        found = holdout.MODELS[model].fit(buying)
    except FitError as problem:
        raise ReadError(_refusals()[problem.reason].format(until=formats.day(date.fromordinal(day), "full"))) from None
    notes, shown = [], _said(table.counts)
    if found.at_edge:
        notes.append(_edge(found))
    elif None in found.stderr:
        notes.append(_("The likelihood is too flat about these parameters for standard errors."))
    if table.counts["elsewhere"]:
        notes.append(_("{number} lines in other currencies were left out.").format(number=shown["elsewhere"]))
    if table.counts["ahead"]:
        notes.append(_("{number} lines are dated after today and were left out.").format(number=shown["ahead"]))
    if any(table.counts[name] for name in ("returns", "without_customer", "nothing", "broken")):
        notes.append(_counted(table.counts))
    spend, spenders = None, np.zeros(0, dtype=bool)
    if amounts:
        spenders = (seen.x > 0) & (seen.mean > 0)
        try:
            spend = gammagamma.fit(x=seen.x[spenders].astype(float), mean=seen.mean[spenders])
            if spend.at_edge:
                notes.append(_edge(spend))
        except FitError:
            notes.append(_("What a purchase brings can't be told: too few came back with different amounts."))
    length = (last - day) / per_unit
    checked = None
    if last > day:
        checked = holdout.check(
            holdout.MODELS[model], found, buying, later=seen.later, by_period=seen.by_period, length=length
        )
    return Answer(
        model=model, unit=unit, until=date.fromordinal(day), horizon=horizon or round(YEAR / per_unit, 6),
        names=[table.names[place] for place in seen.who], habits=seen, buying=buying, found=found, spend=spend,
        spenders=int(spenders.sum()), check=checked, counts=table.counts, notes=notes,
    )  # fmt: skip


def _edge(found: Estimate) -> str:
    text = _("The data do not hold {names}: it ran to the edge of what was searched, so read the others with care.")
    return text.format(names=", ".join(found.at_edge))


def _refusals() -> dict[str, str]:
    return {
        "empty": _("There is no purchase up to {until}."),
        "one": _("There is one customer up to {until}; a model needs many."),
        "no_repeat": _("Nobody bought on a second day up to {until}, so nothing tells how often customers come back."),
        "flat": _("No parameters explain these purchases better than others."),
    }


def _counted(counts: dict[str, int]) -> str:
    text = ngettext(
        "Of {lines} line: {returns} returns (no purchase, in no spending), {nothing} purchases of nothing (counted), "
        "{nobody} without a customer and {broken} broken (left out).",
        "Of {lines} lines: {returns} returns (no purchase, in no spending), {nothing} purchases of nothing (counted), "
        "{nobody} without a customer and {broken} broken (left out).",
        counts["lines"],
    )
    return text.format(**_said(counts))


def write(answer: Answer, path: Path) -> None:
    """One line a customer: x, t_x, T, P(alive), purchases and value expected within the horizon, spend a purchase.

    Value is expected purchases × expected spend, not discounted; empty where spending can't be told.
    """
    model, rows = holdout.MODELS[answer.model], answer.buying
    of: dict[str, Vector] = {"x": rows.x, "t_x": rows.t_x, "T": rows.T}
    alive = rows.spread(model.alive(answer.found.values, **of))
    expected = rows.spread(model.expected(answer.found.values, answer.horizon, **of))
    x, t_x, age = (rows.spread(column) for column in (rows.x, rows.t_x, rows.T))
    spent = np.full(len(x), np.nan)
    if answer.spend is not None:
        known = np.where(answer.habits.mean > 0, x, 0.0)
        spent = gammagamma.expected(answer.spend.values, x=known, mean=answer.habits.mean)
    heads = ("customer", "x", "t_x", "T", "p_alive", "expected_purchases", "expected_value", "expected_spend")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for row in zip(answer.names, x, t_x, age, alive, expected, expected * spent, spent, strict=True):
            writer.writerow(
                [
                    neutralise_formula(row[0]),
                    int(row[1]),
                    *("" if math.isnan(cell) else f"{cell:.9g}" for cell in row[2:]),
                ]
            )
