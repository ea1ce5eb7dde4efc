"""Signs of life of the installation."""

from __future__ import annotations

from contextlib import closing

import psycopg
from django.db import connection

OLDEST = 30  # seconds since a living worker's last sign
PATIENCE = 2  # seconds for the database to take a connection, and to answer


def health() -> dict[str, str]:
    """ "ok" or "down" for web, database and worker. The web is ok when this can be asked at all.

    Asked over a connection of its own: whoever asks wants to know soon, and a pool waits long for a lost server.
    """
    parts = {"web": "ok", "database": "down", "worker": "down"}
    asked = connection.get_connection_params()
    options = f"{asked.pop('options', '')} -c statement_timeout={PATIENCE * 1000}".strip()
    try:
        with closing(psycopg.connect(**{**asked, "options": options, "connect_timeout": PATIENCE})) as one:
            living = "SELECT count(*) FROM jobs_worker WHERE at > now() - make_interval(secs => %s)"
            row = one.execute(living, [OLDEST]).fetchone()
            parts["database"] = "ok"
            if row and row[0]:
                parts["worker"] = "ok"
    except psycopg.Error:
        pass
    return parts
