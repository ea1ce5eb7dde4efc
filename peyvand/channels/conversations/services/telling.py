"""Telling somebody that a customer of high value waits, once for each waiting and colleague."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from peyvand.channels.conversations.models import Alarm, Conversation, RoutingSettings, State
from peyvand.channels.conversations.services.routing import CLASS
from peyvand.channels.conversations.waking import wake
from peyvand.events.conversations import ValuableWaiting
from peyvand.foundation.accounts.models import Membership, User
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.customers.models import Trait
from peyvand.memory.work.queries import calendar_load

AT_ONCE = 500


def tell_due(now: datetime | None = None) -> int:
    """Tell of all that wait too long by now; gives how many colleagues were told. Again at once, it tells nobody."""
    moment, told = now or timezone.now(), 0
    for row in RoutingSettings.objects.filter(tell_minutes__gt=0).exclude(tell_classes=[]):
        patience = timedelta(minutes=row.tell_minutes)
        calendar = calendar_load(demo=row.demo)
        classes = Trait.objects.filter(name=CLASS, text__in=row.tell_classes, customer__demo=row.demo)
        late = (
            Conversation.objects.filter(
                demo=row.demo, merged_into=None, waiting_since__lte=moment - patience,
                customer_id__in=classes.values("customer_id"),
            )
            .exclude(state=State.CLOSED)
            .order_by("waiting_since")[:AT_ONCE]
        )  # fmt: skip
        for pk in list(late.values_list("pk", flat=True)):
            told += _told(pk, row, calendar.open_seconds_between, moment)
    return told


def _told(pk: int, row: RoutingSettings, open_between: object, now: datetime) -> int:
    with transaction.atomic():
        found = Conversation.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if found is None or found.waiting_since is None or found.customer_id is None:
            return 0
        waited = open_between(start=found.waiting_since, end=now) if callable(open_between) else 0
        if waited < row.tell_minutes * 60:
            return 0
        people = _people(row, found)
        there = set(
            Alarm.objects.filter(conversation=found, since=found.waiting_since).values_list("user_id", flat=True)
        )
        new = [user_id for user_id in people if user_id not in there]
        if not new or (there and not row.tell_user_id and not row.tell_team_id):
            return 0  # whoever had it was told; that it went to somebody else since is no new waiting
        Alarm.objects.bulk_create(
            [
                Alarm(demo=found.demo, user_id=user_id, conversation=found, since=found.waiting_since, at=now)
                for user_id in new
            ],
            ignore_conflicts=True,
        )
        if not there:
            trait = Trait.objects.filter(customer_id=found.customer_id, name=CLASS).first()
            event = ValuableWaiting(
                conversation_id=found.pk, customer_id=found.customer_id, value_class=trait.text if trait else "",
                waited_s=int((now - found.waiting_since).total_seconds()), at=now, demo=found.demo,
            )  # fmt: skip
            publish(event, actor=system_actor(demo=found.demo))
        wake(found.pk)
    return len(new)


def _people(row: RoutingSettings, conversation: Conversation) -> list[int]:
    """Whom to tell: whom the settings name, else who has it, else the customer's owner."""
    ids: set[int] = set()
    if row.tell_user_id is not None:
        ids.add(row.tell_user_id)
    if row.tell_team_id is not None:
        ids.update(Membership.objects.filter(team_id=row.tell_team_id).values_list("user_id", flat=True))
    if not ids and conversation.assignee_id is not None:
        ids.add(conversation.assignee_id)
    if not ids and conversation.customer is not None and conversation.customer.owner_id is not None:
        ids.add(conversation.customer.owner_id)
    return sorted(User.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True))
