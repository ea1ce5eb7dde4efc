"""Stages: a list of the house's own, in its order, set everywhere and readable after they are archived."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.changes.services import undo
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import asked, ordered
from peyvand.memory.customers.models import Customer, Stage
from peyvand.memory.customers.services import StageData
from peyvand.memory.customers.stages import stages, stages_ensure
from peyvand.memory.customers.tests import factories
from peyvand.memory.customers.web.forms import CustomerForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    stages_ensure(demo=False)
    return system_actor()


def _keys(actor: Actor) -> list[str]:
    return [one.key for one in stages(actor=actor, archived=False)]


def test_stages_are_made_renamed_moved_and_archived(actor: Actor) -> None:
    first = _keys(actor)
    made = services.stage_save(actor=actor, data=StageData(name_fa="آزمایشی", name_en="Trial"))
    assert (made.key, _keys(actor)) == ("trial", [*first, "trial"])
    renamed = services.stage_save(actor=actor, data=StageData(name_fa="در آزمایش", key="other"), stage=made)
    assert (renamed.key, renamed.name_en) == ("trial", "")
    services.stage_move(actor=actor, stage=made, up=True)
    assert _keys(actor) == [*first[:-1], "trial", first[-1]]
    done = services.stage_archive(actor=actor, stage=made, archived=True)
    assert _keys(actor) == first
    undo(actor=actor, change_set_id=done)
    assert "trial" in _keys(actor)
    for data in (
        StageData(),
        StageData(name_fa="در آزمایش"),
        StageData(name_fa="نو", key="trial"),
        StageData(name_fa="x" * 81),
    ):
        with pytest.raises(InvalidError):
            services.stage_save(actor=actor, data=data)
    with pytest.raises(NotAllowed):
        services.stage_save(actor=factories.actor(), data=StageData(name_fa="نه"))


def test_a_stage_is_given_by_key_or_name_and_sorted_by_its_place(actor: Actor) -> None:
    for name, stage in (("آ", "former"), ("ب", "سرنخ"), ("پ", ""), ("ت", "Customer")):
        factories.customer(name, stage=stage)
    assert dict(Customer.objects.values_list("name", "stage")) == {"آ": "former", "ب": "lead", "پ": "", "ت": "customer"}
    wanted = asked(actor=actor, query={"sort": "stage"}, currency="IRR")
    rows, order = ordered(queries.customers(actor=actor), wanted, "IRR")
    assert [row.name for row in rows.order_by(*order)] == ["ب", "ت", "آ", "پ"]
    found = asked(actor=actor, query={"f.stage": "any:lead,former"}, currency="IRR")
    assert {row.name for row in queries.customers(actor=actor, chosen=found.chosen)} == {"آ", "ب"}
    with pytest.raises(InvalidError) as refused:
        factories.customer("ث", stage="nowhere")
    assert set(refused.value.errors) == {"stage"}
    stage = fields_of(actor=actor, record=RECORD)["stage"]
    done = services.fields_set(actor=actor, customers=Customer.objects.all(), field=stage, value="customer")
    assert done.changed == 3
    assert set(Customer.objects.values_list("stage", flat=True)) == {"customer"}


def test_who_stands_in_an_archived_stage_stays_there_when_something_else_is_saved(actor: Actor) -> None:
    someone = factories.customer("علی", stage="advocate")
    one = Stage.objects.get(key="advocate", demo=False)
    services.stage_archive(actor=actor, stage=one, archived=True)
    field = fields_of(actor=actor, record=RECORD)["stage"]
    assert "advocate" in dict(field.choices)
    assert "advocate" not in dict(field.offered)
    form = CustomerForm(actor=actor, kind="person", customer=someone)
    assert "advocate" in dict(form.fields["stage"].choices)  # type: ignore[attr-defined]
    assert "advocate" not in dict(CustomerForm(actor=actor, kind="person").fields["stage"].choices)  # type: ignore[attr-defined]
    services.customer_update(actor=actor, customer=someone, changes={"city": "قم", "stage": "advocate"}, version=None)
    assert Customer.objects.get(pk=someone.pk).stage == "advocate"


def test_the_settings_page_of_stages(client: Client) -> None:
    stages_ensure(demo=False)
    client.force_login(factories.user(role=factories.role("admin")))
    url = reverse("customers:stages")
    client.post(url, {"name_fa": "آزمایشی", "name_en": "Trial"})
    made = Stage.objects.get(key="trial")
    assert "آزمایشی" in client.get(url).content.decode()
    client.post(reverse("customers:stage", args=[made.pk]), {"name_fa": "نو", "name_en": ""})
    client.post(reverse("customers:stage-move", args=[made.pk]), {"up": "1"})
    client.post(reverse("customers:stage-archive", args=[made.pk]), {"archived": "1"})
    made.refresh_from_db()
    assert (made.name_fa, made.position, made.archived) == ("نو", 4, True)
