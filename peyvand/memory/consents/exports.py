"""The ledger of consents as plain rows, each line with its wording and proof, in the shape that can be brought in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import phone_for_file
from peyvand.memory.consents import access, queries, showing
from peyvand.memory.consents.models import ConsentEntry, Decision
from peyvand.memory.customers.known import SYSTEM
from peyvand.memory.customers.models import Identity, IdentityKind
from peyvand.memory.customers.queries import hidden_kinds

CHUNK = 2_000


def ledger_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then every line that the actor may see, the oldest first; of one customer with `customer`.

    Lines that were a mistake stand as well, and say so. Times are UTC, phones without +.
    """
    actor.require(access.EXPORT)
    actor.require(access.VIEW)
    yield [
        gettext("Customer"), gettext("Code"), gettext("Mobile"), gettext("Email"), gettext("Purpose"),
        gettext("Channel"), gettext("What was said"), gettext("When"), gettext("Where it was said"),
        gettext("Wording"), gettext("Text that was agreed to"), gettext("Proof"), gettext("Note"),
        gettext("Who wrote it"), gettext("Written down"), gettext("Was a mistake"),
    ]  # fmt: skip
    found = queries.narrowed(queries.entries(actor=actor), query).select_related("wording")
    hidden = hidden_kinds(actor)
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        reach = _addresses([one.customer_id for one in chunk], hidden)
        for one in chunk:
            yield _row(one, reach.get(one.customer_id, {}))
        last = chunk[-1].pk


def _row(one: ConsentEntry, reach: Mapping[str, str]) -> list[object]:
    wording = one.wording
    phone = reach.get(IdentityKind.PHONE, "")
    return [
        one.customer.name, reach.get(IdentityKind.EXTERNAL, ""), phone_for_file(phone) if phone else "",
        reach.get(IdentityKind.EMAIL, ""), one.purpose.key, one.channel, one.decision, one.at, one.source,
        f"{wording.language} {wording.version}" if wording else "", wording.text if wording else "", one.proof,
        one.note, one.staff_name if one.recorder == "staff" else showing.recorder_word(one.recorder), one.recorded_at,
        gettext("Yes") if hasattr(one, "reversed_by") or one.decision == Decision.VOID else "",
    ]  # fmt: skip


def _addresses(ids: Sequence[int], hidden: Sequence[str]) -> dict[int, dict[str, str]]:
    """The first phone, e-mail and code of each customer, as files have them."""
    found: dict[int, dict[str, str]] = {}
    kinds = {IdentityKind.PHONE.value, IdentityKind.EMAIL.value, IdentityKind.EXTERNAL.value} - set(hidden)
    rows = Identity.objects.filter(customer_id__in=set(ids), kind__in=kinds).order_by(
        "customer_id", "-is_primary", "pk"
    )
    for pk, kind, system, key, value in rows.values_list("customer_id", "kind", "system", "key", "value"):
        if kind != IdentityKind.EXTERNAL or system == SYSTEM:
            found.setdefault(pk, {}).setdefault(kind, value if kind == IdentityKind.EXTERNAL else key)
    return found
