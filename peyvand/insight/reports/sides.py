"""What is known of customers outside the warehouse, as fields of a report: their class and other traits that are
categories, and whether they are in an audience or were in one when a snapshot was taken.

A field is named as a column of the customer: "trait-value-class", "audience-5", "snapshot-7". The child reads who it is
from the database (`people_beside`), so such an answer is as of a slot of SLOT seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui import formats
from peyvand.insight.audiences.models import Audience, Snapshot
from peyvand.insight.audiences.queries import concealed
from peyvand.insight.audiences.reading import Reading
from peyvand.memory.customers.access import unseen_traits
from peyvand.memory.customers.declarations import TraitKind

TRAIT, AUDIENCE, SNAPSHOT = "trait", "audience", "snapshot"
FOUND = 8  # of a search
SLOT = 60  # seconds for which members and traits are taken to stay as they are
Side = tuple[str, str, str, Mapping[str, str]]  # column, kind of field, label, words of values


def is_side(path: str) -> bool:
    """Whether a field stands outside the warehouse."""
    return path.rpartition(".")[2].partition("-")[0] in (TRAIT, AUDIENCE, SNAPSHOT) and "-" in path


def sides_of(actor: Actor, wanted: Collection[str] = ()) -> Iterator[Side]:
    """The fields that the actor may use; of audiences and snapshots only those `wanted` (columns): they are searched
    for (`sides_found`), as there may be very many.
    """
    unseen = unseen_traits(actor)
    for kind in registry.all(TraitKind):
        if kind.kind in ("choice", "yesno") and kind.name not in unseen:
            words = {str(value): str(label) for value, label in kind.choices}
            told = "yes" if kind.kind == "yesno" else "text"
            yield f"{TRAIT}-{kind.name.replace('.', '-')}", told, str(kind.label), words
    if any(one.startswith((AUDIENCE, SNAPSHOT)) for one in wanted):
        audiences, snapshots = _groups(actor)
        yield from _said(
            actor, audiences.filter(pk__in=_ids(wanted, AUDIENCE)), snapshots.filter(pk__in=_ids(wanted, SNAPSHOT))
        )


def sides_found(actor: Actor, text: str) -> list[Side]:
    """Audiences by name and snapshots, the newest first, whose name has the letters: the first FOUND of each that the
    actor may use; of any name where it is empty.
    """
    key = fa_key(text)
    audiences, snapshots = _groups(actor)
    if key:
        audiences = audiences.filter(pk__in=[pk for pk, name in audiences.values_list("pk", "name")
                                             if key in fa_key(name)])  # fmt: skip
        snapshots = snapshots.filter(
            pk__in=[pk for pk, label, name in snapshots.values_list("pk", "label", "audience__name")
                    if key in fa_key(label or name)]
        )  # fmt: skip
    return [*islice(_said(actor, audiences, snapshots.none()), FOUND),
            *islice(_said(actor, audiences.none(), snapshots), FOUND)]  # fmt: skip


def _groups(actor: Actor) -> tuple[QuerySet[Audience], QuerySet[Snapshot]]:
    audiences = Audience.objects.visible_to(actor).filter(archived=False)
    snapshots = Snapshot.objects.visible_to(actor).select_related("audience").filter(audience__archived=False)
    return audiences, snapshots


def _said(actor: Actor, audiences: QuerySet[Audience], snapshots: QuerySet[Snapshot]) -> Iterator[Side]:
    reading = Reading(actor)
    for one in audiences.order_by("name", "id"):
        if not one.broken and not concealed(actor=actor, audience=one, reading=reading):
            yield f"{AUDIENCE}-{one.pk}", "yes", gettext("In the audience “%(name)s”") % {"name": one.name}, {}
    for taken in snapshots.order_by("-taken_at", "-id"):
        if not concealed(actor=actor, audience=taken.audience, reading=reading):
            words_of = {"name": taken.label or taken.audience.name, "day": formats.day(taken.taken_at)}
            yield f"{SNAPSHOT}-{taken.pk}", "yes", gettext("Was in “%(name)s” on %(day)s") % words_of, {}


def _ids(wanted: Collection[str], kind: str) -> list[int]:
    told = [one.partition("-")[2] for one in wanted if one.startswith(f"{kind}-")]
    return [int(one) for one in told if one.isdecimal() and len(one) < 18]


def spec_of(path: str, demo: bool) -> dict[str, Any]:
    """What the child reads for a field, and as of which slot."""
    kind, _dash, name = path.rpartition(".")[2].partition("-")
    found: dict[str, Any] = {"kind": kind, "demo": demo, "slot": 0}
    if kind == TRAIT:
        known = next(one for one in registry.all(TraitKind) if one.name.replace(".", "-") == name)
        found |= {"name": known.name, "text": known.kind == "choice"}
    else:
        found["id"] = int(name)
    if kind != SNAPSHOT:
        found["slot"] = int(timezone.now().timestamp()) // SLOT
    return found
