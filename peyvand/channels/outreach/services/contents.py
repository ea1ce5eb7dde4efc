"""Writing templates, and keeping what messages are made of."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access
from peyvand.channels.outreach.drawing import LANGUAGES, compiled
from peyvand.channels.outreach.errors import ChangedMeanwhileError, InvalidError, MergeError
from peyvand.channels.outreach.fields import known
from peyvand.channels.outreach.merging import fields_of
from peyvand.channels.outreach.models import Content, Template, TemplateText
from peyvand.channels.outreach.models.contents import Form
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.consents.models import Purpose

BODY_LENGTH = 100_000
SUBJECT_LENGTH = 300


@dataclass(frozen=True)
class TextData:
    """A text in one channel ("" for every plain one) and language; `form` is text or mjml."""

    body: str
    language: str
    channel: str = ""
    subject: str = ""
    form: str = Form.TEXT


@dataclass(frozen=True)
class ContentData:
    """What is to be said, not from a template: texts by channel and language. `title` names it in the ledger.

    `extra` are names of fields that the caller gives values for.
    """

    texts: Sequence[TextData]
    title: str = ""
    extra: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class TemplateData:
    """A template as it is to be."""

    name_fa: str = ""
    name_en: str = ""
    purpose: str = ""
    texts: Sequence[TextData] = field(default_factory=tuple)


def texts_checked(texts: Sequence[TextData], *, extra: Sequence[str] = ()) -> dict[str, dict[str, str]]:
    """The texts as they are kept, by "<channel>:<language>", MJML compiled; InvalidError, its names "body:<key>"."""
    kept: dict[str, dict[str, str]] = {}
    errors: dict[str, Label] = {}
    for text in texts:
        key = f"{text.channel}:{text.language}"
        body = text.body.replace("\x00", "").replace("\r\n", "\n").strip()
        subject = clean(text.subject)
        if not body:
            continue
        if text.language not in LANGUAGES:
            errors[f"language:{key}"] = _("Choose one of the languages.")
        elif text.form not in Form.values:
            errors[f"form:{key}"] = _("Choose how the text is written.")
        elif len(body) > BODY_LENGTH:
            errors[f"body:{key}"] = _("This text is too long.")
        elif len(subject) > SUBJECT_LENGTH:
            errors[f"subject:{key}"] = _("This subject is too long.")
        else:
            try:
                kept[key] = _kept(text, body=body, subject=subject, extra=extra)
            except MergeError as error:
                errors[f"body:{key}"] = _("Line %(line)s: %(why)s") % {"line": error.line, "why": error.message}
            except InvalidError as error:
                errors[f"body:{key}"] = next(iter(error.errors.values()))
    if errors:
        raise InvalidError(errors)
    if not kept:
        raise InvalidError({"body": _("Write what is to be said.")})
    return kept


def _kept(text: TextData, *, body: str, subject: str, extra: Sequence[str]) -> dict[str, str]:
    for name in fields_of(body) | fields_of(subject):
        if not known(name, extra):
            raise InvalidError({"body": _("There is no field named “%(name)s”.") % {"name": name}})
    kept = {"form": str(text.form), "subject": subject, "body": body}
    if text.form == Form.MJML:
        kept["html"] = compiled(body, text.language)
        fields_of(kept["html"])  # what was torn by compiling is found here
    return kept


def content_keep(*, demo: bool, texts: Mapping[str, Any], title: str = "", template: Template | None = None) -> Content:
    """The content of these texts: the one that is there already, or a new one."""
    plain = json.dumps(texts, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(f"{template.pk if template else ''}\n{plain}".encode()).hexdigest()
    made, _new = Content.objects.get_or_create(
        demo=demo, digest=digest, defaults={"texts": texts, "title": title[:200], "template": template}
    )
    return made


def content_of(*, actor: Actor, given: ContentData | Template | Content | str) -> Content:
    """What is said, as it is kept: a template's present texts, or texts of one's own. InvalidError.

    A string is the key of a template.
    """
    if isinstance(given, Content):
        return given
    if isinstance(given, ContentData):
        return content_keep(demo=actor.demo, texts=texts_checked(given.texts, extra=given.extra), title=given.title)
    if isinstance(given, str):
        found = Template.objects.filter(demo=actor.demo, key=given, archived=False).first()
        if found is None:
            raise InvalidError({"template": _("There is no such template.")})
        given = found
    rows = TemplateText.objects.filter(template=given)
    data = [TextData(row.body, row.language, row.channel, row.subject, row.form) for row in rows]
    return content_keep(demo=actor.demo, texts=texts_checked(data), title=given.name, template=given)


def template_save(
    *, actor: Actor, data: TemplateData, template: Template | None = None, key: str = "", version: int | None = None
) -> Template:
    """Write a template or change one, its texts as a whole. NotAllowed, InvalidError, ChangedMeanwhileError."""
    actor.require(access.WRITE)
    names = {"name_fa": clean(data.name_fa), "name_en": clean(data.name_en)}
    errors: dict[str, Label] = {}
    if not (fa_key(names["name_fa"]) or fa_key(names["name_en"])) or any(len(one) > 120 for one in names.values()):
        errors["name_fa"] = _("Give it a name of at most 120 letters.")
    if data.purpose and not Purpose.objects.filter(demo=actor.demo, key=data.purpose).exists():
        errors["purpose"] = _("Choose one of the purposes.")
    if errors:
        raise InvalidError(errors)
    texts = texts_checked(data.texts)
    with transaction.atomic():
        made = template or Template(demo=actor.demo, version=0, key=_free_key(actor.demo, key or names["name_en"]))
        if template is not None:
            made = Template.objects.select_for_update(of=("self",)).get(pk=template.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        made.name_fa, made.name_en, made.purpose = names["name_fa"], names["name_en"], data.purpose
        made.version, made.updated_at = made.version + 1, timezone.now()
        title = gettext("Template “%(name)s”") % {"name": made.name}
        with change_set(actor=actor, kind="edit", title=title):
            made.save()
            _texts_put(made, texts)
    return made


def _texts_put(template: Template, texts: Mapping[str, Mapping[str, str]]) -> None:
    there = {f"{row.channel}:{row.language}": row for row in TemplateText.objects.filter(template=template)}
    for key, row in there.items():
        if key not in texts:
            row.delete()
    for key, text in texts.items():
        channel, _sign, language = key.rpartition(":")
        row = there.get(key) or TemplateText(
            demo=template.demo, template=template, channel=channel, language=language
        )  # fmt: skip
        if (row.form, row.subject, row.body) != (text["form"], text["subject"], text["body"]):
            row.form, row.subject, row.body = text["form"], text["subject"], text["body"]
            row.save()


def _free_key(demo: bool, wanted: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", fa_key(wanted)).strip("-")[:50] or "template"
    key, number = base, 2
    while Template.objects.filter(demo=demo, key=key).exists():
        key, number = f"{base}-{number}", number + 1
    return key


def template_archive(*, actor: Actor, template: Template, archived: bool) -> int:
    """Put a template away, or bring it back; gives the change set."""
    actor.require(access.WRITE)
    with transaction.atomic():
        found = Template.objects.select_for_update(of=("self",)).get(pk=template.pk, demo=actor.demo)
        title = gettext("Template archived") if archived else gettext("Template brought back")
        with change_set(actor=actor, kind="edit", title=title) as made:
            found.archived = archived
            found.save(update_fields=["archived"])
    return made.pk
