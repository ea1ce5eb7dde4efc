"""Workbooks as people have them, and files that stop in the middle."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from peyvand.foundation.transfer.reading import Line, ReadError, Sniffed, Wish, lines, opener_of, sniff


def book(folder: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "file.xlsx"
    made.save(path)
    return path


def read(path: Path, wish: Wish | None = None) -> tuple[Sniffed, list[Line]]:
    found = sniff(opener_of(path), wish)
    return found, list(lines(opener_of(path), found.format, len(found.columns)))


def test_values_of_every_kind_come_as_text(tmp_path: Path) -> None:
    head: list[object] = ["کد", "نام", "روز", "لحظه", "مبلغ", "هست"]
    row: list[object] = [9123456789, "زهرا", date(2026, 3, 21), datetime(2026, 3, 21, 10, 30), 1.5, True]
    found, rows = read(book(tmp_path, ("برگه", [head, row, [None, None], ["۲", None]])))
    assert list(found.columns) == head
    assert (found.format.sheet, found.format.header, found.lines) == ("برگه", True, 2)
    assert list(rows[0].cells) == ["9123456789", "زهرا", "2026-03-21", "2026-03-21 10:30:00", "1.5", "true"]
    assert [line.fault for line in rows] == ["", "blank", ""]
    assert [line.number for line in rows] == [1, 2, 3]
    assert rows[2].cells[0] == "۲"


def test_a_sheet_can_be_chosen_and_empty_ones_are_passed_over(tmp_path: Path) -> None:
    path = book(tmp_path, ("empty", []), ("first", [["a", "b"], ["x", "y"]]), ("second", [["c"], ["z"], ["w"]]))
    found, rows = read(path)
    assert (found.format.sheet, list(found.sheets)) == ("first", ["empty", "first", "second"])
    assert "chosen_sheet" in found.remarks
    found, rows = read(path, Wish(sheet="second"))
    assert [line.cells for line in rows] == [["z"], ["w"]]


def test_formulas_and_errors_are_marked(tmp_path: Path) -> None:
    path = book(tmp_path, ("s", [["name", "sum"], ["a", "=1+1"], ["b", 3], ["c", "#N/A"]]))
    found, rows = read(path)
    assert "formulas" in found.remarks
    assert [list(line.notes) for line in rows] == [["formula_empty"], [], ["error_cell"]]
    assert rows[2].cells == ["c", ""]


def test_a_workbook_begun_in_the_middle_goes_on_there(tmp_path: Path) -> None:
    path = book(tmp_path, ("s", [["n"], *[[number] for number in range(10)]]))
    found = sniff(opener_of(path))
    rest = list(lines(opener_of(path), found.format, 1, start=7))
    assert [(line.number, line.cells[0]) for line in rest] == [(8, "7"), (9, "8"), (10, "9")]


def test_bombs_and_damage_are_refused_in_words(tmp_path: Path) -> None:
    path = book(tmp_path, ("s", [["a"], ["b"]]))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError):
        sniff(opener_of(path))
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b"0" * (80 * 1024 * 1024))
    with pytest.raises(ReadError):
        sniff(opener_of(path))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "no workbook")
    with pytest.raises(ReadError):
        sniff(opener_of(path))


def test_a_file_that_stops_inside_a_quotation_leaves_that_line_out(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text('code,name\n1,a\n2,"b\n3,c\n4,d\n', encoding="utf-8")
    found, rows = read(path)
    assert "cut" in found.remarks
    assert [(line.number, line.fault) for line in rows] == [(1, ""), (2, "cut")]
    path.write_text('code,name\n1,a\n2,"b\nb"\n', encoding="utf-8")
    found, rows = read(path)
    assert "cut" not in found.remarks
    assert [line.fault for line in rows] == ["", ""]


def test_what_a_person_says_is_not_doubted(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("نام~شهر\nزهرا~قم\n".encode("cp1256"))
    found, rows = read(path, Wish(encoding="cp1256", delimiter="~", header=False))
    assert [list(line.cells) for line in rows] == [["نام", "شهر"], ["زهرا", "قم"]]
    assert "no_header" in found.remarks
    assert read(path)[0].format.delimiter == "~"


def test_titles_twice_or_missing_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,a,,a (2)\n1,2,3,4\n", encoding="utf-8")
    found, _rows = read(path)
    assert len(set(found.columns)) == 4
    assert {"unnamed", "twice"} <= set(found.remarks)


def test_too_many_columns_are_refused_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(",".join(f"c{number}" for number in range(10_000)) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="10000"):
        sniff(opener_of(path))
