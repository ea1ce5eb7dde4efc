"""Giving out what is known of a person."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import IO, Any
from urllib.parse import quote

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.changes.services import record
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import PersonalTable
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer
from peyvand.memory.privacy import access
from peyvand.memory.privacy.carrying import FORMAT
from peyvand.memory.privacy.copying import LANGUAGES, page_of
from peyvand.memory.privacy.tables import beside, ids_of, images_of, rows_of


def person_collect(*, actor: Actor, customer_id: int) -> dict[str, Any]:
    """Every row of the person in the declared tables, by table, what these refer to, and what the trail remembers of
    them; `carrying` brings it in elsewhere.

    Raises NotAllowed, and Customer.DoesNotExist for one whom the actor may not see. A table that no room has declared
    is not in it; tests/test_declared.py names those that are left.
    """
    actor.require(access.EXPORT)
    person = Customer.objects.visible_to(actor).get(pk=customer_id)
    ids = ids_of(person.pk)
    tables = {name: rows_of(name, row_ids) for name, row_ids in ids.items() if row_ids}
    besides = beside(tables)
    own_fields = CustomField.objects.filter(record=RECORD, key__in=list(person.custom))
    if chosen := list(own_fields.values_list("pk", flat=True)):
        besides[CustomField._meta.db_table] = rows_of(CustomField._meta.db_table, chosen)
    files = StoredFile.objects.filter(pk__in=_files(tables)).order_by("pk")
    return {
        "format": FORMAT,
        "peyvand": version("peyvand"),
        "customer": person.pk,
        "made_at": timezone.now().isoformat(),
        "tables": tables,
        "beside": besides,
        "files": list(files.values("id", "name", "content_type", "purpose", "size", "sha256")),
        "history": images_of(ids),
    }


def person_export(*, actor: Actor, customer_id: int, target: IO[bytes]) -> Mapping[str, int]:
    """Write a zip: a page to read in either language, data.json, and the stored files of the person under files/; gives
    the number of rows by table.

    The audit trail says who took it out.
    """
    with transaction.atomic():
        found = person_collect(actor=actor, customer_id=customer_id)
        counts = {name: len(rows) for name, rows in found["tables"].items()}
        record(actor=actor, kind="export", title=gettext("Export of one person"), reference={"customer": customer_id})
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        kept = {}
        for file in StoredFile.objects.filter(pk__in=[one["id"] for one in found["files"]]):
            if file.path.exists():
                place = f"files/{file.pk}-{file.name}"
                packed.write(file.path, place)
                kept[file.pk] = (quote(place), file.name)
        for language in LANGUAGES:
            packed.writestr(f"index.{language}.html", page_of(found, language=language, files=kept))
    return counts


def _files(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[int]:
    """Ids of the stored files that the rows speak of."""
    return {
        row[column]
        for declared in registry.all(PersonalTable)
        for column in declared.files
        for row in tables.get(declared.name, ())
        if row[column] is not None
    }
