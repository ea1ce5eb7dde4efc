"""The whole of a real file, as a newcomer brings it in: every line accounted for, and taken back without a trace."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from peyvand.doors.console.tests.test_console import ORDERS, Place
from peyvand.foundation.database import cluster
from tests.ready import with_tables

REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "online_retail.csv.gz"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("retail"),
    pytest.mark.skipif(not REAL.exists(), reason="the real file is not here: ../shared/data/online_retail.csv.gz"),
]
TABLES = (
    "commerce_order", "commerce_orderline", "commerce_product", "commerce_payment", "customers_customer",
    "customers_identity", "customers_tag", "customers_customertag", "interactions_interaction",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "data"
    yield Place(with_tables(folder), patience=900)
    cluster.remove(folder)


def checksums(folder: Path) -> dict[str, tuple[int, str]]:
    """Count and digest of every table that an import of orders writes."""
    found = {}
    with psycopg.connect(cluster.place_of(folder).url) as connection:
        for table in TABLES:
            told = f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY id)), '') FROM {table} t"
            found[table] = connection.execute(told).fetchone()
    return found


def test_the_whole_file_comes_in_to_the_last_line_and_goes_out_without_a_trace(place: Place, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(ORDERS.replace("5363", "OWN").replace("536414", "OWN14"), encoding="utf-8")  # goods it shares
    place.json("import", "orders", own, "--currency", "GBP")
    before = checksums(place.folder)
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    exact = sum((Decimal(line["Quantity"]) * Decimal(line["UnitPrice"]) for line in lines), Decimal(0))
    found = place.json("import", "orders", REAL, "--currency", "GBP", "--tz", "Europe/London")
    assert found["lines"] == len(lines) == found["imported"] + sum(found["skipped"].values())
    assert found["skipped"] == {}
    assert Decimal(found["total"]) == exact
    assert found["orders"] == len({line["InvoiceNo"] for line in lines})
    assert found["customers"] == len({line["CustomerID"] for line in lines} - {""})
    undone = place.json("import", "undo", str(found["id"]))
    assert undone["kept"] == 0
    assert undone["undone"] > len(lines)
    assert checksums(place.folder) == before
