"""G3: what is given out of a person is brought in elsewhere and given out again, and is the same."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import undo
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.actor import NotAllowed, system_actor
from peyvand.foundation.registry.declarations import PersonalTable
from peyvand.foundation.registry.registry import registry
from peyvand.memory.commerce.services import LineData, order_place, payment_record
from peyvand.memory.commerce.tests.factories import a_product
from peyvand.memory.consents import services as consents
from peyvand.memory.customers.data import CustomerData, IdentityData, TraitRow
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, Tag
from peyvand.memory.customers.services import customer_create, customer_update, relation_add, tag_add, traits_write
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions.services import call_log, file_add, note_add
from peyvand.memory.privacy import erasing, services
from peyvand.memory.privacy.carrying import CarryError, person_bring_in
from peyvand.memory.privacy.tables import PERSONS
from peyvand.memory.privacy.words import UNSEEN, word_of

pytestmark = pytest.mark.django_db
ACTOR = system_actor(via="console")
NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def taken_out(customer_id: int, path: Path) -> dict[str, Any]:
    """The export as a file, and what it holds."""
    with path.open("wb") as target:
        services.person_export(actor=ACTOR, customer_id=customer_id, target=target)
    return dict(json.loads(zipfile.ZipFile(path).read("data.json")))


def comparable(data: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows that are carried, without who of us did what, and with files by what they hold."""
    files = {one["id"]: (one["name"], one["sha256"], one["content_type"]) for one in data["files"]}
    found = {}
    for table in registry.all(PersonalTable):
        rows = data["tables"].get(table.name, [])
        if table.carried and rows:
            staff = {name for name, kind in table.columns.items() if kind == "staff" and name.endswith("_id")}
            found[table.name] = [
                {
                    name: files[value] if name in table.files and value is not None else value
                    for name, value in row.items()
                    if name not in staff
                }
                for row in rows
            ]
    return found


@dataclass
class Elsewhere:
    """An empty installation: everything that was made is taken back, ids included."""

    path: Path

    def after(self, make: Callable[[], Customer]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was taken out of here, and what is taken out where it was brought in."""
        with transaction.atomic():
            person = make()
            first = taken_out(person.pk, self.path)
            transaction.set_rollback(True)
        assert not Customer.objects.filter(demo=False).exists()
        brought = person_bring_in(actor=ACTOR, path=self.path)
        assert not brought.left_out
        return first, taken_out(brought.customer_id, self.path.with_name("second.zip"))


def everything() -> Customer:
    """A person with a row in every table of memory that people have rows in."""
    consents.purposes_ensure(demo=False)
    field_save(actor=ACTOR, record="customer", data=FieldData(kind="text", label_en="Size"))
    data = CustomerData(
        given_name="نیما", family_name="سپهری‌کیا", honorific="مهندس", note="چای\nبی قند", city="رشت", country="ایران",
        birth_date=date(1989, 7, 3), job_title="معمار", custom={"size": "XL"},
        identities=[
            IdentityData("email", "Nima@Example.com"), IdentityData("phone", "09120001122"),
            IdentityData("external", "C-1034", system="shop"),
        ],
    )  # fmt: skip
    person = customer_create(actor=ACTOR, data=data)
    firm = customer_create(actor=ACTOR, data=CustomerData(name="شرکت ABC", kind="organisation"))
    relation_add(actor=ACTOR, person=person, organisation=firm, role="خریدار")
    tag_add(actor=ACTOR, customer=person, name="دوست")
    traits_write(actor=ACTOR, source="insight", rows=[TraitRow(customer_id=person.pk, name="mood", text="good")])
    note = note_add(actor=ACTOR, customer=person, text="=1+1 <b>سلام</b>", at=NOW)
    file_add(
        actor=ACTOR, interaction_id=note.pk, name="قرارداد.txt", stream=io.BytesIO("متن".encode()),
        content_type="text/plain",
    )  # fmt: skip
    call_log(actor=ACTOR, customer=person, text="", duration_s=61, cost_minor=1250, cost_currency="EUR", at=NOW)
    consents.consent_give(
        actor=ACTOR, customer=person, purpose="news", channels=["sms", "email"], source="form", note="بله"
    )
    product = a_product()
    line = LineData(quantity=Decimal("2.5"), unit_price=Decimal("10.1234"), product_id=product.pk)
    other = LineData(quantity=Decimal(1), unit_price=Decimal("0.01"), description="هدیه")
    order = order_place(actor=ACTOR, customer=person, lines=[line, other], currency=product.currency, note="فوری")
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=500, reference="۶۰۳۷")
    return person


def test_everything_of_a_person_is_the_same_elsewhere(tmp_path: Path) -> None:
    first, second = Elsewhere(tmp_path / "first.zip").after(everything)
    assert comparable(second) == comparable(first)
    carried = {table.name for table in registry.all(PersonalTable) if table.carried and table.name in first["tables"]}
    assert {
        "customers_customer", "customers_identity", "customers_relation", "customers_customertag", "customers_trait",
        "interactions_interaction", "interactions_interactionfile", "commerce_order", "commerce_orderline",
        "commerce_payment", "consents_consententry",
    } <= carried  # fmt: skip
    # What the database folds from these rows is there as well, and so is what they refer to.
    assert states(second) == states(first)
    assert {row["name"] for row in second["beside"]["customers_tag"]} == {"دوست"}
    assert [row["key"] for row in second["beside"]["fields_customfield"]] == ["size"]
    kept = StoredFile.objects.get()
    assert kept.path.read_bytes() == "متن".encode()


def states(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted((row["channel"], row["decision"]) for row in data["tables"]["consents_consentstate"])


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
_NAMES = _TEXT.filter(lambda text: len(text.strip()) > 1 and any(letter.isalpha() for letter in text))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=_NAMES,
    notes=st.lists(_TEXT.filter(str.strip), max_size=4),
    numbers=st.lists(st.integers(0, 9999999), max_size=3, unique=True),
    tags=st.lists(st.sampled_from(["a", "دوست", "۱۲", "VIP"]), max_size=3, unique=True),
    born=st.none() | st.dates(date(1920, 1, 1), date(2020, 1, 1)),
    prices=st.lists(st.decimals(0, 10**6, places=4), max_size=3),
    said=st.lists(st.sampled_from(["sms", "email", "call"]), max_size=4),
)
def test_any_person_is_the_same_elsewhere(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    notes: Sequence[str],
    numbers: Sequence[int],
    tags: Sequence[str],
    born: date | None,
    prices: Sequence[Decimal],
    said: Sequence[str],
) -> None:
    def make() -> Customer:
        consents.purposes_ensure(demo=False)
        identities = [IdentityData("phone", f"0912{number:07}") for number in numbers]
        person = customer_create(
            actor=ACTOR, data=CustomerData(name=name, identities=identities, birth_date=born, note="|".join(notes))
        )
        for place, text in enumerate(notes):
            note_add(actor=ACTOR, customer=person, text=text, at=NOW - timedelta(days=place))
        for tag in tags:
            tag_add(actor=ACTOR, customer=person, name=tag)
        for channel in said:
            consents.consent_give(actor=ACTOR, customer=person, purpose="news", channels=[channel], source="form")
        if prices:
            lines = [LineData(quantity=Decimal("1.5"), unit_price=price, description="x") for price in prices]
            order = order_place(actor=ACTOR, customer=person, lines=lines, currency="EUR")
            if order.total_minor > 1:
                payment_record(actor=ACTOR, order_id=order.pk, amount_minor=1)
        return person

    path = tmp_path_factory.mktemp("carried") / "first.zip"
    with transaction.atomic():
        first, second = Elsewhere(path).after(make)
        transaction.set_rollback(True)
    assert comparable(second) == comparable(first)


def test_where_ids_are_taken_new_ones_are_given_and_nothing_is_mixed_up(tmp_path: Path) -> None:
    person = everything()
    first = taken_out(person.pk, tmp_path / "a.zip")
    Identity.objects.filter(customer=person, kind="external").update(key="other", value="other")
    with pytest.raises(CarryError):  # an order's number is taken
        person_bring_in(actor=ACTOR, path=tmp_path / "a.zip")
    assert Customer.objects.filter(kind="person").count() == 1
    changed = json.loads(json.dumps(first))
    for order in changed["tables"]["commerce_order"]:
        order["number"] = f"B-{order['number']}"
    path = tmp_path / "b.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    done = person_bring_in(actor=ACTOR, path=path)
    assert done.customer_id != person.pk
    second = taken_out(done.customer_id, tmp_path / "c.zip")
    mine = {name: len(rows) for name, rows in comparable(first).items() if name != "interactions_interactionfile"}
    assert {name: len(rows) for name, rows in comparable(second).items()} == mine, "a file is not in the JSON alone"
    assert comparable(taken_out(person.pk, tmp_path / "d.zip")).keys() == comparable(first).keys()
    (order,) = second["tables"]["commerce_order"]
    (was,) = first["tables"]["commerce_order"]
    assert {order[name] for name in ("total_minor", "paid_minor")} == {
        was[name] for name in ("total_minor", "paid_minor")
    }
    assert Tag.objects.count() == 1
    assert CustomerTag.objects.count() == 2
    undo(actor=ACTOR, change_set_id=done.change_set_id)
    assert not Customer.objects.filter(pk=done.customer_id).exists()
    assert Customer.objects.filter(pk=person.pk).exists()


def test_somebody_who_was_erased_comes_back_only_if_one_says_so(tmp_path: Path) -> None:
    person = everything()
    taken_out(person.pk, tmp_path / "a.zip")
    erasing.person_erase(actor=ACTOR, customer_id=person.pk, name=person.name)
    with pytest.raises(CarryError):
        person_bring_in(actor=ACTOR, path=tmp_path / "a.zip")


def test_it_needs_the_rights() -> None:
    with pytest.raises(NotAllowed):
        person_bring_in(actor=factories.actor(), path=Path("x"))


def tampered(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data.update(changes)

    return change


def foreign_rows(data: dict[str, Any]) -> None:
    data["tables"]["customers_identity"][0]["customer_id"] += 1


def no_number(data: dict[str, Any]) -> None:
    data["tables"]["customers_identity"][0]["id"] = "1; DROP TABLE x"


def bad_value(data: dict[str, Any]) -> None:
    data["tables"][PERSONS][0]["birth_date"] = "yesterday"


def two_people(data: dict[str, Any]) -> None:
    data["tables"][PERSONS] *= 2


@pytest.mark.parametrize(
    "spoil",
    [
        tampered(format=1), tampered(tables=[]), tampered(tables={}), tampered(customer=0), tampered(beside=None),
        foreign_rows, no_number, bad_value, two_people,
    ],
)  # fmt: skip
def test_a_file_that_was_tampered_with_brings_in_nothing(
    spoil: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    with transaction.atomic():
        person = factories.customer("Nima Sepehri", email="nima@example.com")
        data = json.loads(
            json.dumps(services.person_collect(actor=ACTOR, customer_id=person.pk), cls=DjangoJSONEncoder)
        )
        transaction.set_rollback(True)
    spoil(data)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(CarryError):
        person_bring_in(actor=ACTOR, path=path)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"[]", b"PK\x03\x04broken", b'{"format": 2}'])
def test_what_is_no_export_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(CarryError):
        person_bring_in(actor=ACTOR, path=path)
    with pytest.raises(CarryError):
        person_bring_in(actor=ACTOR, path=tmp_path / "nowhere")


def test_a_row_never_becomes_somebody_elses(tmp_path: Path) -> None:
    """Whatever ids a file names, they are looked for among its own rows only."""
    other = factories.customer("Somebody Else")
    with transaction.atomic():
        person = everything()
        data = json.loads(
            json.dumps(services.person_collect(actor=ACTOR, customer_id=person.pk), cls=DjangoJSONEncoder)
        )
        transaction.set_rollback(True)
    for row in data["tables"]["interactions_interaction"]:
        row["joining_id"], row["staff_id"] = 1, 1
    for row in data["tables"]["customers_relation"]:
        row["organisation_id"] = other.pk
    for row in data["tables"]["commerce_order"]:
        row["number"] = f"N{row['number']}"
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    done = person_bring_in(actor=ACTOR, path=path)
    assert done.left_out["customers_relation"] == 1
    assert not other.people.exists()
    assert not other.roles.exists()


# ── the page to read ──────────────────────────────────────────────────────


def test_the_zip_has_a_page_in_either_language(tmp_path: Path) -> None:
    person = everything()
    data = taken_out(person.pk, tmp_path / "a.zip")
    packed = zipfile.ZipFile(tmp_path / "a.zip")
    persian, english = (packed.read(f"index.{language}.html").decode() for language in ("fa", "en"))
    assert '<html lang="fa" dir="rtl">' in persian
    assert '<html lang="en" dir="ltr">' in english
    for page in (persian, english):
        assert "سپهری‌کیا" in page
        assert "Nima@Example.com" in page
        assert "=1+1 &lt;b&gt;سلام" in page
        assert "شرکت ABC" in page
        assert "دوست" in page
        assert "@media print" in page
        assert "<script" not in page
        assert "src=" not in page
        assert "http" not in page
    assert "۱۳۶۸" in persian
    assert "1989" in english
    assert "Date of birth" in english
    assert "تاریخ تولد" in persian
    (file,) = data["files"]
    names = packed.namelist()
    assert f"files/{file['id']}-{file['name']}" in names
    assert f'href="files/{file["id"]}-' in english


def test_every_column_that_is_shown_has_a_word() -> None:
    without = [
        f"{table.name}.{column}"
        for table in registry.all(PersonalTable)
        for column, kind in table.columns.items()
        if kind in ("identifying", "descriptive", "content") and column not in UNSEEN
        if word_of(table.name, column) is None
    ]
    assert without == []


def test_what_was_changed_is_told(tmp_path: Path) -> None:
    person = factories.customer("Nima Sepehri", city="Rasht")
    customer_update(actor=ACTOR, customer=person, changes={"city": "Qom"}, version=person.version)
    taken_out(person.pk, tmp_path / "a.zip")
    page = zipfile.ZipFile(tmp_path / "a.zip").read("index.en.html").decode()
    assert "What was changed" in page
    assert page.index("Rasht") > page.index('id="earlier"')
