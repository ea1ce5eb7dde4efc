"""Letters as they were meant: of headers and texts whose charset is declared, wrongly declared, or not at all."""

from __future__ import annotations

import codecs
import re
from email.header import decode_header
from email.message import Message

from charset_normalizer import from_bytes

LONGEST_HEADER = 20_000
_NAMES = {
    "unicode-1-1-utf-7": "utf-7", "x-windows-1256": "cp1256", "windows1256": "cp1256", "cp-1256": "cp1256",
    "x-mac-arabic": "mac_arabic", "x-sjis": "shift_jis", "gb2312": "gb18030", "gbk": "gb18030", "utf8mb4": "utf-8",
    "unicode": "utf-8", "utf": "utf-8", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "ansi": "cp1252",
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
}  # fmt: skip
_PLAIN = frozenset({"cp1252", "ascii"})  # what is declared without thinking
_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")
_JOINED = re.compile(r"(=\?[^?\s]+\?[bqBQ]\?[^?]*\?=)(?==\?)")


def decoded(raw: bytes, charset: str | None) -> str:
    """The text of bytes that say to be in that charset; nothing is refused, and no letter that can be read is lost."""
    name = _known(charset)
    if name in _PLAIN or name == "":
        try:
            return raw.decode("ascii" if name == "" else "utf-8")
        except UnicodeDecodeError:
            pass
        if name == "":
            return _guessed(raw)
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError):
        return _guessed(raw)


def _known(charset: str | None) -> str:
    name = (charset or "").strip().strip("'\"").lower()
    name = _NAMES.get(name, name)
    try:
        return codecs.lookup(name).name if name and codecs.lookup(name)._is_text_encoding else ""
    except (LookupError, ValueError):
        return ""


def _guessed(raw: bytes) -> str:
    """UTF-8 where it is that; else what the letters look like; Persian of old is windows-1256."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(letter > "\x7f" for letter in text) > 5 * bad:
        return text  # UTF-8 with a broken letter here or there
    sample = raw[:20_000]
    best = (
        from_bytes(sample, cp_isolation=["cp1256", "cp1252", "utf_16", "cp1251"]).best() if len(sample) > 30 else None
    )
    for name in dict.fromkeys([best.encoding if best else "", "cp1256", "cp1252"]):
        try:
            if name:
                return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def header(message: Message, name: str) -> str:
    """A header as it is read, in one line; the topmost of several."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of that name, the topmost first. The raw ones: what `get` gives has lost letters of eight bits."""
    wanted = name.lower()
    return [header_text(str(value)) for key, value in message.raw_items() if str(key).lower() == wanted]


def header_text(value: str) -> str:
    """A header's text: encoded words, raw letters of any charset, folds, joined words without a space between."""
    text = value[:LONGEST_HEADER]
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        text = decoded(text.encode("utf-8", "surrogateescape"), None)
    text = _JOINED.sub(r"\1 ", re.sub(r"[\r\n]+[ \t]*", " ", text))
    if _WORD.search(text):
        text = _words(text)
    return " ".join(text.replace("\x00", "").split())


def _words(text: str) -> str:
    """Encoded words; neighbours of one charset are joined before they are decoded, since a letter may lie in both."""
    try:
        parts = decode_header(text)
    except Exception:  # a word that says to be base64 and is not
        return text
    made, pending, charset = [], b"", None
    for raw, said in parts:
        piece = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
        if said is not None and said == charset:
            pending += piece
            continue
        if pending:
            made.append(decoded(pending, charset))
        pending, charset = piece, said
    if pending:
        made.append(decoded(pending, charset))
    return "".join(made)
