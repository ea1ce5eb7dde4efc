"""The list of customers asked for what they allow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.consents import services
from peyvand.memory.consents.services import ConsentRow
from peyvand.memory.customers import queries
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _found(actor: Actor, text: str) -> set[str]:
    wanted = asked(actor=actor, query={"f.consent": text}, currency="IRR")
    assert wanted.given
    return {row.name for row in queries.customers(actor=actor, chosen=wanted.chosen)}


def test_who_allows_it_now_as_the_sender_would_ask() -> None:
    services.purposes_ensure(demo=False)
    sara = factories.user()
    people = {
        name: factories.customer(name, owner_id=sara.pk if name == "yes" else None) for name in ("yes", "no", "silent")
    }
    rows = [
        ConsentRow(
            customer_id=people[name].pk, purpose=purpose, channel="sms", decision=decision, source="form",
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for name, purpose, decision in (
            ("yes", "news", "given"), ("no", "news", "withdrawn"), ("no", "service", "denied"),
        )
    ]  # fmt: skip
    services.consents_write(actor=system_actor(), rows=rows)
    everyone = factories.actor(sara, consents_view=Scope.ALL)
    for text, names in (
        ("any:news.sms", {"yes"}),
        ("none:news.sms", {"no", "silent"}),
        ("any:service.sms", {"yes", "silent"}),  # allowed until they say no
        ("any:news.sms,service.sms", {"yes", "silent"}),
        ("none:news.sms,service.sms", {"no"}),
        ("any:news.email", set()),
        ("filled", {"yes", "no"}),
        ("empty", {"silent"}),
    ):
        assert _found(everyone, text) == names, text
    own = factories.actor(sara, consents_view=Scope.OWN)
    assert _found(own, "any:service.sms") == {"yes"}, "of whose consents one may know"
    assert _found(own, "none:news.sms") == set()
    assert "consent" not in fields_of(actor=factories.actor(sara), record=RECORD)
    unknown = asked(actor=everyone, query={"f.consent": "any:news.pigeon"}, currency="IRR")
    assert not unknown.given
