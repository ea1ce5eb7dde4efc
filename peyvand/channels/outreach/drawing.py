"""A content drawn for one recipient: the text of their language and channel, merged, with what the law wants added."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import mjml
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Account, Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.merging import merged, one_line

LANGUAGES = ("fa", "en")
LARGEST = 400_000  # letters of a compiled page; mail readers cut what is larger
LINK = re.compile(r"https?://[^\s<>\"'{}]+")
_AFTER = ".,;:!?،؛؟»"  # what follows an address in a sentence


@dataclass(frozen=True)
class Drawn:
    """What a recipient reads."""

    subject: str
    text: str
    html: str = ""
    language: str = "fa"


def compiled(body: str, language: str) -> str:
    """MJML as HTML, in the direction of its language; InvalidError where it isn't MJML. No file is included."""
    if re.search(r"<\s*mj-include", body, re.IGNORECASE):
        raise InvalidError({"body": _("A text includes no other files; paste what belongs into it.")})
    try:
        drawn = mjml.mjml2html(body)
    except Exception as error:
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else ""
        raise InvalidError({"body": _("This is not whole MJML: %(why)s") % {"why": first}}) from None
    if len(drawn) > LARGEST:
        raise InvalidError({"body": _("This page is too large; mail readers would cut it.")})
    return _directed(drawn, language)


def _directed(page: str, language: str) -> str:
    if language == "fa":
        page = page.replace("text-align:left", "text-align:right").replace("direction:ltr", "direction:rtl")
        page = page.replace('align="left"', 'align="right"').replace("<table ", '<table dir="rtl" ')
    way = "rtl" if language == "fa" else "ltr"
    return re.sub(r"<html\b", f'<html lang="{language}" dir="{way}"', page, count=1)


def page_of_text(text: str, language: str) -> str:
    """Plain words as a page, for a channel that shows pages: paragraphs, lines, links; every sign as it was written."""
    way = "rtl" if language == "fa" else "ltr"
    drawn = "".join(
        f'<p style="margin:0 0 1em">{LINK.sub(_anchor, html.escape(part)).replace(chr(10), "<br>")}</p>'
        for part in re.split(r"\n\s*\n", text.strip())
    )
    return (
        f'<!doctype html><html lang="{language}" dir="{way}"><head><meta charset="utf-8"></head>'
        f'<body dir="{way}" style="font-family:Vazirmatn,Tahoma,sans-serif;font-size:15px;line-height:1.8">'
        f'<div dir="{way}">{drawn}</div></body></html>'
    )


def _anchor(found: re.Match[str]) -> str:
    target = trimmed(found[0])
    return f'<a href="{target}" dir="ltr">{target}</a>{found[0][len(target) :]}'


def trimmed(address: str) -> str:
    """The address without what only follows it; a bracket is its own where it was opened in it."""
    while address and (address[-1] in _AFTER or (address[-1] == ")" and address.count("(") < address.count(")"))):
        address = address[:-1]
    return address


class _Words(HTMLParser):
    """The words of a page: blocks are lines, links keep their address."""

    BLOCKS = frozenset({"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "br", "table", "ul", "ol"})
    SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silent += 1
        elif tag in self.BLOCKS:
            self.parts.append("\n")
        if tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in self.BLOCKS:
            self.parts.append("\n")
        if tag == "a" and self.href.startswith(("http://", "https://", "{{")):
            self.parts.append(f" ({self.href})")
            self.href = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def words_of(page: str) -> str:
    """A page as plain text, for readers that show none, and for previews."""
    parser = _Words()
    parser.feed(page)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def text_for(
    texts: Mapping[str, Any], *, channel: str, rich: bool, language: str
) -> tuple[str, Mapping[str, Any]] | None:
    """The text for a channel in a language, else in the other language, else the channel's neighbour; None if none.

    Plain channels may take one another's text ("" is for all of them), a rich one takes a plain text too.
    """
    others = [one for one in LANGUAGES if one != language]
    for spoken in (language, *others):
        for name in (channel, ""):
            if found := texts.get(f"{name}:{spoken}"):
                return spoken, found
    for spoken in (language, *others):
        for key, found in texts.items():
            if key.endswith(f":{spoken}") and (rich or found.get("form") != "mjml"):
                return spoken, found
    return None


def drawn(
    texts: Mapping[str, Any],
    values: Mapping[str, str],
    *,
    carrier: Carrier,
    account: Account | None,
    kind: str,
    language: str,
) -> Drawn | None:
    """What a recipient of this language reads on this channel; None where the content has no text for it."""
    found = text_for(texts, channel=carrier.name, rich=carrier.rich, language=language)
    if found is None:
        return None
    spoken, text = found
    subject = one_line(merged(str(text.get("subject", "")), values))
    if not carrier.rich:
        body = merged(str(text["body"]), values).strip()
        closing = carrier.closing(account, kind, spoken) if account else ""
        return Drawn(subject, f"{body}\n{closing}" if closing and not body.endswith(closing) else body, "", spoken)
    if text.get("form") == "mjml":
        page = merged(str(text["html"]), values, escape=True)
        return Drawn(subject, merged(_plain(str(text["html"])), values), page, spoken)
    body = merged(str(text["body"]), values).strip()
    return Drawn(subject, body, page_of_text(body, spoken), spoken)


@lru_cache(maxsize=256)
def _plain(page: str) -> str:
    return words_of(page)
