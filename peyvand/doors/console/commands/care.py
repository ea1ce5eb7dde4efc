"""Care of an installation: `peyvand doctor`, `peyvand backup`, `peyvand restore`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import WRONG
from peyvand.foundation.changes.services import record
from peyvand.foundation.database import backup as backups
from peyvand.foundation.database.checks import Check, doctor_checks
from peyvand.foundation.database.errors import DatabaseUnavailableError
from peyvand.foundation.fields.sorting import sorts_as_people
from peyvand.foundation.jobs.health import health
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.outbox.models import Failure
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.declarations import SettingsPage
from peyvand.foundation.registry.registry import registry


def doctor(as_json: AsJson = False) -> None:
    """Look at everything and say what is wrong; the exit code is 1 when something is."""
    checks: list[Check] = []
    try:
        server = ground.server(say=printing.say)
        checks += doctor_checks(server, data_folder=Path(settings.DATA))
        checks += _installation()
    except (DatabaseUnavailableError, psycopg.Error, DatabaseError) as error:
        told = " ".join(str(error).split())
        checks.append(Check("database", False, gettext_lazy("The database answers"), told))
    checks += _files()
    checks += _settings()
    if as_json:
        found = [{"name": one.name, "ok": one.ok, "label": str(one.label), "detail": one.detail,
                  "advice": "" if one.ok else str(one.advice)} for one in checks]  # fmt: skip
        printing.answer({"ok": all(one.ok for one in checks), "checks": found})
    else:
        for one in checks:
            _print(one)
    if not all(one.ok for one in checks):
        raise typer.Exit(WRONG)


def _print(one: Check) -> None:
    sign = "✓" if one.ok else "✗"
    printing.line(f"{sign} {one.label}" + (f" ({one.detail})" if one.detail else ""))
    if not one.ok and str(one.advice):
        printing.line(f"    {one.advice}")


def _page(name: str) -> str:
    """A page of the settings as it is called there."""
    return str(registry.get(SettingsPage, name).label)


def _installation() -> Iterator[Check]:
    steps = ground.pending()
    yield Check(
        "migrations", not steps, _("The tables are those of this version"), ", ".join(steps[:3]),
        _("Start any command, as “peyvand import list”; it brings the tables up to date."),
    )  # fmt: skip
    yield Check(
        "database.sorting", sorts_as_people(), _("Persian letters sort in their order"), "",
        _("Tell us which PostgreSQL this is; lists sorted by a text are out of order on it."),
    )  # fmt: skip
    if steps:
        return
    yield Check(
        "worker", health()["worker"] == "ok", _("A worker is alive"), "",
        _("Start “peyvand serve” or “peyvand worker”; without it long work and events wait."),
    )  # fmt: skip
    dead = Failure.objects.filter(state=Failure.State.DEAD).count()
    yield Check(
        "events", dead == 0, _("Every event reached its readers"), str(dead) if dead else "",
        _("Open “{page}” in the settings and send them again.").format(page=_page("outbox.failures")),
    )  # fmt: skip
    failed = Run.objects.filter(state=Run.State.FAILED).count()
    yield Check("runs", True, _("Long work that failed, in all"), str(failed))


def _files() -> Iterator[Check]:
    vendor = finders.find("ui/app.css") is not None and finders.find("vendor") is not None
    yield Check(
        "static", vendor, _("Files of the pages"), "", _("Run “make setup”; the collected front-end files are missing.")
    )
    with override("fa"):
        translated = _("Search of Persian words") != "Search of Persian words"
    yield Check(
        "words", translated, _("Persian words of the program"), "", _("Run “make setup”; the words are not compiled.")
    )
    key = Path(settings.DATA) / "secret.key"
    closed = not key.exists() or key.stat().st_mode & 0o077 == 0
    yield Check(
        "secret",
        closed,
        _("The secret key is its owner's alone"),
        "",
        _("Run: chmod 600 on secret.key in the data folder."),
    )


def _settings() -> Iterator[Check]:
    hosts = set(settings.ALLOWED_HOSTS)
    local = hosts <= {"127.0.0.1", "localhost", "[::1]"}
    yield Check(
        "https", local or settings.SECURE, _("Reached from outside only by HTTPS"), "",
        _("Put the server behind HTTPS and set PEYVAND_HTTPS=1 (see docs/operating.md)."),
    )  # fmt: skip
    yield Check(
        "hosts", "*" not in hosts, _("Only named addresses are answered"), "",
        _("Name the addresses in PEYVAND_HOSTS instead of *."),
    )  # fmt: skip
    debug = os.environ.get("PEYVAND_DEBUG") == "1" or settings.DEBUG
    yield Check("debug", not debug, _("Faults are not shown to visitors"), "", _("Unset PEYVAND_DEBUG."))


def backup(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("A new file; or a folder, for one named by the time."))
    ],
    as_json: AsJson = False,
) -> None:
    """Write everything, data and files, into one file."""
    server = ground.stand(say=printing.say)
    if path.is_dir():
        path = path / f"peyvand-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    with printing.progress(_("Backing up")) as report:
        manifest = backups.dump(server.url, path, files=Path(settings.MEDIA_ROOT), progress=report)
    actor = system_actor(via="console", language=ground.language())
    record(actor=actor, kind="export", title=_("Backup"), reference={"backup": path.name, "rows": manifest.rows})
    _summary(
        path, manifest, as_json=as_json, words=_("Kept {rows} rows of {tables} tables and {files} files in {path}.")
    )


def restore(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("A file that “peyvand backup” made."))],
    replace: Annotated[bool, typer.Option("--replace", help=_("Lose what is in this data folder now."))] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty data folder, all of it or nothing."""
    backups.read_manifest(path)
    server = ground.stand(say=printing.say)
    with printing.progress(_("Restoring")) as report:
        manifest = backups.restore(server.url, path, files=Path(settings.MEDIA_ROOT), replace=replace, progress=report)
    words = _("Restored {rows} rows of {tables} tables and {files} files from {path}; all checksums agree.")
    _summary(path, manifest, as_json=as_json, words=words)


def _summary(path: Path, manifest: backups.Manifest, *, as_json: bool, words: str) -> None:
    counts = {"rows": manifest.rows, "tables": len(manifest.tables), "files": len(manifest.files)}
    if as_json:
        printing.answer({"file": str(path), **counts, "bytes": path.stat().st_size, "made_at": manifest.made_at})
        return
    printing.line(words.format(path=path, **{name: printing.number(count) for name, count in counts.items()}))
