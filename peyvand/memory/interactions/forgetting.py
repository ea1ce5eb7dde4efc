"""Somebody erased, in what happened before anybody knew that it was them: it stands under their address alone."""

from __future__ import annotations

from peyvand.foundation.changes.services import images_erase
from peyvand.foundation.files import services as files
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.mentions import Mentioned
from peyvand.memory.customers.forgetting import theirs_alone
from peyvand.memory.interactions.models import Interaction, InteractionFile


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Delete what is nobody's yet and under an address that was theirs alone, with its files."""
    addresses = theirs_alone(actor, somebody)
    found = Interaction.objects.filter(demo=actor.demo, customer=None, identity_key__in=addresses)
    ids = list(found.values_list("pk", flat=True))
    if not ids:
        return 0
    parts = list(InteractionFile.objects.filter(interaction_id__in=ids).values_list("pk", "file_id"))
    Interaction.objects.filter(pk__in=ids).delete()
    for _pk, file_id in parts:
        files.discard(actor=system_actor(demo=actor.demo), id=file_id)
    rows = {
        Interaction._meta.db_table: ids,
        InteractionFile._meta.db_table: [pk for pk, _file_id in parts],
    }
    images_erase(actor=actor, rows=rows)
    return len(ids)
