"""The contracts of the sample: houses are supplied by the half-year, some people have coffee sent every month."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from peyvand.foundation.calendar.calendars import CalendarKind, add_months
from peyvand.foundation.demo.world import World
from peyvand.foundation.money.currencies import RIALS_A_TOMAN
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.contract_timeline import KIND_OF, row_of
from peyvand.memory.commerce.models import Contract, ContractEntry, ContractEntryKind, ContractKind
from peyvand.memory.commerce.models.contracts import LAPSED
from peyvand.memory.customers.demo import Habit, Life, cast, sample_ids
from peyvand.memory.interactions.services import record_many

SUBSCRIBERS = 150  # of the whole sample
WHY = {"price": 5, "service": 2, "competitor": 3, "unused": 4, "need": 3, "closed": 2, "moved": 2, LAPSED: 3}
NOTES = {"price": "گفتند از مهر نمی‌توانند با این قیمت ادامه دهند.", "competitor": "برشته‌کار دیگری را امتحان می‌کنند."}
TOMAN = 1_000_000


@dataclass(frozen=True)
class Sort:
    """A sort of contract: term in months, chances of leaving drawn from a beta distribution, fees in million toman."""

    kind: ContractKind
    term: int
    leaving: tuple[float, float]
    fees: Sequence[float]
    itself: bool


SUPPLY = Sort(ContractKind.SUPPLY, 6, (0.7, 2.8), (6, 9, 14, 22, 38), itself=False)
MONTHLY = Sort(ContractKind.SUBSCRIPTION, 1, (0.6, 4.2), (0.48, 0.65, 0.9), itself=True)


def contracts_write(actor: Actor, world: World) -> int:
    """Write the contracts with their ledgers and interactions; gives how many rows, interactions apart."""
    chance = world.chance("commerce.contracts")
    made = [
        _ledger(world, chance, customer_id, life, sort, place)
        for place, (customer_id, life, sort) in enumerate(_parties(world, chance))
    ]
    Contract.objects.bulk_create([contract for contract, _entries in made])
    ContractEntry.objects.bulk_create([entry for _contract, entries in made for entry in entries])
    told = [
        row_of(contract, entry)
        for contract, entries in made
        for entry in entries
        if ContractEntryKind(entry.kind) in KIND_OF and not (entry.by_itself and entry.kind == "renewal")
    ]
    record_many(actor=actor, rows=sorted(told, key=lambda row: row.at))
    return sum(1 + len(entries) for _contract, entries in made)


def _parties(world: World, chance: random.Random) -> Iterator[tuple[int, Life, Sort]]:
    left = world.count(SUBSCRIBERS)
    for customer_id, member in zip(sample_ids(), cast(world), strict=True):
        life = member.life
        if life.abroad or life.habit is Habit.WATCHING or life.known < 50:
            continue
        if life.house:
            yield customer_id, life, SUPPLY
        elif left and chance.random() < 0.34:
            left -= 1
            yield customer_id, life, MONTHLY


def _ledger(
    world: World, chance: random.Random, customer_id: int, life: Life, sort: Sort, place: int
) -> tuple[Contract, list[ContractEntry]]:
    first = world.day(chance.randint(life.known * 2 // 3, life.known - 1))
    fee = round(chance.choice(sort.fees) * TOMAN) * RIALS_A_TOMAN
    contract = Contract(
        demo=True, number=f"C-{1001 + place}", customer_id=customer_id, kind=sort.kind, starts_on=first,
        renews_itself=sort.itself, period_months=1, currency="IRR",
    )  # fmt: skip
    until = _last(first, sort.term)
    entries = [_term(contract, ContractEntryKind.SIGNED, first, until, sort, fee)]
    leaves = chance.betavariate(*sort.leaving)
    while until < world.today:
        if chance.random() < leaves:
            entries.append(_end(chance, contract, until))
            return contract, entries
        first, until = until + timedelta(days=1), _last(until + timedelta(days=1), sort.term)
        dearer = not sort.itself and chance.random() < 0.6
        fee = round(fee * 1.18) if dearer else fee
        entries.append(_term(contract, ContractEntryKind.RENEWAL, first, until, sort, fee if dearer else None))
    return contract, entries


def _last(first: date, months: int) -> date:
    return add_months(first, months, CalendarKind.JALALI) - timedelta(days=1)


def _term(
    contract: Contract, kind: ContractEntryKind, first: date, until: date, sort: Sort, fee: int | None
) -> ContractEntry:
    by_itself = sort.itself and kind == ContractEntryKind.RENEWAL
    return ContractEntry(
        contract=contract, kind=kind, day=first, until=until, term_months=sort.term, fee_minor=fee,
        by_itself=by_itself,
    )  # fmt: skip


def _end(chance: random.Random, contract: Contract, day: date) -> ContractEntry:
    (reason,) = chance.choices(list(WHY), list(WHY.values()))
    return ContractEntry(
        contract=contract, kind=ContractEntryKind.END, day=day, reason=reason, by_itself=reason == LAPSED,
        note=NOTES.get(reason, "") if chance.random() < 0.4 else "",
    )  # fmt: skip
