"""How a filled-in form reads in a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms.services import SUBMITTED
from peyvand.memory.interactions.declarations import InteractionKind


def _summary(payload: Mapping[str, Any], language: str) -> str:
    with translation.override(language):
        return gettext("Filled in “%(form)s”") % {"form": payload.get("form", "")}


def _url(payload: Mapping[str, Any], source_id: int | None) -> str:
    try:
        return reverse("forms:result", args=[source_id]) if source_id else ""
    except NoReverseMatch:  # the public site has none of the staff's addresses
        return ""


KINDS = (InteractionKind(SUBMITTED, _("Form"), "forms", _summary, channel="web", tone=3, order=45, url=_url),)
