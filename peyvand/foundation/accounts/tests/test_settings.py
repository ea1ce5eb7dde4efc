from __future__ import annotations

import pytest
from django.utils.translation import override

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.models import Setting
from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.registry import UnknownNameError

pytestmark = pytest.mark.django_db


def test_the_default_until_something_is_set() -> None:
    assert settings.get("weekend") == [4]
    settings_save(actor=system_actor(), values={"weekend": ["3", "4", "4"], "workspace_name": " Chayno "})
    assert settings.get("weekend") == [3, 4]
    assert settings.text("workspace_name") == "Chayno"
    assert set(Setting.objects.values_list("key", flat=True)) == {"weekend", "workspace_name"}


def test_an_unknown_name_raises() -> None:
    with pytest.raises(UnknownNameError):
        settings.get("no_such_thing")
    with pytest.raises(UnknownNameError):
        settings_save(actor=system_actor(), values={"no_such_thing": 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workspace_name", "  "),
        ("default_currency", "rial"),
        ("calendar", "lunar"),
        ("time_zone", "Mars/Olympus"),
        ("weekend", [7]),
        ("weekend", "4"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        settings_save(actor=system_actor(), values={"toman": False, name: value})
    assert settings.flag("toman")


def test_within_a_request_the_table_is_read_once(django_assert_num_queries) -> None:
    with settings.remembered(), django_assert_num_queries(1):
        for name in ("workspace_name", "toman", "calendar"):
            settings.get(name)


def test_what_is_saved_within_a_request_is_seen_in_it() -> None:
    with settings.remembered():
        assert settings.flag("toman")
        settings_save(actor=system_actor(), values={"toman": False})
        assert not settings.flag("toman")


def test_a_house_without_a_name_is_called_as_we_are_in_the_reader_s_language() -> None:
    for language, name in (("fa", "پیوند"), ("en", "Peyvand")):
        with override(language):
            assert settings.text("workspace_name") == name
            assert not settings.put({"workspace_name": name}), "what is the default anyway is not stored"
