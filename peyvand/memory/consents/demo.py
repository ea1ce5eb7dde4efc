"""What the sample's customers allow: most said yes on joining, some were asked later, a few have had enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import Decision, Recorder, Source, Wording
from peyvand.memory.consents.services import ConsentRow, consents_write, purposes_ensure
from peyvand.memory.customers.demo import Habit, Life, lives, sample_ids

AT_ONCE = 2_000
CHANNELS = (("sms", 0.72), ("email", 0.45), ("call", 0.2), ("messenger:telegram", 0.18), ("messenger:bale", 0.12))
TIRED = (Habit.SLIPPING, Habit.GONE_DEAR, Habit.LOST, Habit.COOLING, Habit.ASLEEP)
SOURCES = (Source.FORM, Source.IN_PERSON, Source.OPT_IN, Source.CALL)
PROOFS = {
    Source.FORM: "فرم عضویت باشگاه مشتریان",
    Source.IN_PERSON: "فرم کاغذی در فروشگاه",
    Source.OPT_IN: "پیوند تأیید را در ایمیل باز کرد",
    Source.CALL: "در تماس تلفنی گفت",
}
ENOUGH = ("گفت پیامک‌ها زیاد است", "«لغو» فرستاد", "پیوند لغو را در ایمیل زد", "در تماس خواست دیگر پیام نگیرد")


def sample_load(actor: Actor, world: World) -> int:
    """Write the purposes of the sample and the ledger of its customers; gives how many rows."""
    written = purposes_ensure(demo=True)
    wordings = {
        (key, language): pk
        for key, language, pk in Wording.objects.filter(demo=True).values_list("purpose__key", "language", "pk")
    }
    rows = [
        replace(row, wording_id=wordings.get((row.purpose, "fa")) if _agrees(row) else None) for row in _rows(world)
    ]
    rows.sort(key=lambda row: (row.at or world.now, row.customer_id))
    for start in range(0, len(rows), AT_ONCE):
        written += consents_write(actor=actor, rows=rows[start : start + AT_ONCE])
    return written


def _agrees(row: ConsentRow) -> bool:
    return row.decision == Decision.GIVEN and row.source != Source.CALL


def _rows(world: World) -> Iterator[ConsentRow]:
    chance = world.chance("consents")
    for customer_id, life in zip(sample_ids(), lives(world), strict=True):
        if chance.random() > 0.82:
            continue  # never asked
        joined = world.moment(life.known, chance)
        source = chance.choices(SOURCES, (45, 30, 15, 10))[0]
        said = ConsentRow(
            customer_id=customer_id, purpose="news", channel="", decision=Decision.GIVEN, source=source, at=joined,
            recorder=Recorder.CUSTOMER if source in (Source.FORM, Source.OPT_IN) else Recorder.STAFF,
            proof=PROOFS[source],
        )  # fmt: skip
        for channel, share in CHANNELS:
            if chance.random() > share:
                continue
            yes = chance.random() < 0.86
            yield replace(said, channel=channel, decision=Decision.GIVEN if yes else Decision.DENIED)
            if yes and life.silent + 1 < life.known and chance.random() < (0.2 if life.habit in TIRED else 0.05):
                yield _enough(world, chance.choice(ENOUGH), replace(said, channel=channel), life, chance.random())
        if chance.random() < 0.4:
            for channel in ("sms", "email"):
                yield replace(said, purpose="surveys", channel=channel)
        if chance.random() < 0.3:
            yield replace(said, purpose="profiling", channel="email")
        if chance.random() < 0.02:
            yield _enough(world, ENOUGH[3], replace(said, purpose="service", channel="call"), life, 0.5)


def _enough(world: World, words: str, said: ConsentRow, life: Life, place: float) -> ConsentRow:
    """The same channel taken back, some day between the first visit and the last."""
    days = life.silent + place * (life.known - life.silent - 1)
    at = min(world.now - timedelta(minutes=3), world.now - timedelta(days=days))
    if said.at is not None and at <= said.at:
        at = min(world.now - timedelta(minutes=2), said.at + timedelta(hours=1))
    return replace(
        said, decision=Decision.WITHDRAWN, source=Source.MESSAGE if "تماس" not in words else Source.CALL, at=at,
        recorder=Recorder.CUSTOMER, proof=words,
    )  # fmt: skip
