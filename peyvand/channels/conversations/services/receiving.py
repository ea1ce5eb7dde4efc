"""Taking in what customers write: whose it is, which conversation it belongs to, once however often it comes."""

from __future__ import annotations

import io

from django.db import IntegrityError, transaction

from peyvand.channels.conversations.data import Received, ReceivedFile
from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, State, Way
from peyvand.channels.conversations.services.firsts import first_heard
from peyvand.channels.conversations.services.routing import routed_on_arrival
from peyvand.channels.conversations.waking import wake
from peyvand.channels.outreach.declarations import Carrier
from peyvand.events.conversations import ConversationReceived
from peyvand.foundation.files import services as files
from peyvand.foundation.files.services import FileRefusedError
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.interactions.services import InteractionRow, recorded

KIND = "conversations.in"
FILE = "conversations.file"
TEXT_LENGTH = 200_000
SEARCHED = 20_000
PREVIEW = 200
THREADED = ("email",)  # channels whose messages say themselves which conversation they belong to


def receive(*, demo: bool, received: Received) -> Entry | None:
    """Keep what came; gives its entry, None when it had come before. The same message five times at once is one entry.

    It joins the conversation that the channel knows for sure, else the one it refers to (of the same sender), else,
    where a channel has no threads, the sender's latest one over it; else it begins one. Nothing joins by subject alone.
    """
    if Entry.objects.filter(demo=demo, channel=received.channel, external_id=received.external_id).exists():
        return None
    try:
        with transaction.atomic():
            return _taken(demo=demo, received=received)
    except IntegrityError:  # somebody else was taking the same
        if Entry.objects.filter(demo=demo, channel=received.channel, external_id=received.external_id).exists():
            return None
        raise


def _taken(*, demo: bool, received: Received) -> Entry:
    actor = system_actor(demo=demo)
    customer = sender_of(demo=demo, received=received)
    found = conversation_for(demo=demo, received=received, customer=customer)
    first = found is None
    conversation = found or Conversation(
        demo=demo, customer=customer, subject=_clean(received.subject)[:300], channel=received.channel,
        account_id=received.account_id, address=received.address[:254], name=_clean(received.name)[:300],
        language=received.language or (customer.language if customer else ""), created_at=received.at,
        last_at=received.at, state=State.CLOSED if received.automatic else State.OPEN,
    )  # fmt: skip
    if customer is not None and conversation.customer_id is None:
        conversation.customer = customer  # known since they wrote last
    was_open = not first and conversation.state != State.CLOSED
    text, subject = _clean(received.text)[:TEXT_LENGTH], _clean(received.subject)[:300]
    _follow(conversation, text or subject, received)
    entry = Entry.objects.create(
        demo=demo, conversation=conversation, way=Way.IN, channel=received.channel, at=received.at,
        subject=subject, text=text, html=received.html.replace("\x00", "")[: 2 * TEXT_LENGTH],
        address=received.address[:254], name=_clean(received.name)[:300], external_id=received.external_id[:300],
        automatic=received.automatic, proof=dict(received.proof), raw_file_id=received.raw_file_id,
        facts=_facts(received),
        search_key=fa_key(f"{received.subject} {text}"[:SEARCHED]),
    )  # fmt: skip
    for one in received.files:
        _keep_file(actor, entry, one)
    kind, system, key = _identity(received) if customer is None else ("", "", "")
    row = InteractionRow(
        kind=KIND, at=received.at, customer_id=customer.pk if customer is not None else None,
        channel=received.channel, direction="in",
        source_kind="conversations.entry", source_id=entry.pk,
        dedupe_key=f"conversations:{received.channel}:{received.external_id}"[:120],
        payload={"subject": entry.subject, "text": text[:500], "conversation": conversation.pk,
                 "automatic": received.automatic},
        identity_kind=kind, identity_system=system, identity_key=key,
    )  # fmt: skip
    Entry.objects.filter(pk=entry.pk).update(interaction_id=recorded(actor=actor, row=row))
    if not received.automatic and not was_open and not _held(conversation):
        routed_on_arrival(conversation, entry)
    event = ConversationReceived(
        conversation_id=conversation.pk, entry_id=entry.pk, customer_id=conversation.customer_id,
        channel=received.channel, first=first, automatic=received.automatic, at=received.at, demo=demo,
    )  # fmt: skip
    publish(event, actor=actor)
    wake(conversation.pk)
    return entry


def file_add(*, entry: Entry, given: ReceivedFile) -> None:
    """A file that came later than the words it belongs to; one that may not be kept is named in the entry."""
    with transaction.atomic():
        kept = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        _keep_file(system_actor(demo=kept.demo), kept, given)
        wake(kept.conversation_id)


def file_missed(*, entry: Entry, name: str, why: str) -> None:
    """A file that was to come and won't: the entry names it."""
    with transaction.atomic():
        kept = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        _refused(kept, name, why)
        wake(kept.conversation_id)


def _facts(received: Received) -> dict[str, object]:
    facts: dict[str, object] = {} if received.trusted else {"untrusted": True}
    return facts if received.quote_at is None else {**facts, "quote_at": received.quote_at}


def _held(conversation: Conversation) -> bool:
    """Whether somebody who is still here has it, or had it when it was closed."""
    return conversation.assignee is not None and conversation.assignee.is_active


def _identity(received: Received) -> tuple[str, str, str]:
    kind = registry.get(Carrier, received.channel).identity
    return kind, received.channel.partition(":")[2], received.address


def sender_of(*, demo: bool, received: Received) -> Customer | None:
    """The one customer who has this address; None when nobody has it, or several share it."""
    if not received.address:
        return None
    kind, system, key = _identity(received)
    owners = Identity.objects.filter(demo=demo, kind=kind, key=key, system__in=["", system]).values_list(
        "customer_id", flat=True
    )
    ids = list(owners.distinct()[:2])
    return Customer.objects.select_related("owner").filter(pk=ids[0]).first() if len(ids) == 1 else None


def conversation_for(*, demo: bool, received: Received, customer: Customer | None) -> Conversation | None:
    """The conversation it belongs to, locked; None for a new one."""
    rows = Conversation.objects.select_for_update(of=("self",)).filter(demo=demo)
    if received.conversation_id is not None:
        found = rows.filter(pk=received.conversation_id).first()
        if found is not None:
            return _standing(found)
    if received.references and received.trusted:
        known = Entry.objects.filter(demo=demo, external_id__in=list(received.references)[-50:]).order_by("-at")
        for conversation_id in known.values_list("conversation_id", flat=True)[:5]:
            found = rows.filter(pk=conversation_id).first()
            if found is not None and _theirs(found, received, customer):
                return _standing(found)
    if received.channel in THREADED or not received.address:
        return None
    latest = (
        rows.filter(channel=received.channel, address=received.address, merged_into=None).order_by("-last_at").first()
    )
    if latest is None and customer is not None:
        latest = (
            rows.filter(customer=customer, merged_into=None).exclude(state=State.CLOSED).order_by("-last_at").first()
        )
    return latest


def _standing(found: Conversation) -> Conversation:
    """Where it was merged into, to the end of the chain."""
    seen: set[int] = set()
    while found.merged_into_id is not None and found.pk not in seen:
        seen.add(found.pk)
        found = Conversation.objects.select_for_update(of=("self",)).get(pk=found.merged_into_id)
    return found


def _theirs(found: Conversation, received: Received, customer: Customer | None) -> bool:
    """Whether the sender takes part in it: nobody gets into another customer's thread by naming it."""
    if customer is not None and found.customer_id == customer.pk:
        return True
    return found.address == received.address and found.channel == received.channel


def _follow(conversation: Conversation, words: str, received: Received) -> None:
    """What the conversation shows of itself after these words; they open it again, unless nobody wrote them."""
    conversation.last_at = max(conversation.last_at, received.at)
    conversation.entries_count += 1
    conversation.preview = " ".join(words.split())[:PREVIEW]
    conversation.version += 1
    if not received.automatic:
        if received.trusted or not conversation.address:  # who is not proved to take part gets no answers
            conversation.channel, conversation.account_id = received.channel, received.account_id
            conversation.address = received.address[:254]
        conversation.last_in_at = received.at
        first_heard(conversation, received.at)
        conversation.waiting_since = conversation.waiting_since or received.at
        conversation.state, conversation.snoozed_until, conversation.closed_at = State.OPEN, None, None
    conversation.save()


def _keep_file(actor: Actor, entry: Entry, given: ReceivedFile) -> None:
    """Keep a file that came along; one that may not be kept is named in the entry, never lost silently."""
    try:
        with transaction.atomic():
            kept = files.keep(
                actor=actor, name=given.name or "file", stream=io.BytesIO(given.content),
                content_type=given.content_type, purpose=FILE,
            )  # fmt: skip
            EntryFile.objects.create(demo=entry.demo, entry=entry, file=kept, content_id=given.content_id[:300])
    except FileRefusedError as error:
        _refused(entry, given.name, str(error))


def _refused(entry: Entry, name: str, why: str) -> None:
    refused = [*entry.facts.get("refused", []), {"name": name[:200], "why": why}]
    entry.facts = {**entry.facts, "refused": refused}
    entry.save(update_fields=["facts"])


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
