"""Pairs in words: what agreed, how nearly, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label
from peyvand.memory.matching.models import Pair

WORDS: Mapping[tuple[str, str], Label] = {
    ("name", "same"): _("the same name"),
    ("name", "sound"): _("names that sound the same"),
    ("name", "near"): _("nearly the same name"),
    ("name", "part"): _("one name is part of the other"),
    ("name", "family"): _("the same family name"),
    ("name", "given"): _("the same given name"),
    ("phone", "same"): _("the same phone"),
    ("phone", "near"): _("phones one digit apart"),
    ("email", "same"): _("the same email"),
    ("email", "near"): _("nearly the same email"),
    ("birth", "same"): _("the same date of birth"),
    ("birth", "near"): _("nearly the same date of birth"),
    ("city", "same"): _("the same city"),
    ("code", "same"): _("the same code"),
    ("phone", "other"): _("different phones"),
    ("email", "other"): _("different emails"),
    ("birth", "other"): _("different dates of birth"),
    ("city", "other"): _("different cities"),
    ("name", "other"): _("different names"),
}


@dataclass(frozen=True)
class Reason:
    """What speaks for a pair or against it; `strength` 1 to 3 says how much, `bits` exactly (None: a fixed rule)."""

    word: Label
    against: bool
    strength: int
    bits: float | None


def reasons(pair: Pair) -> list[Reason]:
    """Why a pair is one, the weightiest first; then what speaks against it."""
    found = [
        Reason(WORDS[one["what"], one["how"]], one["how"] == "other", _strength(one["weight"]), one["weight"])
        for one in pair.reasons
        if (one["what"], one["how"]) in WORDS
    ]
    return sorted(found, key=lambda one: (one.against, -(99 if one.bits is None else abs(one.bits))))


def _strength(bits: float | None) -> int:
    """How much a weight of so many bits says: each ten make a pair a thousand times likelier."""
    if bits is None or abs(bits) >= 9:
        return 3
    return 2 if abs(bits) >= 4 else 1


def words(reasons: Sequence[Mapping[str, Any]], *, against: bool = False) -> list[Label]:
    """What speaks for the pair, the weightiest first; with `against`, what speaks against it."""
    found = [one for one in reasons if (one["how"] == "other") is against]
    found.sort(key=lambda one: -abs(one["weight"] if one["weight"] is not None else 99))
    return [WORDS[one["what"], one["how"]] for one in found if (one["what"], one["how"]) in WORDS]
