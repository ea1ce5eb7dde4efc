"""Holidays and working hours by programs."""

from __future__ import annotations

import json

import pytest

from peyvand.doors.api.tests.factories import person, program
from peyvand.memory.work.official import official

pytestmark = pytest.mark.django_db


def test_programs_do_all_of_it_too() -> None:
    admin = program(user=person("admin", "owner@example.com"))
    loaded = json.loads(admin.ask("post", "/holidays/load", {"year": 2026}).content)
    assert loaded["added"] == len(official("IR", 2026))
    found = json.loads(admin.ask("get", "/holidays?since=2026-03-21&until=2026-03-21").content)
    assert [one["day"] for one in found] == ["2026-03-21"]
    whole = f"/holidays/{found[0]['id']}"
    assert admin.ask("put", whole, {"day": "2026-03-21", "name_en": "Nowruz", "closed": False}).status_code == 200
    assert admin.ask("delete", whole).status_code == 204
    assert admin.ask("get", whole).status_code == 404
    assert admin.ask("get", "/holidays?since=2000-01-01&until=2026-03-21").status_code == 422
    assert admin.ask("post", "/holidays/load", {"year": 9_999}).status_code == 422
    hours = {"name_en": "Office", "time_zone": "Asia/Tehran", "hours": {"sat": ["9:00-17:00"]}}
    made = json.loads(admin.ask("post", "/working-hours", hours).content)
    assert made["hours"]["sat"] == ["09:00-17:00"]
    assert admin.ask("put", f"/working-hours/{made['id']}", {**hours, "version": 9}).status_code == 409
    asked = json.loads(admin.ask("get", "/working-hours/open?at=2026-11-28T06:00:00Z").content)
    assert asked["open"] is True
    assert asked["next_close"].startswith("2026-11-28T13:30")
    for odd in ("2026-11-28T06:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert admin.ask("get", f"/working-hours/open?at={odd}").status_code == 422
    assert admin.ask("get", "/working-hours/open?hours_id=999999").status_code == 404
    assert admin.ask("delete", f"/working-hours/{made['id']}").status_code == 422
