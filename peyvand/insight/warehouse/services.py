"""The records of loads: which one the next may begin at, what becomes of those that were killed or are old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.models import Load, LoadState

KEPT = 100  # loads that ended, beside those that other rooms refer to


@dataclass(frozen=True)
class Base:
    """A load that the database calls ready, with its files as they were written."""

    load: Load
    manifest: dict[str, Any]


def base() -> Base | None:
    """The load that the next one may begin at; None where everything must be made anew.

    After a restore the files here are of another state of the database: then the load that the database calls its last
    has not the token that its files have, or has no files.
    """
    newest = Load.objects.filter(state=LoadState.READY).order_by("-id").first()
    if newest is None or not newest.token:
        return None
    manifest = place.manifest_read(newest.pk)
    return Base(load=newest, manifest=manifest) if manifest and manifest["token"] == newest.token else None


def interrupted_note() -> None:
    """Loads that are called running though nobody runs one were killed. Called while holding the lock of loads."""
    killed = Load.objects.filter(state=LoadState.RUNNING)
    for load_id in killed.values_list("pk", flat=True):
        place.drop(load_id)
    killed.update(state=LoadState.FAILED, error="interrupted", finished_at=timezone.now())


def loads_forget() -> None:
    """Drop the records of old loads that nothing refers to."""
    newest = Load.objects.order_by("-id").values_list("pk", flat=True)[:KEPT]
    old = Load.objects.exclude(pk__in=list(newest))
    for relation in Load._meta.related_objects:
        used = relation.related_model._default_manager.values_list(relation.field.attname, flat=True)
        old = old.exclude(pk__in=used)
    old._raw_delete(old.db)
