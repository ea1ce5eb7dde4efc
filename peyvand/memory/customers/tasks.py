"""The long work of this room: what is done to all customers of a list at once."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import JobFailedError, Running
from peyvand.foundation.ui.formats import number
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.services import wishes

JOB = "customers.bulk"


def bulk(run: Running, *, query: dict[str, str], currency: str, wish: dict[str, Any]) -> dict[str, Any]:
    """Do to all whom the list's conditions give by now what was asked; stopping it leaves everything as it was."""

    def progress(done: int, total: int) -> None:
        run.progress(done, total)
        run.check()

    asked = wishes.Wish.of(wish)
    chosen = wishes.chosen_by(actor=run.actor, query=query, currency=currency)
    try:
        result = wishes.wish_do(actor=run.actor, customers=chosen, wish=asked, progress=progress)
    except InvalidError as error:
        raise JobFailedError(str(error)) from error
    if result.changed:
        text = wishes.words(actor=run.actor, wish=asked, count=result.changed) % {"count": number(result.changed)}
    else:
        text = _("Nothing to change: it is so already, or you may not change them.")
    run.progress(result.changed, result.changed, text)
    return {"changed": result.changed, "change_set_id": result.change_set_id}


def result_url(run: Run) -> str | None:
    """The change set, with the way back."""
    made = (run.result or {}).get("change_set_id")
    return reverse("changes:set", args=[made]) if made else None
