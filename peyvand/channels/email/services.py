"""The verbs on accounts and folders."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.email import access, doctor
from peyvand.channels.email.carrier import SAMPLE, SMTP
from peyvand.channels.email.doctor import Proof, Resolver
from peyvand.channels.email.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.email.hearing.listening import read_account
from peyvand.channels.email.hearing.mailbox import folders_of, opened_box
from peyvand.channels.email.models import EmailAccount, EmailFolder, Security, hook_token
from peyvand.channels.email.secrets import DKIM, IMAP, locked_up, secrets_of
from peyvand.channels.email.secrets import SMTP as SMTP_SECRET
from peyvand.channels.email.speaking import lines
from peyvand.channels.email.speaking.mime import ascii_domain
from peyvand.channels.email.speaking.providers import PROVIDERS
from peyvand.channels.email.speaking.signing import key_make
from peyvand.channels.email.wires import Unreachable, words_of
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email
from peyvand.foundation.text.keys import clean
from peyvand.memory.consents.models import PurposeKind

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|\[?[0-9a-fA-F:.]+\]?")
_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
USUAL_SELECTOR = "peyvand"
USUALLY_READ = ("inbox", "\\junk")


@dataclass(frozen=True, kw_only=True)
class AccountData:
    """An account as it is to be. Of `secrets` one that was left empty stays as it is."""

    name: str
    address: str
    from_name_fa: str = ""
    from_name_en: str = ""
    kinds: tuple[str, ...] = ()
    position: int = 0
    enabled: bool = True
    per_second: int = 0
    per_day: int = 0
    provider: str = SMTP
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = Security.STARTTLS
    smtp_user: str = ""
    return_path: str = ""
    plus: bool = True
    dkim_domain: str = ""
    dkim_selector: str = ""
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = Security.TLS
    imap_user: str = ""
    authserv: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


def account_save(
    *, actor: Actor, data: AccountData, account: EmailAccount | None = None, version: int | None = None
) -> EmailAccount:
    """Set up an account or change one. NotAllowed, InvalidError, ChangedMeanwhileError, EmailAccount.DoesNotExist.

    With another address or signing domain, marketing is switched off until its proofs have been looked at.
    """
    actor.require(access.MANAGE)
    with transaction.atomic():
        made = account or EmailAccount(demo=actor.demo, version=0)
        if account is not None:
            made = EmailAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        kept = _secrets(made, data)
        _check(actor, data, kept)
        before = _proved(made)
        for name in _PLAIN:
            setattr(made, name, getattr(data, name))
        made.name, made.address = clean(data.name), normalise_email(data.address)
        made.from_name_fa, made.from_name_en = clean(data.from_name_fa), clean(data.from_name_en)
        made.return_path = normalise_email(data.return_path) if data.return_path.strip() else ""
        made.kinds = list(data.kinds)
        if not kept.get(DKIM):
            made.dkim_public = ""
        if before != _proved(made):
            made.marketing, made.proofs, made.proved_at = False, [], None
        made.version += 1
        made.secrets = locked_up(kept)
        title = gettext("Account of e-mail “%(name)s”") % {"name": made.name}
        with change_set(actor=actor, kind="settings", title=title):
            made.save()
    return made


def _proved(row: EmailAccount) -> tuple[str, ...]:
    """What the proofs speak of."""
    return row.address, row.dkim_domain, row.dkim_selector, row.provider, row.return_path


_PLAIN = (
    "position", "enabled", "per_second", "per_day", "provider", "smtp_host", "smtp_port", "smtp_security", "smtp_user",
    "plus", "dkim_domain", "dkim_selector", "imap_host", "imap_port", "imap_security", "imap_user", "authserv",
)  # fmt: skip


def secret_names(provider: str) -> tuple[str, ...]:
    """The secrets that an account of that provider has, the DKIM key aside."""
    if provider not in PROVIDERS:
        return SMTP_SECRET, IMAP
    known = PROVIDERS[provider]
    return (*(one.name for one in (*known.keys, *known.calls)), IMAP)


def _secrets(row: EmailAccount, data: AccountData) -> dict[str, str]:
    """What is kept: what was typed now, else what was there; a provider's keys for that provider only."""
    before = dict(secrets_of(row)) if row.secrets else {}
    same = row.pk is not None and row.provider == data.provider
    made = {DKIM: before.get(DKIM, "") if data.provider == SMTP else ""}
    for name in secret_names(data.provider):
        typed = data.secrets.get(name, "").replace("\x00", "").strip()
        made[name] = typed or (before.get(name, "") if same or name == IMAP else "")
    return made


def _check(actor: Actor, data: AccountData, kept: Mapping[str, str]) -> None:
    if data.provider not in (SMTP, *PROVIDERS) and not (data.provider == SAMPLE and actor.demo):
        raise InvalidError({"provider": _("Choose one of the ways to send.")})
    errors: dict[str, Label] = {}
    if not clean(data.name) or len(data.name) > 120:
        errors["name"] = _("Give this account a name.")
    for name in ("address", "return_path"):
        given = getattr(data, name).strip()
        if given or name == "address":
            try:
                normalise_email(given)
            except IdentifierError as error:
                errors[name] = str(error)
    errors |= _servers(data)
    for one in PROVIDERS[data.provider].keys if data.provider in PROVIDERS else ():
        if not kept.get(one.name):
            errors[f"secret_{one.name}"] = _("Type it as the provider shows it.")
    if data.dkim_selector and not _SELECTOR.fullmatch(data.dkim_selector):
        errors["dkim_selector"] = _("A selector is a short word of small Latin letters, digits and hyphens.")
    if data.dkim_domain and not _HOST.fullmatch(ascii_domain(data.dkim_domain)):
        errors["dkim_domain"] = _("Type a domain, like shop.ir.")
    if any(kind not in PurposeKind.values for kind in data.kinds):
        errors["kinds"] = _("Choose among the kinds of purposes.")
    for name in ("per_second", "per_day"):
        if not 0 <= getattr(data, name) <= 10_000_000:
            errors[name] = _("A whole number, zero for no limit.")
    if errors:
        raise InvalidError(errors)


def _servers(data: AccountData) -> dict[str, Label]:
    errors: dict[str, Label] = {}
    if data.provider == SMTP and not data.smtp_host:
        errors["smtp_host"] = _("Type the name of the server, like mail.shop.ir.")
    for what in ("smtp", "imap"):
        host, port = getattr(data, f"{what}_host"), getattr(data, f"{what}_port")
        if host and not _HOST.fullmatch(host):
            errors[f"{what}_host"] = _("Type the name of the server, like mail.shop.ir.")
        if host and not 1 <= port <= 65535:
            errors[f"{what}_port"] = _("A port is a number from 1 to 65535.")
        if getattr(data, f"{what}_security") not in Security.values:
            errors[f"{what}_security"] = _("Choose how the connection is kept secret.")
    return errors


def account_remove(*, actor: Actor, account: EmailAccount) -> int:
    """Take an account away; gives the change set. One that comes back by an undo has no secrets until they are typed
    again, and reads its folders anew; what was kept is not kept twice.
    """
    actor.require(access.MANAGE)
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=gettext("Account removed")) as made:
        EmailAccount.objects.get(pk=account.pk, demo=actor.demo).delete()
    return made.pk


def hook_renew(*, actor: Actor, account: EmailAccount) -> EmailAccount:
    """A new address for the provider's calls; the old one is nobody's from now on."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = EmailAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
        found.hook = hook_token()
        found.save(update_fields=["hook"])
    return found


@dataclass(frozen=True)
class Tried:
    """What a try of one half of an account showed."""

    what: str  # smtp, imap
    good: bool
    words: str


def account_test(*, actor: Actor, account: EmailAccount) -> list[Tried]:
    """Sign in at both servers, and send nothing; the folders that are found are kept."""
    actor.require(access.MANAGE)
    found = EmailAccount.objects.get(pk=account.pk, demo=actor.demo)
    if found.provider == SAMPLE or found.demo:
        return [Tried("smtp", True, gettext("Nothing leaves this machine."))]
    tried = []
    if found.provider == SMTP:
        try:
            smtp = lines.opened(found)
            code, said = smtp.noop()
            smtp.close()
            tried.append(Tried("smtp", code == 250, words_of(smtplib.SMTPResponseException(code, said))))
        except (OSError, Unreachable) as error:
            tried.append(Tried("smtp", False, words_of(error)))
    if found.imap_host:
        try:
            folders_refresh(actor=actor, account=found)
            tried.append(Tried("imap", True, gettext("The folders are read.")))
        except Unreachable as error:
            tried.append(Tried("imap", False, words_of(error)))
    return tried


# ── proofs ────────────────────────────────────────────────────────────────


def dkim_make(*, actor: Actor, account: EmailAccount) -> EmailAccount:
    """A new key to sign with, under a selector of its own, so that the old record may stand until nobody needs it.

    InvalidError for an account whose provider signs.
    """
    actor.require(access.MANAGE)
    if account.provider != SMTP:
        raise InvalidError({"dkim_selector": _("Your provider signs; its key is made there.")})
    pem, public = key_make()
    with transaction.atomic():
        found = EmailAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
        found.secrets = locked_up({**secrets_of(found), DKIM: pem})
        found.dkim_public = public
        found.dkim_domain = found.dkim_domain or found.domain
        found.dkim_selector = _next_selector(found.dkim_selector)
        found.marketing, found.proofs, found.proved_at = False, [], None
        found.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("New key for signatures")):
            found.save()
    return found


def _next_selector(before: str) -> str:
    if not before:
        return USUAL_SELECTOR
    stem = before.rstrip("0123456789")
    number = int(before[len(stem) :] or "1")
    return f"{stem}{number + 1}"[:63]


def proofs_look(*, actor: Actor, account: EmailAccount, resolver: Resolver = doctor.texts_of) -> Sequence[Proof]:
    """Ask DNS what it says of the account's domain, and keep the answer."""
    actor.require(access.MANAGE)
    found = EmailAccount.objects.get(pk=account.pk, demo=actor.demo)
    proofs = doctor.examined(found, resolver=resolver) if found.provider != SAMPLE else []
    EmailAccount.objects.filter(pk=found.pk).update(proofs=doctor.as_plain(proofs), proved_at=timezone.now())
    return proofs


def proofs_look_all(*, resolver: Resolver = doctor.texts_of) -> None:
    """Look at the proofs of every account that sends again. That they stand no longer is shown with the account;
    what goes out is the house's to decide.
    """
    for one in EmailAccount.objects.filter(demo=False, enabled=True).exclude(provider=SAMPLE).order_by("id"):
        proofs_look(actor=system_actor(), account=one, resolver=resolver)


def marketing_set(
    *, actor: Actor, account: EmailAccount, on: bool, resolver: Resolver = doctor.texts_of
) -> EmailAccount:
    """Let marketing go from an account, or no more. InvalidError where its proofs don't stand: mail that nobody can
    tell from a forged one costs the whole domain its good name.
    """
    actor.require(access.MANAGE)
    if on and not doctor.stands(proofs_look(actor=actor, account=account, resolver=resolver)):
        raise InvalidError({"marketing": _("Marketing may go from here when SPF, DKIM and DMARC stand; see below.")})
    with transaction.atomic():
        found = EmailAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
        found.marketing = on
        found.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("Marketing from an account")):
            found.save(update_fields=["marketing", "version"])
    return found


# ── folders ───────────────────────────────────────────────────────────────


def folders_refresh(*, actor: Actor, account: EmailAccount) -> int:
    """Read which folders there are; gives how many. The inbox and the folder of junk are chosen at first.

    Unreachable with the server's words.
    """
    actor.require(access.MANAGE)
    with opened_box(account) as box:
        found = folders_of(box)
    with transaction.atomic():
        EmailAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
        known = {one.name: one for one in EmailFolder.objects.filter(account=account)}
        for name, special in found.items():
            row = known.pop(name, None)
            if row is None:
                chosen = name.lower() in USUALLY_READ or special.lower() in USUALLY_READ
                EmailFolder.objects.create(
                    demo=account.demo, account=account, name=name[:500], special=special[:40], chosen=chosen
                )
            elif row.gone or row.special != special[:40]:
                EmailFolder.objects.filter(pk=row.pk).update(gone=False, special=special[:40])
        EmailFolder.objects.filter(pk__in=[one.pk for one in known.values()]).update(gone=True)
    return len(found)


def mailbox_read(*, actor: Actor, account: EmailAccount) -> int:
    """Look into every chosen folder now, and count what lies there; gives how many mails were new.

    NotAllowed, Unreachable with the server's words.
    """
    actor.require(access.MANAGE)
    found = EmailAccount.objects.get(pk=account.pk, demo=actor.demo)
    if found.demo:
        return 0
    folders_refresh(actor=actor, account=found)
    return sum(one.new for one in read_account(found))


def folders_choose(*, actor: Actor, account: EmailAccount, chosen: Sequence[int]) -> int:
    """Which folders are read; gives how many."""
    actor.require(access.MANAGE)
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=gettext("Folders that are read")):
        rows = EmailFolder.objects.select_for_update(of=("self",)).filter(account_id=account.pk, demo=actor.demo)
        wanted = {one.pk for one in rows} & set(chosen)
        for one in rows:
            if one.chosen != (one.pk in wanted):
                one.chosen = not one.chosen
                one.save(update_fields=["chosen"])
    return len(wanted)
