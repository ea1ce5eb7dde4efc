"""Somebody erased, in the words and arguments of long work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peyvand.foundation.changes.forgetting import forget_in, speaking_of
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned

TABLE = Run._meta.db_table
TEXTS = ("title", "message", "error")
DOCUMENTS = ("arguments", "result")


def busy(actor: Actor, somebody: Mentioned) -> str:
    """Why they can't be forgotten now: work that names them is under way."""
    named = [
        run_id for run_id, _texts in speaking_of(somebody, table=TABLE, columns=(*TEXTS, *DOCUMENTS), demo=actor.demo)
    ]
    run = Run.objects.filter(pk__in=named, state__in=(Run.State.WAITING, Run.State.RUNNING)).first()
    if run is None:
        return ""
    text = _("“{title}” is under way and names them. Wait for its end, or stop it.")
    return text.format(title=run.title or run.job)


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take them out of what is kept of runs."""
    return forget_in(somebody, table=TABLE, texts=TEXTS, documents=DOCUMENTS, demo=actor.demo)
