"""Sessions of a person: noted when they begin, ended by their owner, by a new password or by deactivation."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext

from peyvand.foundation.accounts.models import SignIn
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor


def session_note(*, user_id: int, session_key: str, agent: str, address: str | None) -> SignIn:
    """Remember a session that has just begun, or that is seen for the first time."""
    sign_in, _created = SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={"user_id": user_id, "agent": agent[:300], "address": address, "seen_at": Now()},
    )
    return sign_in


def sessions_end(*, user_id: int, but: str | None = None, only: int | None = None) -> int:
    """End the person's sessions: all but the one of key `but`, or `only` that of this id; returns how many."""
    noted = SignIn.objects.filter(user_id=user_id).exclude(session_key=but)
    if only is not None:
        noted = noted.filter(pk=only)
    with transaction.atomic():
        keys = list(noted.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def own_sessions_end(*, actor: Actor, but: str | None = None, only: int | None = None) -> int:
    """The same for one's own sessions, with a line in the trail."""
    if actor.user_id is None:
        return 0
    ended = sessions_end(user_id=actor.user_id, but=but, only=only)
    if ended:
        record(
            actor=actor,
            kind="sign-in",
            title=gettext("%(name)s ended sessions of their own: %(count)s") % {"name": actor.name, "count": ended},
        )
    return ended
