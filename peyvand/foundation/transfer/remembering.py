"""How files were mapped, kept for the next one: by their titles without being asked, and as templates with a name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.text.lists import joined, quoted
from peyvand.foundation.transfer.errors import MappingError
from peyvand.foundation.transfer.guessing import remembered, title_key
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.transfer.queries import shape_of, sniffed_of
from peyvand.foundation.transfer.reading import Sniffed

LONGEST_NAME = 60
VIEW_ALL = "transfer.view_all"
# Of this one file, not of files like it.
NOT_KEPT = ("decimal_comma",)


def templates(*, actor: Actor, shape: str = "") -> list[MappingTemplate]:
    """The templates that the actor may use, by name; of one kind of file, or of all."""
    found = MappingTemplate.objects.visible_to(actor)
    found = found.filter(shape=shape) if shape else found
    return sorted(found, key=lambda one: (one.shape, fa_key(one.name)))


def template_get(*, actor: Actor, template_id: int) -> MappingTemplate:
    """One; MappingTemplate.DoesNotExist when there is none that the actor may use."""
    return MappingTemplate.objects.visible_to(actor).get(pk=template_id)


def may_change(actor: Actor, template: MappingTemplate) -> bool:
    """Its owner may, and whoever sees everybody's imports."""
    own = template.owner_id == actor.user_id and (actor.user_id is not None or actor.everything)
    return own or actor.may(VIEW_ALL)


def template_save(*, actor: Actor, one: Import, name: str, shared: bool = False) -> MappingTemplate:
    """Keep an import's mapping under a name; one's own template of that name is written over."""
    plain = _named(name)
    kept = _kept(one.mapping, sniffed_of(one), one.options)
    title = gettext("Template “%(name)s” kept") % {"name": plain}
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=title):
        template = MappingTemplate.objects.filter(owner_id=actor.user_id, shape=one.shape, name=plain).first()
        if template is None:
            template = MappingTemplate(owner_id=actor.user_id, owner_name=actor.name, shape=one.shape, name=plain)
        for field, value in {**kept, "shared": shared}.items():
            setattr(template, field, value)
        template.save()
    return template


def template_change(
    *, actor: Actor, template_id: int, name: str | None = None, shared: bool | None = None
) -> MappingTemplate:
    """Give a template another name, share it, or no longer. Raises NotAllowed, MappingError."""
    template = template_get(actor=actor, template_id=template_id)
    if not may_change(actor, template):
        raise NotAllowed(VIEW_ALL)
    template.name = _named(name) if name is not None else template.name
    template.shared = template.shared if shared is None else shared
    try:
        title = gettext("Template “%(name)s” changed") % {"name": template.name}
        with transaction.atomic(), change_set(actor=actor, kind="settings", title=title):
            template.save(update_fields=["name", "shared"])
    except IntegrityError:
        raise MappingError(_("There is a template of that name already.")) from None
    return template


def template_delete(*, actor: Actor, template_id: int) -> int:
    """Forget a template; gives the change set that brings it back."""
    template = template_get(actor=actor, template_id=template_id)
    if not may_change(actor, template):
        raise NotAllowed(VIEW_ALL)
    title = gettext("Template “%(name)s” removed") % {"name": template.name}
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=title) as made:
        template.delete()
    return made.pk


def template_mapping(template: MappingTemplate, one: Import) -> tuple[dict[str, int], dict[str, Any]]:
    """The places and options that a template gives an import's file, as far as its columns are there.

    MappingError when it is of another kind of file, or none of its columns is there.
    """
    if template.shape != one.shape:
        raise MappingError(_("This template is for another kind of file."))
    sniffed = sniffed_of(one)
    known = {column.name for column in shape_of(one.shape).columns}
    if template.places and not sniffed.format.header:
        found = {name: place for name, place in template.places.items() if place < len(sniffed.columns)}
    else:
        places = {title_key(title): place for place, title in enumerate(sniffed.columns)}
        found = {name: places[key] for name, key in template.mapping.items() if key in places}
    found = {name: place for name, place in found.items() if name in known}
    if not found:
        raise MappingError(_("The file has none of the columns of this template."))
    MappingTemplate.objects.filter(pk=template.pk).update(used_at=Now())
    return found, dict(template.options)


def apply_named(*, actor: Actor, name: str, one: Import, said: Mapping[str, Any]) -> None:
    """Map an import that is not kept yet as the template of that name says; what was said of its values stands above
    the template's. MappingError when there is no such template.
    """
    known = templates(actor=actor, shape=one.shape)
    chosen = next((template for template in known if template.name == name), None)
    if chosen is None:
        names = joined(quoted(template.name) for template in known) or "–"
        text = gettext("There is no template “{name}” for this kind of file. There are: {names}.")
        raise MappingError(text.format(name=name, names=names))
    places, options = template_mapping(chosen, one)
    given = {key: value for key, value in said.items() if value not in ("", None)}
    one.mapping, one.options = places, {**one.options, **options, **given}


def remember(*, actor: Actor, one: Import) -> None:
    """Keep how this file was mapped, for the next with just these titles; files without titles have nothing to know
    them by.
    """
    sniffed = sniffed_of(one)
    if not sniffed.format.header:
        return
    kept = _kept(one.mapping, sniffed, one.options)
    titles = kept.pop("titles")
    known = MappingTemplate.objects.filter(shape=one.shape, titles=titles, name="")
    if known.filter(**kept).exists():
        known.update(used_at=Now())
        return
    with change_set(actor=actor, kind="settings", title=gettext("Columns of a file remembered")):
        MappingTemplate.objects.update_or_create(
            shape=one.shape, titles=titles, name="", defaults={**kept, "used_at": Now()}
        )


def recalled(shape: str, titles: Sequence[str], sniffed: Sniffed) -> tuple[dict[str, int], Mapping[str, Any]] | None:
    """How a file with just these titles was mapped last, and what was said of its values."""
    if not sniffed.format.header:
        return None
    memory = MappingTemplate.objects.filter(shape=shape, titles=titles_digest(titles), name="").first()
    if memory is None:
        return None
    places = remembered(memory.mapping, sniffed)
    return None if places is None else (places, memory.options)


def titles_digest(titles: Iterable[str]) -> str:
    """By what a file's titles are known again."""
    return hashlib.sha256("\x1f".join(title_key(title) for title in titles).encode()).hexdigest()


def _kept(mapping: Mapping[str, int], sniffed: Sniffed, options: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a mapping: titles where the file has some, else places."""
    titles, header = sniffed.columns, sniffed.format.header
    return {
        "titles": titles_digest(titles),
        "mapping": {name: title_key(titles[place]) for name, place in mapping.items()} if header else {},
        "places": {} if header else dict(mapping),
        "width": len(titles),
        "options": {name: value for name, value in options.items() if name not in NOT_KEPT},
    }


def _named(name: str) -> str:
    plain = clean(name)
    if not fa_key(plain) or len(plain) > LONGEST_NAME:
        raise MappingError(_("Give the template a name of at most 60 letters."))
    return plain
