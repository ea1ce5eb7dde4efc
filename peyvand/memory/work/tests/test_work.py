"""Holidays and working hours: what people edited stays, who may do what, pages and programs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import holidays
import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.registry.declarations import Schedule
from peyvand.foundation.registry.registry import registry
from peyvand.memory.work import queries, services
from peyvand.memory.work.errors import ConflictError, InvalidError
from peyvand.memory.work.models import Holiday, HolidayYear, WorkingHours
from peyvand.memory.work.official import Names, countries, country_names, official
from peyvand.memory.work.services import HolidayData, HoursData

pytestmark = pytest.mark.django_db
WE = system_actor(via="web")
READER = Actor(user_id=None, name="reader", grants={"work.view": Scope.ALL})
NOWRUZ, REPUBLIC = date(2026, 3, 21), date(2026, 4, 1)
HOURS = HoursData(name_en="Office", time_zone="Asia/Tehran", hours={"sat": ["9:00-17:00"], "thu": ["9-13"]})


@pytest.fixture
def staff(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(User.objects.create_user("boss@example.com", name="Sara", role=role))
    return client


def on(day: date) -> Holiday:
    return Holiday.objects.kept().get(day=day, demo=False)


def test_official_days_come_in_both_languages() -> None:
    done = services.holidays_load(actor=WE, year=2026)
    assert (done.changed, done.removed) == (0, 0)
    assert done.added == len(official("IR", 2026)) == Holiday.objects.count()
    assert (on(NOWRUZ).source, on(NOWRUZ).closed) == ("official", True)
    assert re.search("[آ-ی]", on(REPUBLIC).name_fa)
    assert on(REPUBLIC).name_en.isascii()
    assert not re.search("[0-9]", "".join(Holiday.objects.values_list("name_fa", flat=True)))
    coming = queries.next_holiday(actor=READER, since=date(2026, 3, 23))
    assert coming is not None
    assert coming.day == date(2026, 3, 23)
    again = services.holidays_load(actor=WE, year=2026)
    assert (again.added, again.change_set) == (0, None)


def test_loading_again_leaves_what_people_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    services.holidays_load(actor=WE, year=2026)
    moved, to = on(REPUBLIC), date(2026, 4, 4)
    services.holiday_save(actor=WE, data=HolidayData(day=to, name_fa="جابه‌جا شد"), holiday=moved)
    worked = on(NOWRUZ)
    services.holiday_save(actor=WE, data=HolidayData(day=NOWRUZ, name_fa="نوروز", closed=False), holiday=worked)
    removed = on(date(2026, 3, 22))
    services.holiday_remove(actor=WE, holiday=removed)
    own, _done = services.holiday_save(actor=WE, data=HolidayData(day=date(2026, 5, 5), name_en="Stocktaking"))
    news = dict(official("IR", 2026))
    renamed, gone, new = date(2026, 2, 11), date(2026, 1, 3), date(2026, 6, 10)
    news |= {own.day: Names("رسمی", "Official"), renamed: Names("نام تازه", "New name"), new: Names("فرمان", "Decree")}
    del news[gone]
    monkeypatch.setattr(services, "official", lambda _country, _year: news)
    done = services.holidays_load(actor=WE, year=2026)
    assert (done.added, done.changed, done.removed) == (1, 1, 1)
    assert (on(to).name_fa, on(renamed).name_en, on(new).name_en) == ("جابه‌جا شد", "New name", "Decree")
    assert on(NOWRUZ).closed is False
    assert on(own.day).name_en == "Stocktaking"
    kept = Holiday.objects.kept().values_list("day", flat=True)
    assert not {gone, REPUBLIC, removed.day} & set(kept)
    assert not queries.is_holiday(day=NOWRUZ, demo=False)
    assert queries.is_holiday(day=to, demo=False)
    back, _done = services.holiday_save(actor=WE, data=HolidayData(day=removed.day, name_en="Back"))
    assert (back.pk, back.source) == (removed.pk, "official")


def test_what_was_done_can_be_taken_back_and_is_told() -> None:
    loaded = services.holidays_load(actor=WE, year=2026)
    done = services.holiday_remove(actor=WE, holiday=on(NOWRUZ))
    assert Event.objects.count() == 2
    before = Event.objects.count()
    undo(actor=WE, change_set_id=done)
    assert on(NOWRUZ).removed is False
    assert Event.objects.count() == before + 1
    assert loaded.change_set is not None
    undo(actor=WE, change_set_id=loaded.change_set)
    assert HolidayYear.objects.count() == 0
    assert queries.is_holiday(day=REPUBLIC, demo=False), "a year that is not here has its official days"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (HolidayData(day=date(2026, 5, 5)), "name_fa"),
        (HolidayData(day=date(2026, 5, 5), name_en=" \u200c"), "name_fa"),
        (HolidayData(day=date(2026, 5, 5), name_fa="ا" * 201), "name_fa"),
        (HolidayData(day=date(1200, 5, 5), name_en="Old"), "day"), (HolidayData(day=NOWRUZ, name_en="Twice"), "day"),
    ],
)  # fmt: skip
def test_a_holiday_needs_a_name_and_a_day_of_its_own(data: HolidayData, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        services.holiday_save(actor=WE, data=data)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hours": {}}, "mon"), ({"hours": {"sat": ["9-12", "11-13"]}}, "sat"), ({"hours": {"sat": ["x"]}}, "sat"),
        ({"hours": {"sat": ["9-12"], "saturday": ["9-12"]}}, "hours"), ({"time_zone": "Tehran"}, "time_zone"),
        ({"name_en": ""}, "name_fa"), ({"name_en": "x" * 81}, "name_en"),
    ],
)  # fmt: skip
def test_working_hours_are_checked(change: dict[str, Any], field: str) -> None:
    values = {"name_en": "Office", "time_zone": "Asia/Tehran", "hours": {"sat": ["9-17"]}, **change}
    with pytest.raises(InvalidError) as refused:
        services.hours_save(actor=WE, data=HoursData(**values))
    assert list(refused.value.errors) == [field]


def test_there_is_one_default_and_the_second_writer_is_told() -> None:
    first, _done = services.hours_save(actor=WE, data=HOURS)
    assert first.is_default
    assert first.hours["thu"] == ["09:00-13:00"]
    second, _done = services.hours_save(
        actor=WE,
        data=HoursData(name_en="Shop", time_zone="Asia/Tehran", hours={"fri": ["22:00-6:00"]}, is_default=True),
    )
    assert list(WorkingHours.objects.filter(is_default=True)) == [second]
    with pytest.raises(InvalidError):
        services.hours_remove(actor=WE, kept=second)
    services.hours_save(actor=WE, data=HOURS, kept=first, version=1)
    with pytest.raises(ConflictError):
        services.hours_save(actor=WE, data=HOURS, kept=first, version=1)
    done = services.hours_remove(actor=WE, kept=first)
    undo(actor=WE, change_set_id=done)
    assert [one.name for one in queries.working_hours(actor=WE)] == ["Shop", "Office"]
    at = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # a Friday, 23:30 in Tehran
    assert queries.is_open(at=at, demo=False)
    assert not queries.is_open(at=at, demo=False, calendar=first.pk)
    assert queries.next_close(at=at, demo=False) == datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
    with pytest.raises(WorkingHours.DoesNotExist):
        queries.calendar_load(demo=True, hours_id=first.pk)


def test_before_anything_is_kept_the_workspaces_weekend_counts() -> None:
    saturday, friday = datetime(2026, 11, 28, 6, tzinfo=UTC), datetime(2026, 11, 27, 6, tzinfo=UTC)
    assert queries.is_open(at=saturday, demo=False)
    assert not queries.is_open(at=friday, demo=False)
    assert queries.next_open(at=friday, demo=False) == datetime(2026, 11, 28, 5, 30, tzinfo=UTC)
    assert queries.open_seconds_between(start=friday, end=saturday, demo=False) == 1_800
    assert not queries.working_day(day=friday.date(), demo=False)
    workspace.put({"weekend": [5, 6]})
    assert queries.working_day(day=friday.date(), demo=False)
    services.starting_ensure(demo=False)
    services.starting_ensure(demo=False)
    assert WorkingHours.objects.get().hours["sat"] == []
    assert HolidayYear.objects.count() == 3


def test_another_country_replaces_what_nobody_touched() -> None:
    services.starting_ensure(demo=False)
    year = max(queries.years_loaded(demo=False))
    services.holiday_save(
        actor=WE, data=HolidayData(day=date(year, 3, 21), name_en="Ours"), holiday=on(date(year, 3, 21))
    )
    services.country_set(actor=WE, country="DE")
    assert on(date(year, 12, 25)).name_en
    assert on(date(year, 3, 21)).name_en == "Ours"
    assert not Holiday.objects.kept().filter(day=date(year, 4, 1), name_fa__contains="جمهوری").exists()
    with pytest.raises(InvalidError):
        services.country_set(actor=WE, country="XX")


def test_every_country_has_a_name_in_both_languages() -> None:
    fa, en = country_names("fa"), country_names("en")
    assert countries() == set(holidays.list_supported_countries(include_aliases=False))
    assert set(fa) == set(en) >= {"IR", "DE", "AF", "TR"}
    assert all(re.search("[آ-ی]", name) for name in fa.values())
    assert (fa["IR"], en["IR"]) == ("ایران", "Iran")
    assert official("XX", 2026) == official("IR", 1200) == {}


def test_the_schedule_takes_in_the_next_year() -> None:
    registry.get(Schedule, "work.holidays").function()
    assert len(queries.years_loaded(demo=False)) == 2
    assert not queries.years_loaded(demo=True)


def test_a_reader_reads_and_changes_nothing() -> None:
    services.starting_ensure(demo=False)
    row, holiday = WorkingHours.objects.get(), Holiday.objects.kept().first()
    assert holiday is not None
    assert queries.working_hours(actor=READER) == [row]
    assert queries.holiday_get(actor=READER, id=holiday.pk) == holiday
    verbs: list[Any] = [
        lambda: services.holidays_load(actor=READER, year=2026),
        lambda: services.holiday_save(actor=READER, data=HolidayData(day=NOWRUZ, name_en="x")),
        lambda: services.holiday_remove(actor=READER, holiday=holiday),
        lambda: services.country_set(actor=READER, country="DE"),
        lambda: services.hours_save(actor=READER, data=HOURS),
        lambda: services.hours_remove(actor=READER, kept=row),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed):
            verb()
    with pytest.raises(NotAllowed):
        queries.working_hours(actor=Actor(user_id=None, name="nobody"))
    assert not WorkingHours.objects.visible_to(READER.looking_at(demo=True)).exists()


# ── pages ────────────────────────────────────────────────────


def test_a_year_is_read_and_edited_on_its_page(staff: Client) -> None:
    page = staff.get(reverse("work:overview"), {"year": "1405"}).content.decode()
    assert "۱۴۰۵" in page
    assert "فروردین" in page
    assert "نوروز" in page
    assert "wk-next" in page
    day = {"day": "1405/02/15", "name_fa": "<b>انبارگردانی</b>", "closed": "on"}
    answer = staff.post(reverse("work:holiday-new"), day)
    assert answer["Location"].endswith("?year=1405")
    made = Holiday.objects.get(source="own")
    assert made.day == date(2026, 5, 5)
    page = staff.get(answer["Location"]).content.decode()
    assert "<b>انبارگردانی</b>" not in page
    assert "&lt;b&gt;انبارگردانی" in page
    assert staff.post(reverse("work:holiday-new"), day).status_code == 422
    staff.post(reverse("work:holiday-remove", args=[made.pk]))
    page = staff.get(reverse("work:overview")).content.decode()
    staff.post(re.findall(r"/audit/\d+/undo/", page)[-1])
    assert Holiday.objects.kept().filter(day=made.day).exists()
    for odd in ("abcd", "9999", "²²²²", "-140", "۱۴۰۵", ""):
        assert staff.get(reverse("work:overview"), {"year": odd}).status_code == 200


def test_hours_are_typed_by_weekday(staff: Client) -> None:
    staff.get(reverse("work:overview"))
    row = WorkingHours.objects.get()
    page = staff.get(reverse("work:hours", args=[row.pk])).content.decode()
    assert "۰۹:۰۰-۱۷:۰۰" in page
    given = {"name_fa": "دفتر", "time_zone": "Asia/Tehran", "sat": "۹ تا ۱۳، ۱۶ تا ۲۱", "thu": "۲۲-۲", "version": "1"}
    assert staff.post(reverse("work:hours", args=[row.pk]), {**given, "sat": "صبح"}).status_code == 422
    assert staff.post(reverse("work:hours", args=[row.pk]), given).status_code == 302
    row.refresh_from_db()
    assert (row.hours["sat"], row.hours["thu"], row.is_default) == (
        ["09:00-13:00", "16:00-21:00"],
        ["22:00-02:00"],
        True,
    )
    late = staff.post(reverse("work:hours", args=[row.pk]), given)
    assert late.status_code == 422
    page = staff.get(reverse("work:overview")).content.decode()
    assert "۱۶:۰۰ تا ۲۱:۰۰" in page
    staff.post(reverse("work:hours-remove", args=[row.pk]))
    assert WorkingHours.objects.count() == 1


def test_official_days_are_loaded_by_a_button(staff: Client) -> None:
    empty = staff.get(reverse("work:overview"), {"year": "1390"}).content.decode()
    assert "wk-none" in empty
    staff.post(reverse("work:load"), {"year": "1390"})
    assert {2011, 2012} <= queries.years_loaded(demo=False)
    staff.post(reverse("work:country"), {"country": "DE"})
    assert workspace.get("work.country") == "DE"
    assert staff.post(reverse("work:country"), {"country": "XX"}).status_code == 422
