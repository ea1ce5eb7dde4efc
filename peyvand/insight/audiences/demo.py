"""The audiences of the sample's house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import conditions, services
from peyvand.insight.audiences.models import Audience, AudienceDay
from peyvand.insight.audiences.services import AudienceData
from peyvand.memory.commerce.queries.products import BETWEEN

Node = dict[str, Any]
DAYS = 40
COOLING, NOWRUZ, LOYAL = "قهوه‌دوستانِ رو به سردی", "از نوروز برنگشته‌ها", "چای‌دوستان وفادار"


def _ordered(n: int, within: Mapping[str, Any], categories: Sequence[str] = (), no: bool = False) -> Node:
    of = [{"field": "category", "operator": "any", "values": list(categories)}] if categories else []
    return {"did": "ordered", "of": of, "count": {"operator": "least", "n": n}, "within": dict(within), "not": no}


def sample_load(actor: Actor, world: World) -> int:
    """Make the audiences of the sample, by names of its own categories; gives how many."""
    _fields, behaviours = conditions.offered(actor=actor)
    fields = {
        one.name: one for behaviour in behaviours if behaviour.name == "ordered" for one in behaviour.fields(actor)
    }
    names = (
        [(str(key), str(label).rsplit(BETWEEN, 1)[-1]) for key, label in fields["category"].choices]
        if "category" in fields
        else []
    )
    coffee = [key for key, label in names if label.startswith(("قهوه", "Coffee"))]
    tea = [key for key, label in names if label.startswith("چای") or "tea" in label.casefold()]
    owner = world.staff_ids[0]
    cooling = _make(
        actor,
        owner,
        COOLING,
        "پیش از آنکه بروند: هدیه‌ای کوچک همراه سفارش بعدی.",
        {
            "all": [
                _ordered(3, {"last": 365}, coffee),
                {"field": "class", "operator": "any", "values": ["risk", "cantlose", "attention"]},
                {"field": "consent", "operator": "any", "values": ["news.sms", "news.messenger:bale"]},
            ]
        },
    )
    _make(
        actor,
        owner,
        NOWRUZ,
        "سال پیش خریده‌اند و از نوروز نه.",
        {
            "all": [
                _ordered(1, {"last": 365}),
                _ordered(1, {"since": "nowruz"}, no=True),
                {"audience": cooling.pk, "in": False},
            ]
        },
    )
    loyal = _make(
        actor,
        owner,
        LOYAL,
        "نخستین کسانی که از چای نو باخبر می‌شوند.",
        {
            "all": [
                _ordered(2, {"last": 180}, tea),
                {
                    "any": [
                        {"field": "class", "operator": "any", "values": ["champion", "loyal"]},
                        _ordered(5, {"last": 365}),
                    ]
                },
            ]
        },
    )
    return 3 + _past(world, loyal)


def _past(world: World, audience: Audience) -> int:
    """Who came and went in the last weeks, counted back from today's members; gives how many days."""
    chance, size, rows = world.chance("audiences.past"), audience.members, []
    for ago in range(1, DAYS):
        came, went = chance.choice((0, 0, 1, 1, 2, 3)), chance.choice((0, 0, 0, 1, 1, 2))
        rows.append(AudienceDay(audience=audience, day=world.day(ago), entered=came, left=went, size=size))
        size = max(0, size - came + went)
    AudienceDay.objects.bulk_create(rows)
    return len(rows)


def _make(actor: Actor, owner: int, name: str, note: str, tree: Mapping[str, Any]) -> Audience:
    data = AudienceData(name=name, note=note, tree=tree, owner_id=owner, shared=True)
    return services.audience_create(actor=actor, data=data)
