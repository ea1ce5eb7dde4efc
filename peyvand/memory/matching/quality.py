"""How good the base is: what each record must have, as conditions of the database, and the figures they make.

The indicator (scorecard, C9): of the active records, those that can be reached by a valid address, whose permission is
recorded, whose required fields are filled, and who stand in no open pair. The same conditions count the figures and
give the lists behind them, so that a number and its list never differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.consents.models import ConsentState, Decision
from peyvand.memory.customers.fields import OF_PEOPLE, RECORD
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.matching import access
from peyvand.memory.matching.models import Pair, PairState, Quality

REQUIRED = "matching.required"  # the setting: names of fields by kind of customer
ACTIVE_DAYS = "matching.active_days"
DEFAULT_REQUIRED: Mapping[str, Sequence[str]] = {"person": ("city",), "organisation": ("city",)}
DEFAULT_DAYS = 365
# Texts of the database, for whoever writes an address past the services.
PHONE, EMAIL = r"^\+[1-9][0-9]{7,14}$", r"^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$"
REACHING = (IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.MESSENGER)
PARTS = ("reachable", "permitted", "complete", "single")
_TEXTS = (FieldKind.TEXT, FieldKind.LONG, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.LINK, FieldKind.CHOICE)
# Nothing that a person fills in, or what everybody has.
_NO_FIELDS = ("kind", "channels", "class", "worth", "touched", "name", "created_at", "updated_at", "source", "tags")


# ── the conditions ────────────────────────────────────────────────────────


def active(*, now: datetime | None = None) -> Q:
    """Became known, or was in contact with us, within the days that count as active."""
    since = (now or timezone.now()) - timedelta(days=int(settings.get(ACTIVE_DAYS)))
    return Q(touch__at__gte=since) | Q(created_at__gte=since)


def reachable() -> Exists:
    """Has a telephone or an e-mail that is one, or a messenger account."""
    valid = (
        Q(kind=IdentityKind.PHONE, key__regex=PHONE)
        | Q(kind=IdentityKind.EMAIL, key__regex=EMAIL)
        | Q(kind=IdentityKind.MESSENGER)
    )
    return Exists(Identity.objects.filter(valid, customer=OuterRef("pk"), kind__in=REACHING))


def verified() -> Exists:
    """Has an address that was proved theirs."""
    return Exists(Identity.objects.filter(customer=OuterRef("pk"), kind__in=REACHING, verified_at__isnull=False))


def permitted() -> Exists:
    """Has said yes to a purpose that is still asked for, over any channel."""
    return Exists(
        ConsentState.objects.filter(customer=OuterRef("pk"), decision=Decision.GIVEN, purpose__archived=False)
    )


def asked() -> Exists:
    """Has said anything, yes or no."""
    return Exists(ConsentState.objects.filter(customer=OuterRef("pk")))


def single() -> Q:
    """Stands in no pair that waits for a decision."""
    pairs = Pair.objects.filter(state=PairState.OPEN)
    return ~Q(Exists(pairs.filter(a=OuterRef("pk")))) & ~Q(Exists(pairs.filter(b=OuterRef("pk"))))


def filled(field: Field) -> Q:
    """Has something in the field."""
    if field.custom:
        return Q(custom__has_key=field.key)
    if field.name in (IdentityKind.PHONE, IdentityKind.EMAIL):
        return Q(Exists(Identity.objects.filter(customer=OuterRef("pk"), kind=field.name)))
    there = Q(**{f"{field.path}__isnull": False})
    return there & ~Q(**{field.path: ""}) if field.kind in _TEXTS else there


def required(*, actor: Actor) -> dict[str, list[Field]]:
    """The fields that a person and an organisation must have filled: those that were chosen, and custom ones that say
    so themselves.
    """
    fields = fillable(actor=actor)
    chosen: Mapping[str, Sequence[str]] = settings.get(REQUIRED)
    found: dict[str, list[Field]] = {}
    for kind in CustomerKind.values:
        wanted = set(chosen.get(kind, ()))
        found[kind] = [
            one
            for one in fields
            if (one.name in wanted or one.required)
            and not (kind == CustomerKind.ORGANISATION and one.name in OF_PEOPLE)
        ]
    return found


def fillable(*, actor: Actor) -> list[Field]:
    """The fields that people fill in, that the actor sees."""
    return [
        one
        for one in fields_of(actor=actor, record=RECORD).values()
        if one.name not in _NO_FIELDS and (one.custom or one.edited or one.name in ("phone", "email"))
    ]


def complete(fields: Mapping[str, Iterable[Field]]) -> Q:
    """Has all that a customer of its kind must have."""
    whole = Q(pk__in=[])
    for kind, of_kind in fields.items():
        one = Q(kind=kind)
        for field in of_kind:
            one &= filled(field)
        whole |= one
    return whole


def condition(part: str, *, actor: Actor) -> Q:
    """One of PARTS, "active" or "good" (all of them) as a condition on customers."""
    match part:
        case "active":
            return active()
        case "reachable":
            return Q(reachable())
        case "permitted":
            return Q(permitted())
        case "complete":
            return complete(required(actor=actor))
        case "single":
            return single()
        case "good":
            whole = active()
            for one in PARTS:
                whole &= condition(one, actor=actor)
            return whole
    raise ValueError(part)


# ── the figures ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Figures:
    """The base in numbers, as models.Quality keeps them; `parts`, `fields` and `kinds` count active records."""

    total: int
    active: int
    good: int
    parts: Mapping[str, int]  # of PARTS, with "asked" and "verified"
    fields: Mapping[str, int]  # by name: filled; of organisations without what only people have
    people: int  # active persons, of whom the fields of people are counted
    kinds: Mapping[str, Mapping[str, int]]
    required: Mapping[str, Sequence[str]]
    pairs: int
    active_days: int

    @property
    def score(self) -> float:
        """The share of good records, from 0 to 100; 0 where none is active."""
        return 100 * self.good / self.active if self.active else 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**vars(self), "kinds": {kind: dict(counts) for kind, counts in self.kinds.items()}}


@dataclass(frozen=True)
class Moment:
    """What changes with the day that is spoken of: who was known, who was active, who had said yes, who was single."""

    known: Q
    active: Q
    permitted: Q
    single: Q


def today() -> Moment:
    """As it stands."""
    return Moment(Q(), active(), Q(permitted()), single())


def figures(*, demo: bool, moment: Moment | None = None) -> Figures:
    """Count the base of a business, as it stands unless said otherwise, in three statements."""
    actor = system_actor(demo=demo)
    then = moment or today()
    needed = required(actor=actor)
    fields = fillable(actor=actor)
    conditions = {
        "active": Q(), "reachable": Q(reachable()), "permitted": then.permitted, "complete": complete(needed),
        "single": then.single, "asked": Q(asked()), "verified": Q(verified()),
    }  # fmt: skip
    good = conditions["reachable"] & conditions["permitted"] & conditions["complete"] & conditions["single"]
    counts = {name: Count("pk", filter=one) for name, one in {**conditions, "good": good}.items()}
    of_fields = {f"f{place}": Count("pk", filter=filled(field)) for place, field in enumerate(fields)}
    everyone = Customer.objects.filter(then.known, demo=demo).order_by()
    rows: list[Any] = list(everyone.filter(then.active).values("kind").annotate(**counts, **of_fields))
    totals = dict(everyone.values_list("kind").annotate(n=Count("pk")))
    kinds = {row["kind"]: {"total": totals.get(row["kind"], 0), **{name: row[name] for name in counts}} for row in rows}
    for kind, total in totals.items():
        kinds.setdefault(kind, {"total": total, **dict.fromkeys(counts, 0)})
    added = {name: sum(row[name] for row in rows) for name in (*counts, *of_fields)}
    return Figures(
        total=sum(totals.values()),
        active=added["active"],
        good=added["good"],
        parts={name: added[name] for name in (*PARTS, "asked", "verified")},
        fields={field.name: added[f"f{place}"] for place, field in enumerate(fields)},
        people=kinds.get("person", {}).get("active", 0),
        kinds=kinds,
        required={kind: [one.name for one in of_kind] for kind, of_kind in needed.items()},
        pairs=Pair.objects.filter(demo=demo, state=PairState.OPEN).count(),
        active_days=int(settings.get(ACTIVE_DAYS)),
    )


# ── the report ────────────────────────────────────────────────────────────


def latest(*, actor: Actor) -> Quality | None:
    """The figures of the last day that was counted."""
    actor.require(access.QUALITY)
    return Quality.objects.filter(demo=actor.demo).order_by("-day").first()


def days(*, actor: Actor, since: date | None = None) -> QuerySet[Quality]:
    """The days that were counted, the oldest first."""
    actor.require(access.QUALITY)
    found = Quality.objects.filter(demo=actor.demo).order_by("day")
    return found.filter(day__gte=since) if since else found
