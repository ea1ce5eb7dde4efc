"""All that the gate has to know of many recipients at once: a fixed number of reads, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, Sum

from peyvand.channels.outreach.addresses import digest_of, link_make
from peyvand.channels.outreach.carriers import carriers
from peyvand.channels.outreach.declarations import Account, Carrier
from peyvand.channels.outreach.models import (
    COUNTED,
    Budget,
    Cap,
    Message,
    PurposeRule,
    QuietHours,
    Recipient,
    Suppression,
)
from peyvand.channels.outreach.rules import Rule, month_start, rule_of
from peyvand.foundation.accounts import settings
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.queries import Standing, standing
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.privacy.suppression import suppressed
from peyvand.memory.work.hours import Calendar
from peyvand.memory.work.queries import calendar_load

LOOK_BACK = timedelta(days=31)
_RECIPIENTS = """
INSERT INTO outreach_recipient (customer_id, demo, link, preferred, pace, tz)
SELECT c.id, c.demo, r.link, '', '', '' FROM unnest(%s::bigint[], %s::text[]) AS r (id, link)
JOIN customers_customer c ON c.id = r.id AND c.demo = %s
ORDER BY c.id ON CONFLICT (customer_id) DO NOTHING
"""
# What somebody got of late: of each message its channel, kind, purpose and moment.
_LATELY = """
SELECT customer_id, channel, kind, purpose, attempted_at FROM outreach_message
WHERE customer_id = ANY(%s) AND attempted_at > %s AND state = ANY(%s) ORDER BY attempted_at
"""


@dataclass(frozen=True)
class Wanted:
    """What is asked for one recipient. `options` are channels, first first; [""] lets the recipient's choice decide."""

    id: int
    customer_id: int | None
    purpose: str
    options: tuple[str, ...]
    address: str = ""
    address_key: str = ""
    account_id: int | None = None
    answers: bool = False  # they wrote first, and wait


@dataclass(frozen=True)
class Got:
    """A message somebody got."""

    channel: str
    kind: str
    purpose: str
    at: datetime


@dataclass(frozen=True)
class Address:
    """An address of a recipient."""

    kind: str
    key: str
    value: str
    system: str = ""
    primary: bool = False


@dataclass
class Facts:
    """What is known at one moment."""

    now: datetime
    demo: bool
    tz: str
    currency: str
    calendar: Calendar
    weekend: Collection[int] = ()
    tracking: bool = True
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    accounts: Mapping[str, Sequence[Account]] = field(default_factory=dict)
    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    caps: Sequence[Cap] = ()
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    budgets: Sequence[Budget] = ()
    recipients: Mapping[int, Recipient] = field(default_factory=dict)
    people: Mapping[int, Customer] = field(default_factory=dict)
    allowed: Mapping[tuple[str, str], Collection[int]] = field(default_factory=dict)
    refusing: Mapping[tuple[str, str], Collection[int]] = field(default_factory=dict)  # of those who don't allow it
    addresses: Mapping[int, Sequence[Address]] = field(default_factory=dict)
    suppressed: Mapping[tuple[str, str], Sequence[Suppression]] = field(default_factory=dict)
    erased: Collection[tuple[str, str]] = ()
    lately: dict[int, list[Got]] = field(default_factory=lambda: defaultdict(list))
    spent: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    used_today: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    used_now: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def suppressions_of(self, channel: str, key: str) -> Sequence[Suppression]:
        """What stands against an address."""
        return self.suppressed.get((channel, digest_of(channel, key)), ())

    def note(self, *, customer_id: int | None, got: Got, account: Account, cost_minor: int, currency: str) -> None:
        """Take into account what has just been allowed, so that the next of the same batch sees it."""
        if customer_id is not None:
            self.lately[customer_id].append(got)
        if cost_minor:
            self.spent[got.channel, got.purpose, currency] += cost_minor
        self.used_today[account.id] += 1
        self.used_now[account.id] += 1


def recipients_locked(customer_ids: Sequence[int], *, demo: bool, lock: bool = True) -> dict[int, Recipient]:
    """The rows of these customers, made where there was none; locked in the order of ids, so that two senders to one
    customer come one after the other.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return {}
    found = Recipient.objects.filter(customer_id__in=ids).order_by("customer_id")
    if not lock:
        return {one.customer_id: one for one in found}
    known = set(found.values_list("customer_id", flat=True))
    if new := [pk for pk in ids if pk not in known]:
        with connection.cursor() as cursor:
            cursor.execute(_RECIPIENTS, [new, [link_make() for _one in new], demo])
    return {one.customer_id: one for one in found.select_for_update(no_key=True)}


def facts_load(wanted: Sequence[Wanted], *, now: datetime, demo: bool, lock: bool) -> Facts:
    """What the gate needs for these; inside a transaction when it is to lock."""
    return facts_of(wanted, ground(now=now, demo=demo), lock=lock)


def facts_of(wanted: Sequence[Wanted], facts: Facts, *, lock: bool) -> Facts:
    """The same, where what holds for everybody has been read already: it is filled in and given back."""
    now, demo = facts.now, facts.demo
    ids = sorted({one.customer_id for one in wanted if one.customer_id is not None})
    facts.recipients = recipients_locked(ids, demo=demo, lock=lock)
    facts.people = Customer.objects.filter(demo=demo).only("name", "language").in_bulk(ids)
    facts.addresses = _addresses(ids, wanted, facts)
    stands = _standing(wanted, facts)
    facts.allowed, facts.refusing = stands.allowing, stands.refusing
    facts.suppressed = _suppressed(wanted, facts)
    facts.erased = _erased(wanted, facts)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [ids, now - LOOK_BACK, list(COUNTED)])
        for customer_id, *got in cursor.fetchall():
            facts.lately[customer_id].append(Got(got[0], got[1], got[2], got[3]))
    _used(facts)
    return facts


@settings.remembered()
def ground(*, now: datetime, demo: bool) -> Facts:
    """What is the same for everybody."""
    known = {one.name: one for one in registry.all(Carrier)}
    offered = {one.name for one in carriers(demo)}
    rows = {row.purpose: row for row in PurposeRule.objects.filter(demo=demo)}
    purposes = {one.key: one for one in Purpose.objects.filter(demo=demo)}
    return Facts(
        now=now,
        demo=demo,
        tz=settings.text("time_zone"),
        currency=settings.text("default_currency"),
        calendar=calendar_load(demo=demo),
        weekend=frozenset(map(int, settings.get("weekend"))),
        tracking=settings.flag("outreach_track_links"),
        carriers=known,
        accounts={name: tuple(one.accounts(demo)) if name in offered else () for name, one in known.items()},
        purposes=purposes,
        rules={key: rule_of(purpose.kind, rows.get(key)) for key, purpose in purposes.items()},
        caps=list(Cap.objects.filter(demo=demo)),
        quiet={row.channel: row for row in QuietHours.objects.filter(demo=demo)},
        budgets=list(Budget.objects.filter(demo=demo)),
    )


def _addresses(ids: Sequence[int], wanted: Sequence[Wanted], facts: Facts) -> dict[int, list[Address]]:
    found: dict[int, list[Address]] = defaultdict(list)
    rows = Identity.objects.filter(customer_id__in=ids).order_by("-is_primary", "id")
    for one in rows.only("customer_id", "kind", "key", "value", "system", "is_primary"):
        found[one.customer_id].append(Address(one.kind, one.key, one.value, one.system, one.is_primary))
    for name in _channels(wanted, facts):
        carrier = facts.carriers[name]
        if carrier.addresses is not None and facts.accounts.get(name):
            for customer_id, pairs in carrier.addresses(ids).items():
                found[customer_id] += [Address(carrier.identity, key, value) for key, value in pairs]
    return found


def _channels(wanted: Iterable[Wanted], facts: Facts) -> set[str]:
    named = {channel for one in wanted for channel in one.options}
    return set(facts.carriers) if "" in named else named & set(facts.carriers)


def _standing(wanted: Sequence[Wanted], facts: Facts) -> Standing:
    by_purpose: dict[str, set[int]] = defaultdict(set)
    for one in wanted:
        if one.customer_id is not None:
            by_purpose[one.purpose].add(one.customer_id)
    return standing(purposes=facts.purposes, asked=by_purpose, channels=_channels(wanted, facts), demo=facts.demo)


def _suppressed(wanted: Sequence[Wanted], facts: Facts) -> dict[tuple[str, str], list[Suppression]]:
    digests = {
        digest_of(carrier.name, address.key)
        for carrier in facts.carriers.values()
        for rows in facts.addresses.values()
        for address in rows
        if address.kind == carrier.identity
    }
    digests |= {digest_of(channel, one.address_key) for one in wanted if one.address_key for channel in one.options}
    found: dict[tuple[str, str], list[Suppression]] = defaultdict(list)
    living = Q(until=None) | Q(until__gt=facts.now)
    for row in Suppression.objects.filter(living, demo=facts.demo, digest__in=digests):
        found[row.channel, row.digest].append(row)
    return found


def _erased(wanted: Sequence[Wanted], facts: Facts) -> set[tuple[str, str]]:
    """Addresses of people who were erased, should they have come back from somewhere."""
    keys = {(one.kind, one.key) for rows in facts.addresses.values() for one in rows}
    for one in wanted:
        if one.address_key:
            keys |= {(facts.carriers[name].identity, one.address_key) for name in one.options if name in facts.carriers}
    return suppressed(actor=system_actor(demo=facts.demo), keys=keys) if keys else set()


def _used(facts: Facts) -> None:
    """What this month has cost, and what each account has sent today and in this second."""
    counted = Message.objects.filter(demo=facts.demo, state__in=COUNTED)
    if facts.budgets:
        since = month_start(facts.now, tz=facts.tz)
        rows = (
            counted.filter(attempted_at__gte=since, cost_minor__gt=0)
            .values_list("channel", "purpose", "cost_currency")
            .annotate(sum=Sum("cost_minor"))
            .order_by()
        )
        for channel, purpose, currency, total in rows:
            facts.spent[channel, purpose, currency] += int(total)
    for accounts in facts.accounts.values():
        for account in accounts:
            of = Message.objects.filter(account_id=account.id)
            if account.per_day:
                facts.used_today[account.id] = of.filter(attempted_at__gt=facts.now - timedelta(days=1)).count()
            if account.per_second:
                facts.used_now[account.id] = of.filter(attempted_at__gt=facts.now - timedelta(seconds=1)).count()
