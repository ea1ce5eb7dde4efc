"""Links of a text: which of them lead through short ones of ours, and the text with these in their place.

Nothing is read here. What is merged into an address (a recipient's own page, a code) stays as it was written, and so
do addresses of our own site, among them those by which somebody unsubscribes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from peyvand.channels.outreach.addresses import short_url
from peyvand.channels.outreach.drawing import LINK, Drawn, trimmed

LONGEST = 2_000
MOST = 100  # links of one content
_HREF = re.compile(r"(<a\b[^>]*?\bhref\s*=\s*)([\"'])(https?://[^\"'<>\s{}]+)\2", re.IGNORECASE)


def is_ours(target: str) -> bool:
    """Whether an address is one of our own public site."""
    return urlsplit(target).netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()


def targets_of(texts: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of a content that may lead through short links, each once."""
    found: dict[str, None] = {}
    for text in texts.values():
        body, page = str(text.get("body", "")), str(text.get("html", ""))
        if text.get("form") != "mjml":
            for one in LINK.finditer(body):
                if not body.startswith("{{", one.end()):
                    found[trimmed(one[0])] = None
        for link in _HREF.finditer(page):
            found[html.unescape(link[3])] = None
    kept = [one for one in found if _leads(one)]
    return tuple(kept[:MOST])


def _leads(target: str) -> bool:
    try:
        return len(target) <= LONGEST and bool(urlsplit(target).hostname) and not is_ours(target)
    except ValueError:
        return False


def rewritten(shown: Drawn, codes: Mapping[str, str], token: str) -> Drawn:
    """What a recipient reads, its links leading through short ones that tell that it was they who came."""
    if not codes:
        return shown

    def plain(found: re.Match[str]) -> str:
        whole = found[0]
        target = whole if whole in codes else trimmed(whole)
        code = codes.get(target)
        return f"{short_url(code)}.{token}{whole[len(target) :]}" if code else whole

    def link(found: re.Match[str]) -> str:
        code = codes.get(html.unescape(found[3]))
        return f"{found[1]}{found[2]}{short_url(code)}.{token}{found[2]}" if code else found[0]

    page = _HREF.sub(link, shown.html) if shown.html else ""
    return replace(shown, text=LINK.sub(plain, shown.text), html=page)
