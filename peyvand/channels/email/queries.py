"""The reads of accounts, and how what was taken from a mailbox agrees with what lies in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext

from peyvand.channels.email import access, doctor
from peyvand.channels.email.carrier import SAMPLE, SMTP
from peyvand.channels.email.doctor import Proof
from peyvand.channels.email.models import EmailAccount, EmailFolder, EmailSeen, Fate
from peyvand.channels.email.speaking.providers import DOCUMENT, PROVIDERS, calls_known
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

SHOWN = 100


@dataclass(frozen=True)
class Shown:
    """An account as its pages show it: never a secret. `document`: by what an untried way was built.

    `events_url` is where its provider tells what became of messages, "" for one that has nothing to tell; `unsigned`:
    the key is missing by which it would be believed. `mails`: it can hand over mail that came in.
    """

    row: EmailAccount
    provider: Label
    document: str
    hook_url: str
    events_url: str
    unsigned: bool
    mails: bool
    proofs: Sequence[Proof]
    record: str
    record_value: str

    @property
    def doubted(self) -> bool:
        """Whether marketing goes from it though its proofs stood no more when they were looked at last."""
        return self.row.marketing and self.row.proved_at is not None and not doctor.stands(self.proofs)

    @property
    def reads(self) -> bool:
        """Whether it has a mailbox that is read."""
        return bool(self.row.imap_host)


def accounts(*, actor: Actor) -> list[Shown]:
    """The accounts of the business one looks at, in their order."""
    actor.require(access.MANAGE)
    return [_shown(row) for row in EmailAccount.objects.filter(demo=actor.demo).order_by("position", "id")]


def account_get(*, actor: Actor, id: int) -> Shown:
    """One account; EmailAccount.DoesNotExist."""
    actor.require(access.MANAGE)
    return _shown(EmailAccount.objects.get(pk=id, demo=actor.demo))


def _shown(row: EmailAccount) -> Shown:
    own: dict[str, Label] = {SMTP: gettext("A mail server (SMTP)"), SAMPLE: gettext("Sample account")}
    provider = PROVIDERS[row.provider].label if row.provider in PROVIDERS else own.get(row.provider, row.provider)
    known = PROVIDERS.get(row.provider)
    hook = f"{settings.SITE_URL}/hooks/email/{row.hook}/"
    name = f"{row.dkim_selector}._domainkey.{row.dkim_domain or row.domain}" if row.dkim_selector else ""
    return Shown(
        row=row, provider=provider, document=DOCUMENT if row.provider in PROVIDERS else "",
        hook_url=hook, events_url=f"{hook}events/" if known else "", unsigned=not calls_known(row),
        mails=known is None or known.mails, proofs=doctor.of_plain(row.proofs), record=name,
        record_value=f"v=DKIM1; k=rsa; p={row.dkim_public}" if row.dkim_public else "",
    )  # fmt: skip


# ── reconciliation ────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Counted:
    """A folder: what the server counts in it, what we know of, and what became of that. `differs` is by how many."""

    folder: EmailFolder
    total: int | None
    known: int
    stored: int
    before: int
    reports: int
    skipped: int
    failed: int
    counted_at: datetime | None

    @property
    def differs(self) -> int | None:
        """Mails that the server counts and we have not looked at yet; negative for those that went meanwhile."""
        return None if self.total is None else self.total - self.known


def reconciled(*, actor: Actor, account: EmailAccount) -> list[Counted]:
    """Every folder of an account, chosen ones first."""
    actor.require(access.MANAGE)
    rows = EmailFolder.objects.filter(account_id=account.pk, demo=actor.demo).order_by("-chosen", "gone", "name")
    seen = EmailSeen.objects.filter(folder__account_id=account.pk, gone=False)
    counts = {
        (folder_id, fate): count
        for folder_id, fate, count in seen.values_list("folder_id", "fate").annotate(count=Count("pk"))
    }

    def of(row: EmailFolder, *fates: str) -> int:
        return sum(counts.get((row.pk, fate), 0) for fate in fates)

    return [
        Counted(
            folder=row, total=row.total, known=of(row, *Fate.values), stored=of(row, Fate.STORED),
            before=of(row, Fate.KNOWN), reports=of(row, Fate.REPORT), skipped=of(row, Fate.SKIPPED),
            failed=of(row, Fate.FAILED), counted_at=row.counted_at,
        )
        for row in rows
    ]  # fmt: skip


def not_kept(*, actor: Actor, account: EmailAccount) -> list[EmailSeen]:
    """The latest mails that were not kept, or wait to be tried again, with why."""
    actor.require(access.MANAGE)
    rows = EmailSeen.objects.filter(folder__account_id=account.pk, demo=actor.demo, gone=False)
    found = rows.filter(fate__in=[Fate.SKIPPED, Fate.FAILED]).select_related("folder")
    return list(found.order_by("-at", "-id")[:SHOWN])
