"""What the room declares."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import AfterUndo, TrackedTable
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.declarations import Action, ImpersonalTable, MenuEntry, Permission, Schedule, Trace
from peyvand.foundation.transfer import exporting, forgetting, undoing, upkeep
from peyvand.foundation.transfer.shapes import Reason


def _import_url(run: Run) -> str | None:
    return reverse("transfer:import", args=[run.arguments["import_id"]])


def _export_url(run: Run) -> str | None:
    return reverse("transfer:export-file", args=[run.pk])


def _sweep() -> None:
    upkeep.sweep()


DECLARATIONS = (
    ImpersonalTable("transfer_import", "files that came in; the file itself goes after its days of keeping"),
    ImpersonalTable("transfer_importproblem", "values that did not fit; what is of somebody erased goes by its text"),
    ImpersonalTable("transfer_mappingtemplate", "titles of columns", staff=True),
    TrackedTable("transfer_mappingtemplate", _("Template of a file's columns"), "table-options"),
    Trace("transfer", _("Files that came in"), forgetting.forget, busy=forgetting.busy, order=10),
    Permission(name="transfer.import", label=_("Bring in data from files"), group=_("Data"), order=60),
    Permission(name="transfer.view_all", label=_("See everybody's imports"), group=_("Data"), order=61),
    MenuEntry(
        name="transfer.import",
        label=_("Import data"),
        icon="table-import",
        url_name="transfer:imports",
        group="customer",
        order=90,
        permission="transfer.import",
    ),
    Action(
        name="transfer.import",
        label=_("Import data from a file"),
        icon="table-import",
        url_name="transfer:imports",
        order=40,
        permission="transfer.import",
    ),
    Job(name="transfer.check", path="peyvand.foundation.transfer.tasks:check", label=_("Check of a file")),
    Job(name="transfer.import", path="peyvand.foundation.transfer.tasks:bring_in", label=_("Import")),
    Job(
        name=undoing.JOB,
        path="peyvand.foundation.transfer.tasks:take_back",
        label=_("Taking an import back"),
        result_url=_import_url,
    ),
    Job(
        name=exporting.JOB,
        path="peyvand.foundation.transfer.tasks:take_out",
        label=_("Export"),
        result_url=_export_url,
        attempts=2,
    ),
    AfterUndo("import", undoing.after_undo),
    Schedule("transfer.sweep", "43 2 * * *", _sweep),
    Reason(name="blank", label=_("The line is blank.")),
    Reason(name="ragged", label=_("The line has more cells than the file has columns.")),
    Reason(name="cut", label=_("The file stops inside this line: a quotation mark is open to its end.")),
    Reason(name="error_cell", label=_("A cell held an error of the spreadsheet, such as #N/A; it counts as empty.")),
    Reason(name="formula", label=_("A cell was a formula; its last value was taken.")),
    Reason(name="formula_empty", label=_("A formula had no value kept; open the file in Excel and save it again.")),
    Reason(name="required", label=_("The cell is empty, but must not be.")),
    Reason(name="number", label=_("This is not a number.")),
    Reason(name="whole_number", label=_("This is not a whole number.")),
    Reason(name="date", label=_("This is not a date. Write it like 1405/01/31 or 2026-04-20.")),
    Reason(name="date_order", label=_("Day and month can be exchanged here; say which stands first.")),
    Reason(name="phone", label=_("This is not a phone number. Write it like 09123456789.")),
    Reason(name="email", label=_("This is not an e-mail address.")),
    Reason(name="boolean", label=_("This is neither yes nor no.")),
    Reason(name="too_long", label=_("The text is too long.")),
    Reason(name="nul", label=_("A zero character was taken out.")),
    Reason(name="short", label=_("The line has fewer cells than the file has columns; the rest counts as empty.")),
    Reason(name="undecodable", label=_("Some letters could not be read.")),
)
