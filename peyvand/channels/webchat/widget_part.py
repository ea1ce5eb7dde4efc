"""The widget as a part of a site's script: a button at first, the rest when it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.declarations import SiteFile, SitePart
from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import words
from peyvand.channels.webchat.queries import widget_of

_STATIC = Path(__file__).parent / "static" / "webchat"


def config(site: Site) -> Mapping[str, Any] | None:
    """What the button needs; None where the chat is switched off."""
    widget = widget_of(site)
    if widget is None:
        return None
    said = words.words(site.language)
    return {
        "accent": widget.accent,
        "position": widget.position,
        "open": widget.text("title", site.language) or said["open"],
    }


PARTS = (
    SitePart("webchat", _("Live chat"), _STATIC / "webchat.js", config, order=20),
    SiteFile("webchat.css", _STATIC / "webchat.css"),
)
