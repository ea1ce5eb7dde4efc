"""Loading and removing the sample, each as a whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.events.demo import SampleLoaded, SampleRemoved
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.bootstrap import demo_user
from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.roles import ADMIN
from peyvand.foundation.changes.services import change_set, record
from peyvand.foundation.demo.people import SIGNS_IN, colleagues_come, colleagues_go
from peyvand.foundation.demo.queries import rows_exist
from peyvand.foundation.demo.world import World
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import DemoPart
from peyvand.foundation.registry.registry import registry

MANAGE = "demo.manage"
LOAD, REMOVE = "demo.load", "demo.remove"  # the jobs
SEED = 1405
KIND = "demo"

OnProgress = Callable[[int, int, str], None]


class AlreadyLoadedError(RefusedError):
    """The sample is there; it is loaded once."""


def _silent(done: int, total: int, message: str) -> None:
    """Nobody asked how far it is."""


def _locked() -> None:
    """Hold, until the transaction ends, the lock under which the sample comes and goes.

    Triggers plan anew for so many rows: the plan that a connection keeps for a few takes twice as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")


def demo_load(
    *,
    actor: Actor,
    seed: int = SEED,
    size: float = 1.0,
    now: datetime | None = None,
    on_progress: OnProgress | None = None,
) -> Mapping[str, int]:
    """Load the sample beside one's own data, in one transaction; gives the number of rows by part.

    The same seed, size and `now` (all lies before it) give the same rows. Each part is a change set of its own.
    `on_progress(done, total, message)` counts parts. AlreadyLoadedError when it is there, also when two load at the
    same moment.
    """
    actor.require(MANAGE)
    report = on_progress or _silent
    looking = actor.looking_at(demo=True)
    parts = [part for part in registry.all(DemoPart) if part.load is not None]
    rows: dict[str, int] = {}
    with transaction.atomic(), override(actor.language):  # in which the trail names what was done
        _locked()
        if rows_exist(demo=True):
            raise AlreadyLoadedError(_("The sample business is already here."))
        with change_set(actor=looking, kind=KIND, title=gettext("People of the sample business")):
            staff_ids, team_id = colleagues_come()
        world = World(seed=seed, now=now or timezone.now(), size=size, staff_ids=staff_ids, team_id=team_id)
        for place, part in enumerate(parts):
            report(place, len(parts), str(part.label))
            title = gettext("Sample business loaded: %(part)s") % {"part": part.label}
            with change_set(actor=looking, kind=KIND, title=title, reference={"seed": seed, "size": size}):
                rows[part.name] = part.load(looking, world) if part.load else 0
        publish(SampleLoaded(rows=sum(rows.values())), actor=looking)
    report(len(parts), len(parts), "")
    return rows


def demo_remove(*, actor: Actor, on_progress: OnProgress | None = None) -> Mapping[str, int]:
    """Remove every row of the sample, in one transaction; gives the number of rows by part. One's own rows stay.

    The sample's people can't come in any more, but for whoever removes it, and for its administrator while there is no
    other.
    """
    actor.require(MANAGE)
    report = on_progress or _silent
    looking = actor.looking_at(demo=True)
    parts = list(reversed(registry.all(DemoPart)))
    rows: dict[str, int] = {}
    with transaction.atomic(), override(actor.language):
        _locked()
        for place, part in enumerate(parts):
            report(place, len(parts), str(part.label))
            title = gettext("Sample business removed: %(part)s") % {"part": part.label}
            with change_set(actor=looking, kind=KIND, title=title):
                rows[part.name] = part.remove(looking)
        with change_set(actor=looking, kind=KIND, title=gettext("People of the sample business")):
            colleagues_go(but=actor.user_id)
        publish(SampleRemoved(rows=sum(rows.values())), actor=looking)
    report(len(parts), len(parts), "")
    return rows


def demo_load_start(*, actor: Actor) -> Run:
    """Have a worker load the sample."""
    actor.require(MANAGE)
    own = actor.looking_at(demo=False)
    return jobs.start(actor=own, job=LOAD, title=gettext("Loading the sample business"), arguments={})


def demo_remove_start(*, actor: Actor) -> Run:
    """Have a worker remove the sample."""
    actor.require(MANAGE)
    own = actor.looking_at(demo=False)
    return jobs.start(actor=own, job=REMOVE, title=gettext("Removing the sample business"), arguments={})


@dataclass(frozen=True)
class DemoBegun:
    """`loaded`: now, not earlier. `password` is None unless it has just been made: it is kept nowhere, so show it."""

    loaded: bool
    email: str
    password: str | None


def demo_begin(
    *, seed: int = SEED, size: float = 1.0, renew: bool = False, on_progress: OnProgress | None = None
) -> DemoBegun | None:
    """For the console: load the sample if there is nothing yet, and say how to sign in to it.

    None when there is data of one's own and no sample: then nothing is done. A password is made for somebody who never
    had one, and with `renew` anew.
    """
    actor = system_actor(via="console")
    loaded = False
    if not rows_exist(demo=True):
        if rows_exist(demo=False):
            return None
        # First, as an administrator: in an empty house nobody else is there to be one.
        if not User.objects.filter(role__key=ADMIN, is_active=True).exists():
            demo_user(email=SIGNS_IN.email, name=SIGNS_IN.name, role_key=ADMIN, job_title=SIGNS_IN.job_title)
        demo_load(actor=actor, seed=seed, size=size, on_progress=on_progress)
        loaded = True
    return DemoBegun(loaded=loaded, email=SIGNS_IN.email, password=_password(actor=actor, renew=renew or loaded))


def _password(*, actor: Actor, renew: bool) -> str | None:
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).filter(email=SIGNS_IN.email, demo=True).first()
        if user is None or (user.has_usable_password() and not renew):
            return None
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        record(actor=actor, kind="sign-in", title=gettext("Made a password for the sample business"))
    return password
