"""Staff pages: building with the way back, settings side by side, what differs accepted, lists by right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.forms.demo import sample_load, sample_remove
from peyvand.channels.forms.models import Form, FormDay, FormVersion, State, Submission
from peyvand.channels.forms.services import submit
from peyvand.channels.forms.structure import structure_of
from peyvand.channels.forms.tests.conftest import FIELDS, given
from peyvand.channels.sites.models import Proof, Site
from peyvand.channels.sites.services import known, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import CustomerData, customer_create

pytestmark = pytest.mark.django_db
Make = Callable[..., Form]


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(User.objects.create_user("maker@example.com", name="Sara", role=role))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_a_form_is_begun_built_opened_and_taken_back(admin: Client, actor: Actor) -> None:
    answer = admin.post(reverse("forms:new"), {"from": "contact", "name": "پرسش"})
    made = Form.objects.get()
    assert answer["Location"] == reverse("forms:build", args=[made.pk])
    build = reverse("forms:build", args=[made.pk])
    admin.post(build, {"do": "add", "type": "rating", "step": "s1", "version": made.version})
    made.refresh_from_db()
    added = structure_of(made.structure).fields[-1]
    assert (added.type, added.key) == ("rating", "rating")
    page = admin.get(f"{build}?field=rating").content.decode()
    assert 'name="label_fa"' in page
    values = {"do": "put", "field": "rating", "version": made.version, "label_fa": "چند ستاره؟", "required": "1"}
    wrong = admin.post(build, {**values, "label_fa": "", "label_en": "", "help_en": "typed"})
    assert wrong.status_code == 422
    assert "typed" in wrong.content.decode(), "nothing that was typed is lost"
    assert admin.post(build, values).status_code == 302
    stale = admin.post(build, {**values, "label_fa": "دیگر", "version": 1})
    assert stale.status_code == 302
    made.refresh_from_db()
    assert structure_of(made.structure).get("rating").label == {"fa": "چند ستاره؟"}  # type: ignore[union-attr]
    admin.post(reverse("changes:undo", args=[ChangeSet.objects.filter(kind="edit").latest("id").pk]))
    made.refresh_from_db()
    assert structure_of(made.structure).get("rating").required is False  # type: ignore[union-attr]
    admin.post(reverse("forms:switch", args=[made.pk]), {"active": "1"})
    made.refresh_from_db()
    assert made.active
    shown = admin.get(reverse("forms:preview", args=[made.pk]) + "?lang=en")
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert 'dir="ltr"' in shown.content.decode()


def test_settings_are_kept_refused_in_words_and_not_written_over_unseen(admin: Client, form: Make, shop: Site) -> None:
    one = form()
    path = reverse("forms:settings", args=[one.pk])
    values = {
        "name": "Contact us", "languages": ["en"], "places": ["link", "kiosk"], "title_en": "Write to us",
        "tags": "a، b",
        "redirect_url": "https://shop.example/done", "spam_quick": 1, "spam_links": 5, "spam_per_address": 9,
        "spam_per_hour": 99, "version": one.version,
    }  # fmt: skip
    wrong = admin.post(path, {**values, "redirect_url": "https://evil.example/"})
    assert wrong.status_code == 422
    assert "evil.example" in wrong.content.decode()
    assert admin.post(path, {**values, "version": 0}).status_code == 409
    assert admin.post(path, values).status_code == 302
    one.refresh_from_db()
    assert (one.languages, one.places, one.tags) == (["en"], ["link", "kiosk"], ["a", "b"])
    assert (one.spam["links"], one.texts["title"]) == (5, {"en": "Write to us"})
    assert structure_of(one.structure).fields, "what is asked stays"


def test_results_are_found_rescued_and_taken_over(
    admin: Client, form: Make, person: Callable[..., Customer], shop: Site, actor: Actor
) -> None:
    one, maryam, token = form(), person(name="Maryam Known", city="Tehran"), token_new()
    known(actor=actor, visitor=visitor_seen(site=shop, token=token), customer=maryam, how=Proof.SIGNATURE)
    hers = submit(form=one, given=given(one, {"city": "Yazd", "words": "<b>tea</b>"}, visitor=token, site=shop.key))
    junk = submit(form=one, given=given(one, {"words": "buy"}, trap="x"))
    claim = submit(form=one, given=given(one, {"email": maryam.identities.get(kind="email").value, "words": "me"}))
    lists = {
        "": (hers, claim), "?state=spam": (junk,), "?view=differing": (hers,), "?view=unknown": (claim,),
        "?q=tea": (hers,), f"?form={one.pk}&customer={maryam.pk}": (hers,), "?form=x&since=no&q=nothing": (),
    }  # fmt: skip
    for query, found in lists.items():
        page = admin.get(reverse("forms:results") + query).content.decode()
        for row in (hers, junk, claim):
            assert (reverse("forms:result", args=[row.pk]) in page) == (row in found), query
    page = admin.get(reverse("forms:result", args=[hers.pk])).content.decode()
    assert "&lt;b&gt;tea&lt;/b&gt;" in page
    do = reverse("forms:result-do", args=[hers.pk])
    admin.post(do, {"do": "accept", "field": "city"})
    maryam.refresh_from_db()
    assert maryam.city == "Yazd"
    admin.post(reverse("changes:undo", args=[ChangeSet.objects.filter(kind="edit").latest("id").pk]))
    maryam.refresh_from_db()
    assert maryam.city == "Tehran"
    admin.post(reverse("forms:result-do", args=[junk.pk]), {"do": "rescue"})
    assert Submission.objects.get(pk=junk.pk).state == State.NEW
    admin.post(reverse("forms:result-do", args=[claim.pk]), {"do": "whose", "customer": maryam.pk})
    assert Submission.objects.get(pk=claim.pk).customer_id == maryam.pk
    assert admin.post(do, {"do": "whose", "customer": "junk"}).status_code == 404
    assert maryam.name in admin.get(reverse("customers:one", args=[maryam.pk])).content.decode()


def test_lists_cost_the_same_however_long_they_are(
    admin: Client, form: Make, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for n in range(6):
        one = form(*FIELDS, name=f"Form {n}")
        submit(form=one, given=given(one, {"words": str(n)}))
    admin.get(reverse("forms:list"))
    for name in ("forms:list", "forms:results"):
        with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
            assert admin.get(reverse(name)).status_code == 200


def test_the_sample_comes_and_goes_whole(actor: Actor) -> None:
    colleague = User.objects.create_user("shirin@example.com", name="Shirin")
    world = World(seed=1, now=timezone.now(), size=0.1, staff_ids=(colleague.pk,), team_id=0)
    sample = actor.looking_at(demo=True)
    for n in range(4):
        customer_create(actor=sample, data=CustomerData(name=f"Somebody {n}"))
    made = sample_load(sample, world)
    tables = (Form, FormVersion, FormDay, Submission)
    assert made == sum(model._default_manager.filter(demo=True).count() for model in tables)
    assert sample_remove(sample) == made
    assert not Submission.objects.filter(demo=True).exists()
