"""Who visits: seen, claimed, known by a proof, and unknown again."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.data import Known, Seen, SeenRow
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services.setting import LANGUAGES, secret_of
from peyvand.channels.sites.tokens import customer_signature, is_token, token_new, visitor_key
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, Identity, IdentityKind
from peyvand.memory.customers.services import identity_add, identity_remove

CLAIMS = {"name": 200, "email": 254, "phone": 40}  # what may be claimed, and how long it may be
AGENT_LENGTH = 300
_CHECKED = {"email": IdentityKind.EMAIL, "phone": IdentityKind.PHONE}


def visitor_seen(*, site: Site, token: str, language: str = "", agent: str = "") -> Visitor:
    """The visitor who holds this token, made when it is new; seen now. InvalidError for what is no token."""
    if not is_token(token):
        raise InvalidError({"token": _("This is no visitor's token.")})
    spoken = language if language in LANGUAGES else ""
    named = agent.replace("\x00", "")[:AGENT_LENGTH]
    found, made = Visitor.objects.get_or_create(
        key=visitor_key(token), defaults={"demo": site.demo, "site": site, "language": spoken, "agent": named}
    )
    if found.site_id != site.pk:  # a token of another site: it is worth nothing here
        raise InvalidError({"token": _("This is no visitor's token.")})
    if not made:
        Visitor.objects.filter(pk=found.pk).update(
            last_at=Now(), language=spoken or found.language, agent=named or found.agent
        )
    return found


_SEEN = """
INSERT INTO sites_visitor (demo, site_id, key, how, remembered, claims, language, agent, first_at, last_at)
SELECT s.demo, s.id, r.key, '', false, '{}', r.language, r.agent, r.first_at, r.last_at
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
       AS r (site_id, key, language, agent, first_at, last_at)
  JOIN sites_site s ON s.id = r.site_id
 ORDER BY r.key
ON CONFLICT (key) DO UPDATE SET
  last_at = greatest(sites_visitor.last_at, excluded.last_at),
  first_at = least(sites_visitor.first_at, excluded.first_at),
  language = coalesce(nullif(excluded.language, ''), sites_visitor.language),
  agent = coalesce(nullif(excluded.agent, ''), sites_visitor.agent)
WHERE sites_visitor.site_id = excluded.site_id
RETURNING id, key, site_id, customer_id
"""


def visitors_seen(*, rows: Sequence[SeenRow]) -> dict[str, Seen]:
    """Many visitors at once, by their keys (`tokens.visitor_key`), each named once: made where they are new, seen from
    the first until the last moment. Those of another site, or of a site that is gone, are left out of the answer.
    """
    if not rows:
        return {}
    columns: list[Any] = [
        [row.site_id for row in rows], [row.key for row in rows],
        [row.language if row.language in LANGUAGES else "" for row in rows],
        [row.agent.replace("\x00", "")[:AGENT_LENGTH] for row in rows],
        [row.first_at for row in rows], [row.last_at for row in rows],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, columns)
        found = cursor.fetchall()
    return {key: Seen(pk, key, site_id, customer_id) for pk, key, site_id, customer_id in found}


def claim(*, visitor: Visitor, kind: str, value: str) -> bool:
    """Keep what a visitor says of themselves ("email", "phone", "name"); it proves nothing. False when it is none."""
    text = clean(value)[: CLAIMS.get(kind, 0)]
    if not text:
        return False
    if kind in _CHECKED:
        try:
            text = identity_key(_CHECKED[kind], text)
        except (IdentifierError, ValueError):
            return False
    with transaction.atomic():
        kept = Visitor.objects.select_for_update(of=("self",)).get(pk=visitor.pk)
        kept.claims = {**kept.claims, kind: text}
        kept.save(update_fields=["claims"])
        visitor.claims = kept.claims
    return True


def remember(*, visitor: Visitor, allowed: bool) -> None:
    """Keep whether they allow to be called by name when they come again."""
    Visitor.objects.filter(pk=visitor.pk).update(remembered=allowed)
    visitor.remembered = allowed


def signed_customer(*, site: Site, code: str, system: str, signature: str) -> Customer | None:
    """The customer with this code of the shop, where the shop's server has signed it; None for anything else."""
    secret = secret_of(site)
    signed = f"{system}\n{code}" if system else code
    if (
        not secret
        or not code
        or not hmac.compare_digest(customer_signature(secret, signed).encode(), signature.encode())
    ):
        return None
    try:
        key = identity_key(IdentityKind.EXTERNAL, code)
    except ValueError:
        return None
    found = Identity.objects.filter(demo=site.demo, kind=IdentityKind.EXTERNAL, system=system, key=key)
    row = found.select_related("customer").first()
    return row.customer if row is not None else None


def known(*, actor: Actor, visitor: Visitor, customer: Customer, how: str) -> Known:
    """The visitor is this customer, by a proof: their past on the site is the customer's from now on.

    Where the browser was another customer's before, nothing of that one moves: the browser gets a new token, and is
    this customer's under that. NotAllowed, Customer.DoesNotExist, InvalidError for a proof that is none.
    """
    if how not in Proof.values:
        raise InvalidError({"how": _("Say by what it is known.")})
    token = ""
    with transaction.atomic():
        kept = Visitor.objects.select_for_update(of=("self",)).select_related("site").get(pk=visitor.pk)
        if kept.customer_id == customer.pk:
            return Known(kept)
        if kept.customer_id is not None or _owner(kept) not in (None, customer.pk):
            token = token_new()
            kept = Visitor.objects.create(
                demo=kept.demo, site=kept.site, key=visitor_key(token), language=kept.language, agent=kept.agent
            )
        identity_add(actor=actor, customer=customer, data=IdentityData(IdentityKind.VISITOR, kept.key))
        kept.customer, kept.how = customer, how
        kept.save(update_fields=["customer", "how"])
        publish(VisitorKnown(kept.pk, kept.key, customer.pk, how, kept.demo), actor=actor)
    return Known(kept, token)


def _owner(visitor: Visitor) -> int | None:
    found = Identity.objects.filter(demo=visitor.demo, kind=IdentityKind.VISITOR, key=visitor.key)
    return found.values_list("customer_id", flat=True).first()


def unknown(*, actor: Actor, visitor: Visitor) -> None:
    """It was wrong: the visitor is nobody's again, and what came to the customer by them leaves. NotAllowed."""
    with transaction.atomic():
        kept = Visitor.objects.select_for_update(of=("self",)).get(pk=visitor.pk)
        if kept.customer_id is None:
            return
        found = Identity.objects.filter(
            demo=kept.demo, kind=IdentityKind.VISITOR, key=kept.key, customer_id=kept.customer_id
        ).first()
        if found is not None:
            identity_remove(actor=actor, identity=found)
        kept.customer, kept.how, kept.remembered = None, "", False
        kept.save(update_fields=["customer", "how", "remembered"])


def identities_followed(*, demo: bool, customer_ids: Sequence[int]) -> None:
    """After identities came or went, by whatever hand: visitors are whose identity they have, and nobody else's."""
    owned = dict(
        Identity.objects.filter(
            demo=demo, kind=IdentityKind.VISITOR, customer_id__in=list(customer_ids)
        ).values_list("key", "customer_id")
    )  # fmt: skip
    lost = Visitor.objects.filter(demo=demo, customer_id__in=list(customer_ids)).exclude(key__in=list(owned))
    lost.update(customer=None, how="", remembered=False)
    for key, customer_id in owned.items():
        Visitor.objects.filter(demo=demo, key=key).exclude(customer_id=customer_id).update(
            customer_id=customer_id, how=Proof.STAFF
        )
