"""What happened with the sample's customers besides orders: notes, calls, meetings, up to this morning."""

from __future__ import annotations

import random
from collections.abc import Iterator

from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.demo import Habit, Life, lives, sample_ids
from peyvand.memory.interactions import demo_words as words
from peyvand.memory.interactions.services import CALL, MEETING, NOTE, InteractionRow, record_many

AT_ONCE = 2_000  # rows in one statement
LEAVING = (Habit.SLIPPING, Habit.GONE_DEAR, Habit.LOST, Habit.COOLING)
A_MINUTE = 24_000  # rial, what a minute of a colleague's time costs the house


def sample_load(actor: Actor, world: World) -> int:
    """Write the interactions of the sample; gives how many."""
    rows = sorted(_rows(world), key=lambda row: row.at)
    return sum(record_many(actor=actor, rows=rows[start : start + AT_ONCE]) for start in range(0, len(rows), AT_ONCE))


def _rows(world: World) -> Iterator[InteractionRow]:
    chance = world.chance("interactions")
    for customer_id, life in zip(sample_ids(), lives(world), strict=True):
        for _visit in range(_how_many(life, chance)):
            yield _row(world, chance, customer_id, life, days_ago=chance.randint(life.silent, life.known))
        if life.habit in LEAVING and chance.random() < 0.5:
            yield _call(world, chance, customer_id, life, days_ago=life.silent, mood=chance.randint(-85, -40))
        if life.habit in LEAVING and life.silent > 20 and chance.random() < 0.12:  # somebody of us asked after them
            yield _call(world, chance, customer_id, life, days_ago=chance.randint(0, 15), mood=None, inward=False)
    yield from _lately(world, chance)


def _lately(world: World, chance: random.Random) -> Iterator[InteractionRow]:
    """The house is never without a call: today and yesterday have theirs."""
    awake = [
        (customer_id, life)
        for customer_id, life in zip(sample_ids(), lives(world), strict=True)
        if life.silent <= 5 and life.known > 5
    ]
    for customer_id, life in chance.sample(awake, min(len(awake), world.count(28))):
        yield _row(world, chance, customer_id, life, days_ago=chance.choice((0, 0, 1)))


def _how_many(life: Life, chance: random.Random) -> int:
    """More with those who come often; a house talks more than a person."""
    tenure = (life.known - life.silent) / 30
    return min(24, round(tenure * chance.uniform(0.15, 0.55) * (2 if life.house else 1)) + chance.choice((0, 1, 1)))


def _row(world: World, chance: random.Random, customer_id: int, life: Life, *, days_ago: int) -> InteractionRow:
    kinds, shares = ((NOTE, CALL, MEETING), (35, 40, 25)) if life.house else ((NOTE, CALL, MEETING), (46, 51, 3))
    kind = chance.choices(kinds, shares)[0]
    if kind == CALL:
        mood = chance.randint(45, 95) if chance.random() < 0.2 else None
        return _call(world, chance, customer_id, life, days_ago=days_ago, mood=mood)
    if kind == MEETING:
        cost = chance.choice((None, 850_000, 1_400_000, 2_300_000))  # the way there and what was tasted
        return InteractionRow(
            kind=MEETING,
            at=world.moment(days_ago, chance),
            customer_id=customer_id,
            staff_id=world.staff_ids[chance.choice((0, 1, 1))],
            duration_s=chance.randrange(20, 95, 5) * 60,
            cost_minor=cost,
            cost_currency="" if cost is None else "IRR",
            sentiment=chance.choice((None, None, 40, 60, 75)),
            payload={"text": _say(chance, words.MEETINGS), "place": chance.choice(words.PLACES)},
        )
    return InteractionRow(
        kind=NOTE,
        at=world.moment(days_ago, chance),
        customer_id=customer_id,
        staff_id=_staff(world, chance, life),
        payload={"text": _say(chance, words.HOUSE_NOTES if life.house else words.NOTES)},
    )


def _call(
    world: World,
    chance: random.Random,
    customer_id: int,
    life: Life,
    *,
    days_ago: int,
    mood: int | None,
    inward: bool | None = None,
) -> InteractionRow:
    comes_in = chance.random() < 0.6 if inward is None else inward
    said: tuple[str, ...] = words.CALLS_IN if comes_in else words.CALLS_OUT
    if mood is not None:
        said, comes_in = (words.HAPPY if mood > 0 else words.UNHAPPY), True
    seconds = chance.randint(35, 620)
    return InteractionRow(
        kind=CALL,
        at=world.moment(days_ago, chance),
        customer_id=customer_id,
        direction="in" if comes_in else "out",
        staff_id=_staff(world, chance, life),
        duration_s=seconds,
        cost_minor=round(seconds * A_MINUTE / 60_000) * 1_000,
        cost_currency="IRR",
        sentiment=mood,
        payload={"text": _say(chance, said)},
    )


def _staff(world: World, chance: random.Random, life: Life) -> int:
    """Who was there: wholesale has its own colleague, complaints mostly the one for service."""
    if life.house:
        return world.staff_ids[chance.choice((1, 1, 1, 0))]
    return world.staff_ids[chance.choice((2, 2, 2, 3, 1))]


def _say(chance: random.Random, sentences: tuple[str, ...]) -> str:
    return chance.choice(sentences).format(**{gap: chance.choice(choices) for gap, choices in words.GAPS.items()})
