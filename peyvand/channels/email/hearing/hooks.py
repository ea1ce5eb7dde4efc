"""What a provider calls an account's own address with: mail that came in, and below it, at …/events/, what became of
messages of ours.

Mail comes whole: the body of the POST is the mail (message/rfc822, or whatever it is called), or it lies in a field of
a form ("body-mime" of Mailgun's routes to …/mime, "email" of SendGrid's raw Inbound Parse, "mime", "raw"), or in
Postmark's JSON ("RawEmail", when it is asked to send it along). Or, from a provider with an API, taken apart: then it
is put together again. Documents of 2026-11; tried against calls of our own making.

What can't be kept now is answered with an error, so that the provider comes again.
"""

from __future__ import annotations

import json
import logging
import re

from django.db import transaction
from django.utils import timezone

from peyvand.channels.email.hearing.calling import LARGEST, WHOLE, NotTheirsError, UnreadError, events_of, mails_of
from peyvand.channels.email.hearing.events import event_take
from peyvand.channels.email.hearing.listening import heard
from peyvand.channels.email.hearing.proving import KeyFinder, key_of
from peyvand.channels.email.hearing.taking import take, understood
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking.providers import PROVIDERS
from peyvand.channels.email.wires import Unreachable
from peyvand.channels.outreach.declarations import HookAnswer, HookRequest

FIELDS = (WHOLE, "email", "mime", "raw", "RawEmail")
EVENTS = "events"
logger = logging.getLogger(__name__)
_HEADER = re.compile(rb"\A(?:>?From [^\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]*:")


def receive(request: HookRequest, *, key_finder: KeyFinder = key_of) -> HookAnswer:
    """One call; 404 for an address that is nobody's, 403 for what the provider has not signed, 400 for what can't be
    read. What comes twice is taken once.
    """
    account = EmailAccount.objects.filter(hook=request.token, enabled=True).first()
    if account is None or request.what not in ("", EVENTS):
        return HookAnswer(status=404)
    if request.method != "POST":
        return HookAnswer(status=405)
    try:
        return _events(account, request) if request.what else _mails(account, request, key_finder)
    except NotTheirsError:
        logger.warning("account of e-mail %s: a call is not signed as %s signs", account.pk, account.provider)
        return HookAnswer(status=403)
    except UnreadError:
        return HookAnswer(status=400)
    except Unreachable:
        return HookAnswer(status=503)


def _events(account: EmailAccount, request: HookRequest) -> HookAnswer:
    if account.provider not in PROVIDERS:
        return HookAnswer(status=404)
    for event in events_of(account, request):
        event_take(account, event)
    return HookAnswer(status=200, body="OK")


def _mails(account: EmailAccount, request: HookRequest, key_finder: KeyFinder) -> HookAnswer:
    raw = raw_of(request)
    signed = account.provider == "mailgun" and bool(request.form)
    mails = [raw] if _is_mail(raw) and not signed else mails_of(account, request)
    if not all(_is_mail(one) for one in mails):
        return HookAnswer(status=400)
    for one in mails:
        found = understood(account, one, key_finder=key_finder)
        with transaction.atomic():
            take(account, found, at=timezone.now())
    heard(account)
    return HookAnswer(status=200, body="OK")


def _is_mail(raw: bytes) -> bool:
    return bool(raw) and len(raw) <= LARGEST and _HEADER.match(raw) is not None


def raw_of(request: HookRequest) -> bytes:
    """The mail in a call, wherever it lies; b"" where there is none."""
    for name in FIELDS:
        if name in request.form:
            return request.form[name].encode("utf-8", "surrogateescape")
        if name in request.files:
            one = request.files[name]
            content: bytes = (one[0] if isinstance(one, list) else one).read()
            return content
    if "json" in request.headers.get("content-type", ""):
        try:
            given = json.loads(request.body)
        except ValueError:
            return b""
        found = next((given[name] for name in FIELDS if isinstance(given.get(name), str)), "") if isinstance(
            given, dict
        ) else ""  # fmt: skip
        return found.encode("utf-8", "surrogatepass")
    return request.body
