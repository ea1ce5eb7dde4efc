"""Contracts the whole way: from the ledger to figures, traits, the page and the panel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.services import run_now
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.value import queries, services
from peyvand.insight.value.contracting import figures
from peyvand.insight.value.models import ContractFigures, ContractWorth, Snapshot
from peyvand.insight.value.person import Worth
from peyvand.insight.value.rates import Rates
from peyvand.insight.value.tests.test_contracting import DAY, JALALI, business
from peyvand.insight.value.tests.test_refresh import TABLES
from peyvand.memory.commerce.services import ContractData, contract_sign
from peyvand.memory.commerce.tests.factories import a_customer, an_order
from peyvand.memory.customers.models import Customer, Trait


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: object) -> Iterator[None]:
    """A database in which commits are real, and a warehouse of its own."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    with really_committing("value_contractworth", "value_contractfigures", "commerce_contractentry",
                           "commerce_contract", *TABLES):  # fmt: skip
        yield


def signed(customer: Customer, *, fee: int = 100_00, demo: bool = False) -> None:
    today = timezone.localdate()
    data = ContractData(starts_on=today, fee_minor=fee, currency="EUR", term_months=12)
    contract_sign(actor=system_actor(demo=demo), customer=customer, data=data)


@pytest.mark.slow
def test_from_contracts_to_traits_without_and_with_orders(committed: None) -> None:
    only, both = a_customer(name="آرش"), a_customer(name="نازنین")
    for customer in (only, both):
        signed(customer)
    signed(a_customer(name="نمونه", demo=True), demo=True)
    run_now(actor=system_actor(), job="value.refresh", title="t", arguments={})
    assert not Snapshot.objects.filter(demo=False).exists()
    assert {row.demo for row in ContractFigures.objects.all()} == {False, True}
    payload = ContractFigures.objects.get(demo=False).payload
    assert (payload["running"], payload["worth"]["EUR"]["customers"]) == (2, 2)
    assert payload["segments"][0]["state"] == "few"
    worth = ContractWorth.objects.get(customer=only)
    assert 0.85 * 1_200_00 < worth.ahead_minor <= 1_200_00
    traits = dict(Trait.objects.filter(customer=only).values_list("name", "number"))
    assert float(traits["value.lifetime"]) == worth.ahead_minor / 100
    an_order(("1", "50"), customer=both)
    run_now(actor=system_actor(), job="value.refresh", title="t", arguments={})
    (row,) = queries.of_customer(actor=system_actor(), customer_id=both.pk)
    assert row.lifetime_minor == ContractWorth.objects.get(customer=both).ahead_minor
    assert row.alive_share is None
    names = set(Trait.objects.filter(customer=both).values_list("name", flat=True))
    assert {"value.lifetime", "value.contracts", "value.revenue"} <= names
    assert Snapshot.objects.get(demo=False).payload["lifetime"]["contracts"]["customers"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_and_the_panel(client: Client, language: str) -> None:
    client.force_login(make_user(role_key="manager"))
    asked = {"accept-language": language}
    assert client.get("/insight/contracts/", headers=asked).status_code == 200
    known = figures.agreed(business(120), demo=False, day=DAY, calendar=JALALI)
    assert known is not None
    customer = a_customer(name="کافه نادری")
    worths = {"EUR": {customer.pk: Worth(1, 50_00, 300_00, 500_00, 900_00, 0.6), 10**9: Worth(1, 1, 1, 1, None, 0.5)}}
    payload = figures.payload(known, worths, Rates())
    services.contracts_keep(actor=system_actor(), demo=False, as_of=date(2026, 11, 30), payload=payload, worths=worths)
    assert ContractWorth.objects.count() == 1
    page = client.get("/insight/contracts/", headers=asked)
    assert page.status_code == 200
    assert "کافه نادری" in page.content.decode()
    person = client.get(f"/customers/{customer.pk}/", headers=asked).content.decode()
    assert ("ارزش قراردادها" if language == "fa" else "Value of contracts") in person
    own = Actor(user_id=make_user(role_key="sales").pk, name="x", grants={"insight.view": Scope.ALL})
    found = queries.contract_figures(actor=own)
    assert found is not None
    assert not queries.contract_people(actor=own, figures=found).exists()
    with pytest.raises(NotAllowed):
        queries.contract_figures(actor=Actor(user_id=1, name="x", grants={}))
