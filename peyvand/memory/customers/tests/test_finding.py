"""Custom fields that a search looks through, by the reader's rights; the key that the database makes of them."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import undo
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.fields.services import FieldData, field_archive, field_save
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.palette import hits
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
FIELDS = {
    "economic_code": "text", "second_mail": "email", "fax": "phone", "area": "number", "drink": "choice",
    "signed": "date",
}  # fmt: skip


@pytest.fixture
def actor() -> Actor:
    found = system_actor()
    for key, kind in FIELDS.items():
        choices = "Espresso\nTea" if kind == "choice" else ""
        field_save(actor=found, record="customer", data=FieldData(kind=kind, key=key, label_en=key, choices=choices))
    return found


def _names(actor: Actor, text: str) -> list[str]:
    return [row.name for row in queries.customers_search(actor=actor, text=text).rows]


def test_an_economic_code_is_found_by_the_palette_and_by_the_list(actor: Actor) -> None:
    custom = {
        "economic_code": "۴۱۱۰-كد ۰۰۷۷", "second_mail": "Buying@Example.com", "fax": "02188776655", "area": "1250.5",
        "drink": "espresso", "signed": "2026-01-31",
    }  # fmt: skip
    factories.customer("شرکت چای", kind="organisation", custom=custom)
    factories.customer("شرکت قهوه", kind="organisation", custom={"economic_code": "999"})
    for text in ("4110", "4110-کد ۰۰۷۷", "کد", "buying@exam", "example.com", "88776655", "021 8877", "1250.5", "1250"):
        found = ["شرکت چای"] if len(fa_key(text)) > 2 else []
        assert _names(actor, text) == found, text
    assert [hit.title for hit in hits(actor, "4110", 5)] == ["شرکت چای"]
    wanted = asked(actor=actor, query={"q": "4110", "f.kind": "any:organisation"}, currency="IRR")
    assert [row.name for row in queries.customers(actor=actor, chosen=wanted.chosen)] == ["شرکت چای"]
    for text in ("espresso", "2026-01-31", "economic_code", "code="):
        assert _names(actor, text) == [], f"{text} is no text that somebody typed"
    assert _names(actor, ".*") == []
    assert _names(system_actor(demo=True), "4110") == []


def test_what_is_hidden_or_archived_is_not_found(actor: Actor) -> None:
    someone = factories.customer("علی", custom={"economic_code": "77001122", "area": "77"})
    blind = Actor(
        user_id=None, name="x", grants={"customers.view": Scope.ALL}, hidden=frozenset({"customer.c.economic_code"})
    )
    assert _names(blind, "77001122") == []
    assert _names(actor, "77001122") == ["علی"]
    own = Actor(user_id=1, name="x", grants={"customers.view": Scope.OWN})
    assert _names(own, "77001122") == []
    done = field_archive(actor=actor, field=CustomField.objects.get(key="economic_code"), archived=True)
    assert _names(actor, "77001122") == []
    undo(actor=actor, change_set_id=done)
    assert _names(actor, "77001122") == ["علی"]
    deleted = services.customers_delete(actor=actor, customers=[someone.pk])
    undo(actor=actor, change_set_id=deleted.change_set_id or 0)
    assert _names(actor, "77001122") == ["علی"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=st.text("آأإابپيىیكکگةهۀؤوئء۰۱٤5aBCé-_./ \u200c\u064e\u0640", min_size=1, max_size=30))
def test_the_database_reads_letters_as_the_search_does(actor: Actor, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_plain(%s)", [text])
        assert cursor.fetchone()[0].strip() == fa_key(text).strip()


def test_the_key_is_of_texts_and_numbers_only() -> None:
    made = Customer.objects.create(
        name="x", custom={"b": "ي", "a": "1\n2", "n": 5, "yes": True, "many": ["q"], "o": {}}
    )
    made.refresh_from_db()
    assert made.custom_key == "a=1 2\nb=ی\nn=5"
    assert Customer.objects.create(name="y").custom == {}
