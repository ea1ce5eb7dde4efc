"""Rows of the ledger before the gate: drawn for their recipient, judged, and told what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peyvand.channels.outreach import fields
from peyvand.channels.outreach.addresses import click_token, one_click_url, preferences_url
from peyvand.channels.outreach.declarations import Account, Carrier
from peyvand.channels.outreach.dispatching.linked import links_of
from peyvand.channels.outreach.drawing import Drawn, drawn
from peyvand.channels.outreach.gate.checks import HOLD, REFUSE, Said
from peyvand.channels.outreach.gate.facts import Facts, Got, Wanted, facts_load
from peyvand.channels.outreach.gate.judging import Option, Verdict, judge
from peyvand.channels.outreach.merging import fields_of
from peyvand.channels.outreach.models import Content, Message, State
from peyvand.channels.outreach.rules import Rule
from peyvand.channels.outreach.tracking import rewritten

NO_RULE = Rule(caps_exempt=False, quiet_exempt=False)


@dataclass
class Judged:
    """A row with what the gate says of it, and, when it may go, what its recipient will read."""

    message: Message
    verdict: Verdict
    drawn: Drawn | None = None
    preferences: str = ""
    name: str = ""  # the recipient's

    @property
    def carrier(self) -> str:
        """The channel that was chosen."""
        return self.verdict.chosen.channel


def wanted_of(message: Message) -> Wanted:
    """What a row asks of the gate."""
    return Wanted(
        id=message.pk, customer_id=message.customer_id, purpose=message.purpose,
        options=tuple(map(str, message.options)) or ("",), address=message.address if message.address_key else "",
        address_key=message.address_key, account_id=message.account_id, answers=bool(message.thread.get("answers")),
    )  # fmt: skip


def judged_all(messages: Sequence[Message], *, now: datetime, demo: bool, lock: bool) -> tuple[list[Judged], Facts]:
    """Judge them in their order, each knowing what was allowed before it; and with what was reckoned."""
    facts = facts_load([wanted_of(one) for one in messages], now=now, demo=demo, lock=lock)
    words, codes = _words(messages, facts), _codes(messages, facts)
    done = []
    for message in messages:
        found = _judged(
            message, facts, words, codes.get(message.content_id or 0, {}) if _tracks(message, facts) else {}
        )
        done.append(found)
        if found.verdict.action == "pass":
            chosen = found.verdict.chosen
            assert chosen.account is not None  # noqa: S101  the last check has passed
            facts.note(
                customer_id=message.customer_id, account=chosen.account,
                got=Got(chosen.channel, message.kind, message.purpose, now),
                cost_minor=chosen.account.price_minor * chosen.parts, currency=chosen.account.currency,
            )  # fmt: skip
    return done, facts


def _words(messages: Sequence[Message], facts: Facts) -> dict[tuple[str, int], dict[str, str]]:
    """Of each recipient, in the language they are written to, the words that the texts ask for."""
    asked: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[int]] = defaultdict(set)
    for message in messages:
        if message.content is not None and message.customer_id is not None:
            language = language_of(message, facts)
            asked[language] |= asked_of(message.content)
            people[language].add(message.customer_id)
    found = {}
    for language, names in asked.items():
        ids = sorted(people[language])
        for pk, words in fields.gathered(names, customer_ids=ids, language=language).items():
            found[language, pk] = words
    return found


def _tracks(message: Message, facts: Facts) -> bool:
    """Whether the links of a message tell us who opened them."""
    return facts.tracking and facts.rules.get(message.purpose, NO_RULE).tracks


def _codes(messages: Sequence[Message], facts: Facts) -> Mapping[int, Mapping[str, str]]:
    """The short links of the contents whose messages have such, by address."""
    contents = {one.content.pk: one.content for one in messages if one.content is not None and _tracks(one, facts)}
    return links_of(list(contents.values()))


_asked: dict[int, frozenset[str]] = {}  # of a content, which never changes
MOST_KNOWN = 1_000


def asked_of(content: Content) -> frozenset[str]:
    """The fields that a content's texts ask for."""
    if (known := _asked.get(content.pk)) is not None:
        return known
    names: set[str] = set()
    for text in content.texts.values():
        names |= fields_of(str(text.get("html") or text["body"])) | fields_of(str(text.get("subject", "")))
    if len(_asked) >= MOST_KNOWN:
        _asked.clear()
    return _asked.setdefault(content.pk, frozenset(names))


def language_of(message: Message, facts: Facts) -> str:
    """The recipient's language: as asked for, as known of them, else Persian."""
    person = facts.people.get(message.customer_id or 0)
    return message.language or (person.language if person else "") or "fa"


def _judged(
    message: Message, facts: Facts, words: dict[tuple[str, int], dict[str, str]], codes: Mapping[str, str]
) -> Judged:
    language = language_of(message, facts)
    person = facts.people.get(message.customer_id or 0)
    recipient = facts.recipients.get(message.customer_id or 0)
    preferences = preferences_url(recipient.link) if recipient else ""
    values = {
        **words.get((language, message.customer_id or 0), {}),
        **message.values,
        "preferences_link": preferences,
        "unsubscribe_link": one_click_url(message.uid),
    }
    texts = message.content.texts if message.content is not None else {}
    seen: dict[str, Drawn | None] = {}

    def read(carrier: Carrier, account: Account | None) -> Drawn | None:
        if carrier.name not in seen:
            shown = drawn(texts, values, carrier=carrier, account=account, kind=message.kind, language=language)
            if shown is not None and codes:
                shown = rewritten(shown, codes, click_token(message.pk))
            seen[carrier.name] = shown
        return seen[carrier.name]

    def parts(carrier: Carrier, account: Account | None) -> int:
        found = read(carrier, account)
        return carrier.parts(found.text) if found is not None else 1

    verdict = judge(wanted_of(message), facts, parts=parts)
    shown = seen.get(verdict.chosen.channel)
    if verdict.action == "pass" and (shown is None or not shown.text.strip()):
        verdict = _nothing_to_say(verdict)
    asked = asked_of(message.content) if message.content is not None else frozenset()
    message.merged = {name: value for name, value in values.items() if name in asked}
    passed = shown if verdict.action == "pass" else None
    return Judged(message, verdict, passed, preferences, person.name if person else "")


def _nothing_to_say(verdict: Verdict) -> Verdict:
    chosen = verdict.chosen
    option = Option(
        chosen.channel, [*chosen.said, Said("content", REFUSE, "empty")], chosen.account, chosen.address, chosen.parts
    )  # fmt: skip
    return Verdict(option, [*verdict.options[:-1], option])


def held_or_refused(found: Judged, *, now: datetime, rule: Rule) -> dict[str, Any]:
    """What a row is told that may not go now: when it is looked at again, or that it never goes."""
    verdict, message = found.verdict, found.message
    told: dict[str, Any] = {"reason": verdict.reason[:60], "verdict": verdict.as_plain(), "held_until": None}
    if verdict.action == HOLD:
        until = verdict.until or now + timedelta(minutes=10)
        last = min(
            [one for one in (message.expires_at, _dropped_at(message, rule)) if one is not None], default=None
        )  # fmt: skip
        if last is not None and until > last:
            return {**told, "state": State.REFUSED, "reason": f"late:{verdict.reason}"[:60]}
        return {**told, "state": State.HELD, "held_until": until}
    return {**told, "state": State.REFUSED}


def _dropped_at(message: Message, rule: Rule) -> datetime | None:
    return max(message.due_at, message.created_at) + timedelta(hours=rule.hours) if rule.hours else None


def judged_now(message: Message, *, now: datetime) -> None:
    """Tell a row that was just asked for what the gate says, without taking its turn from the dispatcher."""
    (found,), facts = judged_all([message], now=now, demo=message.demo, lock=False)
    message.verdict = found.verdict.as_plain()
    names = {"verdict"}
    if found.verdict.action != "pass" and found.verdict.chosen.last.why != "per-second":
        rule = facts.rules.get(message.purpose, NO_RULE)
        for name, value in held_or_refused(found, now=now, rule=rule).items():
            setattr(message, name, value)
            names.add(name)
    message.save(update_fields=sorted(names))
