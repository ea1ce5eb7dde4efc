"""H5: what must stand in the trail stands there, whoever did it and by whatever door (ASVS 16.3).

Failed and successful sign-ins, refused rights, exports, one person's data given out and erased, changed rights, tokens,
bulk deletions. There is no impersonation in Peyvand: nobody can act as somebody else.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peyvand.doors.api.tests.factories import narrow, program
from peyvand.foundation.accounts.models import Attempt, Role
from peyvand.foundation.accounts.tests.factories import acting, make_admin, make_user, sign_in
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.actor import NotAllowed, Scope
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def sets(kind: str, **more: object) -> list[ChangeSet]:
    return list(ChangeSet.objects.filter(kind=kind, **more).order_by("id"))


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="en", email="boss@example.com"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_sign_ins_that_fail_and_succeed() -> None:
    user = make_user(email="who@example.com")
    sign_in(Client(), user, password="wrong-password")
    failed = ChangeSet.objects.get(reference__email="who@example.com")
    assert failed.reference["address"]
    sign_in(Client(), user)
    assert ChangeSet.objects.filter(actor_id=user.pk, kind="sign-in").exists()


def test_a_refused_right_stands_there_once_an_hour_and_not_for_strangers() -> None:
    user, client = make_user(), Client()
    client.force_login(user)
    Client().get("/audit/")
    for _again in range(5):
        assert client.get("/audit/?q=secret-search").status_code == 403
    assert client.get("/webhooks/").status_code == 403
    found = sets("denied")
    assert [(one.actor_id, one.reference["permission"], one.reference["path"]) for one in found] == [
        (user.pk, "changes.view_audit", "/audit/"),
        (user.pk, "webhooks.view", "/webhooks/"),
    ]
    assert found[0].title
    Attempt.objects.update(since=timezone.now() - timedelta(hours=2))
    client.get("/audit/")
    assert len(sets("denied")) == 3


def test_a_program_that_is_refused_stands_there_by_its_token() -> None:
    user = make_user()
    narrow(user, customers__view=Scope.ALL)
    caller = program(user=user)
    for _again in range(3):
        assert caller.ask("post", "/customers", {"name": "x"}, Idempotency_Key="k").status_code == 403
    (found,) = sets("denied")
    assert (found.via, found.reference["permission"]) == ("api", "customers.edit")
    assert found.reference["token"]


def test_work_whose_starter_lost_the_right_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_run: object) -> None:
        raise NotAllowed("customers.export")

    kept = {kind: dict(named) for kind, named in registry._by_kind.items()}
    kept[Job] = {**kept[Job], "test.refused": Job(name="test.refused", function=refused)}  # type: ignore[dict-item]
    monkeypatch.setattr(registry, "_by_kind", kept)
    actor = acting(make_user())
    with pytest.raises(NotAllowed):
        jobs.run_now(actor=actor, job="test.refused", title="a list", arguments={})
    (found,) = sets("denied")
    assert found.reference["permission"] == "customers.export"


def test_lists_and_people_that_are_taken_out_and_people_who_are_erased(admin: Client) -> None:
    one = factories.customer("Nima Sepehri")
    assert admin.get("/export/customers/?city=Rasht").status_code == 200
    assert sets("export")[0].reference == {"export": "customers", "query": {"city": "Rasht"}}
    b"".join(admin.post(f"/privacy/{one.pk}/export/").streaming_content)
    assert sets("export")[-1].reference == {"customer": one.pk}
    admin.post(f"/privacy/{one.pk}/erase/", {"name": one.name})
    assert sets("erase")
    assert "Nima" not in str([(found.title, found.reference) for found in ChangeSet.objects.all()])


def test_changed_rights_new_tokens_and_bulk_deletions(admin: Client) -> None:
    role = Role.objects.create(name="spare")
    before = ChangeSet.objects.count()
    answer = admin.post(f"/settings/roles/{role.pk}/", {"name": "spare", "grant-customers.view": "3"})
    assert answer.status_code == 302
    assert ChangeSet.objects.count() > before
    changed = ChangeSet.objects.order_by("-id").first()
    assert changed is not None
    assert changed.kind == "access"
    admin.post("/settings/tokens/", {"name": "shop", "role": "", "days": "30"})
    assert ChangeSet.objects.filter(kind="access", title__contains="shop").exists()
    gone = [factories.customer().pk for _ in range(3)]
    admin.post("/customers/bulk/", {"ids": gone, "delete": "1"})
    assert not Customer.objects.filter(pk__in=gone).exists()
    (bulk,) = sets("bulk")
    assert bulk.changes.filter(table_name="customers_customer", op="D").count() == 3
