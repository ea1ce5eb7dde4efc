"""Calls of providers with an API, read by django-anymail's own classes: whose they are, and what is in them.

Mailgun, MailerSend and Resend sign their calls, and are believed by that. The others sign nothing: what proves theirs
is the account's own address, which nobody else knows.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import quote

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import secrets_of
from peyvand.channels.email.speaking.providers import PROVIDERS, backend_of
from peyvand.channels.email.wires import Unreachable
from peyvand.channels.outreach.declarations import HookRequest
from peyvand.foundation.outside.requesting import request as ask
from peyvand.foundation.webhooks.signing import signature

LARGEST = 40 * 2**20
WHOLE = "body-mime"
PATIENCE = 300  # seconds by which a signed call may be late
TIMEOUT = 20.0
# What parsers stumble over when a call is of another form than the document's.
ODD = (AnymailError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


class NotTheirsError(Exception):
    """The call is not signed as the provider signs."""


class UnreadError(Exception):
    """The call is of no form that the provider documents."""


def events_of(account: EmailAccount, asked: HookRequest) -> Sequence[Any]:
    """What happened to messages, as Anymail's AnymailTrackingEvent. NotTheirsError, UnreadError."""
    view, request = _view(account, "Tracking"), _request(asked)
    _check(account, view, request, asked)
    try:
        events: Sequence[Any] = view.parse_events(request)
    except ODD as error:
        raise UnreadError from error
    return events


def mails_of(account: EmailAccount, asked: HookRequest) -> list[bytes]:
    """Mails that came in, each whole, or as whole as the provider left it. NotTheirsError, UnreadError, Unreachable."""
    provider = PROVIDERS.get(account.provider)
    if provider is None or not provider.mails:
        raise UnreadError
    view, request = _view(account, "Inbound"), _request(asked)
    _check(account, view, request, asked)
    if WHOLE in asked.form:  # Mailgun's, as it came: its own signature can still be looked at
        return [asked.form[WHOLE].encode("utf-8", "surrogateescape")]
    try:
        raw = _RAW.get(account.provider)
        if raw is not None:
            return raw(json.loads(asked.body))
        return [_rebuilt(event.message) for event in view.parse_events(request)]
    except ODD as error:
        raise UnreadError from error


def _relayed(given: Any) -> list[bytes]:
    """SparkPost's; read here, as mail need not be UTF-8."""
    contents = [one["msys"]["relay_message"]["content"] for one in given if one["msys"]]
    return [
        b64decode(one["email_rfc822"]) if one["email_rfc822_is_base64"] else one["email_rfc822"].encode()
        for one in contents
    ]


def _routed(given: Any) -> list[bytes]:
    """MailerSend's."""
    return [given["data"]["raw"].encode("utf-8", "surrogatepass")]


_RAW: Mapping[str, Callable[[Any], list[bytes]]] = {"sparkpost": _relayed, "mailersend": _routed}


def _rebuilt(message: Any) -> bytes:
    """A mail put together anew of its parts: what it was signed over is gone, so that its signature says nothing."""
    del message["DKIM-Signature"]
    if message.envelope_recipient:
        message["X-Envelope-To"] = " ".join(str(message.envelope_recipient).split())
    made: bytes = message.as_bytes()
    return made


# ── whose it is ───────────────────────────────────────────────────────────


def _view(account: EmailAccount, kind: str) -> Any:
    """Anymail's view for that provider, with the account's keys. NotTheirsError where it can't know a signature."""
    kept = secrets_of(account)
    name = account.provider
    # With a word of its own Anymail does not warn that it knows no secret: the address's token has been asked for.
    keys: dict[str, Any] = {"webhook_secret": [account.hook]}
    if name == "mailgun":
        keys = {"webhook_signing_key": kept.get("webhook_signing_key") or kept.get("api_key", "")}
    elif name == "mailersend":
        secret = "signing_secret" if kind == "Tracking" else "inbound_secret"
        keys = {secret: kept.get(secret, "")}
    elif name == "brevo" and kind == "Inbound":
        keys["api_key"] = kept.get("api_key", "")
    if name in ("mailgun", "mailersend") and not all(keys.values()):
        raise NotTheirsError
    made = getattr(import_module(f"anymail.webhooks.{name}"), f"{backend_of(account).esp_name}{kind}WebhookView")
    try:
        view = made(**keys)
    except ODD as error:
        raise NotTheirsError from error
    if name == "brevo" and kind == "Inbound":
        view._fetch_attachment = partial(_fetched, view.api_url, view.api_key)
    return view


def _check(account: EmailAccount, view: Any, request: HttpRequest, asked: HookRequest) -> None:
    try:
        if account.provider in ("mailgun", "mailersend"):
            view.run_validators(request)
        elif account.provider == "resend" and not _signed(secrets_of(account).get("signing_secret", ""), asked):
            raise NotTheirsError
    except (AnymailWebhookValidationFailure, *ODD) as error:
        raise NotTheirsError from error


def _signed(secret: str, asked: HookRequest) -> bool:
    """Svix's signature, which is that of Standard Webhooks under other names of headers."""
    told = {name: asked.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    if not secret or not told["id"] or not told["timestamp"].isdecimal() or len(told["timestamp"]) > 12:
        return False
    at = int(told["timestamp"])
    if abs(timezone.now().timestamp() - at) > PATIENCE:
        return False
    right = signature(secret, message_id=told["id"], timestamp=at, body=asked.body)
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in told["signature"].split())


def _request(asked: HookRequest) -> HttpRequest:
    """The call as Django would have it."""
    made = HttpRequest()
    made.method = asked.method
    made.content_type = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    made.META = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asked.headers.items()}
    form = QueryDict(mutable=True)
    form.update(dict(asked.form))
    made.POST = form  # type: ignore[assignment]
    for name, one in asked.files.items():
        made.FILES.setlist(name, one if isinstance(one, list) else [one])
    made._body = asked.body
    return made


def _fetched(api_url: str, key: str, attachment: Mapping[str, Any]) -> AnymailInboundMessage:
    """A file of Brevo's, which its call only names."""
    url = f"{api_url}inbound/attachments/{quote(str(attachment['DownloadToken']), safe='')}"
    found = ask(url, method="GET", headers={"api-key": key}, timeout=TIMEOUT, most_read=LARGEST)
    if not found.taken or not found.whole:
        raise Unreachable(f"{found.status or found.error}")
    kind = found.headers.get("content-type") or attachment.get("ContentType") or "application/octet-stream"
    return AnymailInboundMessage.construct_attachment(
        content_type=kind, content=found.raw, filename=attachment.get("Name"), content_id=attachment.get("ContentID")
    )
