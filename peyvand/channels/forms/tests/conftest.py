"""Forms to fill in, and pages that have been open for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import TimestampSigner

from peyvand.channels.forms import stamping
from peyvand.channels.forms.models import Form
from peyvand.channels.forms.services import FormData, Given, form_save, form_switch
from peyvand.channels.forms.stamping import stamp_make
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.outreach.tests.conftest import providers as providers
from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.actor import Actor

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "type": "text", "label": {"fa": "نام", "en": "Name"}, "map": "name"},
    {"key": "email", "type": "email", "label": {"fa": "رایانامه", "en": "E-mail"}, "map": "email"},
    {"key": "phone", "type": "phone", "label": {"fa": "تلفن", "en": "Phone"}, "map": "phone"},
    {"key": "city", "type": "text", "label": {"fa": "شهر", "en": "City"}, "map": "city"},
    {"key": "words", "type": "long", "label": {"fa": "پیام", "en": "Message"}},
]
NEWS = {
    "key": "news", "type": "consent", "label": {"fa": "خبر می‌خواهم", "en": "Send me news"}, "purpose": "news",
    "channel": "email",
}  # fmt: skip


def steps(*fields: Mapping[str, Any]) -> dict[str, Any]:
    """A structure of one step."""
    return {"steps": [{"key": "s1", "fields": list(fields)}]}


def open_stamp(form: Form, *, seconds: float = 60) -> str:
    """The stamp of a page that was opened so long ago."""
    made = stamp_make(form.key)
    value, at, _mac = made.rsplit(":", 2)
    signer = TimestampSigner(salt=stamping.SALT)
    earlier = stamping.b62_decode(at) - int(timedelta(seconds=seconds).total_seconds())
    text = f"{value}:{_b62(earlier)}"
    return f"{text}:{signer.signature(text)}"


def _b62(number: int) -> str:
    letters, made = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", ""
    while number:
        number, place = divmod(number, 62)
        made = letters[place] + made
    return made


def given(form: Form, answers: Mapping[str, Any], **more: Any) -> Given:
    """One press of the button on a page that was open for a minute."""
    return Given(answers=answers, stamp=more.pop("stamp", "") or open_stamp(form), **more)


@pytest.fixture
def form(actor: Actor) -> Callable[..., Form]:
    """Makes an open form: form(field, field, opt_in="news")."""

    def make(*fields: Mapping[str, Any], texts: Any = None, steps_: Any = None, **more: Any) -> Form:
        more.setdefault("places", ["link", "embed", "chat", "kiosk"])
        data = FormData(name=more.pop("name", "Contact"), structure=steps_ or steps(*(fields or FIELDS)),
                        texts=texts or {}, **more)  # fmt: skip
        made = form_save(actor=actor, data=data)
        form_switch(actor=actor, form=made, active=True)
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def shop(db: None) -> Site:
    """A site of ours."""
    return Site.objects.create(name="Shop", hosts=["shop.example"])
