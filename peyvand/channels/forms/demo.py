"""The sample's form and what was filled in with it."""

from __future__ import annotations

import random

from peyvand.channels.forms.models import Form, FormDay, FormVersion, State, Submission
from peyvand.channels.forms.starting import STARTING
from peyvand.channels.forms.suspicion import Defence, content_digest
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer, Identity

RESULTS, DAYS = 40, 30
WHY = ("تحویل زود بود", "بسته‌بندی خوب بود", "چای تازه بود", "دیر رسید", "راهنمایی‌تان عالی بود", "")


def sample_load(actor: Actor, world: World) -> int:
    """A form of satisfaction with its results, one that differs from what is known, one of nobody, one of spam."""
    chance = world.chance("forms")
    starting = next(one for one in STARTING if one.name == "satisfaction")
    form = Form.objects.create(
        demo=True, name="رضایت پس از خرید", languages=["fa", "en"], texts=starting.texts, latest=1, version=1,
        structure=starting.structure, places=["link", "embed", "chat", "kiosk"], active=True,
        spam=Defence().as_plain(), owner_id=world.staff_ids[0],
    )  # fmt: skip
    FormVersion.objects.create(demo=True, form=form, number=1, structure=form.structure, texts=form.texts)
    people = list(Customer.objects.filter(demo=True, kind="person").order_by("pk")[: world.count(RESULTS)])
    made = Submission.objects.bulk_create(_results(form, people, world, chance))
    days: dict[int, int] = {}
    for one in made:
        back = (world.today - one.at.date()).days
        days[back] = days.get(back, 0) + 1
    FormDay.objects.bulk_create(
        FormDay(
            demo=True, form=form, day=world.day(back), submissions=days.get(back, 0),
            starts=days.get(back, 0) + chance.randrange(3), views=days.get(back, 0) * 2 + chance.randrange(3, 12),
        )
        for back in range(DAYS)
    )  # fmt: skip
    return len(made) + 2 + DAYS


def _results(form: Form, people: list[Customer], world: World, chance: random.Random) -> list[Submission]:
    made = []
    for place, customer in enumerate(people):
        score = chance.choice((10, 10, 9, 9, 8, 8, 7, 6, 4))
        answers: dict[str, object] = {
            "recommend": score, "delivery": min(5, 1 + score // 2), "quality": chance.randrange(3, 6), "call": False
        }  # fmt: skip
        if why := chance.choice(WHY):
            answers["why"] = why
        one = Submission(
            demo=True, form=form, version=1, at=world.moment(chance.randrange(DAYS), chance), language="fa",
            answers=answers, customer=customer, place=chance.choice(("link", "embed", "kiosk")),
            nonce=f"sample-{place}",
            digest=content_digest({**answers, "n": place}), source={"utm_source": chance.choice(("sms", "email"))},
        )  # fmt: skip
        if place == 0:
            one.suggestions = [
                {"field": "phone", "had": _phone(customer), "given": "+989121110022", "state": "open"}
            ]  # fmt: skip
            one.answers = {**answers, "call": True, "phone": "+989121110022"}
        elif place == 1:
            one.customer, one.candidates = None, [customer.pk]
            one.answers = {**answers, "call": True, "phone": _phone(customer) or "+989121110033"}
        elif place == 2:
            one.customer, one.state, one.suspicion = None, State.SPAM, ["links"]
            one.answers = {**answers, "why": "http://a.example http://b.example http://c.example"}
        made.append(one)
    return made


def _phone(customer: Customer) -> str:
    found = Identity.objects.filter(customer=customer, kind="phone").values_list("key", flat=True)
    return found.first() or ""


def sample_remove(actor: Actor) -> int:
    """Remove the sample's forms with their results."""
    removed = 0
    for model in (Submission, FormDay, FormVersion, Form):
        removed += model._default_manager.filter(demo=True).delete()[0]
    return removed
