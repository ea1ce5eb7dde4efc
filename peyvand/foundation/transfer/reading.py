"""Any CSV as a stream of lines: gz or not, in the encodings and with the delimiters that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, cast

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from peyvand.foundation.transfer import sheets
from peyvand.foundation.transfer.tables import (
    SAMPLE_ROWS,
    Format,
    Line,
    Opener,
    ReadError,
    Sniffed,
    Wish,
    opener_of,
    sniffed_rows,
)

__all__ = ["Format", "Line", "Opener", "ReadError", "Sniffed", "Wish", "lines", "opener_of", "sniff"]

DELIMITERS = ",;\t|^~"  # a colon stands in times; it can be chosen, but is not guessed
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256", "cp1252")
SAMPLE_BYTES = 256 * 1024
LARGEST_FIELD = 1024 * 1024  # characters
MANY_CONTROLS = 0.02  # of a sample: more control characters than this is no text

csv.field_size_limit(LARGEST_FIELD)


@contextmanager
def bytes_of(opener: Opener) -> Iterator[IO[bytes]]:
    """The content, unpacked when it begins like gzip. Damaged packing is a ReadError."""
    with opener() as raw:
        start = raw.read(2)
        raw.seek(0)
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if start == b"\x1f\x8b" else raw
        try:
            yield stream
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ReadError(_("The gz file is damaged or cut off; fetch it again.")) from error


def sniff(opener: Opener, wish: Wish | None = None) -> Sniffed:
    """Look at the file: kind, encoding, delimiter, header, first rows, number of lines. What `wish` says is not
    doubted.
    """
    wish = wish or Wish()
    with opener() as raw:
        if sheets.is_workbook(raw):
            return sheets.sniff_workbook(opener, wish)
    with bytes_of(opener) as stream:
        sample = stream.read(SAMPLE_BYTES)
    if not sample.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise ReadError(_("The file is empty."))
    _refuse_other_kinds(sample)
    encoding, breaks, size = _encoding(opener, sample, wish.encoding)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    if not wish.encoding and _share_of_controls(text) > MANY_CONTROLS:
        raise ReadError(_("This is not a text file. Save it as CSV and give that."))
    whole = size <= len(sample)
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    delimiter = wish.delimiter or _delimiter(text)
    rows = _first_rows(text, delimiter)
    if not rows:
        raise ReadError(_("The file is empty."))
    remarks = ["cut"] if whole and _stops_inside(text, delimiter) else []
    return sniffed_rows(rows, Format(encoding, delimiter, header=True), wish, remarks=remarks, about=breaks, size=size)


class _Remembering:
    """The lines of a text, with those since the last `forget` kept: the raw text of one record."""

    def __init__(self, text: Iterable[str]) -> None:
        self.text = iter(text)
        self.kept: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.kept.append(line)
            yield line


def _stops_inside(record: str | Sequence[str], delimiter: str) -> bool:
    """Whether a text ends while a quotation mark is open: the file was cut, or a mark is too many."""
    source = io.StringIO(record, newline="") if isinstance(record, str) else iter(record)
    try:
        for _row in csv.reader(source, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def lines(opener: Opener, form: Format, columns: int, *, start: int = 0) -> Iterator[Line]:
    """Every line of data after the first `start` ones, numbered from 1. ReadError when a field is beyond all
    measure. A line at whose end the file stops inside quotation marks has the fault "cut".
    """
    if form.sheet:
        yield from sheets.lines_of(opener, form, columns, start=start)
        return
    with bytes_of(opener) as stream:
        text = io.TextIOWrapper(cast("io.BufferedReader", stream), form.encoding, errors="replace", newline="")
        source = _Remembering(text)
        reader = csv.reader(source, delimiter=form.delimiter)
        number = 0
        seen_header = not form.header
        held: Line | None = None
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _too_large(reader.line_num) from error
            if cells is None:
                break
            if held is not None:
                yield held
                held = None
            if not seen_header:
                # Blank lines above the header are not data, and were not when the file was looked at.
                seen_header = any(cell.strip() for cell in cells)
                source.kept.clear()
                continue
            number += 1
            if number > start:
                held = line_of(number, cells, columns)
            record = source.kept[:] if len(source.kept) > 1 or '"' in source.kept[0] else []
            source.kept.clear()
        if held is not None:
            yield Line(held.number, held.cells, "cut") if record and _stops_inside(record, form.delimiter) else held
        text.detach()


def line_of(number: int, cells: list[str], columns: int) -> Line:
    """A record as a line of the table: as wide as the header, mended where nothing is lost by it."""
    if not any(cell and not cell.isspace() for cell in cells):
        return Line(number, [""] * columns, "blank")
    notes: list[str] = []
    if any("\x00" in cell for cell in cells):
        cells = [cell.replace("\x00", "") for cell in cells]
        notes.append("nul")
    if any("\ufffd" in cell for cell in cells):
        notes.append("undecodable")
    if len(cells) == columns:
        return Line(number, cells, "", notes)
    if len(cells) > columns:
        if any(cell.strip() for cell in cells[columns:]):
            return Line(number, cells, "ragged", notes)
        return Line(number, cells[:columns], "", notes)
    return Line(number, cells + [""] * (columns - len(cells)), "", [*notes, "short"])


def _refuse_other_kinds(sample: bytes) -> None:
    if sample.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ReadError(_("This is an old Excel file or another packed one. Save it as XLSX or CSV and give that."))
    if sample.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"BZh", b"7z\xbc\xaf", b"PAR1")):
        raise ReadError(_("This is not a text file. Save it as CSV and give that."))


def _share_of_controls(text: str) -> float:
    controls = sum(1 for sign in text if sign < " " and sign not in "\t\r\n\x00\x0b\x0c\x1c\x1d\x1e\x1f")
    nulls = text.count("\x00")
    return (controls + (nulls if nulls > len(text) / 20 else 0)) / max(len(text), 1)


def _encoding(opener: Opener, sample: bytes, wished: str) -> tuple[str, int, int]:
    """The encoding, the number of line breaks and the size in bytes. UTF-8 is believed only when all of the file is."""
    if wished:
        encoding = wished
    elif sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif sample.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    else:
        encoding = _wide(sample)
    breaks = size = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd: bytes | None = None
    last = b""
    with bytes_of(opener) as stream:
        while block := stream.read(1 << 20):
            breaks, size, last = breaks + block.count(b"\n"), size + len(block), block[-1:]
            if encoding == "" and odd is None:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    odd = block[max(error.start - 20_000, 0) : error.start + 200_000]
    breaks += last != b"\n" and not encoding.startswith("utf-16")
    if encoding:
        return encoding, breaks, size
    return ("utf-8" if odd is None else _single_byte(odd)), breaks, size


def _wide(sample: bytes) -> str:
    """UTF-16 without its mark shows in zeros, or in the same high byte, at every second place."""
    even, uneven = sample[0:4000:2], sample[1:4000:2]
    common = b"\x00\x06"
    if len(uneven) < 4:
        return ""
    if sum(uneven.count(byte) for byte in common) > 0.7 * len(uneven) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if sum(even.count(byte) for byte in common) > 0.7 * len(even) and uneven.count(0) < 0.1 * len(uneven):
        return "utf-16-be"
    return ""


def _single_byte(sample: bytes) -> str:
    """windows-1256 when most letters beyond ASCII are Arabic ones in it and form words; otherwise the likeliest."""
    beyond = [sign for sign in sample.decode("cp1256", "replace") if sign > "\x7f" and sign.isalpha()]
    arabic = sum("\u0600" <= sign <= "\u06ff" for sign in beyond)
    words = len(re.findall("[\u0600-\u06ff]{2,}", sample.decode("cp1256", "replace")))
    if beyond and arabic > 0.6 * len(beyond) and words * 6 >= arabic / 4:
        return "cp1256"
    best = from_bytes(
        sample, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "mac_roman"]
    ).best()
    return best.encoding if best is not None else "cp1252"


def _delimiter(text: str) -> str:
    """The one that cuts most rows into the same number of cells, more than one of them."""
    best, chosen = (0.0, 0), ","
    for delimiter in DELIMITERS:
        counts = Counter(len(row) for row in _first_rows(text, delimiter)[:200])
        if not counts:
            continue
        width, often = max(counts.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]))
        if width > 1 and (score := (round(often / counts.total(), 2), width)) > best:
            best, chosen = score, delimiter
    return chosen


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > SAMPLE_ROWS:
                break
    except csv.Error:
        if not rows:
            raise _too_large(1) from None
    return rows


def _too_large(line: int) -> ReadError:
    text = _("Line {line} has a field of more than a million letters; a quotation mark may be missing.")
    return ReadError(text.format(line=line))
