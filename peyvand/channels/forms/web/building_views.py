"""The builder: fields and steps beside the page itself. Each press is a change that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from peyvand.channels.forms import access, building, services
from peyvand.channels.forms.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.forms.kinds import ICONS, WITH_CHOICES, WORDS_ONLY, Type
from peyvand.channels.forms.models import Form
from peyvand.channels.forms.structure import CUSTOM, LANGUAGES, MAPS, OPERATORS, SOURCES
from peyvand.channels.forms.web.views import form_or_404, shown_in
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.queries import custom_fields
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.consents import queries as consents
from peyvand.memory.customers.fields import RECORD

BOUNDED = (Type.NUMBER, Type.MONEY, Type.SCALE)
NOT_MAPPED = (*WORDS_ONLY, Type.CONSENT, Type.FILE)


@require_http_methods(["GET", "HEAD", "POST"])
def build(request: StaffRequest, form_id: int) -> HttpResponse:
    """Add, change, move and take away what the form asks."""
    actor = request.actor
    form = form_or_404(actor, form_id)
    actor.require(access.EDIT)
    errors: Mapping[str, Any] = {}
    typed: dict[str, Any] | None = None
    if request.method == "POST":
        key = request.POST.get("field", "")
        try:
            structure, chosen = _next(actor, form, request.POST)
            done = services.asks_set(actor=actor, form=form, structure=structure, version=_version(request.POST))
        except InvalidError as error:
            errors = {name.partition(".")[2]: said for name, said in error.errors.items()}
            if request.POST.get("do") == "put" and key:
                typed = {**_values(request.POST, _type(form, key), ()), "key": key, "type": _type(form, key)}
            else:
                toast(request, " ".join(str(said) for said in error.errors.values()), level="bad")
                return redirect("forms:build", form.pk)
        except ChangedMeanwhileError:
            toast(request, gettext("Somebody changed this form just now; here is how it stands."), level="bad")
            return redirect("forms:build", form.pk)
        else:
            toast(request, gettext("Saved."), undo_url=reverse("changes:undo", args=[done]))
            query = {"field": chosen} if chosen else {}
            if (spoken := request.POST.get("lang", "")) in LANGUAGES:
                query["lang"] = spoken
            return redirect(f"{reverse('forms:build', args=[form.pk])}?{urlencode(query)}")
    return render(request, "forms/build.html", _context(request, form, typed, errors), status=422 if errors else 200)


def _version(given: QueryDict) -> int | None:
    typed = given.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def _type(form: Form, key: str) -> str:
    found = next((one for one in building.fields_of(building.begun(form.structure)) if one["key"] == key), {})
    return str(found.get("type", ""))


def _next(actor: Actor, form: Form, given: QueryDict) -> tuple[dict[str, Any], str]:
    """The structure after one press, and the field that is open then."""
    now, what, key, step = form.structure, given.get("do", ""), given.get("field", ""), given.get("step", "")
    now = building.begun(now)
    match what:
        case "add":
            return _added(actor, now, given.get("type", ""), step)
        case "put":
            before = building.field_of(now, key)
            values = _values(given, before["type"], before.get("options", ()))
            return building.field_put(now, key, values), key
        case "up" | "down":
            return building.field_move(now, key, up=what == "up"), key
        case "remove":
            return building.field_remove(now, key), ""
        case "step-add":
            return building.step_add(now), ""
        case "step-put":
            return building.step_put(now, step, {name: given.get(f"title_{name}", "") for name in LANGUAGES}), ""
        case "step-remove":
            return building.step_remove(now, step), ""
    return now, key


def _added(actor: Actor, now: dict[str, Any], type_: str, step: str) -> tuple[dict[str, Any], str]:
    if type_.startswith(CUSTOM):
        found = custom_fields(actor=actor, record=RECORD).filter(key=type_.removeprefix(CUSTOM)).first()
        if found is not None:
            return building.custom_add(now, found, step=step)
    if type_ not in Type.values:
        raise InvalidError({"": gettext("Choose one of the types.")})
    purposes, channels = consents.purposes(actor=actor), consents.channels()
    label = {"fa": LABELS[Type(type_)][0], "en": LABELS[Type(type_)][1]}
    return building.field_add(
        now, type_, label=label, step=step, purpose=purposes[0].key if purposes else "",
        channel="email" if any(one.name == "email" for one in channels) else channels[0].name if channels else "",
    )  # fmt: skip


# What a new field is called until somebody says it better: content, in both languages.
LABELS: Mapping[Type, tuple[str, str]] = {
    Type.TEXT: ("پرسش", "Question"), Type.LONG: ("پیام شما", "Your message"), Type.EMAIL: ("ایمیل", "E-mail"),
    Type.PHONE: ("تلفن", "Phone"), Type.NUMBER: ("عدد", "Number"), Type.MONEY: ("مبلغ", "Amount"),
    Type.DATE: ("تاریخ", "Date"), Type.CHOICE: ("یکی را برگزینید", "Choose one"),
    Type.CHOICES: ("هرچه می‌خواهید برگزینید", "Choose as many as you like"), Type.YESNO: ("آری یا نه", "Yes or no"),
    Type.RATING: ("چند ستاره می‌دهید؟", "How many stars?"),
    Type.NPS: ("چقدر ما را به دوستانتان پیشنهاد می‌کنید؟", "How likely are you to recommend us to friends?"),
    Type.SCALE: ("از یک تا پنج", "From one to five"), Type.FILE: ("فایل", "File"),
    Type.ADDRESS: ("نشانی", "Address"), Type.POSTAL: ("کد پستی", "Postal code"),
    Type.NATIONAL: ("کد ملی", "National id"), Type.HIDDEN: ("از کجا آمده", "Where they come from"),
    Type.CONSENT: ("می‌خواهم خبرها را بگیرم.", "I want to get your news."), Type.HEADING: ("سرفصل", "Heading"),
    Type.PARAGRAPH: ("چند جمله", "A few sentences"),
}  # fmt: skip


def _values(given: QueryDict, type_: str, options: Any) -> dict[str, Any]:
    """What was typed of one field, as the structure has it."""
    made: dict[str, Any] = {
        "label": {name: given.get(f"label_{name}", "") for name in LANGUAGES},
        "help": {name: given.get(f"help_{name}", "") for name in LANGUAGES}, "default": given.get("default", ""),
        "required": given.get("required") == "1", "later": given.get("later") == "1", "map": given.get("map", ""),
        "when": {"field": given.get("when_field", ""), "op": given.get("when_op", "is"),
                 "value": given.get("when_value", "")},
    }  # fmt: skip
    for name in ("low", "high", "currency", "purpose", "channel", "source"):
        if name in given:
            made[name] = given[name]
    if type_ in WITH_CHOICES:
        made["options"] = building.options_of(given.get("options", ""), options)
    return made


def _context(
    request: StaffRequest, form: Form, typed: dict[str, Any] | None, errors: Mapping[str, Any]
) -> dict[str, Any]:
    actor = request.actor
    structure = building.begun(form.structure)
    every = building.fields_of(structure)
    key = (typed or {}).get("key") or request.GET.get("field", "")
    chosen = typed or next((one for one in every if one["key"] == key), None)
    language = shown_in(form, request)
    customs = [(f"{CUSTOM}{one.key}", one.label) for one in custom_fields(actor=actor, record=RECORD)]
    earlier = []
    for one in every:
        if chosen is not None and one["key"] == chosen["key"]:
            break
        if one["type"] not in WORDS_ONLY:
            earlier.append((one["key"], _label(one, actor.language)))
    type_ = chosen["type"] if chosen else ""
    return {
        "form": form, "language": language, "languages": form.languages, "errors": errors, "chosen": chosen,
        "steps": [
            {
                **step, "fields": [
                    {**one, "shown": _label(one, actor.language), "icon": ICONS.get(one["type"], "forms"),
                     "type_label": Type(one["type"]).label}
                    for one in step["fields"]
                ],
            }
            for step in structure["steps"]
        ],
        "types": [(value, label) for value, label in Type.choices], "customs": customs, "earlier": earlier,
        "maps": _maps(chosen, customs) if chosen else [], "operators": OPERATORS.items(), "sources": SOURCES.items(),
        "options": building.options_text(chosen.get("options", ())) if chosen else "",
        "choosing": type_ in WITH_CHOICES,
        "bounded": type_ in BOUNDED, "worded": type_ in WORDS_ONLY,
        "purposes": [(one.key, one.name) for one in consents.purposes(actor=actor)],
        "channels": [(one.name, one.label) for one in consents.channels()],
        "type_label": Type(type_).label if type_ else "",
    }  # fmt: skip


def _label(one: Mapping[str, Any], language: str) -> str:
    texts: Mapping[str, str] = one.get("label", {})
    return texts.get(language) or next((text for text in texts.values() if text), str(one["key"]))


def _maps(chosen: Mapping[str, Any], customs: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    if chosen["type"] in NOT_MAPPED:
        return []
    plain = [(name, label) for name, (label, types) in MAPS.items() if chosen["type"] in types]
    return [*plain, *customs]
