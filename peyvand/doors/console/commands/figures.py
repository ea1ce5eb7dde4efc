"""What customers are worth: `peyvand refresh`, `peyvand insight`, and the same of a bare file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson, day_of
from peyvand.doors.console.failures import CommandError
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.insight.value import queries

AsOf = Annotated[
    str, typer.Option(help=_("As of which day, as 2026-04-20 or 1405/01/31; the last fact's if left out."))
]
Demo = Annotated[bool, typer.Option("--demo", help=_("Of the sample business."))]


def refresh(as_of: AsOf = "", demo: Demo = False, as_json: AsJson = False) -> None:
    """Compute what customers are worth anew."""
    day = day_of(as_of)
    ground.stand(say=printing.say)
    actor = system_actor(via="console", language=ground.language(), demo=demo)
    with printing.progress(_("Computing")) as report:
        run = jobs.run_now(
            actor=actor, job="value.refresh", title=_("Computing the figures"),
            arguments={"as_of": day.isoformat() if day else ""},
            on_progress=lambda done, total, _message: report(done, total),
        )  # fmt: skip
    result: dict[str, Any] = dict(run.result or {})
    if as_json:
        printing.answer({"run": run.pk, **result})
        return
    if not result.get("as_of"):
        printing.line(_("There are no orders yet to compute from."))
        return
    count = result["customers"]
    text = ngettext("Computed {customers} customer as of {day}.", "Computed {customers} customers as of {day}.", count)
    as_read = formats.day(date.fromisoformat(result["as_of"]), "full")
    printing.line(text.format(customers=printing.number(count), day=as_read))


insight = typer.Typer(
    help=_("The figures of a day that has been computed; or, of a file that is not brought in, what a command says."),
    invoke_without_command=True,
)


@insight.callback()
def insight_of_day(
    context: typer.Context, as_of: AsOf = "", currency: str = "", demo: Demo = False, as_json: AsJson = False
) -> None:
    """The figures of a day that has been computed, where no command follows."""
    if context.invoked_subcommand is not None:
        return
    day = day_of(as_of)
    ground.stand(say=printing.say)
    actor = system_actor(via="console", language=ground.language(), demo=demo)
    shown = queries.dashboard(actor=actor, as_of=day, currency=currency.upper())
    if shown is None:
        raise CommandError(_("There are no figures of that day; compute them with “peyvand refresh”."))
    snapshot = shown.snapshot
    if as_json:
        printing.answer({
            "as_of": snapshot.as_of, "currency": snapshot.currency, "window_start": snapshot.window_start,
            "customers": snapshot.customers, "currencies": list(shown.currencies), **snapshot.payload,
        })  # fmt: skip
        return
    text = ngettext(
        "{customers} customer as of {day}, in {currency}", "{customers} customers as of {day}, in {currency}",
        snapshot.customers,
    )  # fmt: skip
    named = currency_of(snapshot.currency).name
    as_read = formats.day(snapshot.as_of, "full")
    printing.line(text.format(customers=printing.number(snapshot.customers), day=as_read, currency=named))
    rows = [(CLASSES[row["class"]][0], printing.number(row["customers"])) for row in snapshot.payload["classes"]]
    printing.table([_("Class"), _("Customers")], rows)
