"""Files of notes, calls and meetings. Their rights are those of the interaction."""

from __future__ import annotations

from typing import IO

from django.db import transaction
from django.utils.translation import gettext

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.files import services as files
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.ui.formats import number
from peyvand.memory.interactions import access
from peyvand.memory.interactions.models import Interaction, InteractionFile
from peyvand.memory.interactions.services.correcting import editable
from peyvand.memory.interactions.services.errors import InvalidError

PURPOSE = "interactions.attachment"
MOST = 10
LARGEST = 20 * 2**20
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")  # drawn by every browser, and holding no script


def file_add(*, actor: Actor, interaction_id: int, name: str, stream: IO[bytes], content_type: str) -> InteractionFile:
    """Attach a file to a note, call or meeting.

    Raises NotAllowed, Interaction.DoesNotExist, InvalidError when there are MOST, and FileRefusedError (of
    foundation.files) with words for people.
    """
    with transaction.atomic():
        found = editable(actor=actor, interaction_id=interaction_id)
        if found.files.count() >= MOST:
            text = gettext("At most %(n)s files belong to one entry.") % {"n": number(MOST)}
            raise InvalidError({"file": text})
        kept = files.keep(actor=actor, name=name, stream=stream, content_type=content_type, purpose=PURPOSE)
        with change_set(actor=actor, kind="edit", title=gettext("File attached")):
            return InteractionFile.objects.create(
                demo=found.demo, interaction=found, file=kept, added_by_id=actor.user_id
            )


def file_remove(*, actor: Actor, file_id: int) -> tuple[InteractionFile, int]:
    """Take a file off; its bytes stay while it can be taken back. Gives it, and the change set that brings it again.

    Raises NotAllowed and InteractionFile.DoesNotExist.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        found = InteractionFile.objects.select_related("file").get(pk=file_id)
        try:
            editable(actor=actor, interaction_id=found.interaction_id)
        except Interaction.DoesNotExist:
            raise InteractionFile.DoesNotExist from None
        with change_set(actor=actor, kind="edit", title=gettext("File removed")) as made:
            InteractionFile.objects.filter(pk=found.pk).delete()
    return found, made.pk


def file_open(*, actor: Actor, file_id: int) -> tuple[StoredFile, IO[bytes]]:
    """The file and its bytes, to be read and closed; InteractionFile.DoesNotExist when it isn't the actor's to have."""
    actor.require(access.VIEW)
    seen = Interaction.objects.visible_to(actor).values("pk")
    found = InteractionFile.objects.select_related("file").get(pk=file_id, demo=actor.demo, interaction_id__in=seen)
    try:
        return found.file, files.open_file(actor=system_actor(demo=actor.demo), id=found.file_id)
    except (files.NoSuchFileError, FileNotFoundError):
        raise InteractionFile.DoesNotExist from None
