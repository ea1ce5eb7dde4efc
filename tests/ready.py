"""A data folder whose tables are there already, for tests that need an installation and not its making.

Making the tables takes more than ten seconds of a processor, and what a first start makes up for of last night twice
that. So the tables are made once a run, and copied, and last night counts as done. That a first start does both is
proved where an installation is started without this.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from peyvand.foundation.database.cluster import place_of, remove, stop
from peyvand.foundation.database.layout import POINTER, private

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "ready"  # in that of the run's own cluster
MAKE = """
import time
from django.db import connection
from procrastinate.periodic import PeriodicDeferrer
from peyvand.doors.console import ground
ground.set_up()
ground.stand(say=print)
from peyvand.foundation.jobs.worker import LATE, queue_app
nights = PeriodicDeferrer(queue_app(None).periodic_registry, max_delay=LATE).get_previous_tasks(at=time.time())
with connection.cursor() as cursor:
    cursor.executemany(
        "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) VALUES (%s, %s, %s)",
        [(one.task.name, one.periodic_id, moment) for one, moment in nights],
    )
"""
RUNNING = ("postmaster.pid", "postmaster.opts", "server.log")


def with_tables(folder: Path) -> Path:
    """Put a cluster with all tables, which does not run yet, into this data folder that has none; gives the folder."""
    source = place_of(_made()).data
    folder.mkdir(parents=True, exist_ok=True)
    place = place_of(folder)
    private(place.data, place.account)
    if place.data.parent != folder:
        (folder / POINTER).write_text(f"{place.data}\n", encoding="utf-8")
    shutil.copytree(source, place.data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*RUNNING))
    if place.account is not None:
        for path in place.data.rglob("*"):
            os.chown(path, place.account.uid, place.account.gid)
    return folder


def _made() -> Path:
    """The folder that is copied, made by the first who asks; it goes with the run's own cluster."""
    folder = Path(os.environ["PEYVAND_TEST_CLUSTER"]) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    tables = hashlib.sha256(f"{date.today()}{MAKE}".encode())
    for path in sorted((ROOT / "peyvand").glob("**/migrations/*.py")):
        tables.update(path.read_bytes())
    marked = folder.with_name(f"{FOLDER}.made")
    with folder.with_name(f"{FOLDER}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marked.exists() or marked.read_text(encoding="ascii") != tables.hexdigest():  # of a cluster that is kept
            remove(folder)
            ours = ("PEYVAND_", "DJANGO_", "DATABASE_")
            kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
            done = subprocess.run(
                [sys.executable, "-c", MAKE], cwd=ROOT, capture_output=True, text=True,
                env={**kept, "PEYVAND_DATA": str(folder)}, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            stop(folder)
            marked.write_text(tables.hexdigest(), encoding="ascii")
    return folder
