"""The reads of stages: where somebody stands in their life as a customer."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import OuterRef, Subquery

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


def stages(*, actor: Actor, archived: bool = True) -> list[Stage]:
    """The stages of the business one looks at, in their order; those in use come first.

    Until somebody sets or changes one they are those that a house begins with, not kept yet.
    """
    found = list(Stage.objects.visible_to(actor).order_by("archived", "position", "id")) or _starting(actor.demo)
    return found if archived else [one for one in found if not one.archived]


def _starting(demo: bool) -> list[Stage]:
    return [
        Stage(demo=demo, key=key, name_fa=fa, name_en=en, position=place)
        for place, (key, fa, en) in enumerate(STARTING)
    ]


def stages_ensure(*, demo: bool) -> None:
    """Keep the stages that a house begins with, where there are none."""
    if not Stage.objects.filter(demo=demo).exists():
        Stage.objects.bulk_create(_starting(demo), ignore_conflicts=True)


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
    rows = list(Stage.objects.filter(demo=demo).order_by("-archived", "-position", "-id")) or _starting(demo)
    for one in rows:
        found |= {fa_key(word): one.key for word in (one.name_fa, one.name_en, one.key) if word}
    return found


def stage_order(actor: Actor) -> Subquery:
    """The place of a customer's stage, to sort by."""
    of = Stage.objects.filter(demo=actor.demo, key=OuterRef("stage"))
    return Subquery(of.values("position")[:1])
