"""Consents of many at once, out of the ledger as a file and in again: each line kept, mistakes taken back by a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role
from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.consents import services
from peyvand.memory.consents.exports import ledger_rows
from peyvand.memory.consents.imports import ConsentWriter
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Wording
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import identity_add
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
AT = datetime(2026, 2, 3, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _purposes() -> None:
    services.purposes_ensure(demo=False)
    roles_ensure()


def _client(role: str = "admin") -> Client:
    client = Client()
    client.force_login(factories.user(role=Role.objects.get(key=role), language="en"))
    return client


def test_the_bulk_bar_writes_with_source_wording_and_proof_and_a_line_takes_it_back() -> None:
    staff = _client()
    ours = [factories.customer("Mina", city="Qom"), factories.customer("Sara", city="Qom"), factories.customer("Zahra")]
    address = reverse("consents:many")
    assert address in staff.get(reverse("customers:list")).content.decode()
    ids = [str(one.pk) for one in ours[:2]]
    asked = staff.post(address + "?city=Qom", {"ids": ids})
    assert asked.status_code == 200
    assert "2 customers" in asked.content.decode()
    assert not ConsentEntry.objects.exists()
    wording = Wording.objects.get(purpose__key="news", language="en")
    scan = SimpleUploadedFile("list.pdf", b"%PDF-1.4 list", content_type="application/pdf")
    said = {
        "ids": ids, "sure": "1", "purpose": "news", "decision": "given", "channels": ["sms", "email"],
        "source": "paper", "wording": str(wording.pk), "proof": "list of the fair", "scan": scan,
    }  # fmt: skip
    done = staff.post(address, said, follow=True)
    page = done.content.decode()
    assert "What 2 customers say was written down" in page
    assert ConsentState.objects.filter(decision="given").count() == 4
    entry = ConsentEntry.objects.first()
    assert entry is not None
    assert (entry.source, entry.wording, entry.proof, entry.proof_file is not None) == (
        "paper", wording, "list of the fair", True,
    )  # fmt: skip
    back = page.split("/consents/take-back/")[1].split("/")[0]
    assert staff.post(reverse("consents:take-back", args=[back])).status_code == 302
    assert not ConsentState.objects.exists()
    assert ConsentEntry.objects.count() == 8
    assert staff.post(reverse("consents:take-back", args=[back])).status_code == 404


def test_everyone_of_the_list_and_what_is_wrong_comes_back_with_the_words() -> None:
    staff = _client()
    factories.customer("Mina", city="Qom")
    factories.customer("Sara", city="Yazd")
    address = reverse("consents:many") + "?city=Qom"
    said = {"everyone": "1", "sure": "1", "purpose": "news", "decision": "given", "source": "call", "note": "on Monday"}
    refused = staff.post(address, said)
    assert refused.status_code == 422
    assert "on Monday" in refused.content.decode()
    assert staff.post(address, {**said, "channels": ["sms"]}).status_code == 302
    assert [one.customer.name for one in ConsentEntry.objects.all()] == ["Mina"]
    other = Wording.objects.filter(purpose__key="surveys")[0]
    assert staff.post(address, {**said, "channels": ["sms"], "wording": str(other.pk)}).status_code == 422
    assert staff.post(reverse("consents:many"), {"ids": ["x"]}).status_code == 302
    assert _client("viewer").post(address, said).status_code == 403
    sales = _client("sales").post(address, {**said, "channels": ["sms"]})
    assert sales.status_code == 302
    assert ConsentEntry.objects.count() == 1


def test_a_line_is_taken_back_on_the_customers_page() -> None:
    staff = _client()
    ours = factories.customer("Mina")
    services.consent_give(actor=SYSTEM, customer=ours, purpose="news", channels=["sms"], source="call")
    entry = ConsentEntry.objects.get()
    address = reverse("consents:mistake", args=[entry.pk])
    tab = reverse("customers:one", args=[ours.pk]) + "?tab=consents.ledger"
    assert address in staff.get(tab).content.decode()
    assert _client("viewer").post(address).status_code == 403
    assert _client("sales").post(address).status_code == 404
    assert staff.post(address).status_code == 302
    assert not ConsentState.objects.exists()
    page = staff.get(tab).content.decode()
    assert "counts no more" in page
    assert address not in page
    assert staff.get(reverse("consents:overview")).status_code == 200


# ── files ─────────────────────────────────────────────────────────────────


def _bring(*values: dict[str, object], actor: Actor = SYSTEM) -> tuple[ConsentWriter, int]:
    writer = ConsentWriter(actor, {})
    writer.prepare()
    with change_set(actor=actor, kind="import", title="a file") as made:
        writer.write([Row(number, one) for number, one in enumerate(values, 1)])
        writer.finish()
    return writer, made.pk


def _out(actor: Actor = SYSTEM, **query: str) -> list[list[Any]]:
    return [list(row) for row in ledger_rows(actor, query)]


SAID = {"purpose": "خبرها و پیشنهادها", "channel": "پیامک", "decision": "بله"}


def test_rows_are_words_of_known_customers_in_either_language() -> None:
    ours = factories.customer("مینا", phone="09121112233", email="m@example.com")
    identity_add(actor=SYSTEM, customer=ours, data=IdentityData("external", "7", "shop"))
    writer, set_id = _bring(
        {"phone": "+989121112233", **SAID, "at": AT, "source": "فرم", "wording": "fa 1", "proof": "فرم ۱۲"},
        {"code": "7", "purpose": "News and offers", "channel": "Email", "decision": "no"},
        {"email": "M@example.com", "purpose": "surveys", "channel": "call", "decision": "withdrawn", "wording": "fa 9"},
    )
    assert (writer.new, [(one.row, one.reason, one.skipped) for one in writer.problems]) == (
        3, [(3, "consents.bad_wording", False)]
    )  # fmt: skip
    stands = {(one.purpose.key, one.channel): one.decision for one in ConsentState.objects.filter(customer=ours)}
    assert stands == {("news", "sms"): "given", ("news", "email"): "denied", ("surveys", "call"): "withdrawn"}
    first = ConsentEntry.objects.get(channel="sms")
    assert (first.at, first.source, first.wording.version, first.proof) == (AT, "form", 1, "فرم ۱۲")  # type: ignore[union-attr]
    undo(actor=SYSTEM, change_set_id=set_id)
    assert not ConsentEntry.objects.exists()


def test_what_cannot_be_read_is_said_row_by_row() -> None:
    for _place in range(2):
        factories.customer("مینا", phone="09121112233")
    factories.customer("سارا", email="s@example.com")
    known = {"email": "s@example.com"}
    writer, _set = _bring(
        SAID, {**SAID, "phone": "+989121112233"}, {**SAID, "email": "x@example.com"},
        {**SAID, **known, "purpose": "چای"}, {**SAID, **known, "channel": "دود"}, {**SAID, **known, "decision": "شاید"},
        {**SAID, **known, "source": "رؤیا"}, {**SAID, **known, "at": datetime(2999, 1, 1, tzinfo=UTC)},
        {**SAID, **known, "note": "ن" * 6_000},
    )  # fmt: skip
    assert [(one.row, one.reason) for one in writer.problems] == [
        (1, "customers.no_address"), (2, "customers.several"), (3, "customers.nobody"), (4, "consents.bad_purpose"),
        (5, "consents.bad_channel"), (6, "consents.bad_decision"), (7, "consents.bad_source"),
        (8, "consents.bad_time"), (9, "consents.too_long"),
    ]  # fmt: skip
    assert writer.new == 1


def test_the_right_ends_where_the_customers_end() -> None:
    me = factories.user()
    factories.customer("مال من", email="mine@example.com", owner_id=me.pk)
    factories.customer("دیگری", email="other@example.com")
    grants = {"customers.view": Scope.OWN, "consents.view": Scope.ALL, "consents.edit": Scope.ALL}
    mine = Actor(user_id=me.pk, name="me", grants=grants)
    writer, _set = _bring({**SAID, "email": "mine@example.com"}, {**SAID, "email": "other@example.com"}, actor=mine)
    assert (writer.new, [one.reason for one in writer.problems]) == (1, ["customers.not_yours"])
    with pytest.raises(NotAllowed):
        _bring(actor=replace(mine, grants={"customers.view": Scope.ALL, "consents.view": Scope.ALL}))


def test_the_ledger_goes_out_by_right_with_wording_and_proof() -> None:
    me = factories.user()
    ours = factories.customer("مینا", phone="09121112233", owner_id=me.pk)
    other = factories.customer("دیگری")
    wording = Wording.objects.get(purpose__key="news", language="fa")
    services.consent_give(actor=SYSTEM, customer=ours, purpose="news", channels=["sms"], source="form",
                          wording=wording, proof="فرم")  # fmt: skip
    services.consent_refuse(actor=SYSTEM, customer=other, purpose="surveys", channels=["email"], source="call")
    head, *rows = _out()
    assert len(head) == len(rows[0])
    assert (rows[0][0], rows[0][2], rows[0][4:7], rows[0][10], rows[0][11]) == (
        "مینا", "09121112233", ["news", "sms", "given"], wording.text, "فرم",
    )  # fmt: skip
    assert [row[0] for row in _out(customer=str(other.pk))[1:]] == ["دیگری"]
    assert [row[0] for row in _out(decision="denied")[1:]] == ["دیگری"]
    own = Actor(
        user_id=me.pk, name="me", hidden=frozenset({"customer.phone"}),
        grants={"customers.view": Scope.OWN, "consents.view": Scope.ALL, "consents.export": Scope.ALL},
    )  # fmt: skip
    assert [(row[0], row[2]) for row in _out(own)[1:]] == [("مینا", "")]
    with pytest.raises(NotAllowed):
        _out(replace(own, grants={"customers.view": Scope.ALL, "consents.view": Scope.ALL}))


LINES = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["news", "surveys"]), st.sampled_from(["sms", "email"]),
        st.sampled_from(["given", "denied", "withdrawn"]), st.integers(1, 20),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_what_went_out_comes_in_and_the_same_again_adds_nothing(lines: list[tuple[int, str, str, str, int]]) -> None:
    Customer.objects.all().delete()
    people = [factories.customer(f"P{place}", email=f"p{place}@example.com") for place in range(2)]
    rows = [
        {
            "email": f"p{who}@example.com", "purpose": purpose, "channel": channel, "decision": decision,
            "at": AT.replace(day=day),
        }
        for who, purpose, channel, decision, day in lines
    ]  # fmt: skip
    first, set_id = _bring(*rows)
    stands = {(one.customer_id, one.purpose.key, one.channel): one.decision for one in ConsentState.objects.all()}
    names = ("name", "code", "phone", "email", "purpose", "channel", "decision", "at", "source")
    out = [dict(zip(names, row, strict=False)) for row in _out()[1:]]
    again, _set = _bring(*[{name: value for name, value in row.items() if value} for row in out])
    assert (again.new, again.unchanged) == (0, first.new)
    undo(actor=SYSTEM, change_set_id=set_id)
    assert not ConsentEntry.objects.filter(customer__in=people).exists()
    _bring(*[{name: value for name, value in row.items() if value} for row in out])
    assert stands == {
        (one.customer_id, one.purpose.key, one.channel): one.decision for one in ConsentState.objects.all()
    }
