"""The report of the quality of the base: the score, what it is made of, how it has changed, and the lists behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.access import MANAGE_SETTINGS
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.charts import Axis, Chart, Series, Share
from peyvand.foundation.ui.formats import day, number, percent
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.fields import OF_PEOPLE
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.matching import access, quality
from peyvand.memory.matching.models import Quality
from peyvand.memory.matching.services.measuring import quality_ask, required_save

SHOWN_DAYS = 400
MOST_POINTS = 60


@require_safe
def report(request: StaffRequest) -> HttpResponse:
    """How good the base is, and where to begin."""
    actor = request.actor
    found = quality.latest(actor=actor)
    since = date.fromordinal(timezone.now().date().toordinal() - SHOWN_DAYS)
    days = list(quality.days(actor=actor, since=since))
    context: dict[str, Any] = {
        "found": found,
        "trend": trend(days) if len(days) > 1 else None,
        "may_set": actor.may(MANAGE_SETTINGS),
        "may_see": actor.may(CUSTOMERS_VIEW),
        "empty": Empty(
            title=gettext("How good is what you know?"),
            text=gettext(
                "Every night the active records are counted: who can be reached, who allows it, whose fields are "
                "filled, who is there only once. You can count them now."
            ),
            icon="shield-check",
        ),
    }
    if found is not None:
        context |= {
            "parts": parts(found.figures),
            "fields": fields(actor, found.figures),
            "kinds": kinds(found.figures),
            "answer": answer(found),
            "good_url": url("good"),
            "active_url": url("active"),
            "pairs_url": reverse("matching:queue") if actor.may(access.MERGE) else "",
            "choices": choices(actor, found.figures),
            "required": required_words(actor, found.figures),
        }
    return render(request, "matching/quality.html", context)


@require_POST
def count(request: StaffRequest) -> HttpResponse:
    """Count now; to its progress."""
    return redirect("jobs:run", quality_ask(actor=request.actor).pk)


@require_POST
def required(request: StaffRequest) -> HttpResponse:
    """Which fields a whole record has, and who counts as active; counted anew at once."""
    actor = request.actor
    actor.require(access.QUALITY)
    chosen = {kind: request.POST.getlist(kind) for kind in CustomerKind.values}
    try:
        required_save(actor=actor, fields=chosen, active_days=request.POST.get("days", ""))  # type: ignore[arg-type]
    except ValueError as error:
        toast(request, str(error), level="bad")
        return redirect("matching:quality")
    return redirect("jobs:run", quality_ask(actor=actor).pk)


# ── what it shows ─────────────────────────────────────────────────────────


def url(*parts: str, **fields: str) -> str:
    """The list of active customers behind a number."""
    asked = {"f.quality": f"any:{','.join(parts)}"} if parts else {}
    return f"{reverse('customers:list')}?{urlencode({**asked, **fields}, safe=':,')}"


def answer(found: Quality) -> str:
    """The report in a sentence."""
    figures = found.figures
    if not figures["active"]:
        return gettext("Not measurable, because there is no active record.")
    return gettext("%(good)s of %(active)s active records have all four.") % {
        "good": number(figures["good"]), "active": number(figures["active"]),
    }  # fmt: skip


def parts(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The four conditions: how many fulfil each, and the list of those who don't."""
    words = {
        "reachable": (gettext("Can be reached"), "address-book", gettext("a valid phone, e-mail or messenger account")),
        "permitted": (gettext("Permission recorded"), "checkbox", gettext("a yes to at least one purpose")),
        "complete": (gettext("Required fields filled"), "forms", ""),
        "single": (gettext("There only once"), "users", gettext("in no open pair of duplicates")),
    }
    active = figures["active"]
    return [
        {
            "name": name, "label": label, "icon": icon, "help": help_text,
            "count": figures["parts"][name],
            "missing": active - figures["parts"][name],
            "share": figures["parts"][name] / active if active else 0,
            "url": url(f"not-{name}"),
        }
        for name, (label, icon, help_text) in words.items()
    ]  # fmt: skip


def required_words(actor: Actor, figures: dict[str, Any]) -> list[tuple[str, str]]:
    """Which fields were required when it was counted, by kind."""
    labels = {one.name: str(one.label) for one in quality.fillable(actor=actor)}
    comma = gettext(", ")
    return [
        (str(CustomerKind(kind).label), comma.join(labels[name] for name in names if name in labels) or "–")
        for kind, names in figures["required"].items()
    ]


def fields(actor: Actor, figures: dict[str, Any]) -> list[dict[str, Any]]:
    """How well each field is filled, the emptiest first; with the list of those where it is empty."""
    required = {name for names in figures["required"].values() for name in names}
    rows = []
    for one in quality.fillable(actor=actor):
        if one.name not in figures["fields"]:
            continue
        of = figures["people"] if one.name in OF_PEOPLE else figures["active"]
        filled = figures["fields"][one.name]
        rows.append(
            {
                "label": one.label, "filled": filled, "of": of, "share": filled / of if of else 0,
                "required": one.name in required,
                "url": url("active", **{f"f.{one.name}": "empty"}) if one.condition else "",
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row["required"], row["share"]))


def kinds(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """People and organisations apart."""
    return [
        {
            "label": CustomerKind(kind).label, **counts,
            "share": counts["good"] / counts["active"] if counts["active"] else 0,
        }
        for kind, counts in sorted(figures["kinds"].items(), reverse=True)
    ]  # fmt: skip


def choices(actor: Actor, figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that can be required of each kind."""
    needed = quality.required(actor=actor)
    found = []
    for kind in CustomerKind:
        chosen = {one.name for one in needed[kind.value]}
        of_kind = [
            {"name": one.name, "label": one.label, "chosen": one.name in chosen, "fixed": one.required}
            for one in quality.fillable(actor=actor)
            if not (kind == CustomerKind.ORGANISATION and one.name in OF_PEOPLE)
        ]
        found.append({"kind": kind.value, "label": kind.label, "fields": of_kind})
    return found


def trend(days: Sequence[Quality]) -> Chart:
    """The score day by day, as far as it was counted."""
    step = max(1, len(days) // MOST_POINTS)
    shown = [*days[:-1][::step], days[-1]]
    first, last = days[0].score, days[-1].score
    moved = last - first
    words = {
        "from": percent(first / 100), "to": percent(last / 100), "day": day(days[0].day),
    }  # fmt: skip
    if abs(moved) < 0.5:
        said = gettext("It has stayed at %(to)s since %(day)s.") % words
    elif moved > 0:
        said = gettext("It has risen from %(from)s to %(to)s since %(day)s.") % words
    else:
        said = gettext("It has fallen from %(from)s to %(to)s since %(day)s.") % words
    return Chart(
        name="quality",
        question=gettext("Does it get better?"),
        answer=said,
        kind="line",
        x=Axis(labels=[day(one.day) for one in shown], format="text"),
        y=Axis(label=pgettext("quality", "in order"), format="percent", maximum=100),
        series=[Series(pgettext("quality", "in order"), [one.score for one in shown], "c1", area=True)],
        columns=[gettext("Day"), pgettext("quality", "in order"), gettext("Good records"), gettext("Active records")],
        rows=[
            [day(one.day), Share(one.score / 100), one.figures.get("good", 0), one.figures.get("active", 0)]
            for one in reversed(shown)
        ],
    )
