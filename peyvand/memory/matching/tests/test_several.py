"""Several merges at one stroke and back; what stays is shown as its reader reads it, and what is hidden is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role, RoleHidden
from peyvand.foundation.accounts.tests.factories import make_admin, sign_in
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.consents import queries as consents
from peyvand.memory.consents.models import ConsentState
from peyvand.memory.consents.services import ConsentRow, consents_write, purposes_ensure
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching.models import Redirect
from peyvand.memory.matching.services import merge
from peyvand.memory.matching.services.choosing import seen
from peyvand.memory.matching.tests.factories import actor, customer, pair, user

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def _signed(client: Client, language: str = "en") -> Client:
    sign_in(client, make_admin(language=language))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_several_become_one_each_and_come_apart_together(client: Client) -> None:
    staff = _signed(client)
    pairs = [pair(customer(f"Mina {place}"), customer(f"Mina {place}"), score=0.9 + place / 100) for place in range(3)]
    ids = [str(one.pk) for one in pairs]
    queue = staff.get(reverse("matching:queue")).content.decode()
    assert "90" in queue
    assert reverse("matching:several") in queue
    shown = staff.post(reverse("matching:several"), {"ids": ids})
    assert shown.status_code == 200
    assert Customer.objects.count() == 6
    done = staff.post(reverse("matching:several"), {"ids": ids[:2], "sure": "1", f"stays-{ids[0]}": "b"}, follow=True)
    assert "2 pairs were merged" in done.content.decode()
    assert set(Customer.objects.values_list("pk", flat=True)) == {
        pairs[0].b_id, pairs[1].a_id, pairs[2].a_id, pairs[2].b_id
    }  # fmt: skip
    (batch,) = set(Redirect.objects.values_list("batch", flat=True))
    back = reverse("matching:unmerge-batch", args=[batch])
    assert back in done.content.decode()
    assert back in staff.get(reverse("matching:merged")).content.decode()
    assert staff.post(back).status_code == 302
    assert Customer.objects.count() == 6
    assert not Redirect.objects.exists()
    assert staff.post(back).status_code == 404


def test_a_row_of_the_same_person_is_done_at_one_stroke(client: Client) -> None:
    staff = _signed(client)
    a, b, c = customer("Mina"), customer("Mina"), customer("Mina")
    ids = [str(pair(one, other).pk) for one, other in ((a, b), (b, c), (a, c))]
    staff.post(reverse("matching:several"), {"ids": ids, "sure": "1"})
    assert list(Customer.objects.values_list("pk", flat=True)) == [a.pk]


def test_pairs_beyond_ones_reach_are_not_merged(client: Client) -> None:
    role = Role.objects.create(name="own")
    for right in ("customers.view", "customers.edit", "matching.merge"):
        role.grants.create(permission=right, scope=Scope.OWN)
    client.force_login(user(role=role))
    foreign = pair(customer("Mina"), customer("Mina"))
    answer = client.post(reverse("matching:several"), {"ids": [str(foreign.pk), "x", "9" * 30], "sure": "1"})
    assert answer.status_code == 302
    assert Customer.objects.count() == 2


def test_the_page_reads_fields_by_label_and_dates_in_the_readers_calendar(client: Client) -> None:
    field = FieldData(
        kind="choice", label_fa="دم‌آوری", label_en="Brewing", key="brew",
        choices="موکاپات | Moka pot\nقوری | Tea pot",
    )  # fmt: skip
    first, second = (one["key"] for one in field_save(actor=SYSTEM, record="customer", data=field).choices)
    kept = customer("مینا", birth_date=date(1990, 5, 6), custom={"brew": first})
    gone = customer("مینا", birth_date=date(1991, 5, 6), custom={"brew": second})
    page = _signed(client, "fa").get(reverse("matching:merge", args=[kept.pk, gone.pk])).content.decode()
    for word in ("دم‌آوری", "موکاپات", "قوری", "۱۳۶۹", "۱۳۷۰"):
        assert word in page, word
    assert "1990" not in page
    assert f">{first}<" not in page


def test_what_is_hidden_is_not_on_the_page_and_follows_the_first_choice(client: Client) -> None:
    field_save(actor=SYSTEM, record="customer", data=FieldData(kind="text", label_en="Secret", key="secret"))
    role = Role.objects.create(name="blind")
    for right in ("customers.view", "customers.edit", "matching.merge"):
        role.grants.create(permission=right, scope=Scope.ALL)
    for name in ("city", "note", "c.secret"):
        RoleHidden.objects.create(role=role, field=f"customer.{name}")
    client.force_login(user(role=role))
    kept = customer("مینا", city="شیراز", note="راز یک")
    gone = customer("مینا", city="یزد", note="راز دو", custom={"secret": "پنهان"})
    address = reverse("matching:merge", args=[kept.pk, gone.pk])
    page = client.get(address).content.decode()
    for word in ("شیراز", "یزد", "راز", "پنهان"):
        assert word not in page
    post = {"field-city": "gone", "field-note": "gone", "field-custom.secret": "kept"}
    assert client.post(address, post).status_code == 302
    kept.refresh_from_db()
    assert (kept.note, kept.custom) == ("راز یک\n\nراز دو", {"secret": "پنهان"})
    assert kept.city == "شیراز"


def test_a_parent_that_one_does_not_see_is_not_named() -> None:
    sara = user()
    hidden = customer("پنهان", kind="organisation")
    kept = customer("ایوان", kind="organisation", owner_id=sara.pk, parent_id=hidden.pk)
    gone = customer("ایوان", kind="organisation", owner_id=sara.pk)
    (choice,) = [one for one in seen(actor=actor(sara, scope=Scope.OWN), kept=kept, gone=gone) if one.key == "parent"]
    assert "پنهان" not in choice.kept_text


WORDS = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from(["news", "surveys"]), st.sampled_from(["sms", "email"]),
        st.sampled_from(["given", "denied", "withdrawn"]), st.integers(0, 3),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_what_is_foretold_of_consents_is_what_happens(words: list[tuple[bool, str, str, str, int]]) -> None:
    purposes_ensure(demo=False)
    kept, gone = customer("مینا"), customer("مینا")
    consents_write(
        actor=SYSTEM,
        rows=[
            ConsentRow((kept if first else gone).pk, purpose, channel, decision, "form", at=NOW + timedelta(days=day))
            for first, purpose, channel, decision, day in words
        ],
    )
    foretold = {
        (one.purpose.key, one.channel): one.after
        for one in consents.after_merge(actor=SYSTEM, kept_id=kept.pk, gone_id=gone.pk)
    }
    merge(actor=SYSTEM, kept=kept.pk, gone=gone.pk)
    states = ConsentState.objects.filter(customer=kept).select_related("purpose")
    assert {(one.purpose.key, one.channel): one.decision for one in states} == foretold
