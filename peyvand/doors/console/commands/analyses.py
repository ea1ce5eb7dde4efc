"""Analyses of a bare file, without importing it: `peyvand insight churn|baskets|uplift|attribution FILE`.

No database is started. Statistics are loaded when a command runs, not with the program: `peyvand` itself stays light.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console import printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.foundation.ui import formats

File = Annotated[Path, typer.Argument(help=_("A CSV, gz or not, or a workbook."), show_default=False)]
Out = Annotated[Path | None, typer.Option(help=_("Write one line per customer into this new file."))]
Target = Annotated[str, typer.Option(help=_("The column that says who left."), show_default=False)]
Positive = Annotated[str, typer.Option(help=_("Which of its two values means yes, where the word does not tell."))]
Support = Annotated[float, typer.Option(help=_("Least share of baskets."))]
Confidence = Annotated[float, typer.Option(help=_("Least share of baskets with the left side that have the right."))]
Order = Annotated[str, typer.Option(help=_("The column of the basket, where each line is one item."))]
Item = Annotated[str, typer.Option(help=_("The column of the item, where each line is one item."))]
MinLength = Annotated[int, typer.Option(help=_("Least number of items of an itemset or rule."))]
MaxLength = Annotated[int, typer.Option(help=_("Greatest number of items of an itemset or rule."))]
Treatment = Annotated[str, typer.Option(help=_("The column of the arm."), show_default=False)]
Outcome = Annotated[str, typer.Option(help=_("The column of what came of it: a number, or yes or no."),
                                      show_default=False)]  # fmt: skip
Control = Annotated[str, typer.Option(help=_("Which arm was left alone, where the word does not tell."))]
Score = Annotated[str, typer.Option(help=_("The column of the expected gain; gives the Qini coefficient."))]
PathColumn = Annotated[str, typer.Option("--path", help=_("The column of the path."))]
Conversions = Annotated[str, typer.Option(help=_("The column with how often the path ended in a conversion."))]
Value = Annotated[str, typer.Option(help=_("The column with what the conversions were worth."))]
Nulls = Annotated[str, typer.Option(help=_("The column with how often the path ended in nothing."))]
Separator = Annotated[str, typer.Option(help=_("What stands between two touches."))]
SHOWN = 10


def _heavy(name: str) -> Any:
    return import_module(f"peyvand.insight.{name}")


def _told_of_skipped(table: Any) -> None:
    if table.skipped:
        text = _("Left out, because they are wider or narrower than the header: {number} lines.")
        printing.say(text.format(number=printing.number(table.skipped)))


def _decimal(value: float | None, places: int = 3) -> str:
    return "–" if value is None else formats.number(value, places)


def churn(file: File, target: Target, positive: Positive = "", out: Out = None, as_json: AsJson = False) -> None:
    """Learn who leaves from a table of customers, and say how well that works and why they leave."""
    table = _heavy("value.table").read(file)
    found = _heavy("prediction.risk").churn(table, target=target, positive=positive)
    if out is not None:
        rows = zip(found.probability, found.why, strict=True)
        _write(
            out,
            [_("Line"), _("Risk"), _("Why")],
            [[n, f"{p:.6f}", "; ".join(why)] for n, (p, why) in enumerate(rows, 1)],
        )
    if as_json:
        printing.answer({**found.as_plain(), "skipped": table.skipped})
        return
    _told_of_skipped(table)
    text = _("{customers} customers, {churned} of whom left.")
    printing.line(text.format(customers=printing.number(found.customers), churned=printing.number(found.churned)))
    models = [(_("Boosted trees"), found.auc, found.calibration_error, found.log_loss)]
    names = {"base_rate": _("Share of leavers"), "logistic": _("Logistic regression")}
    for name, base in found.baselines.items():
        models.append((names[name], base["auc"], base["calibration_error"], base["log_loss"]))
    printing.table(
        [_("Model"), _("AUC"), _("Calibration error"), _("Log loss")],
        [(name, *(_decimal(value, 4) for value in values)) for name, *values in models],
    )
    printing.table([_("Why"), _("Effect")], [(reason.words, _decimal(reason.effect)) for reason in found.reasons])
    for column in found.dropped:
        printing.say(_("Not learnt from: “{name}”, {reason}.").format(name=column.name, reason=column.reason))
    for warning in found.warnings:
        printing.say(warning)


def baskets(
    file: File, min_support: Support = 0.01, min_confidence: Confidence = 0.5, order: Order = "", item: Item = "",
    min_length: MinLength = 1, max_length: MaxLength = 10, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Find what is bought together: a basket a line, items by comma, or an item a line with --order and --item."""
    if bool(order) != bool(item):
        raise typer.BadParameter(_("--order and --item go together."))
    mining = _heavy("prediction.baskets")
    if order:
        table = _heavy("value.table").read(file, only=[order, item])
        _told_of_skipped(table)
        given = mining.of_table(table, order=order, item=item)
    else:
        given = mining.of_lines(file)
    found = mining.mine(
        given, min_support=min_support, min_confidence=min_confidence, min_length=min_length, max_length=max_length
    )
    if as_json:
        printing.answer(found.as_plain())
        return
    text = _("{baskets} baskets, {itemsets} itemsets, {rules} rules.")
    counted = {"baskets": found.baskets, "itemsets": len(found.itemsets), "rules": found.rules}
    printing.line(text.format(**{name: printing.number(count) for name, count in counted.items()}))
    titles = [_("Who has"), _("has too"), _("Support"), _("Confidence"), _("Lift"), _("Baskets")]
    printing.table(titles, [
        (", ".join(rule.left), rule.right, _decimal(rule.support, 4), _decimal(rule.confidence), _decimal(rule.lift, 2),
         printing.number(rule.count))
        for rule in found.top[:SHOWN]
    ])  # fmt: skip


def uplift(
    file: File, treatment: Treatment, outcome: Outcome, control: Control = "", score: Score = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say what a campaign changed: each arm against those who were left alone."""
    wanted = [name for name in (treatment, outcome, score) if name]
    table = _heavy("value.table").read(file)
    found = _heavy("prediction.uplift").uplift(
        table, treatment=wanted[0], outcome=wanted[1], control=control, score=score
    )
    if as_json:
        printing.answer({**found.as_plain(), "skipped": table.skipped})
        return
    _told_of_skipped(table)
    text = _("Left alone: “{arm}”, {customers} customers, {mean} on average.")
    shown = printing.number(found.control_customers)
    printing.line(text.format(arm=found.control, customers=shown, mean=_decimal(found.control_mean, 4)))
    titles = [_("Arm"), _("Customers"), _("Average"), _("Effect"), _("Standard error"), _("From"), _("To"), _("Qini")]
    printing.table(titles, [
        (arm.arm, printing.number(arm.customers), *(_decimal(value, 5) for value in (
            arm.mean, arm.effect, arm.standard_error, *arm.interval, arm.qini)))
        for arm in found.arms
    ])  # fmt: skip


def attribution(
    file: File, path: PathColumn = "path", conversions: Conversions = "total_conversions", value: Value = "",
    nulls: Nulls = "", separator: Separator = ">", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Give credit for conversions to the channels of paths."""
    table = _heavy("value.table").read(file)
    crediting = _heavy("reports.attribution")
    given = crediting.paths_of(table, path=path, conversions=conversions, value=value, nulls=nulls, separator=separator)
    found = crediting.attribute(given)
    if as_json:
        printing.answer({**found.as_plain(), "skipped": table.skipped})
        return
    _told_of_skipped(table)
    if found.untold:
        text = _("For {number} conversions no path is given; nobody gets credit for them.")
        printing.say(text.format(number=_decimal(found.untold, 1)))
    titles = {
        "first": _("First"), "last": _("Last"), "linear": _("Linear"), "position": _("By position"),
        "time_decay": _("Time decay"), "markov": _("Markov chain"), "shapley": _("Shapley"),
    }  # fmt: skip
    plain: Sequence[dict[str, Any]] = found.as_plain()["channels"]
    printing.table([_("Channel"), *titles.values()], [
        (row["channel"], *(_decimal(row["conversions"][way], 1) for way in titles)) for row in plain
    ])  # fmt: skip


def _write(path: Path, titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles)
        writer.writerows(rows)
