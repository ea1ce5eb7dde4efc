"""Writing lines: one customer's word on some channels, one word for many customers, or rows from a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from peyvand.events.consents import ConsentsChanged
from peyvand.foundation.changes.models import Change
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents import access
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import SAID, ConsentEntry, Decision, Purpose, Recorder, Source, Wording
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import Customer

EVENT_SIZE = 5_000
AT_ONCE = 2_000  # customers in one statement
TEXT_LENGTH = 5_000
EARLIEST = timedelta(days=366 * 120)

Chosen = CustomerQuerySet | Collection[int]


@dataclass(frozen=True)
class ConsentRow:
    """One line to write. `at` None is now; `purpose` is a key, `channel` and `decision` and `source` their names.

    `wording_id` is the text that was agreed to; `proof_data` what a machine kept of it (address, user agent, message).
    """

    customer_id: int
    purpose: str
    channel: str
    decision: str
    source: str
    at: datetime | None = None
    wording_id: int | None = None
    recorder: str = Recorder.STAFF
    proof: str = ""
    proof_data: Mapping[str, Any] = field(default_factory=dict)
    proof_file_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class BulkResult:
    """How many customers' word was written, and the change set that takes it back (None when none was)."""

    changed: int
    change_set_id: int | None


_INSERT = """
INSERT INTO consents_consententry (demo, customer_id, purpose_id, channel, decision, at, recorder, staff_id, staff_name,
                                   wording_id, source, proof, proof_data, proof_file_id, note)
SELECT %(demo)s, c.id, r.purpose_id, r.channel, r.decision, r.at, r.recorder, %(staff_id)s, %(staff)s, r.wording_id,
       r.source, r.proof, r.proof_data, r.proof_file_id, r.note
  FROM unnest(%(customer)s::bigint[], %(purpose)s::bigint[], %(channel)s::text[], %(decision)s::text[],
              %(at)s::timestamptz[], %(recorder)s::text[], %(wording)s::bigint[], %(source)s::text[], %(proof)s::text[],
              %(data)s::jsonb[], %(file)s::bigint[], %(note)s::text[]) WITH ORDINALITY
    AS r (customer_id, purpose_id, channel, decision, at, recorder, wording_id, source, proof, proof_data,
          proof_file_id, note, place)
  JOIN customers_customer c ON c.id = r.customer_id AND c.demo = %(demo)s
 ORDER BY r.place
RETURNING customer_id
"""


def consent_give(
    *,
    actor: Actor,
    customer: Customer,
    purpose: str,
    channels: Sequence[str],
    source: str,
    at: datetime | None = None,
    wording: Wording | None = None,
    proof: str = "",
    proof_data: Mapping[str, Any] | None = None,
    proof_file: StoredFile | None = None,
    note: str = "",
    recorder: str = Recorder.STAFF,
) -> int:
    """Write that the customer allows a purpose over these channels; gives the change set that takes it back.

    Raises NotAllowed, InvalidError, and Customer.DoesNotExist for one whose consents the actor may not change.
    """
    return _say(
        actor=actor, customer=customer, decision=Decision.GIVEN, channels=channels,
        row=ConsentRow(
            customer_id=customer.pk, purpose=purpose, channel="", decision=Decision.GIVEN, source=source, at=at,
            wording_id=wording.pk if wording else None, recorder=recorder, proof=proof, proof_data=proof_data or {},
            proof_file_id=proof_file.pk if proof_file else None, note=note,
        ),
    )  # fmt: skip


def consent_withdraw(
    *,
    actor: Actor,
    customer: Customer,
    purpose: str,
    channels: Sequence[str],
    source: str,
    at: datetime | None = None,
    proof: str = "",
    proof_data: Mapping[str, Any] | None = None,
    proof_file: StoredFile | None = None,
    note: str = "",
    recorder: str = Recorder.STAFF,
) -> int:
    """Write that the customer takes it back; as easy as giving, so nothing but where it was said is asked for."""
    return _say(
        actor=actor, customer=customer, decision=Decision.WITHDRAWN, channels=channels,
        row=ConsentRow(
            customer_id=customer.pk, purpose=purpose, channel="", decision=Decision.WITHDRAWN, source=source, at=at,
            recorder=recorder, proof=proof, proof_data=proof_data or {},
            proof_file_id=proof_file.pk if proof_file else None, note=note,
        ),
    )  # fmt: skip


def consent_refuse(
    *,
    actor: Actor,
    customer: Customer,
    purpose: str,
    channels: Sequence[str],
    source: str,
    at: datetime | None = None,
    wording: Wording | None = None,
    proof: str = "",
    proof_data: Mapping[str, Any] | None = None,
    proof_file: StoredFile | None = None,
    note: str = "",
    recorder: str = Recorder.STAFF,
) -> int:
    """Write that the customer was asked and said no."""
    return _say(
        actor=actor, customer=customer, decision=Decision.DENIED, channels=channels,
        row=ConsentRow(
            customer_id=customer.pk, purpose=purpose, channel="", decision=Decision.DENIED, source=source, at=at,
            wording_id=wording.pk if wording else None, recorder=recorder, proof=proof, proof_data=proof_data or {},
            proof_file_id=proof_file.pk if proof_file else None, note=note,
        ),
    )  # fmt: skip


def _say(*, actor: Actor, customer: Customer, decision: Decision, channels: Sequence[str], row: ConsentRow) -> int:
    actor.require(access.EDIT)
    if not channels:
        raise InvalidError({"channels": _("Choose at least one channel.")})
    rows = [ConsentRow(**{**vars(row), "channel": channel}) for channel in dict.fromkeys(channels)]
    with transaction.atomic():
        kept = access.customers_within(actor, access.EDIT).select_for_update(of=("self",)).get(pk=customer.pk)
        title = _title(decision) % {"name": kept.name}
        with change_set(actor=actor, kind="edit", title=title, reference={"customer": kept.pk}) as made:
            consents_write(actor=actor, rows=rows)
    return made.pk


def _title(decision: Decision) -> str:
    if decision == Decision.GIVEN:
        return gettext("Consent of %(name)s")
    if decision == Decision.WITHDRAWN:
        return gettext("%(name)s takes a consent back")
    return gettext("%(name)s refuses a consent")


def consents_set(
    *,
    actor: Actor,
    customers: Chosen,
    purpose: str,
    channels: Sequence[str],
    decision: str,
    source: str,
    at: datetime | None = None,
    wording: Wording | None = None,
    proof: str = "",
    proof_file: StoredFile | None = None,
    note: str = "",
) -> BulkResult:
    """Write the same word of many customers; those whose consents the actor may not change are left as they are.

    `ledger_take_back` with the change set says that it was a mistake. Raises NotAllowed and InvalidError.
    """
    actor.require(access.EDIT)
    if not channels:
        raise InvalidError({"channels": _("Choose at least one channel.")})
    within = Q(pk__in=customers.order_by().values("pk") if isinstance(customers, CustomerQuerySet) else list(customers))
    with transaction.atomic():
        reach = access.customers_within(actor, access.EDIT).filter(within)
        ids = list(reach.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        if not ids:
            return BulkResult(0, None)
        title = ngettext("Consents of %(count)s customer", "Consents of %(count)s customers", len(ids))
        with change_set(actor=actor, kind="bulk", title=title % {"count": len(ids)}) as made:
            for start in range(0, len(ids), AT_ONCE):
                consents_write(
                    actor=actor,
                    rows=[
                        ConsentRow(
                            customer_id=pk, purpose=purpose, channel=channel, decision=decision, source=source, at=at,
                            wording_id=wording.pk if wording else None, proof=proof,
                            proof_file_id=proof_file.pk if proof_file else None, note=note,
                        )
                        for pk in ids[start : start + AT_ONCE]
                        for channel in dict.fromkeys(channels)
                    ],
                )  # fmt: skip
    return BulkResult(len(ids), made.pk)


_REVERSE = """
INSERT INTO consents_consententry (demo, customer_id, purpose_id, channel, decision, at, recorder, staff_id, staff_name,
                                   source, proof, proof_data, note, reverses_id)
SELECT e.demo, e.customer_id, e.purpose_id, e.channel, 'void', statement_timestamp(), 'staff', %(staff_id)s, %(staff)s,
       e.source, '', '{}', %(note)s, e.id
  FROM consents_consententry e
 WHERE e.id = ANY(%(ids)s) AND e.decision <> 'void'
   AND NOT EXISTS (SELECT FROM consents_consententry v WHERE v.reverses_id = e.id)
 ORDER BY e.id
RETURNING customer_id, reverses_id
"""


def entries_void(*, actor: Actor, entries: Collection[int], note: str = "") -> BulkResult:
    """Say that lines were written by mistake: each gets a line that takes it back, and neither counts any more.

    What stood before counts again. Lines that were taken back already, or that the actor may not change, are left.
    Raises NotAllowed, and InvalidError for a note that is too long.
    """
    actor.require(access.EDIT)
    if len(note) > TEXT_LENGTH:
        raise InvalidError({"note": _("This is too long.")})
    with transaction.atomic():
        reach = ConsentEntry.objects.visible_to(actor, access.EDIT).filter(pk__in=list(entries))
        chosen = dict(reach.order_by("customer_id", "pk").values_list("pk", "customer_id"))
        people = sorted(set(chosen.values()))
        list(Customer.objects.filter(pk__in=people).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        title = ngettext("%(count)s consent was a mistake", "%(count)s consents were a mistake", len(chosen))
        with change_set(actor=actor, kind="edit", title=title % {"count": len(chosen)}) as made:
            with connection.cursor() as cursor:
                cursor.execute(
                    _REVERSE,
                    {"ids": list(chosen), "staff_id": actor.user_id, "staff": actor.name[:200], "note": _plain(note)},
                )
                written = cursor.fetchall()
            _tell_of(actor=actor, entries=[pk for _customer, pk in written])
    return BulkResult(len({customer for customer, _pk in written}), made.pk if written else None)


def ledger_take_back(*, actor: Actor, change_set_id: int) -> BulkResult:
    """Say that the lines of a change set were written by mistake (see entries_void)."""
    actor.require(access.EDIT)
    lines = Change.objects.filter(change_set_id=change_set_id, table_name=ConsentEntry._meta.db_table, op="I")
    return entries_void(actor=actor, entries=list(lines.values_list("row_id", flat=True)))


def _tell_of(*, actor: Actor, entries: Sequence[int]) -> None:
    found = ConsentEntry.objects.filter(pk__in=list(entries)).values_list("customer_id", "purpose__key", "channel")
    rows = list(found)
    purposes, channels = tuple(sorted({row[1] for row in rows})), tuple(sorted({row[2] for row in rows}))
    ids = sorted({row[0] for row in rows})
    for start in range(0, len(ids), EVENT_SIZE):
        some = tuple(ids[start : start + EVENT_SIZE])
        publish(ConsentsChanged(customer_ids=some, purposes=purposes, channels=channels, demo=actor.demo), actor=actor)


def consents_write(*, actor: Actor, rows: Sequence[ConsentRow]) -> int:
    """Write lines in one statement; gives how many. The right over the customers is the caller's to check.

    Customers who are gone, or of the other business, are passed over. InvalidError for an unknown purpose, channel,
    decision, source or wording, for a moment to come, and for words that are too long. Joins the caller's change set.
    """
    if not rows:
        return 0
    purposes = {one.key: one.pk for one in Purpose.objects.filter(demo=actor.demo)}
    wordings = {row.wording_id for row in rows if row.wording_id is not None}
    of_wording = dict(Wording.objects.filter(pk__in=wordings, demo=actor.demo).values_list("pk", "purpose_id"))
    now = timezone.now()
    for row in rows:
        errors = _errors(row, purposes=purposes, of_wording=of_wording, now=now)
        if errors:
            raise InvalidError(errors)
    values = {
        "demo": actor.demo,
        "staff_id": actor.user_id,
        "staff": actor.name[:200],
        "customer": [row.customer_id for row in rows],
        "purpose": [purposes[row.purpose] for row in rows],
        "channel": [row.channel for row in rows],
        "decision": [str(row.decision) for row in rows],
        "at": [row.at or now for row in rows],
        "recorder": [str(row.recorder) for row in rows],
        "wording": [row.wording_id for row in rows],
        "source": [str(row.source) for row in rows],
        "proof": [_plain(row.proof) for row in rows],
        "data": [Jsonb(dict(row.proof_data)) for row in rows],
        "file": [row.proof_file_id for row in rows],
        "note": [_plain(row.note) for row in rows],
    }
    with change_set(actor=actor, kind="edit", title=gettext("Consents")), connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        written = [customer_id for (customer_id,) in cursor.fetchall()]
        _tell(actor=actor, ids=sorted(set(written)), rows=rows)
    return len(written)


def _errors(
    row: ConsentRow, *, purposes: Mapping[str, int], of_wording: Mapping[int, int], now: datetime
) -> dict[str, Label]:
    errors: dict[str, Label] = {}
    if row.purpose not in purposes:
        errors["purpose"] = _("Choose one of the purposes.")
    if not registry.has(ConsentChannel, row.channel):
        errors["channels"] = _("Choose one of the channels.")
    if row.decision not in SAID:
        errors["decision"] = _("Say whether it is given, refused or taken back.")
    if row.source not in Source.values:
        errors["source"] = _("Say where it was said.")
    if row.recorder not in Recorder.values:
        errors["recorder"] = _("Say who wrote it down.")
    if row.wording_id is not None and of_wording.get(row.wording_id) != purposes.get(row.purpose):
        errors["wording"] = _("Choose a wording of this purpose.")
    if row.at is not None and row.at.tzinfo is None:
        errors["at"] = _("A moment needs its time zone.")
    elif row.at is not None and not now - EARLIEST < row.at <= now + timedelta(minutes=5):
        errors["at"] = _("This can't have been said in the future, or before anybody lived.")
    for name in ("proof", "note"):
        if len(getattr(row, name)) > TEXT_LENGTH:
            errors[name] = _("This is too long.")
    return errors


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


def _tell(*, actor: Actor, ids: Sequence[int], rows: Sequence[ConsentRow]) -> None:
    purposes = tuple(sorted({row.purpose for row in rows}))
    channels = tuple(sorted({row.channel for row in rows}))
    for start in range(0, len(ids), EVENT_SIZE):
        some = tuple(ids[start : start + EVENT_SIZE])
        publish(ConsentsChanged(customer_ids=some, purposes=purposes, channels=channels, demo=actor.demo), actor=actor)
