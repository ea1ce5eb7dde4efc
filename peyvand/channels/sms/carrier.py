"""Text messages as the gate's dispatcher knows them: accounts, sending, asking."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Account, Asked, Carrier, Outcome, Outgoing, Said
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.adapters.base import Access
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.parts import parts_of
from peyvand.channels.sms.words import CLOSINGS
from peyvand.foundation.outside.locking import unlocked
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.customers.models import IdentityKind

PURPOSE = "sms.credentials"


def access_of(row: SmsAccount) -> Access:
    """The account with its keys in the clear; without any when the installation's key was replaced."""
    plain = unlocked(row.credentials, purpose=PURPOSE)
    secrets = json.loads(plain) if plain else {}
    base = row.base_url or ADAPTERS[row.provider].base_url
    return Access(row.pk, row.demo, row.line, base, {**secrets, "hook": row.hook})


def accounts(demo: bool) -> Sequence[Account]:
    """The lines that are switched on, in their order."""
    rows = SmsAccount.objects.filter(demo=demo, enabled=True).order_by("position", "id")
    return [
        Account(
            id=row.pk, name=row.name, line=row.line, kinds=frozenset(row.kinds), order=row.position,
            per_second=row.per_second, per_day=row.per_day, price_minor=row.price_minor, currency=row.currency,
            secret={"row": row},
        )
        for row in rows
        if row.provider in ADAPTERS
    ]  # fmt: skip


def _row(account: Account) -> SmsAccount:
    found = account.secret.get("row")
    return found if isinstance(found, SmsAccount) else SmsAccount.objects.get(pk=account.id)


def send(account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """Hand them to the account's provider; texts with a NUL or nothing in them are no texts."""
    row = _row(account)
    adapter = ADAPTERS[row.provider]
    good = [one for one in messages if one.text.strip() and "\x00" not in one.text]
    bad = [Outcome(one.id, Said.FAILED, code="empty") for one in messages if one not in good]
    said: list[Outcome] = list(bad)
    for start in range(0, len(good), adapter.batch):
        said += adapter.send(access_of(row), good[start : start + adapter.batch])
    _note(row, said)
    return said


def _note(row: SmsAccount, said: Sequence[Outcome]) -> None:
    """What hinders the account as a whole stands on its page; it goes when a message went."""
    again = next((one for one in said if one.said == Said.AGAIN), None)
    words = f"{again.code} {again.text}".strip()[:300] if again is not None else ""
    if words != row.trouble and (again is not None or any(one.said == Said.SENT for one in said)):
        SmsAccount.objects.filter(pk=row.pk).update(trouble=words)
        row.trouble = words


def look_up(account: Account, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """Ask the provider what became of them. A provider that knows no id of ours never says "never seen"."""
    row = _row(account)
    adapter = ADAPTERS[row.provider]
    if adapter.status is None:
        return []
    found = adapter.status(access_of(row), asked)
    return [one for one in found if one.said != Said.NEVER or adapter.our_ids]


def closing(account: Account, kind: str, language: str) -> str:
    """Texts of marketing from a line of service in Iran end with «لغو۱۱», abroad with the word that stops them."""
    row = _row(account)
    if kind != PurposeKind.MARKETING or not row.service_line:
        return ""
    return CLOSINGS["fa"] if ADAPTERS[row.provider].iranian else CLOSINGS["en"]


SMS = Carrier(
    name="sms", label=_("Text message"), icon="message-2", identity=IdentityKind.PHONE, accounts=accounts, send=send,
    order=10, batch=100, look_up=look_up, parts=parts_of, closing=closing,
)  # fmt: skip
