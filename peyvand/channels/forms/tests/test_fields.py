"""What a form may ask, how each type is read in both languages, conditions, building, limits, exports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as cases
from hypothesis import strategies as st

from peyvand.channels.forms import asking, building, kinds
from peyvand.channels.forms.errors import BusyError, ClosedError, InvalidError, StampError
from peyvand.channels.forms.exports import export_count, export_rows
from peyvand.channels.forms.kinds import Type
from peyvand.channels.forms.models import Form, FormVersion, State, Submission
from peyvand.channels.forms.services import (
    FormData,
    Given,
    asks_set,
    form_remove,
    form_save,
    form_switch,
    known_of,
    redirect_allowed,
    submit,
)
from peyvand.channels.forms.showing import answers_of, shown_form, spoken_as
from peyvand.channels.forms.stamping import stamp_make, stamp_read
from peyvand.channels.forms.starting import STARTING
from peyvand.channels.forms.structure import FormField, checked, structure_of
from peyvand.channels.forms.suspicion import address_digest
from peyvand.channels.forms.tests.conftest import FIELDS, given, open_stamp, steps
from peyvand.channels.sites.models import Site
from peyvand.foundation.changes.services import undo
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.models import Customer

Make = Callable[..., Form]
CHOICES = (("red", {"fa": "سرخ", "en": "Red"}), ("blue", {"fa": "آبی", "en": "Blue"}))
READ: list[tuple[str, str, Any, Any]] = [
    ("text", "fa", "  علي  ", "علی"),
    ("text", "en", "   ", None),
    ("long", "fa", "یک\nدو", "یک\nدو"),
    ("email", "fa", " Sara@HOME.ir ", "sara@home.ir"),
    ("email", "en", "sara", ValueRefusedError),
    ("phone", "fa", "۰۹۱۲ ۱۲۳ ۴۵ ۶۷", "+989121234567"),
    ("phone", "en", "+44 20 7183 8750", "+442071838750"),
    ("phone", "fa", "۰۹۱۲", ValueRefusedError),
    ("number", "fa", "۱٬۲۳۴٫۵", "1234.5"),
    ("number", "en", "1,234.5", "1234.5"),
    ("number", "fa", "چند", ValueRefusedError),
    ("money", "fa", "۱۲٬۰۰۰", "120000"),
    ("money", "en", "12,000", "120000"),
    ("money", "fa", "۱۲۰۰۰۰ ریال", "120000"),
    ("date", "fa", "۱۴۰۵/۰۹/۰۸", "2026-11-29"),
    ("date", "en", "2026-11-29", "2026-11-29"),
    ("date", "fa", "۱۴۰۵/۱۳/۰۱", ValueRefusedError),
    ("choice", "fa", "red", "red"),
    ("choice", "en", "green", ValueRefusedError),
    ("choices", "fa", ["blue", "red"], ["red", "blue"]),
    ("choices", "en", "red", ["red"]),
    ("yesno", "fa", "بله", True),
    ("yesno", "en", "no", False),
    ("yesno", "en", "perhaps", ValueRefusedError),
    ("rating", "fa", "۵", 5),
    ("rating", "en", "6", ValueRefusedError),
    ("nps", "fa", "۰", 0),
    ("nps", "en", "-1", ValueRefusedError),
    ("nps", "en", "7.5", ValueRefusedError),
    ("scale", "fa", "۳", 3),
    ("scale", "en", "", None),
    ("postal", "fa", "۱۴۱۶۷-۵۳۹۵۵", "1416753955"),
    ("postal", "en", "123", ValueRefusedError),
    ("national_id", "fa", "۰۰۸۴۵۷۵۹۴۸", "0084575948"),
    ("national_id", "en", "0084575949", ValueRefusedError),
    ("consent", "fa", "on", True),
    ("consent", "en", "", None),
    ("consent", "en", "no", None),
    ("address", "fa", "تهران، خیابان ولی‌عصر", "تهران، خیابان ولی‌عصر"),
    ("hidden", "en", "sms", "sms"),
]


@pytest.mark.parametrize(("type_", "language", "raw", "kept"), READ, ids=lambda value: str(value)[:20])
def test_every_type_is_read_as_people_of_the_language_type_it(type_: str, language: str, raw: Any, kept: Any) -> None:
    currency = "IRR" if type_ == "money" else ""
    field = FormField("x", type_, {"fa": "x"}, options=CHOICES, currency=currency)
    with spoken_as(language):
        if kept is ValueRefusedError:
            with pytest.raises(ValueRefusedError) as refused:
                kinds.read(field, raw, language=language)
            assert str(refused.value)
        else:
            assert kinds.read(field, raw, language=language) == kept


def test_there_is_a_reading_for_every_type() -> None:
    assert {type_ for type_, *_rest in READ} == set(Type.values) - {"file", "heading", "paragraph"}


@settings(max_examples=60, deadline=None)
@cases(raw=st.one_of(st.text(max_size=80), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=5))),
       type_=st.sampled_from(sorted(set(Type.values) - {"file", "heading", "paragraph"})))  # fmt: skip
def test_whatever_is_sent_is_read_or_refused_with_words(raw: Any, type_: str) -> None:
    field = FormField("x", type_, {"en": "x"}, options=CHOICES, currency="IRR" if type_ == "money" else "")
    with spoken_as("en"):
        try:
            value = kinds.read(field, raw, language="en")
        except ValueRefusedError as error:
            words = str(error)
        else:
            words = "read"
            assert isinstance(kinds.shown(field, value, language="en"), str)
            if value is not None and type_ not in ("money", "date"):
                assert kinds.read(field, value, language="en") == value, "what is kept is read as the same again"
    assert words


def test_conditions_ask_only_what_fits_and_what_is_not_asked_is_not_needed() -> None:
    structure = structure_of(
        steps(
            {"key": "about", "type": "choice", "options": [{"key": "order", "en": "O"}, {"key": "x", "en": "X"}]},
            {
                "key": "number",
                "type": "text",
                "required": True,
                "when": {"field": "about", "op": "is", "value": "order"},
            },
            {"key": "why", "type": "text", "required": True, "when": {"field": "about", "op": "not", "value": "order"}},
            {"key": "more", "type": "text", "required": True, "when": {"field": "number", "op": "filled", "value": ""}},
            {"key": "none", "type": "text", "when": {"field": "why", "op": "empty", "value": ""}},
        )
    )
    chosen = asking.asked(structure)

    def read(**given: str) -> asking.Read:
        return asking.read_all(structure, given, language="en", chosen=chosen, uploads={}, source={})

    with spoken_as("en"):
        assert set(read(about="order").errors) == {"number"}
        assert set(read(about="x").errors) == {"why"}
        assert set(read(about="order", number="7").errors) == {"more"}
        full = read(about="order", number="7", more="y", why="ignored", none="z")
    assert full.answers == {"about": "order", "number": "7", "more": "y", "none": "z"}


BAD: list[tuple[Any, str]] = [
    ({}, ""),
    ([], ""),
    ({"steps": [1]}, ""),
    ({"steps": [{"key": "s", "fields": "x"}]}, ""),
    (steps({"key": "A b", "type": "text", "label": {"en": "x"}}), "A b.key"),
    (steps({"key": "a", "type": "evil", "label": {"en": "x"}}), "a.type"),
    (steps({"key": "a", "type": "text"}), "a.label"),
    (steps({"key": "a", "type": "choice", "label": {"en": "x"}}), "a.options"),
    (steps({"key": "a", "type": "money", "label": {"en": "x"}, "currency": "XXQ"}), "a.currency"),
    (steps({"key": "a", "type": "scale", "label": {"en": "x"}, "low": 1, "high": 99}), "a.high"),
    (steps({"key": "a", "type": "number", "label": {"en": "x"}, "low": "9", "high": "1"}), "a.high"),
    (steps({"key": "a", "type": "consent", "label": {"en": "x"}, "purpose": "no", "channel": "email"}), "a.purpose"),
    (steps({"key": "a", "type": "text", "label": {"en": "x"}, "map": "owner_id"}), "a.map"),
    (steps({"key": "a", "type": "text", "label": {"en": "x"}, "map": "email"}), "a.map"),
    (steps({"key": "a", "type": "text", "label": {"en": "x"}, "map": "c.nothing"}), "a.map"),
    (steps({"key": "a", "type": "text", "label": {"en": "x"}, "when": {"field": "b", "op": "is"}}), "a.when"),
    (steps({"key": "a", "type": "hidden", "source": "cookie"}), "a.source"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("raw", "where"), BAD, ids=lambda value: str(value)[:40])
def test_a_structure_that_makes_no_sense_is_refused_in_words(actor: Actor, raw: Any, where: str) -> None:
    with pytest.raises(InvalidError) as refused:
        checked(raw, known=known_of(actor))
    assert where in refused.value.errors
    assert str(refused.value)


@pytest.mark.django_db
def test_every_starting_form_can_be_made_opened_and_filled_in(actor: Actor) -> None:
    for one in STARTING:
        data = FormData(name=one.name, structure=one.structure, texts=one.texts, opt_in=one.opt_in)
        made = form_save(actor=actor, data=data)
        form_switch(actor=actor, form=made, active=True)
        made.refresh_from_db()
        for language in ("fa", "en"):
            with spoken_as(language):
                shown = shown_form(made, language=language)
            assert all(field.label for step in shown.steps for field in step.inputs)
            with pytest.raises(InvalidError):
                submit(form=made, given=Given(answers={}, stamp=stamp_make(made.key)))


@pytest.mark.django_db
def test_building_step_by_step_keeps_a_structure_that_can_be_kept(actor: Actor, form: Make) -> None:
    one = form(*FIELDS)
    now, added = building.field_add(one.structure, "choice", label={"en": "Which"})
    now = building.step_add(now)
    now, last = building.field_add(now, "text", label={"en": "Why"}, step="s2")
    now = building.field_put(now, last, {"label": {"en": "Why"}, "when": {"field": added, "op": "is", "value": "o1"}})
    asks_set(actor=actor, form=one, structure=now)
    one.refresh_from_db()
    assert structure_of(one.structure).get(last).when is not None  # type: ignore[union-attr]
    moved = building.field_move(one.structure, last, up=True)
    assert [len(step["fields"]) for step in moved["steps"]] == [7, 0]
    gone = building.field_remove(moved, added)
    assert "when" not in building.field_of(gone, last)
    assert len(building.step_remove(gone, "s2")["steps"]) == 1
    done = asks_set(actor=actor, form=one, structure=gone)
    undo(actor=actor, change_set_id=done)
    one.refresh_from_db()
    assert structure_of(one.structure).get(added) is not None
    lines = building.options_of("سرخ | Red\nسبز | Green\n\n", [{"key": "red", "fa": "سرخ", "en": "x"}])
    assert lines == [{"key": "red", "fa": "سرخ", "en": "Red"}, {"key": "", "fa": "سبز", "en": "Green"}]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cases(
    moves=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["up", "down", "remove", "step-add", "step-remove"])))
)
@pytest.mark.django_db
def test_however_it_is_built_it_can_be_kept(actor: Actor, moves: list[tuple[int, str]]) -> None:
    known, now = known_of(actor), building.begun(steps(*FIELDS))
    for place, what in moves:
        key = FIELDS[place]["key"]
        if what in ("up", "down"):
            now = building.field_move(now, key, up=what == "up")
        elif what == "remove":
            now = building.field_remove(now, key)
        elif what == "step-add" and len(now["steps"]) < 15:
            now = building.step_add(now)
        else:
            now = building.step_remove(now, now["steps"][place % len(now["steps"])]["key"])
        checked(now, known=known)
        keys = [one["key"] for one in building.fields_of(now)]
        assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_a_result_is_read_by_the_version_that_was_asked(actor: Actor, form: Make) -> None:
    one = form(FIELDS[0])
    first = submit(form=one, given=given(one, {"name": "Sara"}))
    changed = steps({**FIELDS[0], "label": {"en": "Who are you?"}}, FIELDS[4])
    done = asks_set(actor=actor, form=one, structure=changed)
    one.refresh_from_db()
    second = submit(form=one, given=given(one, {"name": "Omid", "words": "hi"}))
    assert (first.version, second.version) == (1, 2)
    undo(actor=actor, change_set_id=done)
    version = FormVersion.objects.get(form=one, number=second.version)
    assert [answer.label for answer in answers_of(second, version, language="en")] == ["Who are you?", "Message"]
    rows = list(export_rows(actor, {"form": str(one.pk)}))
    assert len(rows) == 3 == export_count(actor, {"form": str(one.pk)}) + 1
    assert rows[0][4:6] == ["نام", "پیام"] or "Who are you?" in rows[0]
    assert {row[4] for row in rows[1:]} == {"Sara", "Omid"}
    with pytest.raises(NotAllowed):
        next(export_rows(Actor(user_id=None, name="x"), {}))


@pytest.mark.django_db
def test_custom_fields_are_asked_and_filled(actor: Actor, form: Make) -> None:
    field_save(
        actor=actor, record="customer", data=FieldData(kind="choice", label_en="Size", key="size", choices="S\nM")
    )
    custom = building.custom_add({}, next(iter(known_custom(actor))))
    one = form(FIELDS[1], *building.fields_of(custom[0]))
    key = building.fields_of(custom[0])[0]["options"][0]["key"]
    made = submit(form=one, given=given(one, {"email": "a@b.ir", "size": key}))
    assert made.customer is not None
    assert made.customer.custom == {"size": key}


def known_custom(actor: Actor) -> Any:
    return building.CustomField.objects.filter(record="customer", key="size")


@pytest.mark.django_db
def test_a_value_that_customers_can_t_have_stays_in_the_answers(form: Make) -> None:
    one = form(FIELDS[1], {"key": "born", "type": "date", "label": {"en": "Born"}, "map": "birth_date"})
    made = submit(form=one, given=given(one, {"email": "a@b.ir", "born": "۱۵۰۵/۰۱/۰۱"}))
    assert made.customer is not None
    assert (made.customer.birth_date, made.answers["born"]) == (None, "2126-03-21")


@pytest.mark.django_db
def test_stamps_are_of_one_form_and_of_today(form: Make) -> None:
    one, other = form(), form(name="Other")
    stamp = stamp_make(one.key)
    assert stamp_read(stamp, one.key).age < timedelta(seconds=5)
    assert stamp_read(open_stamp(one, seconds=3_600), one.key).age > timedelta(minutes=59)
    for wrong in (stamp + "x", stamp[1:], "", "a:b:c", "::", "x" * 500, stamp.replace(":", "."), "\x00"):
        with pytest.raises(StampError):
            stamp_read(wrong, one.key)
    for text, key in ((stamp, other.key), (open_stamp(one, seconds=86_401), one.key)):
        with pytest.raises(StampError):
            stamp_read(text, key)


@pytest.mark.django_db
def test_limits_hold_per_address_and_per_form_and_again_is_suspicious(form: Make) -> None:
    one = form(spam={"per_address": 3, "per_hour": 5})
    for n in range(3):
        submit(form=one, given=given(one, {"words": f"{n}"}, address="10.0.0.1"))
    with pytest.raises(BusyError):
        submit(form=one, given=given(one, {"words": "x"}, address="10.0.0.1"))
    for n in range(2):
        submit(form=one, given=given(one, {"words": f"b{n}"}, address="10.0.0.2"))
    with pytest.raises(BusyError):
        submit(form=one, given=given(one, {"words": "c"}, address="10.0.0.3"))
    assert Submission.objects.filter(form=one).count() == 5
    assert "10.0.0.1" not in str(Submission.objects.values_list("address", flat=True))
    assert address_digest("127.0.0.1") == "", "behind a proxy it is everybody's"
    two = form(name="Two")
    made = [submit(form=two, given=given(two, {"words": "the same"})) for _n in range(3)]
    assert [one.state for one in made] == [State.NEW, State.NEW, State.SPAM]


@pytest.mark.django_db
def test_only_our_own_sites_are_led_on_to(actor: Actor, shop: Site, form: Make) -> None:
    good = ["https://shop.example/thanks", "https://shop.example:8443/x?y=1"]
    bad = [
        "http://shop.example/",
        "https://evil.example/",
        "//shop.example",
        "javascript:alert(1)",
        "https://x@shop.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example /",
        "https://[",
    ]
    assert all(redirect_allowed(one, demo=False) for one in good)
    assert not [one for one in bad if redirect_allowed(one, demo=False)]
    assert not redirect_allowed(good[0], demo=True)
    with pytest.raises(InvalidError):
        form_save(actor=actor, data=FormData(name="x", redirect_url=bad[1]))


@pytest.mark.django_db
def test_an_empty_form_is_not_opened_and_one_with_results_is_not_removed(actor: Actor, form: Make) -> None:
    empty = form_save(actor=actor, data=FormData(name="Empty", structure={"steps": []}))
    with pytest.raises(InvalidError):
        form_switch(actor=actor, form=empty, active=True)
    with pytest.raises(ClosedError):
        submit(form=empty, given=given(empty, {}))
    done = form_remove(actor=actor, form=empty)
    assert not Form.objects.filter(pk=empty.pk).exists()
    undo(actor=actor, change_set_id=done)
    assert Form.objects.get(pk=empty.pk).name == "Empty"
    one = form()
    submit(form=one, given=given(one, {"words": "x"}))
    with pytest.raises(InvalidError):
        form_remove(actor=actor, form=one)
    assert Customer.objects.count() == 0
