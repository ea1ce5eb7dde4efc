"""Pages that stand when nothing else does: both languages on one page, no database, no session, no translation of the
reader's to be found. For a database that is away, a full disk, a fault of ours, a request that
can't be read, a device without a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

Kind = Literal["away", "full", "fault", "offline", "unread"]
AGAIN = 10  # seconds after which a page that waits for the database asks again


@dataclass(frozen=True)
class Words:
    """What a page says in one language."""

    language: str
    direction: str
    name: str
    title: str
    text: str
    again: str


TEXTS: dict[Kind, tuple[Promise, Promise]] = {
    "away": (
        _("The database can't be reached just now"),
        _("What you had saved is safe. This page asks again by itself every few seconds; there is nothing to do."),
    ),
    "full": (
        _("The disk of the server is full"),
        _("Nothing can be saved until there is room on it. What was saved is safe. Tell your administrator."),
    ),
    "fault": (
        _("This is our fault"),
        _("This page could not be made. What you had saved is safe; nothing was half done. Try again in a moment."),
    ),
    "unread": (
        _("This request can't be read"),
        _("The browser asked under a name or an address that is not ours. Begin again from the first page."),
    ),
    "offline": (
        _("You are offline"),
        _("Peyvand needs a connection to your server. What you saved is safe; open the page again when it is back."),
    ),
}


@cache
def _words(kind: Kind) -> tuple[Words, ...]:
    title, text = TEXTS[kind]
    found = []
    for language in ("fa", "en"):
        with override(language):
            direction = "rtl" if language == "fa" else "ltr"
            found.append(Words(language, direction, str(_("Peyvand")), str(title), str(text), str(_("Try again"))))
    return tuple(found)


def plain_page(kind: Kind, *, again: bool = False, code: str = "") -> str:
    """The page as HTML; `again` has it ask again by itself, `code` finds a fault in the log."""
    return render_to_string(
        "ui/plain.html", {"words": _words(kind), "again": AGAIN if again else 0, "code": code, "kind": kind}
    )
