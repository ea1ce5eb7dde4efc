"""The ledger: sent once whatever dies, unknown is never guessed, what is told twice counts once."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from peyvand.channels.outreach.declarations import Outcome, Said
from peyvand.channels.outreach.dispatching import handing
from peyvand.channels.outreach.dispatching.claiming import ATTEMPT, LEASE, attempt, claim
from peyvand.channels.outreach.dispatching.handing import answered, note, noted
from peyvand.channels.outreach.dispatching.settling import Told, report, settle
from peyvand.channels.outreach.dispatching.standing import send_due, speak
from peyvand.channels.outreach.dispatching.sweeping import GRACE, look_up, sweep
from peyvand.channels.outreach.models import DeliveryReport, Message, State, Suppression
from peyvand.channels.outreach.services import ContentData, TextData, cancel, send_many
from peyvand.channels.outreach.showing import rows
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Person = Callable[..., Customer]
NEWS = ContentData(texts=[TextData("سلام", "fa")], title="news")


@pytest.fixture
def asked(actor: Actor, person: Person, providers: Providers) -> Callable[..., list[Message]]:
    """Asks for messages to so many new people over a channel."""

    def ask(number: int, channel: str = "sms") -> list[Message]:
        people = [person(allows=["sms", "email"]).pk for _n in range(number)]
        send_many(
            actor=actor, customers=people, purpose="news", content=NEWS, dedupe_key=f"c{people[0]}", channel=channel,
            source=("test", 7),
        )  # fmt: skip
        return list(Message.objects.filter(customer_id__in=people).order_by("pk"))

    return ask


def moment(at: datetime) -> datetime:
    return at


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Message.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_a_provider_is_told_whom_it_is_for_though_the_text_names_nobody(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    (message,) = asked(1, "email")
    send_due()
    assert message.customer is not None
    assert [one.to_name for one in providers.email.taken] == [message.customer.name]


def test_a_lease_runs_out_and_is_taken_up_again(asked: Callable[..., list[Message]], providers: Providers) -> None:
    asked(3)
    now = timezone.now()
    _lease, ids = claim(now=now, limit=10)
    assert len(ids) == 3
    assert claim(now=now, limit=10)[1] == []
    sweep(now=now + LEASE)  # the worker died before it attempted anything
    send_due(clock=lambda: now + LEASE)
    assert states() == {"sent": 3}
    assert len(providers.sms.taken) == 3


def test_who_died_in_an_attempt_is_asked_after_and_never_sent_again_blindly(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    one, two, three = asked(3)
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    assert sum(len(load.messages) for load in attempt(lease=lease, ids=ids, now=now)) == 3
    later = now + ATTEMPT  # and here the worker was killed
    sweep(now=later)
    assert states() == {"indeterminate": 3}
    assert send_due(clock=lambda: later) == 0
    providers.sms.knows = {one.pk: Said.SENT, two.pk: Said.NEVER}
    assert look_up(now=later + GRACE) == 2
    one.refresh_from_db()
    assert (one.state, one.provider_id) == (State.SENT, f"p{one.pk}")
    assert Interaction.objects.get(source_kind="outreach.message", source_id=one.pk).payload["text"] == "سلام"
    send_due(clock=lambda: later + GRACE)
    assert [taken.id for taken in providers.sms.taken] == [two.pk]
    three.refresh_from_db()
    assert three.state == State.INDETERMINATE
    assert look_up(now=later + GRACE) == 0, "not asked again at once"


class Killed(BaseException):
    """The end of a worker, of which nothing of ours hears."""


def killed(messages: list[Message], *, reached: int, now: datetime) -> uuid.UUID:
    """A worker attempts them, hands so many over, and is killed; gives its lease."""
    lease, ids = claim(now=now, limit=10)
    with suppress(Killed), noted(lease):
        assert sum(len(load.messages) for load in attempt(lease=lease, ids=ids, now=now)) == len(messages)
        note(one.pk for one in messages[:reached])
        raise Killed
    return lease


@pytest.mark.parametrize("reached", [0, 1, 3])
def test_what_a_killed_worker_had_not_handed_over_goes_and_only_the_rest_is_unknown(
    asked: Callable[..., list[Message]], providers: Providers, reached: int
) -> None:
    messages = asked(3, "email")
    now = timezone.now()
    killed(messages, reached=reached, now=now)
    sweep(now=now + ATTEMPT)
    send_due(clock=lambda: now + ATTEMPT)
    assert [one.id for one in providers.email.taken] == [one.pk for one in messages[reached:]]
    unknown = Message.objects.filter(state=State.INDETERMINATE)
    assert list(unknown.order_by("pk")) == messages[:reached]


def test_an_answer_that_came_before_the_kill_is_settled(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    (gone, refused, unheard, kept), now = asked(4, "email"), timezone.now()
    lease, ids = claim(now=now, limit=10)
    with suppress(Killed), noted(lease):
        attempt(lease=lease, ids=ids, now=now)
        for one, said in ((gone, Said.SENT), (refused, Said.FAILED)):
            note([one.pk])
            answered([Outcome(one.pk, said, provider_id=f"<{one.uid}>", code="250", text="«گرفتیم»")])
        note([unheard.pk])
        raise Killed
    later = now + ATTEMPT
    sweep(now=later)
    send_due(clock=lambda: later)
    found = {one.pk: (str(one.state), one.provider_id) for one in Message.objects.all()}
    assert found == {
        gone.pk: ("sent", f"<{gone.uid}>"), refused.pk: ("failed", f"<{refused.uid}>"),
        unheard.pk: ("indeterminate", ""), kept.pk: ("sent", f"p{kept.pk}"),
    }  # fmt: skip
    assert [one.id for one in providers.email.taken] == [kept.pk]
    told = Interaction.objects.filter(source_kind="outreach.message")
    assert set(told.values_list("source_id", flat=True)) == {gone.pk, kept.pk}


@pytest.mark.parametrize("spoilt", ["missing", "other boot", "cut short", "empty"])
def test_a_note_that_can_t_be_believed_leaves_all_unknown(
    asked: Callable[..., list[Message]], providers: Providers, spoilt: str
) -> None:
    messages, now = asked(3), timezone.now()
    path = handing._path(killed(messages, reached=1, now=now))
    whole = path.read_bytes()
    assert whole.endswith(b"\n")
    left = {"other boot": b"0000\n", "cut short": whole[:-1], "empty": b""}
    path.unlink() if spoilt == "missing" else path.write_bytes(left[spoilt])
    sweep(now=now + ATTEMPT)
    assert states() == {"indeterminate": 3}
    assert send_due(clock=lambda: now + ATTEMPT) == 0


def test_a_worker_that_lives_and_is_only_slow_is_not_overtaken(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    asked(3)
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    with noted(lease):
        (load,) = attempt(lease=lease, ids=ids, now=now)
        sweep(now=now + ATTEMPT)
        assert states() == {"indeterminate": 3}
        speak(load, clock=lambda: now + ATTEMPT)
    assert states() == {"sent": 3}
    assert len(providers.sms.taken) == 3
    assert not handing._path(lease).exists()


def test_a_full_disk_makes_a_note_worthless_and_nothing_worse(
    asked: Callable[..., list[Message]], providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = asked(2)
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    with suppress(Killed), noted(lease):
        attempt(lease=lease, ids=ids, now=now)
        with monkeypatch.context() as patched:
            patched.setattr(handing.os, "write", lambda _file, line: len(line) - 1)
            note([messages[0].pk])
        note([messages[1].pk])
        raise Killed
    sweep(now=now + ATTEMPT)
    assert states() == {"indeterminate": 2}


def test_old_notes_go(asked: Callable[..., list[Message]], providers: Providers) -> None:
    path = handing._path(killed(asked(1), reached=1, now=timezone.now()))
    assert handing.clean() == 0
    os.utime(path, (1, 1))
    assert handing.clean() >= 1
    assert not path.exists()


def test_a_code_for_having_taken_it_is_no_reason(asked: Callable[..., list[Message]], providers: Providers) -> None:
    taken, refused = asked(2)
    providers.sms.answers = lambda one: Outcome(one.id, Said.SENT if one.id == taken.pk else Said.FAILED, code="250")
    send_due()
    shown = {one.message.pk: one.why for one in rows(Message.objects.all(), demo=False)}
    assert shown == {taken.pk: "", refused.pk: "250"}


def test_mail_that_nobody_knows_of_waits_for_a_person(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    asked(2, channel="email")
    providers.email.raises = RuntimeError("the line broke")
    send_due()
    assert states() == {"indeterminate": 2}
    providers.email.raises = None
    far = timezone.now() + timedelta(days=3)
    sweep(now=far)
    assert look_up(now=far) == 0
    assert send_due(clock=lambda: far) == 0
    assert len(providers.email.taken) == 2


def test_what_was_certainly_not_taken_is_tried_again_and_given_up_at_last(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    (message,) = asked(1)
    providers.sms.answers = lambda one: Outcome(one.id, Said.AGAIN, code="429", after=7)
    now = timezone.now()
    for _n in range(10):
        send_due(clock=partial(moment, now))
        now += timedelta(hours=1)
    message.refresh_from_db()
    assert (message.state, message.tries, message.reason) == (State.FAILED, 6, "429")
    assert not Interaction.objects.filter(kind="outreach.message").exists()


def test_a_report_told_five_times_counts_once_and_never_goes_back(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    (message,) = asked(1)
    send_due()
    told = Told(key="r1", said=Said.DELIVERED, provider_id=f"p{message.pk}")
    assert [report([told], channel="sms") for _n in range(5)] == [1, 0, 0, 0, 0]
    assert report([Told(key="r0", said=Said.SENT, uid=message.uid)], channel="sms") == 1
    message.refresh_from_db()
    assert (message.state, DeliveryReport.objects.count()) == (State.DELIVERED, 2)
    assert report([Told(key="x", said=Said.DELIVERED, provider_id="nobody's")], channel="sms") == 0


def test_a_bounce_after_sending_suppresses_the_address(
    asked: Callable[..., list[Message]], providers: Providers
) -> None:
    (message,) = asked(1, channel="email")
    send_due()
    report([Told(key="b", said=Said.FAILED, uid=message.uid, code="5.1.1", suppress="hard-bounce")], channel="email")
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "5.1.1")
    assert Suppression.objects.get().address == message.address


def test_called_off_is_called_off(actor: Actor, asked: Callable[..., list[Message]], providers: Providers) -> None:
    asked(4)
    assert cancel(actor=actor, source=("test", 7)) == 4
    assert send_due() == 0
    assert states() == {"cancelled": 4}


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.sampled_from([Said.SENT, Said.FAILED, Said.UNKNOWN, Said.AGAIN, "", "dies"]), min_size=4, max_size=4
    ),
    knows=st.lists(st.sampled_from([Said.SENT, Said.FAILED, Said.UNKNOWN, Said.NEVER]), min_size=4, max_size=4),
)
def test_nobody_gets_anything_twice_unless_the_provider_swears_it_never_came(
    asked: Callable[..., list[Message]], providers: Providers, said: list[str], knows: list[str]
) -> None:
    """Whatever answers come, or none, and wherever a worker dies: a message is handed over again only after the
    provider said it was not taken.
    """
    Message.objects.all().delete()
    providers.sms.taken.clear()
    messages = asked(4)
    plan = dict(zip([one.pk for one in messages], said, strict=True))
    providers.sms.knows = dict(zip(plan, knows, strict=True))
    allowed_again: set[int] = {pk for pk, word in plan.items() if word == Said.AGAIN}
    providers.sms.answers = lambda one: Outcome(one.id, plan[one.id]) if plan[one.id] not in ("", "dies") else None
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    for load in attempt(lease=lease, ids=ids, now=now):
        if "dies" not in plan.values():
            speak(load, clock=lambda: now)
        else:
            providers.sms.taken += load.messages  # it reached them, and then the worker died
            allowed_again = set()
    plan.update(dict.fromkeys(plan, Said.SENT))
    for _step in range(3):
        now += ATTEMPT + GRACE
        sweep(now=now)
        look_up(now=now)
        send_due(clock=partial(moment, now))
    never = {pk for pk, word in providers.sms.knows.items() if word == Said.NEVER}
    counts = {pk: sum(one.id == pk for one in providers.sms.taken) for pk in plan}
    assert all(count == 1 or pk in never | allowed_again for pk, count in counts.items()), (said, knows, counts)
    gone = set(Message.objects.filter(state=State.SENT).values_list("pk", flat=True))
    told = set(Interaction.objects.filter(kind="outreach.message").values_list("source_id", flat=True))
    assert gone <= told


def test_settling_needs_the_lease_that_attempted(asked: Callable[..., list[Message]], providers: Providers) -> None:
    (message,) = asked(1)
    now = timezone.now()
    lease, ids = claim(now=now, limit=1)
    attempt(lease=lease, ids=ids, now=now)
    assert settle([Outcome(message.pk, Said.SENT)], now=now, lease=message.uid) == 0
    assert settle([Outcome(message.pk, Said.SENT)], now=now, lease=lease) == 1
