"""What other rooms declare to this one: the parts of the script that a site's pages load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class SitePart:
    """A part of the one script of a site. `file` is loaded beside the core where `config(site)` gives what it is told
    (plain values; "switched off here" is None). It finds this as `Peyvand.config(name)`.
    """

    name: str
    label: Label
    file: Path
    config: Callable[[Site], Mapping[str, Any] | None]
    order: int = 0


@dataclass(frozen=True)
class SiteFile:
    """A file that a part loads later by itself, at `Peyvand.file(name)`: a style, a picture, a worker."""

    name: str
    file: Path


@dataclass(frozen=True)
class ChatElsewhere:
    """A messenger in which a visitor may go on with a chat. `link(site, code)` is the address that opens it there and
    hands over the one-time code; "" where nothing is set up for the site (asked with "" for a code as well).
    """

    name: str
    label: Label
    icon: str
    link: Callable[[Site, str], str]
