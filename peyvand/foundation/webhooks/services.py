"""The verbs on endpoints and deliveries. Secrets are given back once, when they are made, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set, record
from peyvand.foundation.outside.guarding import ForbiddenAddressError, target_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import clean as cleaned
from peyvand.foundation.webhooks import access
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.errors import ConflictError, InvalidError
from peyvand.foundation.webhooks.handlers import message_of, wake
from peyvand.foundation.webhooks.models import EVERYTHING, State, WebhookDelivery, WebhookEndpoint, Why
from peyvand.foundation.webhooks.signing import locked, secret_make

MOST_ENDPOINTS = 50  # of a business
DESCRIPTION_LENGTH = 200
BOTH_FOR = timedelta(hours=24)  # after a rotation the old secret signs as well
KEPT_DAYS = 30
KIND = "settings"
TEST = "peyvand.test"


@dataclass(frozen=True)
class EndpointData:
    """What an endpoint is. `events` are names of declared events, or EVERYTHING alone for all there are and will be."""

    url: str
    events: Sequence[str]
    description: str = ""


def _checked(data: EndpointData) -> EndpointData:
    """The values as they are kept. Raises InvalidError."""
    errors: dict[str, Label] = {}
    url, description = data.url.strip(), cleaned(data.description)
    try:
        if target_of(url).sample:
            errors["url"] = _("This is the address of an example; nothing is sent there.")
    except ForbiddenAddressError as refused:
        errors["url"] = refused.message
    if len(description) > DESCRIPTION_LENGTH:
        errors["description"] = _("Say it in at most 200 letters.")
    known = {one.name for one in registry.all(WebhookEvent)}
    events = [EVERYTHING] if EVERYTHING in data.events else sorted(set(data.events))
    if not events:
        errors["events"] = _("Choose at least one event.")
    elif events != [EVERYTHING] and not known.issuperset(events):
        errors["events"] = _("There is no such event.")
    if errors:
        raise InvalidError(errors)
    return EndpointData(url, events, description)


def endpoint_create(*, actor: Actor, data: EndpointData) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, on from the start, and its secret. Raises NotAllowed and InvalidError."""
    actor.require(access.MANAGE)
    kept, secret = _checked(data), secret_make()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('webhooks:endpoints'))")
        if WebhookEndpoint.objects.filter(demo=actor.demo).count() >= MOST_ENDPOINTS:
            raise InvalidError({"": _("There are 50 webhooks already. Delete one that isn't needed.")})
        title = gettext("Webhook to %(url)s") % {"url": kept.url[:200]}
        with change_set(actor=actor, kind=KIND, title=title):
            made = WebhookEndpoint.objects.create(
                demo=actor.demo, url=kept.url, description=kept.description, events=list(kept.events),
                secret=locked(secret), created_by_id=actor.user_id,
            )  # fmt: skip
    return made, secret


def _held(actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """The endpoint, locked; WebhookEndpoint.DoesNotExist when it is not one of the business one looks at."""
    actor.require(access.MANAGE)
    return WebhookEndpoint.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=endpoint_id)


def endpoint_update(*, actor: Actor, endpoint_id: int, data: EndpointData, version: int | None = None) -> int:
    """Change it; gives the change set that takes it back.

    `version` is what was read: ConflictError when somebody was quicker; None writes all the same.
    """
    actor.require(access.MANAGE)
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        if version is not None and version != held.version:
            raise ConflictError
        sample = held.url == data.url.strip() and held.demo  # one that came with the sample stays as it is
        kept = _checked(EndpointData("https://example.com/", data.events, data.description) if sample else data)
        held.url = held.url if sample else kept.url
        held.description, held.events = kept.description, list(kept.events)
        held.version += 1
        title = gettext("Webhook to %(url)s") % {"url": held.url[:200]}
        with change_set(actor=actor, kind=KIND, title=title) as made:
            held.save(update_fields=["url", "description", "events", "version"])
    return made.pk


_PARTS = (
    "DELETE FROM webhooks_webhookattempt a USING webhooks_webhookdelivery d "
    "WHERE d.id = a.delivery_id AND d.endpoint_id = %s",
    "DELETE FROM webhooks_webhookdelivery WHERE endpoint_id = %s",
    "DELETE FROM webhooks_webhookhour WHERE endpoint_id = %s",
)


def endpoint_delete(*, actor: Actor, endpoint_id: int) -> int:
    """Delete it with its deliveries; gives the change set that takes it back (without secret and deliveries)."""
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        title = gettext("Webhook to %(url)s deleted") % {"url": held.url[:200]}
        with change_set(actor=actor, kind=KIND, title=title) as made, connection.cursor() as cursor:
            for statement in _PARTS:  # not one by one: there may be very many
                cursor.execute(statement, [held.pk])
            held.delete()
    return made.pk


def endpoint_switch(*, actor: Actor, endpoint_id: int, on: bool) -> int | None:
    """Turn it on or off; gives the change set that takes it back, None when it is so already.

    While it is off nothing new is written down for it; what waited goes out once it is on.
    """
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        if held.enabled == on:
            return None
        held.enabled, held.disabled_why = on, Why.NONE if on else Why.HAND
        held.disabled_at = None if on else timezone.now()
        held.failing_since = held.resting_until = None
        held.version += 1
        words = gettext("Webhook to %(url)s turned on") if on else gettext("Webhook to %(url)s turned off")
        with change_set(actor=actor, kind=KIND, title=words % {"url": held.url[:200]}) as made:
            held.save()
        wake()
    return made.pk


def secret_rotate(*, actor: Actor, endpoint_id: int) -> tuple[WebhookEndpoint, str]:
    """A new secret; the one before signs beside it for a day."""
    secret = secret_make()
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        held.previous_secret, held.secret = held.secret, locked(secret)
        held.previous_until = timezone.now() + BOTH_FOR if held.previous_secret else None
        held.version += 1
        held.save(update_fields=["previous_secret", "previous_until", "secret", "version"])
        title = gettext("New secret of the webhook to %(url)s") % {"url": held.url[:200]}
        record(actor=actor, kind=KIND, title=title, reference={"endpoint": held.pk})
    return held, secret


def endpoint_test(*, actor: Actor, endpoint_id: int) -> WebhookDelivery:
    """Send a message that says nothing, to see whether it arrives. InvalidError while the endpoint is off."""
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        _require_on(held)
        now = timezone.now()
        made = WebhookDelivery.objects.create(
            demo=held.demo, endpoint=held, event=TEST, next_try_at=now, created_at=now,
            payload=message_of(TEST, now, {"endpoint_id": held.pk}),
        )  # fmt: skip
        wake()
    return made


def _require_on(endpoint: WebhookEndpoint) -> None:
    if not endpoint.enabled:
        raise InvalidError({"": _("This webhook is off. Turn it on first.")})
    if not endpoint.ready:
        raise InvalidError({"": _("This webhook has no secret. Make a new one first.")})
    if endpoint.sample:
        raise InvalidError({"": _("This is the address of an example; nothing is sent there.")})


def delivery_resend(*, actor: Actor, delivery_id: int) -> WebhookDelivery:
    """Send a message once more, under its old webhook-id, with a fresh count of tries.

    WebhookDelivery.DoesNotExist, and InvalidError while its endpoint is off. One that is due anyway goes at once.
    """
    actor.require(access.MANAGE)
    with transaction.atomic():
        mine = WebhookDelivery.objects.visible_to(actor).select_related("endpoint")
        held = mine.select_for_update(of=("self",)).get(pk=delivery_id)
        _require_on(held.endpoint)
        held.state, held.tries, held.next_try_at = State.WAITING, 0, timezone.now()
        held.save(update_fields=["state", "tries", "next_try_at"])
        title = gettext("Sent %(message)s again") % {"message": held.webhook_id}
        record(actor=actor, kind=KIND, title=title, reference={"delivery": held.pk})
        wake()
    return held


def given_up_resend(*, actor: Actor, endpoint_id: int) -> int:
    """Send everything again that was given up, as after a long outage; gives how many messages."""
    with transaction.atomic():
        held = _held(actor, endpoint_id)
        _require_on(held)
        again = WebhookDelivery.objects.filter(endpoint=held, state=State.GIVEN_UP)
        count = again.update(state=State.WAITING, tries=0, next_try_at=timezone.now())
        if count:
            title = gettext("Sent what was given up again, to %(url)s") % {"url": held.url[:200]}
            record(actor=actor, kind=KIND, title=title, reference={"endpoint": held.pk, "messages": count})
        wake()
    return count


_CLEAN = (
    """
WITH old AS (
  SELECT id FROM webhooks_webhookdelivery WHERE created_at < now() - make_interval(days => %(days)s)
  ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), tries AS (DELETE FROM webhooks_webhookattempt a USING old WHERE a.delivery_id = old.id)
DELETE FROM webhooks_webhookdelivery d USING old WHERE d.id = old.id
""",
    "DELETE FROM webhooks_webhookhour WHERE hour < now() - make_interval(days => %(days)s)",
    "UPDATE webhooks_webhookendpoint SET previous_secret = '', previous_until = NULL WHERE previous_until < now()",
)


def clean(*, days: int = KEPT_DAYS, batch: int = 5_000) -> int:
    """Forget deliveries older than that with their tries, and secrets whose time is over; gives how many deliveries."""
    removed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLEAN[0], {"days": days, "limit": batch})
            count = int(cursor.rowcount)
        removed += count
        if count < batch:
            break
    with connection.cursor() as cursor:
        cursor.execute(_CLEAN[1], {"days": days})
        cursor.execute(_CLEAN[2])
    return removed


_SAMPLE = (
    "DELETE FROM webhooks_webhookattempt a USING webhooks_webhookdelivery d WHERE d.id = a.delivery_id AND d.demo",
    "DELETE FROM webhooks_webhookdelivery WHERE demo",
    "DELETE FROM webhooks_webhookhour h USING webhooks_webhookendpoint e WHERE e.id = h.endpoint_id AND e.demo",
    "DELETE FROM webhooks_webhookendpoint WHERE demo",
)


def sample_remove(actor: Actor) -> int:
    """Remove the sample's endpoints and deliveries; gives how many rows went."""
    removed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _SAMPLE:
            cursor.execute(statement)
            removed += cursor.rowcount
    return removed
