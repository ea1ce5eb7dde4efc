"""To whom a conversation comes by itself, and why; to whom it goes when they don't answer.

The customer's owner first, then the first rule that fits, else all who take conversations. Among several: those who
speak the language and serve the channel, who know what it is about, who have the fewest open ones, who had none for
longest. The reason is kept with the conversation, as facts; `showing` puts it in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import (
    Answerer,
    Conversation,
    Entry,
    RoutingRule,
    RoutingSettings,
    State,
    Way,
)
from peyvand.channels.conversations.models.routing import Hours
from peyvand.channels.conversations.services.standing import locked
from peyvand.channels.conversations.waking import wake
from peyvand.events.conversations import ConversationChanged
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import Membership, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Trait
from peyvand.memory.work.queries import calendar_load

CLASS = "value.class"
AT_ONCE = 200
TRIES = 3  # so many colleagues in turn, then it stays where it is
_LOCK = 7_301_004  # one routing at a time, so that loads and limits are those of now


@dataclass(frozen=True)
class Route:
    """Where it comes: to a person, else to a team; `why` are the facts of the reason."""

    user_id: int | None
    team_id: int | None
    why: dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is known of a conversation when it is routed; its class and the hour only where a rule asks for them."""

    conversation: Conversation
    key: str
    language: str
    value_class: str
    open_now: bool
    without: frozenset[int] = field(default_factory=frozenset)


def settings_of(*, demo: bool) -> RoutingSettings:
    """The settings of the business, the defaults where it has none."""
    return RoutingSettings.objects.filter(demo=demo).first() or RoutingSettings(demo=demo)


def routed_on_arrival(conversation: Conversation, entry: Entry) -> None:
    """Give a conversation that begins, or begins again without anybody, to whom it belongs; inside the transaction."""
    route = _decided(conversation, f"{entry.subject} {entry.text}", now=entry.at)
    if route is not None:
        _put(conversation, route, now=timezone.now())


def _decided(conversation: Conversation, text: str, *, now: datetime, without: Collection[int] = ()) -> Route | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK + conversation.demo])
    customer, demo = conversation.customer, conversation.demo
    rules = list(RoutingRule.objects.filter(demo=demo, enabled=True).order_by("position", "id"))
    takers = _takers(demo)
    if not rules and not takers and (customer is None or customer.owner is None):
        return None
    asked = Asked(
        conversation=conversation, key=fa_key(text), without=frozenset(without),
        language=conversation.language or (customer.language if customer else ""),
        value_class=_class_of(conversation) if any(rule.classes for rule in rules) else "",
        open_now=any(rule.hours for rule in rules) and calendar_load(demo=demo).is_open(now),
    )  # fmt: skip
    loads = _loads(conversation)
    if (route := _to_owner(asked, loads)) is not None:
        return route
    for rule in rules:
        if holds(rule, asked):
            return _by_rule(rule, asked, loads, takers)
    return _among(asked, loads, takers, {"why": "load"})


def _class_of(conversation: Conversation) -> str:
    trait = Trait.objects.filter(customer_id=conversation.customer_id or 0, name=CLASS).first()
    return trait.text if trait else ""


def _loads(conversation: Conversation) -> dict[int, int]:
    """Open conversations of each colleague."""
    rows = Conversation.objects.filter(demo=conversation.demo, state=State.OPEN, assignee__isnull=False)
    counted = rows.exclude(pk=conversation.pk).order_by().values_list("assignee_id").annotate(n=Count("pk"))
    return {user_id: n for user_id, n in counted if user_id is not None}


def _takers(demo: bool) -> list[Answerer]:
    return list(Answerer.objects.filter(demo=demo, takes=True, user__is_active=True).select_related("user__role"))


def _to_owner(asked: Asked, loads: dict[int, int]) -> Route | None:
    customer = asked.conversation.customer
    owner = customer.owner if customer is not None else None
    if owner is None or not owner.is_active or owner.pk in asked.without:
        return None
    if not settings_of(demo=asked.conversation.demo).owner_first:
        return None
    desk = Answerer.objects.filter(demo=asked.conversation.demo, user=owner).first()
    if desk is not None and (not desk.takes or _full(desk, loads)):
        return None
    return Route(owner.pk, None, {"why": "owner"})


def _full(desk: Answerer, loads: dict[int, int]) -> bool:
    return bool(desk.most) and loads.get(desk.user_id, 0) >= desk.most


def holds(rule: RoutingRule, asked: Asked) -> bool:
    """Whether all that the rule names holds."""
    if rule.channels and asked.conversation.channel not in rule.channels:
        return False
    if rule.language and rule.language != (asked.language or "fa"):
        return False
    if rule.classes and asked.value_class not in rule.classes:
        return False
    if rule.hours and (rule.hours == Hours.OPEN) is not asked.open_now:
        return False
    return not rule.words or any(fa_key(word) in asked.key for word in rule.words)


def _by_rule(rule: RoutingRule, asked: Asked, loads: dict[int, int], takers: Sequence[Answerer]) -> Route | None:
    why = {"why": "rule", "rule": rule.name, "rule_id": rule.pk}
    if rule.to_user_id is not None:
        desk = next((one for one in takers if one.user_id == rule.to_user_id), None)
        user = User.objects.filter(pk=rule.to_user_id, is_active=True).first()
        away = Answerer.objects.filter(demo=asked.conversation.demo, user_id=rule.to_user_id, takes=False).exists()
        if user is None or away or user.pk in asked.without or (desk is not None and _full(desk, loads)):
            return None
        return Route(user.pk, None, why)
    if rule.to_team_id is not None:
        members = set(Membership.objects.filter(team_id=rule.to_team_id).values_list("user_id", flat=True))
        found = _among(asked, loads, [one for one in takers if one.user_id in members], why)
        return Route(found.user_id if found else None, rule.to_team_id, found.why if found else why)
    if rule.to_topic:
        topic = fa_key(rule.to_topic)
        takers = [one for one in takers if topic in {fa_key(word) for word in one.topics}]
        why["topic"] = rule.to_topic
    return _among(asked, loads, takers, why)


def _among(asked: Asked, loads: dict[int, int], takers: Sequence[Answerer], why: dict[str, Any]) -> Route | None:
    """The one of them whose turn it is; None where nobody is free."""
    fit = [
        one for one in takers
        if one.user_id not in asked.without and not _full(one, loads)
        and (not one.languages or (asked.language or "fa") in one.languages)
        and (not one.channels or asked.conversation.channel in one.channels)
    ]  # fmt: skip
    known = {one.pk: _topic(one, asked.key) for one in fit}
    never = datetime.min.replace(tzinfo=UTC)
    fit.sort(key=lambda one: (not known[one.pk], loads.get(one.user_id, 0), one.last_at or never, one.user_id))
    for one in fit:
        if not actor_of(one.user, demo=asked.conversation.demo).may(access.REPLY):
            continue
        facts = {**why, "load": loads.get(one.user_id, 0)}
        if known[one.pk] and "topic" not in facts:
            facts["topic"] = known[one.pk]
        if one.languages and asked.language:
            facts["language"] = asked.language
        return Route(one.user_id, None, facts)
    return None


def _topic(one: Answerer, key: str) -> str:
    """What it is about that this person knows, "" for nothing."""
    return next((word for word in one.topics if fa_key(word) and fa_key(word) in key), "")


def _put(conversation: Conversation, route: Route, *, now: datetime, tried: Iterable[int] = ()) -> None:
    conversation.assignee_id, conversation.team_id = route.user_id, route.team_id or conversation.team_id
    conversation.routed = {**route.why, "auto": True, "at": now.isoformat(), "tried": sorted(tried)}
    conversation.version += 1
    conversation.save(update_fields=["assignee_id", "team_id", "routed", "version"])
    if route.user_id is not None:
        Answerer.objects.filter(demo=conversation.demo, user_id=route.user_id).update(last_at=now)


def route(*, actor: Actor, conversation_id: int) -> int | None:
    """Give it by the rules, now; gives the change set. NotAllowed, DoesNotExist, InvalidError (nobody is free)."""
    with transaction.atomic():
        found = locked(actor, conversation_id, access.ASSIGN)
        now = timezone.now()
        chosen = _decided(found, _said(found), now=now)
        if chosen is None:
            raise InvalidError({"": _("By the rules nobody can take it now.")})
        title = gettext("Conversation given by the rules")
        with change_set(actor=actor, kind="edit", title=title, reference={"conversation": found.pk}) as made:
            _put(found, chosen, now=now)
            publish(ConversationChanged(found.pk, found.customer_id, "assigned", now, actor.demo), actor=actor)
            wake(found.pk)
    return made.pk


def _said(conversation: Conversation) -> str:
    last = conversation.entries.filter(way=Way.IN).order_by("-at", "-id").first()
    return f"{conversation.subject} {last.text if last else ''}"


def reroute_due(now: datetime | None = None) -> int:
    """Give what came to somebody by itself and was not answered in time to somebody else; gives how many."""
    moment, moved = now or timezone.now(), 0
    for row in RoutingSettings.objects.filter(reroute_minutes__gt=0):
        patience = timedelta(minutes=row.reroute_minutes)
        calendar = calendar_load(demo=row.demo)
        late = Conversation.objects.filter(
            demo=row.demo, state=State.OPEN, assignee__isnull=False, merged_into=None, routed__auto=True,
            waiting_since__lte=moment - patience,
        ).order_by("waiting_since")  # fmt: skip
        for pk in list(late.values_list("pk", flat=True)[:AT_ONCE]):
            moved += _rerouted(pk, patience, calendar.open_seconds_between, moment)
    return moved


def _rerouted(pk: int, patience: timedelta, open_between: Any, now: datetime) -> bool:
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",), skip_locked=True)
        found = rows.filter(pk=pk, state=State.OPEN, waiting_since__isnull=False, routed__auto=True).first()
        if found is None or found.assignee_id is None or found.waiting_since is None:
            return False
        given_at = datetime.fromisoformat(found.routed["at"])
        since = max(given_at, found.waiting_since)
        tried = {*found.routed.get("tried", ()), found.assignee_id}
        if open_between(since, now) < patience.total_seconds() or len(tried) > TRIES:
            return False
        chosen = _decided(found, _said(found), now=now, without=tried)
        if chosen is None or chosen.user_id is None:
            return False
        before = found.assignee.name if found.assignee else ""
        again = {"after": before, "minutes": int(patience.total_seconds() // 60)}
        _put(found, Route(chosen.user_id, chosen.team_id, {**chosen.why, **again}), now=now, tried=tried)
        event = ConversationChanged(found.pk, found.customer_id, "assigned", now, found.demo)
        publish(event, actor=system_actor(demo=found.demo))
        wake(found.pk)
    return True
