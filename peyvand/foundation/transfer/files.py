"""Where an import's file lies: kept by `files`, or named at the console."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from peyvand.foundation.files import services as files
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import Opener, ReadError, opener_of


def keep(*, actor: Actor, name: str, stream: IO[bytes]) -> int:
    """Keep an uploaded file; gives its id."""
    kept = files.keep(actor=actor, name=name, stream=stream, content_type="text/csv", purpose="transfer.import")
    return int(kept.pk)


def opener_for(one: Import) -> Opener:
    """How to open an import's file again; ReadError when it is no more."""
    if one.file_id is None:
        return opener_of(Path(one.path))
    return opener_of_kept(one.file_id)


def opener_of_kept(file_id: int) -> Opener:
    """How to open a kept file. The right was checked on the import."""

    def opened() -> IO[bytes]:
        try:
            return files.open_file(actor=system_actor(), id=file_id)
        except (OSError, LookupError) as error:
            raise ReadError(_("The file of this import has been removed.")) from error

    return opened
