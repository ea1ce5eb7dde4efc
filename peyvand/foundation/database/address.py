"""Where a library that connects by itself finds Django's database."""

from __future__ import annotations

from django.db import connection
from psycopg.conninfo import make_conninfo


def libpq_address() -> str:
    """The address of Django's own connection, as libpq reads it."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    return make_conninfo(**known)
