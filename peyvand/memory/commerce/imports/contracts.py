"""Contracts of another system: a line each, with what has become of it since.

A contract whose number is here already is left as it is. The customer is known by code, else by name; an unknown name
becomes an organisation. Terms that have passed since the first day are worked out: they were renewed until the contract
ended, or, of one that renews itself, until today; one that does not renew itself and has no last day ran out with its
first term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.utils.translation import override

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import JSON, Row, Writer
from peyvand.memory.commerce.contract_timeline import row_of
from peyvand.memory.commerce.imports.source import current_source
from peyvand.memory.commerce.models import REASONS, Contract, ContractEntry, ContractEntryKind, ContractKind, Product
from peyvand.memory.commerce.models.contracts import LAPSED, LONGEST_PERIOD, LONGEST_TERM
from peyvand.memory.commerce.money import AMOUNT_BOUND, exponent_of, is_currency
from peyvand.memory.commerce.services.contracts import house_today, term_end
from peyvand.memory.customers.imports import CustomerWriter
from peyvand.memory.customers.keys import NAME_LENGTH, search_key_of
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services import ExternalCustomer, customers_ensure_external
from peyvand.memory.interactions.services import record_many

SYSTEM = "shop"  # whose customer numbers these are
CHUNK = 1_000


def words_of(labels: Mapping[str, Any]) -> dict[str, str]:
    """Codes by what people write for them, in both languages."""
    found = {fa_key(code): code for code in labels}
    for language in ("en", "fa"):
        with override(language):
            found |= {fa_key(str(label)): code for code, label in labels.items()}
    return found


@dataclass
class Line:
    """A sound line: the contract with its ledger, not written yet; whose it is."""

    contract: Contract
    entries: list[ContractEntry]
    code: str
    name: str


class ContractWriter(Writer):
    """One run of an import of contracts."""

    def __init__(self, actor: Actor, options: Mapping[str, JSON]) -> None:
        super().__init__()
        self.actor = actor
        self.currency = str(options.get("currency") or "").upper()
        self.today = house_today()
        self.source = ""
        self.kinds = words_of(dict(ContractKind.choices))
        self.reasons = words_of({code: label for code, (label, _avoidable) in REASONS.items()})
        self.organisations = CustomerWriter(
            actor, {"key": "name", "existing": "skip"}, kind=CustomerKind.ORGANISATION.value
        )

    def prepare(self) -> None:
        """What the writer of organisations looks up."""
        self.organisations.prepare()

    def write(self, rows: Sequence[Row]) -> None:
        """A batch: customers first, then contracts with their ledgers, then what the timeline tells."""
        with connection.cursor() as cursor:
            self.source = self.source or current_source(cursor)
        products = self._products({str(row.values["sku"]).upper() for row in rows if row.values.get("sku")})
        numbers = {str(row.values["number"]) for row in rows if row.values.get("number")}
        known = set(Contract.objects.filter(demo=self.actor.demo, number__in=numbers).values_list("number", flat=True))
        lines: dict[str, Line] = {}
        for row in rows:
            number = str(row.values.get("number", ""))
            if number in known or number in lines:
                reason = "commerce.contract_known" if number in known else "commerce.contract_twice"
                self.skip(row, reason, column="number", value=number)
            elif (line := self._line(row, products)) is not None:
                lines[number] = line
        self._customers(list(lines.values()))
        self._put(list(lines.values()))

    def _put(self, lines: list[Line]) -> None:
        contracts = Contract.objects.bulk_create([line.contract for line in lines], batch_size=CHUNK)
        ContractEntry.objects.bulk_create([entry for line in lines for entry in line.entries], batch_size=CHUNK)
        told = [
            row_of(line.contract, entry)
            for line in lines
            for entry in line.entries
            if entry.kind in (ContractEntryKind.SIGNED, ContractEntryKind.END)
        ]
        for start in range(0, len(told), CHUNK):
            record_many(actor=self.actor, rows=told[start : start + CHUNK])
        self.new += len(contracts)
        self.totals["contracts"] = self.new

    def _products(self, codes: set[str]) -> dict[str, int]:
        found = Product.objects.filter(demo=self.actor.demo).extra(  # the table's unique index is over upper(sku)
            where=["upper(sku) = ANY (%s)"], params=[sorted(codes)]
        )
        return {sku.upper(): pk for sku, pk in found.values_list("sku", "pk")}

    def _line(self, row: Row, products: Mapping[str, int]) -> Line | None:
        """The contract that a line tells of, or None with its problem noted."""
        values: Mapping[str, Any] = row.values
        for column, reason in (("number", "no_contract"), ("starts_on", "no_starts_on"), ("fee", "no_fee")):
            if column not in values or values[column] == "":
                self.skip(row, f"commerce.{reason}", column=column)
                return None
        code, name = clean(str(values.get("customer", ""))), clean(str(values.get("name", "")))[:NAME_LENGTH]
        currency = str(values.get("currency") or self.currency).upper()
        term, period = values.get("term_months"), values.get("period_months", 1)
        starts, ended = values["starts_on"], values.get("ended_on")
        bad_day = starts if not 1900 <= starts.year <= 2200 else ended if ended and ended < starts else None
        for wrong, reason, column, value in (
            (not code and not name, "no_party", "name", ""),
            (len(str(values["number"])) > 64, "too_long", "number", str(values["number"])),
            (not is_currency(currency), "no_currency", "currency", currency),
            (not 0 <= values["fee"] < AMOUNT_BOUND, "bad_fee", "fee", str(values["fee"])),
            (term is not None and not _months(term, LONGEST_TERM), "bad_months", "term_months", str(term)),
            (not _months(period, LONGEST_PERIOD), "bad_months", "period_months", str(period)),
            (bad_day is not None, "bad_day", "ended_on", str(bad_day)),
        ):
            if wrong:
                self.skip(row, f"commerce.{reason}", column=column, value=value)
                return None
        contract = Contract(
            demo=self.actor.demo, number=str(values["number"]), kind=self._kind(row), starts_on=starts,
            product_id=self._product(row, products), renews_itself=bool(values.get("renews_itself", False)),
            period_months=int(period), currency=currency, note=clean(str(values.get("note", ""))), source=self.source,
        )  # fmt: skip
        fee = (values["fee"] * 10 ** exponent_of(currency)).to_integral_value(ROUND_HALF_UP)
        reason = self._reason(row) if ended else ""
        entries = ledger(contract, term=None if term is None else int(term), fee_minor=int(fee), ended=ended,
                         reason=reason, today=self.today)  # fmt: skip
        return Line(contract, entries, code, name)

    def _kind(self, row: Row) -> str:
        said = str(row.values.get("kind", ""))
        found = self.kinds.get(fa_key(said), "")
        if said and not found:
            self.note(row, "commerce.unknown_contract_kind", column="kind", value=said)
        return found or (ContractKind.OTHER if said else ContractKind.SERVICE)

    def _reason(self, row: Row) -> str:
        said = str(row.values.get("reason", ""))
        found = self.reasons.get(fa_key(said), "")
        if said and not found:
            self.note(row, "commerce.unknown_end", column="reason", value=said)
        return found or "other"

    def _product(self, row: Row, products: Mapping[str, int]) -> int | None:
        code = str(row.values.get("sku", ""))
        if code and code.upper() not in products:
            self.note(row, "commerce.unknown_product", column="sku", value=code)
        return products.get(code.upper())

    def _customers(self, lines: list[Line]) -> None:
        coded = [ExternalCustomer(key=line.code, name=line.name) for line in lines if line.code]
        by_code = customers_ensure_external(actor=self.actor, system=SYSTEM, rows=coded) if coded else {}
        names = {search_key_of(line.name): line.name for line in lines if not line.code}
        by_name = self._named(names)
        missing = [name for key, name in names.items() if key not in by_name]
        if missing:
            self.organisations.write([Row(0, {"name": name}) for name in missing])
            self.organisations.problems.clear()
            by_name |= self._named(names)
        for line in lines:
            pk = by_code.get(line.code) if line.code else by_name.get(search_key_of(line.name))
            line.contract.customer_id = pk

    def _named(self, names: Mapping[str, str]) -> dict[str, int]:
        found = Customer.objects.filter(demo=self.actor.demo, search_key__in=list(names)).order_by("-pk")
        return dict(found.values_list("search_key", "pk"))  # of several the oldest


def _months(value: Decimal | int, most: int) -> bool:
    return value == int(value) and 1 <= value <= most


def ledger(
    contract: Contract, *, term: int | None, fee_minor: int, ended: date | None, reason: str, today: date
) -> list[ContractEntry]:
    """What has become of a contract that began in the past, as entries."""
    first, until = contract.starts_on, term_end(contract.starts_on, term)
    entries = [
        ContractEntry(contract=contract, kind=ContractEntryKind.SIGNED, day=first, until=until, term_months=term,
                      fee_minor=fee_minor)
    ]  # fmt: skip
    last = ended or (today if contract.renews_itself else None)
    while term is not None and until is not None and last is not None and until < last:
        first, until = until + timedelta(days=1), term_end(until + timedelta(days=1), term)
        entries.append(
            ContractEntry(contract=contract, kind=ContractEntryKind.RENEWAL, day=first, until=until, term_months=term,
                          by_itself=True)
        )  # fmt: skip
    if ended is None and until is not None and until < today:
        ended, reason = until, LAPSED
    if ended is not None:
        entries.append(
            ContractEntry(contract=contract, kind=ContractEntryKind.END, day=ended, reason=reason, by_itself=False)
        )
    return entries
