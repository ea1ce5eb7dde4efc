"""The rows behind a number: those that the reader may open, and nothing said of customers whom they may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import ibis
import pyarrow as pa
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.web.models import Visit
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.tests.factories import make_role, make_user
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import RecordList, WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.reports import queries
from peyvand.insight.reports.computing import AnswerError, answered
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Answer, AnswerState
from peyvand.insight.reports.questions import Condition, Question
from peyvand.insight.reports.rows import kind_of
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
TALKS = Question("conversations", ["conversations.all"])
OF_CITY = TALKS.asking(conditions=[Condition("customer_id.city", "is", "یزد")])


def _table(backend: Any, fact: str, columns: str) -> None:
    """The fact as it stands in the database, with the days of its moments."""
    names = columns.split()
    days = [f"{one}::date AS {one}_day" if one.endswith("_at") else one for one in names]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(days)} FROM ({registry.get(WarehouseFact, fact).select}) f")
        rows = [dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor]
    types = {"id": pa.int64(), "customer_id": pa.int64(), "demo": pa.bool_()}
    shape = pa.schema(
        [(f"{one}_day", pa.date32()) if one.endswith("_at") else (one, types.get(one, pa.string())) for one in names]
    )
    backend.create_table(fact, ibis.memtable(pa.Table.from_pylist(rows, shape)))


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers come from what the database holds now."""

    def ask(plans: Any, **_how: Any) -> list[Answer]:
        backend = ibis.duckdb.connect()
        _table(backend, "conversations", "id demo customer_id channel created_at")
        _table(backend, "visits", "id demo customer_id started_at")
        _table(backend, "customers", "id demo city created_at")
        try:
            return [Answer(state=AnswerState.READY, payload=answered(backend, plan)) for plan in plans]
        except AnswerError as error:
            return [Answer(state=AnswerState.REFUSED, sentence=str(error))]

    monkeypatch.setattr("peyvand.insight.reports.asking.ask", ask)
    monkeypatch.setattr("peyvand.insight.warehouse.place.token", lambda: "t")


@pytest.fixture
def reader() -> Callable[..., Actor]:
    """Somebody with the right to reports and these: reader(conversations_view=Scope.OWN)."""

    def made(**grants: Scope) -> Actor:
        usual = {"reports.view": Scope.ALL, "customers.view": Scope.ALL, "conversations.view": Scope.ALL}
        given = {**usual, **{name.replace("_", ".", 1): scope for name, scope in grants.items()}}
        return Actor(user_id=make_user().pk, name="x", grants=MappingProxyType(given))

    return made


def _opened(actor: Actor, question: Question) -> tuple[set[int], int]:
    found = queries.behind(actor=actor, question=question, cell=["*"] * len(question.dimensions), rows=True)
    return set(found.found.values_list("pk", flat=True)), found.hidden


def _talks(owner: Actor) -> tuple[list[int], int]:
    """Six conversations of customers of a city, the first two of the owner's; and one of nobody known."""
    people = [Customer.objects.create(name=f"n{n}", city="یزد", owner_id=owner.user_id if n < 2 else None)
              for n in range(6)]  # fmt: skip
    made = [Conversation.objects.create(channel="sms", customer=one, preview="سلام").pk for one in people]
    return made, Conversation.objects.create(channel="sms", preview="سلام").pk


def test_conversations_open_by_their_own_right(loaded: None, reader: Callable[..., Actor]) -> None:
    own = reader(conversations_view=Scope.OWN)
    made, unknown = _talks(own)
    assert _opened(reader(), TALKS) == ({*made, unknown}, 0)
    assert _opened(own, TALKS) == (set(made[:2]), 5)
    with pytest.raises(RefusedError):
        _opened(reader(conversations_view=Scope.NONE), TALKS)


def test_rows_tell_nothing_of_customers_who_are_not_seen(loaded: None, reader: Callable[..., Actor]) -> None:
    some = reader(customers_view=Scope.OWN)
    made, unknown = _talks(some)
    assert _opened(some, TALKS) == ({*made, unknown}, 0), "they may read all conversations"
    assert _opened(some, OF_CITY) == (set(made[:2]), 4), "but not learn where the others live"
    assert _opened(reader(), OF_CITY) == (set(made), 0)
    Conversation.objects.filter(pk__in=made[4:]).delete()
    few = queries.behind(actor=some, question=OF_CITY, cell=[], rows=True)
    assert few.got.refused
    assert not few.found.exists()


def test_visits_open_the_visitor(loaded: None, reader: Callable[..., Actor]) -> None:
    some = reader(customers_view=Scope.OWN, web_view=Scope.ALL)
    site = Site.objects.create(name="s")
    now = timezone.now()
    visits, hers = [], Customer.objects.create(name="a", owner_id=some.user_id)
    for place, customer in enumerate((None, hers, Customer.objects.create(name="b"))):
        visitor = Visitor.objects.create(site=site, key=f"k{place}", customer=customer)
        started = now - timedelta(minutes=place)
        visits.append(
            Visit.objects.create(site=site, visitor=visitor, key=f"k{place}", started_at=started, ended_at=now, pages=3)
        )
    found = queries.behind(actor=some, question=Question("visits", ["visits.all"]), cell=[], rows=True)
    assert (set(found.found), found.hidden) == ({*visits[:2]}, 1)
    kind = kind_of("visits")
    assert kind is not None
    assert set(kind.found(some, [one.pk for one in visits], narrowly=True)) == {*visits[:2]}
    told = registry.get(RecordList, "visits").told(some, list(found.found.order_by("-started_at")))
    assert [one.person for one in told] == [None, hers.pk]
    assert f"/{visits[0].visitor_id}/" in told[0].url


def test_the_page_lists_conversations_with_their_first_answer(loaded: None, client: Client) -> None:
    user = make_user(role_key="manager")
    made, _unknown = _talks(actor_of(user))
    asked = timezone.now() - timedelta(hours=2)
    Conversation.objects.filter(pk=made[0]).update(first_in_at=asked, first_answered_at=asked + timedelta(minutes=72))
    client.force_login(user)
    page = client.get(f"/insight/reports/people/?{TALKS.query()}&rows=1").content.decode()
    assert page.count("data-row=") == 7
    assert f'href="/inbox/{made[0]}/"' in page
    assert "۱ ساعت و ۱۲ دقیقه" in page
    blind = make_user(role=make_role({"reports.view": Scope.ALL, "customers.view": Scope.ALL}))
    client.force_login(blind)
    page = client.get(f"/insight/reports/people/?{TALKS.query()}&rows=1").content.decode()
    assert "data-row=" not in page


def test_every_fact_that_opened_rows_before_does_so() -> None:
    paths = {"orders": "", "order_lines": "order_id", "payments": "order_id", "web_baskets": "order_id",
             "contracts": "", "contract_periods": "contract_id", "interactions": ""}  # fmt: skip
    assert {name: kind.path for name in paths if (kind := kind_of(name)) is not None} == paths
    assert kind_of("products") is None
