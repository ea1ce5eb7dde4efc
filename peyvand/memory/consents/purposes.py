"""The purposes a house starts with; people add their own, and archive these."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from peyvand.memory.consents.models import PurposeKind


@dataclass(frozen=True)
class StartingPurpose:
    """A purpose of the first day, with its first wording in both languages ("" where none is asked for)."""

    key: str
    name_fa: str
    name_en: str
    kind: str
    opt_out: bool
    wording_fa: str
    wording_en: str


STARTING: tuple[StartingPurpose, ...] = (
    StartingPurpose(
        "service",
        "پیام‌های سفارش و خدمات",
        "Orders and service",
        PurposeKind.SERVICE,
        True,
        "درباره‌ی سفارش‌ها و درخواست‌هایم به من خبر بدهید.",
        "Tell me about my orders and requests.",
    ),
    StartingPurpose(
        "news",
        "خبرها و پیشنهادها",
        "News and offers",
        PurposeKind.MARKETING,
        False,
        "می‌خواهم خبرها و پیشنهادهای شما را بگیرم. می‌دانم که هر وقت بخواهم می‌توانم آن را لغو کنم.",
        "I want to receive your news and offers. I know that I can stop them at any time.",
    ),
    StartingPurpose(
        "surveys",
        "نظرسنجی",
        "Surveys",
        PurposeKind.RESEARCH,
        False,
        "می‌پذیرم که گاهی نظرم را درباره‌ی خرید و خدمات بپرسید.",
        "You may sometimes ask what I think of your goods and service.",
    ),
    StartingPurpose(
        "profiling",
        "پیشنهاد شخصی",
        "Personal suggestions",
        PurposeKind.PROFILING,
        False,
        "می‌پذیرم که از خریدهایم برای پیشنهادهایی که به کارم می‌آید استفاده کنید.",
        "You may use what I have bought to suggest what suits me.",
    ),
)


def sha_of(text: str) -> str:
    """By which a wording is known: SHA-256 over its text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def starting_write(*, purposes: Any, wordings: Any, demo: bool) -> int:
    """Write those that are not there yet, with their first wordings; gives how many rows. Takes the two models, so
    that a migration can hand its own.
    """
    there = set(purposes.objects.filter(demo=demo).values_list("key", flat=True))
    written = 0
    for place, one in enumerate(STARTING):
        if one.key in there:
            continue
        purpose = purposes.objects.create(
            demo=demo, key=one.key, name_fa=one.name_fa, name_en=one.name_en, kind=str(one.kind), opt_out=one.opt_out,
            position=place,
        )  # fmt: skip
        for language, text in (("fa", one.wording_fa), ("en", one.wording_en)):
            wordings.objects.create(
                demo=demo, purpose=purpose, language=language, version=1, text=text, sha=sha_of(text)
            )
        written += 3
    return written
