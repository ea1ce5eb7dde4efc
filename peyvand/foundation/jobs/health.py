"""Signs of life of the installation."""

from __future__ import annotations

from django.db import DatabaseError, connection

OLDEST = 30  # seconds since a living worker's last sign


def health() -> dict[str, str]:
    """ "ok" or "down" for web, database and worker. The web is ok when this can be asked at all."""
    parts = {"web": "ok", "database": "down", "worker": "down"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_worker WHERE at > now() - make_interval(secs => %s)", [OLDEST])
            parts["database"] = "ok"
            if cursor.fetchone()[0]:
                parts["worker"] = "ok"
    except DatabaseError:
        connection.close()
    return parts
