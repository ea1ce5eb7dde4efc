"""What is printed where: the answer on stdout, everything on the way there on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from peyvand.foundation.text.digits import persian_digits

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
stdout = Console(highlight=False, soft_wrap=True)


def say(line: str | Promise) -> None:
    """One line on the way, for people."""
    stderr.print(escape(str(line)))


def answer(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """The one JSON value of a command with --json."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def line(text: str | Promise) -> None:
    """One line of the answer, for people."""
    stdout.print(escape(str(text)))


def raw(text: str) -> None:
    """A secret, an address or an identifier, alone on its line so that it can be copied."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(titles: Sequence[str | Promise], rows: Sequence[Sequence[object]]) -> None:
    """A table of the answer, for people."""
    drawn = Table(*(str(title) for title in titles), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    stdout.print(drawn)


def number(value: int | Decimal) -> str:
    """A number as the terminal's language writes it."""
    text = f"{value:,}"
    persian = (get_language() or "").startswith("fa")
    return persian_digits(text.replace(",", "٬").replace(".", "٫")) if persian else text


def _silent(done: int, total: int | None = None) -> None:
    """Nobody looks."""


@contextmanager
def progress(title: str | Promise) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on a terminal, nothing elsewhere; yields `report(done, total)`."""
    if not sys.stderr.isatty():
        yield _silent
        return
    percent = TextColumn("{task.percentage:>3.0f}%")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), percent, TimeRemainingColumn(), console=stderr, transient=True
    ) as bar:
        task = bar.add_task(escape(str(title)), total=None)

        def report(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield report
