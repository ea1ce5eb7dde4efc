"""The same expressions on DuckDB and on a real Spark cluster: equal keys and counts, floats to 1e-9."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
import pytest

from peyvand.foundation.calendar.calendars import CalendarKind, month_index
from peyvand.foundation.jobs.running import JobFailedError
from peyvand.insight.prediction import frames as foreseen
from peyvand.insight.value import charging, frames
from peyvand.insight.value.tests import test_charging
from peyvand.insight.warehouse import engine, place

DAY = date(2026, 11, 23)
HOME = Path(pyspark.__file__).parent
PATIENCE = 60  # seconds for the cluster to stand
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
NUMBER = pa.decimal128(38, 10)


def write(folder: Path, name: str, table: pa.Table, *, parts: int = 1) -> None:
    """A fact as a load writes it."""
    (folder / name).mkdir(parents=True)
    each = -(-table.num_rows // parts)
    for part in range(parts):
        pq.write_table(table.slice(part * each, each), folder / name / f"1-{part:04}.parquet", compression="zstd")


def a_world(folder: Path) -> None:
    """Orders of 60 customers, with equal amounts and days, returns, corrections, other currencies and the sample."""
    drawn = random.Random(7)
    rows = [
        {
            "id": n, "demo": n % 17 == 0, "customer_id": drawn.choice([None, *range(1, 61)]),
            "kind": drawn.choice(["sale"] * 6 + ["return", "adjustment"]),
            "status": drawn.choice(["placed", "delivered", "delivered", "cancelled"]),
            "currency": drawn.choice(["GBP", "GBP", "GBP", "EUR"]),
            "net_minor": drawn.choice([500, 1000, 1000, 2550, drawn.randrange(1, 90_000)]),
            "total_minor": 1000, "returned_minor": 0, "paid_minor": drawn.choice([0, 1000]),
            "tracks_payment": n % 2 == 0,
            "placed_at_day": DAY - timedelta(days=drawn.randrange(-5, 600)), "channel": drawn.choice(["web", "store"]),
        }
        for n in range(400)
    ]  # fmt: skip
    for row in rows:
        row["net_minor"] *= -1 if row["kind"] == "return" else 1
    write(folder, "orders", pa.Table.from_pylist(rows), parts=3)
    costs = [None, *(Decimal(n) / 7 for n in range(3, 900, 50))]
    lines = [
        {
            "id": 3 * row["id"] + n, "order_id": row["id"], "quantity": Decimal(n + 1),
            "net": Decimal(row["net_minor"]) / 300, "unit_cost": drawn.choice(costs), "product_id": n,
        }
        for row in rows
        for n in range(3)
    ]  # fmt: skip
    kinds = pa.schema(
        [("id", pa.int64()), ("order_id", pa.int64()), ("quantity", NUMBER), ("net", NUMBER), ("unit_cost", NUMBER),
         ("product_id", pa.int64())]
    )  # fmt: skip
    columns = {
        name: [row[name] if not isinstance(row[name], Decimal) else round(row[name], 10) for row in lines]
        for name in kinds.names
    }
    write(folder, "order_lines", pa.table(columns, schema=kinds), parts=2)
    write(folder, "products", pa.table({"id": [0, 1, 2], "kind": ["good", "good", "fee"]}))
    days = [DAY - timedelta(days=n) for n in range(900)]
    calendars = {kind.value: pa.array([month_index(day, kind) for day in days], pa.int32()) for kind in CalendarKind}
    write(folder, "dates", pa.table({"day": pa.array(days, pa.date32()), **calendars}))


def spent(folder: Path) -> None:
    """Costs with every driver that orders and customers tell, by source and by channel; and two standing prices."""
    drivers = ("new_customer", "order", "order_value", "quantity", "customer")
    costs = [
        test_charging.cost(
            id=n, kind="sale", amount_minor=100_003, currency="GBP", driver=driver, source=source,
            channel="web" if driver == "order" and not source else "", day_from=DAY - timedelta(days=back), day_to=DAY,
        )
        for n, (driver, source, back) in enumerate(
            ((driver, source, back) for driver in drivers for source in ("", "Google") for back in (400, 30)), 1
        )
    ]  # fmt: skip
    rates = [
        {"id": n, "demo": False, "key": "post", "kind": "delivery", "driver": driver, "amount": Decimal("1.25"),
         "currency": "GBP", "valid_from": DAY - timedelta(days=200), "channel": "", "source": "",
         "interaction_kind": "", "product_id": None}
        for n, driver in enumerate(("order", "order_value"), 1)
    ]  # fmt: skip
    write(folder, "costs", pa.Table.from_pylist(costs, test_charging.COSTS))
    write(folder, "cost_rates", pa.Table.from_pylist(rates, test_charging.RATES))
    people = [{"id": n, "demo": n % 19 == 0, "source": ["google ", "GOOGLE", ""][n % 3]} for n in range(1, 61)]
    write(folder, "customers", pa.Table.from_pylist(people))


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A master and two workers on this machine; gives the master's address."""
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    environment = {**os.environ, "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
                   "SPARK_DAEMON_JAVA_OPTS": QUICK}  # fmt: skip
    deploy = "org.apache.spark.deploy"
    here = ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = [f"{deploy}.worker.Worker", *here, "--cores", "1", "--memory", "600m", "--work-dir", str(folder), master]
    commands = [[f"{deploy}.master.Master", *here, "--port", str(port)], worker, worker]
    log = folder / "cluster.log"
    with log.open("wb") as out:
        processes = [
            subprocess.Popen([HOME / "bin" / "spark-class", *command], env=environment, stdout=out, stderr=out)
            for command in commands
        ]
    try:
        deadline = time.monotonic() + PATIENCE
        while log.read_text(encoding="utf-8").count("Successfully registered with master") < 2:
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.2)
        yield master
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def figures(backend: Any) -> dict[str, list[dict[str, Any]]]:
    """What value and prediction compute of one currency."""
    frame = frames.Frame(backend=backend, demo=False, currency="GBP", as_of=DAY)
    return {
        "people": rows(frames.people(frame), "customer_id"),
        "totals": rows(frames.totals(frame), "kind", "known"),
        "months": rows(frames.months(frame, calendar="jalali"), "month", "kind"),
        "charged": [{"customer": pk, "charged": row} for pk, row in sorted(charging.charge(frame).of.items())],
        "cohorts": rows(frames.cohorts(frame, calendar="gregorian"), "cohort", "age"),
        **foreseen_of(frame),
    }


def foreseen_of(frame: frames.Frame) -> dict[str, list[dict[str, Any]]]:
    before = foreseen.at(frame, DAY - timedelta(days=100))
    seen, some = foreseen.known(frame), foreseen.known(before, only=np.arange(1, 40))
    items, ids = foreseen.bought_items(frame), seen["customer_id"]
    lasting, gone = foreseen.stays(frame, days=60)
    return {
        "known": lined(id=ids, **dict(zip(foreseen.FEATURES, seen["x"].T, strict=True))),
        "known of some": lined(id=some["customer_id"], **dict(zip(foreseen.FEATURES, some["x"].T, strict=True))),
        "active": lined(id=foreseen.active(before)),
        "rhythms": foreseen.rhythms(frame),
        "intervals": lined(days=np.sort(foreseen.intervals(frame))),
        "back": lined(id=ids, back=foreseen.came_back(frame, after=before.as_of, of=ids)),
        "items": lined(**{name: items[name] for name in ("order", "customer", "product")}),
        "cautions": [{"id": who, "told": told} for who, told in sorted(foreseen.cautions(frame).items())],
        "stays": lined(days=lasting, gone=gone),
    }  # fmt: skip


def lined(**columns: Any) -> list[dict[str, Any]]:
    """Columns as rows; what is not known is None."""
    lists = [np.where(np.equal(column, column), column, None).tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def rows(expression: Any, *key: str) -> list[dict[str, Any]]:
    return sorted(expression.to_pyarrow().to_pylist(), key=lambda row: [row[name] for name in key])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is missing: apt-get install openjdk-17-jre-headless")
def test_a_cluster_computes_what_duckdb_does(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    made = place.made(1)
    a_world(made)
    spent(made)
    place.switch(1)
    settings.ENGINE = ""
    here = figures(engine.open_warehouse())

    defaults = tmp_path / "conf"
    defaults.mkdir()
    (defaults / "spark-defaults.conf").write_text(
        "spark.sql.shuffle.partitions 2\nspark.driver.memory 512m\nspark.executor.memory 512m\n"
        "spark.driver.host 127.0.0.1\nspark.driver.bindAddress 127.0.0.1\nspark.cores.max 2\n"
        # few rows: what takes the time is compiling
        "spark.sql.codegen.wholeStage false\nspark.sql.codegen.factoryMode NO_CODEGEN\n"
        "spark.sql.adaptive.enabled false\n"
        f"spark.driver.extraJavaOptions {QUICK}\nspark.executor.extraJavaOptions {QUICK}\n",
        encoding="utf-8",
    )
    for name, value in {
        "SPARK_HOME": str(HOME),
        "SPARK_CONF_DIR": str(defaults),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with cluster(tmp_path) as master:
        settings.ENGINE = master
        backend = engine.open_warehouse()
        assert backend is not None
        session = backend._session
        try:
            assert session.sparkContext.master == master
            there = figures(backend)
            executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
        finally:
            session.stop()
    assert executors == 2
    for name, expected in here.items():
        assert len(expected) > 3, name
        assert len(there[name]) == len(expected), name
        for one, other in zip(expected, there[name], strict=True):
            assert set(one) == set(other)
            for column, value in one.items():
                if isinstance(value, float):
                    assert other[column] == pytest.approx(value, rel=1e-9, abs=1e-9), (name, column, one)
                else:
                    assert other[column] == value, (name, column, one)


def test_what_is_no_cluster_is_said(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    a_world(place.made(1))
    place.switch(1)
    settings.ENGINE = "mysql://somewhere"
    with pytest.raises(JobFailedError, match="spark://"):
        engine.open_warehouse()
