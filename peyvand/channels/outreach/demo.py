"""The sample's messages: an offer twelve days ago, orders on their way, some whose fate nobody knows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from django.db import connection

from peyvand.channels.outreach.addresses import code_make, digest_of, link_make
from peyvand.channels.outreach.demo_words import LINKS, TEMPLATES
from peyvand.channels.outreach.dispatching.linked import digest_of_target, links_of
from peyvand.channels.outreach.models import (
    Budget,
    Cap,
    Click,
    Content,
    Link,
    Message,
    QuietHours,
    Reason,
    Recipient,
    State,
    Suppression,
    Template,
    TemplateText,
    Window,
)
from peyvand.channels.outreach.services.clicking import clicks_digest
from peyvand.channels.outreach.services.contents import content_of
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.queries import allowed
from peyvand.memory.customers.models import Identity, IdentityKind

LINE = "+9810001234"
PRICE = 1_250
TABLES = (
    "outreach_click", "outreach_link", "outreach_arrival",
    "outreach_deliveryreport", "outreach_message", "outreach_optin", "outreach_recipient", "outreach_suppression",
    "outreach_templatetext", "outreach_content", "outreach_template", "outreach_cap", "outreach_quiethours",
    "outreach_budget", "outreach_purposerule", "outreach_moving",
)  # fmt: skip


def sample_load(actor: Actor, world: World) -> int:
    """Write templates, rules and the ledger; gives how many rows."""
    chance = world.chance("outreach")
    contents = dict(_templates(actor))
    Cap.objects.create(demo=True, channel="", kind="", window=Window.WEEK, most=3)
    Cap.objects.create(demo=True, channel="sms", kind="marketing", window=Window.DAY, most=1)
    QuietHours.objects.create(demo=True, channel="", starts=time(21), ends=time(8), holidays=True)
    Budget.objects.create(demo=True, channel="sms", purpose="", currency="IRR", amount_minor=20_000_000)
    phones = dict(
        Identity.objects.filter(demo=True, kind=IdentityKind.PHONE, is_primary=True)
        .order_by("-customer_id")
        .values_list("customer_id", "key")
    )
    yes = allowed(actor=None, customer_ids=list(phones), purpose="news", channel="sms", demo=True)
    rows = list(_offer(world, chance, contents["yalda"], phones, yes))
    rows += _orders(world, chance, contents["order-sent"], list(phones.items())[: world.count(60)])
    made = Message.objects.bulk_create(rows, batch_size=500)
    reached = sorted({row.customer_id for row in made if row.attempted_at is not None and row.customer_id is not None})
    Recipient.objects.bulk_create([Recipient(demo=True, customer_id=pk, link=link_make()) for pk in reached])
    _links(world, chance, contents["yalda"], made)
    silent = [row for row in made if row.state == State.FAILED][:4]
    for place, row in enumerate(silent):
        Suppression.objects.create(
            demo=True, channel="sms", digest=digest_of("sms", row.address_key), address=row.address,
            customer_id=row.customer_id, reason=(Reason.BLACKLIST, Reason.OPT_OUT)[place % 2], kinds=["marketing"],
            line=LINE, source=f"message:{row.pk}", at=row.attempted_at or row.created_at,
        )  # fmt: skip
    return len(made) + len(reached) + len(silent) + len(TEMPLATES) * 3 + 4


def _templates(actor: Actor) -> Iterator[tuple[str, Content]]:
    for key, name_fa, name_en, purpose, texts in TEMPLATES:
        template = Template.objects.create(demo=True, key=key, name_fa=name_fa, name_en=name_en, purpose=purpose)
        for channel, language, form, subject, body in texts:
            TemplateText.objects.create(
                demo=True, template=template, channel=channel, language=language, form=form, subject=subject, body=body
            )
        yield key, content_of(actor=actor, given=template)


def _said(check: str, action: str, why: str) -> list[dict[str, object]]:
    return [{"channel": "sms", "said": [{"check": check, "action": action, "why": why}]}]


def _offer(
    world: World, chance: random.Random, content: Content, phones: dict[int, str], yes: set[int]
) -> Iterator[Message]:
    at = world.moment(12, chance)
    for customer_id, phone in phones.items():
        row = Message(
            demo=True, customer_id=customer_id, purpose="news", kind="marketing", options=["sms"], content=content,
            language="fa", dedupe_key=f"sample:yalda:{customer_id}", source_kind="outreach.content",
            source_id=content.pk, priority=9, due_at=at, created_at=at,
        )  # fmt: skip
        if customer_id not in yes:
            row.state, row.reason = State.REFUSED, "permission.not-given"
            row.verdict = _said("permission", "refuse", "not-given")
        else:
            _gone(row, at + timedelta(seconds=chance.randrange(5, 900)), phone, chance)
        yield row


def _gone(row: Message, at: datetime, phone: str, chance: random.Random) -> None:
    luck = chance.random()
    row.channel, row.line, row.address, row.address_key = "sms", LINE, phone, phone
    row.attempted_at, row.sent_at, row.tries, row.parts = at, at, 1, 2
    row.cost_minor, row.cost_currency = 2 * PRICE, "IRR"
    row.verdict = _said("provider", "pass", "open")
    if luck < 0.93:
        row.state, row.delivered_at = State.DELIVERED, at + timedelta(seconds=chance.randrange(3, 300))
    elif luck < 0.97:
        row.state, row.reason, row.said = State.FAILED, "11", "نرسیده به گوشی"
    elif luck < 0.985:
        row.state, row.sent_at, row.reason = State.INDETERMINATE, None, "interrupted"
        row.asked = 99
    else:
        row.state = State.SENT


def _links(world: World, chance: random.Random, content: Content, made: Sequence[Message]) -> None:
    """Two links made by hand, and the offer's own, opened by some of those whom it reached."""
    clicks: list[Click] = []
    for target, title, source, medium, campaign, most in LINKS:
        link = Link.objects.create(
            demo=True, code=code_make(), target=target, digest=digest_of_target(target), title=title, source=source,
            medium=medium, campaign=campaign, created_at=world.moment(40, chance),
        )  # fmt: skip
        for days in range(35):
            clicks += [
                Click(demo=True, link=link, at=world.moment(days, chance)) for _n in range(chance.randrange(1, most))
            ]
    ((_pk, codes),) = links_of([content]).items()
    for target in codes:
        link = Link.objects.get(content=content, target=target)
        Link.objects.filter(pk=link.pk).update(title="جعبه‌ی یلدا", created_at=world.moment(12, chance))
        for row in made:
            if row.content_id == content.pk and row.state == State.DELIVERED and chance.random() < 0.17:
                at = (row.delivered_at or row.created_at) + timedelta(minutes=chance.randrange(1, 2_500))
                clicks.append(Click(demo=True, link=link, message_id=row.pk, at=at))
    Click.objects.bulk_create(clicks, batch_size=1_000)
    clicks_digest()


def _orders(
    world: World, chance: random.Random, content: Content, people: Sequence[tuple[int, str]]
) -> Iterator[Message]:
    for place, (customer_id, phone) in enumerate(people):
        at = world.moment(chance.randrange(0, 25), chance)
        row = Message(
            demo=True, customer_id=customer_id, purpose="service", kind="service", options=["sms"], content=content,
            language="fa", dedupe_key=f"sample:order:{customer_id}", source_kind="outreach.staff",
            staff_id=world.staff_ids[place % len(world.staff_ids)], due_at=at, created_at=at,
        )  # fmt: skip
        _gone(row, min(at + timedelta(seconds=4), world.now), phone, chance)
        row.parts, row.cost_minor = 1, PRICE
        yield row


def sample_remove(actor: Actor) -> int:
    """Remove all of the sample's messages, templates and rules; gives how many messages went."""
    removed = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE demo")
            removed += cursor.rowcount if table == "outreach_message" else 0
    return removed
