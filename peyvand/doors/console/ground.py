"""What a command stands on: the data folder, Django, a migrated PostgreSQL. Imported before Django is ready."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from secrets import token_hex

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.database import cluster
from peyvand.foundation.database.errors import DatabaseUnavailableError, FolderError
from peyvand.foundation.database.place import data_folder

MIGRATING = 7_216_001  # the advisory lock under which one process at a time migrates
Say = Callable[[str | Promise], None]


class NewerDataError(DatabaseUnavailableError):
    """The data was written by a newer Peyvand, whose tables this one does not know."""

    exit_code = 9


def language() -> str:
    """fa or en, as the terminal's own language is."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "fa" if spoken.lower().startswith("fa") else "en"


def set_up(*, rooms: Sequence[str] | None = None) -> None:
    """Make Django ready, without touching any database; FolderError when the data folder can't be written.

    With `rooms`, for a process that stays and only speaks: those alone, no models of others.

    The address of our own cluster is known before it runs, so that settings may be read now and it be started later.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    folder = data_folder()
    os.environ["PEYVAND_DATA"] = str(folder)
    problem: FolderError | None = None
    given = os.environ.get("DATABASE_URL")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not given:
            os.environ["DATABASE_URL"] = cluster.place_of(folder).url
        folder = Path(settings.DATA)  # reads the settings, whose key is kept in the folder
    except OSError as error:
        problem = FolderError(_LOCKED, folder=folder, reason=error.strerror or str(error))
        os.environ["PEYVAND_SECRET_KEY"] = token_hex()  # only so that the sentence can be put into words
    finally:
        if not given:
            os.environ.pop("DATABASE_URL", None)
    if rooms is not None:
        settings.INSTALLED_APPS = list(rooms)
    django.setup()
    if os.environ.get("PEYVAND_DEBUG") != "1" and "PEYVAND_LOG" not in os.environ:
        logging.disable(logging.CRITICAL)  # a command says one sentence; what runs on turns its log on again
    translation.activate(language())
    if problem is not None:
        raise problem


_LOCKED = _("The data folder %(folder)s can't be written: %(reason)s. Choose another with PEYVAND_DATA.")


def server(*, say: Say) -> cluster.Server:
    """PostgreSQL for the data folder, started if need be and named to every process that we start."""
    found = cluster.ensure(data_folder(), say=say)
    os.environ["DATABASE_URL"] = found.url
    return found


def stand(*, say: Say) -> cluster.Server:
    """PostgreSQL with all of our tables as this Peyvand needs them."""
    found = server(say=say)
    migrate(say=say)
    return found


def pending() -> list[str]:
    """Names of migrations that are still to be run. NewerDataError when the data knows more of them than we do."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    ours = {label for label, _name in loader.disk_migrations}
    unknown = sorted(
        f"{label}.{name}"
        for label, name in loader.applied_migrations
        if label in ours and (label, name) not in loader.disk_migrations
    )
    if unknown:
        text = _(
            "This data was written by a newer Peyvand (%(names)s are unknown to this one). "
            "Use that version, or another data folder."
        )
        raise NewerDataError(text, names=_some(unknown))
    return [f"{step.app_label}.{step.name}" for step, _back in executor.migration_plan(loader.graph.leaf_nodes())]


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:3]) + (" …" if len(found) > 3 else "")


def migrate(*, say: Say) -> int:
    """Bring the tables up to this version; several processes at once do it once. How many steps were done."""
    if not pending():
        return 0
    with closing(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        steps = pending()
        if steps:
            say(_("Preparing the tables …"))
            call_command("migrate", verbosity=0, interactive=False)
    return len(steps)
