"""The guide to the API does what it says: its examples are run from top to bottom, as a program would."""

from __future__ import annotations

import doctest
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from peyvand.doors.api.tests.factories import program, served
from peyvand.foundation.jobs.executing import execute
from peyvand.foundation.jobs.models import Run
from peyvand.memory.consents.services import purposes_ensure

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parent.parent / "docs" / "api.md"


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[httpx.Client]]:
    """httpx whose clients reach the program without a network, with an administrator's token in the environment."""
    purposes_ensure(demo=False)
    token = program().headers["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv("PEYVAND_TOKEN", token)
    plain = httpx.Client
    with served() as app:

        def client(**more: object) -> httpx.Client:
            return plain(transport=httpx.WSGITransport(app=app), **more)  # type: ignore[arg-type]

        monkeypatch.setattr(httpx, "Client", client)
        yield httpx.Client


def work() -> None:
    """What the worker does: everything that waits."""
    for pk in Run.objects.filter(state=Run.State.WAITING).order_by("pk").values_list("pk", flat=True):
        execute(run_id=pk)


def test_every_example_gives_what_the_guide_says(crm: type[httpx.Client]) -> None:
    examples = doctest.DocTestParser().get_doctest(GUIDE.read_text(encoding="utf-8"), {"work": work}, "api.md", None, 0)
    assert len(examples.examples) > 40
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=told.append, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


def test_the_lines_for_a_shell_are_answered(crm: type[httpx.Client]) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
    assert lines
    for line in lines:
        words = shlex.split(os.path.expandvars(line))
        headers = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
        url = next(word for word in words if word.startswith("http"))
        assert crm().get(url, headers=headers).status_code == 200
