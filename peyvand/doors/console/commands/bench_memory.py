"""`peyvand bench memory`: a million customers and ten million interactions, beside ten thousand customers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Annotated, Any

import typer
from django.db import connection
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import filling, place, searching, walking, writing
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Membership, Role, Team, User
from peyvand.foundation.accounts.services.tokens import token_make
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.customers.models import Customer, Tag

SMALL = 10_000
CONTACTS = 50_000
NAME = "peyvand_measured"
Customers = Annotated[int, typer.Option(min=1000, max=50_000_000, help=_("Customers in the measured business."))]
Interactions = Annotated[int, typer.Option(min=1000, max=500_000_000, help=_("Interactions in all."))]
Brought = Annotated[int, typer.Option("--import-rows", min=0, help=_("Rows of a file to import; 0 leaves it out."))]


def memory_measures(
    customers: Customers = 1_000_000,
    interactions: Interactions = 10_000_000,
    brought: Brought = 1_000_000,
    keep: Annotated[bool, typer.Option(help=_("Keep the measured databases for the next run."))] = False,
    as_json: AsJson = False,
) -> None:
    server = ground.server(say=printing.say)
    runs = []
    for size in sorted({SMALL, customers}, reverse=True):
        contacts = interactions * size // customers
        printing.say(_("Measuring {size} customers …").format(size=printing.number(size)))
        with place.own_database(server.url, f"{NAME}_{size}", keep=keep) as url:
            rows = brought if size == customers else 0
            runs.append(place.work_in(url, ["peyvand", "bench", "walk", str(size), str(contacts), str(rows)]))
    growth = _growth(runs[0], runs[-1]) if len(runs) > 1 else {}
    if as_json:
        printing.answer({"bench": "memory", "postgresql": server.version, "runs": runs, "p95_growth": growth})
        return
    for run in runs:
        printing.line(_("{size} customers").format(size=printing.number(run["customers"])))
        titles = [_("Page"), "p50", "p95", _("p95 of eight"), _("Queries"), "kB"]
        cells = [
            (page["page"], page["p50_ms"], page["p95_ms"], page["eight_p95_ms"], page["queries"], page["kb"])
            for page in run["pages"]
        ]
        printing.table(titles, cells)
        for name, value in run.items():
            if name not in ("pages", "customers"):
                printing.line(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    printing.line(json.dumps(growth, ensure_ascii=False))


def _growth(large: dict[str, Any], small: dict[str, Any]) -> dict[str, float]:
    """How many times the p95 of ten thousand customers each page takes at full size."""
    before = {page["page"]: page["p95_ms"] for page in small["pages"]}
    return {page["page"]: round(page["p95_ms"] / before[page["page"]], 2) for page in large["pages"]}


def walk_measures(customers: int, interactions: int, brought: int) -> None:
    """Inside the measured database: fill it when it is empty, walk, write; the answer as one line of JSON."""
    ground.migrate(say=printing.say)
    start = time.perf_counter()
    user = _people() if not User.objects.exists() else User.objects.get(email="measured@example.com")
    if not Customer.objects.exists():
        _fill(customers, interactions)
    built = time.perf_counter() - start
    _row, token = token_make(actor=system_actor(), name="measure", user_id=user.pk, demo=False)
    actor = system_actor(via="console", language="fa")
    answer: dict[str, Any] = {"customers": customers, "interactions": interactions, "built_s": round(built, 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576")
        answer["database_mb"] = int(cursor.fetchone()[0])
    answer["search_in_database"] = searching.by_rights(filling.common_keys())
    answer |= walking.walk(pages=walking.pages(customers, filling.COMMON), user=user, token=token)
    answer["contacts"] = writing.contacts(actor=actor, customers=customers, count=CONTACTS)
    if brought:
        answer["import"] = _bring(brought)
    printing.answer(answer)


def _people() -> User:
    """An administrator, and staff among whom the customers are shared."""
    roles_ensure()
    team = Team.objects.create(name="measured")
    boss = User.objects.create_user("measured@example.com", None, name="سنجش", role=Role.objects.get(key="admin"))
    for number in range(20):
        seller = User.objects.create_user(
            f"s{number}@example.com", None, name=f"فروش {number}", role=Role.objects.get(key="sales")
        )
        if number < 2:
            Membership.objects.create(user=seller, team=team)
    return boss


def _fill(customers: int, interactions: int) -> None:
    owners = list(User.objects.filter(email__startswith="s").order_by("pk").values_list("pk", flat=True))
    tags = [Tag.objects.create(name=f"برچسب {number}", key=f"برچسب {number}").pk for number in range(5)]
    team = Team.objects.get(name="measured").pk
    filling.fill(customers=customers, interactions=interactions, owners=owners, team=team, tags=tags)


def _bring(count: int) -> dict[str, Any]:
    """A file imported by the command, as people do, against hand-written COPY and SQL of the same rows."""
    path = writing.customer_file(count)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "peyvand", "import", "customers", str(path), "--json"],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    ours = time.perf_counter() - start
    told = json.loads(done.stdout)
    raw = writing.raw_customers(actor=system_actor(via="console"), path=path)
    return {
        "rows": count, "imported": told["imported"], "ours_s": round(ours, 1), "raw_s": round(raw, 1),
        "times_raw": round(ours / raw, 2),
    }  # fmt: skip
