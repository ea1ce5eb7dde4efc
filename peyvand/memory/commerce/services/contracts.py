"""Signing contracts, renewing them, agreeing on another fee, ending them. What was agreed is added, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.events.commerce import ContractEnded, ContractRenewed, ContractSigned
from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.calendars import CalendarKind, add_months
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce import contract_timeline
from peyvand.memory.commerce.access import CONTRACTS_EDIT, customers_within
from peyvand.memory.commerce.models import (
    REASONS,
    Contract,
    ContractEntry,
    ContractEntryKind,
    ContractKind,
    Product,
)
from peyvand.memory.commerce.models.contracts import LAPSED, LONGEST_PERIOD, LONGEST_TERM
from peyvand.memory.commerce.money import AMOUNT_BOUND, exponent_of, is_currency
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.services.products import StaleError
from peyvand.memory.customers.models import Customer

AT_ONCE = 500  # contracts carried on in one change set


@dataclass(frozen=True)
class ContractData:
    """What is agreed at signing: the fee is in minor units of `currency` for each `period_months`.

    `term_months` None is an open contract. Without a number it gets the next of our own.
    """

    starts_on: date
    fee_minor: int
    currency: str
    kind: str = ContractKind.SERVICE
    term_months: int | None = None
    period_months: int = 1
    renews_itself: bool = False
    product_id: int | None = None
    number: str = ""
    note: str = ""


TERMS = ("starts_on", "fee_minor", "currency", "term_months", "period_months")


def house_today() -> date:
    """Today where the house stands."""
    return house_day(timezone.now())


def term_end(first: date, term_months: int | None) -> date | None:
    """The last day of a term, by the months of the workspace's calendar; None of an open one."""
    if term_months is None:
        return None
    return add_months(first, term_months, CalendarKind(settings.text("calendar"))) - timedelta(days=1)


def contract_sign(*, actor: Actor, customer: Customer, data: ContractData, source: str = "") -> Contract:
    """Sign a contract with a customer. Customer.DoesNotExist for one out of reach."""
    actor.require(CONTRACTS_EDIT)
    if not customers_within(actor, CONTRACTS_EDIT).filter(pk=customer.pk).exists():
        raise Customer.DoesNotExist
    check_contract(actor=actor, data=data)
    with change_set(actor=actor, kind="edit", title=str(_("Contract signed"))):
        contract = Contract.objects.create(
            demo=actor.demo, number=clean(data.number) or next_number(actor=actor), customer=customer,
            product_id=data.product_id, kind=data.kind, starts_on=data.starts_on, renews_itself=data.renews_itself,
            period_months=data.period_months, currency=data.currency, note=clean(data.note), source=source,
        )  # fmt: skip
        entry = _signed(contract, data)
        contract_timeline.told(actor=actor, contract=contract, entry=entry)
        publish(
            ContractSigned(
                contract_id=contract.pk, number=contract.number, customer_id=contract.customer_id, kind=contract.kind,
                starts_on=contract.starts_on, ends_on=contract.ends_on, fee_minor=contract.fee_minor,
                period_months=contract.period_months, currency=contract.currency, demo=contract.demo,
            ),
            actor=actor,
        )  # fmt: skip
    return contract


def _signed(contract: Contract, data: ContractData) -> ContractEntry:
    return _added(
        contract, kind=ContractEntryKind.SIGNED, day=data.starts_on, until=term_end(data.starts_on, data.term_months),
        term_months=data.term_months, fee_minor=data.fee_minor,
    )  # fmt: skip


def _added(contract: Contract, **values: object) -> ContractEntry:
    entry = ContractEntry.objects.create(contract=contract, **values)
    contract.refresh_from_db()
    return entry


def next_number(*, actor: Actor) -> str:
    """The next free number of our own."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('commerce_contract_sequence')")
            number = f"C-{cursor.fetchone()[0]}"
            if not Contract.objects.filter(demo=actor.demo, number=number).exists():
                return number


def check_contract(*, actor: Actor, data: ContractData, own: Contract | None = None) -> None:
    """ValidationError by field where the data can't be a contract."""
    wrong: dict[str, Label] = {}
    number = clean(data.number)
    same = Contract.objects.filter(demo=actor.demo, number=number).exclude(pk__in=[own.pk] if own else [])
    if len(number) > 64:
        wrong["number"] = _("At most 64 characters.")
    elif number and same.exists():
        wrong["number"] = _("Another contract already has this number.")
    if data.kind not in ContractKind.values:
        wrong["kind"] = _("Choose what the contract is for.")
    if data.term_months is not None and not 1 <= data.term_months <= LONGEST_TERM:
        wrong["term_months"] = _("A term is 1 to 600 months; leave it empty for an open contract.")
    if not 1 <= data.period_months <= LONGEST_PERIOD:
        wrong["period_months"] = _("A fee is for 1 to 120 months.")
    if not is_currency(data.currency):
        wrong["currency"] = _("Choose a currency.")
    else:
        wrong |= _fee_wrong(data.fee_minor, data.currency)
    if not date(1900, 1, 1) <= data.starts_on <= date(2200, 1, 1):
        wrong["starts_on"] = _("This date is too far away.")
    if data.product_id is not None and not Product.objects.filter(demo=actor.demo, pk=data.product_id).exists():
        wrong["product_id"] = _("This product no longer exists. Choose another.")
    if wrong:
        raise ValidationError(wrong)


def _fee_wrong(fee_minor: int, currency: str) -> dict[str, Label]:
    if fee_minor < 0:
        return {"fee": _("A fee is nought or more.")}
    if fee_minor >= AMOUNT_BOUND * 10 ** exponent_of(currency):
        return {"fee": _("This number is too large.")}
    return {}


def contract_get_for_edit(*, actor: Actor, contract_id: int) -> Contract:
    """The contract, locked until the transaction ends; Contract.DoesNotExist when the actor may not touch it."""
    actor.require(CONTRACTS_EDIT)
    found = Contract.objects.visible_to(actor, CONTRACTS_EDIT)
    return found.select_for_update(no_key=True, of=("self",)).get(pk=contract_id)


def contract_save(*, actor: Actor, contract_id: int, data: ContractData, version: int | None = None) -> Contract:
    """Put right what was noted of a contract. Terms only while nothing has followed the signing: afterwards a renewal
    or a new fee says what was agreed, from its day on. StaleError when `version` is no longer the row's.
    """
    with change_set(actor=actor, kind="edit", title=str(_("Contract changed"))):
        contract = contract_get_for_edit(actor=actor, contract_id=contract_id)
        if version is not None and version != contract.version:
            raise StaleError(_("Someone changed this contract while you were editing it. Open it again to see."))
        check_contract(actor=actor, data=data, own=contract)
        changed = any(getattr(contract, name) != getattr(data, name) for name in TERMS)
        if changed and contract.entries.exclude(kind=ContractEntryKind.SIGNED).exists():
            raise ValidationError(
                _("This contract has been renewed, repriced or ended: its first terms stay. Use “Renew” or “New fee”.")
            )
        for name in ("kind", "starts_on", "renews_itself", "period_months", "currency", "product_id"):
            setattr(contract, name, getattr(data, name))
        contract.number, contract.note = clean(data.number) or contract.number, clean(data.note)
        contract.version += 1
        contract.updated_at = timezone.now()
        contract.save(
            update_fields=["number", "kind", "starts_on", "renews_itself", "period_months", "currency", "product",
                           "note", "version", "updated_at"]
        )  # fmt: skip
        if changed:
            contract.entries.all().delete()
            _signed(contract, data)
    return contract


def contract_renew(
    *, actor: Actor, contract_id: int, term_months: int | None = None, fee_minor: int | None = None, note: str = ""
) -> ContractEntry:
    """Let a contract go on for another term (as long as the last unless said), at another fee where one is given.

    The new term begins the day after the last one. One that ran out may be renewed late; one that was ended may not.
    """
    with change_set(actor=actor, kind="edit", title=str(_("Contract renewed"))):
        contract = contract_get_for_edit(actor=actor, contract_id=contract_id)
        if contract.ends_on is None:
            raise ValidationError(_("An open contract goes on until it is ended: there is nothing to renew."))
        if contract.ended_on is not None and contract.reason != LAPSED:
            raise ValidationError(_("This contract has been ended. Take that back, or sign a new one."))
        months = contract.term_months if term_months is None else term_months
        if months is None or not 1 <= months <= LONGEST_TERM:
            raise ValidationError({"term_months": _("A term is 1 to 600 months.")})
        if fee_minor is not None and (wrong := _fee_wrong(fee_minor, contract.currency)):
            raise ValidationError(wrong)
        return _renewed(actor=actor, contract=contract, months=months, fee_minor=fee_minor, note=note)


def _renewed(
    *, actor: Actor, contract: Contract, months: int, fee_minor: int | None = None, note: str = "",
    by_itself: bool = False,
) -> ContractEntry:  # fmt: skip
    first = (contract.ends_on or house_today()) + timedelta(days=1)
    entry = _added(
        contract, kind=ContractEntryKind.RENEWAL, day=first, until=term_end(first, months), term_months=months,
        fee_minor=fee_minor, note=clean(note)[:300], by_itself=by_itself,
    )  # fmt: skip
    if not by_itself:  # else nobody was in touch with anybody
        contract_timeline.told(actor=actor, contract=contract, entry=entry)
    publish(
        ContractRenewed(
            contract_id=contract.pk, number=contract.number, customer_id=contract.customer_id,
            renewals=contract.renewals, starts_on=entry.day, ends_on=entry.until, fee_minor=contract.fee_minor,
            period_months=contract.period_months, currency=contract.currency, by_itself=by_itself, demo=contract.demo,
        ),
        actor=actor,
    )  # fmt: skip
    return entry


def contract_fee(*, actor: Actor, contract_id: int, fee_minor: int, day: date, note: str = "") -> ContractEntry:
    """Note another fee, in minor units of the contract's currency, that holds from that day on."""
    with change_set(actor=actor, kind="edit", title=str(_("New fee of a contract"))):
        contract = contract_get_for_edit(actor=actor, contract_id=contract_id)
        if contract.ended_on is not None:
            raise ValidationError(_("This contract has ended."))
        if wrong := _fee_wrong(fee_minor, contract.currency):
            raise ValidationError(wrong)
        latest = contract.entries.exclude(fee_minor=None).order_by("-pk").values_list("day", flat=True)[0]
        if day < latest:
            raise ValidationError({"day": _("A later fee has been agreed already. Choose a day after it.")})
        return _added(contract, kind=ContractEntryKind.FEE, day=day, fee_minor=fee_minor, note=clean(note)[:300])


def contract_end(*, actor: Actor, contract_id: int, day: date, reason: str, note: str = "") -> ContractEntry:
    """Note that a contract ends with that day, which may lie ahead, and why (a key of REASONS)."""
    with change_set(actor=actor, kind="edit", title=str(_("Contract ended"))):
        contract = contract_get_for_edit(actor=actor, contract_id=contract_id)
        if reason not in REASONS:
            raise ValidationError({"reason": _("Choose why it ends.")})
        if contract.ended_on is not None:
            raise ValidationError(_("This contract has ended already."))
        if day < contract.starts_on:
            raise ValidationError({"day": _("It can't end before it begins.")})
        if contract.ends_on is not None and day > contract.ends_on:
            raise ValidationError({"day": _("Its term is over by then. Renew it first, or choose an earlier day.")})
        return _ended(actor=actor, contract=contract, day=day, reason=reason, note=note)


def _ended(
    *, actor: Actor, contract: Contract, day: date, reason: str, note: str = "", by_itself: bool = False
) -> ContractEntry:
    entry = _added(
        contract, kind=ContractEntryKind.END, day=day, reason=reason, note=clean(note)[:300], by_itself=by_itself
    )
    contract_timeline.told(actor=actor, contract=contract, entry=entry)
    publish(
        ContractEnded(
            contract_id=contract.pk, number=contract.number, customer_id=contract.customer_id, ended_on=day,
            reason=reason, avoidable=contract.avoidable, demo=contract.demo,
        ),
        actor=actor,
    )  # fmt: skip
    return entry


def contracts_carry_on(*, demo: bool, today: date | None = None) -> int:
    """Write what time alone has done: terms of contracts that renew themselves, ends of those that ran out.

    Gives how many contracts got an entry. Running it again adds nothing.
    """
    day, done, last = today or house_today(), 0, 0
    actor = system_actor(demo=demo)
    while True:
        due = Contract.objects.filter(demo=demo, ended_on=None, ends_on__lt=day, pk__gt=last).order_by("pk")
        ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            return done
        with change_set(actor=actor, kind="bulk", title=str(_("Contracts renewed and run out by themselves"))):
            contracts = due.filter(pk__in=ids).select_for_update(no_key=True, of=("self",))
            done += carry_on(actor=actor, contracts=list(contracts), today=day)
        last = ids[-1]


def carry_on(*, actor: Actor, contracts: Sequence[Contract], today: date) -> int:
    """The same of chosen contracts, inside a change set that is open already."""
    for contract in contracts:
        while contract.ended_on is None and contract.ends_on is not None and contract.ends_on < today:
            if contract.renews_itself and contract.term_months is not None:
                _renewed(actor=actor, contract=contract, months=contract.term_months, by_itself=True)
            else:
                _ended(actor=actor, contract=contract, day=contract.ends_on, reason=LAPSED, by_itself=True)
    return len(contracts)
