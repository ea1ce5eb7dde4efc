"""Who may ask what, in which periods; what is kept and taken back; when mail goes out; what a link opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone, translation

from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.tests.factories import make_role, make_user
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.reports import catalogue, posting, services, tasks
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard, Every, Mailing, MailingSent, Report, ShareLink
from peyvand.insight.reports.planning import FEWEST, plan_of
from peyvand.insight.reports.public import shared
from peyvand.insight.reports.questions import Condition, Question, checked, from_plain, from_query, value_read
from peyvand.insight.reports.shipped import SHIPPED
from peyvand.insight.reports.spans import Span, beside, span_of

pytestmark = pytest.mark.django_db
JALALI, GREGORIAN = CalendarKind.JALALI, CalendarKind.GREGORIAN
REVENUE = Question("orders", measures=["orders.revenue"], rows=["customer_id.city"])


def somebody(*, hidden: tuple[str, ...] = (), **grants: Scope) -> Actor:
    usual = {"reports.view": Scope.ALL, "orders.view": Scope.ALL, "customers.view": Scope.ALL}
    given = {**usual, **{name.replace("_", ".", 1): scope for name, scope in grants.items()}}
    return Actor(user_id=1, name="x", grants=MappingProxyType(given), hidden=frozenset(hidden))


def test_a_fact_needs_its_rights_and_a_hidden_field_is_no_field() -> None:
    assert catalogue.subject(somebody(orders_view=Scope.NONE), "orders") is None
    assert catalogue.subject(somebody(reports_view=Scope.NONE), "orders") is None
    assert checked(somebody(), REVENUE).currency_path == "currency"
    blind = somebody(hidden=("customer.city",))
    for question in (
        REVENUE,
        Question("orders", measures=["orders.sales"], conditions=[Condition("customer_id.city", "is", "Qom")]),
        Question("customers", measures=["customers.all"], across="city"),
    ):
        with pytest.raises(RefusedError):
            checked(blind, question)
    about = catalogue.subject(blind, "orders")
    assert about is not None
    assert "customer_id.city" not in about.fields
    assert "customer_id.country" in about.fields


def test_small_groups_are_folded_for_who_sees_only_some() -> None:
    plans = {
        (scope, field): plan_of(actor, checked(actor, question), calendar=JALALI, language="fa")["fewest"]
        for scope in (Scope.TEAM, Scope.ALL)
        for field in ("customer_id.city", "channel", "filter")
        for actor in [somebody(customers_view=scope)]
        for question in [
            Question("orders", measures=["orders.sales"], conditions=[Condition("customer_id.city", "is", "Qom")])
            if field == "filter"
            else Question("orders", measures=["orders.sales"], rows=[field])
        ]
    }
    folded = {key for key, fewest in plans.items() if fewest}
    assert folded == {(Scope.TEAM, "customer_id.city"), (Scope.TEAM, "filter")}
    assert set(plans.values()) == {0, FEWEST}


@pytest.mark.parametrize(
    "question",
    [
        Question("nothing"),
        Question("orders", measures=["lines.margin"]),
        Question("orders", rows=["placed_at"]),
        Question("orders", rows=["placed_at:century"]),
        Question("orders", rows=["net_minor"]),
        Question("orders", rows=["channel"], across="channel"),
        Question("orders", conditions=[Condition("gone", "is", "1")]),
        Question("orders", conditions=[Condition("placed_at", "more", "yesterday")]),
        Question("orders", conditions=[Condition("net_minor", "more", "NaN")]),
        Question("orders", period="from-to", start="1405/01/02", end="1405/01/01"),
        Question("orders", period="from-to", start="1405-12-30", end="1406-01-01"),
        Question("orders", period="the day"),
        Question("orders", currency="ZZZ"),
        Question("products", measures=["count"], period="this-month"),
        Question("orders", measures=["orders.sales"] * 5),
    ],
)
def test_what_has_no_sense_is_refused_in_a_sentence(question: Question) -> None:
    actor = system_actor()
    with translation.override("fa"), pytest.raises(RefusedError) as refused:
        checked(actor, question)
    assert any("آ" <= letter <= "ی" for letter in str(refused.value))


def test_an_address_and_a_report_hold_the_whole_question(rf: object) -> None:
    question = Question(
        "orders", measures=["orders.revenue", "count"], rows=["placed_at:month"], across="channel",
        conditions=[Condition("channel", "not", "web"), Condition("customer_id.city", "is", "قم|Qom")],
        period="days", days=90, compare="year", top=5, chart="stacked", currency="EUR", share=True, order="label",
    )  # fmt: skip
    asked = rf.get(f"/?{question.query()}").GET  # type: ignore[attr-defined]
    assert from_query(asked) == question
    assert from_plain(question.as_plain()) == question
    assert from_plain({"measures": 7, "conditions": [[1]], "top": "x", "days": None}).top == 0


def test_an_amount_in_a_filter_is_of_its_unit(rf: object) -> None:
    asked = rf.get("/?fact=orders&f=net_minor&o=more&v=۱۰٬۰۰۰٬۰۰۰&u=IRT&f=lines&o=more&v=3&u=").GET  # type: ignore[attr-defined]
    question = from_query(asked)
    assert [one.value for one in question.conditions] == ["۱۰٬۰۰۰٬۰۰۰ IRT", "3"]
    found = checked(somebody(), question)
    assert found.question.conditions[-1] == Condition("currency", "is", "IRR"), "no euros beside them"
    fields = found.subject.fields
    typed = ("۱۰٬۰۰۰٬۰۰۰ IRT", "10 million rial", "12.50 EUR", "1250")
    read = [value_read(fields["net_minor"], value) for value in typed]
    assert read == ["100000000", "10000000", "1250", "1250"]
    assert from_query(rf.get(f"/?{question.query()}").GET) == question  # type: ignore[attr-defined]


def test_everything_shipped_can_be_asked() -> None:
    for dashboard in SHIPPED:
        for tile in dashboard.tiles:
            checked(system_actor(), from_plain(tile.question))


def test_periods_in_both_calendars_and_beside_others() -> None:
    today = date(2026, 11, 30)  # 9 Azar 1405

    def days(name: str, calendar: CalendarKind) -> Span:
        found = span_of(name, today=today, calendar=calendar)
        assert found is not None
        return found

    assert days("this-month", JALALI) == Span(date(2026, 11, 22), date(2026, 12, 21))
    assert days("this-month", GREGORIAN) == Span(date(2026, 11, 1), date(2026, 11, 30))
    assert days("season-last-year", JALALI) == Span(date(2025, 9, 23), date(2025, 12, 21))
    assert days("this-week", JALALI).start.weekday() == 5
    month = days("this-month", JALALI)
    before = beside("before", month, period="this-month", today=today, calendar=JALALI)
    assert before == Span(date(2026, 10, 23), date(2026, 10, 31)), "as many days as have been of this month"
    year = beside("year", month, period="this-month", today=today, calendar=JALALI)
    assert (year.start, year.end) == (date(2025, 11, 22), date(2025, 11, 30))


def test_reports_and_tiles_are_kept_and_taken_back() -> None:
    me = Actor(user_id=make_user().pk, name="x", everything=True)
    report, done = services.report_save(actor=me, name="Sales", question=REVENUE)
    assert from_plain(report.question).rows == ["customer_id.city"]
    undo(actor=me, change_set_id=done)
    assert not Report.objects.exists()
    board, _done = services.dashboard_save(actor=me, name="Mine")
    first, second = (services.tile_add(actor=me, dashboard=board, title=name, question=REVENUE)[0] for name in "AB")
    services.tile_change(actor=me, tile=second, what="earlier")
    done = services.tile_change(actor=me, tile=first, what="remove")
    assert [tile.title for tile in board.tiles.order_by("position")] == ["B"]
    undo(actor=me, change_set_id=done)
    assert [tile.title for tile in board.tiles.order_by("position")] == ["B", "A"]
    other = Actor(user_id=make_user().pk, name="y", everything=True)
    with pytest.raises(NotAllowed):
        services.tile_change(actor=other, tile=second, what="wider")
    assert not Dashboard.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("every", "weekday", "day", "after", "expected"),
    [
        (Every.WEEK, 5, 1, datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 12, 5, 4, 30, tzinfo=UTC)),
        (Every.WEEK, 5, 1, datetime(2026, 12, 5, 4, 30, tzinfo=UTC), datetime(2026, 12, 12, 4, 30, tzinfo=UTC)),
        (Every.DAY, 0, 1, datetime(2026, 11, 30, 3, tzinfo=UTC), datetime(2026, 11, 30, 4, 30, tzinfo=UTC)),
        (Every.MONTH, 0, 31, datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 12, 21, 4, 30, tzinfo=UTC)),
    ],
)
def test_mail_goes_out_on_its_day_in_the_workspace(
    every: str, weekday: int, day: int, after: datetime, expected: datetime
) -> None:
    one = Mailing(every=every, weekday=weekday, day=day, calendar="jalali", at=time(8))
    assert posting.next_moment(one, after=after) == expected


def test_a_mailing_that_is_due_begins_once() -> None:
    user = make_user()
    me = Actor(user_id=user.pk, name="x", everything=True)
    report, _done = services.report_save(actor=me, name="Sales", question=REVENUE)
    data = posting.MailingData("week", 5, 1, "jalali", time(8), ["pdf"], [user.pk])
    mailing, _done = posting.mailing_save(actor=me, kept=report, data=data)
    due = timezone.now() - timedelta(days=30)
    Mailing.objects.update(next_at=due)
    posting.mailings_due()
    posting.mailings_due()
    assert list(mailing.sent.values_list("due", "person_id")) == [(due, user.pk)]
    mailing.refresh_from_db()
    assert mailing.next_at is not None
    assert mailing.next_at > timezone.now()


def test_a_mail_is_on_its_way_while_it_is_made_and_handed_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(role=make_role({"reports.view": Scope.ALL}))
    me = Actor(user_id=user.pk, name="x", everything=True)
    report, _done = services.report_save(actor=me, name="Sales", question=REVENUE)
    data = posting.MailingData("week", 5, 1, "jalali", time(8), ["pdf"], [user.pk])
    mailing, _done = posting.mailing_save(actor=me, kept=report, data=data)
    row = MailingSent.objects.create(mailing=mailing, due=timezone.now(), person=user)
    seen: list[tuple[str, bool]] = []

    def now(what: str) -> list[Any]:
        row.refresh_from_db()
        seen.append((what, row.done_at is not None))
        return []

    post = SimpleNamespace(send=lambda _mail: now("sent"))
    monkeypatch.setattr(tasks, "_figures", lambda *_given: now("made"))
    monkeypatch.setattr(tasks, "made", lambda *_given, **_more: b"")
    monkeypatch.setattr(tasks, "registry", SimpleNamespace(all=lambda _kind: [post]))
    run: Any = SimpleNamespace(check=lambda: None, progress=lambda *_given: None)
    for _turn in range(2):
        tasks.mail(run, mailing=mailing.pk, due=row.due.isoformat())
    assert seen == [("made", False), ("sent", True)]
    row.refresh_from_db()
    assert row.good


def test_a_link_opens_until_it_ends_or_its_maker_may_no_more() -> None:
    user = make_user()
    me = Actor(user_id=user.pk, name="x", everything=True)
    report, _done = services.report_save(actor=me, name="Sales", question=REVENUE)
    with pytest.raises(RefusedError):
        services.link_make(actor=me, kept=report, days=30, sites=["javascript:alert(1)"])
    link, secret = services.link_make(actor=me, kept=report, days=30, sites=["https://example.com"])
    assert secret not in str(ShareLink.objects.values())
    assert shared(secret) is None, "a person without a role may not share any more"
    User.objects.filter(pk=user.pk).update(role=make_role({"reports.share": Scope.ALL, "reports.view": Scope.ALL}))
    opened = shared(secret)
    assert opened is not None
    assert (opened.name, opened.sites) == ("Sales", ("https://example.com",))
    assert opened.figures[0].refused, "orders are not theirs to see"
    services.link_revoke(actor=me, link=link)
    assert shared(secret) is None
    assert services.link_opened(secret) is None
