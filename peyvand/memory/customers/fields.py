"""The fields of a customer as lists, conditions, forms, files and hiding know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.fields.declarations import PREFIX, Field, LazyChoices, RecordType
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.memory.customers import access, asks
from peyvand.memory.customers.belonging import belonging
from peyvand.memory.customers.lists import list_choices, on_list
from peyvand.memory.customers.models import Customer, CustomerKind, Tag
from peyvand.memory.customers.stages import stage_choices, stage_order

RECORD = "customer"
TRAIT = "t."  # of the names of fields that are traits
LANGUAGES = (("fa", _("Persian")), ("en", _("English")))
MOST_TAGS = 500
_CLASSES: list[tuple[str, Any]] = [(code, label) for code, (label, _icon) in CLASSES.items()]
# What stands in a list at first, in this order.
LISTED = ("class", "worth", "touched", "channels", "owner")
# What a person's own fields are; organisations have none of them.
OF_PEOPLE = ("honorific", "given_name", "family_name", "job_title", "birth_date")


def tag_choices(actor: Actor) -> list[tuple[int | str, str]]:
    """Tags of the business one looks at by id, by name."""
    return list(Tag.objects.filter(demo=actor.demo).order_by("key").values_list("pk", "name")[:MOST_TAGS])


def built_in(actor: Actor) -> Sequence[Field]:
    """The built-in fields. Those without `condition` have a condition of their own in the list, or none."""
    return (
        Field("class", _("Class"), FieldKind.CHOICE, "chart-grid-dots", listed=True, hideable=False,
              choices=_CLASSES, asks=partial(asks.by_class, actor)),
        Field("worth", _("Revenue"), FieldKind.MONEY, "coin", condition=False, sortable=True, listed=True,
              hideable=False),
        Field("touched", _("Last interaction"), FieldKind.MOMENT, "clock", "last_interaction_at", condition=False,
              sortable=True, listed=True, hideable=False),
        Field("channels", _("Channels"), FieldKind.TEXT, "messages", condition=False, listed=True, hideable=False),
        Field("owner", _("Owner"), FieldKind.COLLEAGUE, "user-check", "owner_id", "owner_id", listed=True,
              hideable=False, choices=LazyChoices(partial(assignable, actor=actor)),
              also=((asks.ME, _("Me")),), asks=partial(asks.by_owner, actor)),
        Field("stage", _("Stage"), FieldKind.CHOICE, "progress", "stage", "stage", sortable=True,
              choices=stage_choices(actor), order=partial(stage_order, actor)),
        Field("phone", _("Phone"), FieldKind.PHONE, "phone", operators=asks.OF_REACH,
              asks=partial(asks.by_phone, actor)),
        Field("email", _("E-mail"), FieldKind.EMAIL, "mail", operators=asks.OF_REACH,
              asks=partial(asks.by_email, actor)),
        Field("tags", _("Tags"), FieldKind.CHOICES, "tag", hideable=False,
              choices=LazyChoices(partial(tag_choices, actor)), asks=partial(asks.by_tag, actor)),
        Field("lists", pgettext_lazy("customers", "Lists"), FieldKind.CHOICES, "list-details", hideable=False,
              choices=list_choices(actor), asks=partial(on_list, actor)),
        Field("kind", _("Kind"), FieldKind.CHOICE, "users", "kind", hideable=False, operators=("any", "none"),
              choices=CustomerKind.choices),
        Field("honorific", _("Honorific"), FieldKind.TEXT, "user", "honorific", "honorific"),
        Field("given_name", _("Given name"), FieldKind.TEXT, "user", "given_name", hideable=False),
        Field("family_name", _("Family name"), FieldKind.TEXT, "user", "family_name", hideable=False),
        Field("job_title", _("Job"), FieldKind.TEXT, "briefcase", "job_title", "job_title"),
        Field("city", _("City"), FieldKind.TEXT, "map-pin", "city", "city", sortable=True,
              operators=("is", "contains", "not", "starts", "filled", "empty")),
        Field("country", _("Country"), FieldKind.TEXT, "world", "country", "country", sortable=True),
        Field("birth_date", _("Date of birth"), FieldKind.DATE, "cake", "birth_date", "birth_date", sortable=True),
        Field("language", _("Language"), FieldKind.CHOICE, "language", "language", "language", choices=LANGUAGES),
        Field("source", _("Source"), FieldKind.TEXT, "arrow-bar-to-down", "source", sortable=True),
        Field("note", _("About them"), FieldKind.LONG, "notes", "note", "note"),
        Field("team", _("Team"), FieldKind.COLLEAGUE, "users-group", "team_id", "team_id", hideable=False,
              choices=LazyChoices(partial(team_choices, actor=actor))),
        *belonging(actor),
        Field("created_at", pgettext_lazy("customers", "Known since"), FieldKind.MOMENT, "calendar-plus", "created_at",
              sortable=True, hideable=False),
        Field("updated_at", _("Last change"), FieldKind.MOMENT, "history", "updated_at", sortable=True,
              hideable=False),
    )  # fmt: skip


def kept(demo: bool, key: str) -> int:
    """How many customers have a value of the custom field."""
    return Customer.objects.filter(demo=demo, custom__has_key=key).count()


CUSTOMER = RecordType(
    name=RECORD, label=_("Customers"), list_url="customers:list", view=access.VIEW, fields=built_in, kept=kept
)


def conceal_customer(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A customer's row as it stood, without the fields that are hidden from the actor."""
    left = {name: value for name, value in row.items() if not actor.hides(f"{RECORD}.{name}")}
    if isinstance(left.get("custom"), dict):
        left["custom"] = {
            key: value for key, value in left["custom"].items() if not actor.hides(f"{RECORD}.{PREFIX}{key}")
        }
    return left


def conceal_identity(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An identity's row as it stood, without its value where its kind is hidden from the actor."""
    if not actor.hides(f"{RECORD}.{row.get('kind')}"):
        return row
    return {name: value for name, value in row.items() if name not in ("value", "key", "label")}
