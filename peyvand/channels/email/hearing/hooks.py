"""Mail that a provider hands over: whole, as it came, at an account's own address.

Raw: the body of the POST is the mail (message/rfc822, or whatever it is called), or it lies in a field of a form
("body-mime" of Mailgun's routes to …/mime, "email" of SendGrid's raw Inbound Parse, "mime", "raw"), or in Postmark's
JSON ("RawEmail", when it is asked to send it along). Documents of 2026-11; tried against forms of our own making.

What can't be kept now is answered with an error, so that the provider comes again.
"""

from __future__ import annotations

import json
import re

from django.db import transaction
from django.utils import timezone

from peyvand.channels.email.hearing.listening import heard
from peyvand.channels.email.hearing.proving import KeyFinder, key_of
from peyvand.channels.email.hearing.taking import take, understood
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.outreach.declarations import HookAnswer, HookRequest

FIELDS = ("body-mime", "email", "mime", "raw", "RawEmail")
LARGEST = 40 * 2**20
_HEADER = re.compile(rb"\A(?:>?From [^\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]*:")


def receive(request: HookRequest, *, key_finder: KeyFinder = key_of) -> HookAnswer:
    """One mail; 404 for an address that is nobody's, 400 for what is no mail. What comes twice is taken once."""
    account = EmailAccount.objects.filter(hook=request.token, enabled=True).first()
    if account is None:
        return HookAnswer(status=404)
    if request.method != "POST":
        return HookAnswer(status=405)
    raw = raw_of(request)
    if not raw or len(raw) > LARGEST or not _HEADER.match(raw):
        return HookAnswer(status=400)
    found = understood(account, raw, key_finder=key_finder)
    with transaction.atomic():
        take(account, found, at=timezone.now())
    heard(account)
    return HookAnswer(status=200, body="OK")


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
