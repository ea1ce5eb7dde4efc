"""What a customer allows, as a condition on the list of customers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import Field, LazyChoices, MoreFields
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.consents import access, queries
from peyvand.memory.consents.models import ConsentState, Decision
from peyvand.memory.customers.fields import RECORD

WORDS = {
    "any": pgettext_lazy("condition", "allow"),
    "none": pgettext_lazy("condition", "do not allow"),
    "filled": pgettext_lazy("condition", "have said something"),
    "empty": pgettext_lazy("condition", "have said nothing"),
}


def _choices(actor: Actor) -> list[tuple[int | str, str]]:
    """Every purpose over every channel, as "news.sms"."""
    return [
        (f"{purpose.key}.{channel.name}", f"{purpose.name} · {channel.label}")
        for purpose in queries.purposes(actor=actor)
        for channel in queries.channels()
    ]


def allows(actor: Actor, condition: Condition) -> Q:
    """Who allows one of these now, or does not; of those whose consents the actor sees."""
    seen = ConsentState.objects.visible_to(actor)
    if not condition.values:
        said = Q(pk__in=seen.values("customer_id"))
        return _within(actor, said if condition.operator == "filled" else ~said)
    purposes = {one.key: one for one in queries.purposes(actor=actor)}
    found = Q(pk__in=[])
    for value in condition.values:
        key, _dot, channel = value.partition(".")
        purpose = purposes.get(key)
        if purpose is None:
            continue
        of = seen.filter(purpose=purpose, channel=channel)
        if purpose.opt_out:
            found |= ~Q(pk__in=of.exclude(decision=Decision.GIVEN).values("customer_id"))
        else:
            found |= Q(pk__in=of.filter(decision=Decision.GIVEN).values("customer_id"))
    return _within(actor, found if condition.operator == "any" else ~found)


def _within(actor: Actor, found: Q) -> Q:
    if access.consent_scope(actor) is Scope.ALL:
        return found
    return found & Q(pk__in=access.customers_within(actor).values("pk"))


def _fields(actor: Actor) -> Sequence[Field]:
    if not actor.may(access.VIEW):
        return ()
    choices = LazyChoices(partial(_choices, actor))
    return (
        Field(
            "consent", _("Consents"), FieldKind.CHOICES, "checkbox", column=False, hideable=False, choices=choices,
            words=WORDS, asks=partial(allows, actor),
        ),
    )  # fmt: skip


CONDITIONS = MoreFields("consents", record=RECORD, fields=_fields)
