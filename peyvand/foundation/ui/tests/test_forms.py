from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.ui.fields import CodeInput, DateField
from peyvand.foundation.ui.formats import date_as_typed
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, use_reader


class Sample(forms.Form):
    name = forms.CharField(label="نام", help_text="راهنما")
    email = forms.EmailField(label="ایمیل", required=False)
    code = forms.CharField(label="کد", widget=CodeInput(), required=False)
    born = DateField(label="تولد", required=False)
    agreed = forms.BooleanField(label="اجازه", required=False)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 1, 1)))
def test_a_date_comes_back_as_it_was_shown(day: date) -> None:
    with override("fa"), use_reader(PERSIAN):
        assert DateField().clean(date_as_typed(day)) == day
    with override("en"), use_reader(ENGLISH):
        assert DateField().clean(day.isoformat()) == day


def test_a_wrong_date_says_what_to_type_and_stays() -> None:
    with override("fa"), use_reader(PERSIAN):
        form = Sample({"name": "x", "born": "۱۴۰۵/۱۳/۰۱"})
        assert not form.is_valid()
        html = str(form)
    assert "۱۴۰۵/۱۳/۰۱" in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_born_error"' in html


@pytest.mark.parametrize(("language", "reader", "kind"), [("fa", PERSIAN, "text"), ("en", ENGLISH, "date")])
def test_the_picker_is_of_the_readers_calendar(language: str, reader: object, kind: str) -> None:
    with override(language), use_reader(reader):
        html = str(Sample(initial={"born": date(2026, 11, 23)})["born"].as_field_group())
    assert f'type="{kind}"' in html
    assert ("data-jdp" in html) is (kind == "text")
    assert ("۱۴۰۵/۰۹/۰۲" in html) is (kind == "text")
    assert ("2026-11-23" in html) is (kind == "date")


def test_optional_fields_are_marked_and_codes_run_left_to_right() -> None:
    with override("fa"), use_reader(PERSIAN):
        form = Sample()
        assert "اختیاری" not in form["name"].as_field_group()
        assert "اختیاری" in form["email"].as_field_group()
        assert 'dir="ltr"' in form["email"].as_field_group()
        assert 'dir="ltr"' in form["code"].as_field_group()
        assert 'dir="auto"' in form["name"].as_field_group()
        assert 'aria-describedby="id_name_helptext"' in form["name"].as_field_group()
        assert form["agreed"].as_field_group().index("<input") < form["agreed"].as_field_group().index("اجازه")
