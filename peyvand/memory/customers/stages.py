"""The reads of stages: where somebody stands in their life as a customer."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import OuterRef, QuerySet, Subquery

from peyvand.foundation.fields.declarations import LazyChoices
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Stage

# What a house begins with, in this order: key, Persian, English.
STARTING = (
    ("lead", "سرنخ", "Lead"),
    ("prospect", "مشتری بالقوه", "Prospect"),
    ("customer", "مشتری", "Customer"),
    ("advocate", "هوادار", "Advocate"),
    ("former", "مشتری پیشین", "Former customer"),
)


def stages(*, actor: Actor, archived: bool = True) -> QuerySet[Stage]:
    """The stages of the business one looks at, in their order; those in use come first."""
    found = Stage.objects.visible_to(actor).order_by("archived", "position", "id")
    return found if archived else found.filter(archived=False)


def stage_choices(actor: Actor) -> LazyChoices:
    """Stages by key, for fields; archived ones are read, not offered."""
    rows: list[Stage] = []

    def read() -> list[tuple[int | str, str]]:
        rows[:] = stages(actor=actor)
        return [(one.key, one.name) for one in rows]

    return LazyChoices(read, lambda: [one.key for one in rows if one.archived])


def stage_words(*, demo: bool) -> Mapping[str, str]:
    """Keys of stages by what people and programs may write for them: either name, or the key itself."""
    found: dict[str, str] = {}
    for one in Stage.objects.filter(demo=demo).order_by("-archived", "-position", "-id"):
        found |= {fa_key(word): one.key for word in (one.name_fa, one.name_en, one.key) if word}
    return found


def stage_order(actor: Actor) -> Subquery:
    """The place of a customer's stage, to sort by."""
    of = Stage.objects.filter(demo=actor.demo, key=OuterRef("stage"))
    return Subquery(of.values("position")[:1])
