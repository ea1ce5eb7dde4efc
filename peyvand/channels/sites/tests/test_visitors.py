"""Who visits: known by a proof only, never two people in one, and always taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.channels.sites import queries, services
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.handlers import customers_changed
from peyvand.channels.sites.models import LinkCode, Proof, Site, Visitor
from peyvand.channels.sites.tokens import customer_signature, is_token, token_new, visitor_key
from peyvand.events.customers import CustomersChanged
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.services import customer_create, identity_remove
from peyvand.memory.interactions.handlers import customers_known
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import record

pytestmark = pytest.mark.django_db


def told(actor: Actor, *customers: Customer) -> None:
    """What the outbox would tell."""
    event = CustomersChanged(tuple(one.pk for one in customers), ("identities",), demo=False)
    customers_known(event, event_id=uuid4(), actor=actor)
    customers_changed(event, event_id=uuid4(), actor=actor)


def visit(actor: Actor, key: str) -> Interaction:
    """Something an unknown visitor did."""
    return record(actor=actor, kind="call", at=timezone.now(), payload={"text": "visit"}, identity=("visitor", "", key))


def another(actor: Actor, name: str = "رضا احمدی") -> Customer:
    return customer_create(actor=actor, data=CustomerData(kind="person", name=name))


def test_the_past_of_a_visitor_comes_with_the_proof_and_leaves_with_it(
    actor: Actor, site: Site, customer: Customer
) -> None:
    token = token_new()
    visitor = services.visitor_seen(site=site, token=token, language="fa", agent="a browser")
    past = visit(actor, visitor.key)
    done = services.known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
    told(actor, customer)
    past.refresh_from_db()
    assert (done.token, past.customer_id) == ("", customer.pk)
    assert queries.visitor_of(site, token).customer_id == customer.pk

    services.unknown(actor=actor, visitor=visitor)
    told(actor, customer)
    past.refresh_from_db()
    assert past.customer_id is None
    assert queries.visitor_of(site, token).customer_id is None


def test_two_people_on_one_computer_are_never_merged(actor: Actor, site: Site, customer: Customer) -> None:
    token, second = token_new(), another(actor)
    visitor = services.visitor_seen(site=site, token=token)
    services.known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
    past = visit(actor, visitor.key)
    told(actor, customer)

    done = services.known(actor=actor, visitor=visitor, customer=second, how=Proof.SIGNATURE)
    told(actor, customer, second)
    past.refresh_from_db()
    assert past.customer_id == customer.pk
    assert is_token(done.token)
    assert done.token != token
    assert queries.visitor_of(site, token).customer_id == customer.pk
    assert queries.visitor_of(site, done.token).customer_id == second.pk


def test_who_removes_the_identity_by_hand_makes_the_visitor_unknown(
    actor: Actor, site: Site, customer: Customer
) -> None:
    visitor = services.visitor_seen(site=site, token=token_new())
    services.known(actor=actor, visitor=visitor, customer=customer, how=Proof.CODE)
    services.remember(visitor=visitor, allowed=True)
    identity_remove(actor=actor, identity=Identity.objects.get(customer=customer, kind="visitor"))
    told(actor, customer)
    visitor.refresh_from_db()
    assert (visitor.customer_id, visitor.how, visitor.remembered) == (None, "", False)


def test_what_is_claimed_proves_nothing(actor: Actor, site: Site) -> None:
    owner = customer_create(
        actor=actor,
        data=CustomerData(kind="person", name="مینا", identities=[IdentityData("email", "mina@example.com")]),
    )
    visitor = services.visitor_seen(site=site, token=token_new())
    assert services.claim(visitor=visitor, kind="email", value=" Mina@Example.com ")
    assert services.claim(visitor=visitor, kind="phone", value="۰۹۱۲۳۴۵۶۷۸۹")
    assert not services.claim(visitor=visitor, kind="email", value="no address")
    assert not services.claim(visitor=visitor, kind="role", value="admin")
    visitor.refresh_from_db()
    assert visitor.claims == {"email": "mina@example.com", "phone": "+989123456789"}
    assert visitor.customer_id is None
    assert list(owner.identities.values_list("kind", flat=True)) == ["email"]


def test_a_signature_is_the_sites_own_and_of_that_code_alone(actor: Actor, site: Site) -> None:
    owner = customer_create(
        actor=actor,
        data=CustomerData(kind="person", name="مینا", identities=[IdentityData("external", "C-17", system="shop")]),
    )
    secret = services.secret_renew(actor=actor, site=site)
    site.refresh_from_db()
    signature = customer_signature(secret, "shop\nC-17")
    found = services.signed_customer(site=site, code="C-17", system="shop", signature=signature)
    assert found == owner
    for code, system, given_signature in (
        ("C-18", "shop", signature), ("C-17", "", signature), ("C-17", "shop", ""), ("C-17", "shop", "é" * 64),
        ("C-17", "shop", customer_signature(secret, "C-17")), ("", "shop", customer_signature(secret, "shop\n")),
    ):  # fmt: skip
        assert services.signed_customer(site=site, code=code, system=system, signature=given_signature) is None
    services.secret_renew(actor=actor, site=site)
    site.refresh_from_db()
    assert services.signed_customer(site=site, code="C-17", system="shop", signature=signature) is None


def test_a_code_is_good_once_and_for_a_while(actor: Actor, site: Site, customer: Customer) -> None:
    visitor = services.visitor_seen(site=site, token=token_new())
    of_visitor = services.code_new(actor=actor, visitor=visitor)
    of_customer = services.code_new(actor=actor, customer=customer)
    taken = services.code_take(demo=False, code=f" {of_visitor[:4].lower()}-{of_visitor[4:]} ")
    assert taken is not None
    assert taken.visitor == visitor
    assert taken.customer is None
    assert services.code_take(demo=False, code=of_visitor) is None
    assert services.code_take(demo=True, code=of_customer) is None
    LinkCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.code_take(demo=False, code=of_customer) is None
    LinkCode.objects.update(expires_at=timezone.now() - timedelta(days=2))
    services.codes_sweep()
    assert not LinkCode.objects.exists()
    with pytest.raises(ValueError, match=r"gzip|code"):
        services.code_new(actor=actor)


def test_a_token_of_one_site_is_worth_nothing_on_another(actor: Actor, site: Site) -> None:
    other = services.site_save(actor=actor, data=SiteData(name="Other", hosts="other.example"))
    token = token_new()
    services.visitor_seen(site=site, token=token)
    with pytest.raises(InvalidError):
        services.visitor_seen(site=other, token=token)
    assert queries.visitor_of(other, token) is None
    with pytest.raises(InvalidError):
        services.visitor_seen(site=site, token="'; DROP TABLE sites_visitor; --")


def test_who_may_not_edit_a_customer_says_of_nobody_that_they_are_them(site: Site, customer: Customer) -> None:
    stranger = Actor(user_id=None, name="stranger")
    visitor = services.visitor_seen(site=site, token=token_new())
    with pytest.raises(NotAllowed):
        services.known(actor=stranger, visitor=visitor, customer=customer, how=Proof.STAFF)
    visitor.refresh_from_db()
    assert visitor.customer_id is None
    assert not Identity.objects.filter(kind="visitor").exists()
    with pytest.raises(NotAllowed):
        services.code_new(actor=stranger, customer=customer)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.booleans()), max_size=12))
def test_however_people_share_browsers_each_past_is_of_one_of_them(steps: list[tuple[int, int, bool]]) -> None:
    actor = Actor(user_id=None, name="system", everything=True)
    site = services.site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example"))
    people = [another(actor, f"person {n}") for n in range(3)]
    tokens = [token_new(), token_new()]
    past: dict[int, tuple[str, int | None]] = {}
    for browser, person, knows in steps:
        visitor = services.visitor_seen(site=site, token=tokens[browser])
        past[visit(actor, visitor.key).pk] = (visitor.key, visitor.customer_id)
        if knows:
            done = services.known(actor=actor, visitor=visitor, customer=people[person], how=Proof.SIGNATURE)
            tokens[browser] = done.token or tokens[browser]
        told(actor, *people)
    for pk, (key, whose) in past.items():
        row = Interaction.objects.get(pk=pk)
        owner = Visitor.objects.get(key=key).customer_id
        assert row.customer_id == owner
        assert whose in (None, owner)  # nobody's past ever becomes another's


def test_a_key_tells_nothing_of_its_token() -> None:
    token = token_new()
    assert is_token(token)
    assert token not in visitor_key(token)
    assert visitor_key(token) == visitor_key(token) != visitor_key(token_new())
    assert not is_token(token[:-1])
    assert not is_token(None)
    assert not is_token("é" * 22)
