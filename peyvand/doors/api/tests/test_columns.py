"""Mass assignment: every writing route is sent every column of its table; only what it declares is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.http import HttpResponse

from peyvand.doors.api.tests.factories import Program, program
from peyvand.doors.api.tests.routes import BODIES, FIXED, ROUTES, Route, filled
from peyvand.doors.api.views import document
from tests.rights.world import World, without_trace

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("rights-api")]
# Which table a route writes, and by which id its row stands; by the longest beginning of the path that fits.
TABLES: Mapping[str, tuple[str, str]] = {
    "/audiences": ("audiences.Audience", "audience_id"),
    "/customers": ("customers.Customer", "customer_id"),
    "/customers/{customer_id}/identities": ("customers.Identity", "identity_id"),
    "/customers/{customer_id}/tags": ("customers.Tag", "tag_id"),
    "/customers/{customer_id}/relations": ("customers.Relation", "relation_id"),
    "/customers/{customer_id}/consents": ("consents.ConsentEntry", "entry_id"),
    "/duplicates": ("matching.Pair", "pair_id"),
    "/consents": ("consents.ConsentEntry", "entry_id"),
    "/consents/purposes": ("consents.Purpose", ""),
    "/consents/purposes/{key}/wordings": ("consents.Wording", ""),
    "/interactions": ("interactions.Interaction", "interaction_id"),
    "/interactions/rates": ("interactions.CostRate", "cost_rate_id"),
    "/joinings": ("interactions.Joining", "joining_id"),
    "/contracts": ("commerce.Contract", "contract_id"),
    "/costs": ("commerce.Cost", "cost_id"),
    "/cost-rates": ("commerce.CostRate", "standing_rate_id"),
    "/orders": ("commerce.Order", "order_id"),
    "/orders/{order_id}/payments": ("commerce.Payment", ""),
    "/products": ("commerce.Product", "product_id"),
    "/product-categories": ("commerce.Category", "branch_id"),
    "/price-lists": ("commerce.PriceList", "price_list_id"),
    "/price-lists/{price_list_id}/items": ("commerce.PriceListItem", "item_id"),
    "/tax-rates": ("commerce.TaxRate", "rate_id"),
    "/holidays": ("work.Holiday", "holiday_id"),
    "/working-hours": ("work.WorkingHours", "hours_id"),
    "/articles": ("knowledge.Article", "article_id"),
    "/articles/categories": ("knowledge.Category", "category_id"),
    "/custom-fields": ("fields.CustomField", "field_id"),
    "/views": ("fields.SavedView", "view_id"),
    "/imports": ("transfer.Import", "import_id"),
    "/changes": ("changes.ChangeSet", "change_set_id"),
    "/runs": ("jobs.Run", "run_id"),
    "/webhooks": ("webhooks.WebhookEndpoint", "endpoint_id"),
    "/quality": ("matching.Quality", ""),
    "/lists": ("customers.CustomerList", "list_id"),
    "/stages": ("customers.Stage", ""),
    "/messages": ("outreach.Message", "message_id"),
    "/suppressions": ("outreach.Suppression", "suppression_id"),
    "/links": ("outreach.Link", ""),
    "/templates": ("outreach.Template", ""),
    "/conversations": ("conversations.Conversation", "conversation_id"),
    "/routing": ("conversations.RoutingSettings", "routing_id"),
    "/routing/rules": ("conversations.RoutingRule", "routing_rule_id"),
    "/routing/people": ("conversations.Answerer", "answerer_id"),
    "/saved-replies": ("conversations.SavedReply", "saved_id"),
    "/email/accounts": ("email.EmailAccount", "email_id"),
    "/sms/accounts": ("sms.SmsAccount", "account_id"),
    "/messengers/bots": ("messengers.Bot", "bot_id"),
    "/forms": ("forms.Form", "form_id"),
    "/forms/results": ("forms.Submission", "submission_id"),
    "/webchat/sites": ("webchat.Widget", "widget_id"),
    "/webchat/rooms": ("webchat.Room", "room_id"),
    "/reports/answer": ("reports.Report", ""),
    "/webhooks/deliveries": ("webhooks.WebhookDelivery", "delivery_id"),
}
# What the room itself sets when a row changes.
OWN_ACCORD = {"version", "updated_at", "search_key", "sort_key", "corrected_at", "payload", "given_name", "family_name",
              "honorific", "options", "state", "dry", "key", "edited", "credentials"}  # fmt: skip
SECRET = ("secret", "previous_secret", "run_id", "routed", "hook", "header", "secrets", "credentials")
WRITING = [route for route in ROUTES if route.method != "GET" and route.path != "/imports" and "file" not in route.path]
CHANGING = [route for route in WRITING if route.method in ("PATCH", "PUT")]


@pytest.fixture(scope="module")
def caller(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[Program, World]]:
    """An administrator's program, who could write everything."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        world = World()
        yield program(user=world.people["admin"]), world
        transaction.set_rollback(True)


def table_of(route: Route) -> tuple[type[models.Model], str]:
    """The model behind a route, and the name of its row's id."""
    place = max((path for path in TABLES if route.path.startswith(path)), key=len)
    label, record = TABLES[place]
    return apps.get_model(label), record  # the tests know every room


def declared(route: Route) -> set[str] | None:
    """The names that the route's body may have; None when it has none."""
    said = document()
    operation = said["paths"][f"/api/v1{route.served}"][route.method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    return set(said["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"])


def columns(model: type[models.Model]) -> dict[str, Any]:
    """Every column, under both of its names, with a value that would be noticed."""
    values: dict[type[models.Field[Any, Any]], Any] = {
        models.BooleanField: True, models.JSONField: {"x": 1}, models.DateTimeField: "2001-01-01T00:00:00Z",
        models.DateField: "2001-01-01", models.FloatField: 7.5,
    }  # fmt: skip
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        number = isinstance(field, models.IntegerField | models.ForeignKey | models.AutoField | models.DecimalField)
        value = 7 if number else next((one for kind, one in values.items() if isinstance(field, kind)), "zz")
        found |= {field.name: value, field.attname: value, "pk": 7}
    return found


def send(caller: tuple[Program, World], route: Route, body: Any) -> HttpResponse:
    """The request with the administrator's own records."""
    who, world = caller
    path = route.path.format(**{**FIXED, **world.own["admin"]})
    return who.ask(route.method, path, body)


def _done(caller: tuple[Program, World], route: Route, body: Any) -> tuple[Any, ...]:
    """The status, which tables were written, and how the row stands afterwards, without moments and secrets."""
    model, record = table_of(route)
    stands: list[dict[str, Any]] = []

    def sent() -> HttpResponse:
        answer = send(caller, route, body)
        plain = [field.attname for field in model._meta.concrete_fields
                 if not isinstance(field, models.DateTimeField | models.BinaryField)]  # fmt: skip
        known = [name for name in plain if name not in SECRET]
        stands.extend(model._default_manager.filter(pk=caller[1].own["admin"].get(record) or 0).values(*known))
        return answer

    found = without_trace(sent)
    return found.status, found.wrote, stands


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.name)
def test_no_column_is_written_that_the_route_does_not_declare(caller: tuple[Program, World], route: Route) -> None:
    model, _record = table_of(route)
    body = filled(BODIES.get(route.name), {**FIXED, **caller[1].own["admin"]})
    names = declared(route)
    alien = {name: value for name, value in columns(model).items() if name not in (names or ())}
    assert len(alien) > 1
    if names is None:  # nothing is read: what is done is that of a request without a body
        assert _done(caller, route, alien) == _done(caller, route, None)
        return
    answer: list[HttpResponse] = []

    def refused() -> HttpResponse:
        answer.append(send(caller, route, {**body, **alien}))
        return answer[0]

    found = without_trace(refused)
    assert found.status == 422, found.body[:300]
    assert not found.wrote
    assert {one["field"] for one in json.loads(answer[0].content)["errors"]} == set(alien)


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.name)
def test_a_change_leaves_every_other_column_as_it_was(caller: tuple[Program, World], route: Route) -> None:
    model, record = table_of(route)
    mine = caller[1].own["admin"]
    key = next((mine[one] for one in ("stage_key", "template_key") if one in route.path), FIXED["key"])
    rows = model._default_manager.filter(pk=mine.get(record) or 0) or model._default_manager.filter(key=key, demo=False)
    body = filled(BODIES.get(route.name), {**FIXED, **caller[1].own["admin"]})
    with transaction.atomic():
        (before,) = rows.values()
        answer = send(caller, route, body)
        assert answer.status_code == 200, answer.content
        (after,) = rows.values()
        transaction.set_rollback(True)
    changed = {name for name in before if before[name] != after[name]}
    allowed = ((declared(route) or set()) if route.method == "PUT" else set(body or ())) | OWN_ACCORD
    allowed |= {"pinned_at", "pinned_by_id"} if route.path.endswith("/pin") else set()
    assert changed <= allowed
