"""How contracts become interactions, and how those read on the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.formats import format_money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.commerce.models import REASONS, Contract, ContractEntry, ContractEntryKind
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.services import InteractionRow, record_many

SIGNED = "contract.signed"
RENEWED = "contract.renewed"
ENDED = "contract.ended"
CHANNEL = "order"
ENTRY = "commerce.contract_entry"  # what these interactions come of
KIND_OF = {
    ContractEntryKind.SIGNED: SIGNED,
    ContractEntryKind.RENEWAL: RENEWED,
    ContractEntryKind.END: ENDED,
}
NOON = time(12)


def row_of(contract: Contract, entry: ContractEntry) -> InteractionRow:
    """The interaction of an entry that a customer took part in: at noon of its day, or now where that lies ahead."""
    kind = KIND_OF[ContractEntryKind(entry.kind)]
    noon = datetime.combine(entry.day, NOON, ZoneInfo(settings.text("time_zone"))).astimezone(UTC)
    payload: dict[str, Any] = {
        "number": contract.number, "contract": contract.pk, "currency": contract.currency,
        "day": entry.day.isoformat(), "until": entry.until.isoformat() if entry.until else "",
    }  # fmt: skip
    if kind == ENDED:
        payload |= {"reason": entry.reason}
    else:
        fee = contract.fee_minor if entry.fee_minor is None else entry.fee_minor
        payload |= {"fee_minor": fee, "period_months": contract.period_months}
    return InteractionRow(
        kind=kind, at=min(noon, timezone.now()), customer_id=contract.customer_id, channel=CHANNEL,
        source_kind=ENTRY, source_id=entry.pk, dedupe_key=f"{kind}:{entry.pk}", payload=payload,
    )  # fmt: skip


def told(*, actor: Actor, contract: Contract, entry: ContractEntry) -> None:
    """Something was agreed with a customer."""
    record_many(actor=actor, rows=[row_of(contract, entry)])


def _says(words: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any], str], str]:
    def summary(payload: Mapping[str, Any], language: str) -> str:
        with override(language):
            reason = str(payload.get("reason", ""))
            return words(payload) % {
                "number": isolate(str(payload.get("number", ""))),
                "until": _day(payload.get("until")),
                "day": _day(payload.get("day")),
                "fee": _fee(payload, language),
                "reason": str(REASONS[reason][0]) if reason in REASONS else isolate(reason),
            }

    return summary


def _day(text: Any) -> str:
    return formats.day(date.fromisoformat(str(text))) if text else ""


def _fee(payload: Mapping[str, Any], language: str) -> str:
    fee = Money(int(payload.get("fee_minor", 0)), str(payload.get("currency", "IRR")))
    return said_fee(fee, int(payload.get("period_months", 1)), language=language)


def said_fee(amount: Money, months: int, *, language: str = "") -> str:
    """A fee with the time that it is for."""
    reader = current_reader()
    fee = format_money(amount, language=language or reader.language, toman=reader.toman)
    if months == 1:
        return gettext("%(fee)s a month") % {"fee": fee}
    if months == 12:
        return gettext("%(fee)s a year") % {"fee": fee}
    return gettext("%(fee)s every %(n)s months") % {"fee": fee, "n": formats.number(months)}


def _signed_words(payload: Mapping[str, Any]) -> str:
    if payload.get("until"):
        return gettext("Contract %(number)s, %(fee)s, until %(until)s")
    return gettext("Contract %(number)s, %(fee)s, open")


def _renewed_words(payload: Mapping[str, Any]) -> str:
    return gettext("Contract %(number)s goes on until %(until)s, %(fee)s")


def _url(payload: Mapping[str, Any], source_id: int | None) -> str:
    return reverse("commerce:contract", args=[payload.get("contract") or 0])


KINDS = (
    InteractionKind(SIGNED, _("Contract signed"), "contract", _says(_signed_words), channel=CHANNEL, tone=4, url=_url,
                    order=31),
    InteractionKind(RENEWED, _("Contract renewed"), "refresh", _says(_renewed_words), channel=CHANNEL, tone=2, url=_url,
                    order=32),
    InteractionKind(ENDED, _("Contract ended"), "file-off",
                    _says(lambda payload: gettext("Contract %(number)s ended on %(day)s: %(reason)s")),
                    channel=CHANNEL, tone=6, url=_url, order=33),
)  # fmt: skip
