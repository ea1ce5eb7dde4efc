"""Messages to thousands while the workers that send them are killed: what the other side took, what we asked for.

Once to an SMS gateway, which can be asked by our id; once to a mail server, which can't. Neither removes repeats.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from peyvand.channels.email.models import EmailAccount, Security
from peyvand.channels.email.secrets import DKIM, locked_up
from peyvand.channels.email.speaking.signing import key_make
from peyvand.channels.outreach.dispatching.claiming import ATTEMPT
from peyvand.channels.outreach.dispatching.standing import BATCH, THREADS
from peyvand.channels.outreach.dispatching.sweeping import GRACE, look_up, sweep
from peyvand.channels.outreach.models import Message, State
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.channels.sms.carrier import PURPOSE
from peyvand.channels.sms.models import SmsAccount
from peyvand.foundation.outside.locking import locked
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.consents.services import ConsentRow, consents_write, purposes_ensure
from peyvand.memory.customers.models import Customer, Identity

AT_ONCE = 1_000
PATIENCE = 900.0  # seconds without any progress
TEXT = ContentData(
    texts=[TextData("سلام {{first_name|دوست}}، خبر تازه‌ای داریم.", "fa", subject="خبر تازه")], title="bench"
)


@contextlib.contextmanager
def other_side(module: str, log: Path, *more: str) -> Iterator[int]:
    """A gateway or a mail server of our own on loopback; gives its port."""
    command = [sys.executable, "-m", f"peyvand.doors.console.measuring.{module}", str(log), *more]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdin is not None  # noqa: PT018, S101
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(20)


def gateway_account(port: int) -> None:
    """Text messages go to our gateway."""
    key = locked(json.dumps({"api_key": "bench"}), purpose=PURPOSE)
    SmsAccount.objects.create(
        name="bench", provider="kavenegar", line="1000", base_url=f"http://127.0.0.1:{port}", credentials=key,
        service_line=False,
    )  # fmt: skip


def mail_account(port: int, *, signed: bool = True) -> None:
    """Mail goes to a server of ours, signed as it would be."""
    pem, public = key_make() if signed else ("", "")
    EmailAccount.objects.create(
        name="bench", address="hello@bench.example", from_name_fa="سنجش", smtp_host="127.0.0.1", smtp_port=port,
        smtp_security=Security.NONE, marketing=True, dkim_domain="bench.example", dkim_public=public,
        dkim_selector="bench" if signed else "", secrets=locked_up({DKIM: pem} if signed else {}),
    )  # fmt: skip


@dataclass(frozen=True)
class Side:
    """A channel, who takes its messages, and by what those name a message in their file."""

    channel: str
    module: str
    account: Callable[[int], None]
    name: Callable[[Message], str]


SMS = Side("sms", "gateway", gateway_account, lambda one: str(one.pk))
MAIL = Side("email", "mailsink", mail_account, lambda one: one.uid.hex)


def people(count: int) -> list[int]:
    """So many customers with a telephone and an e-mail address who have said yes to both; gives their ids."""
    purposes_ensure(demo=False)
    actor = system_actor()
    names = [f"مریم کیانی {number}" for number in range(count)]
    made = Customer.objects.bulk_create(
        [Customer(name=name, given_name="مریم", family_name="کیانی", language="fa") for name in names],
        batch_size=AT_ONCE,
    )
    rows = [
        Identity(customer=one, kind=kind, value=value, key=key, is_primary=True)
        for n, one in enumerate(made)
        for kind, value, key in (
            ("phone", f"0912{n:07d}", f"+98912{n:07d}"),
            ("email", f"c{n}@home.example", f"c{n}@home.example"),
        )
    ]
    Identity.objects.bulk_create(rows, batch_size=AT_ONCE)
    ids = [one.pk for one in made]
    for start in range(0, count, AT_ONCE):
        some = ids[start : start + AT_ONCE]
        yes = [ConsentRow(pk, "news", channel, "given", "form") for pk in some for channel in ("sms", "email")]
        consents_write(actor=actor, rows=yes)
    return ids


def worker() -> subprocess.Popen[bytes]:
    """A worker as `peyvand serve` runs it, in a group of its own."""
    environment = {**os.environ, "PEYVAND_OWN_HOSTS": "127.0.0.1"}
    return subprocess.Popen(
        [sys.executable, "-m", "peyvand.foundation.jobs"], env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, children included."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def taken(log: Path) -> Counter[str]:
    """How often the gateway took each of our ids, as its own file says; a line cut short was not answered."""
    text = log.read_text(encoding="ascii") if log.exists() else ""
    return Counter(text.splitlines())


def crash(*, messages: int, kills: int, seed: int = 1) -> dict[str, Any]:
    """Send to so many over both channels while a worker is killed so often; then settle what is left and count."""
    ids = people(messages)
    found = _crashed(SMS, ids, kills=kills, seed=seed)
    return {**found, "smtp": _crashed(MAIL, ids, kills=kills, seed=seed + 1)}


def _crashed(side: Side, ids: list[int], *, kills: int, seed: int) -> dict[str, Any]:
    """One channel. `lost`: neither taken nor known as unknown; `left`: unknown in the end, which people are shown."""
    with tempfile.TemporaryDirectory(prefix="peyvand-crash-") as folder:
        log = Path(folder) / "taken"
        with other_side(side.module, log) as port:
            side.account(port)
            send_many(
                actor=system_actor(), customers=ids, purpose="news", content=TEXT, dedupe_key=f"bench:{side.channel}",
                channel=side.channel,
            )  # fmt: skip
            killed = _killing(log, messages=len(ids), kills=kills, chance=random.Random(seed))  # noqa: S311
            unknown = _interrupted()
            resolved = _settled()
        counts = taken(log)
    asked = {side.name(one): one.state for one in Message.objects.filter(options=[side.channel])}
    left = {name for name, state in asked.items() if state == State.INDETERMINATE}
    return {
        "messages": len(asked), "kills": killed, "lost": len(set(asked) - set(counts) - left),
        "duplicates": sum(number - 1 for number in counts.values()), "indeterminate": unknown, "resolved": resolved,
        "left": len(left), "in_flight": kills * BATCH * THREADS,
    }  # fmt: skip


def _killing(log: Path, *, messages: int, kills: int, chance: random.Random) -> int:
    """Kill a worker at points spread over the whole of the work; gives how often one was killed in the midst of it.

    What the dead one held is put back as its leases would run out, so that nobody waits minutes for that.
    """
    killed = 0
    for number in range(kills):
        process = worker()
        aim = messages * (number + 1) // (kills + 1)
        deadline = time.monotonic() + PATIENCE
        while sum(taken(log).values()) < aim and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(chance.random() * 0.2)
        kill(process)
        _interrupted()
        killed += 1
    return killed


def _interrupted() -> int:
    """All workers are dead: what was only leased goes back, what was attempted is unknown; gives how many are."""
    later = timezone.now() + ATTEMPT + timedelta(seconds=1)
    while sweep(now=later):
        pass
    _due_now()
    return Message.objects.filter(state=State.INDETERMINATE).count()


def _due_now() -> None:
    """What goes again was put off by a clock that ran ahead; its time has come."""
    Message.objects.filter(state=State.PENDING, due_at__gt=timezone.now()).update(due_at=timezone.now())


def _settled() -> int:
    """Ask the gateway about every unknown one, let a worker send the rest; gives how many asking has settled."""
    before = Message.objects.filter(state=State.INDETERMINATE).count()
    later = timezone.now() + ATTEMPT + GRACE + timedelta(minutes=5)
    while look_up(now=later):
        later += timedelta(hours=3)
    _due_now()
    resolved = before - Message.objects.filter(state=State.INDETERMINATE).count()
    process = worker()
    try:
        deadline = time.monotonic() + PATIENCE
        waiting = Message.objects.filter(state__in=[State.PENDING, State.LEASED, State.ATTEMPTING])
        while waiting.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        kill(process)
    return resolved
