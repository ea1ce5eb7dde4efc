"""A form as its page shows it, and what was filled in as staff read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from peyvand.channels.forms import asking, kinds
from peyvand.channels.forms.kinds import STEPS, WORDS_ONLY, Type
from peyvand.channels.forms.models import Form, FormVersion, Submission
from peyvand.channels.forms.services.consents import wording_of
from peyvand.channels.forms.stamping import stamp_make
from peyvand.channels.forms.structure import CUSTOM, MAPS, FormField, Structure, structure_of
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.fields.queries import custom_fields
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, current_reader, use_reader
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer

FEW = 6  # choices that are shown all at once; more lie in a list
BEFORE = "f."  # of the names of inputs


@contextmanager
def spoken_as(language: str) -> Iterator[None]:
    """Read and write as somebody of that language does: its words, its calendar, its unit of money."""
    with translation.override(language), use_reader(PERSIAN if language == "fa" else ENGLISH):
        yield


@dataclass(frozen=True)
class Choice:
    """One of what may be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Input:
    """A field as its page shows it. `value` is as it was typed, `wording` the text of a consent."""

    field: FormField
    label: str
    help: str
    value: str
    error: Label
    choices: Sequence[Choice] = ()
    wording: str = ""
    unit: str = ""
    when: str = ""  # the condition in words, for who has no script

    @property
    def name(self) -> str:
        """Its name in the page."""
        return f"{BEFORE}{self.field.key}"

    @property
    def id(self) -> str:
        """By what labels and errors point to it."""
        return f"f-{self.field.key}"

    @property
    def grouped(self) -> bool:
        """Whether it is several inputs under one legend."""
        return self.field.type in (*STEPS, Type.YESNO, Type.CHOICES) or (
            self.field.type == Type.CHOICE and len(self.choices) <= FEW
        )

    @property
    def jalali(self) -> bool:
        """Whether a day is picked in the Jalali calendar."""
        return current_reader().calendar is CalendarKind.JALALI


@dataclass(frozen=True)
class ShownStep:
    """A step with what it asks."""

    key: str
    title: str
    inputs: Sequence[Input]


@dataclass(frozen=True)
class Shown:
    """A form as its page shows it, in one language."""

    form: Form
    language: str
    title: str
    intro: str
    button: str
    steps: Sequence[ShownStep]
    stamp: str
    files: bool
    confirms: bool
    hidden: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Label] = field(default_factory=dict)

    @property
    def first_error(self) -> Input | None:
        """Where the reader is led first."""
        return next((one for step in self.steps for one in step.inputs if one.error), None)


def said(texts: Mapping[str, Mapping[str, str]], what: str, language: str) -> str:
    """A text of a form in that language, else in the other."""
    found = texts.get(what, {})
    return found.get(language) or next((text for text in found.values() if text), "")


def shown_form(
    form: Form, *, language: str, person: Customer | None = None, typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Label] | None = None, hidden: Mapping[str, str] | None = None,
) -> Shown:  # fmt: skip
    """The form for whoever opens it; `typed` gives again what was typed, `person` is who is proved to ask."""
    structure = structure_of(form.structure)
    chosen = asking.asked(structure, known=asking.known_of(person if form.progressive else None))
    steps = []
    for step in structure.steps:
        inputs = [
            _input(one, structure, form, language, typed, errors or {})
            for one in step.fields
            if one.key in chosen and one.type != Type.HIDDEN
        ]
        if inputs:
            title = step.title.get(language) or next(iter(step.title.values()), "")
            steps.append(ShownStep(step.key, title, inputs))
    types = {one.type for one in structure.fields}
    return Shown(
        form=form, language=language, title=said(form.texts, "title", language) or form.name,
        intro=said(form.texts, "intro", language), button=said(form.texts, "button", language) or gettext("Send"),
        steps=steps, stamp=stamp_make(form.key), files=Type.FILE in types, confirms=bool(form.opt_in),
        hidden=hidden or {}, errors=errors or {},
    )  # fmt: skip


def _input(
    one: FormField, structure: Structure, form: Form, language: str, typed: Mapping[str, Any] | None,
    errors: Mapping[str, Label],
) -> Input:  # fmt: skip
    raw = one.default if typed is None else typed.get(one.key, "")
    values = [str(value) for value in raw] if isinstance(raw, list | tuple) else [str(raw or "")]
    wording = wording_of(demo=form.demo, purpose=one.purpose, language=language) if one.type == Type.CONSENT else None
    return Input(
        field=one, label=one.said("label", language), help=one.said("help", language),
        value=values[-1] if values else "",
        error=errors.get(one.key, ""), choices=_choices(one, language, values), wording=wording.text if wording else "",
        unit=_unit(one), when=_condition(one, structure, language),
    )  # fmt: skip


def _choices(one: FormField, language: str, values: Sequence[str]) -> list[Choice]:
    if one.type in kinds.WITH_CHOICES:
        pairs = [(key, texts.get(language) or next(iter(texts.values()), key)) for key, texts in one.options]
    elif one.type == Type.YESNO:
        pairs = [("yes", gettext("Yes")), ("no", gettext("No"))]
    elif one.type in STEPS:
        low, high = kinds.bounds(one)
        pairs = [(str(step), formats.number(step)) for step in range(low, high + 1)]
    else:
        return []
    return [Choice(key, label, key in values) for key, label in pairs]


def _unit(one: FormField) -> str:
    if one.type != Type.MONEY:
        return ""
    return gettext("toman") if formats.in_toman(one.currency) else one.currency


def _condition(one: FormField, structure: Structure, language: str) -> str:
    if one.when is None or (other := structure.get(one.when.field)) is None:
        return ""
    value = one.when.value
    if other.type in kinds.WITH_CHOICES:
        texts = dict(other.options).get(value, {})
        value = texts.get(language) or next(iter(texts.values()), value)
    elif other.type in (Type.YESNO, Type.CONSENT):
        value = gettext("Yes") if value == "yes" else gettext("No")
    words = {
        "is": gettext("Only where “%(field)s” is “%(value)s”."),
        "not": gettext("Only where “%(field)s” is not “%(value)s”."),
        "filled": gettext("Only where “%(field)s” is answered."),
        "empty": gettext("Only where “%(field)s” is not answered."),
    }
    return words[one.when.op] % {"field": other.said("label", language), "value": value}


@dataclass(frozen=True)
class Answer:
    """One answer as staff read it."""

    field: FormField
    label: str
    text: str
    icon: str
    warning: str = ""
    files: Sequence[Mapping[str, Any]] = ()


def answers_of(submission: Submission, version: FormVersion, *, language: str) -> list[Answer]:
    """What was answered, in the order in which it was asked; what was not answered stands there empty."""
    made = []
    for one in structure_of(version.structure).fields:
        if one.type in WORDS_ONLY:
            continue
        value = submission.answers.get(one.key)
        made.append(
            Answer(
                one, one.said("label", language) or one.key, kinds.shown(one, value, language=language),
                kinds.ICONS[one.type], kinds.warning(one, value),
                value if one.type == Type.FILE and isinstance(value, list) else (),
            )
        )  # fmt: skip
    return made


def short(submission: Submission, version: FormVersion, *, language: str) -> str:
    """What was filled in, in a line."""
    texts = [one.text for one in answers_of(submission, version, language=language) if one.text]
    return " · ".join(texts)[:200]


@dataclass(frozen=True)
class Suggested:
    """A value that differs from what is known."""

    field: str
    label: str
    had: str
    given: str
    state: str


def map_labels(actor: Actor) -> dict[str, str]:
    """The fields of customers that answers may go to, by name."""
    plain = {name: str(label) for name, (label, _types) in MAPS.items()}
    return plain | {f"{CUSTOM}{one.key}": one.label for one in custom_fields(actor=actor, record=RECORD)}


def suggestions_of(submission: Submission, version: FormVersion, *, actor: Actor, language: str) -> list[Suggested]:
    """What differs, each with how it stands and how it was given."""
    by_map = {one.map: one for one in structure_of(version.structure).fields if one.map}
    labels = map_labels(actor)
    made = []
    for one in submission.suggestions:
        asked = by_map.get(one["field"])
        read = [
            kinds.shown(asked, one[side], language=language) if asked is not None and one[side] else str(one[side])
            for side in ("had", "given")
        ]
        made.append(Suggested(one["field"], labels.get(one["field"], one["field"]), read[0], read[1], one["state"]))
    return made
