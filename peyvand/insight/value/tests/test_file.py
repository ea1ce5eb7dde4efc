"""A bare file: how its lines are counted, what it says, and the sentence for each file that says nothing."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils.translation import override

from peyvand.foundation.transfer.tables import ReadError
from peyvand.insight.value import file
from peyvand.insight.value.file import Answer, Columns, read, value, write
from peyvand.insight.value.fitting import bgnbd, gammagamma
from peyvand.insight.value.purchases import by_day, habits

COLUMNS = Columns(customer="who", date="day", amount="paid")
BEGUN = date(2025, 1, 1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def written(folder: Path, *rows: tuple[object, ...], head: str = "who,day,paid", name: str = "orders.csv") -> Path:
    path = folder / name
    text = "\n".join([head, *(",".join(str(cell) for cell in row) for row in rows)]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return path


def business(customers: int = 120) -> list[tuple[str, str, float]]:
    """Customers who come and go; a pure function of nothing."""
    rng = np.random.default_rng(11)
    rows = []
    for number in range(customers):
        day, pace, mean = int(rng.integers(0, 90)), rng.gamma(0.9, 1 / 20), 10 + rng.gamma(4) * 5
        while day < 300:
            amount = round(float(mean * rng.gamma(6) / 6) + 1, 2)
            rows.append((f"c{number}", (BEGUN + timedelta(days=day)).isoformat(), amount))
            if rng.random() < 0.12:
                break
            day += 1 + int(rng.exponential(1 / pace))
    return rows


def answered(path: Path, columns: Columns = COLUMNS, **asked: Any) -> Answer:
    wanted = {"unit": "week", "until": None, "model": "bg/nbd", "amounts": True, "horizon": None} | asked
    return value(read(path, columns), **wanted)


def test_lines_become_days_and_days_become_statistics(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        ("a", "2025-01-01", 10), ("a", "2025-01-15 09:00:00", 4), ("a", "2025-01-15 18:30:00", 6),
        ("a", "2025-02-01", 20),
        ("b", "2025-01-08", 5), ("b", "2025-01-20", -5), ("", "2025-01-20", 7), ("b", "2025-01-29", 0),
        name="orders.csv.gz",
    )  # fmt: skip
    table = read(path, COLUMNS)
    assert table.counts == {
        "lines": 8,
        "without_customer": 1,
        "returns": 1,
        "nothing": 1,
        "broken": 0,
        "elsewhere": 0,
        "ahead": 0,
    }
    seen = habits(table.purchases, until=date(2025, 1, 31).toordinal(), end=date(2025, 2, 4).toordinal(), per_unit=7)
    assert list(table.names) == ["a", "b"]
    assert seen.x.tolist() == [1, 1]
    assert seen.mean.tolist() == [10, 0]
    assert (seen.until - seen.first).tolist() == [30, 23]
    assert (seen.last - seen.first).tolist() == [14, 21]
    assert seen.later.tolist() == [1, 0]
    assert seen.spent_later.tolist() == [20, 0]
    assert seen.by_period.tolist() == [1]
    rows = seen.buying(7)
    assert rows.spread(rows.T).tolist() == [30 / 7, 23 / 7]


def test_a_customer_who_comes_later_is_not_foretold() -> None:
    purchases = by_day(who=[0, 0, 1], day=[1, 9, 8], amount=[1, 1, 1])
    seen = habits(purchases, until=5, end=9, per_unit=7)
    assert (seen.who.tolist(), seen.later.tolist(), seen.by_period.tolist()) == ([0], [1], [1])


def test_the_answer_has_the_form_that_others_rely_on(tmp_path: Path) -> None:
    path = written(tmp_path, *business())
    answer = answered(path, until=date(2025, 7, 31))
    plain = answer.plain()
    assert plain["model"] == "bg/nbd"
    assert set(plain["params"]) == set(plain["stderr"]) == {"r", "alpha", "a", "b"}
    assert set(plain["spend"]["params"]) == {"p", "q", "gamma"}
    assert plain["customers"] == 120
    assert plain["loglik"] == pytest.approx(bgnbd.loglik(answer.found.values, answer.buying)[0])
    assert sum(actual for _expected, actual in plain["holdout"]["periods"]) == plain["holdout"]["actual"]
    assert sum(group["customers"] for group in plain["holdout"]["groups"]) == 120
    other = answered(path, until=date(2025, 7, 31), model="pareto/nbd").plain()
    assert set(other["params"]) == {"r", "alpha", "s", "beta"}
    assert other["spend"] == plain["spend"]
    days = answered(path, until=date(2025, 7, 31), unit="day").plain()
    assert days["params"]["alpha"] == pytest.approx(7 * plain["params"]["alpha"], rel=1e-3)
    repeat = int(answer.habits.x.sum())
    assert days["loglik"] == pytest.approx(plain["loglik"] - repeat * np.log(7), abs=1e-3)


def test_a_line_a_customer_is_written(tmp_path: Path) -> None:
    answer = answered(written(tmp_path, *business()), horizon=26.0)
    write(answer, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["customer"] for row in rows] == list(answer.names)
    one = next(row for row in rows if int(row["x"]) > 1)
    of = {name: np.array([float(one[name])]) for name in ("x", "t_x", "T")}
    assert float(one["p_alive"]) == pytest.approx(bgnbd.alive(answer.found.values, **of)[0], abs=1e-6)
    assert float(one["expected_purchases"]) == pytest.approx(bgnbd.expected(answer.found.values, 26, **of)[0], rel=1e-6)
    assert answer.spend is not None
    place = list(answer.names).index(one["customer"])
    spend = gammagamma.expected(answer.spend.values, x=of["x"], mean=answer.habits.mean[[place]])[0]
    assert float(one["expected_value"]) == pytest.approx(spend * float(one["expected_purchases"]), rel=1e-6)


def test_dates_of_both_calendars_and_orders(tmp_path: Path) -> None:
    both = [("a", "1404/01/15", 1), ("b", "۱۴۰۴/۰۲/۳۱", 1), ("c", "2025-04-04", 1)]
    days = read(written(tmp_path, *both), COLUMNS).purchases.day
    assert [date.fromordinal(day).isoformat() for day in days] == ["2025-04-04", "2025-05-21", "2025-04-04"]
    days = read(written(tmp_path, ("a", "03/04/2025", 1), ("b", "25/04/2025", 1)), COLUMNS).purchases.day
    assert [date.fromordinal(day).isoformat() for day in days] == ["2025-04-03", "2025-04-25"]
    days = read(written(tmp_path, ("a", "03/04/2025", 1), ("b", "04/25/2025", 1)), COLUMNS).purchases.day
    assert [date.fromordinal(day).isoformat() for day in days] == ["2025-03-04", "2025-04-25"]


def test_an_amount_may_be_that_of_one_piece(tmp_path: Path) -> None:
    path = written(tmp_path, ("a", "2025-01-01", "2.5", 4), ("a", "2025-01-01", "۱٬۰۰۰", 1), head="who,day,price,count")
    table = read(path, Columns(customer="who", date="Day", amount="price", quantity="count"))
    assert table.purchases.amount.tolist() == [1010]


STRANGE = [
    ((), COLUMNS, "a header but no lines"),
    ((("a", "2025-01-01", 1),), Columns("whom", "day", "paid"), "There are: who, day, paid"),
    ((("a", "soon", 1),), COLUMNS, "Line 1: “soon” in the column “day” is no date."),
    ((("a", "2025-13-01", 1),), COLUMNS, "Line 1: “2025-13-01”"),
    ((("a", "", 1),), COLUMNS, "Line 1"),
    ((("a", "25/01/2025", 1), ("a", "01/25/2025", 1), ("a", "01/02/2025", 1)), COLUMNS, "begin with the day"),
    ((("a", "03/04/2025", 1), ("b", "05/04/2025", 1)), COLUMNS, "begin with the day or the month"),
    ((("a", "2025-01-01", "much"),), COLUMNS, "Line 1: “much” in the column “paid” is no number."),
    ((("a", "2025-01-01", "nan"),), COLUMNS, "is no number"),
    ((("a", "2025-01-01", "1e99"),), COLUMNS, "is no number"),
    ((("a", "2025-01-01", "5 تومان"), ("b", "2025-01-01", "5 ریال")), COLUMNS, "several currencies (IRR, TOMAN)"),
    ((("a", "2225-01-01", 5),), COLUMNS, "dated after today"),
    ((("a", "2025-01-01", 5),), Columns("who", "day", "paid", only="EUR"), "no column of currencies"),
    ((("a", "2025-01-01", -1), ("", "2025-01-01", 1)), COLUMNS, "of 2, 1 are returns and 1 name no customer"),
    ((("a", "2025-01-01", 1), ("a", "2025-01-03", 1)), COLUMNS, "one customer"),
    ((("a", "2025-01-01", 1), ("b", "2025-01-01", 1)), COLUMNS, "second day"),
]


@pytest.mark.parametrize(("rows", "columns", "sentence"), STRANGE)
def test_what_says_nothing_is_answered_in_a_sentence(
    tmp_path: Path, rows: tuple[tuple[object, ...], ...], columns: Columns, sentence: str
) -> None:
    with pytest.raises(ReadError) as refused:
        answered(written(tmp_path, *rows), columns)
    assert sentence in str(refused.value)


def test_currencies_are_never_added_together(tmp_path: Path) -> None:
    rows = [("a", "2025-01-01", 5, "USD"), ("a", "2025-01-01", 7, "eur"), ("b", "2225-01-01", 9, "EUR")]
    path = written(tmp_path, *rows, head="who,day,paid,Currency")
    with pytest.raises(ReadError, match=r"several currencies \(EUR, USD\)"):
        read(path, COLUMNS)
    table = read(path, Columns("who", "day", "paid", only="EUR"))
    assert (table.purchases.amount.tolist(), table.counts["elsewhere"], table.counts["ahead"]) == ([7], 1, 1)
    with pytest.raises(ReadError, match="in the currency that was asked for"):
        read(path, Columns("who", "day", "paid", only="IRR"))


def test_a_day_before_everything_holds_nobody(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no purchase up to 1 January 1999"):
        answered(written(tmp_path, ("a", "2025-01-01", 1), ("b", "2025-01-01", 1)), until=date(1999, 1, 1))


def test_spending_that_can_not_be_told_leaves_the_rest(tmp_path: Path) -> None:
    rows = [(who, day, 1) for who, day, _amount in business()]
    answer = answered(written(tmp_path, *rows))
    assert answer.plain()["spend"] is None
    assert any("What a purchase brings" in note for note in answer.notes)
    write(answer, tmp_path / "out.csv")
    assert ",,\n" in (tmp_path / "out.csv").read_text(encoding="utf-8").replace("\r", "")


def test_models_are_those_that_the_command_offers() -> None:
    assert set(file.holdout.MODELS) == {"bg/nbd", "pareto/nbd"}
    assert set(file.UNITS) == {"day", "week", "month", "year"}
