"""The commands as a person runs them: a process of its own, a data folder of its own."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from openpyxl import Workbook

from peyvand.foundation.database import cluster
from tests.ready import with_tables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("console")]

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom
"""


@dataclass
class Place:
    """A data folder and how to run commands on it."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    patience: int = 180  # seconds for one command

    def run(
        self, *arguments: str | Path, text: str = "", code: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        dropped = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PEYVAND_TEST_CLUSTER", "PEYVAND_SECRET_KEY", "LC_ALL"}
        environment = {name: value for name, value in os.environ.items() if name not in dropped}
        environment |= {"PEYVAND_DATA": str(self.folder), "LANG": "en_US.UTF-8", **self.more, **more}
        done = subprocess.run(
            [sys.executable, *(("-c", code) if code else ("-m", "peyvand")), *arguments], input=text,
            capture_output=True, text=True,
            env=environment, timeout=self.patience, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str | Path, **more: str) -> Any:
        done = self.run(*arguments, "--json", **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("console") / "داده data"
    yield Place(folder)
    cluster.remove(folder)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(ORDERS.encode()))
    return path


def test_import_prints_one_object_and_undo_leaves_nothing(place: Place, orders: Path) -> None:
    found = place.json("import", "orders", orders, "--currency", "GBP", "--tz", "Europe/London")
    assert found["lines"] == found["imported"] + sum(found["skipped"].values()) == 4
    assert (found["orders"], found["customers"], found["total"]) == (3, 2, "8.14")
    assert place.json("import", "list")[0]["state"] == "done"
    listed = place.run("import", "list").stdout
    assert "Orders by line" in listed
    assert "brought in" in listed
    undone = place.json("import", "undo", str(found["id"]))
    assert undone["kept"] == 0
    assert undone["undone"] > 10
    again = place.run("import", "undo", str(found["id"]))
    assert again.returncode == 11
    assert place.run("export", "orders").stdout.count("\n") == 1


def test_a_dry_run_says_what_would_be_and_leaves_nothing(place: Place, orders: Path) -> None:
    asked = ("import", "orders", orders, "--currency", "GBP", "--dry-run")
    before = place.json("import", "list")
    found = place.json(*asked)
    assert (found["dry_run"], found["lines"], found["imported"], found["total"]) == (True, 4, 4, "8.14")
    assert (found["mapping"]["customer"], found["mapping"]["unit_price"]) == ("CustomerID", "UnitPrice")
    assert found["left_out"] == []
    assert "id" not in found
    shown = place.run(*asked)
    assert "  InvoiceNo: Invoice number\n" in shown.stderr
    assert "4 of 4 lines would come in." in shown.stdout
    assert "Orders: 3" in shown.stdout
    assert place.run("export", "orders").stdout.count("\n") == 1
    assert place.json("import", "list") == before


def test_how_a_file_is_written_can_be_said_and_what_was_left_out_comes_back(place: Place, tmp_path: Path) -> None:
    text = ORDERS.replace(",", "|").replace("17850", "نرگس").replace("2.55", "much")
    path, problems, again = tmp_path / "o.csv", tmp_path / "left.csv", tmp_path / "o.xlsx"
    path.write_bytes(text.encode("cp1256"))
    found = place.json("import", "orders", path, "--currency", "GBP", "--encoding", "windows-1256", "--delimiter", "|")
    assert (found["imported"], found["skipped"], found["customers"]) == (3, {"number": 1}, 2)
    assert found["format"]["encoding"] == "cp1256"
    written = place.json("import", "problems", str(found["id"]), problems)
    assert written == {"file": str(problems), "rows": 1, "bytes": problems.stat().st_size}
    assert place.run("import", "problems", str(found["id"])).stdout == problems.read_bytes().decode().replace(
        "\r\n", "\n"
    )
    assert "نرگس" in problems.read_text(encoding="utf-8-sig")
    assert place.run("import", "problems", "999999").returncode == 10
    place.json("import", "undo", str(found["id"]))

    book = Workbook()
    book.active.append(["something else"])
    for line in ORDERS.splitlines():
        (book["Sold"] if "Sold" in book.sheetnames else book.create_sheet("Sold")).append(line.split(","))
    book.save(again)
    sold = place.json("import", "orders", again, "--currency", "GBP", "--sheet", "Sold", "--dry-run")
    assert (sold["format"]["sheet"], sold["imported"]) == ("Sold", 4)


def test_an_export_to_a_file_says_what_it_wrote(place: Place, orders: Path, tmp_path: Path) -> None:
    made = place.json("import", "orders", orders, "--currency", "GBP")
    for name, more in (("o.csv", ()), ("o.xlsx", ("--xlsx",))):
        path = tmp_path / name
        told = place.json("export", "orders", path, *more)
        assert told == {"file": str(path), "rows": 4, "bytes": path.stat().st_size}
    assert place.run("export", "orders", tmp_path / "o.csv").returncode == 10
    assert place.run("export", "orders", "--json").returncode == 2
    place.json("import", "undo", str(made["id"]))


def test_refresh_then_insight(place: Place, orders: Path) -> None:
    made = place.json("import", "orders", orders, "--currency", "GBP")
    assert place.json("refresh")["as_of"].startswith("2010-12-0")
    assert place.json("insight")["currency"] == "GBP"
    shown = place.run("insight", LANG="fa_IR.UTF-8").stdout
    assert "پوند بریتانیا" in shown
    assert "قهرمان" in shown
    assert "champion" not in shown
    assert place.run("insight", "--as-of", "1399/13/40").returncode == 2
    place.json("import", "undo", str(made["id"]))


def test_the_first_administrator_tokens_and_links(place: Place) -> None:
    weak = place.run("user", "create-admin", "a@example.com", "--password-stdin", text="1234\n")
    assert (weak.returncode, weak.stdout) == (10, "")
    made = place.run("user", "create-admin", "a@example.com", "--password-stdin", text="six green elephants\n")
    assert made.returncode == 0, made.stderr
    assert "/invitation/" in place.json("user", "create-admin", "b@example.com")["link"]
    assert "/new-password/" in place.json("user", "reset-link", "A@Example.com")["link"]
    assert place.run("user", "reset-link", "nobody@example.com").returncode == 10
    token = place.json("token", "create", "till", "--user", "a@example.com", "--role", "viewer", "--days", "3")
    assert token["token"].startswith("pv_")
    listed = place.run("token", "list", "--json").stdout
    assert token["token"] not in listed
    assert json.loads(listed)[0]["role"] == "viewer"
    place.json("token", "revoke", str(token["id"]))
    assert json.loads(place.run("token", "list", "--json").stdout)[0]["revoked_at"]


def test_doctor_says_what_is_wrong_by_its_exit_code(place: Place) -> None:
    done = place.run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert not checks["worker"]["ok"]
    assert checks["worker"]["advice"]
    assert all(checks[name]["ok"] for name in ("database.durable", "database.persian_search", "migrations", "events"))
    open_hosts = place.run("doctor", "--json", PEYVAND_HOSTS="*")
    assert not {check["name"]: check["ok"] for check in json.loads(open_hosts.stdout)["checks"]}["hosts"]


def test_backup_and_restore_into_another_folder(place: Place, orders: Path, tmp_path: Path) -> None:
    made = place.json("import", "orders", orders, "--currency", "GBP")
    kept = place.folder / "files" / "imports"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "a.csv").write_text("سلام", encoding="utf-8")
    summary = place.json("backup", tmp_path / "b.tar")
    other = Place(tmp_path / "other")
    try:
        restored = other.json("restore", tmp_path / "b.tar")
        assert (restored["rows"], restored["tables"]) == (summary["rows"], summary["tables"])
        assert (other.folder / "files" / "imports" / "a.csv").read_text(encoding="utf-8") == "سلام"
        assert other.run("export", "orders").stdout == place.run("export", "orders").stdout
        assert other.run("restore", tmp_path / "b.tar").returncode == 10
        assert other.json("import", "undo", str(made["id"]))["kept"] == 0
    finally:
        cluster.remove(other.folder)
    place.json("import", "undo", str(made["id"]))


MANY = """
import contextlib, io, json, sys
from peyvand.doors.console.main import code_of
found = []
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = code_of(arguments)
    found.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(found))
"""
BAD: tuple[tuple[tuple[str, ...], bytes | None, int], ...] = (
    (("orders", "missing.csv"), None, 10),
    (("orders", "."), None, 10),
    (("orders", "FILE"), b"", 10),
    (("orders", "FILE"), b"   \n\n", 10),
    (("orders", "FILE"), b"PK\x03\x04rest", 10),
    (("orders", "FILE"), bytes(range(256)) * 50, 10),
    (("orders", "FILE"), b"\x1f\x8b\x08\x00cut", 10),
    (("orders", "FILE"), b"name,city\nA,B\n", 10),
    (("orders", "FILE", "--currency", "XXQ"), ORDERS.encode(), 10),
    (("orders", "FILE", "--tz", "Mars/Base"), ORDERS.encode(), 2),
    (("orders", "FILE", "--encoding", "base64"), ORDERS.encode(), 2),
    (("orders", "FILE", "--encoding", "martian"), ORDERS.encode(), 2),
    (("orders", "FILE", "--delimiter", "ab"), ORDERS.encode(), 2),
    (("orders", "FILE", "--sheet", "Sold"), ORDERS.encode(), 10),
    (("orders", "FILE", "--dry-run"), b"name,city\nA,B\n", 10),
    (("orders", "FILE", "--map", "number"), ORDERS.encode(), 2),
    (("orders", "FILE", "--map", "number=Nothing"), ORDERS.encode(), 10),
    (("nothing", "FILE"), b"a,b\n1,2\n", 2),
    (("orders",), None, 2),
    (("undo", "999999"), None, 10),
    (("undo", "x"), None, 2),
)


def test_bad_input_is_one_sentence_and_a_code(place: Place, tmp_path: Path) -> None:
    asked = []
    for number, (arguments, content, _code) in enumerate(BAD):
        if content is not None:
            (tmp_path / f"f{number}").write_bytes(content)
        names = {"FILE": f"f{number}", ".": ".", "missing.csv": "missing.csv"}
        named = [str(tmp_path / names[one]) if one in names else one for one in arguments]
        asked.append(["import", *named, "--json"])
    place.run("import", "list")
    done = place.run(text=json.dumps(asked), code=MANY)
    assert done.returncode == 0, done.stderr
    for (arguments, _content, code), (got, out, err) in zip(BAD, json.loads(done.stdout), strict=True):
        assert (got, out) == (code, ""), (arguments, err)
        assert len(err.strip().splitlines()) == 1, (arguments, err)
        assert err.strip().endswith((".", "”.")), (arguments, err)


def test_ragged_lines_are_counted_and_the_rest_goes_in(place: Place, tmp_path: Path) -> None:
    (tmp_path / "f").write_text(ORDERS + "536500,A,b,1,2010-12-02 10:00:00,1,17850,UK,too,many\n\n", encoding="utf-8")
    found = place.json("import", "orders", tmp_path / "f", "--currency", "GBP")
    assert found["lines"] == found["imported"] + sum(found["skipped"].values())
    assert found["skipped"]["ragged"] == 1
    place.json("import", "undo", str(found["id"]))


def test_errors_speak_the_terminals_language(place: Place) -> None:
    persian = place.run("import", "orders", "/nowhere.csv", LANG="fa_IR.UTF-8")
    english = place.run("import", "orders", "/nowhere.csv")
    assert persian.returncode == english.returncode == 10
    assert "/nowhere.csv" in persian.stderr
    assert any("\u0600" < letter < "\u06ff" for letter in persian.stderr)
    assert english.stderr.isascii()


@pytest.mark.parametrize(
    ("url", "code"),
    [("postgresql://nobody:secret@127.0.0.1:1/none", 4), ("nonsense", 4), ("postgresql:///x?host=/nowhere", 4)],
)
def test_a_database_that_is_not_there(place: Place, url: str, code: int) -> None:
    done = place.run("import", "list", DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (code, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "secret" not in done.stderr


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    done = Place(tmp_path / "file" / "data").run("import", "list")
    assert (done.returncode, done.stdout) == (5, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_data_of_a_newer_version_are_left_alone(place: Place) -> None:
    place.run("import", "list")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        server = cluster.ensure(place.folder)
    _execute(server.url, "INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '9999_next', now())")
    done = place.run("import", "list")
    _execute(server.url, "DELETE FROM django_migrations WHERE name = '9999_next'")
    assert (done.returncode, done.stdout) == (9, "")
    assert "9999_next" in done.stderr


@pytest.mark.crash
def test_postgresql_killed_meanwhile_comes_back_with_the_next_command(place: Place) -> None:
    place.run("import", "list")
    pid = cluster.running_pid(cluster.place_of(place.folder).data)
    assert pid is not None
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    family[0].kill()
    psutil.wait_procs(family, timeout=10)
    assert place.run("import", "list", "--json").returncode == 0


def test_help_needs_no_database(tmp_path: Path) -> None:
    place = Place(tmp_path / "data")
    for arguments in (["--help"], ["import", "--help"], ["serve", "--help"], []):
        done = place.run(*arguments)
        assert done.returncode == 0
        assert "peyvand" in done.stdout
    assert not (tmp_path / "data" / "postgres").exists()
    assert not (tmp_path / "data" / "postgres.lock").exists()


def test_measuring_leaves_nothing(place: Place) -> None:
    before = place.run("export", "customers").stdout
    found = place.json("bench", "--rows", "1000")
    assert {one["name"] for one in found["results"]} == {"write", "read", "answer"}
    assert all(one["ours"] > 0 and one["raw"] > 0 for one in found["results"])
    assert place.run("export", "customers").stdout == before


def test_the_sample_comes_and_goes_and_its_password_is_said_again(tmp_path: Path, orders: Path) -> None:
    place = Place(with_tables(tmp_path / "data"))
    try:
        first = place.json("demo")
        assert first["loaded"]
        assert first["password"]
        note = place.folder / "sample-sign-in.json"
        assert note.stat().st_mode & 0o077 == 0
        again = place.json("demo", "load")
        assert (again["loaded"], again["password"]) == (False, first["password"])
        assert place.json("demo", "load", "--new-password")["password"] != first["password"]
        place.json("import", "orders", orders, "--currency", "GBP")
        own = place.run("export", "orders").stdout
        assert place.json("demo", "remove")["removed"] > 1000
        assert place.json("demo", "status")["present"] is False
        assert place.run("export", "orders").stdout == own
        assert not note.exists()
        assert place.json("demo", "load") == {"loaded": False}
    finally:
        cluster.remove(place.folder)


def test_a_bare_file_is_told_without_a_database(place: Place, tmp_path: Path) -> None:
    rows = [f"c{n % 40},2025-{1 + (n * 7) % 11:02d}-{1 + (n * 13) % 28:02d},{10 + n % 17}" for n in range(200)]
    file = tmp_path / "bought.csv"
    file.write_text("\n".join(["who,day,paid", *rows]), encoding="utf-8")
    named = ("--customer", "who", "--date", "day", "--amount", "paid")
    found = place.json("insight", "value", file, *named, "--unit", "week", "--until", "2025-09-30")
    assert found["unit"] == "week"
    assert set(found["params"]) == {"r", "alpha", "a", "b"}
    refused = place.run("insight", "value", file, "--customer", "whom", "--date", "day", LANG="fa_IR.UTF-8")
    assert refused.returncode == 10
    assert "who، day، paid" in refused.stderr
    assert not (place.folder / "postgres").exists()
