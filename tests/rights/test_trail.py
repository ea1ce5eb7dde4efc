"""The trail shows of a record what its own pages show, and nothing more; also of records that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client

from peyvand.foundation.accounts.models import Role, RoleGrant
from peyvand.foundation.accounts.tests.factories import make_user, sign_in
from peyvand.foundation.changes import services as changes
from peyvand.foundation.changes.models import Change, ChangeSet
from peyvand.foundation.changes.queries import changed_rows, titled
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.memory.commerce.services import LineData, order_place
from peyvand.memory.consents import services as consents
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customers_delete, tag_add
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions.models import Visibility
from peyvand.memory.interactions.services import interaction_delete, note_add

pytestmark = pytest.mark.django_db
SECRET = "the boss leaves in May"


@dataclass
class Office:
    """Two colleagues of one team, an auditor of another, and a customer of the first."""

    mine: Actor
    colleague: Actor
    auditor: Actor
    customer: Customer


@pytest.fixture
def office() -> Office:
    one, two, auditor = (factories.user() for _ in range(3))
    team, elsewhere = factories.team(one, two), factories.team(auditor)
    rights = {"changes_view_audit": Scope.ALL}
    return Office(
        factories.actor(one, teams=(team,)),
        factories.actor(two, teams=(team,), **rights),
        factories.actor(auditor, teams=(elsewhere,), **rights),
        factories.customer(owner_id=one.pk),
    )


def shown(actor: Actor, table: str = "interactions_interaction") -> str:
    rows = changed_rows(actor, list(Change.objects.filter(table_name=table).select_related("image")))
    return " ".join(f"{one.before} {one.after}" for row in rows for one in row.differences)


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize(
    ("visibility", "seen"),
    [(Visibility.ALL, (1, 1, 1)), (Visibility.TEAM, (1, 1, 0)), (Visibility.AUTHOR, (1, 0, 0))],
)
def test_a_note_is_for_whom_it_is_in_the_trail_too(
    office: Office, visibility: str, seen: tuple[int, ...], gone: bool
) -> None:
    made = note_add(actor=office.mine, customer=office.customer, text=SECRET, visibility=visibility)
    if gone:
        interaction_delete(actor=office.mine, interaction=made)
    found = tuple(int(SECRET in shown(actor)) for actor in (office.mine, office.colleague, office.auditor))
    assert found == seen
    private = factories.actor(factories.user(), interactions_private=Scope.ALL)
    assert SECRET in shown(private)
    assert SECRET in shown(system_actor())
    assert SECRET not in shown(factories.actor(factories.user(), interactions_view=Scope.NONE))
    withheld = changed_rows(factories.actor(factories.user(), interactions_view=Scope.NONE),
                            list(Change.objects.filter(table_name="interactions_interaction")))  # fmt: skip
    assert all(row.withheld and not row.erased for row in withheld)


TABLES: Sequence[str] = (
    "customers_customer", "customers_identity", "customers_customertag", "interactions_interaction",
    "consents_consententry", "commerce_order", "commerce_orderline",
)  # fmt: skip


@pytest.mark.parametrize("gone", [False, True])
def test_rows_of_customers_out_of_reach_are_withheld(gone: bool) -> None:
    consents.purposes_ensure(demo=False)
    me, other = factories.user(), factories.user()
    for owner, word in ((me, "Mywood"), (other, "Theirwood")):
        one = factories.customer(word, email=f"{word}@example.com", owner_id=owner.pk)
        tag_add(actor=system_actor(), customer=one, name=f"{word} tag")
        note_add(actor=system_actor(), customer=one, text=f"{word} said")
        consents.consent_give(
            actor=system_actor(), customer=one, purpose="news", channels=["sms"], source="form", note=word
        )
        line = LineData(quantity=Decimal(1), unit_price=Decimal(10), description=f"{word} tea")
        order_place(actor=system_actor(), customer=one, lines=[line], currency="EUR", note=word)
    if gone:
        customers_delete(actor=system_actor(), customers=[one.pk for one in Customer.objects.all()])
    rights = {"orders_view": Scope.OWN, "consents_view": Scope.OWN, "changes_view_audit": Scope.ALL}
    actor = factories.actor(me, scope=Scope.OWN, **rights)
    for table in TABLES:
        text = shown(actor, table)
        assert "Theirwood" not in text, table
        if not gone and table != "customers_customertag":
            assert "Mywood" in text, table
        assert "Theirwood" in shown(system_actor(), table) or table == "customers_customertag"
    sets = list(ChangeSet.objects.all())
    assert not any(titled(actor, sets))
    assert any(titled(factories.actor(me), sets))


def test_nobody_takes_back_what_they_may_not_see(office: Office) -> None:
    made = note_add(actor=office.mine, customer=office.customer, text=SECRET, visibility=Visibility.AUTHOR)
    found = Change.objects.filter(table_name="interactions_interaction", row_id=made.pk).first()
    assert found is not None
    assert found.change_set_id is not None
    undoer = factories.actor(factories.user(), changes_undo=Scope.ALL, changes_view_audit=Scope.ALL)
    with pytest.raises(NotAllowed):
        changes.undo(actor=undoer, change_set_id=found.change_set_id)
    changes.undo(actor=office.mine, change_set_id=found.change_set_id)


def test_the_page_says_that_it_withholds(office: Office, client: Client) -> None:
    made = note_add(actor=office.mine, customer=office.customer, text=SECRET, visibility=Visibility.AUTHOR)
    found = Change.objects.filter(table_name="interactions_interaction", row_id=made.pk).first()
    assert found is not None
    role = Role.objects.create(name="auditor")
    for name in ("changes.view_audit", "customers.view", "interactions.view"):
        RoleGrant.objects.create(role=role, permission=name, scope=Scope.ALL.value)
    sign_in(client, make_user(role=role, language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    page = client.get(f"/audit/{found.change_set_id}/").content.decode()
    assert SECRET not in page
    assert "may not see this record" in page
