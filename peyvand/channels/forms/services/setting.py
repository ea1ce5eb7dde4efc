"""Verbs on forms: make, change, switch, remove, copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms import access, visitors
from peyvand.channels.forms.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.forms.kinds import Type
from peyvand.channels.forms.models import Form, FormVersion, Place
from peyvand.channels.forms.structure import LANGUAGES, Known, checked
from peyvand.channels.forms.suspicion import Defence
from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields.queries import custom_fields
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import clean
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.services import purposes_begin
from peyvand.memory.customers.fields import RECORD

TEXTS: Mapping[str, int] = {"title": 200, "intro": 2_000, "button": 60, "thanks": 2_000}
MOST_FORMS = 500
DEFENCES: Mapping[str, tuple[int, int]] = {
    "quick": (0, 60), "links": (0, 50), "per_address": (1, 1_000), "per_hour": (1, 10_000)
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FormData:
    """A form as it is to be; see models.Form. `structure` and `texts` None leave what is asked as it is."""

    name: str
    languages: Sequence[str] = ("fa", "en")
    places: Sequence[str] = (Place.LINK, Place.EMBED)
    structure: Mapping[str, Any] | None = None
    texts: Mapping[str, Mapping[str, str]] | None = None
    redirect_url: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    tags: Sequence[str] = ()
    opt_in: str = ""
    progressive: bool = False
    spam: Mapping[str, int] = field(default_factory=dict)


def known_of(actor: Actor) -> Known:
    """What a structure may speak of in the business one looks at."""
    purposes = Purpose.objects.filter(demo=actor.demo, archived=False).values_list("key", flat=True)
    return Known(
        types=Type.values, customs={one.key: one.kind for one in custom_fields(actor=actor, record=RECORD)},
        purposes=set(purposes), channels={one.name for one in registry.all(ConsentChannel)}, currencies=_Currencies(),
    )  # fmt: skip


def known_for_new(actor: Actor) -> Known:
    """The same, for who begins a form; a business without purposes gets the starting ones."""
    purposes_begin(demo=actor.demo)
    return known_of(actor)


class _Currencies(frozenset[str]):
    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and is_currency(code)


def form_save(*, actor: Actor, data: FormData, form: Form | None = None, version: int | None = None) -> Form:
    """Make a form (switched off) or change one; what is asked makes a new FormVersion where it changed.

    NotAllowed, InvalidError, ChangedMeanwhileError where `version` is not the newest, Form.DoesNotExist.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        made = Form(demo=actor.demo) if form is None else _locked(actor, form, version)
        if form is None and Form.objects.filter(demo=actor.demo).count() >= MOST_FORMS:
            raise InvalidError({"": _("There are too many forms already.")})
        _check(actor, data, made)
        structure = dict(made.structure) if data.structure is None else checked(data.structure, known=known_of(actor))
        texts = dict(made.texts) if data.texts is None else _texts(data.texts)
        made.name, made.languages = clean(data.name), [one for one in LANGUAGES if one in data.languages]
        made.places = [one for one in Place.values if one in data.places]
        made.redirect_url, made.owner_id, made.team_id = data.redirect_url.strip(), data.owner_id, data.team_id
        made.tags = list(dict.fromkeys(tag for one in data.tags if (tag := clean(one)[:60])))[:20]
        made.opt_in, made.progressive = data.opt_in, data.progressive
        made.spam = {**Defence().as_plain(), **made.spam, **data.spam}
        with change_set(actor=actor, kind="edit", title=gettext("Form “%(name)s”") % {"name": made.name}):
            _put(made, structure, texts)
    return made


def _put(form: Form, structure: dict[str, Any], texts: dict[str, Any]) -> None:
    """Save the form, with a version of what it asks where that changed."""
    fresh = form.latest == 0 or (form.structure, form.texts) != (structure, texts)
    form.structure, form.texts = structure, texts
    form.version += 1
    form.updated_at = timezone.now()
    if fresh:
        newest = FormVersion.objects.filter(form_id=form.pk).order_by("-number").first() if form.pk else None
        form.latest = newest.number + 1 if newest else 1
    form.save()
    if fresh:
        FormVersion.objects.create(demo=form.demo, form=form, number=form.latest, structure=structure, texts=texts)


def _locked(actor: Actor, form: Form, version: int | None) -> Form:
    found = Form.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=form.pk)
    if version is not None and version != found.version:
        raise ChangedMeanwhileError(version=found.version)
    return found


def _texts(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {
        name: texts
        for name, most in TEXTS.items()
        if (texts := {one: text for one in LANGUAGES if (text := clean(str(given.get(name, {}).get(one, "")))[:most])})
    }


def _check(actor: Actor, data: FormData, form: Form) -> None:
    errors: dict[str, Label] = {}
    if not clean(data.name) or len(clean(data.name)) > 120:
        errors["name"] = _("Give the form a name of at most 120 letters.")
    if not set(data.languages) & set(LANGUAGES):
        errors["languages"] = _("Choose at least one language.")
    if not set(data.places) & set(Place.values):
        errors["places"] = _("Choose at least one place where it may be filled in.")
    if data.redirect_url.strip() and not redirect_allowed(data.redirect_url.strip(), demo=actor.demo):
        errors["redirect_url"] = _("Only an https address on one of your web sites can be led on to.")
    colleague = User.objects.filter(pk=data.owner_id or 0, is_active=True)
    if data.owner_id and data.owner_id != form.owner_id and not colleague.exists():
        errors["owner_id"] = _("Choose a colleague who is active.")
    if data.team_id and not Team.objects.filter(pk=data.team_id).exists():
        errors["team_id"] = _("Choose one of the teams.")
    if data.opt_in and not Purpose.objects.filter(demo=actor.demo, key=data.opt_in, archived=False).exists():
        errors["opt_in"] = _("Choose one of the purposes.")
    for name, value in data.spam.items():
        low, high = DEFENCES.get(name, (0, -1))
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            errors[f"spam_{name}"] = gettext("Type a number from %(low)s to %(high)s.") % {"low": low, "high": high}
    if errors:
        raise InvalidError(errors)


def redirect_allowed(address: str, *, demo: bool) -> bool:
    """Whether a form may lead there: a web address on one of our sites (without TLS on this machine only)."""
    try:
        parts = urlsplit(address)
        host, local = parts.netloc, parts.hostname in ("localhost", "127.0.0.1")
    except ValueError:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        return False
    plain = "@" not in host and "\\" not in address and not any(letter <= " " for letter in address)
    return plain and len(address) <= 500 and visitors.host_known(host, demo=demo)


def asks_set(
    *, actor: Actor, form: Form, structure: Mapping[str, Any], version: int | None = None, title: str = ""
) -> int:
    """Write what a form asks; gives the change set. The errors of form_save."""
    actor.require(access.EDIT)
    with transaction.atomic():
        found = _locked(actor, form, version)
        kept = checked(structure, known=known_of(actor))
        named = title or gettext("Form “%(name)s”") % {"name": found.name}
        with change_set(actor=actor, kind="edit", title=named) as made:
            _put(found, kept, dict(found.texts))
    return made.pk


def form_switch(*, actor: Actor, form: Form, active: bool) -> int:
    """Open a form to those who fill it in, or close it; gives the change set. InvalidError where it asks nothing."""
    actor.require(access.EDIT)
    with transaction.atomic():
        found = _locked(actor, form, None)
        if active and not any(step.get("fields") for step in found.structure.get("steps", ())):
            raise InvalidError({"": _("Add at least one field before you open the form.")})
        title = gettext("Form “%(name)s” opened") if active else gettext("Form “%(name)s” closed")
        with change_set(actor=actor, kind="edit", title=title % {"name": found.name}) as made:
            found.active = active
            found.version += 1
            found.save(update_fields=["active", "version"])
    return made.pk


def form_remove(*, actor: Actor, form: Form) -> int:
    """Remove a form that nobody has filled in; gives the change set. InvalidError for one with results: close it."""
    actor.require(access.EDIT)
    with transaction.atomic():
        found = _locked(actor, form, None)
        if found.submissions.exists():
            raise InvalidError({"": _("It was filled in already; close it, and its results stay.")})
        with change_set(
            actor=actor, kind="edit", title=gettext("Form “%(name)s” removed") % {"name": found.name}
        ) as made:
            found.delete()
    return made.pk
