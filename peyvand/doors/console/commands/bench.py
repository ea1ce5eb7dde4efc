"""Measures of this machine: ours against the limit that the same machine sets. Nothing that is written stays."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.bench_audiences import audience_in, audience_measures
from peyvand.doors.console.commands.bench_audit import audit_measures, audit_walk
from peyvand.doors.console.commands.bench_crash import crash_in, crash_measures
from peyvand.doors.console.commands.bench_insight import insight_in, insight_measures
from peyvand.doors.console.commands.bench_memory import memory_measures, walk_measures
from peyvand.doors.console.commands.bench_reach import reach_in, reach_measures
from peyvand.doors.console.commands.bench_reports import reports_in, reports_measures
from peyvand.doors.console.commands.bench_site import site_in, site_measures
from peyvand.doors.console.commands.options import AsJson
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.customers.services import CustomerData, customer_create
from peyvand.memory.interactions.queries import timeline
from peyvand.memory.interactions.services import InteractionRow, record_many

bench = typer.Typer(help=_("Measure this machine."), invoke_without_command=True)
bench.command("memory", help=_("A million customers, walked as staff walk them, beside ten thousand."))(memory_measures)
bench.command("walk", hidden=True)(walk_measures)
bench.command("audit", help=_("A million changes captured, sealed and verified."))(audit_measures)
bench.command("audit-walk", hidden=True)(audit_walk)
bench.command("crash", help=_("Messages to thousands while the workers that send them are killed."))(crash_measures)
bench.command("crash-in", hidden=True)(crash_in)
bench.command("reach", help=_("Messages to many beside a bare loop and a peer; mail that comes in; a full inbox."))(
    reach_measures
)
bench.command("reach-in", hidden=True)(reach_in)
bench.command(
    "site", help=_("The collector beside a raw COPY, live profile, short links, live chat, the script's size.")
)(site_measures)
bench.command("site-in", hidden=True)(site_in)
bench.command(
    "insight", help=_("From orders to forecasts at any size, stage by stage, beside hand-written SQL and peers.")
)(insight_measures)
bench.command("insight-in", hidden=True)(insight_in)
bench.command("reports", help=_("Questions over millions of orders, beside hand-written SQL."))(reports_measures)
bench.command("reports-in", hidden=True)(reports_in)
bench.command(
    "audiences",
    help=_("Audiences from cold, sizes while editing, why somebody is in, members kept while events arrive."),
)(audience_measures)
bench.command("audiences-in", hidden=True)(audience_in)
BATCH = 1000
PAGE = 50
ROWS = 20_000
Result = dict[str, Any]
Rows = Annotated[int, typer.Option(min=1000, max=1_000_000, help=_("Rows to write."))]


def _rate(work: Callable[[], int], *, least: float = 0.5) -> float:
    """Units a second of work that tells how many it did, over at least that many seconds."""
    work()
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < least:
        done += work()
    return done / spent


def _compared(name: str, unit: str, *, raw: float, ours: float) -> Result:
    """A measure; `ratio` is the part of the raw limit that is reached."""
    return {"name": name, "unit": unit, "raw": round(raw, 1), "ours": round(ours, 1), "ratio": round(ours / raw, 3)}


def _rows(customer_id: int, count: int) -> list[InteractionRow]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        InteractionRow(
            kind="note", at=start + timedelta(seconds=number), customer_id=customer_id, dedupe_key=f"bench:{number}",
            payload={"text": f"یادداشت {number}"},
        )
        for number in range(count)
    ]  # fmt: skip


def _writing(actor: Actor, customer_id: int, count: int) -> Result:
    """COPY of bare rows into a table without index or history, against contacts recorded as rooms record them."""
    rows = _rows(customer_id, count)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bench_raw (kind text, at timestamptz, customer_id bigint, key text, body text)"
        )
        start = time.perf_counter()
        with cursor.copy("COPY bench_raw FROM STDIN") as copy:
            for row in rows:
                copy.write_row((row.kind, row.at, row.customer_id, row.dedupe_key, '{"text": "x"}'))
        raw = count / (time.perf_counter() - start)
        cursor.execute("DROP TABLE bench_raw")
    start = time.perf_counter()
    for place in range(0, count, BATCH):
        record_many(actor=actor, rows=rows[place : place + BATCH])
    ours = count / (time.perf_counter() - start)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE interactions_interaction")  # as autovacuum would have by the time anybody reads
    return _compared("write", "rows/s", raw=raw, ours=ours)


def _reading(actor: Actor, customer_id: int) -> Result:
    """A page of a timeline: the bare statement, against the query that every screen uses."""
    statement = (
        "SELECT * FROM interactions_interaction WHERE demo AND customer_id = %s ORDER BY at DESC, id DESC LIMIT %s"
    )

    def raw() -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, [customer_id, PAGE])
            return int(bool(cursor.fetchall()))

    def ours() -> int:
        return int(bool(timeline(actor=actor, customer_id=customer_id, size=PAGE)))

    return _compared("read", "pages/s", raw=_rate(raw), ours=_rate(ours))


def _answering() -> Result:
    """The smallest answer, a stranger sent to the sign-in: made alone, against through all of the middleware."""
    client, alone = Client(HTTP_HOST="127.0.0.1"), RequestFactory(HTTP_HOST="127.0.0.1")

    def raw() -> int:
        return int(redirect_to_login(alone.get("/").get_full_path()).status_code == 302)

    def ours() -> int:
        return int(client.get("/").status_code == 302)

    with translation.override(translation.get_language()):  # a request chooses its own
        return _compared("answer", "requests/s", raw=_rate(raw), ours=_rate(ours))


@bench.callback()
def every(context: typer.Context, rows: Rows = ROWS, as_json: AsJson = False) -> None:
    """Those of the ground, when none is named."""
    if context.invoked_subcommand is None:
        ground_measures(rows=rows, as_json=as_json)


@bench.command("ground", help=_("Writing, reading and answering, against what this machine can do at most."))
def ground_measures(rows: Rows = ROWS, as_json: AsJson = False) -> None:
    server = ground.stand(say=printing.say)
    actor = system_actor(via="console", language=ground.language(), demo=True)
    printing.say(_("Measuring; nothing of it stays …"))
    with transaction.atomic():
        customer = customer_create(actor=actor, data=CustomerData(name="Bench"))
        results = [_writing(actor, customer.pk, rows), _reading(actor, customer.pk), _answering()]
        transaction.set_rollback(True)
    if as_json:
        printing.answer({"bench": "ground", "rows": rows, "postgresql": server.version, "results": results})
        return
    titles = [_("Measure"), _("Limit"), _("Ours"), _("Ratio"), _("Unit")]
    words = {"write": _("Writing"), "read": _("Reading"), "answer": _("Answering")}
    units = {"rows/s": _("rows a second"), "pages/s": _("pages a second"), "requests/s": _("requests a second")}
    cells = [
        (words[one["name"]], printing.number(math.floor(one["raw"])), printing.number(math.floor(one["ours"])),
         one["ratio"], units[one["unit"]])
        for one in results
    ]  # fmt: skip
    printing.table(titles, cells)
