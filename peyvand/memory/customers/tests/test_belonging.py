"""Where customers belong and what is known of them as fields of the list: conditions, columns, order, files, rights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from peyvand.foundation.accounts.tests.factories import make_admin, sign_in
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.filters import asked, ordered
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
NAMES = ("مریم", "زهرا", "نگار", "ایوان", "رواق")


@pytest.fixture
def people() -> Mapping[str, Customer]:
    """Maryam buys for Ivan, Zahra did until 2020, Negar is nowhere; Revaq is a part of Ivan."""
    ivan = factories.customer("ایوان", kind="organisation")
    revaq = factories.customer("رواق", kind="organisation", parent_id=ivan.pk)
    found = {"ایوان": ivan, "رواق": revaq, **{name: factories.customer(name) for name in NAMES[:3]}}
    services.relation_add(actor=SYSTEM, person=found["مریم"], organisation=ivan, role="خریدار")
    services.relation_add(actor=SYSTEM, person=found["زهرا"], organisation=ivan, role="مدیر", until=date(2020, 1, 1))
    return found


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="fa"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def _found(query: dict[str, str], actor: Actor = SYSTEM) -> set[str]:
    wanted = asked(actor=actor, query=query, currency="IRR")
    assert all(name in wanted.given for name in query), f"{query} is asked"
    return {row.name for row in queries.customers(actor=actor, chosen=wanted.chosen)}


def test_where_people_work_is_asked_for_by_name_as_it_is_written(people: Mapping[str, Customer]) -> None:
    everybody = set(NAMES)
    for query, names in (
        ({"f.works_at": "contains:ايوا"}, {"مریم"}),
        ({"f.works_at": "is:ایوان"}, {"مریم"}),
        ({"f.works_at": "is:ایوا"}, set()),
        ({"f.works_at": "starts:وان"}, set()),
        ({"f.works_at": "not:ایوان"}, everybody - {"مریم"}),
        ({"f.works_at": "filled"}, {"مریم"}),
        ({"f.works_at": "empty"}, everybody - {"مریم"}),
        ({"f.role": "contains:خرید"}, {"مریم"}),
        ({"f.role": "is:مدیر"}, set()),
        ({"f.role": "not:خریدار"}, everybody - {"مریم"}),
        ({"f.parent": "is:ایوان"}, {"رواق"}),
        ({"f.parent": "filled"}, {"رواق"}),
        ({"f.parent": "empty"}, everybody - {"رواق"}),
    ):
        assert _found(query) == names, query


def test_an_organisation_that_one_does_not_see_answers_no_condition(people: Mapping[str, Customer]) -> None:
    sara = factories.user()
    Customer.objects.filter(name__in=("مریم", "رواق")).update(owner=sara)
    own = factories.actor(sara, scope=Scope.OWN)
    assert _found({"f.works_at": "contains:ایوان"}, own) == set()
    assert _found({"f.works_at": "filled"}, own) == set()
    assert _found({"f.role": "filled"}, own) == set()
    assert _found({"f.parent": "filled"}, own) == set()
    rows = list(export_rows(own, {"columns": "works_at,role,parent"}))
    assert sorted(rows[1:]) == sorted([["مریم", "", "", ""], ["رواق", "", "", ""]])


def test_columns_say_it_on_the_page_and_in_files(people: Mapping[str, Customer], admin: Client) -> None:
    page = admin.get(reverse("customers:list") + "?columns=works_at,role,parent&f.role=filled").content.decode()
    assert "محل کار" in page
    assert '<bdi class="el cu-text">ایوان</bdi>' in page
    assert '<bdi class="el cu-text">خریدار</bdi>' in page
    rows = {row[0]: row[1:] for row in export_rows(SYSTEM, {"columns": "works_at,role,parent"})}
    assert rows["مریم"] == ["ایوان", "خریدار", ""]
    assert rows["زهرا"] == ["", "", ""], "what has ended is no more"
    assert rows["رواق"] == ["", "", "ایوان"]
    with override("en"):
        titles, *lines = export_rows(SYSTEM, {})
    whole = {line[0]: dict(zip(titles, line, strict=True)) for line in lines}
    assert (whole["مریم"]["Works at"], whole["مریم"]["Role there"]) == ("ایوان", "خریدار")
    assert whole["رواق"]["Part of"] == "ایوان"


# ── what is known ─────────────────────────────────────────────────────────


@pytest.fixture
def known(people: Mapping[str, Customer]) -> Mapping[str, Customer]:
    rows = [
        TraitRow(people["مریم"].pk, "value.frequency", number=Decimal(12)),
        TraitRow(people["زهرا"].pk, "value.frequency", number=Decimal(3)),
        TraitRow(people["مریم"].pk, "value.last_order", text="2026-11-01"),
        TraitRow(people["زهرا"].pk, "value.last_order", text="2026-03-01"),
        TraitRow(people["زهرا"].pk, "value.slipping", number=Decimal(1)),
        TraitRow(people["مریم"].pk, "value.slipping", number=Decimal(0)),
    ]
    services.traits_write(actor=SYSTEM, source="value", rows=rows)
    for name, tea in (("مریم", "ارل‌گری"), ("نگار", "بهارنارنج")):
        services.trait_set(actor=SYSTEM, customer=people[name], name="چای دلخواه", text=tea)
    return people


def test_what_is_known_is_asked_for_by_its_kind(known: Mapping[str, Customer]) -> None:
    everybody = set(NAMES)
    for query, names in (
        ({"f.t.value.frequency": "least:5"}, {"مریم"}),
        ({"f.t.value.frequency": "between:1..4"}, {"زهرا"}),
        ({"f.t.value.frequency": "filled"}, {"مریم", "زهرا"}),
        ({"f.t.value.frequency": "empty"}, everybody - {"مریم", "زهرا"}),
        ({"f.t.value.last_order": "after:2026-10-01"}, {"مریم"}),
        ({"f.t.value.last_order": "before:2026-03-01"}, {"زهرا"}),
        ({"f.t.value.slipping": "yes"}, {"زهرا"}),
        ({"f.t.value.slipping": "no"}, everybody - {"زهرا"}),
        ({"f.t.چای دلخواه": "contains:گری"}, {"مریم"}),
        ({"f.t.چای دلخواه": "not:بهارنارنج"}, everybody - {"نگار"}),
    ):
        assert _found(query) == names, query


def test_it_is_a_column_an_order_and_goes_into_files(known: Mapping[str, Customer], admin: Client) -> None:
    for sort, names in (
        ("-t.value.frequency", ["مریم", "زهرا"]), ("t.value.frequency", ["زهرا", "مریم"]),
        ("t.چای دلخواه", ["مریم", "نگار"]),
    ):  # fmt: skip
        wanted = asked(actor=SYSTEM, query={"sort": sort, f"f.{sort.removeprefix('-')}": "filled"}, currency="IRR")
        rows, order = ordered(queries.customers(actor=SYSTEM, chosen=wanted.chosen), wanted, "IRR")
        assert [row.name for row in rows.order_by(*order)] == names, sort
    columns = "t.value.frequency,t.value.last_order,t.value.slipping,t.چای دلخواه"
    page = admin.get(reverse("customers:list"), {"columns": columns, "sort": "-t.value.frequency"}).content.decode()
    assert '<bdi class="el cu-text">۱۲</bdi>' in page
    assert '<bdi class="el cu-text">ارل‌گری</bdi>' in page
    assert "چای دلخواه" in page
    with override("en"):
        rows = {row[0]: row[1:] for row in export_rows(SYSTEM, {"columns": columns})}
    assert rows["مریم"] == [Decimal(12), "2026-11-01", "No", "ارل‌گری"]
    assert rows["ایوان"] == ["", "", "", ""]
    with override("en"):
        titles, *lines = export_rows(SYSTEM, {})
    whole = {line[0]: dict(zip(titles, line, strict=True)) for line in lines}
    assert whole["نگار"]["چای دلخواه"] == "بهارنارنج"
    assert whole["زهرا"]["Orders of the last year"] == 3


def test_a_list_with_such_columns_asks_no_more_for_more_rows(
    known: Mapping[str, Customer], admin: Client, django_assert_max_num_queries
) -> None:
    query = {"columns": "works_at,parent,t.value.frequency,t.چای دلخواه", "f.t.value.frequency": "filled"}
    with django_assert_max_num_queries(17 + 4):  # of which session, user, role and settings are the frame's
        admin.get(reverse("customers:list"), query)
