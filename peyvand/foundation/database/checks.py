"""What `peyvand doctor` asks of a server: is it one on which nothing is lost and Persian is found?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.database.binaries import VERSIONS
from peyvand.foundation.database.cluster import DURABLE, Server

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
LEAST_ROOM = 1 * 2**30  # bytes
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Check:
    """One thing looked at. `advice` says what to do when it is not ok; `detail` is a value, as it is."""

    name: str
    ok: bool
    label: str | Promise
    detail: str = ""
    advice: str | Promise = ""


def doctor_checks(server: Server, *, data_folder: Path) -> list[Check]:
    """All checks of the server, each on its own; psycopg.Error when it can't be reached at all."""
    with psycopg.connect(server.url, connect_timeout=10, autocommit=True) as connection:
        return [
            _version(connection),
            _encoding(connection),
            _trigrams(connection),
            _durable(connection),
            _extensions(connection),
            _connections(connection),
            _room(data_folder),
        ]


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _version(connection: Connection) -> Check:
    major = connection.info.server_version // 10000
    return Check(
        "database.version", major in VERSIONS, _("PostgreSQL"), str(_one(connection, "SHOW server_version")),
        _("Peyvand needs PostgreSQL 15 to 18."),
    )  # fmt: skip


def _encoding(connection: Connection) -> Check:
    found = str(_one(connection, "SHOW server_encoding"))
    return Check(
        "database.encoding", found == "UTF8", _("Encoding of the database"), found,
        _("Make the database anew with the encoding UTF8 and restore a backup into it."),
    )  # fmt: skip


def _trigrams(connection: Connection) -> Check:
    """In a cluster of locale C, pg_trgm sees no letter of Persian, and a search finds nothing."""
    installed = _one(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    found = list(_one(connection, "SELECT show_trgm('علی')") or []) if installed else []
    return Check(
        "database.persian_search", len(found) > 0, _("Search of Persian words"), str(len(found)),
        _("The database must be of the locale C.UTF-8 or fa_IR.UTF-8, with pg_trgm; make it anew."),
    )  # fmt: skip


def _durable(connection: Connection) -> Check:
    off = [name for name in DURABLE if _one(connection, f"SHOW {name}") == "off"]
    return Check(
        "database.durable", not off, _("What is saved survives a power cut"), ", ".join(off),
        _("Turn these settings of PostgreSQL on."),
    )  # fmt: skip


def _extensions(connection: Connection) -> Check:
    rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    missing = sorted(set(EXTENSIONS) - {str(row[0]) for row in rows})
    return Check(
        "database.extensions", not missing, _("Extensions of PostgreSQL"), ", ".join(missing),
        _("Install the package “postgresql-contrib” on the database's machine."),
    )  # fmt: skip


def _connections(connection: Connection) -> Check:
    most = int(_one(connection, "SHOW max_connections"))
    used = int(_one(connection, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    return Check(
        "database.connections", used < most * 0.9, _("Connections in use"), f"{used}/{most}",
        _("Raise max_connections, or put a connection pool in front."),
    )  # fmt: skip


def _room(data_folder: Path) -> Check:
    usage = psutil.disk_usage(str(data_folder))
    enough = usage.free >= LEAST_ROOM
    return Check(
        "disk.room", enough, _("Room on the disk"), f"{usage.free / 2**30:.1f} GB",
        _("Make room: less than 1 GB is free beside the data."),
    )  # fmt: skip
