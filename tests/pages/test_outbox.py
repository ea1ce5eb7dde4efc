"""The page of events that did not arrive."""

from __future__ import annotations

import pytest
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_admin, make_user
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.outbox.models import Event, Failure

pytestmark = pytest.mark.django_db


def letter(*, state: str = "dead", demo: bool = False) -> Failure:
    event = Event.objects.create(name="orders.OrderPlaced", payload={}, actor={}, demo=demo)
    return Failure.objects.create(handler="stock.<b>take</b>", event=event, state=state, tries=5, error="KeyError: 'x'")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_dead_letter_is_seen_retried_and_given_up(language: str) -> None:
    client = Client()
    client.force_login(make_admin(language=language))
    first, second = letter(), letter()
    page = client.get("/events/").content.decode()
    assert "stock.&lt;b&gt;take" in page
    assert client.post(f"/events/{first.pk}/retry/").status_code == 302
    assert client.post(f"/events/{second.pk}/discard/", {"reason": ""}).status_code == 302
    assert Failure.objects.get(pk=second.pk).state == "dead"
    assert client.post(f"/events/{second.pk}/discard/", {"reason": "کهنه"}).status_code == 302
    assert [Failure.objects.get(pk=one.pk).state for one in (first, second)] == ["retrying", "discarded"]
    assert set(ChangeSet.objects.filter(kind__startswith="event-").values_list("kind", flat=True)) == {
        "event-retry",
        "event-discard",
    }
    assert client.post(f"/events/{second.pk}/retry/").status_code == 404
    for state in ("retrying", "discarded", "nonsense"):
        assert client.get("/events/", {"state": state, "after": "nonsense"}).status_code == 200


def test_it_needs_its_rights_and_the_other_business_is_not_found() -> None:
    client = Client()
    client.force_login(make_user())
    one, other = letter(), letter(demo=True)
    assert client.get("/events/").status_code == 403
    assert client.post(f"/events/{one.pk}/retry/").status_code == 403
    client.force_login(make_admin())
    assert client.post(f"/events/{other.pk}/retry/").status_code == 404
    assert set(Failure.objects.values_list("state", flat=True)) == {"dead"}
