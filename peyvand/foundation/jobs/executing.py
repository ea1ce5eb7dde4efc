"""One run from its claim to its end, in this process or in a child."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from importlib import import_module

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from peyvand.foundation.changes.services import record
from peyvand.foundation.jobs import children
from peyvand.foundation.jobs.declarations import ActorLoader, Job, JobFunction
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queue import ticket_drop, ticket_write
from peyvand.foundation.jobs.running import Cancelled, JobFailedError, Pulse, Released, Running
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.foundation.registry.registry import registry

logger = logging.getLogger(__name__)

FAULT = gettext_noop("This stopped at a fault of ours. Try again; if it goes on, give the code to your administrator.")
INTERRUPTED = gettext_noop("This was interrupted several times, by a stop of the server or by too little memory.")
MEMORY = gettext_noop("This needed more memory than it may use. Your administrator can allow more.")
REFUSED = gettext_noop("The person who started this no longer has the right to do it.")
_CLAIM = """
UPDATE jobs_run SET state = 'running', lease = %s, attempts = attempts + 1, error = '', code = '',
       started_at = coalesce(started_at, now()), heartbeat_at = now()
WHERE id = %s AND state = 'waiting'
"""


def claim(run_id: int) -> Run | None:
    """Take a waiting run for this process; None when it is no longer waiting."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [uuid.uuid4(), run_id])
        return Run.objects.get(pk=run_id) if cursor.rowcount else None


def execute(
    *,
    run_id: int,
    pulse: Pulse | None = None,
    actor: Actor | None = None,
    on_progress: Callable[[int, int | None, str], None] | None = None,
    reraise: bool = False,
) -> None:
    """Run what waits under that id; does nothing when somebody else has it or it was stopped.

    With a `pulse` (a worker) jobs marked `child` run in a child; without, in this process.
    """
    run = claim(run_id)
    if run is None or run.lease is None:
        return
    if pulse is not None and registry.has(Job, run.job) and registry.get(Job, run.job).child:
        _in_child(run, pulse)
        return
    perform(run, pulse=pulse, actor=actor, on_progress=on_progress, reraise=reraise)


def perform(
    run: Run,
    *,
    pulse: Pulse | None,
    actor: Actor | None = None,
    on_progress: Callable[[int, int | None, str], None] | None = None,
    reraise: bool = False,
) -> None:
    """Call the job's function for a run that this process has claimed, and note how it ended."""
    if run.lease is None:
        raise ValueError(run.pk)
    running = Running(id=run.pk, lease=run.lease, actor=actor or system_actor(demo=run.demo), on_progress=on_progress)
    try:
        running.actor = actor or actor_of(run)
        function = function_of(registry.get(Job, run.job))
        if pulse is not None:
            pulse.join(running)
        with translation.override(running.actor.language):
            result = function(running, **run.arguments)
        _finish(run, running, Run.State.DONE, result=dict(result) if result else {})
    except BaseException as error:
        _ended(run, running, error)
        if reraise or not isinstance(error, Exception):
            raise
    finally:
        if pulse is not None:
            pulse.leave(running)


def actor_of(run: Run) -> Actor:
    """The run's actor with the rights of now."""
    plain = {**run.actor, "via": "job", "demo": run.demo}
    loaders = registry.all(ActorLoader)
    if loaders:
        return loaders[0].load(plain)
    if plain.get("user_id") is not None or plain.get("token_id") is not None:
        raise LookupError("no room declares how to load an actor")
    return system_actor(demo=run.demo)


def function_of(job: Job) -> JobFunction:
    """The job's function, imported now when it is named by its path."""
    if job.function is not None:
        return job.function
    module, _, attribute = job.path.partition(":")
    function: JobFunction = getattr(import_module(module), attribute)
    return function


def _ended(run: Run, running: Running, error: BaseException) -> None:
    """Note the end of a run whose function raised."""
    try:
        if isinstance(error, Released):
            put_back(run, counted=False)
        elif isinstance(error, Cancelled):
            _finish(run, running, Run.State.CANCELLED)
        elif isinstance(error, JobFailedError):
            _finish(run, running, Run.State.FAILED, error=str(error))
        elif isinstance(error, NotAllowed):
            _finish(run, running, Run.State.FAILED, error=REFUSED)
            reference = {"permission": error.permission, "run": run.pk}
            record(actor=running.actor, kind="denied", title=run.title or run.job, reference=reference)
        elif isinstance(error, OperationalError | InterfaceError) and run.ticket is not None:
            logger.warning("run %s (%s) lost the database: %s", run.pk, run.job, error)
            put_back(run)
        else:
            code = uuid.uuid4().hex[:8]
            logger.error("run %s (%s) failed, code %s", run.pk, run.job, code, exc_info=error)
            _finish(run, running, Run.State.FAILED, error=FAULT, code=code)
    except (OperationalError, InterfaceError):
        logger.warning("the end of run %s could not be written; it will be put back", run.pk)
        connection.close()


def _finish(
    run: Run,
    running: Running,
    state: Run.State,
    *,
    result: dict[str, object] | None = None,
    error: str = "",
    code: str = "",
) -> None:
    """Write the end, unless another process holds the run by now."""
    done, total, message = running.reached
    if state == Run.State.DONE and total is not None:
        done = max(done, total)
    now = timezone.now()
    ended = Run(
        state=state, done=done, total=total, message=message, result=result, error=error[:2000].replace("\x00", ""),
        code=code, finished_at=now, heartbeat_at=now,
    )  # fmt: skip
    names = ("state", "done", "total", "message", "result", "error", "code", "finished_at", "heartbeat_at")
    Run.objects.filter(pk=run.pk, lease=run.lease, state=Run.State.RUNNING).update(
        **{name: getattr(ended, name) for name in names}
    )


def put_back(run: Run, *, counted: bool = True, error: str = INTERRUPTED) -> None:
    """Let another worker begin a run again that this lease no longer runs.

    Not when somebody wished it stopped, and not for ever: after the job's `attempts` it fails with that sentence. Only
    runs with a ticket go back; one that was run at the console fails. Not `counted`: the worker stopped in good order.
    """
    with transaction.atomic():
        held = Run.objects.select_for_update().filter(pk=run.pk, lease=run.lease, state=Run.State.RUNNING).first()
        if held is None:
            return
        attempts = registry.get(Job, held.job).attempts if registry.has(Job, held.job) else 1
        held.lease = None
        if held.cancel_requested:
            held.state, held.finished_at = Run.State.CANCELLED, timezone.now()
        elif held.ticket is None or (counted and held.attempts >= attempts):
            held.state, held.finished_at, held.error = Run.State.FAILED, timezone.now(), error
        else:
            held.state, held.heartbeat_at = Run.State.WAITING, None
            held.attempts -= 0 if counted else 1
            ticket_drop(held.ticket)
            held.ticket = ticket_write(held.pk)
        held.save()


def _in_child(run: Run, pulse: Pulse) -> None:
    """Have a child perform the run, and note an end that it could not write itself."""
    if run.lease is None:
        raise ValueError(run.pk)
    running = Running(id=run.pk, lease=run.lease, actor=system_actor(demo=run.demo), beats=False)
    pulse.join(running)
    try:
        end = children.spawn_and_wait(running)
        if end is children.End.ITSELF:
            return
        if end is children.End.MEMORY:
            _finish_by_parent(run, MEMORY)
        else:
            put_back(run, counted=end is not children.End.RELEASED)
    except (OperationalError, InterfaceError):
        logger.warning("the end of run %s could not be written; it will be put back", run.pk)
        connection.close()
    finally:
        pulse.leave(running)


def _finish_by_parent(run: Run, error: str) -> None:
    Run.objects.filter(pk=run.pk, lease=run.lease, state=Run.State.RUNNING).update(
        state=Run.State.FAILED, error=error, finished_at=timezone.now()
    )
