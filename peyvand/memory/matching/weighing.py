"""What each agreement is worth: Fellegi and Sunter's m and u for the levels of a comparison, and the score they make.

m is how often records of the same customer agree so, u how often those of two customers do. These are the given
values, for bases too small to learn from; the search over the whole base (finding) learns its own where it can. In a
base of n records a shared phone or a name of an everyday kind is worth less the larger n is: u says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peyvand.memory.matching.likeness import (
    FAMILY,
    GIVEN,
    NEAR,
    OTHER,
    PART,
    SAME,
    SOUND,
    NameKeys,
    any_common,
    distance,
    name_level,
)

CERTAIN, LIKELY, POSSIBLE = 0.95, 0.7, 0.4
DUPLICATES = 0.1  # how many true pairs a record has, on the average, before looking
PHONES_SHARED, EMAILS_SHARED = 0.3, 0.1  # other people with the same one, a record, as in a household
NAME_U = 2e-4  # two people with the same whole name, where the base is too small to count
SURE = 0.97  # a shared phone, address or code with a name as near as this is certain whatever the rest says


@dataclass(frozen=True)
class Level:
    """A level of a comparison: its number, how it reads, m and u."""

    number: int
    how: str
    m: float
    u: float


def levels(records: int) -> dict[str, tuple[Level, ...]]:
    """The comparisons, best level first, for a base of so many records."""
    size = max(records, 100)
    phone, email = PHONES_SHARED * 2 / size, EMAILS_SHARED * 2 / size
    return {
        "name": (
            Level(SAME, "same", 0.45, NAME_U),
            Level(SOUND, "sound", 0.17, NAME_U),
            Level(NEAR, "near", 0.20, 6e-4),
            Level(PART, "part", 0.06, 1e-3),
            Level(FAMILY, "family", 0.01, 1.5e-2),
            Level(GIVEN, "given", 0.05, 3e-2),
            Level(OTHER, "other", 0.06, 0.95),
        ),
        "phone": (
            Level(2, "same", 0.62, phone),
            Level(1, "near", 0.06, 30 * phone if phone < 1e-3 else 0.02),
            Level(0, "other", 0.32, 0.98),
        ),
        "email": (
            Level(2, "same", 0.6, email),
            Level(1, "near", 0.15, 5 * email),
            Level(0, "other", 0.25, 0.99),
        ),
        "birth": (
            Level(2, "same", 0.85, 1 / 15_000),
            Level(1, "near", 0.1, 1 / 500),
            Level(0, "other", 0.05, 0.99),
        ),
        "city": (Level(1, "same", 0.8, 0.15), Level(0, "other", 0.2, 0.85)),
    }


def prior(records: int) -> float:
    """How probable it is, before looking, that two records are one customer."""
    return min(DUPLICATES / max(records, 100), 1e-3)


@dataclass(frozen=True)
class Record:
    """What is compared of a customer."""

    id: int
    keys: NameKeys
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    locals: Sequence[str] = ()
    codes: Sequence[str] = ()
    birth: date | None = None
    city: str = ""


@dataclass(frozen=True)
class Finding:
    """A pair with its score and the reasons, as models.Pair keeps them."""

    a: int
    b: int
    score: float
    reasons: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def gammas(one: Record, other: Record) -> dict[str, int]:
    """The level reached in each comparison; those where a side is empty are left out."""
    found: dict[str, int] = {}
    name = name_level(one.keys, other.keys)
    if name >= 0:
        found["name"] = name
    if one.phones and other.phones:
        found["phone"] = 2 if any_common(one.phones, other.phones) else int(_near_phone(one.phones, other.phones))
    if one.emails and other.emails:
        same = any_common(one.emails, other.emails)
        found["email"] = 2 if same else int(any_common(one.locals, other.locals))
    if one.birth and other.birth:
        near = distance(one.birth.isoformat(), other.birth.isoformat()) <= 1
        found["birth"] = 2 if one.birth == other.birth else int(near)
    if one.city and other.city:
        found["city"] = int(one.city == other.city)
    return found


def _near_phone(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(len(a) > 8 and distance(a, b) <= 1 for a in one for b in other)


def score(one: Record, other: Record, *, records: int) -> Finding:
    """The pair weighed with the given values."""
    known = levels(records)
    bits = math.log2(prior(records))
    reasons = []
    reached = gammas(one, other)
    for what, number in reached.items():
        level = next(level for level in known[what] if level.number == number)
        weight = math.log2(level.m / level.u)
        bits += weight
        reasons.append({"what": what, "how": level.how, "weight": round(weight, 2)})
    probability = 1 / (1 + 2 ** -max(min(bits, 60.0), -60.0))
    a, b = sorted((one.id, other.id))
    codes = any_common(one.codes, other.codes)
    if codes:
        reasons.insert(0, {"what": "code", "how": "same", "weight": None})
    sure = is_sure(reached, codes=codes)
    return Finding(a=a, b=b, score=max(probability, SURE) if sure else probability, reasons=tuple(reasons))


def is_sure(reached: Mapping[str, int], *, codes: bool = False) -> bool:
    """The exact rules: the same phone, address or code, and a name that is nearly the same, and no other birthday."""
    exact = codes or reached.get("phone") == 2 or reached.get("email") == 2
    return exact and reached.get("name", OTHER) >= NEAR and reached.get("birth", 2) > 0


def level_of(probability: float) -> str:
    """The score in a word, as models.Level."""
    return "certain" if probability >= CERTAIN else "likely" if probability >= LIKELY else "possible"
