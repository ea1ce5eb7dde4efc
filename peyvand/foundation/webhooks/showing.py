"""Endpoints, deliveries and tries as screens draw them: with a sign and a word, never by colour alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from peyvand.foundation.outside.requesting import Trouble
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.webhooks.batching import ordered
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.models import EVERYTHING, State, WebhookAttempt, WebhookDelivery, WebhookEndpoint, Why
from peyvand.foundation.webhooks.queries import Health
from peyvand.foundation.webhooks.services import TEST
from peyvand.foundation.webhooks.signing import UNSIGNED

TROUBLES: Mapping[str, Label] = {
    Trouble.ADDRESS: gettext_lazy("The address lies in your own network; nothing was sent"),
    Trouble.NAME: gettext_lazy("No machine is known under this name"),
    Trouble.SAMPLE: gettext_lazy("The address of an example; nothing was sent"),
    Trouble.CONNECT: gettext_lazy("Nobody answers at this address"),
    Trouble.TLS: gettext_lazy("No safe connection: the certificate isn't valid"),
    Trouble.TIMEOUT: gettext_lazy("No answer within 15 seconds"),
    Trouble.BROKEN: gettext_lazy("The connection broke off"),
    Trouble.REDIRECT: gettext_lazy("It points elsewhere; redirects are not followed"),
    Trouble.STATUS: gettext_lazy("The receiver refused it"),
    UNSIGNED: gettext_lazy("The key of this installation was replaced: make a new secret"),
}
SIGNS = {
    State.WAITING: ("clock", "info"),
    State.DELIVERED: ("circle-check", "good"),
    State.FAILED: ("refresh-alert", "warn"),
    State.GIVEN_UP: ("circle-x", "bad"),
}


@dataclass(frozen=True)
class Sign:
    """A state in a word, with its icon and tone."""

    word: str
    tone: str
    icon: str


def delivery_sign(state: str) -> Sign:
    """How far a delivery is."""
    icon, tone = SIGNS[State(state)]
    return Sign(str(State(state).label), tone, icon)


def endpoint_sign(endpoint: WebhookEndpoint) -> Sign:
    """How an endpoint is, in a word."""
    if not endpoint.enabled:
        return Sign(
            str(Why(endpoint.disabled_why).label), "bad" if endpoint.disabled_why != Why.HAND else "", "plug-off"
        )
    if not endpoint.ready:
        return Sign(gettext("Without a secret"), "warn", "key-off")
    if endpoint.failing_since is not None:
        return Sign(gettext("Failing"), "warn", "alert-triangle")
    if endpoint.last_at is None:
        return Sign(gettext("Nothing sent yet"), "info", "clock")
    return Sign(gettext("Working"), "good", "circle-check")


def result(status: int | None, error: str) -> str:
    """What came back, in words; "" before the first try."""
    if status is None:
        return str(TROUBLES.get(error, error))
    if error == Trouble.REDIRECT:
        return f"{status} · {TROUBLES[error]}"
    return str(status)


def event_label(name: str) -> str:
    """What an event is called; the bare name when no room tells of it any more."""
    if name == TEST:
        return gettext("Test")
    return str(registry.get(WebhookEvent, name).label) if registry.has(WebhookEvent, name) else name


def events_chosen(endpoint: WebhookEndpoint) -> str:
    """The events an endpoint hears, in a few words."""
    if EVERYTHING in endpoint.events:
        return gettext("All events")
    number = len(endpoint.events)
    if number <= 2:
        return gettext(", ").join(event_label(name) for name in endpoint.events)
    return ngettext("%(count)s event", "%(count)s events", number) % {"count": formats.number(number)}


@dataclass(frozen=True)
class BarShown:
    """One bar of the health picture; heights in percent."""

    good: int
    bad: int
    title: str


@dataclass(frozen=True)
class HealthShown:
    """The picture and what it says in words."""

    bars: Sequence[BarShown]
    words: str
    health: Health


def health_shown(health: Health) -> HealthShown:
    """Two days in bars; the highest fills the picture, and what was refused is never too small to see."""
    most = max((bar.taken + bar.refused for bar in health.bars), default=0) or 1
    bars = [
        BarShown(
            round(bar.taken * 100 / most),
            max(12, round(bar.refused * 100 / most)) if bar.refused else 0,
            f"{formats.moment(bar.at)}: {counts(bar.taken, bar.refused)}",
        )
        for bar in health.bars
    ]
    if not health.taken and not health.refused:
        return HealthShown(bars, gettext("Nothing in the last two days"), health)
    return HealthShown(bars, counts(health.taken, health.refused), health)


def counts(taken: int, refused: int) -> str:
    """How many tries were taken, how many failed."""
    good = gettext("%(count)s taken") % {"count": formats.number(taken)}
    bad = gettext("%(count)s failed") % {"count": formats.number(refused)}
    return pgettext("taken and failed", "%(good)s, %(bad)s") % {"good": good, "bad": bad}


@dataclass(frozen=True)
class EndpointShown:
    """A line of the list."""

    endpoint: WebhookEndpoint
    sign: Sign
    events: str
    last: str
    health: HealthShown


def endpoint_shown(endpoint: WebhookEndpoint, health: Health) -> EndpointShown:
    """An endpoint with its health."""
    return EndpointShown(
        endpoint, endpoint_sign(endpoint), events_chosen(endpoint), result(endpoint.last_status, endpoint.last_error),
        health_shown(health),
    )  # fmt: skip


@dataclass(frozen=True)
class DeliveryShown:
    """A line of the list of deliveries."""

    delivery: WebhookDelivery
    sign: Sign
    event: str
    last: str


def delivery_shown(delivery: WebhookDelivery) -> DeliveryShown:
    """A delivery as it is read."""
    return DeliveryShown(
        delivery, delivery_sign(delivery.state), event_label(delivery.event),
        result(delivery.last_status, delivery.last_error),
    )  # fmt: skip


@dataclass(frozen=True)
class AttemptShown:
    """One try."""

    attempt: WebhookAttempt
    taken: bool
    words: str


def attempt_shown(attempt: WebhookAttempt) -> AttemptShown:
    """A try as it is read."""
    return AttemptShown(attempt, not attempt.error, result(attempt.status, attempt.error))


def pretty(message: Mapping[str, Any]) -> str:
    """A message as people read it; what is sent has no spaces."""
    return json.dumps(ordered(message), ensure_ascii=False, indent=2)
