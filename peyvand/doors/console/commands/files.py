"""Figures of a bare file, without a database: `peyvand insight value FILE`."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.doors.console import printing
from peyvand.doors.console.commands.options import AsJson, day_of
from peyvand.foundation.ui import formats

STATISTICS = "peyvand.insight.value.file"  # loaded by the command itself: a server started from here needs none of it


class Unit(StrEnum):
    """Units of time; a month is 365.25 ÷ 12 days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Model(StrEnum):
    """Models of buying without a contract."""

    BG_NBD = "bg/nbd"
    PARETO_NBD = "pareto/nbd"


def value(
    file: Annotated[
        Path, typer.Argument(help=_("A CSV (also .gz) or XLSX with a purchase, or an item of one, a line."))
    ],
    customer: Annotated[str, typer.Option(metavar="COL", help=_("The column that names the customer."))],
    day: Annotated[str, typer.Option("--date", metavar="COL", help=_("The column of the day."))],
    amount: Annotated[
        str, typer.Option(metavar="COL", help=_("The column of the amount; without it nothing is said of spending."))
    ] = "",
    quantity: Annotated[
        str, typer.Option(metavar="COL", help=_("The column of the quantity, where the amount is that of one piece."))
    ] = "",
    currency: Annotated[
        str, typer.Option(metavar="CODE", help=_("Where the file has a column of currencies, only lines in this one."))
    ] = "",
    unit: Annotated[Unit, typer.Option(help=_("The unit of time; weeks are days ÷ 7."))] = Unit.WEEK,
    until: Annotated[
        str,
        typer.Option(metavar="DATE", help=_("The last day to learn from; later purchases check what was learnt.")),
    ] = "",
    model: Annotated[Model, typer.Option(help=_("The model of buying."))] = Model.BG_NBD,
    horizon: Annotated[
        float | None, typer.Option(min=0.01, help=_("How far --out looks ahead, in the unit; a year if left out."))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_(
                "Write a CSV with a line a customer: x, t_x, T, the chance to be alive, purchases and value expected "
                "within the horizon, spend a purchase."
            ),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit BG/NBD or Pareto/NBD with Gamma-Gamma to a file of purchases."""
    end = day_of(until)
    statistics = import_module(STATISTICS)
    columns = statistics.Columns(customer=customer, date=day, amount=amount, quantity=quantity, only=currency)
    table = statistics.read(file, columns)
    answer = statistics.value(
        table, unit=unit.value, until=end, model=model.value, amounts=bool(amount), horizon=horizon
    )
    if out is not None:
        statistics.write(answer, out)
    if as_json:
        printing.answer(answer.plain())
        return
    _told(answer)


def _told(answer: Any) -> None:
    count = answer.buying.customers
    text = ngettext("{customers} customer up to {day}, {model}", "{customers} customers up to {day}, {model}", count)
    day = formats.day(answer.until, "full")
    printing.line(text.format(customers=printing.number(count), day=day, model=answer.model.upper()))
    rows = []
    for found in (answer.found, answer.spend):
        if found is not None:
            rows += [
                (name, f"{number:.4f}", "–" if found.errors[name] is None else f"{found.errors[name]:.4f}")
                for name, number in found.params.items()
            ]
    printing.table([_("Parameter"), _("Estimate"), _("Standard error")], rows)
    printing.line(_("Log-likelihood: {value}").format(value=f"{answer.found.loglik:.4f}"))
    if answer.check is not None:
        _checked(answer.check)
    for note in answer.notes:
        printing.line(note)


def _checked(check: Any) -> None:
    model = check.errors["model"]
    text = _("Afterwards {expected} purchases were expected and {actual} came; the model is {verdict}.")
    verdict = _("better than the plain rules") if check.beaten else _("no better than the plain rules")
    expected, actual = printing.number(round(model.total)), printing.number(check.actual)
    printing.line(text.format(expected=expected, actual=actual, verdict=verdict))
