"""This room's piece of the home page, and its finds in the command palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Hit
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.knowledge import access, queries
from peyvand.memory.knowledge.queries import ArticleFilter


def due(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """One's own articles that are to be looked at again; nothing where there is none."""
    rows = queries.due(actor=actor, on=local_date(timezone.now()))
    return {"rows": rows} if rows else None


def hits(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Articles by words of their title or body."""
    if not actor.may(access.VIEW) or not text.strip():
        return []
    found = queries.articles(actor=actor, chosen=ArticleFilter(text=text)).order_by("-updated_at", "-pk")[:limit]
    return [
        Hit(
            title=one.title,
            subtitle=gettext("Article"),
            icon="book-2",
            url=reverse("knowledge:one", args=[one.article.pk]),
        )
        for one in queries.with_texts(actor=actor, rows=found)
    ]
