"""What has to be looked at again: leases that ran out, held messages, and the fate of those nobody knows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from peyvand.channels.outreach.declarations import Account, Asked, Carrier, Outcome, Said
from peyvand.channels.outreach.dispatching.handing import clean, handed
from peyvand.channels.outreach.dispatching.settling import settle
from peyvand.channels.outreach.models import Message, State
from peyvand.foundation.registry.registry import registry

AT_ONCE = 500
GRACE = timedelta(seconds=30)  # a call that is still under way somewhere ends within this, after its lease
ASK_AGAIN = (15, 60, 300, 1800, 7200)  # seconds between two questions about one message
MOST_ASKED = 40  # then only a report, a reply or a person can say


def sweep(*, now: datetime) -> int:
    """Put back what was only leased, settle what was attempted as far as it is known, release what was held; gives how
    many.
    """
    clean()
    return _leases(now) + _held(now) + _expired(now)


def _leases(now: datetime) -> int:
    back = _some(Q(state=State.LEASED, leased_until__lte=now))
    moved = Message.objects.filter(pk__in=back, state=State.LEASED).update(
        state=State.PENDING, lease=None, leased_until=None
    )
    return moved + _interrupted(now)


def _interrupted(now: datetime) -> int:
    """What a worker had attempted that did not come back. What it certainly has not handed over goes now, what it was
    told of is settled, the rest is unknown.
    """
    lost = _some(Q(state=State.ATTEMPTING, leased_until__lte=now))
    rows = Message.objects.filter(pk__in=lost, state=State.ATTEMPTING, leased_until__lte=now)  # not one that goes anew
    leases: dict[UUID, list[int]] = defaultdict(list)
    for pk, lease in rows.values_list("pk", "lease"):
        if lease is not None:
            leases[lease].append(pk)
    moved = 0
    for lease, ids in leases.items():
        named = handed(lease)
        if named is None:
            continue
        if kept := [pk for pk in ids if pk not in named]:
            moved += rows.filter(pk__in=kept, lease=lease).update(
                state=State.PENDING, due_at=now, lease=None, leased_until=None
            )
        moved += settle([said for pk in ids if (said := named.get(pk)) is not None], now=now, lease=lease)
    moved += rows.update(
        state=State.INDETERMINATE, reason="interrupted", due_at=now + GRACE, lease=None, leased_until=None
    )
    return moved


def _held(now: datetime) -> int:
    """Those whose time has come wait for the gate again, at the end of their own kind's line."""
    due = _some(Q(state=State.HELD, held_until__lte=now))
    return Message.objects.filter(pk__in=due, state=State.HELD).update(state=State.PENDING, held_until=None, due_at=now)


def _expired(now: datetime) -> int:
    late = _some(Q(state__in=[State.PENDING, State.HELD], expires_at__lte=now))
    return Message.objects.filter(pk__in=late, state__in=[State.PENDING, State.HELD]).update(
        state=State.REFUSED, reason="late:expired", held_until=None
    )


def _some(which: Q) -> list[int]:
    with transaction.atomic():
        rows = Message.objects.filter(which).select_for_update(skip_locked=True, of=("self",))
        return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def look_up(*, now: datetime, most: int = AT_ONCE) -> int:
    """Ask the providers that can be asked what became of messages nobody knows of; gives how many are settled.

    One that its provider has never seen may be sent again: nothing else is.
    """
    askable = [one.name for one in registry.all(Carrier) if one.look_up is not None]
    with transaction.atomic():
        rows = list(
            Message.objects.filter(
                state=State.INDETERMINATE, channel__in=askable, due_at__lte=now, asked__lt=MOST_ASKED
            )
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at", "id")[:most]
        )
        for row in rows:  # whoever asks has so long; another worker does not ask the same meanwhile
            pause = ASK_AGAIN[min(row.asked, len(ASK_AGAIN) - 1)]
            row.asked, row.due_at = row.asked + 1, now + timedelta(seconds=pause)
        Message.objects.bulk_update(rows, ["asked", "due_at"])
    by_account: dict[tuple[str, bool, int], list[Message]] = defaultdict(list)
    for row in rows:
        by_account[row.channel, row.demo, row.account_id or 0].append(row)
    settled = 0
    for (channel, demo, account_id), messages in by_account.items():
        carrier = registry.get(Carrier, channel)
        account = next((one for one in carrier.accounts(demo) if one.id == account_id), None)
        if account is not None:
            settled += settle(_answers(carrier, account, messages), now=now)
    return settled


def _answers(carrier: Carrier, account: Account, messages: list[Message]) -> list[Outcome]:
    assert carrier.look_up is not None  # noqa: S101  only those are asked
    asked = [Asked(row.pk, row.uid, row.provider_id, row.address_key) for row in messages]
    return [one for one in carrier.look_up(account, asked) if one.said != Said.UNKNOWN]


def unknown_to_people() -> Q:
    """Messages whose fate only a report, a reply or a person can tell: for the page that shows them."""
    askable = [one.name for one in registry.all(Carrier) if one.look_up is not None]
    return Q(state=State.INDETERMINATE) & (~Q(channel__in=askable) | Q(asked__gte=MOST_ASKED))
