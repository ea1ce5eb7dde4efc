"""Consents coming in from a file: each row one word of a known customer, found by code, e-mail or phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone, translation

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import Row, Writer
from peyvand.memory.consents import access, queries
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Decision, Purpose, Source, Wording
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.consents.services.ledger import EARLIEST, TEXT_LENGTH
from peyvand.memory.customers.known import known_ids

BAD_PURPOSE = "consents.bad_purpose"
BAD_CHANNEL = "consents.bad_channel"
BAD_DECISION = "consents.bad_decision"
BAD_SOURCE = "consents.bad_source"
BAD_WORDING = "consents.bad_wording"
BAD_TIME = "consents.bad_time"
TOO_LONG = "consents.too_long"
DECISIONS: Mapping[Decision, Sequence[str]] = {
    Decision.GIVEN: ("given", "yes", "y", "1", "true", "opt-in", "subscribed", "allowed", "بله", "بلی", "آری", "دارد",
                     "موافق", "موافقت", "اجازه داد", "داده شده", "داده‌شده", "عضو"),
    Decision.DENIED: ("denied", "no", "n", "0", "false", "refused", "خیر", "نه", "ندارد", "مخالف", "رد", "رد شده",
                      "اجازه نداد"),
    Decision.WITHDRAWN: ("withdrawn", "opt-out", "unsubscribed", "stopped", "لغو", "لغو شده", "پس گرفته", "انصراف"),
}  # fmt: skip
CHANNEL_WORDS: Mapping[str, Sequence[str]] = {
    "sms": ("text", "text message", "پیامک", "اس ام اس", "پیامکی"),
    "email": ("e-mail", "mail", "ایمیل", "رایانامه"),
    "call": ("phone", "telephone", "تلفن", "تماس", "تلفنی"),
    "post": ("letter", "پست", "نامه"),
}


class ConsentWriter(Writer):
    """Writes lines of the ledger. A line that stands there already just so is left; nobody new is made."""

    def __init__(self, actor: Actor, options: Mapping[str, Any]) -> None:
        super().__init__()
        self.actor = actor
        self.purposes: dict[str, str] = {}
        self.channels: dict[str, str] = {}
        self.decisions: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.wordings: dict[tuple[str, str, int], int] = {}

    def prepare(self) -> None:
        """Know purposes, channels and sources by their names in both languages, and wordings by version."""
        self.actor.require(access.EDIT)
        for one in Purpose.objects.filter(demo=self.actor.demo):
            for name in (one.key, one.name_fa, one.name_en):
                if name:
                    self.purposes.setdefault(fa_key(name), one.key)
        for channel in queries.channels():
            words = (channel.name, *_in_both(channel.label), *CHANNEL_WORDS.get(channel.name, ()))
            self.channels |= {fa_key(word): channel.name for word in words}
        for decision, words_of in DECISIONS.items():
            self.decisions |= {fa_key(word): decision.value for word in (*words_of, *_in_both(decision.label))}
        for source in Source:
            self.sources |= {fa_key(word): source.value for word in (source.value, *_in_both(source.label))}
        versions = Wording.objects.filter(demo=self.actor.demo).values_list("purpose__key", "language", "version", "pk")
        self.wordings = {(key, language, version): pk for key, language, version, pk in versions}

    def write(self, rows: Sequence[Row]) -> None:
        """One batch: whom each row means, what it says, and what of it is new."""
        reach = access.customers_within(self.actor, access.EDIT)
        meant = known_ids(actor=self.actor, rows=rows, writer=self, reach=reach)
        read = [said for row, customer_id in meant if (said := self._said(row, customer_id)) is not None]
        fresh = self._fresh(read)
        self.unchanged += len(read) - len(fresh)
        self.new += consents_write(actor=self.actor, rows=fresh)
        self.totals["consents"] = self.new

    def _said(self, row: Row, customer_id: int) -> ConsentRow | None:
        """What the row says; None, with the problem noted, when it can't be read."""
        values = row.values
        found: dict[str, str] = {}
        for column, words, reason, fallback in (
            ("purpose", self.purposes, BAD_PURPOSE, ""), ("channel", self.channels, BAD_CHANNEL, ""),
            ("decision", self.decisions, BAD_DECISION, ""), ("source", self.sources, BAD_SOURCE, Source.IMPORT.value),
        ):  # fmt: skip
            text = clean(str(values.get(column, "")))
            known = words.get(fa_key(text), "") if text else fallback
            if not known:
                self.skip(row, reason, column=column, value=text[:80])
                return None
            found[column] = known
        at = values.get("at")
        now = timezone.now()
        if at is not None and not now - EARLIEST < at <= now:
            self.skip(row, BAD_TIME, column="at", value=at.isoformat())
            return None
        return ConsentRow(
            customer_id=customer_id, purpose=found["purpose"], channel=found["channel"], decision=found["decision"],
            source=found["source"], at=at, wording_id=self._wording(row, found["purpose"]),
            proof=self._text(row, "proof"), note=self._text(row, "note"),
        )  # fmt: skip

    def _wording(self, row: Row, purpose: str) -> int | None:
        """The version of the wording, as "fa 2"; a row whose version nobody knows goes in without."""
        text = clean(str(row.values.get("wording", ""))).lower()
        if not text:
            return None
        language, _space, version = text.partition(" ")
        number = int(version) if version.isdecimal() and len(version) < 9 else 0
        found = self.wordings.get((purpose, language, number))
        if found is None:
            self.note(row, BAD_WORDING, column="wording", value=text[:80])
        return found

    def _text(self, row: Row, column: str) -> str:
        text = clean(str(row.values.get(column, "")))
        if len(text) > TEXT_LENGTH:
            self.note(row, TOO_LONG, column=column, value=text[:80])
        return text[:TEXT_LENGTH]

    def _fresh(self, said: Sequence[ConsentRow]) -> list[ConsentRow]:
        """Without what the ledger has just so; a word without its day is left where it stands already."""
        ids = {one.customer_id for one in said}
        lines = ConsentEntry.objects.filter(customer_id__in=ids, reversed_by=None)
        there = set(lines.values_list("customer_id", "purpose__key", "channel", "decision", "at"))
        stands = set(
            ConsentState.objects.filter(customer_id__in=ids).values_list(
                "customer_id", "purpose__key", "channel", "decision"
            )
        )
        fresh: list[ConsentRow] = []
        for one in said:
            word = (one.customer_id, one.purpose, one.channel, str(one.decision))
            if one.at is None:
                if word in stands:
                    continue
                stands = {other for other in stands if other[:3] != word[:3]} | {word}
            elif (*word, one.at) in there:
                continue
            else:
                there.add((*word, one.at))
            fresh.append(one)
        return fresh


def _in_both(label: object) -> list[str]:
    """A label in Persian and in English."""
    words = []
    for language in ("fa", "en"):
        with translation.override(language):
            words.append(str(label))
    return words
