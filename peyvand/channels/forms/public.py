"""A form as programs read it, and as the chat shows it: plain JSON."""

from __future__ import annotations

from typing import Any

from peyvand.channels.forms.showing import Input, Shown


def as_plain(shown: Shown) -> dict[str, Any]:
    """All that a page needs to draw the form and to send it."""
    return {
        "key": shown.form.key, "language": shown.language, "direction": "rtl" if shown.language == "fa" else "ltr",
        "languages": list(shown.form.languages), "title": shown.title, "intro": shown.intro, "button": shown.button,
        "stamp": shown.stamp, "trap": "website",
        "steps": [
            {"key": step.key, "title": step.title, "fields": [_field(one) for one in step.inputs]}
            for step in shown.steps
        ],
    }  # fmt: skip


def _field(one: Input) -> dict[str, Any]:
    asked = one.field
    made: dict[str, Any] = {
        "key": asked.key, "type": asked.type, "label": one.label, "help": one.help, "required": asked.required,
        "value": one.value, "text": one.wording, "unit": one.unit,
        "options": [{"value": choice.value, "label": choice.label} for choice in one.choices],
    }  # fmt: skip
    if asked.when is not None:
        made["when"] = {"field": asked.when.field, "op": asked.when.op, "value": asked.when.value}
    return made
