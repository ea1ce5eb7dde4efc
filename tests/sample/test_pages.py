"""The page of the sample: what it offers to whom, and what its buttons do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.declarations import FirstLook, FirstStep
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.demo import services
from peyvand.foundation.demo.queries import demo_status
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.commerce.tests.factories import a_customer

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


def signed_in(role: str = "admin") -> Client:
    roles_ensure()
    user = User.objects.create_user(
        f"{role}@example.com", "x" * 12, name="نیما", role=Role.objects.get(key=role), language="fa"
    )
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client) -> str:
    response = client.get(reverse("demo:status"))
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_empty_house_is_offered_the_sample() -> None:
    page = shown(signed_in())
    assert "چای‌خانه‌ی البرز" in page
    assert "نمونه را بیاور" in page
    assert "پاک کردن نمونه" not in page
    assert f'href="{reverse("transfer:imports")}"' in page


def test_loading_begins_once_and_shows_how_far_it_is() -> None:
    client = signed_in()
    for _time in range(2):
        assert client.post(reverse("demo:load")).status_code == 302
    run = Run.objects.get()
    assert (run.job, run.state) == (services.LOAD, Run.State.WAITING)
    page = shown(client)
    assert reverse("jobs:progress", args=[run.pk]) in page
    assert "نمونه را بیاور" not in page


def test_a_sample_that_is_there_can_be_seen_and_removed() -> None:
    services.demo_load(actor=ACTOR, size=0.05)
    client = signed_in()
    page = shown(client)
    assert "نمونه را ببینم" in page
    assert "پاک کردن نمونه" in page
    assert client.post(reverse("demo:look")).status_code == 302
    assert client.session["demo"] is True
    assert client.post(reverse("demo:remove")).status_code == 302
    assert client.session["demo"] is False
    assert Run.objects.get().job == services.REMOVE


def test_removing_what_is_not_there_begins_nothing() -> None:
    client = signed_in()
    assert client.post(reverse("demo:remove")).status_code == 302
    assert not Run.objects.exists()


def test_a_viewer_sees_the_page_but_may_not_touch_the_sample() -> None:
    client = signed_in("viewer")
    assert "نمونه را بیاور" not in shown(client)
    assert client.post(reverse("demo:load")).status_code == 403
    assert client.post(reverse("demo:remove")).status_code == 403
    assert not Run.objects.exists()


def test_buttons_are_no_links() -> None:
    client = signed_in()
    for name in ("load", "remove", "look"):
        assert client.get(reverse(f"demo:{name}")).status_code == 405


def test_a_new_session_looks_at_the_sample_until_there_is_somebody_of_ones_own() -> None:
    look = registry.get(FirstLook, "customers")
    assert not look.at_demo()
    services.demo_load(actor=ACTOR, size=0.05)
    assert look.at_demo()
    a_customer()
    assert not look.at_demo()


def test_the_first_run_ends_with_an_offer_of_the_sample() -> None:
    step = registry.get(FirstStep, "demo")
    assert reverse(step.url_name) == reverse("demo:load")
    client = signed_in()
    client.post(reverse(step.url_name), step.post)
    assert Run.objects.get().job == services.LOAD


def test_status_is_one_look(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    services.demo_load(actor=ACTOR, size=0.05)
    with django_assert_max_num_queries(1):
        assert demo_status().present
