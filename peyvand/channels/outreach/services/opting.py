"""What somebody says by a word over a channel: stop, go on; and that an address is reached again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from peyvand.channels.outreach.addresses import digest_of
from peyvand.channels.outreach.models import Reason, Suppression
from peyvand.channels.outreach.services.suppressions import suppress
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.consents.models import ConsentEntry, Decision, Purpose, PurposeKind, Recorder, Source
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.models import Identity

_WANTED = (PurposeKind.MARKETING, PurposeKind.RESEARCH)


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who has said a word: over which channel, from which address (`kind` and `key` of an identity), to which line of
    ours ("" for all), when, and what a machine saw of it.
    """

    demo: bool
    channel: str
    kind: str
    key: str
    at: datetime
    line: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)

    def owners(self) -> list[int]:
        """Everybody who has this address: who shares a telephone shares its silence."""
        system = self.channel.partition(":")[2]
        found = Identity.objects.filter(demo=self.demo, kind=self.kind, key=self.key, system__in=["", system])
        return sorted(set(found.values_list("customer_id", flat=True)))


def _rows(said: Said, owners: Sequence[int], purposes: Sequence[str], decision: str) -> list[ConsentRow]:
    return [
        ConsentRow(
            customer_id=owner, purpose=purpose, channel=said.channel, decision=decision, source=Source.MESSAGE,
            at=said.at, recorder=Recorder.CUSTOMER, proof_data=dict(said.proof),
        )
        for owner in owners
        for purpose in purposes
    ]  # fmt: skip


def stopped(said: Said) -> None:
    """No more of marketing to this address, and the consents for this channel are taken back."""
    with transaction.atomic():
        owners, kinds = said.owners(), [str(kind) for kind in _WANTED]
        purposes = list(Purpose.objects.filter(demo=said.demo, kind__in=kinds).values_list("key", flat=True))
        actor = system_actor(demo=said.demo, name=said.key)
        consents_write(actor=actor, rows=_rows(said, owners, purposes, Decision.WITHDRAWN))
        suppress(
            demo=said.demo, channel=said.channel, address_key=said.key, line=said.line, reason=Reason.OPT_OUT,
            customer_id=owners[0] if len(owners) == 1 else None, kinds=kinds,
            source=f"{said.channel}:{said.line}".rstrip(":"),
        )  # fmt: skip


def started(said: Said) -> None:
    """They join again: what they had taken back by a word is given again, with this word as its proof."""
    with transaction.atomic():
        Suppression.objects.filter(
            demo=said.demo, channel=said.channel, digest=digest_of(said.channel, said.key), line=said.line,
            reason=Reason.OPT_OUT,
        ).delete()  # fmt: skip
        owners = said.owners()
        before = ConsentEntry.objects.filter(
            customer_id__in=owners, channel=said.channel, decision=Decision.WITHDRAWN, source=Source.MESSAGE
        )
        purposes = list(before.values_list("purpose__key", flat=True).distinct().order_by("purpose__key"))
        if purposes:
            actor = system_actor(demo=said.demo, name=said.key)
            consents_write(actor=actor, rows=_rows(said, owners, purposes, Decision.GIVEN))


def reached_again(*, demo: bool, channel: str, address_key: str) -> None:
    """They have let us in again, or wrote: that an address could not be reached stands no more. Words stay."""
    Suppression.objects.filter(
        demo=demo, channel=channel, digest=digest_of(channel, address_key), kinds=[], source__startswith="message:",
        reason__in=[Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE, Reason.OPT_OUT],
    ).delete()  # fmt: skip
