"""The audit trail from the command line: `peyvand audit verify`, `peyvand audit anchor`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import WRONG, CommandError
from peyvand.foundation.changes import anchoring, sealing

LISTED = 1000  # faults in the JSON
SHOWN = 10  # faults where people read

audit = typer.Typer(help=_("Check the audit trail, or keep what proves that it is whole."))


@audit.command("verify", help=_("Read the whole trail and say whether it is as it was sealed."))
def audit_verify(
    files: Annotated[
        list[Path] | None,
        typer.Option("--anchor", metavar="FILE", help=_("Anchors kept elsewhere; may be given several times.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The exit code is 1 when something is not as it was. Anchors of the data folder are looked at as well."""
    kept = [anchor for path in files or [] for anchor in anchoring.anchors_in(path)]
    ground.stand(say=printing.say)
    if anchoring.own_file().exists():
        kept += anchoring.anchors_in(anchoring.own_file())
    begun = time.perf_counter()
    verdict = sealing.verify(anchors=tuple(dict.fromkeys(kept)), every=True)
    seconds = round(time.perf_counter() - begun, 1)
    if as_json:
        faults = [{"change": fault.change_id, "problem": fault.problem} for fault in verdict.faults[:LISTED]]
        printing.answer({
            "whole": verdict.whole, "sealed": verdict.sealed, "unsealed": verdict.unsealed, "anchors": len(kept),
            "faults": len(verdict.faults), "first": faults[0] if faults else None, "listed": faults,
            "seconds": seconds,
        })  # fmt: skip
    else:
        _told(verdict, anchors=len(kept))
    if not verdict.whole:
        raise typer.Exit(WRONG)


def _told(verdict: sealing.Verdict, *, anchors: int) -> None:
    number = printing.number
    text = _("{sealed} changes are sealed, {unsealed} are not yet; {anchors} anchors were compared.")
    counts = {"sealed": verdict.sealed, "unsealed": verdict.unsealed, "anchors": anchors}
    printing.line(text.format(**{name: number(count) for name, count in counts.items()}))
    if verdict.whole:
        printing.line(_("The trail is as it was sealed."))
        return
    printing.line(_("The trail has been altered: {count} faults.").format(count=number(len(verdict.faults))))
    words = {
        "row": _("a change was rewritten"),
        "image": _("what a change found or left was rewritten"),
        "missing": _("changes are missing"),
        "added": _("changes were put in between"),
        "seal": _("the chain itself was rewritten"),
        "key": _("it was sealed under another key"),
        "anchor": _("an anchor does not stand in the chain: its end was cut off, or all of it was written anew"),
    }
    for fault in verdict.faults[:SHOWN]:
        printing.line(f"  {fault.change_id}: {words[fault.problem]}")


@audit.command("anchor", help=_("Add the newest head of the chain to a file, which is then carried elsewhere."))
def audit_anchor(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("A file of anchors; it is made, or a line is added."))],
    as_json: AsJson = False,
) -> None:
    """What is not sealed yet is sealed first."""
    ground.stand(say=printing.say)
    sealing.seal()
    head = anchoring.anchor_keep(path.expanduser().resolve())
    if head is None:
        raise CommandError(_("Nothing is sealed yet; there is nothing to anchor."), code=WRONG)
    if as_json:
        printing.answer({"file": str(path), "seal_id": head.seal_id, "last_id": head.last_id, "head": head.head})
        return
    text = _("Seal {seal}, up to change {last}, stands in {path}. Carry the file to another machine.")
    printing.line(text.format(seal=head.seal_id, last=head.last_id, path=path))
