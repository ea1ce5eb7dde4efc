"""The quality of the base: counted by the rules, kept by day, shown to those who may, each number with its list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.tests.factories import make_admin, make_user, sign_in
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.consents.services import consent_give, consent_withdraw, purposes_ensure
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.matching import quality
from peyvand.memory.matching.models import Quality
from peyvand.memory.matching.services.measuring import quality_ask, quality_count, required_save
from peyvand.memory.matching.tests.factories import actor, customer, pair, user

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def _good(name: str, **fields: object) -> Customer:
    """A record that has all four."""
    purposes_ensure(demo=False)
    made = customer(name, **{"phone": f"0912{Customer.objects.count():07d}", "city": "Qom", **fields})
    consent_give(actor=SYSTEM, customer=made, purpose="news", channels=["sms"], source="form")
    return made


def test_a_record_is_good_when_it_has_all_four() -> None:
    _good("whole")
    _good("unreachable", phone="")
    withdrawn = _good("unpermitted")
    consent_withdraw(actor=SYSTEM, customer=withdrawn, purpose="news", channels=["sms"], source="call")
    _good("incomplete", city="")
    pair(_good("twice"), _good("twice"))
    old = _good("old")
    Customer.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    found = quality.figures(demo=False)
    assert (found.total, found.active, found.good, found.pairs) == (7, 6, 1, 1)
    assert dict(found.parts) == {
        "reachable": 5, "permitted": 5, "complete": 5, "single": 4, "asked": 6, "verified": 0
    }  # fmt: skip
    assert found.fields["city"] == 5
    assert found.kinds["person"]["good"] == 1
    assert quality.figures(demo=True).active == 0
    assert quality.figures(demo=True).score == 0


def test_an_address_that_is_none_reaches_nobody() -> None:
    made = _good("whole")
    Identity.objects.filter(customer=made).update(key="1234")
    assert quality.figures(demo=False).parts["reachable"] == 0


def test_what_a_whole_record_has_is_for_the_house_to_say() -> None:
    size = field_save(actor=SYSTEM, record="customer", data=FieldData(kind="text", label_en="Size", key="size"))
    _good("person", job_title="Poet")
    _good("firm", kind="organisation", custom={"size": "3"})
    required_save(
        actor=SYSTEM, fields={"person": ["job_title", "nonsense"], "organisation": ["c.size"]}, active_days=30
    )
    assert quality.figures(demo=False).parts["complete"] == 2
    assert workspace.get(quality.REQUIRED)["person"] == ["job_title"]
    required_save(actor=SYSTEM, fields={"person": ["c.size"], "organisation": []}, active_days=30)
    assert quality.figures(demo=False).parts["complete"] == 1
    for days in ("0", "x", 4000):
        with override("en"), pytest.raises(ValueError, match="3650"):
            required_save(actor=SYSTEM, fields={}, active_days=days)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        required_save(actor=actor(), fields={}, active_days=30)
    assert size.key == "size"


BASES = st.lists(st.tuples(*[st.booleans()] * 5), max_size=6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BASES)
def test_each_number_is_that_of_its_list(records: list[tuple[bool, ...]]) -> None:
    """The conditions that give the lists count what the figures say, whatever the records have."""
    Customer.objects.all().delete()
    purposes_ensure(demo=False)
    for place, (reached, said, city, twice, firm) in enumerate(records):
        made = customer(
            f"{place}", phone=f"0912{place:07d}" if reached else "", city="Qom" if city else "",
            kind="organisation" if firm else "person",
        )  # fmt: skip
        if said:
            consent_give(actor=SYSTEM, customer=made, purpose="news", channels=["sms"], source="form")
        if twice:
            pair(made, customer(f"{place}", kind=made.kind))
    found = quality.figures(demo=False)
    everyone = Customer.objects.filter(demo=False)
    for part in quality.PARTS:
        here = everyone.filter(quality.condition("active", actor=SYSTEM), quality.condition(part, actor=SYSTEM))
        assert here.count() == found.parts[part], part
    assert everyone.filter(quality.condition("good", actor=SYSTEM)).count() == found.good
    assert found.good <= min(found.parts[part] for part in quality.PARTS)


def test_a_day_is_counted_once_and_the_last_count_stands() -> None:
    _good("whole")
    first = quality_count(demo=False)
    _good("unreachable", phone="")
    second = quality_count(demo=False)
    assert first.pk == second.pk
    assert (first.score, Quality.objects.get().score) == (100, 50)


def test_counting_is_asked_for_once(client: Client) -> None:
    one, other = quality_ask(actor=actor()), quality_ask(actor=actor())
    assert one.pk == other.pk
    with pytest.raises(NotAllowed):
        quality_ask(actor=actor(matching_quality=Scope.NONE))


def test_the_report_shows_the_numbers_and_their_lists_to_those_who_may(client: Client) -> None:
    roles_ensure()
    sign_in(client, make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    address = reverse("matching:quality")
    assert "How good is what you know" in client.get(address).content.decode()
    _good("whole")
    _good("unreachable", phone="")
    quality_count(demo=False)
    Quality.objects.create(day=timezone.now().date() - timedelta(days=9), score=20, figures={"good": 1, "active": 5})
    page = client.get(address).content.decode()
    assert "1 of 2 active records" in page
    assert "any:not-reachable" in page
    assert "It has risen from 20% to 50%" in page
    assert client.post(reverse("matching:quality-count")).headers["Location"].startswith("/jobs/")
    assert Run.objects.filter(job="matching.quality").count() == 1
    saved = client.post(reverse("matching:quality-required"), {"person": ["city", "country"], "days": "90"})
    assert saved.headers["Location"].startswith("/jobs/")
    assert workspace.get(quality.ACTIVE_DAYS) == 90
    other = Client()
    sign_in(other, make_user(role_key="sales"))
    assert other.get(address).status_code == 403
    assert other.post(reverse("matching:quality-count")).status_code == 403
    assert user().pk
