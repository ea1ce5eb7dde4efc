"""Contracts: figures follow from the ledger, by whatever way it grows or shrinks; states follow from dates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.contract_exports import contract_rows
from peyvand.memory.commerce.imports.contracts import ContractWriter
from peyvand.memory.commerce.models import Contract, ContractState
from peyvand.memory.commerce.queries import ContractFilter
from peyvand.memory.commerce.services import ContractData
from peyvand.memory.commerce.tests.factories import a_customer, an_actor
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
FIRST = date(2026, 3, 21)  # 1 Farvardin 1405
TODAY = date(2026, 11, 30)


def a_contract(**more: object) -> Contract:
    data = {"starts_on": FIRST, "fee_minor": 900_00, "currency": "EUR", "term_months": 12} | more
    demo = bool(data.pop("demo", False))
    customer = data.pop("customer", None) or a_customer(demo=demo)
    return services.contract_sign(actor=system_actor(demo=demo), customer=customer, data=ContractData(**data))  # type: ignore[arg-type]


def test_a_contract_lives_by_its_ledger() -> None:
    contract = a_contract()
    assert workspace.text("calendar") == "jalali"
    assert (contract.ends_on, contract.fee_minor, contract.renewals) == (date(2027, 3, 20), 900_00, 0)
    assert contract.term_fee is not None
    assert contract.term_fee.minor == 12 * 900_00
    services.contract_fee(actor=ACTOR, contract_id=contract.pk, fee_minor=950_00, day=date(2026, 9, 1))
    entry = services.contract_renew(actor=ACTOR, contract_id=contract.pk, term_months=6, fee_minor=990_00)
    assert entry.day == date(2027, 3, 21)
    with change_set(actor=ACTOR, kind="edit", title="x") as ending:
        services.contract_end(actor=ACTOR, contract_id=contract.pk, day=date(2027, 5, 1), reason="price")
    contract.refresh_from_db()
    assert (contract.renewals, contract.term_months, contract.fee_minor) == (1, 6, 990_00)
    assert (contract.ended_on, contract.avoidable) == (date(2027, 5, 1), True)
    entries = queries.entries_of(contract=contract)
    assert [queries.fee_on(entries, day) for day in (date(2026, 1, 1), FIRST, TODAY, date(2027, 4, 1))] == [
        None, 900_00, 950_00, 990_00,
    ]  # fmt: skip
    said = list(Interaction.objects.filter(customer=contract.customer).order_by("pk").values_list("kind", flat=True))
    assert said == ["contract.signed", "contract.renewed", "contract.ended"]
    with pytest.raises(ValidationError):
        services.contract_end(actor=ACTOR, contract_id=contract.pk, day=TODAY, reason="price")
    with pytest.raises(ValidationError):
        services.contract_renew(actor=ACTOR, contract_id=contract.pk)
    undo(actor=ACTOR, change_set_id=ending.pk)
    contract.refresh_from_db()
    assert (contract.ended_on, contract.reason, contract.renewals) == (None, "", 1)
    assert Interaction.objects.filter(kind="contract.ended").count() == 0


def test_terms_are_put_right_only_while_nothing_has_followed() -> None:
    contract = a_contract()
    data = ContractData(starts_on=FIRST, fee_minor=100, currency="EUR", term_months=None, kind="lease")
    with change_set(actor=ACTOR, kind="edit", title="x") as changed:
        services.contract_save(actor=ACTOR, contract_id=contract.pk, data=data)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.fee_minor, contract.kind) == (None, 100, "lease")
    undo(actor=ACTOR, change_set_id=changed.pk)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.fee_minor, contract.kind) == (date(2027, 3, 20), 900_00, "service")
    services.contract_renew(actor=ACTOR, contract_id=contract.pk)
    with pytest.raises(ValidationError):
        services.contract_save(actor=ACTOR, contract_id=contract.pk, data=data)
    with pytest.raises(IntegrityError), transaction.atomic():
        contract.entries.update(fee_minor=1)
    contract.renewals = 99
    contract.save()
    contract.refresh_from_db()
    assert contract.renewals == 1


def test_time_alone_renews_and_ends_and_only_once() -> None:
    own = a_contract(starts_on=date(2024, 3, 20), renews_itself=True)
    out = a_contract(starts_on=date(2024, 3, 20))
    open_ = a_contract(term_months=None)
    assert out.state_on(TODAY) == ContractState.ENDED
    assert services.contracts_carry_on(demo=False, today=TODAY) == 2
    assert services.contracts_carry_on(demo=False, today=TODAY) == 0
    for one in (own, out, open_):
        one.refresh_from_db()
    assert (own.renewals, own.ends_on) == (2, date(2027, 3, 20))
    assert (out.ended_on, out.reason, out.avoidable) == (date(2025, 3, 20), "lapsed", None)
    assert open_.ended_on is None
    services.contract_renew(actor=ACTOR, contract_id=out.pk)  # late
    out.refresh_from_db()
    assert (out.ended_on, out.ends_on) == (None, date(2026, 3, 20))


@given(
    starts=st.integers(-900, 60), term=st.sampled_from([None, 1, 12]), itself=st.booleans(),
    ends=st.none() | st.integers(-200, 200),
)  # fmt: skip
@settings(max_examples=15)
def test_the_list_and_the_contract_agree_on_its_state(
    starts: int, term: int | None, itself: bool, ends: int | None
) -> None:
    contract = a_contract(starts_on=TODAY + timedelta(starts), term_months=term, renews_itself=itself)
    day = TODAY + timedelta(ends) if ends is not None else None
    if day is not None and day >= contract.starts_on and (contract.ends_on is None or day <= contract.ends_on):
        services.contract_end(actor=ACTOR, contract_id=contract.pk, day=day, reason="other")
        contract.refresh_from_db()
    found = [
        state for state in ContractState.values
        if queries.contracts(actor=ACTOR, chosen=ContractFilter(TODAY, state=state)).filter(pk=contract.pk).exists()
    ]  # fmt: skip
    assert found == [contract.state_on(TODAY)]


def test_renewals_due_are_counted_and_summed_by_currency() -> None:
    a_contract(starts_on=date(2025, 12, 10), term_months=12)
    a_contract(starts_on=date(2026, 1, 20), term_months=12, currency="IRR", fee_minor=5_000, period_months=12)
    a_contract(starts_on=date(2025, 12, 10), term_months=12, demo=True)
    found = queries.renewals_due(actor=ACTOR, today=TODAY)
    assert [(due.days, due.contracts) for due in found] == [(30, 1), (60, 2), (90, 2)]
    assert [(money.minor, money.currency) for money in found[-1].at_stake] == [(12 * 900_00, "EUR"), (5_000, "IRR")]


def test_rights_reach_as_far_as_customers() -> None:
    contract = a_contract(customer=a_customer(name="الف"))
    with pytest.raises(NotAllowed):
        queries.contracts(actor=an_actor(), chosen=ContractFilter(TODAY))
    rights = {"customers.view": Scope.OWN, "customers.edit": Scope.OWN, "contracts.view": Scope.ALL,
              "contracts.edit": Scope.ALL}  # fmt: skip
    own = an_actor(rights)
    assert not queries.contracts(actor=own, chosen=ContractFilter(TODAY)).exists()
    with pytest.raises(Contract.DoesNotExist):
        services.contract_renew(actor=own, contract_id=contract.pk)
    with CaptureQueriesContext(connection) as seen:
        list(queries.contracts(actor=ACTOR, chosen=ContractFilter(TODAY, text="الف", state="running")))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"term_months": 0}, {"period_months": 0}, {"fee_minor": -1}, {"currency": "EURO"}, {"kind": "x"},
     {"product_id": 10**6}, {"starts_on": date(1500, 1, 1)}],
)  # fmt: skip
def test_what_can_be_no_contract_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        a_contract(**wrong)
    assert all(refused.value.messages)


def test_a_file_of_contracts_comes_in_once_and_goes_out_again() -> None:
    line = {"fee": Decimal("12.5"), "starts_on": date(2025, 3, 21), "term_months": 12}
    rows = [
        Row(1, {**line, "number": "A-1", "customer": "7", "name": "کافه نادری", "renews_itself": True}),
        Row(2, {**line, "number": "A-2", "name": "چای‌خانه", "ended_on": date(2025, 9, 1), "reason": "Price"}),
        Row(3, {**line, "number": "A-3", "name": "چای‌خانه", "kind": "اشتراک"}),
        Row(4, {**line, "number": "A-1", "name": "دوباره"}),
        Row(5, {**line, "number": "A-5"}),
        Row(6, {**line, "number": "A-6", "name": "x", "fee": Decimal(-1)}),
    ]
    with change_set(actor=ACTOR, kind="import", title="x"):
        writer = ContractWriter(ACTOR, {"currency": "EUR"})
        writer.prepare()
        writer.write(rows)
    assert writer.new == 3
    assert [problem.reason.removeprefix("commerce.") for problem in writer.problems] == [
        "contract_twice", "no_party", "bad_fee",
    ]  # fmt: skip
    found = {contract.number: contract for contract in Contract.objects.select_related("customer")}
    own, gone, out = found["A-1"], found["A-2"], found["A-3"]
    assert (own.fee_minor, own.ended_on) == (12_50, None)
    assert own.renewals >= 1
    assert (gone.reason, gone.ended_on, gone.renewals) == ("price", date(2025, 9, 1), 0)
    assert (out.kind, out.reason, out.customer) == ("subscription", "lapsed", gone.customer)
    head, *lines = contract_rows(ACTOR, {"state": "ended"})
    assert [dict(zip(head, one, strict=True))["Contract"] for one in lines] == ["A-2", "A-3"]
    said = Interaction.objects.get(kind="contract.ended", customer=gone.customer, payload__number="A-2")
    assert "Price" in registry.get(InteractionKind, said.kind).summary(said.payload, "en")
