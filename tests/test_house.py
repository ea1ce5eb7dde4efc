"""The house holds: foreign keys point down, nothing is pickled, styles are logical, no machine's path is here."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [["events"], ["foundation"], ["memory"], ["channels", "insight"], ["doors"], ["config"]]
ROOMS = {
    "foundation": [
        ["registry"],
        ["text", "database"],
        ["calendar", "money", "outside"],
        ["ui"],
        ["changes"],
        ["outbox"],
        ["jobs"],
        ["files"],
        ["accounts"],
        ["fields"],
        ["search"],
        ["webhooks"],
        ["transfer"],
        ["demo"],
    ],
    "memory": [
        ["customers"],
        ["work"],
        ["consents"],
        ["interactions"],
        ["commerce"],
        ["knowledge", "matching", "privacy"],
    ],
    "channels": [
        ["outreach"],
        ["conversations", "sites"],
        ["forms"],
        ["email", "sms", "messengers", "webchat", "web", "push"],
    ],
    "insight": [["warehouse"], ["value"], ["prediction"], ["audiences"], ["reports"]],
    "doors": [["workspace", "api", "console", "site"]],
}


def place_of(module: str) -> tuple[int, int, str]:
    """Floor, level inside it, and room of one of our modules."""
    _, floor, room, *_ = module.split(".")
    level = next(number for number, rooms in enumerate(ROOMS[floor]) if room in rooms)
    height = next(number for number, floors in enumerate(FLOORS) if floor in floors)
    return height, level, room


OURS = [model for model in apps.get_models() if model.__module__.startswith("peyvand.")]


def relations() -> list[ForeignKey | ManyToManyField]:
    """Every foreign key and many-to-many field of our models."""
    return [
        field
        for model in OURS
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField)
    ]


def test_there_are_models_to_walk() -> None:
    assert len(OURS) > 20
    assert len(relations()) > 20


@pytest.mark.parametrize("field", relations(), ids=str)
def test_foreign_keys_point_down_or_stay_in_their_room(field: ForeignKey) -> None:
    target = field.related_model
    if not target.__module__.startswith("peyvand."):
        return
    here, there = place_of(field.model.__module__), place_of(target.__module__)
    assert here[2] == there[2] or there[:2] < here[:2], f"{field} points up or sideways"
    if here[2] != there[2]:
        assert field.remote_field.related_name == "+", f"{field} crosses rooms and must carry related_name='+'"


def test_the_page_and_the_picture_of_the_house_name_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = (ROOT / "docs" / "pictures" / "architecture.svg").read_text(encoding="utf-8")
    drawn = {word for text in re.findall(r"<text[^>]*>([^<]*)<", picture) for word in re.findall(r"[a-z]+", text)}
    for floor, levels in ROOMS.items():
        rooms = {room for level in levels for room in level}
        there = {path.parent.name for path in (ROOT / "peyvand" / floor).glob("*/__init__.py")}
        assert rooms == there, f"ROOMS says {sorted(rooms)}, {floor} holds {sorted(there)}"
        assert not rooms - drawn, f"docs/pictures/architecture.svg lacks {sorted(rooms - drawn)}"
        assert not [room for room in rooms if f"`{room}`" not in page], f"docs/architecture.md lacks a room of {floor}"


def sources(*patterns: str) -> list[Path]:
    """Files that git tracks."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


FORBIDDEN = {
    r"\bpickle\b|\bmarshal\b|\bshelve\b": "unpickling runs what it reads",
    r"get_model\(\s*[\"']": "a string reference walks round the contracts",
    r"(?:pre|post)_(?:save|delete)\.connect|@receiver\b": "no model signals: events go through the outbox",
    r"\bmark_safe\(": "text of people is never marked safe",
    r"\beval\(|\bexec\(": "no code from text",
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_product_code_never_uses(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources("peyvand/*.py")
        if "/tests/" not in str(path) and "/migrations/" not in str(path)  # a migration has no other way to a model
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(pattern, line)
    ]
    assert not found, f"{FORBIDDEN[pattern]}: {found}"


def test_events_import_the_standard_library_and_nothing_else() -> None:
    known = sys.stdlib_module_names | {"peyvand"}
    for path in sources("peyvand/events/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert not node.level
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in known, f"{path.name} imports {name}"
                assert not name.startswith("peyvand.") or name.startswith("peyvand.events"), f"{path.name}: {name}"


def test_no_path_of_a_machine_and_no_address_of_an_index() -> None:
    machine = re.compile("/" + "work/|/" + r"root/[a-z.]|/" + r"home/[a-z]+/")
    index = re.compile(r"--(?:extra-)?index-url|\"resolved\":\s*\"http|py" + r"pi\.org|registry\.npm" + r"js")
    texts = sources("*.py", "*.md", "*.toml", "*.lock", "*.json", "*.html", "*.po", "Makefile", ".ci/run", ".npmrc")
    for path in texts:
        text = path.read_text(encoding="utf-8")
        assert not machine.search(text), f"a machine's path stands in {path.relative_to(ROOT)}"
        assert not index.search(text), f"an index's address stands in {path.relative_to(ROOT)}"


def test_styles_are_logical() -> None:
    physical = re.compile(
        r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|float\s*:(?!none)|text-align\s*:\s*(?:left|right))"
    )
    for path in sources("peyvand/*.css", "peyvand/*.html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not physical.search(line), f"{path.relative_to(ROOT)}:{number} is not logical: {line.strip()}"


def test_templates_have_no_inline_script_or_handler() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son(?:click|change|submit|input|load)="
    )
    for path in sources("peyvand/*.html"):
        assert not inline.search(path.read_text(encoding="utf-8")), f"{path.relative_to(ROOT)} runs script in the page"


def test_every_room_has_a_sign_on_its_door() -> None:
    for floor, levels in ROOMS.items():
        for room in (room for level in levels for room in level):
            text = (ROOT / "peyvand" / floor / room / "__init__.py").read_text(encoding="utf-8")
            assert text.startswith('"""'), f"{floor}.{room} does not say what it is"


# Not numpy: openpyxl, which reads the first lines of a workbook, takes it along where it is installed.
HEAVY = ("duckdb", "ibis", "pyarrow", "pandas", "splink", "adbc_driver_postgresql", "scipy", "sklearn", "lightgbm")


def test_the_web_process_loads_no_heavy_library() -> None:
    """Every page, route and declaration is imported as the web does; only the worker's children know statistics."""
    code = (
        "import sys, django; django.setup(); import peyvand.config.asgi, peyvand.config.urls; "
        "from django.urls import get_resolver; get_resolver().reverse_dict; "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "peyvand.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_picture_of_the_docs_is_there_and_every_one_there_is_shown() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {
        (page.parent / link).resolve()
        for page in pages
        for link in re.findall(r"\]\(([^)\s]+\.(?:png|svg))\)", page.read_text(encoding="utf-8"))
    }
    assert shown == {path.resolve() for path in (ROOT / "docs" / "pictures").iterdir()}
