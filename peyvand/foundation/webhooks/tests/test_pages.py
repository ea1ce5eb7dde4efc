"""The pages and the REST routes of webhooks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import ApiToken, Role, User
from peyvand.foundation.accounts.services import tokens
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.webhooks import services
from peyvand.foundation.webhooks.models import State, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from peyvand.foundation.webhooks.signing import unlocked
from peyvand.foundation.webhooks.tests.factories import START, WE, delivery, endpoint

pytestmark = pytest.mark.django_db
HOSTILE = ("<script>alert(1)</script>", "\u202eevil", "x" * 300, "🙂" * 20, "a\x00b", "   ")


def _person(role: str) -> User:
    roles_ensure()
    return make_user(role=Role.objects.get(key=role), email=f"{role}@example.com")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(_person("admin"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def _given(**more: Any) -> dict[str, Any]:
    return {"url": "https://hooks.peyvand.ir/in", "events": ["things.happened"], "description": "Shop", **more}


def _read(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"webhooks:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_secret_is_shown_once(staff: Client) -> None:
    answer = staff.post(reverse("webhooks:endpoint-new"), _given())
    made = WebhookEndpoint.objects.get()
    secret = unlocked(made.secret)
    assert secret is not None
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for page in (_read(staff, "endpoint", made.pk), _read(staff, "endpoint-edit", made.pk), _read(staff, "endpoints")):
        assert "whsec_" not in page
        assert "Shop" in page
    again = staff.post(reverse("webhooks:rotate", args=[made.pk])).content.decode()
    made.refresh_from_db()
    assert unlocked(made.secret) != secret
    assert str(unlocked(made.secret)) in again
    assert secret not in again


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://127.0.0.1/"}, "url"), ({"url": "ftp://x.ir/"}, "url"), ({"url": ""}, "url"),
        ({"url": "https://shop.example/"}, "url"), ({"events": []}, "events"), ({"events": ["no.such"]}, "events"),
        ({"description": "x" * 300}, "description"), *(({"url": bad}, "url") for bad in HOSTILE),
        *(({"url": f"https://{bad}/"}, "url") for bad in HOSTILE if "🙂" not in bad),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(
    staff: Client, wrong: dict[str, Any], field: str
) -> None:
    answer = staff.post(reverse("webhooks:endpoint-new"), _given(**wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not WebhookEndpoint.objects.exists()
    page = answer.content.decode()
    assert "<script>alert" not in page
    if field != "description":
        assert "Shop" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_description_does_no_harm(staff: Client, text: str) -> None:
    answer = staff.post(reverse("webhooks:endpoint-new"), _given(description=text))
    assert answer.status_code == (422 if len(text) == 300 or "\x00" in text else 200)
    assert "<script>alert" not in answer.content.decode()
    _read(staff, "endpoints")


def test_who_is_second_is_told_so_and_may_save_again(staff: Client) -> None:
    made, _secret = endpoint()
    read = made.version
    services.endpoint_update(actor=WE, endpoint_id=made.pk, data=services.EndpointData(made.url, ["*"], "first"))
    url = reverse("webhooks:endpoint-edit", args=[made.pk])
    answer = staff.post(url, _given(description="second", version=str(read)))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "second" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    assert staff.post(url, _given(description="second", version=version[1])).status_code == 302
    made.refresh_from_db()
    assert (made.description, made.events) == ("second", ["things.happened"])


def test_a_test_is_sent_off_and_seen(staff: Client) -> None:
    made, _secret = endpoint()
    answer = staff.post(reverse("webhooks:test", args=[made.pk]))
    sent = WebhookDelivery.objects.get()
    assert answer["Location"] == reverse("webhooks:delivery", args=[sent.pk])
    page = _read(staff, "delivery", sent.pk)
    assert sent.webhook_id in page
    assert 'hx-trigger="every 1s"' in page
    services.endpoint_switch(actor=WE, endpoint_id=made.pk, on=False)
    assert staff.post(reverse("webhooks:test", args=[made.pk]))["Location"].endswith(f"/{made.pk}/")
    assert WebhookDelivery.objects.count() == 1


def test_one_delivery_shows_what_was_sent_and_every_try(staff: Client) -> None:
    made, _secret = endpoint()
    one = delivery(made, state=State.GIVEN_UP, next_try_at=None)
    for number in range(3):
        WebhookAttempt.objects.create(
            delivery=one, at=START, status=500, error="status", ms=12, timestamp=number, response="<b>no</b>"
        )
    page = _read(staff, "delivery", one.pk)
    assert page.count("&lt;b&gt;no&lt;/b&gt;") == 3
    assert "thing_ids" in page
    staff.post(reverse("webhooks:resend", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == State.WAITING


def test_deliveries_are_found_by_state_event_endpoint_time_and_id(staff: Client) -> None:
    made, _secret = endpoint()
    other, _secret = endpoint("https://other.peyvand.ir/")
    one, two = delivery(made, state=State.DELIVERED), delivery(other, event_id=2)
    kept = {
        ("state", "delivered"): [one], ("state", "waiting"): [two], ("state", "nonsense"): [two, one],
        ("event", "things.happened"): [two, one], ("event", "peyvand.test"): [], ("endpoint", str(made.pk)): [one],
        ("endpoint", "abc"): [two, one], ("id", one.webhook_id): [one], ("id", "msg_wrong"): [], ("since", "hour"): [],
        ("after", "nonsense"): [two, one],
    }  # fmt: skip
    for (name, value), expected in kept.items():
        answer = staff.get(reverse("webhooks:deliveries"), {name: value})
        assert list(answer.context["page"].rows) == expected, (name, value)


def test_deleting_is_taken_back_without_the_secret(staff: Client) -> None:
    made, _secret = endpoint()
    delivery(made)
    staff.post(reverse("webhooks:endpoint-delete", args=[made.pk]))
    assert not WebhookEndpoint.objects.exists()
    page = _read(staff, "endpoints")
    undo = re.search(r"/audit/\d+/undo/", page)
    assert undo is not None
    staff.post(undo[0])
    back = WebhookEndpoint.objects.get()
    assert (back.url, back.secret, back.ready, back.sends) == (made.url, "", False, False)
    assert staff.post(reverse("webhooks:test", args=[back.pk])).status_code == 302
    assert not WebhookDelivery.objects.exists()
    services.secret_rotate(actor=WE, endpoint_id=back.pk)
    back.refresh_from_db()
    assert back.sends


def test_what_was_given_up_goes_again_at_once(staff: Client) -> None:
    made, _secret = endpoint()
    for number in range(3):
        delivery(made, event_id=number, state=State.GIVEN_UP, next_try_at=None)
    staff.post(reverse("webhooks:resend-given-up", args=[made.pk]))
    assert WebhookDelivery.objects.filter(state=State.WAITING, tries=0).count() == 3


def test_the_other_businesses_endpoints_are_not_there(staff: Client) -> None:
    made, _secret = endpoint(actor=WE.looking_at(demo=True))
    sent = delivery(made)
    assert staff.get(reverse("webhooks:endpoint", args=[made.pk])).status_code == 404
    assert staff.post(reverse("webhooks:resend", args=[sent.pk])).status_code == 404
    assert staff.get(reverse("webhooks:endpoint", args=[2**70])).status_code == 404


def test_no_page_takes_many_queries(staff: Client) -> None:
    made, _secret = endpoint()
    for number in range(60):
        delivery(made, event_id=number)
    for _more in range(9):
        endpoint()
    pages = {"endpoints": [], "endpoint": [made.pk], "deliveries": [], "endpoint-new": [], "endpoint-edit": [made.pk]}
    pages["delivery"] = [WebhookDelivery.objects.order_by("id")[0].pk]
    for name, args in pages.items():
        _read(staff, name, *args)
        with CaptureQueriesContext(connection) as asked:
            _read(staff, name, *args)
        assert len(asked) <= 15, (name, len(asked))


def _program(role: str) -> dict[str, str]:
    _row, raw = tokens.token_make(actor=system_actor(), name="t", user_id=_person(role).pk, demo=False)
    assert ApiToken.objects.count()
    return {"HTTP_AUTHORIZATION": f"Bearer {raw}", "content_type": "application/json"}


def test_programs_do_all_of_it_too(client: Client) -> None:
    who = _program("admin")
    base = "/api/v1/webhooks"
    events = json.loads(client.get(f"{base}/events", **who).content)
    assert events[0]["sample"]["data"] == {"thing_ids": [7, 8]}
    body = {"url": "https://hooks.peyvand.ir/in", "events": ["*"]}
    answer = client.post(f"{base}/endpoints", body, **who, HTTP_IDEMPOTENCY_KEY="k1")
    assert answer.status_code == 201, answer.content
    made = json.loads(answer.content)
    assert made["secret"].startswith("whsec_")
    again = client.post(f"{base}/endpoints", body, **who, HTTP_IDEMPOTENCY_KEY="k1")
    assert json.loads(again.content) == {**made, "secret": None}  # a secret is kept nowhere
    assert WebhookEndpoint.objects.count() == 1
    one = f"{base}/endpoints/{made['id']}"
    assert "secret" not in json.loads(client.get(one, **who).content)
    changed = json.loads(client.patch(one, {"description": "Shop", "enabled": False}, **who).content)
    assert (changed["description"], changed["enabled"], changed["disabled_why"]) == ("Shop", False, "hand")
    assert client.patch(one, {"version": 1, "description": "x"}, **who).status_code == 409
    assert client.post(f"{one}/test", **who).status_code == 422
    client.patch(one, {"enabled": True}, **who)
    sent = client.post(f"{one}/test", **who)
    assert sent.status_code == 202
    listed = json.loads(client.get(f"{base}/deliveries?endpoint_id={made['id']}&state=waiting", **who).content)
    assert [row["id"] for row in listed["items"]] == [json.loads(sent.content)["id"]]
    whole = json.loads(client.get(f"{base}/deliveries/{listed['items'][0]['id']}", **who).content)
    assert whole["payload"]["type"] == "peyvand.test"
    assert client.post(f"{base}/deliveries/{whole['id']}/resend", **who).status_code == 202
    rotated = json.loads(client.post(f"{one}/rotate", **who).content)
    assert rotated["secret"] not in (None, made["secret"])
    assert client.delete(one, **who).status_code == 204
    assert client.get(one, **who).status_code == 404
    for bad in ("http://10.0.0.1/", "gopher://x/", "https://a:b@shop.ir/", *HOSTILE):
        assert client.post(f"{base}/endpoints", {**body, "url": bad}, **who).status_code == 422
    raw = b'{"url": "https://hooks.peyvand.ir/", "events": ["*"], "description": "\\ud800"}'
    assert client.post(f"{base}/endpoints", raw, **who).status_code in (400, 422)
    raw = b'{"url": "https://h\\ud800.ir/", "events": ["\\ud800"]}'
    assert client.post(f"{base}/endpoints", raw, **who).status_code in (400, 422)
    assert client.get(f"{base}/deliveries?since=0001-01-01T00:00:00%2B14:00", **who).status_code in (200, 422)
    assert client.get(f"{base}/deliveries?event=%00", **who).status_code == 400
    assert client.get(f"{base}/endpoints/{2**70}", **who).status_code == 404
    assert client.get(f"{base}/deliveries?since=2026-11-23T00:00:00", **who).status_code == 422
    assert client.get(f"{base}/deliveries?after=x", **who).status_code == 400


def test_turning_off_and_editing_are_taken_back(staff: Client) -> None:
    made, _secret = endpoint()
    staff.post(reverse("webhooks:endpoint-switch", args=[made.pk]), {"on": "0"})
    made.refresh_from_db()
    assert made.disabled_why == "hand"
    staff.post(re.findall(r"/audit/\d+/undo/", _read(staff, "endpoint", made.pk))[-1])  # the newest toast's
    made.refresh_from_db()
    assert made.sends
    staff.post(reverse("webhooks:endpoint-edit", args=[made.pk]), _given(url="https://else.peyvand.ir/"))
    staff.post(re.findall(r"/audit/\d+/undo/", _read(staff, "endpoint", made.pk))[-1])  # the newest toast's
    made.refresh_from_db()
    assert (made.url, made.events, made.sends) == ("https://hooks.peyvand.ir/in", ["*"], True)
