"""Whose a submission is: a stranger never changes anybody known, a page sends once, proof opens what is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import given as cases
from hypothesis import strategies as st

from peyvand.channels.forms.models import Form, State, Submission
from peyvand.channels.forms.services import confirm_of, rescue, spam, submit, suggestion_decide, whose
from peyvand.channels.forms.tests.conftest import FIELDS, NEWS, given
from peyvand.channels.outreach.models import Message, OptIn
from peyvand.channels.outreach.services import opt_in_confirm
from peyvand.channels.outreach.services.recipients import digest
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services import known, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentEntry
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Make = Callable[..., Form]
Person = Callable[..., Customer]
KNOWN_TABLES = ("customers_customer", "customers_identity", "customers_customertag", "customers_trait",
                "consents_consententry", "consents_consentstate", "customers_touch")  # fmt: skip


def standing(customer: Customer) -> list[Any]:
    """Every column of everything that is known of them."""
    found = []
    with connection.cursor() as cursor:
        for table in KNOWN_TABLES:
            column = "id" if table in ("customers_customer", "customers_touch") else "customer_id"
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s ORDER BY 1", [customer.pk])
            found.append((table, cursor.fetchall()))
    return found


def yes(opt_in_id: int | None, monkeypatch: pytest.MonkeyPatch, **proof: str) -> OptIn:
    """Somebody opens the link that went to the address, and presses the button."""
    OptIn.objects.filter(pk=opt_in_id).update(digest=digest(f"token-{opt_in_id}"))
    done = opt_in_confirm(token=f"token-{opt_in_id}", proof={"ip": "10.0.0.1", "agent": "Firefox", **proof})
    assert done is not None
    confirm_of(opt_in=done)
    return done


def test_nobody_has_the_address_so_somebody_new_is_made(form: Make, actor: Actor) -> None:
    asked = form(*FIELDS, NEWS, tags=["site"])
    answers = {"name": "سارا کیانی", "email": "Sara@Home.ir", "phone": "۰۹۱۲۱۲۳۴۵۶۷", "city": "یزد", "news": "on"}
    made = submit(form=asked, given=given(asked, answers, address="10.1.1.1", agent="Firefox"))
    sara = made.customer
    assert sara is not None
    assert (sara.name, sara.city, sara.language) == ("سارا کیانی", "یزد", "fa")
    assert {(one.kind, one.key) for one in sara.identities.all()} == {
        ("email", "sara@home.ir"), ("phone", "+989121234567")
    }  # fmt: skip
    assert [one.tag.name for one in sara.tagged.all()] == ["site"]
    line = ConsentEntry.objects.get(customer=sara)
    assert (line.decision, line.source, line.recorder, line.proof) == ("given", "form", "customer", "خبر می‌خواهم")
    assert line.proof_data["ip"] == "10.1.1.1"
    assert line.wording is not None, "the text that stood there is kept with it"
    row = Interaction.objects.get(pk=made.interaction_id)
    assert (row.customer_id, row.kind, row.direction) == (sara.pk, "forms.submitted", "in")


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cases(
    name=TEXTS, city=TEXTS, words=TEXTS, by=st.sampled_from(["email", "phone", "both"]),
    language=st.sampled_from(["fa", "en"]), news=st.booleans(),
)  # fmt: skip
def test_a_stranger_never_changes_anything_of_somebody_known(
    form: Make, person: Person, providers: Providers, name: str, city: str, words: str, by: str, language: str,
    news: bool,
) -> None:  # fmt: skip
    maryam = person(city="")
    reach = {one.kind: one.value for one in maryam.identities.all()}
    asked = form(*FIELDS, NEWS, tags=["site"], opt_in="")
    before = standing(maryam)
    answers: dict[str, Any] = {"name": name, "city": city, "words": words, "news": "on" if news else ""}
    answers |= {kind: reach[kind] for kind in ("email", "phone") if by in (kind, "both")}
    made = submit(form=asked, given=given(asked, answers, language=language))
    assert standing(maryam) == before
    assert made.customer is None
    assert made.candidates == [maryam.pk]
    assert made.state == (State.WAITING if news else State.NEW)
    assert Interaction.objects.get(pk=made.interaction_id).customer is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@cases(first=TEXTS, second=TEXTS)
def test_the_same_page_sends_once_whatever_is_typed_the_second_time(form: Make, first: str, second: str) -> None:
    asked = form()
    one = given(asked, {"email": "a@b.ir", "words": first})
    made = submit(form=asked, given=one)
    again = submit(form=asked, given=given(asked, {"email": "a@b.ir", "words": second}, stamp=one.stamp))
    assert again.pk == made.pk
    assert again.answers == made.answers
    assert Submission.objects.filter(form=asked).count() == 1
    assert Interaction.objects.filter(source_kind="forms.submission", source_id=made.pk).count() == 1


def test_several_have_the_address_so_it_is_nobody_s(form: Make, person: Person, actor: Actor) -> None:
    maryam, omid = person(), person()
    asked = form()
    answers = {"email": maryam.identities.get(kind="email").value, "phone": omid.identities.get(kind="phone").value}
    made = submit(form=asked, given=given(asked, {**answers, "city": "قم"}))
    assert (made.customer, made.candidates) == (None, sorted([maryam.pk, omid.pk]))
    before = standing(omid)[:5]
    whose(actor=actor, submission=made, customer=omid)
    made.refresh_from_db()
    assert made.customer_id == omid.pk
    assert standing(omid)[:5] == before, "saying whose it is writes nothing of them"
    assert {one["field"] for one in made.suggestions} == {"city", "email"}
    assert Interaction.objects.get(pk=made.interaction_id).customer_id == omid.pk


def test_a_yes_from_the_address_fills_what_is_empty_and_keeps_what_differs(
    form: Make, person: Person, shop: Site, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    maryam = person(city="تهران", name="مریم کیانی")
    token, email = token_new(), maryam.identities.get(kind="email").value
    visitor = visitor_seen(site=shop, token=token)
    job = {"key": "job", "type": "text", "label": {"fa": "شغل"}, "map": "job_title"}
    asked = form(*FIELDS, NEWS, job, opt_in="news")
    answers = {"name": "مریم", "email": email, "phone": "09351112233", "city": "یزد", "job": "معمار", "news": "1"}
    machine = {"address": "10.0.0.1", "agent": "Firefox"}
    made = submit(form=asked, given=given(asked, answers, visitor=token, site=shop.key, **machine))
    assert made.state == State.WAITING
    assert not ConsentEntry.objects.filter(customer=maryam).exists()
    assert Message.objects.filter(customer=maryam, address=email).count() == 1
    yes(made.opt_in_id, monkeypatch)
    made.refresh_from_db()
    maryam.refresh_from_db()
    assert (made.state, made.customer_id) == (State.CONFIRMED, maryam.pk)
    assert (maryam.job_title, maryam.city, maryam.name) == ("معمار", "تهران", "مریم کیانی")
    assert {one["field"] for one in made.suggestions} == {"name", "city", "phone"}
    assert not maryam.identities.filter(key="+989351112233").exists(), "another address is not taken on trust"
    assert maryam.identities.get(kind="email").verified_at is not None
    assert set(ConsentEntry.objects.filter(customer=maryam).values_list("source", flat=True)) == {"opt-in", "form"}
    visitor.refresh_from_db()
    assert (visitor.customer_id, visitor.how) == (maryam.pk, Proof.FORM)
    assert Interaction.objects.get(pk=made.interaction_id).customer_id == maryam.pk
    lines = ConsentEntry.objects.count()
    assert confirm_of(opt_in=OptIn.objects.get(pk=made.opt_in_id)) == 0
    assert ConsentEntry.objects.count() == lines, "hearing it twice changes nothing"


def test_a_yes_from_elsewhere_makes_nobody_of_the_browser_that_typed_the_address(
    form: Make, person: Person, shop: Site, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    maryam, token = person(), token_new()
    email = maryam.identities.get(kind="email").value
    visitor = visitor_seen(site=shop, token=token)
    asked = form(*FIELDS, NEWS, opt_in="news")
    strangers = {"address": "10.9.9.9", "agent": "Firefox"}
    answers = {"name": "مریم", "email": email, "news": "1"}
    made = submit(form=asked, given=given(asked, answers, visitor=token, site=shop.key, **strangers))
    yes(made.opt_in_id, monkeypatch)
    made.refresh_from_db()
    visitor.refresh_from_db()
    assert (made.state, visitor.customer_id) == (State.CONFIRMED, None)


def test_a_yes_is_to_one_submission_and_to_no_other(
    form: Make, person: Person, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    maryam = person()
    email = maryam.identities.get(kind="email").value
    asked = form(*FIELDS, opt_in="news")
    hers = submit(form=asked, given=given(asked, {"email": email, "words": "hers"}))
    forged = submit(form=asked, given=given(asked, {"email": email, "words": "not hers", "city": "دور"}))
    yes(hers.opt_in_id, monkeypatch)
    forged.refresh_from_db()
    maryam.refresh_from_db()
    assert (forged.state, forged.customer, maryam.city) == (State.WAITING, None, "")
    for n in range(5):
        submit(form=asked, given=given(asked, {"email": email, "words": f"again {n}"}))
    assert OptIn.objects.filter(customer=maryam).count() == 3, "nobody's mailbox is filled by a form"


def test_a_proven_visitor_completes_and_another_on_the_same_computer_does_not(
    form: Make, person: Person, shop: Site, actor: Actor
) -> None:
    maryam, omid, token = person(city="تهران"), person(city=""), token_new()
    known(actor=actor, visitor=visitor_seen(site=shop, token=token), customer=maryam, how=Proof.SIGNATURE)
    asked = form()
    mine = submit(form=asked, given=given(asked, {"city": "یزد", "words": "x"}, visitor=token, site=shop.key))
    assert mine.customer_id == maryam.pk
    assert [(one["field"], one["had"], one["given"]) for one in mine.suggestions] == [("city", "تهران", "یزد")]
    before = standing(maryam), standing(omid)
    answers = {"email": omid.identities.get(kind="email").value, "city": "قم"}
    his = submit(form=asked, given=given(asked, answers, visitor=token, site=shop.key))
    assert (his.customer, his.candidates) == (None, [omid.pk])
    assert (standing(maryam), standing(omid)) == before, "two people on one computer stay two"
    kiosk = submit(
        form=asked, given=given(asked, {"words": "y"}, visitor=token, site=shop.key, place="kiosk")
    )  # fmt: skip
    assert (kiosk.customer, kiosk.visitor_key) == (None, ""), "a kiosk remembers nobody"


def test_a_difference_is_accepted_with_one_click_and_taken_back_with_another(
    form: Make, person: Person, shop: Site, actor: Actor
) -> None:
    maryam, token = person(city="تهران"), token_new()
    known(actor=actor, visitor=visitor_seen(site=shop, token=token), customer=maryam, how=Proof.SIGNATURE)
    asked = form()
    answers = {"city": "یزد", "phone": "09351112233"}
    made = submit(form=asked, given=given(asked, answers, visitor=token, site=shop.key))
    for name in ("city", "phone"):
        done = suggestion_decide(actor=actor, submission=made, name=name, accepted=True)
    maryam.refresh_from_db()
    assert maryam.city == "یزد"
    assert maryam.identities.filter(key="+989351112233").exists()
    made.refresh_from_db()
    assert {one["state"] for one in made.suggestions} == {"accepted"}
    undo(actor=actor, change_set_id=done)
    made.refresh_from_db()
    assert not maryam.identities.filter(key="+989351112233").exists()
    assert {one["field"]: one["state"] for one in made.suggestions} == {"city": "accepted", "phone": "open"}


def test_what_was_taken_for_spam_waits_and_does_after_rescue_all_that_it_would_have_done(
    form: Make, actor: Actor
) -> None:
    asked = form(*FIELDS, NEWS)
    answers = {"email": "s@b.ir", "words": "http://a.ir http://b.ir http://c.ir", "news": "1"}
    made = submit(form=asked, given=given(asked, answers))
    assert (made.state, made.suspicion, made.customer, made.interaction_id) == (State.SPAM, ["links"], None, None)
    assert not Identity.objects.filter(key="s@b.ir").exists()
    done = rescue(actor=actor, submission=made)
    assert done.state == State.NEW
    assert done.customer is not None
    assert ConsentEntry.objects.filter(customer=done.customer).count() == 1
    spam(actor=actor, submission=done)
    rescue(actor=actor, submission=done)
    assert Interaction.objects.filter(source_id=made.pk, source_kind="forms.submission").count() == 1


def test_two_who_are_new_at_once_are_one(form: Make) -> None:
    asked = form()
    first = submit(form=asked, given=given(asked, {"email": "new@b.ir", "words": "1"}))
    second = submit(form=asked, given=given(asked, {"email": "NEW@b.ir", "words": "2"}))
    assert first.customer is not None
    assert (second.customer, second.candidates) == (None, [first.customer.pk])


def test_visitors_of_nobody_keep_their_interaction_for_the_day_they_are_known(
    form: Make, person: Person, shop: Site, actor: Actor
) -> None:
    token = token_new()
    visitor = visitor_seen(site=shop, token=token)
    asked = form()
    made = submit(form=asked, given=given(asked, {"words": "who am I"}, visitor=token, site=shop.key))
    row = Interaction.objects.get(pk=made.interaction_id)
    assert (row.customer, row.identity_kind, row.identity_key) == (None, "visitor", visitor.key)
    assert Visitor.objects.get(pk=visitor.pk).customer is None
