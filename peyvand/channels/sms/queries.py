"""The reads of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from peyvand.channels.sms import access
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.adapters.base import Adapter
from peyvand.channels.sms.models import SmsAccount
from peyvand.foundation.registry.actor import Actor


@dataclass(frozen=True)
class Shown:
    """An account as its page shows it: never a key."""

    row: SmsAccount
    adapter: Adapter | None
    hook_url: str


def accounts(*, actor: Actor) -> list[Shown]:
    """The lines of the business one looks at, in their order."""
    actor.require(access.MANAGE)
    return [_shown(row) for row in SmsAccount.objects.filter(demo=actor.demo).order_by("position", "id")]


def account_get(*, actor: Actor, id: int) -> Shown:
    """One line; SmsAccount.DoesNotExist."""
    actor.require(access.MANAGE)
    return _shown(SmsAccount.objects.get(pk=id, demo=actor.demo))


def _shown(row: SmsAccount) -> Shown:
    return Shown(row, ADAPTERS.get(row.provider), f"{settings.SITE_URL}/hooks/sms/{row.hook}/")
