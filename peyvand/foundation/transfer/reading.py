"""Any CSV as a stream of lines: gz or not, in the encodings and with the delimiters that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.formulas import restore_formula
from peyvand.foundation.text.keys import clean

Opener = Callable[[], IO[bytes]]

DELIMITERS = ",;\t|"
SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 500
LARGEST_FIELD = 1024 * 1024  # characters
MOST_COLUMNS = 1000
MANY_CONTROLS = 0.02  # of a sample: more control characters than this is no text

csv.field_size_limit(LARGEST_FIELD)


class ReadError(ValueError):
    """The file cannot be read as a table; `str()` is one sentence that says what to do."""


@dataclass(frozen=True)
class Format:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: bool


@dataclass(frozen=True)
class Sniffed:
    """What a look at the file gave: its format, its columns, the first rows, and about how many lines of data it
    has.
    """

    format: Format
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: int
    bytes: int = 0

    def as_plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "columns": list(self.columns), "rows": [list(row) for row in self.rows[:200]]}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of data, as many cells as there are columns. `fault` is "", "blank" or "ragged"; `notes` what was
    mended.
    """

    number: int
    cells: Sequence[str]
    fault: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def opener_of(path: Path) -> Opener:
    """How to open a file of this machine; ReadError for what is no readable file."""
    if path.is_dir():
        raise ReadError(_("{path} is a folder; give the file itself.").format(path=path))
    if not path.exists():
        raise ReadError(_("There is no file {path}.").format(path=path))
    try:
        path.open("rb").close()
    except OSError as error:
        raise ReadError(_("{path} cannot be opened: {reason}.").format(path=path, reason=error.strerror)) from error
    return lambda: path.open("rb")


@contextmanager
def _bytes_of(opener: Opener) -> Iterator[IO[bytes]]:
    """The content, unpacked when it begins like gzip. Damaged packing is a ReadError."""
    with opener() as raw:
        start = raw.read(2)
        raw.seek(0)
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if start == b"\x1f\x8b" else raw
        try:
            yield stream
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ReadError(_("The gz file is damaged or cut off; fetch it again.")) from error


def sniff(opener: Opener) -> Sniffed:
    """Look at the file: encoding, delimiter, header, first rows, number of lines."""
    with _bytes_of(opener) as stream:
        sample = stream.read(SAMPLE_BYTES)
    if not sample.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise ReadError(_("The file is empty."))
    _refuse_other_kinds(sample)
    encoding, breaks, size = _encoding(opener, sample)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    if _share_of_controls(text) > MANY_CONTROLS:
        raise ReadError(_("This is not a text file. Save it as CSV and give that."))
    if size > len(sample):
        text = text[: text.rfind("\n") + 1] or text
    delimiter = _delimiter(text)
    rows = _first_rows(text, delimiter)
    if not rows:
        raise ReadError(_("The file is empty."))
    header = _has_header(rows)
    width = max(len(row) for row in rows[:50])
    if width > MOST_COLUMNS:
        raise ReadError(_("The file has more than {limit} columns.").format(limit=MOST_COLUMNS))
    columns = _names(rows[0] if header else [], width)
    data = [_fitted(row, len(columns)) for row in (rows[1:] if header else rows)]
    about = max(breaks - header, len(data))
    return Sniffed(Format(encoding, delimiter, header), columns, data[:SAMPLE_ROWS], about, size)


def lines(opener: Opener, form: Format, columns: int, *, start: int = 0) -> Iterator[Line]:
    """Every line of data after the first `start` ones, numbered from 1. ReadError when a field is beyond all
    measure.
    """
    with _bytes_of(opener) as stream:
        text = io.TextIOWrapper(cast("io.BufferedReader", stream), form.encoding, errors="replace", newline="")
        reader = csv.reader(text, delimiter=form.delimiter)
        number = -1 if form.header else 0
        seen_header = not form.header
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _too_large(reader.line_num) from error
            if cells is None:
                break
            if not seen_header:
                # Blank lines above the header are not data, and were not when the file was looked at.
                seen_header, number = any(cell.strip() for cell in cells), 0
                continue
            number += 1
            if number > start:
                yield _line(number, cells, columns)
        text.detach()


def _line(number: int, cells: list[str], columns: int) -> Line:
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
        raise ReadError(_("This is an Excel or other packed file. Save it as CSV (UTF-8) and give that."))
    if sample.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"BZh", b"7z\xbc\xaf", b"PAR1")):
        raise ReadError(_("This is not a text file. Save it as CSV and give that."))


def _share_of_controls(text: str) -> float:
    controls = sum(1 for sign in text if sign < " " and sign not in "\t\r\n\x00\x0b\x0c\x1c\x1d\x1e\x1f")
    nulls = text.count("\x00")
    return (controls + (nulls if nulls > len(text) / 20 else 0)) / max(len(text), 1)


def _encoding(opener: Opener, sample: bytes) -> tuple[str, int, int]:
    """The encoding, the number of line breaks and the size in bytes. UTF-8 is believed only when all of the file is."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif sample.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    else:
        encoding = _wide(sample)
    breaks = size = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd: bytes | None = None
    last = b""
    with _bytes_of(opener) as stream:
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


_VALUE = re.compile(r"[-+(]?[\d.,/:\s٬٫]*\d[\d.,/:\s٬٫)%]*|\S+@\S+\.\S+")


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """A header is a first row of different words: none of them a number, a date or an address."""
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named or len(named) < len(first) / 2 or any(_VALUE.fullmatch(latin_digits(cell)) for cell in named):
        return False
    return len({cell.casefold() for cell in named}) == len(named) or len(rows) > 1


def _names(header: Sequence[str], width: int) -> list[str]:
    """Column names, never empty, never twice."""
    names: list[str] = []
    for place in range(max(width, len(header))):
        name = clean(header[place].replace("\x00", "")) if place < len(header) else ""
        name = restore_formula(name)[:200] or _("Column {number}").format(number=place + 1)
        names.append(name if name not in names else f"{name} ({place + 1})")
    while len(names) > max(len(header), 1) and len(header) and len(names) > len(header):
        names.pop()
    return names


def _fitted(row: Sequence[str], width: int) -> list[str]:
    return [cell.replace("\x00", "") for cell in row[:width]] + [""] * (width - len(row))
