"""Building a form, a step of the hand at a time: pure functions from a structure, as it is kept, to the next."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from peyvand.channels.forms.errors import InvalidError
from peyvand.channels.forms.kinds import Type
from peyvand.channels.forms.structure import CUSTOM, LANGUAGES
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.text.keys import clean

Structure = dict[str, Any]
# What a customer's own field is asked with.
OF_KIND: Mapping[str, str] = {
    "text": "text", "long": "long", "number": "number", "money": "money", "date": "date", "yesno": "yesno",
    "choice": "choice", "choices": "choices", "email": "email", "phone": "phone",
}  # fmt: skip


def begun(raw: Mapping[str, Any]) -> Structure:
    """A copy to build on; with a step, where there is none."""
    made = copy.deepcopy(dict(raw))
    made.setdefault("steps", [])
    if not made["steps"]:
        made["steps"].append({"key": "s1", "fields": []})
    return made


def fields_of(structure: Structure) -> list[dict[str, Any]]:
    """The fields in their order."""
    return [one for step in structure["steps"] for one in step["fields"]]


def field_of(structure: Structure, key: str) -> dict[str, Any]:
    """The field of that key; InvalidError."""
    found = next((one for one in fields_of(structure) if one["key"] == key), None)
    if found is None:
        raise InvalidError({"": "?"})
    return found


def key_for(structure: Structure, wish: str) -> str:
    """A key that no field has, near to what is wished."""
    taken = {one["key"] for one in fields_of(structure)}
    base = re.sub(r"[^a-z0-9_]+", "_", wish.lower()).strip("_")[:30]
    base = base if re.match(r"[a-z]", base) else "field"
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def field_add(
    structure: Structure, type_: str, *, label: Mapping[str, str], step: str = "", purpose: str = "", channel: str = ""
) -> tuple[Structure, str]:
    """A new field at the end of a step (the last, where none is named); gives its key."""
    made = begun(structure)
    key = key_for(made, type_)
    field: dict[str, Any] = {"key": key, "type": type_, "label": dict(label)}
    if type_ in (Type.CHOICE, Type.CHOICES):
        field["options"] = [{"key": f"o{n}", "fa": f"گزینه‌ی {'۱۲'[n - 1]}", "en": f"Choice {n}"} for n in (1, 2)]
    if type_ == Type.CONSENT:
        field |= {"purpose": purpose, "channel": channel}
    if type_ == Type.HIDDEN:
        field["source"] = "utm_source"
    if type_ in (Type.EMAIL, Type.PHONE):
        field["map"] = str(type_)
    _step(made, step)["fields"].append(field)
    return made, key


def custom_add(structure: Structure, custom: CustomField, *, step: str = "") -> tuple[Structure, str]:
    """A customer's own field, asked with its name and choices; the answer goes there."""
    made = begun(structure)
    key = key_for(made, custom.key)
    field: dict[str, Any] = {
        "key": key, "type": OF_KIND.get(custom.kind, "text"), "map": f"{CUSTOM}{custom.key}",
        "label": {"fa": custom.label_fa, "en": custom.label_en},
    }  # fmt: skip
    if custom.choices:
        field["options"] = [
            {"key": one["key"], **{name: one.get(name, "") for name in LANGUAGES}} for one in custom.choices
        ]
    if custom.currency:
        field["currency"] = custom.currency
    _step(made, step)["fields"].append(field)
    return made, key


def _step(structure: Structure, key: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = structure["steps"]
    return next((one for one in steps if one["key"] == key), steps[-1])


def field_put(structure: Structure, key: str, values: Mapping[str, Any]) -> Structure:
    """A field with these values; its key and type stay."""
    made = begun(structure)
    field = field_of(made, key)
    type_ = field["type"]
    field.clear()
    field.update({**values, "key": key, "type": type_})
    return made


def field_move(structure: Structure, key: str, *, up: bool) -> Structure:
    """One place up or down; past the end of a step into the next one."""
    made = begun(structure)
    steps = made["steps"]
    for place, step in enumerate(steps):
        at = next((n for n, one in enumerate(step["fields"]) if one["key"] == key), None)
        if at is None:
            continue
        field = step["fields"].pop(at)
        if up and at == 0 and place > 0:
            steps[place - 1]["fields"].append(field)
        elif not up and at == len(step["fields"]) and place < len(steps) - 1:
            steps[place + 1]["fields"].insert(0, field)
        else:
            step["fields"].insert(max(0, at - 1) if up else at + 1, field)
        break
    return _without_dead_conditions(made)


def field_remove(structure: Structure, key: str) -> Structure:
    """Without that field; what depended on it depends on nothing."""
    made = begun(structure)
    for step in made["steps"]:
        step["fields"] = [one for one in step["fields"] if one["key"] != key]
    return _without_dead_conditions(made)


def step_add(structure: Structure) -> Structure:
    """A new step at the end."""
    made = begun(structure)
    taken = {one["key"] for one in made["steps"]}
    made["steps"].append({"key": next(f"s{n}" for n in range(1, len(taken) + 2) if f"s{n}" not in taken), "fields": []})
    return made


def step_put(structure: Structure, key: str, title: Mapping[str, str]) -> Structure:
    """A step with this title."""
    made = begun(structure)
    _step(made, key)["title"] = {name: clean(text) for name, text in title.items()}
    return made


def step_remove(structure: Structure, key: str) -> Structure:
    """Without that step; its fields go to the one before it, or after it."""
    made = begun(structure)
    steps = made["steps"]
    at = next((n for n, one in enumerate(steps) if one["key"] == key), None)
    if at is None or len(steps) == 1:
        return made
    gone = steps.pop(at)
    if at > 0:
        steps[at - 1]["fields"] += gone["fields"]
    else:
        steps[0]["fields"] = gone["fields"] + steps[0]["fields"]
    return made


def _without_dead_conditions(structure: Structure) -> Structure:
    """A condition on a field that comes later, or is gone, falls away."""
    seen: set[str] = set()
    for one in fields_of(structure):
        if one.get("when") and one["when"]["field"] not in seen:
            one.pop("when")
        seen.add(one["key"])
    return structure


def options_of(text: str, before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Choices, a line each: "fa | en". One that was there keeps its key, so that earlier answers still mean it."""
    left = list(before)
    made: list[dict[str, str]] = []
    for line in text.splitlines():
        fa, _bar, en = (clean(part) for part in line.partition("|"))
        if not fa and not en:
            continue
        known = next((one for one in left if (fa and one.get("fa") == fa) or (en and one.get("en") == en)), None)
        if known is not None:
            left.remove(known)
        made.append({"key": known["key"] if known else "", "fa": fa, "en": en})
    return made


def options_text(options: Sequence[Mapping[str, str]]) -> str:
    """The same, as it is typed."""
    return "\n".join(
        f"{one.get('fa', '')} | {one.get('en', '')}" if one.get("en") else one.get("fa", "") for one in options
    )
