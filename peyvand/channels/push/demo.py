"""The sample's notices: a few browsers that take them, and reach nobody."""

from __future__ import annotations

import secrets

from peyvand.channels.push.models import Sender, Subscription
from peyvand.channels.push.sealing import keys_new, text64
from peyvand.channels.push.services.setting import sender_of
from peyvand.channels.push.services.subscribing import SubscriptionData, subscribe
from peyvand.channels.sites.models import Proof, Site
from peyvand.channels.sites.services import known, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

BROWSERS = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
)


def sample_load(actor: Actor, world: World) -> int:
    """Six people who take news, and two of whom nobody knows who they are; gives how many rows."""
    site = Site.objects.filter(demo=True).order_by("pk").first()
    if site is None:
        return 0
    sender = sender_of(demo=True)
    Sender.objects.filter(pk=sender.pk).update(enabled=True, topics=["news", "service"])
    people = [*Customer.objects.filter(demo=True, kind="person").order_by("pk")[:6], None, None]
    for place, customer in enumerate(people):
        token, agent = token_new(), BROWSERS[place % 2]
        visitor = visitor_seen(site=site, token=token, language="fa", agent=agent)
        if customer is not None:
            known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF)
        data = SubscriptionData(
            endpoint=f"https://push.example/{secrets.token_urlsafe(16)}", p256dh=keys_new()[1],
            auth=text64(secrets.token_bytes(16)), topics=["news"], agent=agent, proof={"page": "http://localhost/"},
        )  # fmt: skip
        subscribe(site=site, token=token, data=data)
    return len(people) + 1


def sample_remove(actor: Actor) -> int:
    """Remove the sample's browsers and keys."""
    removed = Subscription.objects.filter(demo=True).delete()[0]
    return removed + Sender.objects.filter(demo=True).delete()[0]
