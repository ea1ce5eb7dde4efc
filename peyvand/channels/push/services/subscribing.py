"""Browsers come and go: subscribed, with other topics, with a new endpoint, gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.services.recipients import himself
from peyvand.channels.push.errors import InvalidError
from peyvand.channels.push.models import Sender, Subscription
from peyvand.channels.push.sealing import BrowserKeys, browser_keys, plain64
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.sites.services import visitor_seen
from peyvand.foundation.outside.guarding import ForbiddenAddressError, target_of
from peyvand.foundation.outside.locking import locked, unlocked
from peyvand.memory.consents.models import Decision, Purpose, Recorder, Source, Wording
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.models import Customer

PURPOSE = "push.subscription"
CHANNEL = "push"
LONGEST = 1_500  # letters of an endpoint
EACH = 5  # living subscriptions of one visitor


@dataclass(frozen=True, kw_only=True)
class SubscriptionData:
    """What a browser gives. `proof` is what a machine saw of the yes."""

    endpoint: str
    p256dh: str
    auth: str
    topics: Sequence[str]
    language: str = "fa"
    agent: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)


def digest_of(endpoint: str) -> str:
    """By what a subscription is known again."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def subscribe(*, site: Site, token: str, data: SubscriptionData) -> Subscription:
    """Keep a browser that takes notices, or what it says anew. InvalidError.

    A known customer's yes goes to the ledger; of a visitor who is not known yet it is kept here until they are.
    """
    _checked(data)
    sender = Sender.objects.filter(demo=site.demo, enabled=True).first()
    if sender is None:
        raise InvalidError({"site": _("Notices are not switched on here.")})
    topics = [one for one in sender.topics if one in data.topics]
    if not topics:
        raise InvalidError({"topics": _("Choose at least one topic.")})
    with transaction.atomic():
        visitor = Visitor.objects.select_for_update(of=("self",)).get(
            pk=visitor_seen(site=site, token=token, language=data.language, agent=data.agent).pk
        )
        before = Subscription.objects.select_for_update(of=("self",)).filter(digest=digest_of(data.endpoint)).first()
        was = set(before.topics) if before and before.visitor_id == visitor.pk and before.gone_at is None else set()
        row = before or Subscription(demo=site.demo, digest=digest_of(data.endpoint))
        row.site, row.visitor, row.gone_at = site, visitor, None
        _put_keys(row, data.endpoint, data.p256dh, data.auth)
        row.topics, row.language = topics, data.language if data.language in ("fa", "en") else site.language
        row.agent = data.agent.replace("\x00", "")[:300]
        row.agreed = {**data.proof, "at": timezone.now().isoformat(), "device": row.digest[:12]}
        row.save()
        _bounded(visitor, row)
        _tell(visitor, given=[one for one in topics if one not in was], row=row)
        _tell(visitor, taken=[one for one in was if one not in topics], row=row)
    return row


def _checked(data: SubscriptionData) -> None:
    try:
        if len(data.endpoint) > LONGEST:
            raise ForbiddenAddressError(_("This address is too long."))
        target_of(data.endpoint)
        browser_keys(data.p256dh, data.auth)
    except ForbiddenAddressError as error:
        raise InvalidError({"endpoint": error.message}) from None
    except ValueError:
        raise InvalidError({"keys": _("These are no keys of a browser.")}) from None


def _put_keys(row: Subscription, endpoint: str, p256dh: str, auth: str) -> None:
    row.endpoint = locked(endpoint, purpose=PURPOSE)
    row.keys = locked(json.dumps({"p256dh": p256dh, "auth": auth}), purpose=PURPOSE)


def _bounded(visitor: Visitor, row: Subscription) -> None:
    """A browser has one subscription; what piles up under one token is not of browsers."""
    living = Subscription.objects.filter(visitor=visitor, gone_at=None).exclude(pk=row.pk).order_by("-created_at")
    over = list(living.values_list("pk", flat=True)[EACH - 1 :])
    if over:
        Subscription.objects.filter(pk__in=over).update(gone_at=timezone.now())


def opened(row: Subscription) -> tuple[str, BrowserKeys] | None:
    """Endpoint and keys; None when the installation's key was replaced."""
    endpoint, keys = unlocked(row.endpoint, purpose=PURPOSE), unlocked(row.keys, purpose=PURPOSE)
    if endpoint is None or keys is None:
        return None
    given = json.loads(keys)
    return endpoint, BrowserKeys(plain64(given["p256dh"]), plain64(given["auth"]))


def _living(site: Site, token: str, endpoint: str) -> Subscription | None:
    """The subscription of this browser; InvalidError for what is no token."""
    visitor = visitor_seen(site=site, token=token)
    rows = Subscription.objects.select_for_update(of=("self",)).filter(visitor=visitor, gone_at=None)
    return rows.filter(digest=digest_of(endpoint)).first()


def topics_choose(*, site: Site, token: str, endpoint: str, topics: Collection[str], proof: Mapping[str, Any]) -> bool:
    """Other topics; False for a browser that has not subscribed. None at all ends the subscription. InvalidError."""
    with transaction.atomic():
        row = _living(site, token, endpoint)
        if row is None:
            return False
        offered = Sender.objects.filter(demo=site.demo, enabled=True).values_list("topics", flat=True).first() or []
        before, row.topics = row.topics, [one for one in offered if one in topics]
        row.agreed = {**proof, "at": timezone.now().isoformat(), "device": row.digest[:12]}
        row.gone_at = None if row.topics else timezone.now()
        row.save(update_fields=["topics", "agreed", "gone_at"])
        _tell(row.visitor, given=[one for one in row.topics if one not in before], row=row)
        _tell(row.visitor, taken=[one for one in before if one not in row.topics], row=row)
    return True


def unsubscribe(*, site: Site, token: str, endpoint: str, proof: Mapping[str, Any]) -> bool:
    """No more notices here; False for a browser that has not subscribed. InvalidError."""
    return topics_choose(site=site, token=token, endpoint=endpoint, topics=(), proof=proof)


def renew(*, site: Site, old: str, data: SubscriptionData) -> bool:
    """The browser has made itself a new endpoint: who knows the old one says it. False for one that nobody has."""
    _checked(data)
    with transaction.atomic():
        row = (
            Subscription.objects.select_for_update(of=("self",))
            .filter(site=site, digest=digest_of(old), gone_at=None)
            .first()
        )
        if row is None or Subscription.objects.filter(digest=digest_of(data.endpoint)).exclude(pk=row.pk).exists():
            return False
        row.digest = digest_of(data.endpoint)
        _put_keys(row, data.endpoint, data.p256dh, data.auth)
        row.save(update_fields=["digest", "endpoint", "keys"])
    return True


def visitor_known(*, visitor_id: int) -> int:
    """It is known who a visitor is: the yes that was kept here goes to the ledger, as of when it was said; once."""
    given = 0
    with transaction.atomic():
        rows = Subscription.objects.select_for_update(of=("self",)).filter(visitor_id=visitor_id, gone_at=None)
        for row in rows.select_related("visitor__customer"):
            if not row.agreed.get("told"):
                given += _tell(row.visitor, given=row.topics, row=row)
    return given


def _tell(visitor: Visitor, *, row: Subscription, given: Sequence[str] = (), taken: Sequence[str] = ()) -> int:
    """Write to the ledger what a known customer said; gives how many lines. What another of their browsers still takes
    is not taken back.
    """
    customer = Customer.objects.filter(pk=visitor.customer_id).first() if visitor.customer_id else None
    if customer is None or not (given or taken):
        return 0
    others = Subscription.objects.filter(visitor__customer_id=customer.pk, gone_at=None).exclude(pk=row.pk)
    still = {topic for topics in others.values_list("topics", flat=True) for topic in topics}
    known = dict(Purpose.objects.filter(demo=row.demo, key__in=[*given, *taken]).values_list("key", "pk"))
    wordings = {
        one.purpose_id: one.pk
        for one in Wording.objects.filter(purpose_id__in=known.values(), language=row.language).order_by("version")
    }
    said = [(topic, Decision.GIVEN) for topic in given] + [
        (topic, Decision.WITHDRAWN) for topic in taken if topic not in still
    ]
    lines = [
        ConsentRow(
            customer.pk, topic, CHANNEL, decision, Source.PREFERENCES, recorder=Recorder.CUSTOMER,
            wording_id=wordings.get(known[topic]) if decision == Decision.GIVEN else None,
            proof=gettext("Allowed in the browser, on the site"), proof_data=row.agreed,
        )
        for topic, decision in said
        if topic in known
    ]  # fmt: skip
    written = consents_write(actor=himself(customer), rows=lines)
    row.agreed = {**row.agreed, "told": customer.pk}
    row.save(update_fields=["agreed"])
    return written
