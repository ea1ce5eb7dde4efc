"""To whom conversations come, why, and what happens when nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import Alarm, Answerer, Conversation, RoutingRule, State
from peyvand.channels.conversations.reasons import why_mine
from peyvand.channels.conversations.services import AnswererData, ReplyData, RuleData, SettingsData
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import Membership, Team, User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.work.services import HoursData, hours_save

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]
NOON = datetime(2026, 11, 28, 12, tzinfo=ZoneInfo("Asia/Tehran"))  # a Saturday


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"), use_reader(Reader(language="en")):
        yield


@pytest.fixture
def manager(colleague: People) -> Actor:
    """Who sets how conversations are given."""
    return colleague(name="Shirin")[1]


@pytest.fixture
def desk(colleague: People, manager: Actor) -> Callable[..., tuple[User, Actor]]:
    """A colleague who takes conversations: desk("آرش", topics=["فاکتور"])."""

    def made(name: str, role: str = "service", **data: object) -> tuple[User, Actor]:
        user, actor = colleague(role, name=name)
        services.answerer_save(actor=manager, user_id=user.pk, data=AnswererData(**data))  # type: ignore[arg-type]
        return user, actor

    return made


@pytest.fixture
def always_open() -> None:
    """Working hours around the clock, so that minutes are minutes."""
    week = {day: ["00:00-24:00"] for day in ("sat", "sun", "mon", "tue", "wed", "thu", "fri")}
    data = HoursData(name_en="Always", time_zone="Asia/Tehran", hours=week, is_default=True, observes_holidays=False)
    hours_save(actor=system_actor(), data=data)


def test_the_fewest_open_ones_decide_and_the_reason_says_so(writes: Writes, person: Person, desk: People) -> None:
    arash, _one = desk("Arash")
    sara, seeing = desk("Sara")
    first, second, third = writes(person()), writes(person()), writes(person())
    assert {first.assignee, second.assignee} == {arash, sara}
    Conversation.objects.filter(assignee=arash).update(state=State.CLOSED)
    assert third.assignee == first.assignee  # both had one; who had none for longest
    Conversation.objects.filter(assignee=arash).update(state=State.CLOSED)
    Conversation.objects.filter(assignee=sara).update(state=State.OPEN)
    fourth = writes(person())
    assert fourth.assignee == arash
    assert why_mine(fourth, actor=seeing) == "Came to Arash: fewest open conversations (0)."


def test_skills_language_channel_and_topic(writes: Writes, person: Person, desk: People) -> None:
    english, seeing = desk("Sam", languages=["en"], topics=["invoice", "فاکتور"])
    persian, _other = desk("Parisa", languages=["fa"])
    by_mail, _third = desk("Mail", channels=["email"])
    assert writes(person(), "Where is my parcel?", language="en").assignee == english
    assert writes(person(), "سلام", language="fa").assignee == persian
    told = writes(person(), "My INVOICE is wrong", language="en")
    assert why_mine(told, actor=seeing) == (
        "Came to you: answers in English, knows about “invoice”, fewest open conversations (1)."
    )
    assert not Conversation.objects.filter(assignee=by_mail).exists()


def test_a_limit_is_kept_and_who_is_away_or_may_not_answer_gets_nothing(
    writes: Writes, person: Person, desk: People
) -> None:
    full, _one = desk("Full", most=1)
    desk("Away", takes=False)
    desk("Reader", role="viewer")
    assert writes(person()).assignee == full
    assert writes(person()).assignee is None


def test_the_owner_comes_first_unless_away(writes: Writes, person: Person, desk: People, manager: Actor) -> None:
    owner, _one = desk("Owner")
    other, _two = desk("Other")
    mine = person()
    Customer.objects.filter(pk=mine.pk).update(owner=owner)
    assert writes(mine).assignee == owner
    services.answerer_save(actor=manager, user_id=owner.pk, data=AnswererData(takes=False))
    theirs = person()
    Customer.objects.filter(pk=theirs.pk).update(owner=owner)
    assert writes(theirs).assignee == other


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"channels": ["sms"]}, True), ({"channels": ["email"]}, False), ({"language": "fa"}, True),
        ({"language": "en"}, False), ({"words": ["شکسته"]}, True), ({"words": ["فاکتور"]}, False),
        ({"classes": ["champion"]}, True), ({"classes": ["lost"]}, False), ({"hours": "open"}, True),
        ({"hours": "closed"}, False), ({"enabled": False}, False),
    ],
)  # fmt: skip
def test_what_a_rule_names_must_hold(
    writes: Writes, person: Person, desk: People, manager: Actor, always_open: None, rule: dict[str, object], fits: bool
) -> None:
    vip, _one = desk("Vip", most=50)
    customer = person()
    Trait.objects.create(customer=customer, name="value.class", text="champion")
    services.rule_save(actor=manager, data=RuleData(name="R", to_user_id=vip.pk, **rule))  # type: ignore[arg-type]
    desk("Other")
    found = writes(customer, "فنجان شکسته رسید", language="fa")
    assert (found.routed.get("rule") == "R") is fits


def test_the_first_rule_decides_and_a_team_keeps_what_nobody_of_it_can_take(
    writes: Writes, person: Person, desk: People, manager: Actor
) -> None:
    team = Team.objects.create(name="Returns")
    member, seeing = desk("Member", most=1)
    desk("Stranger")
    Membership.objects.create(team=team, user=member)
    services.rule_save(actor=manager, data=RuleData(name="To the team", words=["شکسته"], to_team_id=team.pk))
    last = services.rule_save(actor=manager, data=RuleData(name="To all"))
    found = writes(person(), "شکسته است")
    assert (found.assignee, found.team) == (member, team)
    kept = writes(person(), "این هم شکسته است")
    assert (kept.assignee, kept.team) == (None, team)
    assert why_mine(kept, actor=seeing) == "By the rule “To the team” with the team Returns; nobody of it is free now."
    services.rule_move(actor=manager, rule=last, up=True)
    assert writes(person(), "شکسته").routed["rule"] == "To all"
    assert services.rule_move(actor=manager, rule=last, up=True) is None


def test_a_topic_finds_those_who_know(writes: Writes, person: Person, desk: People, manager: Actor) -> None:
    desk("Other")
    knows, _actor = desk("Knows", topics=["Returns"])
    services.rule_save(actor=manager, data=RuleData(name="Broken", words=["شکسته"], to_topic="returns"))
    assert [writes(person(), "شکسته").assignee for _number in range(2)] == [knows, knows]


def test_who_does_not_answer_in_working_time_loses_it_to_the_next(
    writes: Writes, person: Person, desk: People, manager: Actor, always_open: None
) -> None:
    services.settings_save(actor=manager, data=SettingsData(reroute_minutes=15))
    people = {desk(name)[0] for name in ("One", "Two", "Three", "Four", "Five")}
    found = writes(person())
    had, now = [found.assignee], timezone.now()
    assert services.reroute_due(now + timedelta(minutes=10)) == 0
    for _number in range(3):
        now += timedelta(minutes=16)
        assert services.reroute_due(now) == 1
        assert services.reroute_due(now) == 0
        found = Conversation.objects.get(pk=found.pk)
        had.append(found.assignee)
    assert len(set(had)) == 4
    assert set(had) < people
    assert "did not answer for 15 minutes. Came to" in why_mine(found, actor=manager)
    assert services.reroute_due(now + timedelta(minutes=16)) == 0  # three tries, then it stays


def test_what_a_colleague_gave_or_was_answered_stays(
    writes: Writes, person: Person, desk: People, manager: Actor, always_open: None
) -> None:
    services.settings_save(actor=manager, data=SettingsData(reroute_minutes=15))
    one, _actor = desk("One")
    desk("Two")
    given_by_hand, answered = writes(person()), writes(person())
    services.assign(actor=manager, conversation_id=given_by_hand.pk, user_id=one.pk)
    services.reply(actor=manager, conversation_id=answered.pk, data=ReplyData(text="بله", channel="sms"))
    assert services.reroute_due(timezone.now() + timedelta(hours=1)) == 0


def test_by_night_nobody_loses_anything(writes: Writes, person: Person, desk: People, manager: Actor) -> None:
    services.settings_save(actor=manager, data=SettingsData(reroute_minutes=15))
    desk("One")
    desk("Two")
    night = NOON.replace(hour=23)
    found = writes(person(), at=night)
    Conversation.objects.filter(pk=found.pk).update(routed={**found.routed, "at": night.isoformat()})
    assert services.reroute_due(night + timedelta(hours=2)) == 0


def test_of_a_valuable_customer_who_waits_somebody_hears_once(
    writes: Writes, person: Person, desk: People, manager: Actor, colleague: People, always_open: None
) -> None:
    has_it, having = desk("Has it")
    lead, leading = colleague("service", name="Lead")
    data = SettingsData(tell_minutes=30, tell_classes=["champion"], tell_user_id=lead.pk)
    services.settings_save(actor=manager, data=data)
    customer, other = person(), person()
    Trait.objects.create(customer=customer, name="value.class", text="champion")
    found, now = writes(customer), timezone.now()
    writes(other)
    assert services.tell_due(now + timedelta(minutes=20)) == 0
    assert [services.tell_due(now + timedelta(minutes=31)) for _number in range(3)] == [1, 0, 0]
    assert [(one.user, one.conversation) for one in Alarm.objects.all()] == [(lead, found)]
    assert Event.objects.filter(name__contains="ValuableWaiting").count() == 1
    assert queries.waiting_for(actor=leading) == 1
    services.read_mark(actor=leading, conversation_id=found.pk)
    assert queries.waiting_for(actor=leading) == 0
    services.reply(actor=having, conversation_id=found.pk, data=ReplyData(text="بله", channel="sms"))
    assert services.tell_due(now + timedelta(minutes=40)) == 0
    writes(customer, "باز هم منتظرم", at=now + timedelta(minutes=50))
    assert services.tell_due(now + timedelta(minutes=90)) == 1
    assert has_it.pk not in Alarm.objects.values_list("user_id", flat=True)


def test_without_a_name_who_has_it_is_told(
    writes: Writes, person: Person, desk: People, manager: Actor, always_open: None
) -> None:
    has_it, _actor = desk("Has it")
    services.settings_save(actor=manager, data=SettingsData(tell_minutes=5, tell_classes=["champion"]))
    customer = person()
    Trait.objects.create(customer=customer, name="value.class", text="champion")
    writes(customer)
    assert services.tell_due(timezone.now() + timedelta(minutes=6)) == 1
    assert Alarm.objects.get().user == has_it


def test_by_hand_by_the_rules_and_back(writes: Writes, person: Person, desk: People, manager: Actor) -> None:
    found = writes(person())
    with pytest.raises(InvalidError):
        services.route(actor=manager, conversation_id=found.pk)
    one, _actor = desk("One")
    done = services.route(actor=manager, conversation_id=found.pk)
    found.refresh_from_db()
    assert found.assignee == one
    assert done is not None
    undo(actor=manager, change_set_id=done)
    found.refresh_from_db()
    assert (found.assignee, found.routed) == (None, {})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"), ({"language": "xx"}, "language"), ({"hours": "never"}, "hours"),
        ({"channels": ["pigeon"]}, "channels"), ({"classes": ["rich"]}, "classes"), ({"words": ["y" * 61]}, "words"),
        ({"to_user_id": 10**9}, "to_user_id"), ({"to_team_id": 10**9}, "to_team_id"),
        ({"to_topic": "z" * 61}, "to_topic"),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(manager: Actor, data: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        services.rule_save(actor=manager, data=RuleData(**{"name": "x", **data}))  # type: ignore[arg-type]
    assert field in caught.value.errors
    assert not RoutingRule.objects.exists()


def test_only_who_may_manage_sets_it(manager: Actor, colleague: People) -> None:
    user, actor = colleague("service")
    rule = services.rule_save(actor=manager, data=RuleData(name="x"))
    for act in (
        lambda: services.rule_save(actor=actor, data=RuleData(name="y")),
        lambda: services.rule_move(actor=actor, rule=rule, up=True),
        lambda: services.rule_remove(actor=actor, rule=rule),
        lambda: services.settings_save(actor=actor, data=SettingsData()),
        lambda: services.answerer_save(actor=actor, user_id=user.pk, data=AnswererData()),
    ):
        with pytest.raises(NotAllowed):
            act()
    for bad in (SettingsData(reroute_minutes=-1), SettingsData(tell_minutes=5), SettingsData(tell_team_id=10**9)):
        with pytest.raises(InvalidError):
            services.settings_save(actor=manager, data=bad)
    row = services.settings_save(actor=manager, data=SettingsData(owner_first=False), version=0)
    with pytest.raises(ChangedMeanwhileError):
        services.settings_save(actor=manager, data=SettingsData(), version=row.version - 1)
    with pytest.raises(InvalidError):
        services.answerer_save(actor=manager, user_id=user.pk, data=AnswererData(most=5_000))


def test_pages(manager: Actor, colleague: People, signed_in: SignedIn, desk: People) -> None:
    user, _actor = desk("آرش", topics=["فاکتور"])
    browser = signed_in(User.objects.get(pk=manager.user_id))
    form = {"name": "شکسته", "words": "شکسته، خراب", "to_topic": "فاکتور", "enabled": "on"}
    assert browser.post(reverse("conversations:rule-new"), {**form, "to_user": user.pk}).status_code == 422
    assert browser.post(reverse("conversations:rule-new"), form).status_code == 302
    rule = RoutingRule.objects.get()
    assert rule.words == ["شکسته", "خراب"]
    assert browser.post(reverse("conversations:rule-one", args=[rule.pk]), {**form, "name": "نو"}).status_code == 302
    page = reverse("conversations:routing")
    shown = browser.get(page).content.decode()
    assert "نو" in shown
    assert "فاکتور" in shown
    assert browser.post(page, {"reroute_minutes": "۱۵", "tell_minutes": "x"}).status_code == 422
    assert browser.post(page, {"reroute_minutes": "۱۵", "version": "9"}).status_code == 409
    assert browser.post(page, {"reroute_minutes": "۱۵", "version": "0"}).status_code == 302
    somebody = reverse("conversations:person", args=[user.pk])
    assert browser.post(somebody, {"takes": "on", "languages": "en", "most": "۵", "topics": "a, b"}).status_code == 302
    assert Answerer.objects.get().most == 5
    assert browser.post(reverse("conversations:rule-move", args=[rule.pk]), {"up": "1"}).status_code == 302
    assert browser.post(reverse("conversations:rule-remove", args=[rule.pk])).status_code == 302
    assert not RoutingRule.objects.exists()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=st.lists(st.integers(1, 3), min_size=1, max_size=3), come=st.integers(1, 8))
def test_no_limit_is_ever_passed_and_nobody_is_idle_while_one_waits(
    writes: Writes, person: Person, colleague: People, manager: Actor, limits: list[int], come: int
) -> None:
    Answerer.objects.all().delete()
    Conversation.objects.all().update(state=State.CLOSED)
    users = [colleague("service")[0] for _limit in limits]
    for user, most in zip(users, limits, strict=True):
        services.answerer_save(actor=manager, user_id=user.pk, data=AnswererData(most=most))
    for _number in range(come):
        writes(person())
    open_now = Conversation.objects.filter(state=State.OPEN)
    held = [open_now.filter(assignee=user).count() for user in users]
    assert all(count <= most for count, most in zip(held, limits, strict=True))
    assert sum(held) == min(come, sum(limits))
