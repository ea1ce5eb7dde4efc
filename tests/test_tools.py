"""The tools of the house find what they are there to find."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent


def tool(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"peyvand_tool_{name}", ROOT / "tools" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[module.__name__] = module
    found.loader.exec_module(module)
    return module


messages = tool("messages")
frontend = tool("frontend")


@pytest.mark.parametrize(
    ("english", "persian", "fault"),
    [
        ("Customer", "مشتري", "Arabic letter"),
        ("Which?", "کدام?", "Latin mark"),
        ("A, b", "الف, ب", "Latin mark"),
        ("%(count)s rows", "ردیف", "lacks %(count)s"),
        ("{n} rows", "ردیف {m}", "has {m}"),
        ("Name", "نام\n", "line breaks"),
    ],
)
def test_bad_persian_is_found(english: str, persian: str, fault: str) -> None:
    found = list(messages.faults_of_text(polib.POEntry(msgid=english, msgstr=persian)))
    assert any(fault in one for one in found)


@pytest.mark.parametrize(
    ("english", "persian"),
    [("Which, one?", "کدام، یکی؟"), ("%(n)s of {total}", "%(n)s از {total}"), ("CSV, XLSX", "CSV، XLSX")],
)
def test_good_persian_passes(english: str, persian: str) -> None:
    assert list(messages.faults_of_text(polib.POEntry(msgid=english, msgstr=persian))) == []


def test_the_glossary_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "glossary.md"
    table.write_text("| English | فارسی | avoid |\n|---|---|---|\n| customer | مشتری | خریدار |\n", encoding="utf-8")
    monkeypatch.setattr(messages, "GLOSSARY", table)
    words = {(None, "Customer"): {"a": "طرف"}, (None, "Hello"): {"a": "سلام خریدار"}, (None, "x"): {"a": "خریداران"}}
    found = list(messages.faults_of_glossary(words))
    assert len(found) == 2
    assert "Customer" in found[0]
    assert "«خریدار»" in found[1]
    assert list(messages.faults_of_glossary({(None, "customer"): {"a": "مشتری"}})) == []


def test_without_xgettext_the_check_fails_and_still_looks_at_the_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "glossary.md"
    table.write_text("| English | فارسی | avoid |\n|---|---|---|\n| customer | طرف | |\n", encoding="utf-8")
    monkeypatch.setattr(messages, "GLOSSARY", table)
    monkeypatch.setattr(messages.shutil, "which", lambda name: None)
    assert messages.check() == 1
    told = capsys.readouterr().out
    assert "xgettext is missing" in told
    assert "'Customer' is «طرف»" in told


def test_source_maps_and_other_fonts_are_left_out() -> None:
    assert frontend.without_source_map(b"a()\n//# sourceMappingURL=x.js.map\n") == b"a()\n"
    assert frontend.without_source_map(b"a{}\n/*# sourceMappingURL=x.css.map */") == b"a{}\n"
    sheet = b'@font-face{src:url("./fonts/i.woff2?v1") format("woff2"),url("./fonts/i.ttf?v1") format("truetype")}'
    assert frontend.woff2_only(sheet) == b'@font-face{src:url("fonts/i.woff2") format("woff2")}\n'
