"""Visits of our sites, as audiences ask for them: of visitors who are known as customers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.channels.sites.models import Site
from peyvand.channels.web.access import VIEW
from peyvand.channels.web.models import Visit
from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import Field, LazyChoices
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.declarations import Behaviour


def _sites(demo: bool) -> list[tuple[int | str, str]]:
    return list(Site.objects.filter(demo=demo).order_by("name", "id").values_list("pk", "name"))


def _by_page(condition: Condition) -> Q:
    """A part of the address or the title of one of its pages."""
    those = Q(pages_text__icontains=condition.values[0])
    return ~those if condition.operator == "not" else those


def _fields(actor: Actor) -> Sequence[Field]:
    words = ("contains", "is", "starts", "filled", "empty")
    return (
        Field("page", _("Page"), FieldKind.TEXT, "file-text", operators=("contains",), asks=_by_page),
        Field("site", _("Site"), FieldKind.CHOICE, "world", "site_id", operators=("any", "none"),
              choices=LazyChoices(partial(_sites, actor.demo))),
        Field("source", _("Source"), FieldKind.TEXT, "arrow-bar-to-down", "source", operators=words),
        Field("campaign", _("Campaign"), FieldKind.TEXT, "speakerphone", "campaign", operators=words),
    )  # fmt: skip


def _rows(demo: bool) -> QuerySet[Visit]:
    found = Visit.objects.filter(demo=demo, visitor__customer__isnull=False)
    named = found.annotate(customer_id=F("visitor__customer_id"))
    return named.alias(at=F("started_at"), pages_text=Cast("path", TextField()))


BEHAVIOURS = (
    Behaviour(
        "visited", _("Visit"), pgettext_lazy("audience", "visited a site of ours"),
        pgettext_lazy("audience", "visited no site of ours"), "world", VIEW, _rows, _fields, order=20,
    ),
)  # fmt: skip
