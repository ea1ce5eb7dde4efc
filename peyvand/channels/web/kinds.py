"""How a visit reads on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.text.digits import persian_digits
from peyvand.memory.interactions.declarations import InteractionKind

VISIT = "web.visit"


def _said(payload: Mapping[str, Any], language: str) -> str:
    """How many pages, the first of them, and what came of it."""
    pages = payload.get("pages") if isinstance(payload.get("pages"), int) else 0
    with override(language):
        count = persian_digits(str(pages)) if language == "fa" else str(pages)
        words = [ngettext("%(n)s page", "%(n)s pages", int(pages or 0)) % {"n": count}]
        titles = payload.get("titles")
        if isinstance(titles, list) and titles:
            words.append(isolate(str(titles[0])[:80]))
        if isinstance(payload.get("purchase"), Mapping):
            words.append(gettext("bought"))
        elif isinstance(payload.get("cart"), Mapping):
            words.append(gettext("put something into the cart"))
        return " · ".join(words)


def _url(payload: Mapping[str, Any], source_id: int | None) -> str:
    visitor = payload.get("visitor")
    return reverse("web:visitor", args=[visitor]) if isinstance(visitor, int) else ""


KINDS = (
    InteractionKind(
        VISIT, _("Visit of the site"), "world", _said, channel="web", tone=2, url=_url, order=40,
        template="web/interaction.html", searched=("searches", "titles"),
    ),
)  # fmt: skip
