"""Nothing of a file that came in stays longer than the import can be taken back."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.foundation.transfer import files
from peyvand.foundation.transfer.exporting import KEPT_HOURS
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.undoing import UNDO_DAYS

KEPT_DAYS = UNDO_DAYS
UNDER_WAY = (Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)
OPEN = (Import.State.MAPPING, Import.State.CHECKED, Import.State.FAILED, Import.State.CANCELLED)


def sweep() -> int:
    """Remove files of imports after their days, with the first lines and the values that were kept of them; files that
    nobody fetched; and what a fault has left lying. Gives how many files and imports.
    """
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    old = Import.objects.filter(created_at__lt=before, swept_at=None).exclude(state__in=UNDER_WAY)
    count = sum(_swept(pk) for pk in list(old.values_list("pk", flat=True)))
    known = set(Import.objects.filter(swept_at=None).values_list("path", flat=True))
    for path in files.orphans(older=KEPT_HOURS * 3600):
        if str(path) not in known:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                count += 1
    return count


def _swept(import_id: int) -> int:
    with transaction.atomic():
        one = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
        if one.state in UNDER_WAY:
            return 0
        transaction.on_commit(lambda: files.drop_of(one))
        one.swept_at = timezone.now()
        one.sniffed = {**one.sniffed, "rows": []}
        one.dry = {**one.dry, "samples": []} if one.dry else {}
        if one.state in OPEN and files.is_ours(one):
            one.state = Import.State.CANCELLED
            one.error = _("The file was kept for 30 days and is gone. Give it again to go on.")
        one.save(update_fields=["swept_at", "sniffed", "dry", "state", "error"])
        one.problems.exclude(value="").update(value="")
    return 1
