"""What recipients say on their own pages: whom they allow what, how often, when, in which language; and forget me.

Who has the link may say it: the link is the right. Everything is written as the customer's own word, with its proof.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.addresses import opt_in_url
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.gate.facts import recipients_locked
from peyvand.channels.outreach.models import Message, OptIn, Recipient, State
from peyvand.channels.outreach.models.people import Pace
from peyvand.channels.outreach.services.contents import ContentData, TextData
from peyvand.channels.outreach.services.sending import LIVE, Request, send
from peyvand.events.outreach import PreferencesChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.memory.consents.models import ConsentState, Decision, Purpose, Recorder, Source, Wording
from peyvand.memory.consents.queries import allowed
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.services import record

OPT_IN_DAYS = 7
LONGEST_PAUSE = timedelta(days=366)
SAID = "outreach.said"


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a customer says on their page. `allowed` are (purpose, channel) pairs that they allow, of those `shown`.

    None leaves a thing as it is.
    """

    shown: Sequence[tuple[str, str]] = ()
    allowed: Sequence[tuple[str, str]] = ()
    preferred: str | None = None
    pace: str | None = None
    paused_days: int | None = None
    language: str | None = None
    tz: str | None = None


def recipient_of(*, customer: Customer) -> Recipient:
    """The customer's row of preferences, made when there is none."""
    with transaction.atomic():
        return recipients_locked([customer.pk], demo=customer.demo)[customer.pk]


def himself(customer: Customer) -> Actor:
    """Who acts when a customer does."""
    return system_actor(demo=customer.demo, via="site", name=customer.name, language=customer.language or "fa")


def preferences_save(*, recipient: Recipient, given: Preferences, proof: Mapping[str, Any]) -> int:
    """Write what the customer says; gives how many lines of the ledger it made. `proof` is what a machine saw of it."""
    _checked(given)
    with transaction.atomic():
        found = Recipient.objects.select_for_update(of=("self",)).select_related("customer").get(pk=recipient.pk)
        actor = himself(found.customer)
        with change_set(actor=actor, kind="edit", title=gettext("Preferences of a customer")):
            lines = consents_write(actor=actor, rows=_lines(found.customer, given, proof))
            _put(found, given)
            if given.language is not None and given.language != found.customer.language:
                Customer.objects.filter(pk=found.customer_id).update(language=given.language)
            publish(PreferencesChanged(customer_id=found.customer_id, demo=found.demo), actor=actor)
            record(
                actor=actor, kind=SAID, at=timezone.now(), customer=found.customer_id, direction="in", channel="web",
                source_kind="outreach.recipient", source_id=found.customer_id,
                payload={"lines": lines, "text": gettext("Changed what they allow and prefer")},
            )  # fmt: skip
    return lines


def _checked(given: Preferences) -> None:
    if given.preferred and not registry.has(Carrier, given.preferred):
        raise InvalidError({"preferred": _("Choose one of the channels.")})
    if given.pace is not None and given.pace not in Pace.values:
        raise InvalidError({"pace": _("Choose how often.")})
    if given.language is not None and given.language not in ("fa", "en"):
        raise InvalidError({"language": _("Choose one of the languages.")})
    if given.tz and given.tz not in available_timezones():
        raise InvalidError({"tz": _("Choose a time zone.")})
    if given.paused_days is not None and not 0 <= given.paused_days <= LONGEST_PAUSE.days:
        raise InvalidError({"paused_days": _("A pause is at most a year.")})


def _put(recipient: Recipient, given: Preferences) -> None:
    now = timezone.now()
    if given.preferred is not None:
        recipient.preferred = given.preferred
    if given.pace is not None:
        recipient.pace = given.pace
    if given.tz is not None:
        recipient.tz = given.tz
    if given.paused_days is not None:
        recipient.paused_until = now + timedelta(days=given.paused_days) if given.paused_days else None
    recipient.changed_at = now
    recipient.save()


def _lines(customer: Customer, given: Preferences, proof: Mapping[str, Any]) -> list[ConsentRow]:
    """A line for each word that differs from what stands: what was open or given and is not wanted, and the reverse."""
    wanted, rows = set(given.allowed), []
    for purpose, channel in dict.fromkeys(given.shown):
        stands = bool(
            allowed(actor=None, customer_ids=[customer.pk], purpose=purpose, channel=channel, demo=customer.demo)
        )
        wants = (purpose, channel) in wanted
        if stands != wants:
            rows.append(
                _row(
                    customer,
                    purpose,
                    channel,
                    Decision.GIVEN if wants else Decision.WITHDRAWN,
                    proof,
                    Source.PREFERENCES,
                )
            )
    return rows


def _row(
    customer: Customer, purpose: str, channel: str, decision: str, proof: Mapping[str, Any], source: str
) -> ConsentRow:
    wording = (
        Wording.objects.filter(purpose__key=purpose, demo=customer.demo, language=customer.language or "fa")
        .order_by("-version")
        .first()
    )
    return ConsentRow(
        customer_id=customer.pk, purpose=purpose, channel=channel, decision=decision, source=source,
        recorder=Recorder.CUSTOMER, proof_data=dict(proof),
        wording_id=wording.pk if wording is not None and decision == Decision.GIVEN else None,
    )  # fmt: skip


def unsubscribe(*, uid: UUID, proof: Mapping[str, Any]) -> Message | None:
    """Stop what a message was of, over its channel: one click, no questions. None when we sent no such message.

    Saying it twice changes nothing.
    """
    message = Message.objects.filter(uid=uid).select_related("customer").first()
    if message is None or message.customer is None:
        return message
    customer = message.customer
    with transaction.atomic():
        stands = allowed(
            actor=None, customer_ids=[customer.pk], purpose=message.purpose, channel=message.channel, demo=customer.demo
        )
        said = ConsentState.objects.filter(
            customer=customer, purpose__key=message.purpose, channel=message.channel, decision=Decision.WITHDRAWN
        )
        if stands or not said.exists():
            row = _row(customer, message.purpose, message.channel, Decision.WITHDRAWN, proof, Source.MESSAGE)
            consents_write(actor=himself(customer), rows=[row])
    return message


def forget_ask(*, recipient: Recipient) -> None:
    """The customer asks to be forgotten: who may erase sees it, and nothing but service goes meanwhile."""
    with transaction.atomic():
        found = Recipient.objects.select_for_update(of=("self",)).select_related("customer").get(pk=recipient.pk)
        if found.forget_asked_at is not None:
            return
        found.forget_asked_at = timezone.now()
        found.paused_until = found.forget_asked_at + LONGEST_PAUSE
        actor = himself(found.customer)
        with change_set(actor=actor, kind="edit", title=gettext("A customer asks to be forgotten")):
            found.save(update_fields=["forget_asked_at", "paused_until"])
            record(
                actor=actor, kind=SAID, at=found.forget_asked_at, customer=found.customer_id, direction="in",
                channel="web", payload={"text": gettext("Asked to be forgotten"), "forget": True},
            )  # fmt: skip


def digest(token: str) -> str:
    """How an opt-in's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def opt_in_ask(
    *,
    actor: Actor,
    customer: Customer,
    purpose: str,
    channel: str,
    address: str,
    proof: Mapping[str, Any] | None = None,
    wording: Wording | None = None,
) -> OptIn:
    """Ask somebody, at their own address, whether they really want this: nothing is allowed until they say yes there.

    InvalidError for an unknown purpose or channel, or no address. The asking itself is a message of service.
    """
    if not registry.has(Carrier, channel):
        raise InvalidError({"channel": _("Choose one of the channels.")})
    found = Purpose.objects.filter(demo=actor.demo, key=purpose, archived=False).first()
    if found is None:
        raise InvalidError({"purpose": _("Choose one of the purposes.")})
    try:
        identity_key(registry.get(Carrier, channel).identity, address)
    except IdentifierError as error:
        raise InvalidError({"address": str(error)}) from None
    token, now = secrets.token_urlsafe(24), timezone.now()
    with transaction.atomic():
        made = OptIn.objects.create(
            demo=actor.demo, customer=customer, purpose=purpose, channel=channel, address=address.strip(),
            wording_id=wording.pk if wording else None, digest=digest(token), proof=dict(proof or {}),
            expires_at=now + timedelta(days=OPT_IN_DAYS),
        )  # fmt: skip
        send(
            actor=system_actor(demo=actor.demo),
            request=Request(
                customer=customer.pk, purpose="service", channel=channel, address=address, answers=True, priority=LIVE,
                content=_question(found), dedupe_key=f"opt-in:{made.pk}", source=("outreach.opt-in", made.pk),
                values={"opt_in_link": opt_in_url(token), "purpose": found.name}, expires_at=made.expires_at,
            ),
        )  # fmt: skip
    return made


def _question(purpose: Purpose) -> ContentData:
    return ContentData(
        title=gettext("Confirmation of a consent"), extra=("opt_in_link", "purpose"),
        texts=(
            TextData(
                subject="آیا این شما بودید؟", language="fa",
                body=f"کسی با این نشانی خواسته است «{purpose.name_fa or purpose.name_en}» ما را دریافت کند. "
                "اگر شما بودید، این‌جا تأیید کنید:\n{{opt_in_link}}\nاگر نبودید، کاری لازم نیست؛ چیزی فرستاده نمی‌شود.",
            ),
            TextData(
                subject="Was this you?", language="en",
                body=f"Somebody has asked for “{purpose.name_en or purpose.name_fa}” with this address. "
                "If it was you, confirm here:\n{{opt_in_link}}\nIf not, there is nothing to do; nothing will be sent.",
            ),
        ),
    )  # fmt: skip


def opt_in_confirm(*, token: str, proof: Mapping[str, Any], now: datetime | None = None) -> OptIn | None:
    """The yes from somebody's own address: only now is the consent written. None for an unknown or old link."""
    moment = now or timezone.now()
    with transaction.atomic():
        found = (
            OptIn.objects.select_for_update(of=("self",))
            .select_related("customer")
            .filter(digest=digest(token))
            .first()
        )
        if found is None or found.expires_at <= moment:
            return None
        if found.confirmed_at is None:
            found.confirmed_at = moment
            found.proof = {**found.proof, "said": {name: str(value)[:300] for name, value in proof.items()}}
            found.save(update_fields=["confirmed_at", "proof"])
            row = _row(
                found.customer, found.purpose, found.channel, Decision.GIVEN,
                {**found.proof, **proof, "address": found.address}, Source.OPT_IN,
            )  # fmt: skip
            consents_write(actor=himself(found.customer), rows=[row])
    return found


def waiting_of(customer: Customer) -> list[Message]:
    """What still waits for a customer, for their own page."""
    return list(
        Message.objects.filter(customer=customer, state__in=[State.PENDING, State.HELD]).order_by("due_at")[:20]
    )
