"""What was filled in, going out: a column for each field of the form, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from peyvand.channels.forms import access, kinds, queries
from peyvand.channels.forms.kinds import WORDS_ONLY
from peyvand.channels.forms.models import Form, State, Submission
from peyvand.channels.forms.structure import FormField, structure_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import paginate

CHUNK = 500
SOURCE = ("utm_source", "utm_medium", "utm_campaign", "page", "referrer")


def chosen_of(query: Mapping[str, str]) -> queries.Chosen:
    """What the address of a list asks for; what makes no sense is left out."""
    form, customer = query.get("form", ""), query.get("customer", "")
    state = query.get("state", "")
    return queries.Chosen(
        form_id=_id(form), customer_id=_id(customer), state=state if state in (*State.values, "open") else "",
        text=query.get("q", "").replace("\x00", "").strip()[:100], unknown=query.get("view") == "unknown",
        differing=query.get("view") == "differing", since=_day(query.get("since", "")),
    )  # fmt: skip


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _asked(actor: Actor, query: Mapping[str, str]) -> QuerySet[Submission]:
    actor.require(access.EXPORT)
    return queries.submissions(actor=actor, chosen=chosen_of(query)).select_related("form", "customer")


def _fields(form: Form | None) -> list[FormField]:
    """The fields of all versions of the form, the newest wording of each, in the order of the newest version."""
    if form is None:
        return []
    found: dict[str, FormField] = {}
    for version in form.versions.order_by("-number"):
        for one in structure_of(version.structure).fields:
            if one.type not in WORDS_ONLY:
                found.setdefault(one.key, one)
    return list(found.values())


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """A header, then what was filled in; of one form with its fields as columns, of all with the answers in one."""
    found, chosen = _asked(actor, query), chosen_of(query)
    form = queries.forms(actor=actor).filter(pk=chosen.form_id).first() if chosen.form_id else None
    fields, language = _fields(form), "fa" if actor.language == "fa" else "en"
    yield [
        gettext("When"), gettext("Form"), gettext("Customer"), gettext("State"),
        *([one.said("label", language) or one.key for one in fields] if form else [gettext("Answers")]),
        gettext("Campaign: source"), gettext("Campaign: medium"), gettext("Campaign: name"),
        gettext("Page it stands on"), gettext("Page before that"),
    ]  # fmt: skip
    cursor = None
    while True:
        page = paginate(found, order=queries.NEWEST_FIRST, cursor=cursor, size=CHUNK)
        versions = queries.versions_of(page.rows) if form is None else {}
        for row in page.rows:
            if form is None:
                structure = structure_of(versions[row.form_id, row.version].structure)
                said = [
                    f"{one.said('label', language)}: {text}"
                    for one in structure.fields
                    if (text := kinds.shown(one, row.answers.get(one.key), language=language))
                ]
                answers: list[Any] = ["\n".join(said)]
            else:
                answers = [kinds.plain(one, row.answers.get(one.key), language=language) for one in fields]
            yield [
                row.at, row.form.name, row.customer.name if row.customer else "", str(row.get_state_display()),
                *answers, *(row.source.get(name, "") for name in SOURCE),
            ]  # fmt: skip
        cursor = page.next_cursor
        if cursor is None:
            return


def export_count(actor: Actor, query: Mapping[str, str]) -> int:
    """How many rows that will be."""
    return _asked(actor, query).count()
