"""Providers with an API of their own, through django-anymail 15 (its documentation of 2026-09): tried here against a
server of our own that speaks as Postmark's does, the others by Anymail's own tests.

Of their answers one thing matters most, as with gateways of text messages: whether a message was certainly not taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formataddr
from importlib import import_module
from typing import Any

import requests
from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import secrets_of
from peyvand.channels.email.speaking.lines import LONG_PAUSE, PAUSE
from peyvand.channels.email.speaking.mime import good_address, headers_of, message_id, one_line
from peyvand.channels.outreach.declarations import Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.handing import answered, note
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.registry.declarations import Label

DOCUMENT = "django-anymail 15"
TIMEOUT = 20
_MEND = frozenset({401, 402, 403})
_CARRIED = ("Reply-To", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
            "Message-ID", "X-Auto-Response-Suppress")  # fmt: skip


@dataclass(frozen=True)
class Key:
    """What a provider gives: its name in Anymail and its label; `hidden` is typed like a password."""

    name: str
    label: Label
    hidden: bool = True


@dataclass(frozen=True)
class Provider:
    """A provider of Anymail. `backend` is the module of its backend, `fixed` what is the same for every account.

    `calls` are keys by which its calls are known as its own, of a provider that signs them; `marks`: a message may bear
    our own id, which comes back with its events. `mails`: its calls with mail hold the mail.
    """

    name: str
    label: Label
    backend: str
    keys: Sequence[Key]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    calls: Sequence[Key] = ()
    marks: bool = True
    mails: bool = True


MARK = "peyvand"
_API_KEY = Key("api_key", _("API key"))
_SIGNING = Key("signing_secret", _("Signing secret of webhooks"))
PROVIDERS: Mapping[str, Provider] = {
    one.name: one
    for one in (
        Provider(
            "mailgun",
            "Mailgun",
            "mailgun",
            (_API_KEY, Key("sender_domain", _("Sending domain"), hidden=False)),
            calls=(Key("webhook_signing_key", _("Signing key of webhooks")),),
        ),
        Provider("postmark", "Postmark", "postmark", (Key("server_token", _("Server token")),)),
        Provider("brevo", "Brevo", "brevo", (_API_KEY,)),
        Provider("resend", "Resend", "resend", (_API_KEY,), calls=(_SIGNING,), mails=False),
        Provider("mailjet", "Mailjet", "mailjet", (_API_KEY, Key("secret_key", _("Secret key")))),
        Provider("sparkpost", "SparkPost", "sparkpost", (_API_KEY,)),
        Provider(
            "mailersend",
            "MailerSend",
            "mailersend",
            (Key("api_token", _("API token")),),
            calls=(_SIGNING, Key("inbound_secret", _("Secret of the inbound route"))),
            marks=False,
        ),
    )
}


def backend_of(account: EmailAccount) -> Any:
    """Anymail's backend with this account's keys."""
    provider = PROVIDERS[account.provider]
    kept = secrets_of(account)
    keys = {one.name: kept.get(one.name, "") for one in provider.keys}
    made = import_module(f"anymail.backends.{provider.backend}").EmailBackend
    return made(**keys, **provider.fixed, timeout=TIMEOUT)


def calls_known(account: EmailAccount) -> bool:
    """Whether the calls of the account's provider can be told from others': of one that signs, by the key for that."""
    provider = PROVIDERS.get(account.provider)
    if provider is None or not provider.calls or provider.name == "mailgun":  # Mailgun's older key is that of its API
        return True
    return bool(secrets_of(account).get(provider.calls[0].name))


def send(account: EmailAccount, messages: Sequence[Outgoing], files: Mapping[int, StoredFile]) -> list[Outcome]:
    """Hand them over one after the other, over one connection."""
    backend = backend_of(account)
    said: list[Outcome] = []
    try:
        backend.open()
        for out in messages:
            said.append(_one(backend, account, out, files))
            answered(said[-1:])
    finally:
        backend.close()
    return said


def _one(backend: Any, account: EmailAccount, out: Outgoing, files: Mapping[int, StoredFile]) -> Outcome:
    try:
        mail = _mail(account, out, files)
    except (ValueError, FileNotFoundError) as error:
        return Outcome(out.id, Said.FAILED, code="address" if isinstance(error, ValueError) else "file-gone")
    note([out.id])
    try:
        backend.send_messages([mail])
    except AnymailError as error:
        return _refused(out, error)
    status = getattr(mail, "anymail_status", None)
    theirs = str(getattr(status, "message_id", "") or "")[:200] or message_id(out.uid, account)
    states: set[str] = set(getattr(status, "status", None) or ())
    if states & {"rejected", "invalid", "failed"}:
        hard = "hard-bounce" if "invalid" in states else ""
        return Outcome(out.id, Said.FAILED, theirs, code=sorted(states)[0], suppress=hard)
    return Outcome(out.id, Said.SENT if states & {"sent", "queued"} else Said.UNKNOWN, theirs, code="".join(states))


def _mail(account: EmailAccount, out: Outgoing, files: Mapping[int, StoredFile]) -> EmailMultiAlternatives:
    made = dict(headers_of(account, out))
    name = account.from_name_en if out.language == "en" else account.from_name_fa
    sender = formataddr((one_line(name or account.name), good_address(account.address)))
    mail = EmailMultiAlternatives(
        subject=one_line(out.subject) or one_line(out.text)[:70], body=out.text, from_email=sender,
        to=[formataddr((one_line(out.to_name), good_address(out.to)))],
        headers={name: made[name].replace("\r\n", "") for name in _CARRIED if name in made},
    )  # fmt: skip
    if PROVIDERS[account.provider].marks:
        mail.metadata = {MARK: str(out.uid)}  # type: ignore[attr-defined]  # Anymail's
    if out.html:
        mail.attach_alternative(out.html, "text/html")
    for one in (files[pk] for pk in out.files if pk in files):
        mail.attach(one.name, one.path.read_bytes(), one.content_type or "application/octet-stream")
    return mail


def _refused(out: Outgoing, error: AnymailError) -> Outcome:
    """What a failure means. Its text holds no key: Anymail's own words are not kept, but the provider's answer is."""
    status = getattr(error, "status_code", None)
    response = getattr(error, "response", None)
    text = " ".join(str(getattr(response, "text", "") or "").split())[:300]
    if status is None:
        taken = not isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)) and not (
            isinstance(error, requests.exceptions.ConnectionError) and "Max retries" in str(error.__cause__)
        )
        if not isinstance(error, requests.exceptions.RequestException):
            return Outcome(out.id, Said.FAILED, code=type(error).__name__[:60])
        said = Said.UNKNOWN if taken else Said.AGAIN
        return Outcome(out.id, said, code="connect", after=PAUSE if said == Said.AGAIN else 0.0)
    if status in _MEND:
        return Outcome(out.id, Said.AGAIN, code=str(status), text=text, after=LONG_PAUSE)
    if status == 429:
        return Outcome(out.id, Said.AGAIN, code="429", text=text, after=PAUSE)
    if status >= 500:
        return Outcome(out.id, Said.UNKNOWN, code=str(status), text=text)
    return Outcome(out.id, Said.FAILED, code=str(status), text=text)
