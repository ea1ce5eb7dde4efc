"""Every command under its name. Imported once Django is ready, so that help is in the terminal's language."""

from __future__ import annotations

import typer
from django.utils.translation import gettext as _
from typer.exceptions import TyperException

from peyvand.doors.console import printing
from peyvand.doors.console.commands import (
    analyses,
    audit,
    bench,
    care,
    exports,
    figures,
    files,
    imports,
    people,
    sample,
    serving,
)
from peyvand.doors.console.failures import INTERRUPTED, USAGE

app = typer.Typer(
    name="peyvand",
    help=_("Peyvand: customers, what happened with them, and what they are worth."),
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve", help=_("Serve the pages, do long work, keep schedules."))(serving.serve)
app.command("worker", help=_("Do long work and keep schedules, beside a server."))(serving.worker)
app.add_typer(sample.demo, name="demo")
app.add_typer(imports.bring, name="import")
app.command("export", help=_("Write a list as CSV or XLSX."))(exports.export)
app.command("refresh", help=_("Compute what customers are worth anew."))(figures.refresh)
figures.insight.command("value", help=_("What the customers of a file are worth, without bringing it in."))(files.value)
figures.insight.command("churn", help=_("Who leaves and why, from a file of customers."))(analyses.churn)
figures.insight.command("baskets", help=_("What is bought together, from a file of baskets."))(analyses.baskets)
figures.insight.command("uplift", help=_("What a campaign changed, from a file with a control."))(analyses.uplift)
figures.insight.command("attribution", help=_("Which channel earned a sale, from paths."))(analyses.attribution)
app.add_typer(figures.insight, name="insight")
app.command("backup", help=_("Write everything, data and files, into one file."))(care.backup)
app.command("restore", help=_("Put a backup into an empty data folder, all of it or nothing."))(care.restore)
app.command("doctor", help=_("Look at everything and say what is wrong."))(care.doctor)
app.add_typer(bench.bench, name="bench")
app.add_typer(audit.audit, name="audit")
app.add_typer(people.user, name="user")
app.add_typer(people.token, name="token")


def call(arguments: list[str]) -> int:
    """Run one command; gives its exit code. Mistakes in the command itself are told here, all else is raised."""
    try:
        outcome = app(arguments or ["--help"], prog_name="peyvand", standalone_mode=False)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        printing.say(_("Stopped."))
        return INTERRUPTED
    except TyperException as mistake:
        text = _("The command was wrongly given: {reason} See “peyvand --help”.")
        printing.say(text.format(reason=mistake.format_message()))
        return USAGE
    return outcome if isinstance(outcome, int) else 0
