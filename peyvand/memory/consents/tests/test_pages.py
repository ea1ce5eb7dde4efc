"""The screens of consents: what stands is read, what is said is written down, nothing typed is lost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, RoleGrant
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.consents import services
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Purpose, Wording
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = ("<script>alert(1)</script>", "\u202eevil", "x" * 300, "🙂" * 20, "a\x00b")


@pytest.fixture(autouse=True)
def _purposes() -> None:
    services.purposes_ensure(demo=False)
    roles_ensure()


def _client(role: str = "admin") -> Client:
    client = Client()
    client.force_login(factories.user(role=Role.objects.get(key=role)))
    return client


@pytest.fixture
def staff() -> Client:
    return _client()


@pytest.fixture
def ours() -> Customer:
    return factories.customer("سارا کریمی", phone="09121234567")


def _say(client: Client, customer: Customer, purpose: str = "news", **more: object) -> object:
    said = {"decision": "given", "channels": ["sms", "email"], "source": "call", **more}
    return client.post(reverse("consents:say", args=[customer.pk, purpose]), said)


def test_a_word_is_written_with_its_wording_and_proof(staff: Client, ours: Customer) -> None:
    wording = Wording.objects.get(purpose__key="news", language="fa")
    scan = SimpleUploadedFile("فرم.pdf", b"%PDF-1.4 form", content_type="application/pdf")
    answer = _say(staff, ours, wording=str(wording.pk), proof="سر میز", scan=scan)
    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert {(one.channel, one.decision) for one in ConsentState.objects.all()} == {("sms", "given"), ("email", "given")}
    entry = ConsentEntry.objects.filter(channel="sms").get()
    assert (entry.wording, entry.proof, entry.recorder) == (wording, "سر میز", "staff")
    page = staff.get(reverse("customers:one", args=[ours.pk]), {"tab": "consents.ledger"}).content.decode()
    assert wording.text in page
    assert "سر میز" in page
    kept = staff.get(reverse("consents:proof", args=[entry.pk]))
    assert kept.status_code == 200
    assert b"".join(kept.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert "attachment" in kept["Content-Disposition"]


def test_the_ledger_says_who_wrote_each_line(staff: Client, ours: Customer) -> None:
    _say(staff, ours, channels=["sms"])
    row = services.ConsentRow(
        customer_id=ours.pk, purpose="news", channel="email", decision="given", source="form", recorder="customer",
    )  # fmt: skip
    services.consents_write(actor=system_actor(language="en"), rows=[row])
    rows = staff.get(reverse("consents:ledger")).content.decode().split("<tr data-row")[1:]
    writers = sorted(
        "customer" if ">مشتری</td>" in one else "staff" for one in rows if "Colleague" in one or "مشتری<" in one
    )
    assert writers == ["customer", "staff"]
    assert "Peyvand" not in "".join(rows)


def test_what_cannot_be_written_comes_back_with_the_words(staff: Client, ours: Customer) -> None:
    answer = _say(staff, ours, channels=[], note="سر ناهار گفت")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "سر ناهار گفت" in answer.content.decode()  # type: ignore[attr-defined]
    assert _say(staff, ours, day="1500/01/01").status_code == 422  # type: ignore[attr-defined]
    assert _say(staff, ours, purpose="nonsense").status_code == 404  # type: ignore[attr-defined]
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_kept_as_words(staff: Client, ours: Customer, text: str) -> None:
    answer = _say(staff, ours, note=text)
    assert answer.status_code in (302, 422)  # type: ignore[attr-defined]
    page = staff.get(reverse("customers:one", args=[ours.pk]), {"tab": "consents.ledger"}).content.decode()
    assert "<script>alert" not in page
    made = staff.post(reverse("consents:purpose-new"), {"name_fa": text, "kind": "marketing"})
    assert made.status_code in (302, 422)
    assert "<script>alert" not in staff.get(reverse("consents:purposes")).content.decode()


def test_the_pages_read(
    staff: Client,
    ours: Customer,
    django_assert_max_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    empty = staff.get(reverse("consents:overview"))
    assert empty.status_code == 200
    _say(staff, ours)
    _say(staff, ours, decision="withdrawn", channels=["email"])
    for name in ("overview", "ledger", "purposes"):
        with django_assert_max_num_queries(15):
            page = staff.get(reverse(f"consents:{name}"))
        assert page.status_code == 200
    with django_assert_max_num_queries(15):
        assert ours.name in staff.get(reverse("consents:ledger"), {"decision": "withdrawn"}).content.decode()
    assert ours.name not in staff.get(reverse("consents:ledger"), {"decision": "denied"}).content.decode()
    with django_assert_max_num_queries(18 + 2):  # mostly the frame's and other rooms' panels'
        staff.get(reverse("customers:one", args=[ours.pk]), {"tab": "consents.ledger"})
    panel = staff.get(reverse("consents:say", args=[ours.pk, "news"]), {"channel": "sms"})
    assert panel.status_code == 200


def test_purposes_are_made_worded_moved_and_archived(staff: Client) -> None:
    made = staff.post(
        reverse("consents:purpose-new"), {"name_fa": "دعوت", "name_en": "Invitations", "kind": "marketing"}
    )
    assert made.status_code == 302
    assert staff.post(reverse("consents:purpose-new"), {"kind": "marketing"}).status_code == 422
    where = reverse("consents:wording", args=["invitations"])
    assert staff.post(where, {"language": "fa", "text": "دعوتم کنید"}).status_code == 302
    assert staff.post(where, {"language": "fa", "text": " "}).status_code == 422
    assert "دعوتم کنید" in staff.get(reverse("consents:purpose", args=["invitations"])).content.decode()
    staff.post(reverse("consents:purpose-move", args=["invitations"]), {"up": "1"})
    staff.post(reverse("consents:purpose-archive", args=["invitations"]), {"archived": "1"})
    assert Purpose.objects.get(key="invitations").archived


def test_rights_are_asked_for(ours: Customer) -> None:
    services.consent_give(actor=system_actor(), customer=ours, purpose="news", channels=["sms"], source="form")
    viewer, sales = _client("viewer"), _client("sales")
    assert viewer.get(reverse("consents:overview")).status_code == 200
    assert _say(viewer, ours).status_code == 403  # type: ignore[attr-defined]
    assert viewer.post(reverse("consents:purpose-archive", args=["news"]), {"archived": "1"}).status_code == 403
    where = reverse("consents:say", args=[ours.pk, "news"])
    assert sales.get(where).status_code == 404
    assert sales.post(where, {"decision": "given"}).status_code == 404
    assert ours.name not in sales.get(reverse("consents:ledger")).content.decode()
    RoleGrant.objects.filter(role__key="sales", permission="consents.view").update(scope=Scope.ALL.value)
    assert ours.name not in sales.get(reverse("consents:ledger")).content.decode()
    assert ConsentEntry.objects.count() == 1
