"""The visitor behind a submission, as the room of sites knows them."""

from __future__ import annotations

from collections.abc import Sequence

from peyvand.channels.sites import queries, services
from peyvand.channels.sites.edge import allowed_origin
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.tokens import is_token
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer


def visitor_of(*, site_key: str, token: str, demo: bool) -> Visitor | None:
    """The visitor whose browser holds that token; None for none of ours, or of the other business."""
    if not site_key or not is_token(token):
        return None
    site = queries.site_by_key(site_key)
    if site is None or site.demo != demo:
        return None
    return queries.visitor_of(site, token)


def seen(*, site_key: str, token: str, demo: bool, language: str, agent: str) -> Visitor | None:
    """The same, made where the browser is new to us."""
    site = queries.site_by_key(site_key) if is_token(token) else None
    if site is None or site.demo != demo:
        return None
    try:
        return services.visitor_seen(site=site, token=token, language=language, agent=agent)
    except InvalidError:  # a token of another site
        return None


def claimed(*, visitor: Visitor | None, kind: str, values: Sequence[str]) -> None:
    """Note what a visitor says of themselves; it proves nothing."""
    if visitor is not None:
        for value in values:
            services.claim(visitor=visitor, kind=kind, value=value)


def proven(*, actor: Actor, site_key: str, visitor_key: str, customer: Customer) -> None:
    """A form whose address was confirmed: the visitor is that customer, unless they are somebody else already."""
    found = Visitor.objects.filter(site__key=site_key, key=visitor_key, demo=actor.demo).first()
    if found is not None and found.customer_id is None:
        services.known(actor=actor, visitor=found, customer=customer, how=Proof.FORM)


def hosts_of(*, demo: bool) -> list[str]:
    """The hosts of our sites, whose pages may show a form and to which one may lead on."""
    rows = Site.objects.filter(demo=demo, active=True).values_list("hosts", flat=True)
    return sorted({host for hosts in rows for host in hosts})


def host_known(host: str, *, demo: bool) -> bool:
    """Whether a host, with its port or without, is one of our sites'."""
    hosts = hosts_of(demo=demo)
    return services.host_allowed(hosts, host) or services.host_allowed(hosts, host.rsplit(":", 1)[0])


def origin_known(origin: str, *, demo: bool) -> bool:
    """Whether pages of this origin are one of our sites'."""
    sites = Site.objects.filter(demo=demo, active=True)
    return any(allowed_origin(site, origin) for site in sites)
