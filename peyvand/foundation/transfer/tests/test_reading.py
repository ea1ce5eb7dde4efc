"""Files as people have them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from peyvand.foundation.transfer.reading import LARGEST_FIELD, Format, Line, ReadError, lines, opener_of, sniff

PERSIAN = "نام,موبایل,شهر\nالهه شریفی,09123456789,كرج\nسیده‌زهرا میرهاشمی,۰۹۳۵۱۱۲۴۵۶۷,تهران\n"
ARABIC = PERSIAN.replace("ی", "ي").replace("‌", " ").replace("۰۹۳۵۱۱۲۴۵۶۷", "09351124567")
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "online_retail.csv.gz"


def given(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


def read(path: Path) -> tuple[Format, list[str], list[Line]]:
    found = sniff(opener_of(path))
    return found.format, list(found.columns), list(lines(opener_of(path), found.format, len(found.columns)))


@pytest.mark.parametrize(
    ("text", "written", "encoding"),
    [
        (PERSIAN, "utf-8", "utf-8"),
        (PERSIAN, "utf-8-sig", "utf-8-sig"),
        (PERSIAN, "utf-16", "utf-16"),
        (PERSIAN, "utf-16-le", "utf-16-le"),
        (PERSIAN, "utf-16-be", "utf-16-be"),
        (ARABIC, "cp1256", "cp1256"),
        ("name,city\n" + "x,Tehran\n" * 40_000 + "الهام,اهواز\n", "cp1256", "cp1256"),
        ("nom,ville\nRené,Orléans\nZoé,Nîmes\nFrançois,Besançon\n" * 5, "cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_packed_or_not(tmp_path: Path, text: str, written: str, encoding: str, packed: bool) -> None:
    content = text.encode(written)
    form, columns, found = read(given(tmp_path, gzip.compress(content) if packed else content))
    wanted = [row.split(",") for row in text.splitlines()]
    assert columns == wanted[0] or encoding == "cp1256"
    assert [list(line.cells) for line in found] == wanted[1:]
    assert form.encoding == encoding or (encoding, form.encoding) == ("cp1252", "cp1250")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_even_with_others_inside(tmp_path: Path, delimiter: str) -> None:
    rows = [["code", "note", "city"], ["1", "a, b; c", "Qom"], ["2", "d | e", "Rasht"], ["3", "x", "Yazd"]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    form, columns, found = read(given(tmp_path, text.encode()))
    assert (form.delimiter, columns) == (delimiter, rows[0])
    assert [list(line.cells) for line in found] == rows[1:]


def test_ragged_blank_short_and_zero_are_reported(tmp_path: Path) -> None:
    text = 'a,b,c\n1,2,3\n\n1,2\n1,2,3,4\n1,2,3,,\n1,\x00x,3\n"two\nlines",2,3\n,,\n'
    found = sniff(opener_of(given(tmp_path, text.encode())))
    seen = list(lines(opener_of(tmp_path / "file.csv"), found.format, 3))
    assert [(line.number, line.fault, list(line.notes)) for line in seen] == [
        (1, "", []),
        (2, "blank", []),
        (3, "", ["short"]),
        (4, "ragged", []),
        (5, "", []),
        (6, "", ["nul"]),
        (7, "", []),
        (8, "blank", []),
    ]
    assert seen[2].cells == ["1", "2", ""]
    assert seen[5].cells == ["1", "x", "3"]
    assert [line.number for line in lines(opener_of(tmp_path / "file.csv"), found.format, 3, start=5)] == [6, 7, 8]


def test_a_file_without_titles_gets_some(tmp_path: Path) -> None:
    form, columns, found = read(given(tmp_path, b"12,Sara,2026-01-01\n13,Arash,2026-01-02\n"))
    assert not form.header
    assert len(columns) == 3
    assert len(found) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \r\n\n",
        b"\xef\xbb\xbf",
        b"PK\x03\x04" + bytes(range(256)) * 20,
        b"%PDF-1.7\n" + b"abc" * 100,
        bytes(range(256)) * 50,
        gzip.compress(b"a,b\n1,2\n" * 5000)[:-20],
        gzip.compress(b""),
        b"a,b\n1," + b"x" * (LARGEST_FIELD + 10) + b"\n",
        b'a,b\n1,"' + b"x,y\n" * (LARGEST_FIELD // 3),
        (",".join(f"column {number}" for number in range(1500)) + "\n").encode(),
    ],
    ids=["nothing", "blank", "mark", "xlsx", "pdf", "binary", "cut gz", "empty gz", "huge", "open quote", "wide"],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        read(given(tmp_path, content))
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(ReadError):
            opener_of(path)


@pytest.mark.skipif(not SHARED.exists(), reason="the real retail file is not on this machine")
def test_a_real_file(tmp_path: Path) -> None:
    found = sniff(opener_of(SHARED))
    assert found.format == Format("utf-8", ",", True)
    assert found.lines == 320_705
    assert list(found.columns)[-2:] == ["CustomerID", "Country"]
