"""E-mail as the gate's dispatcher knows it: accounts and sending. Nobody can be asked what became of a mail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking import lines, providers
from peyvand.channels.email.speaking.mime import Mail, TooLargeError, mail_of
from peyvand.channels.outreach.declarations import Account, Carrier, Outcome, Outgoing, Said
from peyvand.foundation.files.models import StoredFile
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.customers.models import IdentityKind

_ADDRESS = re.compile(r"[^\s<>()\[\]]+@[^\s<>()\[\]]+")  # of recipients, whom an account's page does not name
SAMPLE, SMTP = "sample", "smtp"
BATCH = 50


def kinds_of(row: EmailAccount) -> frozenset[str]:
    """What may go from it: marketing only where the domain's proofs were found to stand."""
    chosen = frozenset(row.kinds or PurposeKind.values)
    if row.marketing or row.provider == SAMPLE:
        return chosen
    return chosen - {PurposeKind.MARKETING} or frozenset({"none"})


def accounts(demo: bool) -> Sequence[Account]:
    """The accounts that are switched on, in their order."""
    rows = EmailAccount.objects.filter(demo=demo, enabled=True).order_by("position", "id")
    return [
        Account(
            id=row.pk, name=row.name, line=row.address, kinds=kinds_of(row), order=row.position,
            per_second=row.per_second, per_day=row.per_day, secret={"row": row},
        )
        for row in rows
        if known(row)
    ]  # fmt: skip


def known(row: EmailAccount) -> bool:
    """Whether there is a way to send from it."""
    return row.provider in (SMTP, SAMPLE) or row.provider in providers.PROVIDERS


def _row(account: Account) -> EmailAccount:
    found = account.secret.get("row")
    return found if isinstance(found, EmailAccount) else EmailAccount.objects.get(pk=account.id)


def send(account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """Hand them over; gives of each what became of it. The sample's reach nobody."""
    row = _row(account)
    if row.provider == SAMPLE or row.demo:
        return [Outcome(one.id, Said.DELIVERED if row.demo else Said.FAILED, code="sample") for one in messages]
    files = _files(messages)
    said = (
        providers.send(row, messages, files) if row.provider in providers.PROVIDERS else _by_line(row, messages, files)
    )
    _note(row, said)
    return said


def _files(messages: Sequence[Outgoing]) -> Mapping[int, StoredFile]:
    ids = {pk for one in messages for pk in one.files}
    return StoredFile.objects.in_bulk(ids) if ids else {}


def _by_line(row: EmailAccount, messages: Sequence[Outgoing], files: Mapping[int, StoredFile]) -> list[Outcome]:
    ready: list[Mail] = []
    said: list[Outcome] = []
    for one in messages:
        try:
            ready.append(mail_of(row, one, files=files))
        except TooLargeError:
            said.append(Outcome(one.id, Said.FAILED, code="too-large"))
        except FileNotFoundError:
            said.append(Outcome(one.id, Said.FAILED, code="file-gone"))
        except (ValueError, IndexError, UnicodeError) as error:  # an address that no mail can bear
            said.append(Outcome(one.id, Said.FAILED, code="address", text=str(error)[:300]))
    return said + lines.send(row, ready)


def _note(row: EmailAccount, said: Sequence[Outcome]) -> None:
    """What hinders the account as a whole stands on its page; it goes when a message went."""
    again = next((one for one in said if one.said == Said.AGAIN), None)
    words = _ADDRESS.sub("…", f"{again.code} {again.text}".strip())[:300] if again is not None else ""
    sent = any(one.said == Said.SENT for one in said)
    if sent and (row.sent_at is None or (timezone.now() - row.sent_at).total_seconds() > 60):
        row.sent_at = timezone.now()
        EmailAccount.objects.filter(pk=row.pk).update(sent_at=row.sent_at)
    if words != row.trouble and (again is not None or sent):
        EmailAccount.objects.filter(pk=row.pk).update(trouble=words)
        row.trouble = words


EMAIL = Carrier(
    name="email", label=_("E-mail"), icon="mail", identity=IdentityKind.EMAIL, accounts=accounts, send=send, order=20,
    batch=BATCH, rich=True, notes=True,
)  # fmt: skip
