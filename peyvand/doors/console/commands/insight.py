"""The group `peyvand insight`: by itself the figures of a day, with a further word the analysis of a bare file."""

from __future__ import annotations

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console.commands import figures
from peyvand.doors.console.commands.options import AsJson

insight = typer.Typer(
    help=_("The figures of a day that has been computed, or the analysis of a file."), invoke_without_command=True
)


@insight.callback()
def of_a_day(
    context: typer.Context, as_of: figures.AsOf = "", currency: str = "", demo: figures.Demo = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    if context.invoked_subcommand is None:
        figures.insight(as_of=as_of, currency=currency, demo=demo, as_json=as_json)
