"""Many customers at once: rows are checked one by one and written together."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.customers import services
from peyvand.memory.customers.data import CustomerRow, IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerTag, Identity
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
CODE = IdentityData("external", "A-17", "shop")


def row(name: str = "", **more: object) -> CustomerRow:
    """A row with a name and other values."""
    outer = {key: more.pop(key) for key in ("id", "match", "version", "identities", "tags") if key in more}
    return CustomerRow(values={**({"name": name} if name else {}), **more}, **outer)  # type: ignore[arg-type]


def test_new_and_known_rows_go_in_together_and_one_undo_takes_them_back() -> None:
    known = factories.customer("مریم", city="تهران")
    saved = services.customers_save(
        actor=system_actor(),
        rows=[
            row("سارا کریمی", city="شیراز", birth_date=date(1990, 2, 1), tags=["وفادار"],
                identities=[IdentityData("phone", "0912 345 6789")]),
            row(id=known.pk, city="تبریز", tags=["وفادار"], identities=[IdentityData("email", "m@example.com")]),
            row(id=factories.customer("رضا").pk, name="رضا"),
        ],
    )  # fmt: skip
    assert [one.status for one in saved.results] == ["created", "updated", "unchanged"]
    made = Customer.objects.get(pk=saved.results[0].customer_id)
    assert (made.name, made.given_name, made.family_name, made.city) == ("سارا کریمی", "سارا", "کریمی", "شیراز")
    assert made.birth_date == date(1990, 2, 1)
    assert made.identities.get().key == "+989123456789"
    assert made.identities.get().is_primary
    known.refresh_from_db()
    assert (known.city, known.version) == ("تبریز", 2)
    assert CustomerTag.objects.filter(tag__name="وفادار").count() == 2
    assert {event.name for event in Event.objects.order_by("-id")[:2]} == {
        "customers.CustomersCreated", "customers.CustomersChanged",
    }  # fmt: skip
    undo(actor=system_actor(), change_set_id=saved.change_set_id or 0)
    assert not Customer.objects.filter(pk=made.pk).exists()
    known.refresh_from_db()
    assert known.city == "تهران"
    assert not known.identities.exists()


def test_a_code_names_who_has_it_and_makes_who_does_not() -> None:
    first = services.customers_save(actor=system_actor(), rows=[row("سارا", match=CODE)])
    again = services.customers_save(actor=system_actor(), rows=[row("سارا کریمی", match=CODE, city="شیراز")])
    assert (first.results[0].status, again.results[0].status) == ("created", "updated")
    assert first.results[0].customer_id == again.results[0].customer_id
    one = Customer.objects.get()
    assert (one.name, one.city) == ("سارا کریمی", "شیراز")
    third = services.customers_save(actor=system_actor(), rows=[row("سارا کریمی", match=CODE)])
    assert (third.results[0].status, third.change_set_id) == ("unchanged", None)


def test_what_cannot_be_kept_is_told_by_its_row_and_the_rest_goes_in() -> None:
    known = factories.customer("مریم")
    services.identity_add(actor=system_actor(), customer=known, data=CODE)
    rows = [
        row("سارا"),
        row(),
        row("رضا", identities=[CODE]),
        row("نرگس", identities=[IdentityData("phone", "12")]),
        row("علی", birth_date=date(1700, 1, 1)),
        row("مینا", tags=["x" * 70]),
        row("امید", owner_id=10**9),
        row("هدی", custom={"none": 1}),
        row(id=10**9, city="یزد"),
        row(id=known.pk, city="یزد", version=known.version),
        row("لیلا", id=known.pk, match=CODE),
        row("پریسا", parent_id=known.pk, kind="organisation"),
    ]
    saved = services.customers_save(actor=system_actor(), rows=rows)
    wrong = {place: set(one.errors) for place, one in enumerate(saved.results) if one.status == "refused"}
    assert wrong == {
        1: {"name"}, 2: {"identities.0"}, 3: {"identities.0"}, 4: {"birth_date"}, 5: {"tags"}, 6: {"owner_id"},
        7: {"c.none"}, 8: {"id"}, 9: {"version"}, 10: {"match"}, 11: {"parent_id"},
    }  # fmt: skip
    assert set(Customer.objects.values_list("name", flat=True)) == {"مریم", "سارا"}


def test_whole_means_all_or_nothing() -> None:
    before = ChangeSet.objects.count()
    with pytest.raises(InvalidError) as refused:
        services.customers_save(actor=system_actor(), rows=[row("سارا"), row(), row("رضا", city="x" * 121)], whole=True)
    assert set(refused.value.errors) == {"rows.1.name", "rows.2.city"}
    assert not Customer.objects.exists()
    assert ChangeSet.objects.count() == before


def test_two_rows_never_mean_the_same_customer() -> None:
    known = factories.customer("مریم", phone="09123456789")
    phone = IdentityData("phone", "0912 345 67 89")
    saved = services.customers_save(
        actor=system_actor(),
        rows=[row("الف", match=phone), row(id=known.pk, city="یزد"), row("ب", match=CODE), row("پ", match=CODE),
              row("ت", identities=[CODE])],
    )  # fmt: skip
    assert [one.status for one in saved.results] == ["updated", "refused", "created", "refused", "refused"]
    assert Identity.objects.filter(kind="external").count() == 1


def test_a_shared_phone_names_nobody() -> None:
    factories.customer("مریم", phone="09123456789")
    factories.customer("رضا", phone="09123456789")
    (found,) = services.customers_save(
        actor=system_actor(), rows=[row("ما", match=IdentityData("phone", "09123456789"))]
    ).results
    assert found.status == "refused"
    assert "match" in found.errors


def test_organisations_never_become_parts_of_themselves_by_two_rows() -> None:
    a, b, c = (factories.customer(name, kind="organisation") for name in ("الف", "ب", "پ"))
    services.customers_save(actor=system_actor(), rows=[row(id=b.pk, parent_id=c.pk)])
    saved = services.customers_save(
        actor=system_actor(), rows=[row(id=a.pk, parent_id=b.pk), row(id=c.pk, parent_id=a.pk)]
    )
    assert [one.status for one in saved.results] == ["updated", "refused"]


def test_nobody_reaches_beyond_their_own_and_a_code_of_another_tells_nothing() -> None:
    me, other = factories.user(), factories.user()
    mine = factories.customer("من", owner_id=me.pk)
    theirs = factories.customer("نرگس", owner_id=other.pk)
    services.identity_add(actor=system_actor(), customer=theirs, data=CODE)
    actor = factories.actor(me, scope=Scope.OWN)
    saved = services.customers_save(
        actor=actor,
        rows=[row(id=mine.pk, city="یزد"), row(id=theirs.pk, city="یزد"), row("نو"), row("کد", match=CODE),
              row("مال دیگری", owner_id=other.pk)],
    )  # fmt: skip
    assert [one.status for one in saved.results] == ["updated", "refused", "created", "refused", "refused"]
    assert "نرگس" not in str(saved.results[3].errors["match"])
    assert Customer.objects.get(name="نو").owner_id == me.pk
    theirs.refresh_from_db()
    assert theirs.city == ""
    with pytest.raises(NotAllowed):
        services.customers_save(actor=factories.actor(me, customers_edit=Scope.NONE), rows=[row("نو")])


def test_a_hidden_field_is_no_field_and_a_hidden_phone_names_nobody() -> None:
    factories.customer("مریم", phone="09123456789")
    actor = factories.actor(factories.user())
    blind = type(actor)(**{**vars(actor), "hidden": frozenset({"customer.note", "customer.phone"})})
    saved = services.customers_save(
        actor=blind, rows=[row("الف", note="x"), row("ب", match=IdentityData("phone", "09123456789"))]
    )
    assert [set(one.errors) for one in saved.results] == [{"note"}, {"match"}]


def test_a_thousand_rows_take_as_many_questions_as_ten() -> None:
    owner: User = factories.user()

    def asked(count: int, mark: str) -> int:
        rows = [
            row(
                f"{mark} {number}", owner_id=owner.pk, tags=["وفادار"],
                match=IdentityData("external", f"{mark}-{number}", "shop"),
                identities=[IdentityData("phone", f"0912{number:07}")],
            )
            for number in range(count)
        ]  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.customers_save(actor=system_actor(), rows=rows)
        made = len(queries)
        changed = [CustomerRow(values={**one.values, "city": "یزد"}, match=one.match) for one in rows]
        with CaptureQueriesContext(connection) as queries:
            saved = services.customers_save(actor=system_actor(), rows=changed)
        assert {one.status for one in saved.results} == {"updated"}
        return made + len(queries)

    few = asked(10, "few")
    assert asked(1_000, "many") == few
