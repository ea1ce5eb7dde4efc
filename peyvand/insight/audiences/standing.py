"""One worker of all keeps live audiences: it looks a few times a second whether anything changed."""

from __future__ import annotations

import threading

import psycopg
from django.db import close_old_connections, connection
from procrastinate.contrib.django.utils import connector_params

from peyvand.insight.audiences.keeping import Keeper

LOOK_EVERY = 0.25  # seconds
_LEAD = "SELECT pg_try_advisory_lock(hashtext('audiences.standing'))"


def stand(stop: threading.Event) -> None:
    """Keep audiences until told to stop; where another worker does, wait to take over."""
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as lead:
        while not stop.is_set() and not (lead.execute(_LEAD).fetchone() or (False,))[0]:
            stop.wait(LOOK_EVERY * 20)
        keeper = Keeper()
        try:
            while not stop.wait(LOOK_EVERY):
                lead.execute("SELECT")  # still the one who leads; raises when the connection is gone
                close_old_connections()
                while keeper.round() and not stop.is_set():
                    pass
        finally:
            connection.close()
