"""What somebody else's page of HTML may still do when we show it: be read.

Tags, attributes and styles are allowed one by one (nh3); scripts, forms, frames and whatever a browser fetches by
itself are gone. Pictures of the internet tell their sender that, when and where a mail was opened: they are left out
until somebody asks for them. What comes out is shown in a frame of its own without scripts, never on our pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import nh3

LONGEST = 2_000_000  # letters of a page; more of one is cut before it is read
DEEPEST = 200  # levels of tags; one that goes deeper is shown as its text
INLINE = "cid:"
_REMOTE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
_PICTURE = re.compile(r"\s*data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE)
_LINK = re.compile(r"\s*(https?://|mailto:|tel:)", re.IGNORECASE)
_FETCHES = re.compile(r"url|expression|import|image-set|\\|/\*|@|<", re.IGNORECASE)

_TAGS = """
a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small
span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_GONE = "script style title head noscript template iframe object embed applet math svg select textarea"
_STYLES = """
background-color border-collapse border-color border-radius border-spacing border-style border-width color direction
display font font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style-type
max-height max-width min-height min-width opacity overflow-wrap table-layout text-align text-decoration text-indent
text-transform unicode-bidi vertical-align white-space width word-break word-spacing word-wrap
"""
_EVERYWHERE = frozenset({"dir", "lang", "style", "align", "title"})
_BLOCK = frozenset({"width", "height", "valign", "bgcolor", "border", "cellpadding", "cellspacing"})
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": _EVERYWHERE,
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height", "border"}),
    "table": _BLOCK,
    "td": _BLOCK | {"colspan", "rowspan", "nowrap"},
    "th": _BLOCK | {"colspan", "rowspan", "nowrap", "scope"},
    "tr": _BLOCK,
    "tbody": _BLOCK,
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "li": frozenset({"value"}),
    "time": frozenset({"datetime"}),
}
_SIDES = ("", "-top", "-right", "-bottom", "-left", "-inline-start", "-inline-end", "-block-start", "-block-end")
STYLES = frozenset(
    [*_STYLES.split(), *(f"{what}{side}" for what in ("margin", "padding", "border") for side in _SIDES)]
)


def cleaned(html: str, images: bool = False, inline: Mapping[str, str] | None = None) -> str:
    """The page without anything but its words and looks. With `images` those of the internet are left in.

    `inline` gives, for the content id of a picture that came along, the address to show it from (a data: address).
    """
    found = _bounded(html)
    return _sieve(images, inline or {}).clean(found)


def fetches(html: str) -> bool:
    """Whether the page has pictures of the internet, which are left out until asked for."""
    seen: list[str] = []
    _sieve(False, {}, seen).clean(_bounded(html))
    return bool(seen)


def _bounded(html: str) -> str:
    found = html.replace("\x00", "")[:LONGEST]
    return found if not _too_deep(found) else f"<pre>{escape(re.sub(r'<[^>]*>', ' ', found))}</pre>"


def _too_deep(html: str) -> bool:
    """Whether tags are opened far more often than closed: what a parser would build a tower of."""
    depth = deepest = 0
    for closing, name in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", html):
        if name.lower() in ("br", "img", "hr", "meta", "link", "input", "col", "wbr"):
            continue
        depth += -1 if closing and depth else 0 if closing else 1
        deepest = max(deepest, depth)
    return deepest > DEEPEST * 10


def _sieve(images: bool, inline: Mapping[str, str], seen: list[str] | None = None) -> nh3.Cleaner:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return _style(value) or None
        if name == "href":
            return value if _LINK.match(value) else None
        if name == "src":
            return _source(value, images, inline, seen)
        if name == "dir":
            return value.lower() if value.lower() in ("rtl", "ltr", "auto") else None
        return value

    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        clean_content_tags=set(_GONE.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=kept,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        generic_attribute_prefixes=set(),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "data", "cid"},
        filter_style_properties=set(STYLES),
    )


def _style(value: str) -> str:
    """The declarations of a style that fetch nothing, written in plain letters, and hide nothing behind another."""
    kept = []
    for one in value.split(";"):
        name, _colon, said = one.partition(":")
        if name.strip().lower() in STYLES and said.strip() and not _FETCHES.search(said):
            kept.append(f"{name.strip().lower()}:{said.strip()[:200]}")
    return ";".join(kept)


def _source(value: str, images: bool, inline: Mapping[str, str], seen: list[str] | None) -> str | None:
    if value.strip().lower().startswith(INLINE):
        found = inline.get(value.strip()[len(INLINE) :].strip("<>"), "")
        return found if _PICTURE.match(found) else None
    if _REMOTE.match(value):
        if seen is not None:
            seen.append(value)
        return value if images else None
    return value if _PICTURE.match(value) else None
