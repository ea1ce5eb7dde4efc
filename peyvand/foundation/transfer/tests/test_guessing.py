"""What columns are, and what cells mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.registry.declarations import ImportColumn, ImportShape
from peyvand.foundation.transfer.guessing import guess, guess_shape, remembered, title_key
from peyvand.foundation.transfer.parsing import CellError, RowParser, Settings, read_code, read_decimal
from peyvand.foundation.transfer.reading import Format, Line, Sniffed
from peyvand.foundation.transfer.telling import _BY_LIKE, looks_like
from peyvand.foundation.transfer.tests.tiny import MEMBERS


def looked(columns: list[str], *rows: list[str]) -> Sniffed:
    return Sniffed(Format("utf-8", ",", True), columns, rows, len(rows))


@pytest.mark.parametrize(
    ("titles", "places"),
    [
        (["Member ID", "Full Name", "Mobile"], {"code": 0, "name": 1, "phone": 2}),
        (["mobile", "MemberId", "full_name"], {"phone": 0, "code": 1, "name": 2}),
        (["کد اشتراک", "نام", "موبایل"], {"code": 0, "name": 1, "phone": 2}),
        (["كد‌اشتراك", "نام ", "شماره موبایل"], {"code": 0, "name": 1, "phone": 2}),
    ],
)
def test_titles_in_both_languages(titles: list[str], places: dict[str, int]) -> None:
    cells = {"code": "17850.0", "name": "Sara", "phone": "09123456789"}
    row = [next(cells[name] for name, place in places.items() if place == at) for at in range(len(titles))]
    found = guess(MEMBERS, looked(titles, row))
    assert found.mapping == places
    assert found.missing == []


def test_a_title_whose_values_do_not_fit_is_not_believed() -> None:
    found = guess(MEMBERS, looked(["code", "name", "amount"], ["1", "Sara", "blue"], ["2", "Arash", "red"]))
    assert "amount" not in found.mapping


def test_values_tell_a_phone_without_a_title() -> None:
    found = guess(MEMBERS, looked(["code", "name", "x7"], ["1", "Sara", "09123456789"], ["2", "Ali", "09351234567"]))
    assert found.mapping["phone"] == 2
    assert found.columns[2].ground == "values"


@pytest.mark.parametrize(
    ("cells", "hints", "question"),
    [
        (["3/4/2026", "25/4/2026"], ["day_first"], ""),
        (["3/4/2026", "4/25/2026"], ["month_first"], ""),
        (["3/4/2026", "5/6/2026"], [], "day_first"),
        (["1368/04/12", "۱۳۷۵/۱۱/۳۰"], ["jalali"], ""),
        (["2026-03-04"], [], ""),
    ],
)
def test_what_dates_say_of_their_order(cells: list[str], hints: list[str], question: str) -> None:
    found = guess(MEMBERS, looked(["code", "name", "join date"], *(["1", "a", cell] for cell in cells)))
    assert (list(found.columns[2].hints), found.columns[2].question) == (hints, question)


def test_ids_written_as_floats_are_noticed_and_read() -> None:
    found = guess(MEMBERS, looked(["member id", "name"], ["17850.0", "a"], ["13047.0", "b"]))
    assert "floated" in found.columns[0].hints
    assert [read_code(text) for text in ("17850.0", "۱۷۸۵۰٫۰", "A-1.0", "007", " x ")] == [
        "17850",
        "17850",
        "A-1.0",
        "007",
        "x",
    ]


def test_the_best_shape_wins_and_a_missing_required_column_is_named() -> None:
    other = ImportShape(
        name="things", label="Things", help="", icon="", permission="x", writer=dict,
        columns=(ImportColumn("sku", "SKU", "text", required=True), ImportColumn("name", "Name", "text")),
    )  # fmt: skip
    ordered = guess_shape([other, MEMBERS], looked(["Code", "Name"], ["1", "a"]))
    assert [one.shape for one in ordered] == ["members", "things"]
    assert ordered[1].missing == ["sku"]


def test_a_remembered_mapping_is_used_only_when_all_titles_are_there() -> None:
    memory = {"code": title_key("Member ID"), "name": title_key("Who")}
    assert remembered(memory, looked(["who", "member_id"])) == {"code": 1, "name": 0}
    assert remembered(memory, looked(["who"])) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234,567", "1234567"), ("1.234.567,89", "1234567.89"), ("1,234.50", "1234.50"), ("12,5", "12.5"),
        ("۱٬۲۳۴٫۵", "1234.5"), ("(12.50)", "-12.50"), ("12-", "-12"), ("−3", "-3"), ("1 234", "1234"), ("$5", "5"),
        ("۵۰۰ تومان", "500"), ("1.2E+05", "1.2E+05"), ("0.001", "0.001"), ("-11062.06", "-11062.06"), (".5", ".5"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert read_decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "--1", "NaN", "Infinity", "1e999", "12 or 13", "0x10"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(CellError):
        read_decimal(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_every_decimal_is_read_exactly(value: Decimal) -> None:
    assert read_decimal(str(value)) == value
    assert read_decimal(f"{value:,}") == value


@given(st.text())
def test_no_text_breaks_the_reading_of_a_row(text: str) -> None:
    parser = RowParser(
        MEMBERS.columns, {column.name: place for place, column in enumerate(MEMBERS.columns)}, Settings()
    )
    row, problems = parser.parse(Line(1, [text] * 5))
    assert all(problem.row == 1 for problem in problems)
    assert set(row.values) | {problem.column for problem in problems} <= {column.name for column in MEMBERS.columns}


def test_a_row_of_every_kind() -> None:
    parser = RowParser(
        MEMBERS.columns, {"code": 0, "name": 1, "phone": 2, "joined": 3, "amount": 4}, Settings(day_first=True)
    )
    row, problems = parser.parse(Line(3, ["17850.0", "كريم", "۰۹۱۲۳۴۵۶۷۸۹", "۱۳۶۸/۰۴/۱۲", "'-5"]))
    assert problems == []
    assert row.values == {
        "code": "17850",
        "name": "کریم",
        "phone": "+989123456789",
        "joined": date(1989, 7, 3),
        "amount": Decimal("-5"),
    }
    _, problems = parser.parse(Line(4, ["", "-", "0912 34", "31/31/2026", "blue"]))
    assert [(one.column, one.reason) for one in problems] == [
        ("code", "required"),
        ("name", "required"),
        ("phone", "phone"),
        ("joined", "date"),
        ("amount", "number"),
    ]


# ── by values alone ───────────────────────────────────────────────────────

PEOPLE = ImportShape(
    name="people", label="People", help="", icon="", permission="x", writer=dict,
    columns=(
        ImportColumn("name", "Name", "text", ("نام",), like="name"),
        ImportColumn("given", "Given", "text", like="given_name"),
        ImportColumn("family", "Family", "text", like="family_name"),
        ImportColumn("code", "Code", "code", ("کد",), key=True, like="national_code"),
        ImportColumn("phone", "Phone", "phone", ("موبایل",)),
        ImportColumn("email", "Email", "email"),
        ImportColumn("city", "City", "text", ("شهر",), like="city"),
        ImportColumn("born", "Born", "date", ("تولد",), like="birthday"),
        ImportColumn("day", "Day", "date", ("تاریخ",), like="day"),
        ImportColumn("price", "Price", "decimal", ("قیمت",), like="amount"),
        ImportColumn("note", "Note", "text"),
    ),
)  # fmt: skip
NATIONAL = ["0084575948", "0013542419", "84575948", "۰۰۱۳۵۴۲۴۱۹"]
CELLS: dict[str, list[list[str]]] = {
    "name": [
        ["حمیدرضا کیانی", "خانم سارا سپهری", "مهندس نیما راد", "مریم سادات حسینی"],
        ["Sara Ashworth", "Tom Lindqvist", "Mr. Amir Kiani", "Élodie Marchetti"],
    ],
    "given": [["سارا", "نیما", "محمد رضا", "كيوان"], ["Sara", "Nima", "Tom", "Clara"]],
    "family": [["کیانی", "سپهری‌نژاد", "احمدپور", "رضازاده"]],
    "city": [["تهران", "رشت", "شيراز", "بندر عباس"], ["Tehran", "London", "Lyon", "Göteborg"]],
    "code": [NATIONAL],
    "phone": [["09123456789", "0912 345 6780", "+989351234567", "۰۹۱۲۳۴۵۶۷۸۱"]],
    "email": [["a@b.ir", "c.d@example.com", "e@f.org", "g@h.ir"]],
    "born": [
        ["1368/04/12", "1375/11/30", "۱۳۴۲/۰۱/۰۵", "1380-06-01"],
        ["1989-07-03", "1961-01-30", "2001-12-01", "1975-05-05"],
    ],
    "day": [
        ["1405/01/31", "۱۴۰۴/۱۲/۲۹", "1405/02/01", "1404/07/08"],
        ["2026-04-20", "2025-12-31", "2026-01-02", "2024-02-29"],
        ["20 April 2026", "3 May 2026", "1 June 2025", "2 July 2026"],
    ],
    "price": [
        ["1,250,000", "۳۵۰٬۰۰۰", "12,000", "980,000"],
        ["12.50", "7.99", "120.00", "0.95"],
        ["$12", "€7.5", "1000 تومان", "£3"],
        ["150000", "98000", "12000", "1000000"],
    ],
}  # fmt: skip


def untitled(*columns: list[str]) -> Sniffed:
    rows = [list(row) for row in zip(*columns, strict=True)]
    titles = [f"Column {place + 1}" for place in range(len(columns))]
    return Sniffed(Format("utf-8", ",", header=False), titles, rows, len(rows))


@pytest.mark.parametrize(("name", "cells"), [(name, cells) for name, sets in CELLS.items() for cells in sets])
def test_cells_without_a_title_tell_what_they_are(name: str, cells: list[str]) -> None:
    found = guess(PEOPLE, untitled(cells))
    assert found.mapping == {name: 0}
    assert found.columns[0].ground == "values"
    assert found.columns[0].share < 0.7, "it is a guess, to be looked at"


def test_a_whole_file_without_titles() -> None:
    wanted = ["phone", "name", "city", "code", "born", "email"]
    found = guess(PEOPLE, untitled(*(CELLS[name][0] for name in wanted)))
    assert found.mapping == {name: place for place, name in enumerate(wanted)}
    assert "jalali" in found.columns[4].hints


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "2", "3", "4"],
        ["17850", "13047", "12583", "14688"],
        ["red", "blue", "green", "red"],
        ["1234567890", "1111111111", "9876543210", "1020304050"],
        ["چای", "قهوه", "فنجان", "قاشق"],
        ["INV-1", "INV-2", "INV-3", "INV-4"],
        ["yes", "no", "yes", "yes"],
        ["Black tea, 100 g", "Cup", "Sugar 1 kg", "Spoon"],
    ],
)
def test_what_nobody_can_tell_is_left_alone(cells: list[str]) -> None:
    assert guess(PEOPLE, untitled(cells)).mapping == {}


def test_a_known_title_stands_before_all_values() -> None:
    found = guess(PEOPLE, looked(["شهر", "x"], ["سارا کیانی", "تهران"], ["نیما راد", "رشت"], ["مریم کیا", "یزد"]))
    assert found.mapping["city"] == 0


@given(st.lists(st.text(max_size=12), max_size=8), st.sampled_from(list(_BY_LIKE)))
def test_looking_at_any_cells_never_breaks(cells: list[str], like: str) -> None:
    assert 0 <= looks_like(like, [cell for cell in cells if cell]) <= 1
