"""Markdown as safe HTML: what a writer types is never run, and Persian and English blocks each run their own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raw HTML is shown as typed, links go to the schemes that markdown-it allows, pictures of other houses are not fetched.
_READER = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough").disable("image")
_BLOCKS = {"paragraph_open", "heading_open", "list_item_open", "blockquote_open", "th_open", "td_open"}
_LOWEST = 6


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Drawn:
    """A body as HTML, with its headings."""

    html: SafeString
    headings: Sequence[Heading]


def drawn(body: str) -> Drawn:
    """The body as HTML; headings begin at the second level, since the title is the first."""
    tokens = _READER.parse(body.replace("\x00", ""))
    headings: list[Heading] = []
    for place, token in enumerate(tokens):
        if token.type in _BLOCKS:
            token.attrSet("dir", "auto")
        if token.type in ("heading_open", "heading_close"):
            level = min(int(token.tag[1:]) + 1, _LOWEST)
            token.tag = f"h{level}"
            if token.type == "heading_open":
                anchor = f"part-{len(headings) + 1}"
                token.attrSet("id", anchor)
                headings.append(Heading(level, _plain(tokens[place + 1]), anchor))
        token.info = ""  # of a fenced block: nothing of it belongs into an attribute
        if token.type == "inline":
            for child in token.children or []:
                if child.type == "link_open":
                    child.attrSet("rel", "noopener noreferrer nofollow")
    html = _READER.renderer.render(tokens, _READER.options, {})
    return Drawn(mark_safe(html), headings)  # noqa: S308  (made by the reader above from text alone)


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or [])
