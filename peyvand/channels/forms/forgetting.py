"""Somebody erased, in what was filled in under their addresses or name while it was nobody's."""

from __future__ import annotations

from peyvand.channels.forms.models import Submission
from peyvand.foundation.changes.forgetting import forgotten, speaking_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take what names them out of the answers of others and of nobody; gives how many rows that were."""
    found = speaking_of(
        somebody, table=Submission._meta.db_table, columns=("answers", "source", "suggestions", "consents"),
        demo=actor.demo,
    )  # fmt: skip
    ids = [row[0] for row in found]
    for one in Submission.objects.filter(pk__in=ids):
        for name in ("answers", "source", "suggestions", "consents"):
            setattr(one, name, forgotten(getattr(one, name), somebody))
        one.digest = ""
        one.save(update_fields=["answers", "source", "suggestions", "consents", "digest"])
    return len(ids)
