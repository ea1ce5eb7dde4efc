"""The pages of long work, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peyvand.foundation.accounts.tests.factories import acting, make_admin, make_user
from peyvand.foundation.jobs import services
from peyvand.foundation.jobs.executing import FAULT
from peyvand.foundation.jobs.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


@pytest.mark.parametrize(
    ("language", "close"), [("fa", "می‌توانید این صفحه را ببندید"), ("en", "You can close this page")]
)
def test_a_run_shows_its_progress_and_can_be_stopped(language: str, close: str) -> None:
    user, client = make_user(language=language), Client()
    client.force_login(user)
    run = services.start(actor=acting(user), job="sample.slow", title="<b>سفارش‌ها</b>", arguments={})
    Run.objects.update(state="running", done=250, total=1000, started_at=timezone.now() - timedelta(minutes=5))
    page = client.get(f"/jobs/{run.pk}/").content.decode()
    assert close in page
    assert "&lt;b&gt;سفارش‌ها" in page
    fragment = client.get(f"/jobs/{run.pk}/progress/")
    shown = fragment.content.decode()
    assert 'role="progressbar"' in shown
    assert 'aria-valuenow="25"' in shown
    assert f"/jobs/{run.pk}/progress/" in shown
    assert f"/jobs/{run.pk}/stop/" in shown
    assert "HX-Trigger" not in fragment
    assert client.post(f"/jobs/{run.pk}/stop/").status_code == 302
    assert Run.objects.get().cancel_requested
    assert client.post(f"/jobs/{run.pk}/stop/", headers={"HX-Request": "true"}).status_code == 200
    assert "&lt;b&gt;سفارش‌ها" in client.get("/jobs/").content.decode()


def test_a_finished_run_leads_to_its_result_and_a_failed_one_says_why() -> None:
    user, client = make_user(language="fa"), Client()
    client.force_login(user)
    run = services.start(actor=acting(user), job="sample.slow", title="کار", arguments={})
    Run.objects.update(state="done", finished_at=timezone.now())
    assert f'href="/result/{run.pk}/"' in client.get(f"/jobs/{run.pk}/").content.decode()
    ended = client.get(f"/jobs/{run.pk}/progress/")
    assert ended["HX-Trigger"] == "pv-run-ended"
    assert "hx-get" not in ended.content.decode()
    Run.objects.update(state="failed", error=FAULT, code="ab12cd34")
    page = client.get(f"/jobs/{run.pk}/").content.decode()
    assert "ab12cd34" in page
    assert FAULT not in page, "said in the reader's language"


def test_others_runs_are_not_found_but_by_those_who_see_all() -> None:
    owner, stranger, client = make_user(), make_user(), Client()
    run = services.start(actor=acting(owner), job="sample.slow", title="secret title", arguments={})
    client.force_login(stranger)
    for address in (f"/jobs/{run.pk}/", f"/jobs/{run.pk}/progress/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/jobs/{run.pk}/stop/").status_code == 404
    assert "secret title" not in client.get("/jobs/", {"after": "nonsense"}).content.decode()
    client.force_login(make_admin())
    assert "secret title" in client.get("/jobs/").content.decode()
    assert "secret title" not in client.get("/jobs/", {"mine": "1"}).content.decode()
    assert client.get(f"/jobs/{run.pk}/stop/").status_code == 405
    assert client.post(f"/jobs/{run.pk}/stop/").status_code == 302
    assert Run.objects.get().state == "cancelled"
