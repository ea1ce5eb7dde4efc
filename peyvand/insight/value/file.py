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
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.foundation.calendar.parsing import AmbiguousDateError, parse_date
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.transfer.parsing import EMPTY, CellError, read_decimal
from peyvand.foundation.transfer.reading import lines, opener_of, sniff
from peyvand.foundation.transfer.tables import ReadError, Sniffed, place_of_column
from peyvand.foundation.ui import formats
from peyvand.insight.value.fitting import gammagamma, holdout
from peyvand.insight.value.fitting.buying import Buying
from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector
from peyvand.insight.value.purchases import Habits, Purchases, by_day, habits

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
class Table:
    """Purchases of a file, whose customers are named by `names`, and how its lines were counted."""

    names: Sequence[str]
    purchases: Purchases
    counts: dict[str, int]


def read(path: Path, columns: Columns) -> Table:
    """Read a CSV (gz too) or a workbook. ReadError is a sentence for whoever asked.

    A line without a customer is left out; one with a negative amount is a return: no purchase, and in no spending;
    one of nothing is a purchase of nothing.
    """
    opener = opener_of(path)
    sniffed = sniff(opener)
    place = {name: _place(sniffed, getattr(columns, name)) for name in ("customer", "date", "amount", "quantity")}
    codes: dict[str, int] = {}
    texts: dict[str, int] = {}
    who: list[int] = []
    when: list[int] = []
    amounts: list[float] = []
    counts = dict.fromkeys(("lines", "without_customer", "returns", "nothing", "broken", "elsewhere", "ahead"), 0)
    money = _Money(_currencies(sniffed, columns), columns)
    at = place["customer"], place["date"], place["amount"], place["quantity"]
    lines_of_text: list[int] = []
    for line in lines(opener, sniffed.format, len(sniffed.columns)):
        if line.fault == "blank":
            continue
        counts["lines"] += 1
        if line.fault:
            counts["broken"] += 1
            continue
        name, text = line.cells[at[0] or 0].strip(), line.cells[at[1] or 0].strip()
        if name.lower() in EMPTY:
            counts["without_customer"] += 1
            continue
        if not money.counts(line.cells):
            counts["elsewhere"] += 1
            continue
        amount = 1.0 if at[2] is None else _amount(line.cells[at[2]], line.number, columns.amount, money)
        if at[3] is not None:
            amount *= _amount(line.cells[at[3]], line.number, columns.quantity)
        if amount < 0:
            counts["returns"] += 1
            continue
        counts["nothing"] += amount == 0
        text = match.group() if (match := _ISO.match(text)) else text
        if text not in texts:
            texts[text] = len(texts)
            lines_of_text.append(line.number)
        who.append(codes.setdefault(name, len(codes)))
        when.append(texts[text])
        amounts.append(amount)
    money.check()
    if not who:
        raise ReadError(_nothing(counts))
    days = np.array(_days(list(texts), lines_of_text, columns.date), dtype=np.int64)
    return _until_today(list(codes), np.array(who), days[when], np.array(amounts), counts)


def _until_today(names: list[str], who: Any, day: Any, amount: Any, counts: dict[str, int]) -> Table:
    """What is dated after today has not been bought yet: it is left out, and counted."""
    past = day <= date.today().toordinal()
    counts["ahead"] = int((~past).sum())
    if not past.any():
        raise ReadError(_("Every purchase is dated after today: look at the column of the day."))
    kept, owners = np.unique(who[past], return_inverse=True)
    purchases = by_day(who=owners, day=day[past], amount=amount[past])
    return Table([names[place] for place in kept], purchases, counts)


def _currencies(sniffed: Sniffed, columns: Columns) -> int | None:
    """Where the column of currencies stands, if the file has one and amounts are read."""
    named = [place for place, name in enumerate(sniffed.columns) if fa_key(name.replace("_", " ")) in CURRENCIES]
    if columns.only and not named:
        raise ReadError(_("The file has no column of currencies, so none can be chosen."))
    return named[0] if named and (columns.amount or columns.only) else None


class _Money:
    """The currencies that amounts are in: those of a column, else what is written beside the numbers."""

    def __init__(self, place: int | None, columns: Columns) -> None:
        self.place, self.columns = place, columns
        self.only = columns.only.strip().casefold()
        self.seen: dict[str, None] = {}
        self.marks: dict[str, None] = {}

    def counts(self, cells: Sequence[str]) -> bool:
        """Whether a line is in the currency that was asked for."""
        if self.place is None:
            return True
        code = cells[self.place].strip().casefold()
        if self.only:
            return code == self.only
        self.seen[code] = None
        return True

    def marked(self, text: str) -> None:
        """Note what stands beside a number."""
        for mark in _MARK.findall(text.casefold()):
            self.marks[_MARKS.get(mark, mark.upper())] = None

    def check(self) -> None:
        """ReadError where amounts of several currencies would have been added."""
        if len(self.seen) > 1:
            text = _("The amounts are in several currencies ({names}). Name one of them with --currency.")
            raise ReadError(text.format(names=", ".join(code.upper() or "–" for code in sorted(self.seen))))
        if len(self.marks) > 1:
            text = _("The amounts of the column “{column}” are in several currencies ({names}): make a file of each.")
            raise ReadError(text.format(column=self.columns.amount, names=", ".join(sorted(self.marks))))


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


def _place(sniffed: Sniffed, name: str) -> int | None:
    if not name:
        return None
    if (place := place_of_column(sniffed.columns, name)) is not None:
        return place
    text = _("The file has no column “{name}”; it has: {columns}.")
    raise ReadError(text.format(name=name, columns=", ".join(sniffed.columns)))


def _amount(text: str, number: int, column: str, money: _Money | None = None) -> float:
    if _PLAIN.fullmatch(text):  # what most files hold; the careful way is twenty times as slow
        return float(text)
    try:
        found = float(read_decimal(text))
        if abs(found) >= LARGEST:
            raise CellError("number")
        if money is not None:
            money.marked(text)
        return found
    except CellError:
        problem = _("Line {line}: “{text}” in the column “{column}” is no number.")
        raise ReadError(problem.format(line=formats.number(number), text=text[:80], column=column)) from None


def _days(texts: Sequence[str], numbers: Sequence[int], column: str) -> list[int]:
    """Days by ordinal. Where day and month could change places, the column's other dates must tell which is first."""
    wrong = next((at for at, text in enumerate(texts) if not _readable(text)), None)
    if wrong is not None:
        problem = _("Line {line}: “{text}” in the column “{column}” is no date.")
        raise ReadError(problem.format(line=formats.number(numbers[wrong]), text=texts[wrong][:80], column=column))
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


def value(table: Table, *, unit: str, until: date | None, model: str, amounts: bool, horizon: float | None) -> Answer:
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
