"""REST routes of accounts of e-mail. Secrets are written here and never read: an answer names those that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from ninja import Router
from ninja.errors import HttpError

from peyvand.channels.email import access, doctor, queries, services
from peyvand.channels.email.api_shapes import (
    EmailAccountChange,
    EmailAccountIn,
    EmailAccountOut,
    EmailFolderOut,
    EmailFoldersIn,
    EmailHookOut,
    EmailLeftOutOut,
    EmailMarketingIn,
    EmailProofsOut,
    EmailReadOut,
    EmailTriedOut,
)
from peyvand.channels.email.errors import InvalidError
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.queries import Counted, Shown
from peyvand.channels.email.secrets import secrets_of
from peyvand.channels.email.services import AccountData
from peyvand.channels.email.showing import reason_words
from peyvand.channels.email.wires import Unreachable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Id

router = Router(tags=["email"])


@contextmanager
def _refusals() -> Iterator[None]:
    """Fields as a program names them."""
    try:
        yield
    except InvalidError as error:
        told = {name.replace("secret_", "secrets.", 1): str(text) for name, text in error.errors.items()}
        raise ValidationError(told) from error


def _out(shown: Shown) -> dict[str, Any]:
    row = shown.row
    kept = sorted(name for name, value in secrets_of(row).items() if value) if row.secrets else []
    return {name: getattr(row, name) for name in EmailAccountOut.model_fields if name != "secrets"} | {"secrets": kept}


def _saved(request: StaffRequest, values: Mapping[str, Any], row: EmailAccount | None, version: int | None) -> Any:
    given = dict(values)
    for name in ("smtp_host", "imap_host", "dkim_domain", "dkim_selector", "authserv"):
        given[name] = given[name].strip()
    given |= {name: given[name].lower() for name in ("dkim_domain", "dkim_selector")}
    known = services.secret_names(given["provider"])
    if alien := [name for name in given["secrets"] if name not in known]:
        raise ValidationError({f"secrets.{name}": gettext("This way of sending has no such secret.") for name in alien})
    with _refusals():
        data = AccountData(**{**given, "kinds": tuple(given["kinds"])})
        made = services.account_save(actor=request.actor, data=data, account=row, version=version)
    return _out(queries.account_get(actor=request.actor, id=made.pk))


@router.get("/email/accounts", response=list[EmailAccountOut], summary="Accounts of e-mail")
def email_accounts(request: StaffRequest) -> Any:
    """In the order in which they are taken."""
    return [_out(one) for one in queries.accounts(actor=request.actor)]


@router.post("/email/accounts", response={201: EmailAccountOut}, summary="Set up an account of e-mail")
def email_account_create(request: StaffRequest, data: EmailAccountIn) -> Any:
    """Nothing is tried yet; see …/test. Marketing goes from it when its proofs stand."""
    request.actor.require(access.MANAGE)
    return 201, _saved(request, data.dict(), None, None)


@router.get("/email/accounts/{account_id}", response=EmailAccountOut, summary="One account of e-mail")
def email_account(request: StaffRequest, account_id: Id) -> Any:
    """With what hinders it; no secret."""
    return _out(queries.account_get(actor=request.actor, id=account_id))


@router.patch("/email/accounts/{account_id}", response=EmailAccountOut, summary="Change an account of e-mail")
def email_account_change(request: StaffRequest, account_id: Id, data: EmailAccountChange) -> Any:
    """With `version`, 409 when somebody has changed it since. With `enabled` it is switched off and on."""
    row = queries.account_get(actor=request.actor, id=account_id).row
    given = data.dict(exclude_none=True)
    version = given.pop("version", row.version)
    before = {name: getattr(row, name) for name in EmailAccountIn.model_fields if name != "secrets"}
    return _saved(request, {**before, "secrets": {}, **given}, row, version)


@router.delete("/email/accounts/{account_id}", response={204: None}, summary="Remove an account of e-mail")
def email_account_remove(request: StaffRequest, account_id: Id) -> Any:
    """It can be taken back from the trail; then without its secrets."""
    found = queries.account_get(actor=request.actor, id=account_id)
    services.account_remove(actor=request.actor, account=found.row)
    return 204, None


@router.post("/email/accounts/{account_id}/test", response=list[EmailTriedOut], summary="Try an account of e-mail")
def email_account_test(request: StaffRequest, account_id: Id) -> Any:
    """Signs in at both servers and sends nothing; an empty list where there is no server to try."""
    found = queries.account_get(actor=request.actor, id=account_id)
    tried = services.account_test(actor=request.actor, account=found.row)
    return [{"what": one.what, "good": one.good, "said": one.words} for one in tried]


@router.post("/email/accounts/{account_id}/hook", response=EmailHookOut, summary="A new address for provider's calls")
def email_hook_renew(request: StaffRequest, account_id: Id) -> Any:
    """The old one is nobody's from now on. Mail comes to the address itself, events to …/events/ below it."""
    found = queries.account_get(actor=request.actor, id=account_id)
    made = services.hook_renew(actor=request.actor, account=found.row)
    return {"secret": queries.account_get(actor=request.actor, id=made.pk).hook_url}


# ── folders ───────────────────────────────────────────────────────────────


def _folder(one: Counted) -> dict[str, Any]:
    row = one.folder
    return {
        "id": row.pk, "name": row.name, "special": row.special, "chosen": row.chosen, "gone": row.gone,
        "total": one.total, "counted_at": one.counted_at, "known": one.known, "stored": one.stored,
        "before": one.before, "reports": one.reports, "skipped": one.skipped, "failed": one.failed,
        "differs": one.differs,
    }  # fmt: skip


def _folders(request: StaffRequest, row: EmailAccount) -> list[dict[str, Any]]:
    return [_folder(one) for one in queries.reconciled(actor=request.actor, account=row)]


@router.get("/email/accounts/{account_id}/folders", response=list[EmailFolderOut], summary="Folders of a mailbox")
def email_folders(request: StaffRequest, account_id: Id) -> Any:
    """With the figures by which one sees that nothing was lost; those that are read come first."""
    return _folders(request, queries.account_get(actor=request.actor, id=account_id).row)


@router.put("/email/accounts/{account_id}/folders", response=list[EmailFolderOut], summary="Choose folders to read")
def email_folders_choose(request: StaffRequest, account_id: Id, data: EmailFoldersIn) -> Any:
    """All others are read no more; what was kept of them stays."""
    row = queries.account_get(actor=request.actor, id=account_id).row
    known = {one.folder.pk for one in queries.reconciled(actor=request.actor, account=row)}
    if set(data.chosen) - known:
        raise ValidationError({"chosen": gettext("Choose among the folders of this mailbox.")})
    services.folders_choose(actor=request.actor, account=row, chosen=data.chosen)
    return _folders(request, row)


@router.post("/email/accounts/{account_id}/folders/read", response=EmailReadOut, summary="Read a mailbox now")
def email_folders_read(request: StaffRequest, account_id: Id) -> Any:
    """Finds its folders, looks into the chosen ones and counts; 409 with the server's words where it lets nobody in."""
    found = queries.account_get(actor=request.actor, id=account_id)
    if not found.reads:
        raise HttpError(409, gettext("This account has no mailbox."))
    try:
        new = services.mailbox_read(actor=request.actor, account=found.row)
    except Unreachable as error:
        raise HttpError(409, gettext("The mailbox did not let us in: %(said)s") % {"said": str(error)}) from None
    return {"new": new, "folders": _folders(request, found.row)}


@router.get("/email/accounts/{account_id}/left-out", response=list[EmailLeftOutOut], summary="Mails not kept")
def email_left_out(request: StaffRequest, account_id: Id) -> Any:
    """The latest hundred, with why."""
    row = queries.account_get(actor=request.actor, id=account_id).row
    return [
        {"folder": one.folder.name, "uid": one.uid, "fate": one.fate, "why": reason_words(one.why), "at": one.at}
        for one in queries.not_kept(actor=request.actor, account=row)
    ]


# ── proofs ────────────────────────────────────────────────────────────────


def _proofs(request: StaffRequest, account_id: int) -> dict[str, Any]:
    shown = queries.account_get(actor=request.actor, id=account_id)
    return {
        "at": shown.row.proved_at, "stands": doctor.stands(shown.proofs), "marketing": shown.row.marketing,
        "record": shown.record, "record_value": shown.record_value,
        "proofs": [
            {
                "what": one.what, "state": one.state, "words": gettext(one.words) % one.figures, "record": one.record,
                "value": one.value,
            }
            for one in shown.proofs
        ],
    }  # fmt: skip


@router.get("/email/accounts/{account_id}/proofs", response=EmailProofsOut, summary="Is mail believed to be ours?")
def email_proofs(request: StaffRequest, account_id: Id) -> Any:
    """What was found of SPF, DKIM and DMARC when it was looked last, and what to publish."""
    return _proofs(request, account_id)


@router.post("/email/accounts/{account_id}/proofs/look", response=EmailProofsOut, summary="Look at the proofs again")
def email_proofs_look(request: StaffRequest, account_id: Id) -> Any:
    """Asks DNS now."""
    found = queries.account_get(actor=request.actor, id=account_id)
    services.proofs_look(actor=request.actor, account=found.row)
    return _proofs(request, account_id)


@router.post("/email/accounts/{account_id}/proofs/key", response=EmailProofsOut, summary="A new key to sign with")
def email_proofs_key(request: StaffRequest, account_id: Id) -> Any:
    """Under a selector of its own; publish `record`, then look again. The private half is never shown."""
    found = queries.account_get(actor=request.actor, id=account_id)
    with _refusals():
        services.dkim_make(actor=request.actor, account=found.row)
    return _proofs(request, account_id)


@router.put("/email/accounts/{account_id}/marketing", response=EmailProofsOut, summary="Let marketing go, or not")
def email_marketing(request: StaffRequest, account_id: Id, data: EmailMarketingIn) -> Any:
    """Only where the proofs stand; they are looked at now."""
    found = queries.account_get(actor=request.actor, id=account_id)
    with _refusals():
        services.marketing_set(actor=request.actor, account=found.row, on=data.on)
    return _proofs(request, account_id)
