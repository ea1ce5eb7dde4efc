"""Refused rights, put into the audit trail: once an hour for each person and right, so that nobody floods it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction

from peyvand.foundation.accounts import limits
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry

logger = logging.getLogger(__name__)
KIND = "denied"
ONCE = timedelta(hours=1)
LONGEST_PATH = 200


def denial_note(*, actor: Actor, permission: str, path: str) -> bool:
    """Put into the trail that the actor was refused, where they asked (the address without its query); False when that
    is known since less than an hour, or nobody is signed in.

    It never raises for want of a database: who is refused is refused all the same.
    """
    if actor.user_id is None:
        return False
    known = registry.has(Permission, permission)
    title = str(registry.get(Permission, permission).label) if known else permission
    reference = {"permission": permission, "path": path[:LONGEST_PATH], "token": actor.token_id}
    try:
        with transaction.atomic():
            if not limits.take(f"denied:{actor.user_id}:{actor.token_id}:{permission}", tries=1, window=ONCE):
                return False
            record(actor=actor, kind=KIND, title=title, reference=reference)
    except DatabaseError as error:
        logger.warning("a refusal could not be noted: %s", type(error).__name__)
        return False
    return True
