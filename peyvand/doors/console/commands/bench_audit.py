"""`peyvand bench audit`: a million changes captured, sealed and verified, beside the bare sums of the database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from django.db import connection, transaction
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import place
from peyvand.foundation.changes import sealing
from peyvand.foundation.changes.models import Change

NAME = "peyvand_measured_audit"
CHUNK = 50_000
FLIPPED = 100  # changes that are altered afterwards, all of which must be named

_FILL = """
INSERT INTO changes_changeset (kind, title, actor_name, via, demo, reference)
SELECT 'edit', 'مشتری شماره ' || n, 'سنجش', 'console', false, jsonb_build_object('customer', n)
FROM generate_series(%s::int, %s::int) AS n
"""
_RAW = """
SELECT count(*) FROM changes_change c JOIN changes_image i ON i.change_id = c.id
WHERE c.digest <> changes_digest(c.id, c.change_set_id, c.table_name, c.row_id, c.op, c.at, c.actor_id, c.via,
                                 c.image_digest)
   OR changes_image_digest(i.salt, i.before, i.after) <> c.image_digest
"""
_FLIP = "UPDATE changes_change SET via = via || '!' WHERE id = ANY(%s)"


def audit_measures(
    changes: Annotated[int, typer.Option(min=1000, max=100_000_000, help=_("Changes in the trail."))] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Measuring {size} changes …").format(size=printing.number(changes)))
    with place.own_database(server.url, NAME, keep=False) as url:
        found = place.work_in(url, ["peyvand", "bench", "audit-walk", str(changes)])
    if as_json:
        printing.answer({"bench": "audit", "postgresql": server.version, **found})
        return
    cells = [(one["name"], one["seconds"], printing.number(one["rate"])) for one in found["results"]]
    printing.table([_("Measure"), _("Seconds"), _("Changes a second")], cells)
    text = _("Of {flipped} altered changes {named} were named.")
    printing.line(text.format(flipped=found["flipped"], named=found["named"]))


def audit_walk(changes: int) -> None:
    """Inside the measured database: capture, seal, verify, alter, verify again; the answer as one line of JSON."""
    ground.migrate(say=printing.say)
    before = Change.objects.count()
    results = [_timed("capture", changes, lambda: _fill(changes))]
    results.append(_timed("seal", changes, lambda: _seal(before + changes)))
    verdicts: list[sealing.Verdict] = []
    results.append(_timed("verify", changes, lambda: verdicts.append(sealing.verify())))
    with connection.cursor() as cursor:
        results.append(_timed("bare sums", changes, lambda: cursor.execute(_RAW)))
    chosen = random.Random(1).sample(list(Change.objects.values_list("id", flat=True)), FLIPPED)  # noqa: S311
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_FLIP, [chosen])
    named = {fault.change_id for fault in sealing.verify(every=True).faults}
    printing.answer({
        "changes": changes, "whole": verdicts[0].whole, "sealed": verdicts[0].sealed, "results": results,
        "flipped": FLIPPED, "named": len(named & set(chosen)), "named_besides": len(named - set(chosen)),
    })  # fmt: skip


def _timed(name: str, changes: int, work: Callable[[], object]) -> dict[str, Any]:
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    return {"name": name, "seconds": round(seconds, 1), "rate": round(changes / seconds)}


def _fill(changes: int) -> None:
    with connection.cursor() as cursor:
        for start in range(1, changes + 1, CHUNK):
            cursor.execute(_FILL, [start, min(start + CHUNK - 1, changes)])


def _seal(wanted: int) -> None:
    done = 0
    while done < wanted:
        done += sealing.seal()
