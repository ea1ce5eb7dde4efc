"""Markdown as safe HTML: what a writer types is never run, and Persian and English blocks each run their own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raw HTML is shown as typed, links go to the schemes that markdown-it allows, pictures of other houses are not fetched.
_READER = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough").disable("image")
# Blocks that hold text themselves; those around them run with the page, since "auto" does not look into them.
_BLOCKS = {"paragraph_open", "heading_open", "th_open", "td_open"}
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
        tight = token.type == "list_item_open" and tokens[place + 1].hidden
        if token.type in _BLOCKS or tight:
            token.attrSet("dir", "auto")
        if token.type in ("heading_open", "heading_close"):
            level = min(int(token.tag[1:]) + 1, _LOWEST)
            token.tag = f"h{level}"
            if token.type == "heading_open":
                anchor = f"part-{len(headings) + 1}"
                token.attrSet("id", anchor)
                headings.append(Heading(level, _plain(tokens[place + 1]), anchor))
        if token.type == "inline":
            for child in token.children or []:
                if child.type == "link_open":
                    child.attrSet("rel", "noopener noreferrer nofollow")
    return Drawn(_joined(tokens), headings)


def _joined(tokens: Sequence[Token]) -> SafeString:
    """Tokens as HTML: tags of the reader's own, and everything that was written escaped."""
    return format_html_join("", "{}", ((_piece(token),) for token in tokens))


def _piece(token: Token) -> SafeString | str:
    match token.type:
        case "inline":
            return _joined(token.children or [])
        case "fence" | "code_block":
            return format_html("<pre><code>{}</code></pre>", token.content)
        case "code_inline":
            return format_html("<code>{}</code>", token.content)
        case "softbreak":
            return "\n"
        case "hardbreak" | "hr":
            return format_html("<br>") if token.type == "hardbreak" else format_html("<hr>")
    if not token.tag:  # text, and HTML that was typed: as text
        return token.content
    if token.hidden:  # the paragraphs of a tight list
        return ""
    if token.nesting == -1:
        return format_html("</{}>", token.tag)
    return format_html("<{}{}>", token.tag, flatatt(token.attrs))


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or [])
