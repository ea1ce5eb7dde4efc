"""Messages to many, as long work: counted first, then asked for in batches that one may watch and stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.channels.outreach import access
from peyvand.channels.outreach.carriers import carriers
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Content, Template
from peyvand.channels.outreach.services import ContentData, content_of, send_many
from peyvand.channels.outreach.services.sending import AT_ONCE, PREFERRED, purpose_of
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.jobs.services import start
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.consents.queries import allowed
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import CustomerTag, Identity

JOB = "outreach.many"


def chosen(actor: Actor, tag_id: int | None) -> CustomerQuerySet:
    """Those who are meant, of the customers to whom the actor may write."""
    found: Any = access.customers_within(actor, access.SEND)
    if tag_id is not None:
        found = found.filter(pk__in=CustomerTag.objects.filter(tag_id=tag_id).values("customer_id"))
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Count:
    """How many are meant; of each channel, how many of them have an address and how many allow it."""

    people: int
    reached: int
    channels: list[tuple[Any, int, int]]

    @property
    def left_out(self) -> int:
        """Those who get nothing."""
        return self.people - self.reached


def reach_count(*, actor: Actor, tag_id: int | None, purpose: str, channel: str) -> Count:
    """Whom it would reach by address and permission; caps, hours and budget decide when it goes."""
    actor.require(access.SEND)
    ids = set(chosen(actor, tag_id).values_list("pk", flat=True))
    rows, reached = [], set()
    for carrier in carriers(actor.demo):
        if carrier.at_once or channel not in (PREFERRED, carrier.name):
            continue
        if carrier.addresses is not None:
            having = ids & set(carrier.addresses(list(ids)))
        else:
            owners = Identity.objects.filter(demo=actor.demo, kind=carrier.identity)
            if tag_id is not None:
                owners = owners.filter(customer_id__in=ids)
            having = ids & set(owners.values_list("customer_id", flat=True))
        allowing = allowed(
            actor=None, customer_ids=having, purpose=purpose, channel=carrier.name, demo=actor.demo
        ) & having  # fmt: skip
        rows.append((carrier, len(having), len(allowing)))
        reached |= allowing
    return Count(len(ids), len(reached), rows)


def start_many(
    *, actor: Actor, name: str, tag_id: int | None, purpose: str, channel: str, content: ContentData | Template
) -> Run:
    """Begin to write to many; gives the run that one watches. NotAllowed, InvalidError."""
    actor.require(access.SEND)
    named = clean(name)[:80]
    if not fa_key(named):
        raise InvalidError({"name": gettext("Give this message a name.")})
    purpose_of(actor, purpose)
    kept = content_of(actor=actor, given=content)
    arguments = {"name": named, "tag_id": tag_id, "purpose": purpose, "channel": channel, "content_id": kept.pk}
    return start(
        actor=actor, job=JOB, title=gettext("Message to many: %(name)s") % {"name": named}, arguments=arguments
    )  # fmt: skip


def write_many(
    run: Running, *, name: str, tag_id: int | None, purpose: str, channel: str, content_id: int
) -> dict[str, Any]:
    """The job: asks for a thousand messages at a time. Begun again after a death, it asks for nobody twice."""
    actor = run.actor
    content = Content.objects.get(pk=content_id, demo=actor.demo)
    people = chosen(actor, tag_id)
    total, done, asked = people.count(), 0, 0
    for ids in _batches(people):
        run.check()
        found = send_many(
            actor=actor, customers=ids, purpose=purpose, channel=channel, content=content, dedupe_key=f"many:{name}",
            source=("outreach.content", content_id),
        )  # fmt: skip
        done, asked = done + len(ids), asked + found.asked
        run.progress(done, total)
    return {"asked": asked, "known": done - asked, "content": content_id}


def _batches(people: CustomerQuerySet) -> Iterator[list[int]]:
    last = 0
    while ids := list(people.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield ids
        last = ids[-1]


def result_url(run: Run) -> str | None:
    """Where its messages stand."""
    content = (run.result or {}).get("content")
    return f"{reverse('outreach:list')}?source=outreach.content:{content}" if content else None
