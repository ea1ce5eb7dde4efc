"""One-time codes: told by one hand, told back by another."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peyvand.channels.sites.data import Taken
from peyvand.channels.sites.models import LinkCode, Visitor
from peyvand.channels.sites.tokens import code_digest, code_make
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.models import Customer

LIVES = timedelta(minutes=15)
KEPT = timedelta(days=1)


def code_new(*, actor: Actor, visitor: Visitor | None = None, customer: Customer | None = None) -> str:
    """A code for exactly one of the two, good once and for fifteen minutes. The visitor's own actor is the system's.

    NotAllowed and Customer.DoesNotExist for a customer whom the actor may not change.
    """
    if (visitor is None) == (customer is None):
        raise ValueError("a code is for a visitor or for a customer")
    if customer is not None:
        actor.require(EDIT)
        customer = Customer.objects.visible_to(actor, EDIT).get(pk=customer.pk)
    code = code_make()
    LinkCode.objects.create(
        demo=actor.demo, digest=code_digest(code, secret=settings.SECRET_KEY), visitor=visitor, customer=customer,
        expires_at=timezone.now() + LIVES,
    )  # fmt: skip
    return code


def code_take(*, demo: bool, code: str) -> Taken | None:
    """Whom it was made for; once. None for one that is too old, was taken before, or was never made."""
    digest = code_digest(code[:40], secret=settings.SECRET_KEY)
    now = timezone.now()
    with transaction.atomic():
        taken = LinkCode.objects.filter(demo=demo, digest=digest, used_at=None, expires_at__gt=now).update(used_at=now)
        if not taken:
            return None
        row = LinkCode.objects.select_related("visitor__customer", "visitor__site", "customer").get(digest=digest)
    customer = row.customer if row.customer is not None else row.visitor.customer if row.visitor else None
    return Taken(visitor=row.visitor, customer=customer)


def codes_sweep() -> None:
    """Codes that are over go after a day."""
    LinkCode.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()
