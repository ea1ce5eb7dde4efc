"""What a form asks: steps of fields as plain JSON, checked here once, read as frozen dataclasses everywhere else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms.errors import InvalidError
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean

LANGUAGES = ("fa", "en")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
CHOICE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_STEPS, MOST_FIELDS, MOST_CHOICES = 20, 100, 100
LABEL_LENGTH, PARAGRAPH_LENGTH = 300, 3_000
OPERATORS: Mapping[str, Label] = {
    "is": _("is"), "not": _("is not"), "filled": _("is answered"), "empty": _("is not answered"),
}  # fmt: skip
SOURCES: Mapping[str, Label] = {
    "utm_source": _("Campaign: source"), "utm_medium": _("Campaign: medium"), "utm_campaign": _("Campaign: name"),
    "utm_content": _("Campaign: content"), "utm_term": _("Campaign: word"), "page": _("Page it stands on"),
    "referrer": _("Page before that"),
}  # fmt: skip
# Fields of a customer that an answer may go to, with the types that fit.
MAPS: Mapping[str, tuple[Label, tuple[str, ...]]] = {
    "name": (_("Name"), ("text",)), "given_name": (_("Given name"), ("text",)),
    "family_name": (_("Family name"), ("text",)), "honorific": (_("Honorific"), ("text", "choice")),
    "job_title": (_("Job"), ("text", "choice")), "email": (_("E-mail"), ("email",)), "phone": (_("Phone"), ("phone",)),
    "city": (_("City"), ("text", "choice")), "country": (_("Country"), ("text", "choice")),
    "birth_date": (_("Date of birth"), ("date",)),
}  # fmt: skip
CUSTOM = "c."


@dataclass(frozen=True)
class When:
    """A field is asked only when an earlier one has an answer; `value` as kinds.compared gives it."""

    field: str
    op: str
    value: str = ""


@dataclass(frozen=True)
class FormField:
    """One thing that is asked, or said. `label` and `help` by language; `low` and `high` bound numbers and scales.

    `map` is the customer's field that the answer goes to; `purpose` and `channel` are a consent's; `source` says what a
    hidden field takes. `later`: asked only where a proven visitor has left room (progressive profiling).
    """

    key: str
    type: str
    label: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    default: str = ""
    options: Sequence[tuple[str, Mapping[str, str]]] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    map: str = ""
    when: When | None = None
    purpose: str = ""
    channel: str = ""
    source: str = ""
    later: bool = False

    def said(self, what: str, language: str) -> str:
        """Its label or help in that language, else in the other."""
        texts: Mapping[str, str] = getattr(self, what)
        return texts.get(language) or next((text for text in texts.values() if text), "")


@dataclass(frozen=True)
class Step:
    """Fields that are asked together."""

    key: str
    title: Mapping[str, str]
    fields: Sequence[FormField]


@dataclass(frozen=True)
class Structure:
    """All that a form asks, step by step."""

    steps: Sequence[Step]

    @property
    def fields(self) -> list[FormField]:
        """The fields in their order."""
        return [one for step in self.steps for one in step.fields]

    def get(self, key: str) -> FormField | None:
        """The field of that key."""
        return next((one for one in self.fields if one.key == key), None)


def structure_of(raw: Mapping[str, Any]) -> Structure:
    """What was kept, as it is read. What is kept was checked."""
    return Structure(
        [
            Step(step["key"], step.get("title", {}), [_field(one) for one in step.get("fields", ())])
            for step in raw.get("steps", ())
        ]
    )


def _field(raw: Mapping[str, Any]) -> FormField:
    when = raw.get("when")
    return FormField(
        key=raw["key"], type=raw["type"], label=raw.get("label", {}), help=raw.get("help", {}),
        required=bool(raw.get("required")), default=raw.get("default", ""),
        options=[(one["key"], _languages(one)) for one in raw.get("options", ())],
        low=_decimal(raw.get("low")), high=_decimal(raw.get("high")), currency=raw.get("currency", ""),
        map=raw.get("map", ""), when=When(**when) if when else None, purpose=raw.get("purpose", ""),
        channel=raw.get("channel", ""), source=raw.get("source", ""), later=bool(raw.get("later")),
    )  # fmt: skip


def _languages(raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: raw[name] for name in LANGUAGES if raw.get(name)}


def _decimal(raw: Any) -> Decimal | None:
    return None if raw in (None, "") else Decimal(str(raw))


@dataclass(frozen=True)
class Known:
    """What a structure may speak of in this business: custom fields of customers with their kinds, purposes, channels.

    `types` are the names of kinds.Type.
    """

    types: Collection[str]
    customs: Mapping[str, str]
    purposes: Collection[str]
    channels: Collection[str]
    currencies: Collection[str]


def checked(raw: Any, *, known: Known) -> dict[str, Any]:
    """The structure as it is kept; InvalidError, by "<field>.<what>" where it is of a field."""
    steps = raw.get("steps") if isinstance(raw, Mapping) else None
    if not isinstance(steps, list) or not all(isinstance(one, Mapping) for one in steps):
        raise InvalidError({"": _("A form consists of steps with fields.")})
    if len(steps) > MOST_STEPS:
        raise InvalidError({"": gettext("A form may have at most %(most)s steps.") % {"most": MOST_STEPS}})
    errors: dict[str, Label] = {}
    seen: dict[str, str] = {}
    kept, step_keys = [], set()
    for step in steps:
        key = str(step.get("key", ""))
        if not KEY.fullmatch(key) or key in step_keys:
            errors[key] = _("Each step needs a key of its own.")
        step_keys.add(key)
        fields = step.get("fields", [])
        if not isinstance(fields, list) or not all(isinstance(one, Mapping) for one in fields):
            raise InvalidError({"": _("A form consists of steps with fields.")})
        kept.append(
            {
                "key": key, "title": _texts(step.get("title"), LABEL_LENGTH),
                "fields": [_checked(one, seen=seen, known=known, errors=errors) for one in fields],
            }
        )  # fmt: skip
    if len(seen) > MOST_FIELDS:
        errors[""] = gettext("A form may have at most %(most)s fields.") % {"most": MOST_FIELDS}
    if errors:
        raise InvalidError(errors)
    return {"steps": kept}


def _texts(raw: Any, most: int) -> dict[str, str]:
    given = raw if isinstance(raw, Mapping) else {}
    return {name: text for name in LANGUAGES if (text := clean(str(given.get(name) or ""))[:most])}


def _checked(raw: Mapping[str, Any], *, seen: dict[str, str], known: Known, errors: dict[str, Label]) -> dict[str, Any]:
    key, type_ = str(raw.get("key", "")), str(raw.get("type", ""))

    def wrong(what: str, said: Label) -> None:
        errors.setdefault(f"{key}.{what}", said)

    if not KEY.fullmatch(key) or key in seen:
        wrong("key", _("A key begins with a Latin letter, has letters, digits and _ only, and stands once in a form."))
    if type_ not in known.types:
        wrong("type", _("Choose one of the types."))
    made: dict[str, Any] = {
        "key": key, "type": type_, "required": raw.get("required") is True, "later": raw.get("later") is True,
        "label": _texts(raw.get("label"), PARAGRAPH_LENGTH if type_ in ("paragraph", "consent") else LABEL_LENGTH),
        "help": _texts(raw.get("help"), LABEL_LENGTH), "default": clean(str(raw.get("default") or ""))[:500],
    }  # fmt: skip
    if not made["label"] and type_ != "hidden":
        wrong("label", _("Say what is asked, in one of the languages."))
    if type_ in ("choice", "choices"):
        made["options"] = _options(raw.get("options"))
        if not made["options"]:
            wrong("options", _("Give at least one choice."))
    if type_ in ("number", "money", "scale"):
        for end in ("low", "high"):
            made[end] = _bound(raw.get(end), end, wrong)
        _ends(made, type_, wrong)
    if type_ == "money":
        made["currency"] = str(raw.get("currency") or "IRR")
        if made["currency"] not in known.currencies:
            wrong("currency", _("Choose a currency."))
    if type_ == "consent":
        made["purpose"], made["channel"] = str(raw.get("purpose", "")), str(raw.get("channel", ""))
        if made["purpose"] not in known.purposes:
            wrong("purpose", _("Choose one of the purposes."))
        if made["channel"] not in known.channels:
            wrong("channel", _("Choose one of the channels."))
    if type_ == "hidden":
        made["source"] = str(raw.get("source", ""))
        if made["source"] not in SOURCES:
            wrong("source", _("Choose what the field takes."))
    made["map"] = _map(str(raw.get("map") or ""), type_, known, wrong)
    made["when"] = _when(raw.get("when"), seen, wrong)
    seen[key] = type_
    return {name: value for name, value in made.items() if value not in ("", None, {}, [], False)}


def _options(raw: Any) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    taken: set[str] = set()
    for one in (raw if isinstance(raw, list) else [])[:MOST_CHOICES]:
        texts = _texts(one, LABEL_LENGTH) if isinstance(one, Mapping) else {}
        if not texts:
            continue
        key = str(one.get("key") or "")
        if not CHOICE_KEY.fullmatch(key) or key in taken:
            key = next(f"o{n}" for n in range(1, MOST_CHOICES + 2) if f"o{n}" not in taken)
        taken.add(key)
        made.append({"key": key, **texts})
    return made


def _bound(raw: Any, end: str, wrong: Any) -> str | None:
    if raw in (None, ""):
        return None
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**15:
        wrong(end, _("Type a number."))
        return None
    return format(value.normalize(), "f")


def _ends(made: Mapping[str, Any], type_: str, wrong: Any) -> None:
    low, high = (_decimal(made.get(end)) for end in ("low", "high"))
    if low is not None and high is not None and low > high:
        wrong("high", _("The highest can't be below the lowest."))
    elif type_ == "scale":
        low, high = low if low is not None else Decimal(1), high if high is not None else Decimal(5)
        if low != int(low) or high != int(high) or not 1 <= high - low <= 20:
            wrong("high", _("A scale has whole numbers, at most twenty steps."))


def _map(given: str, type_: str, known: Known, wrong: Any) -> str:
    if not given or type_ in ("heading", "paragraph", "consent", "file"):
        return ""
    if given.startswith(CUSTOM):
        kind = known.customs.get(given.removeprefix(CUSTOM))
        fits = kind is not None and (kind == type_ or (kind in ("text", "long") and type_ not in ("choices", "yesno")))
    else:
        fits = given in MAPS and type_ in MAPS[given][1]
    if not fits:
        wrong("map", _("An answer of this type does not fit that field of a customer."))
    return given


def _when(raw: Any, seen: Mapping[str, str], wrong: Any) -> dict[str, str] | None:
    if not isinstance(raw, Mapping) or not raw.get("field"):
        return None
    made = {
        "field": str(raw["field"]),
        "op": str(raw.get("op", "is")),
        "value": clean(str(raw.get("value") or ""))[:200],
    }
    if made["field"] not in seen or seen[made["field"]] in ("heading", "paragraph"):
        wrong("when", _("Choose a field that is asked before this one."))
    if made["op"] not in OPERATORS:
        wrong("when", _("Choose one of the conditions."))
    return made
