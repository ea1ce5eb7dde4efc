"""What people decide on a pair: not the same, later, open again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.matching import access
from peyvand.memory.matching.models import Pair, PairState

LATER_DAYS = 30


def different(*, actor: Actor, pair_id: int) -> int:
    """Say that these are two: they are never asked about again. Gives the change set that takes it back."""
    return _decide(actor=actor, pair_id=pair_id, later=False)


def later(*, actor: Actor, pair_id: int) -> int:
    """Leave the pair for a month. Gives the change set that takes it back."""
    return _decide(actor=actor, pair_id=pair_id, later=True)


def _decide(*, actor: Actor, pair_id: int, later: bool) -> int:
    actor.require(access.MERGE)
    now = timezone.now()
    with transaction.atomic():
        pair = Pair.objects.visible_to(actor).select_for_update(of=("self",)).select_related("a", "b").get(pk=pair_id)
        names = {"a": pair.a.name, "b": pair.b.name}
        title = gettext("%(a)s and %(b)s: later") if later else gettext("%(a)s and %(b)s are not the same")
        with change_set(actor=actor, kind="edit", title=title % names) as made:
            if later:
                pair.later_until = now + timedelta(days=LATER_DAYS)
            else:
                pair.state, pair.later_until = PairState.DIFFERENT, None
            pair.decided_by_id, pair.decided_at = actor.user_id, now
            pair.save(update_fields=["state", "later_until", "decided_by", "decided_at"])
    return made.pk
