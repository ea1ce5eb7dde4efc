"""Who may have a file: its owner, and those with the permission of its purpose."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry


def visible_files(*, actor: Actor) -> QuerySet[StoredFile]:
    """One's own files, and those of purposes one has the permission for, in the business one looks at."""
    if actor.everything and actor.user_id is None:
        return StoredFile.objects.all()
    own = Q(owner_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    purposes = [
        purpose.name for purpose in registry.all(FilePurpose) if purpose.permission and actor.may(purpose.permission)
    ]
    return StoredFile.objects.filter(own | Q(purpose__in=purposes, demo=actor.demo))
