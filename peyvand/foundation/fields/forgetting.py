"""Somebody erased, in the conditions of kept views: a search for them is no condition any more."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from peyvand.foundation.changes.forgetting import forgotten
from peyvand.foundation.changes.services import images_erase
from peyvand.foundation.fields.models import ListChoice, SavedView
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take conditions that name them out of views, and their name out of the names of views; the trail forgets too."""
    changed = []
    for view in SavedView.objects.filter(demo=actor.demo).select_for_update():
        name, query = str(forgotten(view.name, somebody)), _without(view.query, somebody)
        if (name, query) != (view.name, view.query):
            view.name, view.query = name, query
            view.save(update_fields=["name", "query"])
            changed.append(view.pk)
    if changed:
        images_erase(actor=actor, rows={SavedView._meta.db_table: changed})
    count = len(changed)
    for choice in ListChoice.objects.filter(demo=actor.demo).exclude(opens="").select_for_update():
        opens = _without(choice.opens, somebody)
        if opens != choice.opens:
            choice.opens = opens
            choice.save(update_fields=["opens"])
            count += 1
    return count


def _without(query: str, somebody: Mentioned) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not somebody.in_text(value)]
    return query if kept == pairs else urlencode(kept)
