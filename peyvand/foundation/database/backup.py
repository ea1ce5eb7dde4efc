"""Backup and restore that need nothing but a connection: COPY of every table as of one moment, in one tar file.

The file: `manifest.json` and its SHA-256 first, then a gzip member of COPY text per table, then kept files (`files/…`).
The manifest names its own format, the version of Peyvand, the migrations, and for each table its columns, number of
rows and the SHA-256 of its text, so that a restore proves that what came in is what went out. Sessions of signed-in
people are not kept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
EMPTIED = ("django_session", "jobs_worker", "procrastinate_workers")  # made anew by whoever runs
MACHINERY = ("django_", "auth_", "procrastinate_", "outbox_cursor", "jobs_worker")  # rows in a database without people
SPOOL = 8 * 2**20
LARGEST_MANIFEST = 2**30
Report = Callable[[int, int | None], None]


class BackupError(ValueError):
    """The backup can't be made or restored; `str()` is one sentence that says what to do."""

    def __init__(self, sentence: str | Promise, **values: object) -> None:
        super().__init__(str(sentence) % values if values else str(sentence))


@dataclass(frozen=True)
class Table:
    """A table as it lies in a backup. `sha256` is over its COPY text, unpacked."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    format: int
    peyvand: str
    made_at: str
    server: int
    migrations: list[str]
    tables: list[Table]
    sequences: dict[str, int | None]
    files: dict[str, str]

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Manifest:
        """Read from JSON; BackupError when it is not ours or of another format."""
        if plain.get("format") != FORMAT:
            raise BackupError(
                _("This backup is of format %(found)s; this Peyvand reads format %(wanted)s."),
                found=plain.get("format"), wanted=FORMAT,
            )  # fmt: skip
        return cls(**{**plain, "tables": [Table(**table) for table in plain["tables"]]})

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)


Connection = psycopg.Connection[tuple[Any, ...]]


def dump(url: str, target: Path, *, files: Path | None = None, progress: Report | None = None) -> Manifest:
    """Write the whole database, as of one moment, and the kept files into `target`, which appears when it is whole.

    Readable by its owner only. BackupError when the target exists already or can't be written.
    """
    report = progress or (lambda _done, _total: None)
    if target.exists():
        raise BackupError(_("%(path)s exists already; name another file."), path=target)
    if not target.parent.is_dir():
        raise BackupError(_("There is no folder %(path)s."), path=target.parent)
    part = target.with_name(f".{target.name}.part")
    try:
        with psycopg.connect(url) as connection, tempfile.TemporaryDirectory(dir=target.parent) as spool:
            manifest = _spooled(connection, Path(spool), files, report)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                _pack(stream, manifest, Path(spool), files)
                stream.flush()
                os.fsync(stream.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _spooled(connection: Connection, spool: Path, files: Path | None, report: Report) -> Manifest:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    names = _tables(connection)
    tables = []
    for done, name in enumerate(names):
        report(done, len(names))
        columns = _columns(connection, name)
        tables.append(_spool_table(connection, name, columns, spool))
    report(len(names), len(names))
    kept = {str(path.relative_to(files)): _digest(path) for path in _files_in(files)} if files else {}
    return Manifest(
        format=FORMAT, peyvand=version("peyvand"), made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server=connection.info.server_version // 10000, migrations=_migrations(connection), tables=tables,
        sequences=_sequences(connection), files=kept,
    )  # fmt: skip


def _spool_table(connection: Connection, name: str, columns: list[str], spool: Path) -> Table:
    digest = hashlib.sha256()
    rows = 0
    source: sql.Composed = sql.SQL("COPY {} ({}) TO STDOUT").format(_identifier(name), _list(columns))
    if name in EMPTIED:
        source = sql.SQL("COPY (SELECT {} FROM {} WHERE false) TO STDOUT").format(_list(columns), _identifier(name))
    with connection.cursor() as cursor, gzip.open(spool / f"{name}.copy.gz", "wb", 3) as packed:
        with cursor.copy(source) as copy:
            for block in copy:
                digest.update(block)
                packed.write(block)
        rows = max(cursor.rowcount, 0)
    return Table(name=name, columns=columns, rows=rows, sha256=digest.hexdigest())


def _pack(stream: IO[bytes], manifest: Manifest, spool: Path, files: Path | None) -> None:
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        text = spool / MANIFEST
        text.write_text(json.dumps(asdict(manifest), ensure_ascii=False), encoding="utf-8")
        tar.add(text, MANIFEST, filter=_plain)
        seal = spool / SEAL
        seal.write_text(_digest(text), encoding="ascii")
        tar.add(seal, SEAL, filter=_plain)
        for table in manifest.tables:
            tar.add(spool / f"{table.name}.copy.gz", f"tables/{table.name}.copy.gz", filter=_plain)
        for name in manifest.files if files else ():
            tar.add(Path(str(files)) / name, f"files/{name}", filter=_plain)


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """No account's name of this machine goes into the file."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def read_manifest(source: Path) -> Manifest:
    """What a backup says it holds; BackupError when it is no backup of ours."""
    try:
        with tarfile.open(source, "r:") as tar:
            first, second = tar.next(), tar.next()
            if first is None or second is None or (first.name, second.name) != (MANIFEST, SEAL):
                raise BackupError(_("%(path)s is not a backup of Peyvand."), path=source)
            text, seal = _read(tar, first), _read(tar, second)
            if hashlib.sha256(text).hexdigest() != seal.decode("ascii"):
                raise BackupError(_("%(path)s is not a backup of Peyvand, or is damaged."), path=source)
            return Manifest.of(json.loads(text))
    except FileNotFoundError:
        raise BackupError(_("There is no file %(path)s."), path=source) from None
    except IsADirectoryError:
        raise BackupError(_("%(path)s is a folder; give the file itself."), path=source) from None
    except (tarfile.TarError, json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, EOFError):
        raise BackupError(_("%(path)s is not a backup of Peyvand, or is damaged."), path=source) from None


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    held = tar.extractfile(member)
    return held.read(LARGEST_MANIFEST) if held is not None else b""


def restore(
    url: str, source: Path, *, files: Path | None = None, replace: bool = False, progress: Report | None = None
) -> Manifest:
    """Put a backup into a migrated database of the same migrations, in one transaction: all of it or nothing.

    The database must hold nobody yet, unless `replace`. Every table's rows and checksum are compared with the manifest
    before anything is committed. Needs the right to set session_replication_role, which the owner of our own cluster
    has.
    """
    report = progress or (lambda _done, _total: None)
    manifest = read_manifest(source)
    with psycopg.connect(url) as connection:
        _require_fitting(connection, manifest, replace=replace)
        _silence_triggers(connection)
        wanted = {table.name: table for table in manifest.tables}
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(_list(sorted(wanted))))
        seen: set[str] = set()
        try:
            with tarfile.open(source, "r:") as tar, tempfile.TemporaryDirectory(dir=_beside(files)) as spool:
                for member in tar:
                    name = member.name.removeprefix("tables/").removesuffix(".copy.gz")
                    held = tar.extractfile(member)
                    if held is None or member.name in (MANIFEST, SEAL):
                        continue
                    if member.name.startswith("tables/") and name in wanted:
                        report(len(seen), len(wanted))
                        _load(connection, wanted[name], held)
                        seen.add(name)
                    elif member.name.startswith("files/"):
                        _keep(held, member.name.removeprefix("files/"), Path(spool), manifest)
                if missing := sorted(set(wanted) - seen):
                    raise BackupError(_("The backup is cut off: the table %(name)s is missing."), name=missing[0])
                _require_files(manifest, Path(spool), files)
                _set_sequences(connection, manifest)
                _fit_transaction_ids(connection, url)
                if files is not None:
                    _move_files(Path(spool), files)
        except (tarfile.TarError, gzip.BadGzipFile, EOFError, OSError) as problem:
            if isinstance(problem, OSError) and problem.errno is not None:
                raise
            raise BackupError(_("%(path)s is not a backup of Peyvand, or is damaged."), path=source) from None
        report(len(wanted), len(wanted))
    return manifest


def _beside(files: Path | None) -> Path | None:
    if files is None:
        return None
    files.mkdir(mode=0o700, parents=True, exist_ok=True)
    return files


def _require_fitting(connection: Connection, manifest: Manifest, *, replace: bool) -> None:
    here = _migrations(connection)
    if here != manifest.migrations:
        text = _(
            "The backup was made by Peyvand %(theirs)s, whose tables differ from those of %(ours)s (%(example)s). "
            "Restore it with that version, then update."
        )
        example = sorted(set(here) ^ set(manifest.migrations))[0]
        raise BackupError(text, theirs=manifest.peyvand, ours=version("peyvand"), example=example)
    if replace:
        return
    for table in manifest.tables:
        if table.name.startswith(MACHINERY):
            continue
        if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(_identifier(table.name))).fetchone():
            raise BackupError(
                _("There are data here already. Restore into a new data folder, or say --replace to lose them.")
            )


def _silence_triggers(connection: Connection) -> None:
    """Histories and figures that triggers keep come from the backup itself."""
    try:
        connection.execute("SET LOCAL session_replication_role = replica")
    except psycopg.errors.InsufficientPrivilege:
        connection.rollback()
        text = _(
            "The account of DATABASE_URL may not restore. "
            "As the server's administrator, run: GRANT SET ON PARAMETER session_replication_role TO %(user)s;"
        )
        raise BackupError(text, user=connection.info.user) from None


def _load(connection: Connection, table: Table, held: IO[bytes]) -> None:
    digest = hashlib.sha256()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_identifier(table.name), _list(table.columns))
    with connection.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy, gzip.open(held, "rb") as text:
                while block := text.read(SPOOL):
                    digest.update(block)
                    copy.write(block)
        except psycopg.DataError:
            raise BackupError(_("The table %(name)s of the backup is damaged."), name=table.name) from None
        rows = max(cursor.rowcount, 0)
    if rows != table.rows or digest.hexdigest() != table.sha256:
        raise BackupError(_("The table %(name)s of the backup is damaged."), name=table.name)


def _keep(held: IO[bytes], name: str, spool: Path, manifest: Manifest) -> None:
    """Only files that the manifest names are taken, so no name leads out of the folder unnoticed."""
    target = (spool / name).resolve()
    if name not in manifest.files or not target.is_relative_to(spool.resolve()):
        raise BackupError(_("The backup holds a file it does not name: %(name)s."), name=name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as kept:
        shutil.copyfileobj(held, kept, 2**20)


def _require_files(manifest: Manifest, spool: Path, files: Path | None) -> None:
    for name, digest in manifest.files.items():
        path = spool / name
        if files is not None and (not path.is_file() or _digest(path) != digest):
            raise BackupError(_("The file %(name)s of the backup is missing or damaged."), name=name)


def _move_files(spool: Path, files: Path) -> None:
    for path in _files_in(spool):
        target = files / path.relative_to(spool)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(target)
        target.chmod(0o600)


def _files_in(folder: Path | None) -> Iterator[Path]:
    if folder is not None and folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _identifier(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def _list(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _tables(connection: Connection) -> list[str]:
    """Every table of ours that holds rows itself, also each partition."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND c.relpersistence <> 't' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
        " AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in rows]


def _columns(connection: Connection, table: str) -> list[str]:
    """The columns that are stored by whoever writes: generated ones are made anew."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('public.' || quote_ident(%s)) AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _migrations(connection: Connection) -> list[str]:
    if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
        raise BackupError(_("This database holds nothing of Peyvand."))
    rows = connection.execute("SELECT DISTINCT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]


def _sequences(connection: Connection) -> dict[str, int | None]:
    rows = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    return {str(name): value for name, value in rows}


def _set_sequences(connection: Connection, manifest: Manifest) -> None:
    here = set(_sequences(connection))
    for name, value in manifest.sequences.items():
        if name in here:
            found = sql.Literal(f'public."{name}"')
            connection.execute(
                sql.SQL("SELECT setval({}::regclass, %s, %s)").format(found), [value or 1, value is not None]
            )


def _fit_transaction_ids(connection: Connection, url: str) -> None:
    """Transaction ids that rows keep (to be read in the order of commits) must lie below those this server gives next.

    Where they do not, they are numbered anew from the lowest, in the same order, and the server is brought past them.
    """
    columns = [(str(table), str(column)) for table, column in connection.execute(_TRANSACTION_IDS).fetchall()]
    if not columns:
        return
    every = sql.SQL(" UNION ").join(
        sql.SQL("SELECT {} AS old FROM {}").format(sql.Identifier(column), _identifier(table))
        for table, column in columns
    )
    connection.execute(
        sql.SQL(
            "CREATE TEMP TABLE restored_xid ON COMMIT DROP AS"
            " SELECT old, dense_rank() OVER (ORDER BY old) + 2 AS new FROM ({}) AS kept WHERE old IS NOT NULL"
        ).format(every)
    )
    above = connection.execute("SELECT 1 FROM restored_xid WHERE old >= pg_current_xact_id() LIMIT 1").fetchone()
    if above is None:
        return
    for table, column in columns:
        connection.execute(
            sql.SQL("UPDATE {table} SET {column} = new::text::xid8 FROM restored_xid WHERE {column} = old").format(
                table=_identifier(table), column=sql.Identifier(column)
            )
        )
    row = connection.execute("SELECT coalesce(max(new), 0) FROM restored_xid").fetchone()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(sql.SQL(_SPEND).format(sql.Literal(int(row[0]) + 10 if row else 10)))


_TRANSACTION_IDS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'xid8'::regtype
  AND NOT a.attisdropped
"""
_SPEND = """
DO $$ BEGIN WHILE pg_current_xact_id()::text::bigint < {} LOOP COMMIT; END LOOP; END $$
"""
