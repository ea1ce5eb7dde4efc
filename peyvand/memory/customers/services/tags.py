"""Verbs on the tags of one customer; of many, see bulk."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.customers import access
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerTag, Tag
from peyvand.memory.customers.services.touching import editable, touch
from peyvand.memory.customers.writing import insert_tags

LENGTH = 60


def tags_ensure(*, demo: bool, names: Iterable[str]) -> dict[str, Tag]:
    """Tags by search key, making those that don't exist; a tag is written as it was written first.

    InvalidError for a name that is empty or too long.
    """
    wanted: dict[str, str] = {}
    for given in names:
        key, name = tag_name(given)
        wanted.setdefault(key, name)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_tag (demo, key, name) SELECT %s, * FROM unnest(%s::text[], %s::text[]) "
            "ON CONFLICT (demo, key) DO NOTHING",
            [demo, list(wanted), list(wanted.values())],
        )
    return {tag.key: tag for tag in Tag.objects.filter(demo=demo, key__in=list(wanted))}


def tag_name(given: str) -> tuple[str, str]:
    """The key and the name of a tag as typed; InvalidError when it is empty or too long."""
    name = " ".join(clean(given).split())
    key = fa_key(name)
    if not key or len(name) > LENGTH or len(key) > LENGTH:
        raise InvalidError({"tags": _("A tag has 1 to 60 letters.")})
    return key, name


def tag_add(*, actor: Actor, customer: Customer, name: str) -> Tag:
    """Put a tag on a customer, making the tag if need be."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=customer.pk)
        title = gettext("Tag “%(tag)s” on %(name)s") % {"tag": name, "name": kept.name}
        with change_set(actor=actor, kind="edit", title=title):
            (tag,) = tags_ensure(demo=kept.demo, names=[name]).values()
            if insert_tags(rows=[(kept.pk, tag.pk)]):
                _tell(actor=actor, customer=kept)
    return tag


def tag_remove(*, actor: Actor, customer: Customer, tag: Tag) -> None:
    """Take a tag off a customer."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=customer.pk)
        title = gettext("Tag “%(tag)s” off %(name)s") % {"tag": tag.name, "name": kept.name}
        with change_set(actor=actor, kind="edit", title=title):
            removed, _by_model = CustomerTag.objects.filter(customer=kept, tag=tag).delete()
            if removed:
                _tell(actor=actor, customer=kept)


def tags_replace(*, customer: Customer, names: Iterable[str]) -> bool:
    """Make the customer's tags exactly these, inside the caller's change set; gives whether anything changed."""
    wanted = {tag.pk for tag in tags_ensure(demo=customer.demo, names=names).values()}
    had = set(CustomerTag.objects.filter(customer=customer).values_list("tag_id", flat=True))
    insert_tags(rows=[(customer.pk, tag_id) for tag_id in sorted(wanted - had)])
    if had - wanted:
        CustomerTag.objects.filter(customer=customer, tag_id__in=had - wanted).delete()
    return had != wanted


def _tell(*, actor: Actor, customer: Customer) -> None:
    touch([customer.pk])
    publish(CustomersChanged(customer_ids=(customer.pk,), fields=("tags",), demo=customer.demo), actor=actor)
