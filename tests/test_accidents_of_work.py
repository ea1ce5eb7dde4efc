"""Long work under bad luck, by real processes on a cluster of their own: killed, doubled, database away, disk full."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from peyvand.foundation.database import cluster
from tests.ready import with_tables

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.xdist_group("imports")]
LINES = 10_000
AWAY = 10.0  # seconds without a database
BEGIN = """
import sys
from peyvand.doors.console import ground
ground.set_up()
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer import services
actor = system_actor(via="console")
if sys.argv[1].isdigit():
    one = services.settle(services.import_get(actor=actor, import_id=int(sys.argv[1])))
else:
    with open(sys.argv[1], "rb") as stream:
        one = services.import_begin(actor=actor, name="customers.csv", stream=stream, shape="customers")
services.import_run(actor=actor, import_id=one.pk)
print(one.pk)
"""
DIGEST = """
from peyvand.doors.console import ground
ground.set_up()
from peyvand.channels.web.digesting import digest
from peyvand.channels.web.telling import tell
while digest(at_once=50) or tell():
    pass
"""
VISITED = """
SELECT (SELECT md5(string_agg(v::text, ',' ORDER BY v.key, v.started_at)) FROM (
          SELECT key, started_at, ended_at, pages, events, path FROM web_visit) v),
       (SELECT count(*) FROM web_visit), (SELECT count(*) FROM sites_visitor),
       (SELECT md5(string_agg(i::text, ',' ORDER BY i.identity_key, i.at)) FROM (
          SELECT identity_key, at, duration_s, payload - 'visitor' AS payload FROM interactions_interaction) i),
       (SELECT count(*) FROM interactions_interaction), (SELECT count(DISTINCT interaction_id) FROM web_visit)
"""
FOUND = """
SELECT count(*), count(DISTINCT i.key),
       md5(string_agg(i.key || c.name || c.city, ',' ORDER BY i.key COLLATE "C"))
  FROM customers_customer c JOIN customers_identity i ON i.customer_id = c.id AND i.kind = 'external'
 WHERE NOT c.demo
"""


@dataclass
class Place:
    """An installation of its own, and how to look into it."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        without = ("PEYVAND_TEST_CLUSTER", "PEYVAND_SECRET_KEY")
        return {
            **{name: value for name, value in os.environ.items() if name not in without},
            "PEYVAND_DATA": str(self.folder), "DATABASE_URL": self.url, "LANG": "en_US.UTF-8",
            "DJANGO_SETTINGS_MODULE": "tests.accident_settings", "PYTHONPATH": str(Path(__file__).parents[1]),
            "PEYVAND_PARENT": str(os.getpid()),
        }  # fmt: skip

    def python(self, *arguments: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *arguments], env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def execute(self, statement: str, *values: Any) -> Any:
        with psycopg.connect(self.url, autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchone() if done.description else None

    def state(self, import_id: str) -> tuple[str, int, dict[str, Any]]:
        found = self.execute("SELECT state, position, counts FROM transfer_import WHERE id = %s", import_id)
        return found[0], found[1], found[2]

    def customers(self) -> tuple[int, int, str]:
        count, codes, digest = self.execute(FOUND)
        return count, codes, digest


Worker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("accidents") / "data"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        place = Place(folder, cluster.ensure(with_tables(folder), durable=False).url)
        yield place
        cluster.remove(folder)


@pytest.fixture
def place(installed: Place) -> Place:
    """The installation without customers."""
    installed.execute("TRUNCATE customers_customer, transfer_import, jobs_run, procrastinate_jobs CASCADE")
    return installed


@pytest.fixture
def worker(place: Place) -> Iterator[Worker]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(place.start("-m", "peyvand.foundation.jobs", "1"))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(condition: Callable[[], object], *, seconds: float = 900) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[int, int, str]]:
    """A file of customers, and what an undisturbed import makes of it."""
    path = tmp_path_factory.mktemp("file") / "customers.csv"
    rows = [(f"c{number:06}", f"Nader{number} Kiani", f"City {number % 97}") for number in range(LINES)]
    path.write_text("Code,Name,City\n" + "\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    digest = hashlib.md5(",".join(map("".join, rows)).encode(), usedforsecurity=False).hexdigest()
    return path, (LINES, LINES, digest)


File = tuple[Path, tuple[int, int, str]]


def test_a_killed_workers_import_is_gone_on_with_and_nothing_is_in_twice(
    place: Place, worker: Worker, file: File, record_property: Callable[[str, object], None]
) -> None:
    path, expected = file
    first = worker()
    one = place.python("-c", BEGIN, path)
    until(lambda: place.state(one)[1] >= 2_000)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    state, position, _counts = place.state(one)
    assert (state, 0 < position < LINES) == ("running", True)
    worker()
    until(lambda: place.state(one)[0] != "running")
    state, position, counts = place.state(one)
    assert (state, position, counts["new"], counts["imported"]) == ("done", LINES, LINES, LINES)
    found, codes, _digest = place.customers()
    record_property("figure:kills", 1)
    record_property("figure:lines imported across a kill", found)
    record_property("figure:lost", LINES - codes)
    record_property("figure:doubled", found - codes)
    assert place.customers() == expected
    assert place.execute("SELECT count(*) FROM changes_changeset WHERE reference->>'import' = %s", one) == (1,)
    place.python("-m", "peyvand", "import", "undo", one, "--json")
    assert place.customers()[0] == 0


def test_one_file_twice_at_once_makes_everybody_once(place: Place, file: File) -> None:
    path, expected = file
    both = [place.start("-m", "peyvand", "import", "customers", path, "--json") for _one in range(2)]
    assert [process.wait(timeout=900) for process in both] == [0, 0]
    assert place.customers() == expected
    made, same = place.execute(
        "SELECT sum((counts->>'new')::int), sum((counts->>'unchanged')::int) FROM transfer_import WHERE state = 'done'"
    )
    assert (made, same) == (LINES, LINES)


def test_it_goes_on_by_itself_when_the_database_was_away(place: Place, worker: Worker, file: File) -> None:
    path, expected = file
    worker()
    one = place.python("-c", BEGIN, path)
    until(lambda: place.state(one)[1] >= 2_000)
    assert cluster.stop(place.folder)
    time.sleep(AWAY)
    cluster.ensure(place.folder, durable=False)
    assert place.state(one)[1] < LINES
    until(lambda: place.state(one)[0] != "running")
    assert place.state(one)[0] == "done"
    assert place.customers() == expected


@pytest.fixture
def small(place: Place) -> Iterator[Path]:
    """A little disk on which the customers' table lies; skipped where none can be mounted."""
    folder = Path("/var/tmp") / f"peyvand-small-{os.getpid()}"  # noqa: S108
    folder.mkdir(mode=0o755)
    try:
        asked = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        try:
            mounted = subprocess.run(asked, capture_output=True, text=True, check=False)
        except OSError as problem:
            pytest.skip(f"no small disk can be mounted here: {problem}")
        if mounted.returncode:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        try:
            owner = cluster.place_of(place.folder).data.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
            place.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            place.execute("ALTER TABLE customers_customer SET TABLESPACE small")
            yield folder
            place.execute("ALTER TABLE customers_customer SET TABLESPACE pg_default")
            place.execute("DROP TABLESPACE small")
        finally:
            subprocess.run(["umount", str(folder)], check=False)
    finally:
        folder.rmdir()


def test_a_full_disk_stops_it_with_a_sentence_and_with_room_it_goes_on(
    place: Place, worker: Worker, file: File, small: Path
) -> None:
    path, expected = file
    worker()
    one = place.python("-c", BEGIN, path)
    until(lambda: place.state(one)[0] != "running")
    assert place.state(one)[0] == "failed"
    (said,) = place.execute("SELECT error FROM transfer_import WHERE id = %s", one)
    assert "disk" in said or "دیسک" in said
    assert place.customers()[0] == place.state(one)[1] > 0
    subprocess.run(["mount", "-o", "remount,size=400m", str(small)], check=True)
    place.python("-c", BEGIN, one)
    until(lambda: place.state(one)[0] != "running")
    assert place.state(one)[0] == "done"
    assert place.customers() == expected


def test_a_killed_digest_of_visits_leaves_each_of_them_once_and_whole(
    installed: Place, record_property: Callable[[str, object], None]
) -> None:
    place, kills, batches = installed, 6, 150
    place.execute("TRUNCATE web_event, web_reading, web_visit, sites_site, interactions_interaction CASCADE")
    place.execute(
        "INSERT INTO sites_site (demo, key, name, hosts, language, consent, greets, active, version)"
        """ VALUES (false, 's000000000001', 'Shop', '["shop.example"]', 'fa', 'full', true, true, 1)"""
    )

    def arrive(number: int) -> None:
        """One transaction: fifty browsers, a page every ten minutes, visits two hours apart."""
        place.execute(
            "INSERT INTO web_event (uid, at, site_id, demo, visitor, kept, kind, url, title, data)"
            " SELECT gen_random_uuid(), date_trunc('day', now()) - interval '3 days' + interval '10 minutes' * %s"
            " + interval '2 hours' * (n %% 5), (SELECT id FROM sites_site), false, lpad(n::text, 26, 'v'), true,"
            " 'page', 'https://shop.example/' || %s, 'Tea ' || %s, '{}' FROM generate_series(1, 50) n",
            number * 12 if number % 2 else number, number, number,
        )  # fmt: skip

    def read_up_to() -> int:
        (found,) = place.execute("SELECT coalesce((SELECT xid::text::bigint FROM web_reading), 0)")
        return int(found)

    chance = random.Random(7)
    for kill in range(kills):
        for number in range(kill * batches // kills, (kill + 1) * batches // kills):
            arrive(number)
        before = read_up_to()
        process = place.start("-c", f"while True:\n{textwrap.indent(DIGEST, '    ')}")
        until(lambda since=before: read_up_to() > since)
        time.sleep(chance.random() * 0.05)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it was killed in the midst of its work"
    place.python("-c", DIGEST)
    place.execute("UPDATE web_visit SET stale = true, told_at = told_at - interval '1 hour'")
    place.python("-c", DIGEST)
    disturbed = place.execute(VISITED)
    place.execute("TRUNCATE web_reading, web_visit, sites_visitor, interactions_interaction CASCADE")
    place.python("-c", DIGEST)
    place.execute("UPDATE web_visit SET stale = true, told_at = told_at - interval '1 hour'")
    place.python("-c", DIGEST)
    assert disturbed == place.execute(VISITED)
    visits, interactions, linked = disturbed[1], disturbed[4], disturbed[5]
    assert visits == interactions == linked > 50
    record_property("figure:kills", kills)
    record_property("figure:lost", visits - linked)
    record_property("figure:doubled", interactions - linked)
