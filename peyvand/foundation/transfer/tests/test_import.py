"""An import from its file to its undo: every line accounted for, nothing twice, nothing lost."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.models import Change, ChangeSet
from peyvand.foundation.jobs.running import JobFailedError, Running
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.transfer import running, services, tasks
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import ReadError
from peyvand.foundation.transfer.tests.tiny import Member, members

__all__ = ["members"]
pytestmark = pytest.mark.usefixtures("members")
ACTOR = system_actor(via="console")
GOOD = "Code,Name,Phone,Joined,Amount\n1,Sara,09123456789,2026-03-21,1.50\n2,Arash,,1405/01/02,2\n"
MIXED = GOOD + "3,nobody,,,\n4,Bad,12,,\n\n5,Too,1,2,3,4\n6,,,,\n1,Sara N,09123456789,2026-03-21,-0.5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "members.csv"
    path.write_text(text, encoding="utf-8")
    return path


def bring(folder: Path, text: str, **options: Any) -> dict[str, Any]:
    return services.run_import(actor=ACTOR, shape="members", path=written(folder, text), options=options)


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    result = bring(tmp_path, MIXED, currency="GBP")
    assert result == {
        "id": result["id"],
        "lines": 8,
        "imported": 3,
        "created": 2,
        "updated": 1,
        "unchanged": 0,
        "skipped": {"blank": 1, "phone": 1, "ragged": 1, "required": 1, "tiny.nobody": 1},
        "total": "3.00",
    }
    assert set(Member.objects.values_list("code", "name", "currency")) == {
        ("1", "Sara N", "GBP"),
        ("2", "Arash", "GBP"),
    }
    one = Import.objects.get()
    assert (one.state, one.counts["new"], one.counts["updated"], one.lines) == ("done", 2, 1, 8)
    assert one.change_set is not None
    assert one.change_set.closed_at is not None


def test_the_problem_file_can_be_mended_and_given_again(tmp_path: Path) -> None:
    result = bring(tmp_path, MIXED.replace("Bad", "=2+5"))
    content = b"".join(services.problems_csv(actor=ACTOR, import_id=result["id"])).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content))
    assert head[:5] == ["Code", "Name", "Phone", "Joined", "Amount"]
    assert [row[0] for row in rows] == ["3", "4", "", "5", "6"]
    assert rows[1][1] == "'=2+5"
    assert all(row[-1] for row in rows)
    mended = content.replace('"12"', '"09351234567"')
    again = bring(tmp_path, mended)
    assert Member.objects.get(code="4").name == "=2+5"
    assert again["imported"] == 1


def test_the_problem_file_is_known_again_with_what_was_said_of_its_columns(tmp_path: Path) -> None:
    text = "Alpha,Beta,Gamma,Note\n1,Sara,3/4/2026,x\n2,,3/4/2026,y\n"
    with written(tmp_path, text).open("rb") as stream:
        one = services.import_begin(actor=ACTOR, name="a.csv", stream=stream)
    mapping = {"code": 0, "name": 1, "joined": 2}
    said = {"currency": "EUR", "day_first": True, "key": "code", "existing": "skip"}
    services.import_map(actor=ACTOR, import_id=one.pk, mapping=mapping, options=said)
    services.resume_import(actor=ACTOR, import_id=one.pk)
    problems = b"".join(services.problems_csv(actor=ACTOR, import_id=one.pk))
    again = services.import_begin(
        actor=ACTOR, name="b.csv", stream=io.BytesIO(problems.replace(b'"2",""', b'"2","Ali"'))
    )
    assert again.mapping == mapping
    assert {name: again.options[name] for name in said} == said
    assert services.questions(again) == []
    assert services.resume_import(actor=ACTOR, import_id=again.pk)["created"] == 1
    assert str(Member.objects.get(code="2").joined) == "2026-04-03"


def test_undo_leaves_everything_as_before(tmp_path: Path) -> None:
    bring(tmp_path, GOOD)
    before = list(Member.objects.order_by("pk").values())
    second = bring(tmp_path, "Code,Name,Amount\n2,Arash D,9\n3,New,1\n")
    assert services.import_undo(actor=ACTOR, import_id=second["id"]) == {"undone": 2, "kept": 0, "kept_rows": []}
    assert list(Member.objects.order_by("pk").values()) == before
    assert Import.objects.get(pk=second["id"]).state == "undone"
    with pytest.raises(services.StateError):
        services.import_undo(actor=ACTOR, import_id=second["id"])


def test_the_dry_run_says_what_will_be_and_leaves_nothing(tmp_path: Path) -> None:
    one = prepared(tmp_path, MIXED)
    found = running.dry_run(one=one, actor=ACTOR, report=lambda done, total: None)
    assert not Member.objects.exists()
    assert not Change.objects.filter(table_name="transfer_test_member").exists()
    assert not one.problems.exists()
    finished = running.run(one=one, actor=ACTOR, report=lambda done, total: None)
    for name in ("lines", "imported", "new", "updated", "skipped", "notes"):
        assert finished.counts[name] == found[name]
    assert finished.totals == found["totals"]


def prepared(folder: Path, text: str) -> Import:
    with written(folder, text).open("rb") as stream:
        one = services.import_begin(actor=ACTOR, name="members.csv", stream=stream)
    return services.import_map(
        actor=ACTOR, import_id=one.pk, mapping=one.mapping, options={"currency": "EUR"}, remember=True
    )


def test_the_preview_shows_the_fate_of_the_first_lines(tmp_path: Path) -> None:
    bring(tmp_path, GOOD)
    one = prepared(tmp_path, "Code,Name,Phone\n9,New,09123456789\n1,Sara,09123456789\n7,Bad,12\n")
    shown = running.preview(one=one, actor=ACTOR)
    assert [line["fate"] for line in shown] == ["new", "updated", "skipped"]
    assert Member.objects.count() == 2


def test_after_a_crash_it_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 10)
    monkeypatch.setattr(running.Work.batches, "__defaults__", (10,))
    rows = [f"{number},name {number},{number}" for number in range(1, 96)]
    one = prepared(tmp_path, "\n".join(["Code,Name,Amount", *rows]))

    class KilledError(BaseException):
        pass

    def killed(done: int, total: int) -> None:
        if done >= 40:
            raise KilledError

    with pytest.raises(KilledError):
        running.run(one=one, actor=ACTOR, report=killed)
    assert Member.objects.count() == 40
    finished = running.run(one=Import.objects.get(), actor=ACTOR, report=lambda done, total: None)
    assert Member.objects.count() == 95
    assert finished.result() == {
        "id": one.pk,
        "lines": 95,
        "imported": 95,
        "created": 95,
        "updated": 0,
        "unchanged": 0,
        "skipped": {},
        "total": str(sum(range(1, 96))),
    }
    assert ChangeSet.objects.filter(kind="import").count() == 1
    assert services.import_undo(actor=ACTOR, import_id=one.pk) == {"undone": 95, "kept": 0, "kept_rows": []}


def test_a_batch_that_fails_leaves_the_batches_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.Work.batches, "__defaults__", (2,))
    with pytest.raises(RuntimeError, match="crash"):
        bring(tmp_path, "Code,Name\n1,a\n2,b\n3,c\n4,crash\n5,d\n")
    one = Import.objects.get()
    assert (one.state, one.position, Member.objects.count()) == ("failed", 2, 2)
    assert services.import_undo(actor=ACTOR, import_id=one.pk) == {"undone": 2, "kept": 0, "kept_rows": []}


def test_open_questions_stop_an_import(tmp_path: Path) -> None:
    with pytest.raises(services.MappingError, match="Name"):
        bring(tmp_path, "Code,Amount\n1,2\n")
    with pytest.raises(services.MappingError, match="3/4/2026"):
        bring(tmp_path, "Code,Name,Joined\n1,a,3/4/2026\n")
    bring(tmp_path, "Code,Name,Joined\n1,a,3/4/2026\n", day_first=True)
    assert str(Member.objects.get().joined) == "2026-04-03"


def test_a_remembered_mapping_comes_back(tmp_path: Path) -> None:
    one = prepared(tmp_path, "Alpha,Beta,Code\n1,Sara,x\n")
    services.import_map(actor=ACTOR, import_id=one.pk, mapping={"code": 0, "name": 1}, options={}, remember=True)
    again = prepared(tmp_path, "Alpha,Beta,Code\n2,Arash,y\n")
    assert again.mapping == {"code": 0, "name": 1}


def test_what_is_no_table_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        services.import_begin(actor=ACTOR, name="x.csv", stream=io.BytesIO(b""))
    assert not Import.objects.exists()


def test_rights(tmp_path: Path) -> None:
    stranger = Actor(user_id=5, name="S")
    with pytest.raises(NotAllowed):
        services.run_import(actor=stranger, shape="members", path=written(tmp_path, GOOD), options={})
    mine = bring(tmp_path, GOOD)["id"]
    helper = Actor(user_id=6, name="H", grants={"transfer.import": Scope.ALL})
    with pytest.raises(Import.DoesNotExist):
        services.import_undo(actor=helper, import_id=mine)
    with pytest.raises(NotAllowed):
        list(services.export_csv(actor=stranger, name="members", query={}))


def test_an_export_is_neutral_noted_and_comes_back_whole(tmp_path: Path) -> None:
    names = ["=1+1", "@x", "-2", "'quoted", " +1", "plain", "«نقل»"]
    for number, name in enumerate(names):
        Member.objects.create(code=str(number), name=name, amount=Decimal(-number))
    content = b"".join(services.export_csv(actor=ACTOR, name="members", query={"q": "x"}))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert all(not row[1].lstrip().startswith(("=", "@", "+", "-")) for row in rows[1:])
    assert rows[3][2] == "-2.0000"
    noted = ChangeSet.objects.get(kind="export")
    assert noted.reference == {"export": "members", "query": {"q": "x"}}
    Member.objects.all().delete()
    bring(tmp_path, content.decode("utf-8-sig"))
    assert list(Member.objects.order_by("code").values_list("name", flat=True)) == [name.strip() for name in names]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(st.sampled_from(["", "1", "2", "nobody", "x", "-1.5", "۱۴۰۵/۱/۱", "09123456789"]), max_size=7)
    )
)
def test_any_file_adds_up(tmp_path: Path, rows: list[list[str]]) -> None:
    text = "\n".join(["Code,Name,Phone,Joined,Amount", *(",".join(row) for row in rows), "1,last,,,"])
    result = bring(tmp_path, text)
    assert result["lines"] == result["imported"] + sum(result["skipped"].values()) == len(rows) + 1


@pytest.mark.parametrize(
    ("raised", "state", "ends"),
    [
        (psycopg.OperationalError("gone"), "running", OperationalError),
        (running.TakenOverError(1), "running", running.TakenOverError),
        (psycopg.errors.DiskFull("full"), "failed", JobFailedError),
        (ValueError("ours"), "failed", ValueError),
    ],
)
def test_a_lost_database_leaves_the_import_to_the_next_worker_and_a_full_disk_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, state: str, ends: type[Exception]
) -> None:
    one = prepared(tmp_path, GOOD)
    Import.objects.filter(pk=one.pk).update(state=Import.State.RUNNING)

    def broken(**_more: Any) -> Import:
        raise raised

    monkeypatch.setattr(running, "run", broken)
    with pytest.raises(ends):
        tasks.bring_in(Running(id=1, lease=uuid4(), actor=ACTOR), import_id=one.pk)
    one.refresh_from_db()
    assert (one.state, bool(one.error)) == (state, state == "failed")
