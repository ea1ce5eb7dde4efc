"""Campaigns against those left alone; suggestions that rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.prediction import campaigns, queries, services
from peyvand.insight.prediction.foreseen import Foreseen
from peyvand.insight.prediction.models import Campaign, Declined, Suggestion
from peyvand.memory.commerce.models import Order, OrderLine
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.customers.models import Customer, CustomerList

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def _lists(owner: int | None = None) -> tuple[CustomerList, CustomerList]:
    treated, alone = (CustomerList.objects.create(name=name, owner_id=owner) for name in ("got it", "left alone"))
    return treated, alone


def test_members_bought_within_the_days_and_stand_on_one_list() -> None:
    treated, alone = _lists()
    one, other, both = a_customer(), a_customer(), a_customer()
    for listed, who in ((treated, one), (alone, other), (treated, both), (alone, both)):
        listed.members.create(customer=who)
    for who, day in ((one, 3), (one, 40), (other, -10)):
        order = an_order(("1", "10"), customer=who, currency="EUR")
        at = datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(days=day)
        Order.objects.filter(pk=order.pk).update(placed_at=at)
    campaign = services.campaign_save(
        actor=system_actor(), name="Spring", treated_id=treated.pk, holdout_id=alone.pk, starts_on=DAY, days=30,
        currency="EUR",
    )  # fmt: skip
    found = queries.campaign_members(actor=system_actor(), campaign_id=campaign.pk)
    assert (found.treated, found.orders, found.both) == ([True, False], [1, 0], 1)
    assert (found.revenue, found.before) == ([1000, 0], [0, 1000])
    assert campaigns.compared(found)["why"] == "few"


def test_an_effect_that_is_known_is_found_within_its_interval() -> None:
    draw = np.random.default_rng(5)
    treated = np.arange(4_000) % 2 == 0
    orders = (draw.random(4_000) < np.where(treated, 0.3, 0.2)).astype(int)
    members = queries.Members(
        treated=treated.tolist(), orders=orders.tolist(), revenue=(1_000 * orders).tolist(),
        before=draw.integers(0, 9, 4_000).tolist(), both=0,
    )  # fmt: skip
    found = campaigns.compared(members)["arms"]
    assert found["bought"]["low"] < 0.1 < found["bought"]["high"]
    assert found["revenue"]["low"] > 0
    assert found["revenue"]["curve"][-1][1] == pytest.approx(found["revenue"]["effect"])


def test_campaigns_are_seen_by_who_sees_both_lists_and_can_be_taken_back(client: Client) -> None:
    person = make_user(role_key="manager")
    treated, alone = _lists(person.pk)
    grants = {"insight.view": Scope.ALL, "customers.view": Scope.OWN}
    stranger = Actor(user_id=make_user().pk, name="x", grants=grants)
    client.force_login(person)
    data = {"name": "Spring", "treated": treated.pk, "holdout": alone.pk, "starts_on": "2026-06-01", "days": "30",
            "currency": "IRR"}  # fmt: skip
    assert client.post("/insight/prediction/campaigns/", {**data, "holdout": treated.pk}).status_code == 422
    assert client.post("/insight/prediction/campaigns/", data).status_code == 302
    campaign = Campaign.objects.get()
    assert Run.objects.get().job == "prediction.compare"
    assert not queries.campaigns(actor=stranger).exists()
    with pytest.raises(NotAllowed):
        queries.campaigns(actor=Actor(user_id=1, name="x", grants={}))
    result = campaigns.compared(
        queries.Members([True, True, False, False], [1, 2, 0, 1], [9, 9, 0, 5], [1, 2, 3, 4], 3)
    )
    services.campaign_told(actor=system_actor(), campaign_id=campaign.pk, result=result)
    for language in ("en", "fa"):
        for path in ("campaigns/", f"campaigns/{campaign.pk}/"):
            assert client.get(f"/insight/prediction/{path}", headers={"accept-language": language}).status_code == 200
    assert client.post(f"/insight/prediction/campaigns/{campaign.pk}/remove/").status_code == 302
    assert not Campaign.objects.exists()


def _told(day: date, customer: Customer, product: int) -> None:
    one = Foreseen(
        customer_id=customer.pk, group=None, risk=None, at_stake=0, reasons=(), next_day=None, next_from=None,
        next_to=None, suggestions=((product, product),), cautions=(("unpaid", 700),),
    )  # fmt: skip
    services.forecast_keep(
        actor=system_actor(), demo=False, currency="EUR", as_of=day, card={"horizon": 56}, baskets=[], people=[one]
    )


def test_a_suggestion_rests_after_it_was_told_for_long_or_turned_down(client: Client) -> None:
    who, tea = a_customer(), a_product()
    _told(DAY, who, tea.pk)
    _told(DAY + timedelta(days=10), who, tea.pk)
    assert queries.resting(demo=False, as_of=DAY + timedelta(days=11)) == ([], [])
    _told(DAY + timedelta(days=30), who, tea.pk)
    assert queries.resting(demo=False, as_of=DAY + timedelta(days=31)) == ([who.pk], [tea.pk])
    assert queries.resting(demo=True, as_of=DAY + timedelta(days=31)) == ([], [])
    assert queries.resting(demo=False, as_of=DAY + timedelta(days=61)) == ([], [])
    _told(DAY + timedelta(days=61), who, tea.pk)
    assert Suggestion.objects.get().first_on == DAY + timedelta(days=61), "a rest begins anew"

    client.force_login(make_user(role_key="manager"))
    page = client.get(f"/customers/{who.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "owes" in page
    assert client.post(f"/insight/prediction/decline/{who.pk}/{tea.pk}/").status_code == 302
    kept = Declined.objects.get()
    assert queries.resting(demo=False, as_of=kept.day + timedelta(days=89)) == ([who.pk], [tea.pk])
    assert queries.resting(demo=False, as_of=kept.day + timedelta(days=90)) == ([], [])
    assert client.post(f"/insight/prediction/decline/{who.pk + 99}/{tea.pk}/").status_code == 404


def test_what_was_suggested_before_it_was_bought_counts() -> None:
    who = a_customer()
    order = an_order(("1", "10"), ("1", "30"), customer=who, currency="EUR")
    products = [a_product().pk, a_product().pk]
    for line, product in zip(order.items.order_by("position"), products, strict=True):
        OrderLine.objects.filter(pk=line.pk).update(product_id=product)
    Order.objects.filter(pk=order.pk).update(placed_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert queries.recommended(demo=False, currency="EUR", as_of=DAY)["since"] is None
    day = DAY - timedelta(days=20)
    for product, first in ((products[0], day), (products[1], DAY)):
        Suggestion.objects.create(demo=False, customer=who, product_id=product, first_on=first, last_on=first)
    found = queries.recommended(demo=False, currency="EUR", as_of=DAY)
    assert (found["revenue"], found["suggested"], found["orders"]) == (4000, 1000, 1), "not on the day itself"
