"""Verbs on custom fields, views of lists and hiding; and the check of custom values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields import access, queries
from peyvand.foundation.fields.declarations import PREFIX, Field
from peyvand.foundation.fields.errors import InvalidError, ValueRefusedError
from peyvand.foundation.fields.kinds import WITH_CHOICES, FieldKind, kept
from peyvand.foundation.fields.models import CustomField, ListChoice, SavedView
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key

MOST_FIELDS = 200
MOST_CHOICES = 300
MOST_VIEWS = 100
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, kw_only=True)
class FieldData:
    """A custom field as it is to be. `choices`: a line each, "fa" or "fa | en"; `key` "" makes one of the label."""

    kind: str
    label_fa: str = ""
    label_en: str = ""
    key: str = ""
    help: str = ""
    choices: str = ""
    currency: str = ""
    required: bool = False


def field_save(*, actor: Actor, record: str, data: FieldData, field: CustomField | None = None) -> CustomField:
    """Add a field, or change one; its key and kind stay as they were made. Raises NotAllowed and InvalidError."""
    actor.require(access.MANAGE)
    queries.record_type(record)
    values = _checked(data, field)
    with transaction.atomic():
        if field is None:
            found = CustomField.objects.select_for_update().filter(record=record)
            taken = set(found.values_list("key", flat=True))
            if len(taken) >= MOST_FIELDS:
                raise InvalidError({"__all__": _("There are too many fields already.")})
            key = data.key.strip().lower() or key_of(values["label_en"] or values["label_fa"], taken)
            if not KEY.fullmatch(key):
                raise InvalidError({"key": _("A key begins with a Latin letter and has letters, digits and _ only.")})
            if key in taken:
                raise InvalidError({"key": _("There is a field with this key already, perhaps an archived one.")})
            field = CustomField(demo=actor.demo, record=record, key=key, kind=data.kind, position=len(taken))
        for name, value in values.items():
            setattr(field, name, value)
        title = gettext("Field “%(name)s”") % {"name": field.label}
        with change_set(actor=actor, kind="settings", title=title):
            field.save()
    return field


def _checked(data: FieldData, field: CustomField | None) -> dict[str, Any]:
    errors: dict[str, Label] = {}
    fa, en = clean(data.label_fa), clean(data.label_en)
    if not fa_key(fa) and not fa_key(en):
        errors["label_fa"] = _("Type what the field is called.")
    if max(len(fa), len(en)) > 80 or len(clean(data.help)) > 200:
        errors["label_fa"] = _("This is too long.")
    kind = field.kind if field is not None else data.kind
    if kind not in FieldKind.values:
        errors["kind"] = _("Choose what the field holds.")
    choices: list[dict[str, str]] = []
    if kind in WITH_CHOICES:
        choices = _choices(data.choices, before=field.choices if field is not None else [])
        if not choices:
            errors["choices"] = _("Type at least one choice, a line each.")
        elif len(choices) > MOST_CHOICES:
            errors["choices"] = _("These are too many choices.")
    if kind == FieldKind.MONEY and not is_currency(data.currency):
        errors["currency"] = _("Choose the currency of the amounts.")
    if errors:
        raise InvalidError(errors)
    return {
        "label_fa": fa, "label_en": en, "help": clean(data.help), "choices": choices, "required": data.required,
        "currency": data.currency if kind == FieldKind.MONEY else "",
    }  # fmt: skip


def _choices(text: str, *, before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Lines as choices; a line that is called as an earlier choice keeps its key, so that values stay."""
    known = {fa_key(str(one.get(name, ""))): one["key"] for one in before for name in ("en", "fa") if one.get(name)}
    taken = {one["key"] for one in before}
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        fa, _bar, en = line.partition("|")
        fa, en = clean(fa)[:80], clean(en)[:80]
        said = fa or en
        if not fa_key(said):
            continue
        key = known.get(fa_key(fa)) or known.get(fa_key(en) or "\x00") or key_of(en or fa, taken)
        taken.add(key)
        found.setdefault(key, {"key": key, "fa": fa, "en": en})
    return list(found.values())


_PERSIAN = "اآبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_SOUNDS = "a a b p t s j ch h kh d z r z zh s sh s z t z a gh f gh k g l m n v h i"
_LATIN = dict(zip(_PERSIAN, _SOUNDS.split(), strict=True))


def key_of(label: str, taken: set[str]) -> str:
    """A key made of a label's letters, Persian ones by their sound, that nobody has."""
    text = "".join(_LATIN.get(letter, letter) for letter in fa_key(label))
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:30]
    base = plain if plain and plain[0].isalpha() else f"f_{plain}".rstrip("_")
    key, place = base, 2
    while key in taken:
        key, place = f"{base}_{place}", place + 1
    return key


def field_archive(*, actor: Actor, field: CustomField, archived: bool) -> int:
    """Show the field nowhere any more, its values kept; or show it again. Gives the change set to undo."""
    actor.require(access.MANAGE)
    title = gettext("Field “%(name)s” archived") if archived else gettext("Field “%(name)s” brought back")
    with change_set(actor=actor, kind="settings", title=title % {"name": field.label}) as made:
        field.archived = archived
        field.save(update_fields=["archived"])
    return made.pk


def field_move(*, actor: Actor, field: CustomField, up: bool) -> None:
    """One place up or down among those in use."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        rows = list(queries.custom_fields(actor=actor, record=field.record).select_for_update())
        place = next((at for at, one in enumerate(rows) if one.pk == field.pk), -1)
        other = place - 1 if up else place + 1
        if place < 0 or not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        with change_set(actor=actor, kind="settings", title=gettext("Order of fields")):
            for at, one in enumerate(rows):
                if one.position != at:
                    one.position = at
                    one.save(update_fields=["position"])


def values_checked(
    *, fields: Mapping[str, Field], given: Mapping[str, Any], before: Mapping[str, Any], by_hand: bool = False
) -> dict[str, Any]:
    """A record's `custom` as it is to be kept: `before` with what is given, by field name with or without its prefix.

    None or an empty value takes a value out. Raises InvalidError by full field name; a name that no field has is one
    of them. Whether all that are required are there is asked where a person fills in a whole form.
    """
    errors: dict[str, Label] = {}
    found = dict(before)
    for name, raw in given.items():
        full = name if name.startswith(PREFIX) else f"{PREFIX}{name}"
        field = fields.get(full)
        if field is None:
            errors[full] = _("There is no such field.")
            continue
        try:
            value = kept(field, raw, by_hand=by_hand)
        except ValueRefusedError as error:
            errors[full] = str(error)
            continue
        if value is None:
            found.pop(field.key, None)
        else:
            found[field.key] = value
    if errors:
        raise InvalidError(errors)
    return found


# ── views of lists ────────────────────────────────────────────────────────


def view_save(
    *, actor: Actor, record: str, name: str, query: str, shared: bool = False, view: SavedView | None = None
) -> SavedView:
    """Keep a list's conditions, order and columns under a name, or change a view. Raises NotAllowed, InvalidError."""
    _may_keep(actor, record, view, shared)
    plain = clean(name)
    if not fa_key(plain) or len(plain) > 60:
        raise InvalidError({"name": _("Type a name of at most 60 letters.")})
    if len(query) > 2000:
        raise InvalidError({"__all__": _("These are too many conditions for one view.")})
    with transaction.atomic():
        if view is None:
            mine = SavedView.objects.filter(demo=actor.demo, record=record, owner_id=actor.user_id)
            if mine.count() >= MOST_VIEWS:
                raise InvalidError({"__all__": _("You have too many views already.")})
            view = SavedView(demo=actor.demo, record=record, owner_id=actor.user_id or 0, position=mine.count())
        view.name, view.query, view.shared = plain, query.lstrip("?"), shared
        with change_set(actor=actor, kind="settings", title=gettext("View “%(name)s”") % {"name": plain}):
            view.save()
    return view


def _may_keep(actor: Actor, record: str, view: SavedView | None, shared: bool) -> None:
    actor.require(queries.record_type(record).view)
    if actor.user_id is None:
        raise NotAllowed(access.SHARE)
    others = view is not None and view.owner_id != actor.user_id
    if shared or others or (view is not None and view.shared):
        actor.require(access.SHARE)


def view_rename(*, actor: Actor, view: SavedView, name: str) -> SavedView:
    """Call a view otherwise. Raises NotAllowed, InvalidError."""
    return view_save(actor=actor, record=view.record, name=name, query=view.query, shared=view.shared, view=view)


def may_change_view(*, actor: Actor, view: SavedView) -> bool:
    """Whether the actor may rename or remove a view that they see."""
    return (view.owner_id == actor.user_id and not view.shared) or actor.may(access.SHARE)


def views_arrange(*, actor: Actor, record: str, view_ids: Sequence[int]) -> None:
    """In which order the actor has the saved views of a list; nobody else's order changes."""
    _choose(actor, record, {"tabs": ",".join(str(one) for one in dict.fromkeys(view_ids))[:2000]})


def view_delete(*, actor: Actor, view: SavedView) -> int:
    """Forget a view; gives the change set to undo."""
    _may_keep(actor, view.record, view, view.shared)
    with change_set(
        actor=actor, kind="settings", title=gettext("View “%(name)s” removed") % {"name": view.name}
    ) as made:
        view.delete()
    return made.pk


def columns_choose(*, actor: Actor, record: str, columns: Sequence[str]) -> None:
    """With which columns the actor wants this list from now on; none: as it comes."""
    _choose(actor, record, {"columns": ",".join(columns)[:1000]})


def opening_choose(*, actor: Actor, record: str, query: str, everyone: bool = False) -> None:
    """With which view the list opens, for the actor, or for everyone who has not chosen."""
    if everyone:
        actor.require(access.SHARE)
    _choose(actor, record, {"opens": query.lstrip("?")[:2000]}, everyone=everyone)


def _choose(actor: Actor, record: str, values: Mapping[str, str], *, everyone: bool = False) -> None:
    actor.require(queries.record_type(record).view)
    with transaction.atomic():
        ListChoice.objects.update_or_create(
            demo=actor.demo,
            record=record,
            user=None if everyone else User.objects.get(pk=actor.user_id or 0),
            defaults=dict(values),
        )


def sample_remove(actor: Actor) -> int:
    """Remove the fields and views of the sample business."""
    removed = 0
    for model in (SavedView, ListChoice, CustomField):
        removed += model._default_manager.filter(demo=True).delete()[0]
    return removed
