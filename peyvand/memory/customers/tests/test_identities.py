"""Phones, e-mails and codes: which is the first, what was proved and how, who else has them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Role, RoleHidden
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.customers import services
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.services.merging import merge_into
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("Sara", role=role, language="en"))
    return client


def _add(customer: Customer, kind: str, value: str, **more: str) -> Identity:
    return services.identity_add(actor=SYSTEM, customer=customer, data=IdentityData(kind, value, **more))


def test_the_first_of_a_kind_is_chosen_and_there_is_always_one() -> None:
    made = factories.customer("مریم", phone="09121112233")
    second = _add(made, "phone", "09121112244")
    assert not second.is_primary
    services.identity_primary(actor=SYSTEM, identity=second)
    assert list(Identity.objects.filter(customer=made, is_primary=True)) == [second]
    services.identity_remove(actor=SYSTEM, identity=second)
    assert Identity.objects.get(customer=made).is_primary


def test_who_proved_it_when_and_how_is_kept_until_the_value_changes() -> None:
    sara = factories.user("سارا")
    made = factories.customer("مریم", phone="09121112233")
    identity = Identity.objects.get()
    with pytest.raises(InvalidError):
        services.identity_verify(actor=SYSTEM, identity=identity, how="somehow")
    services.identity_verify(actor=factories.actor(sara), identity=identity, how="document", note="کارت ملی")
    identity.refresh_from_db()
    assert (identity.verified_how, identity.verified_by, identity.verified_note) == ("document", sara, "کارت ملی")
    assert identity.verified_at is not None
    changed = IdentityData("phone", "0912 111 2233", label="خانه")
    assert services.identity_change(actor=SYSTEM, identity=identity, data=changed).verified_by == sara
    other = services.identity_change(actor=SYSTEM, identity=identity, data=IdentityData("phone", "09120000000"))
    assert (other.verified_at, other.verified_how, other.verified_by, other.verified_note) == (None, "", None, "")
    undo(actor=SYSTEM, change_set_id=ChangeSet.objects.latest("pk").pk)
    assert Identity.objects.get(customer=made).verified_by == sara
    services.identity_unverify(actor=SYSTEM, identity=identity)
    assert Identity.objects.get().verified_at is None


def test_an_empty_or_taken_value_is_refused_in_words() -> None:
    made, other = factories.customer("مریم"), factories.customer("زهرا")
    card, theirs = _add(made, "card", "A1"), _add(other, "card", "A2")
    for value in ("", "  ", "A2"):
        with pytest.raises(InvalidError):
            services.identity_change(actor=SYSTEM, identity=card, data=IdentityData("card", value))
    with pytest.raises(NotAllowed):
        services.identity_primary(actor=factories.actor(customers_edit=Scope.NONE), identity=theirs)
    with pytest.raises(Customer.DoesNotExist):
        services.identity_verify(actor=factories.actor(scope=Scope.OWN), identity=theirs, how="call")


def test_a_hidden_kind_is_neither_written_nor_found_out() -> None:
    role = Role.objects.create(name="blind")
    RoleHidden.objects.create(role=role, field="customer.phone")
    blind = factories.actor(factories.user(role=role))
    blind = type(blind)(**{**vars(blind), "hidden": frozenset({"customer.phone", "customer.city"})})
    made = factories.customer("مریم", phone="09121112233")
    phone = Identity.objects.get()
    for verb in (
        lambda: services.identity_add(actor=blind, customer=made, data=IdentityData("phone", "09121112244")),
        lambda: services.identity_remove(actor=blind, identity=phone),
        lambda: services.identity_primary(actor=blind, identity=phone),
        lambda: services.identity_verify(actor=blind, identity=phone, how="call"),
        lambda: services.customer_create(
            actor=blind, data=services.CustomerData(name="x", identities=[IdentityData("phone", "09121112244")])
        ),
        lambda: services.customer_create(actor=blind, data=services.CustomerData(name="x", city="قم")),
    ):
        with pytest.raises(InvalidError):
            verb()
    services.customer_update(
        actor=blind, customer=made, changes={"identities": [IdentityData("email", "m@example.com")]}, version=None
    )
    assert set(Identity.objects.values_list("kind", flat=True)) == {"phone", "email"}


def test_a_merge_keeps_what_was_proved_and_noted_of_the_same_phone() -> None:
    kept, gone = factories.customer("مریم", phone="09121112233"), factories.customer("مریم", phone="09121112233")
    theirs = Identity.objects.get(customer=gone)
    services.identity_change(actor=SYSTEM, identity=theirs, data=IdentityData("phone", "09121112233", label="کار"))
    services.identity_verify(actor=SYSTEM, identity=theirs, how="call")
    merge_into(kept=kept, gone=gone, values={})
    (left,) = Identity.objects.filter(customer=kept)
    assert (left.verified_how, left.label) == ("call", "کار")


def test_the_panel_writes_anew_proves_and_puts_first(admin: Client) -> None:
    made = factories.customer("مریم", phone="09121112233")
    family = factories.customer("مادر", phone="09121112233")
    second = _add(made, "phone", "09121112244")
    first = Identity.objects.get(customer=made, value="09121112233")
    address = reverse("customers:identity", args=[made.pk, first.pk])
    assert family.name in admin.get(address).content.decode()
    assert "Others have it as well" in admin.get(reverse("customers:one", args=[made.pk])).content.decode()
    refused = admin.post(address, {"value": "0912", "label": "home"})
    assert refused.status_code == 422
    assert 'value="0912"' in refused.content.decode()
    assert admin.post(address, {"value": "09121112233", "label": "home"}).status_code == 302
    prove = reverse("customers:identity-verify", args=[made.pk, first.pk])
    assert admin.post(prove, {"note": "asked back"}).status_code == 422
    assert admin.post(prove, {"how": "call", "note": "asked back"}).status_code == 302
    page = admin.get(address).content.decode()
    assert "asked back" in page
    assert "Sara" in page
    assert admin.post(reverse("customers:identity-primary", args=[made.pk, second.pk])).status_code == 302
    assert admin.post(prove, {"off": "1"}).status_code == 302
    first.refresh_from_db()
    assert (first.label, first.is_primary, first.verified_at) == ("home", False, None)
    assert admin.get(reverse("customers:identity", args=[family.pk, first.pk])).status_code == 404
