"""The reads: the ledger by right, what the gate would say, what a recipient's own page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from peyvand.channels.outreach import access
from peyvand.channels.outreach.addresses import preferences_url
from peyvand.channels.outreach.carriers import carriers
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.dispatching.sweeping import unknown_to_people
from peyvand.channels.outreach.gate.facts import Facts, Wanted, facts_load, facts_of, ground
from peyvand.channels.outreach.gate.judging import Option, Verdict, judge
from peyvand.channels.outreach.models import (
    Budget,
    Cap,
    DeliveryReport,
    Message,
    OptIn,
    PurposeRule,
    QuietHours,
    Recipient,
    State,
    Suppression,
    Template,
)
from peyvand.channels.outreach.services.recipients import digest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import Purpose, PurposeKind
from peyvand.memory.customers.models import Customer

NEWEST_FIRST = ("-created_at", "-id")


@dataclass(frozen=True)
class Chosen:
    """Which messages of the ledger are shown."""

    state: str = ""
    channel: str = ""
    purpose: str = ""
    customer_id: int | None = None
    source: tuple[str, int | None] | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None


def messages(*, actor: Actor, chosen: Chosen = Chosen()) -> QuerySet[Message]:
    """The ledger, of the customers whom the actor sees; order it by NEWEST_FIRST."""
    found = Message.objects.visible_to(actor).select_related("customer", "content")
    if chosen.state == "unknown":
        found = found.filter(unknown_to_people())
    elif chosen.state:
        found = found.filter(state=chosen.state)
    if chosen.channel:
        found = found.filter(channel=chosen.channel)
    if chosen.purpose:
        found = found.filter(purpose=chosen.purpose)
    if chosen.customer_id is not None:
        found = found.filter(customer_id=chosen.customer_id)
    if chosen.source is not None:
        found = found.filter(source_kind=chosen.source[0], source_id=chosen.source[1])
    if chosen.reason:
        found = found.filter(reason__startswith=chosen.reason)
    if chosen.since is not None:
        found = found.filter(created_at__gte=chosen.since)
    if chosen.until is not None:
        found = found.filter(created_at__lt=chosen.until)
    return found


def message_get(*, actor: Actor, id: int) -> Message:
    """One message; Message.DoesNotExist when there is none that the actor may see."""
    found: Message = Message.objects.visible_to(actor).select_related("customer", "content", "previous").get(pk=id)
    return found


def reports_of(*, actor: Actor, message: Message) -> list[DeliveryReport]:
    """What the provider told of it, in order."""
    return list(DeliveryReport.objects.filter(message=message).order_by("at", "id"))


def later_of(*, actor: Actor, message: Message) -> list[Message]:
    """What was asked for instead when it failed."""
    return list(Message.objects.visible_to(actor).filter(previous=message).order_by("id"))


@dataclass(frozen=True)
class Tally:
    """How many messages of a source, or of all, are how far; what they cost, by currency."""

    states: dict[str, int]
    reasons: dict[str, int]
    costs: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())


def tally(*, actor: Actor, chosen: Chosen = Chosen()) -> Tally:
    """Counts by state, and by reason of those that were held, refused or have failed."""
    found = messages(actor=actor, chosen=chosen).order_by().select_related(None)
    states = dict(found.values_list("state").annotate(n=Count("id")))
    stopped = found.filter(state__in=[State.HELD, State.REFUSED, State.FAILED])
    reasons = dict(stopped.values_list("reason").annotate(n=Count("id")))
    sums = found.filter(cost_minor__gt=0).values_list("cost_currency").annotate(sum=Sum("cost_minor"))
    return Tally(states, reasons, {currency: int(total) for currency, total in sums})


def waiting_for_people(*, actor: Actor) -> int:
    """How many messages only a person can settle, as far as a menu says."""
    return unsettled(actor=actor).order_by()[:100].count()


def unsettled(*, actor: Actor) -> QuerySet[Message]:
    """Messages whose fate only a person can settle; none where the actor can't."""
    found = Message.objects.visible_to(actor).filter(unknown_to_people())
    return found if actor.may(access.SEND) else found.none()


# ── would it be sent? ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Forecast:
    """What the gate says now of each purpose and channel for one customer."""

    purposes: Sequence[Purpose]
    channels: Sequence[Carrier]
    options: dict[tuple[str, str], Option]
    best: dict[str, Verdict]
    facts: Facts


def forecast(*, actor: Actor, customer: Customer, now: datetime | None = None) -> Forecast:
    """Why a message would or would not reach this customer now, for every purpose and channel; nothing is written."""
    actor.require(access.VIEW)
    found = access.customers_within(actor).get(pk=customer.pk)
    moment = now or timezone.now()
    house = ground(now=moment, demo=actor.demo)
    purposes = [one for one in house.purposes.values() if not one.archived]
    purposes.sort(key=lambda one: (one.position, one.pk))
    offered = carriers(actor.demo)
    wanted = [
        Wanted(id=0, customer_id=found.pk, purpose=purpose.key, options=(carrier.name,))
        for purpose in purposes
        for carrier in offered
    ]
    facts = facts_of(wanted, house, lock=False)
    options = {
        (one.purpose, one.options[0]): judge(one, facts, parts=lambda carrier, account: 1).chosen for one in wanted
    }
    best = {
        purpose.key: judge(
            Wanted(id=0, customer_id=found.pk, purpose=purpose.key, options=("",)), facts,
            parts=lambda carrier, account: 1,
        )
        for purpose in purposes
    }  # fmt: skip
    return Forecast(purposes, offered, options, best, facts)


# ── rules, templates, suppressions ────────────────────────────────────────


def templates(*, actor: Actor, archived: bool = False) -> QuerySet[Template]:
    """Templates of the business one looks at, by name; for who sends or writes."""
    if not (actor.may(access.SEND) or actor.may(access.WRITE)):
        actor.require(access.WRITE)
    found = Template.objects.filter(demo=actor.demo).prefetch_related("texts")
    return (found if archived else found.filter(archived=False)).order_by("name_fa", "name_en", "id")


def template_get(*, actor: Actor, key: str) -> Template:
    """One template; Template.DoesNotExist."""
    return templates(actor=actor, archived=True).get(key=key)


def suppressions(*, actor: Actor, channel: str = "", reason: str = "", text: str = "") -> QuerySet[Suppression]:
    """Addresses to which nothing goes, of customers whom the actor sees."""
    found = Suppression.objects.visible_to(actor).select_related("customer")
    if channel:
        found = found.filter(channel=channel)
    if reason:
        found = found.filter(reason=reason)
    if text:
        found = found.filter(Q(address__icontains=text) | Q(customer__name__icontains=text))
    return found


@dataclass(frozen=True)
class Rules:
    """The house's rules."""

    caps: Sequence[Cap]
    quiet: Sequence[QuietHours]
    budgets: Sequence[Budget]
    purposes: Sequence[tuple[Purpose, PurposeRule | None]]


def rules(*, actor: Actor) -> Rules:
    """All of them; for who sends or sets them."""
    if not (actor.may(access.SEND) or actor.may(access.MANAGE)):
        actor.require(access.MANAGE)
    demo = actor.demo
    own = {row.purpose: row for row in PurposeRule.objects.filter(demo=demo)}
    purposes = Purpose.objects.filter(demo=demo, archived=False).order_by("position", "id")
    return Rules(
        list(Cap.objects.filter(demo=demo).order_by("channel", "kind", "window")),
        list(QuietHours.objects.filter(demo=demo).order_by("channel")),
        list(Budget.objects.filter(demo=demo).order_by("channel", "purpose", "currency")),
        [(purpose, own.get(purpose.key)) for purpose in purposes],
    )


# ── a recipient's own page ────────────────────────────────────────────────


@dataclass(frozen=True)
class Cell:
    """One channel of one purpose: `label` of the channel, and whether it is allowed."""

    channel: str
    label: Label
    icon: str
    allowed: bool


@dataclass(frozen=True)
class ShownPurpose:
    """A purpose with its channels; `wording` is what a yes agrees to."""

    purpose: str
    name: str
    description: str
    wording: str
    service: bool
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Shown:
    """What a recipient sees of themselves, no more: purposes, and the channels over which we reach them."""

    rows: Sequence[ShownPurpose]
    channels: Sequence[Carrier]


def preferences_of(*, recipient: Recipient, language: str) -> Shown:
    """The page of the link's owner: the channels they have an address for, and what they allow over each."""
    customer = recipient.customer
    kinds = {one.kind: one for one in customer.identities.all()}
    reaching = [
        one
        for one in carriers(recipient.demo)
        if one.identity in kinds or (one.addresses is not None and one.addresses([customer.pk]).get(customer.pk))
    ]
    purposes = list(
        Purpose.objects.filter(demo=recipient.demo, archived=False)
        .exclude(kind__in=[PurposeKind.PROFILING, PurposeKind.SHARING])
        .prefetch_related("wordings")
        .order_by("position", "id")
    )
    wanted = [Wanted(0, customer.pk, purpose.key, (one.name,)) for purpose in purposes for one in reaching]
    facts = facts_load(wanted, now=timezone.now(), demo=recipient.demo, lock=False)
    rows = []
    for purpose in purposes:
        wordings = sorted(purpose.wordings.all(), key=lambda one: (one.language != language, -one.version))
        cells = [
            Cell(one.name, one.label, one.icon, customer.pk in facts.allowed.get((purpose.key, one.name), ()))
            for one in reaching
        ]
        name = (purpose.name_fa or purpose.name_en) if language == "fa" else (purpose.name_en or purpose.name_fa)
        rows.append(
            ShownPurpose(
                purpose.key, name, purpose.description, wordings[0].text if wordings else "",
                purpose.kind == PurposeKind.SERVICE, cells,
            )
        )  # fmt: skip
    return Shown(rows, reaching)


def message_by_uid(uid: UUID) -> Message | None:
    """The message of a link that we have signed."""
    return Message.objects.select_related("customer").filter(uid=uid).first()


def preferences_link(message: Message) -> str:
    """The page of preferences of a message's recipient, "" where there is none any more."""
    recipient = Recipient.objects.filter(customer_id=message.customer_id or 0).first()
    return preferences_url(recipient.link) if recipient else ""


def purpose_name(message: Message, *, language: str) -> str:
    """What a message was of, in words."""
    return purpose_name_of(message.purpose, demo=message.demo, language=language)


def purpose_name_of(key: str, *, demo: bool, language: str) -> str:
    """A purpose's name in a language."""
    found = Purpose.objects.filter(demo=demo, key=key).first()
    if found is None:
        return key
    return (found.name_fa or found.name_en) if language == "fa" else (found.name_en or found.name_fa)


def channel_name(channel: str) -> Label:
    """A channel's name."""
    return registry.get(Carrier, channel).label if registry.has(Carrier, channel) else channel


def opt_in_by_token(token: str) -> OptIn | None:
    """The consent that waits for this link, while it is not too old."""
    found = OptIn.objects.select_related("customer").filter(digest=digest(token)).first()
    return found if found is not None and found.expires_at > timezone.now() else None
