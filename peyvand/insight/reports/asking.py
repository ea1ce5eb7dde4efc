"""Asking the answering child: over a socket beside the data folder, else by a job of the worker. No heavy library.

The child writes what it computes into `Answer`; so does a job. Whoever asks reads it from there, and shows that it is
being computed when the deadline has passed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.reports import usage
from peyvand.insight.reports.models import Answer
from peyvand.insight.reports.planning import Plan, key_of
from peyvand.insight.reports.usage import DONE, USED
from peyvand.insight.warehouse import place

JOB = "reports.answer"
SOCKET = "answers.sock"
DEADLINE = 0.4  # seconds that a page waits for its figures
AGAIN = timedelta(seconds=60)  # after which an answer that never came is asked for once more
MOST = 100  # answers asked for at once
KEPT = timedelta(days=2)  # an answer that is in no use


@contextlib.contextmanager
def short_path(folder: Path) -> Iterator[str]:
    """The socket's path, however deep the folder lies: an address of a socket has 107 letters at most."""
    direct = str(folder / SOCKET)
    if len(direct.encode()) < 100:
        yield direct
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def ask(plans: Sequence[Plan], *, wait: float = DEADLINE, kept: bool = False) -> list[Answer]:
    """The answers of the plans from the load in use, in their order; those that took longer than `wait` (seconds) are
    still waiting. A plan that has been answered from this load is only read. `kept`: a page that is kept shows them, so
    they are made ahead from the next loads (`usage`).
    """
    token = place.token()
    keys = [key_of(plan, token) for plan in plans]
    known = _known(keys)
    fresh = [
        Answer(key=key, demo=plan["demo"], plan=plan)
        for key, plan in dict(zip(keys, plans, strict=True)).items()
        if key not in known
    ]
    if fresh:
        Answer.objects.bulk_create(fresh, ignore_conflicts=True)
        known |= _known(keys)
    if kept:
        usage.note(list(known.values()))
    todo = [one for one in known.values() if one.state not in DONE]
    if todo and token:
        _have_computed(todo, wait)
        known |= _known(keys)  # what stood under an older load may be gone by now
    return [known[key] for key in keys]


_here: ContextVar[Callable[[Sequence[int]], None] | None] = ContextVar("reports_computing", default=None)


@contextlib.contextmanager
def computing_by(compute: Callable[[Sequence[int]], None]) -> Iterator[None]:
    """Inside the block, which runs in a child of the worker, answers are computed here, however long it takes."""
    token = _here.set(compute)
    try:
        yield
    finally:
        _here.reset(token)


def _known(keys: Sequence[str]) -> dict[str, Answer]:
    return {one.key: one for one in Answer.objects.filter(key__in=set(keys))}


def _have_computed(todo: Sequence[Answer], wait: float) -> None:
    """By the child where it listens, else by a job, asked for once a minute at most."""
    ids = [one.pk for one in todo][:MOST]
    if (here := _here.get()) is not None:
        here(ids)
        return
    if _told(ids, wait):
        return
    now = timezone.now()
    due = [one.pk for one in todo if one.ms == 0 or one.asked_at < now - AGAIN]
    if due:
        Answer.objects.filter(pk__in=due).update(ms=-1, asked_at=now)
        jobs.start(actor=system_actor(demo=todo[0].demo), job=JOB, title=gettext("Computing reports"),
                   arguments={"ids": due})  # fmt: skip


def _told(ids: Sequence[int], wait: float) -> bool:
    """Whether the child took the question, or is being started for it. It says so when it has read it, and again when
    all is computed; where it breaks off before that, the line ends.
    """
    end = time.monotonic() + wait
    try:
        with short_path(Path(settings.DATA)) as path, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            line.connect(path)
            line.sendall((" ".join(map(str, ids)) + "\n").encode())
            said = b""
            while said != b"." and (left := end - time.monotonic()) > 0:
                line.settimeout(left)
                if not (said := line.recv(1)):
                    return False
    except TimeoutError:
        return True
    except OSError:
        return False
    return True


def answers_forget() -> None:
    """Old answers go; those in use are what is made ahead."""
    now = timezone.now()
    unused = Q(used_at=None) | Q(used_at__lt=now - USED)
    Answer.objects.filter(unused, asked_at__lt=now - KEPT).delete()
