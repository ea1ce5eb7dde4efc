"""The pages of interactions: conditions, one entry, corrections side by side, pins, files, costs of serving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role, RoleHidden
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions import services
from peyvand.memory.interactions.costs import serving_cost
from peyvand.memory.interactions.exports import export_rows
from peyvand.memory.interactions.models import CostRate, Interaction, InteractionFile, Joining
from peyvand.memory.interactions.services import InteractionRow

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("سارا", role=role))
    return client


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_an_address_that_is_hidden_is_on_no_page(client: Client) -> None:
    role = Role.objects.create(name="blind")
    for right in ("customers.view", "interactions.view", "interactions.edit"):
        role.grants.create(permission=right, scope=Scope.ALL)
    RoleHidden.objects.create(role=role, field="customer.phone")
    client.force_login(factories.user(role=role))
    one = services.record(
        actor=system_actor(), kind="call", at=datetime.now(UTC), identity=("phone", "", "+989121112233"),
        dedupe_key="call:+989121112233",
    )  # fmt: skip
    address = reverse("interactions:one", args=[one.pk])
    assert "9121112233" not in text_of(client.get(address))
    maryam = factories.customer("مریم")
    recognised = services.Recognised("phone", "+989121112233", "")
    services.attach(actor=system_actor(), identity=recognised, customer=maryam)
    timeline = text_of(client.get(reverse("customers:one", args=[maryam.pk]) + "?tab=interactions.timeline"))
    assert "9121112233" not in timeline
    assert "9121112233" not in text_of(client.get(address))
    RoleHidden.objects.all().delete()
    assert "9121112233" in text_of(client.get(address))


def test_the_list_is_narrowed_by_what_stands_in_the_address(admin: Client) -> None:
    maryam = factories.customer("مریم کریمی")
    services.note_add(actor=system_actor(), customer=maryam, text="چای کیسه‌ای خواست")
    services.call_log(actor=system_actor(), customer=factories.customer("رضا"), text="قیمت قهوه", direction="in")
    for query, there, gone in (
        ("?q=چاي", "چای کیسه‌ای", "قیمت قهوه"),
        ("?kind=call", "قیمت قهوه", "چای کیسه‌ای"),
        ("?kind=call&kind=note", "قیمت قهوه", "هیچ"),
        ("?who=كريمي", "چای کیسه‌ای", "قیمت قهوه"),
        ("?direction=in", "قیمت قهوه", "چای کیسه‌ای"),
        ("?when=today", "قیمت قهوه", "—none—"),
        ("?to=1400/01/01", "Show all", "قیمت قهوه"),
        ("?from=nonsense&kind=<script>", "چای کیسه‌ای", "<script>alert"),
    ):
        page = text_of(admin.get(reverse("interactions:list") + query))
        assert there in page or (there == "Show all" and "چای" not in page), query
        assert gone not in page, query
    timeline = text_of(admin.get(reverse("customers:one", args=[maryam.pk]) + "?tab=interactions.timeline&kind=call"))
    assert "چای کیسه‌ای" not in timeline
    assert "kind" in text_of(admin.get(reverse("interactions:ask", args=[maryam.pk])))


def test_a_correction_is_kept_beside_the_earlier_text_and_the_second_one_is_told(admin: Client) -> None:
    made = services.note_add(actor=system_actor(), customer=factories.customer("مریم"), text="نخست")
    page = reverse("interactions:one", args=[made.pk])
    correct = reverse("interactions:correct", args=[made.pk])
    admin.get(page)
    assert admin.post(correct, {"text": "دوم", "version": "1", "visibility": "team"}).status_code == 302
    shown = text_of(admin.get(page))
    assert "نخست" in shown
    assert "دوم" in shown
    late = admin.post(correct, {"text": "دیرتر", "version": "1", "visibility": "all"})
    assert late.status_code == 409
    assert "دیرتر" in text_of(late), "nothing typed is lost"
    assert Interaction.objects.get().payload["text"] == "دوم"
    empty = admin.post(correct, {"text": " ", "version": "2"})
    assert empty.status_code == 422
    hostile = "<script>alert(1)</script>\u202e" + "x" * 300
    assert admin.post(correct, {"text": hostile, "version": "2"}).status_code == 302
    assert "<script>alert(1)" not in text_of(admin.get(page))


def test_pins_stand_on_top_and_files_go_with_the_entry(admin: Client) -> None:
    maryam = factories.customer("مریم")
    made = services.note_add(actor=system_actor(), customer=maryam, text="مهم")
    assert admin.post(reverse("interactions:pin", args=[made.pk])).status_code == 302
    assert "in-pins" in text_of(admin.get(reverse("customers:one", args=[maryam.pk])))
    admin.post(reverse("interactions:pin", args=[made.pk]), {"off": "1"})
    assert "in-pins" not in text_of(admin.get(reverse("customers:one", args=[maryam.pk])))
    add = reverse("interactions:file-add", args=[made.pk])
    admin.post(add, {"file": [SimpleUploadedFile("عکس‌ما.png", PNG, "image/png")]})
    file = InteractionFile.objects.get()
    seen = admin.get(reverse("interactions:file", args=[file.pk]) + "?show=1")
    assert seen["Content-Disposition"].startswith("inline")
    assert seen["X-Content-Type-Options"] == "nosniff"
    page = SimpleUploadedFile("x.html", b"<script>alert(1)</script>", "text/html")
    admin.post(add, {"file": [page]})
    for one in InteractionFile.objects.exclude(pk=file.pk):
        shown = admin.get(reverse("interactions:file", args=[one.pk]) + "?show=1")
        assert shown["Content-Disposition"].startswith("attachment"), "what could run is only ever kept"
    admin.post(reverse("interactions:file-remove", args=[file.pk]))
    assert not InteractionFile.objects.filter(pk=file.pk).exists()


def test_the_history_of_a_visitor_comes_and_goes_by_a_click(admin: Client) -> None:
    maryam = factories.customer("مریم")
    rows = [
        InteractionRow("call", datetime(2026, 1, day, tzinfo=UTC), identity_kind="visitor", identity_key="v-1")
        for day in (1, 2)
    ]
    services.record_many(actor=system_actor(), rows=rows)
    first = Interaction.objects.order_by("pk")[0]
    assert "v-1" in text_of(admin.get(reverse("interactions:one", args=[first.pk])))
    admin.post(reverse("interactions:attach", args=[first.pk]), {"customer": maryam.pk})
    assert Interaction.objects.filter(customer=maryam).count() == 2
    joining = Joining.objects.get()
    assert reverse("interactions:detach", args=[joining.pk]) in text_of(
        admin.get(reverse("customers:one", args=[maryam.pk]))
    )
    admin.post(reverse("interactions:detach", args=[joining.pk]), {"customer": maryam.pk})
    assert not Interaction.objects.filter(customer=maryam).exists()


def test_a_private_note_is_in_no_page_export_or_file_of_somebody_else(client: Client) -> None:
    sara, mina = factories.user("سارا"), factories.user("مینا", role=Role.objects.get_or_create(
        name="viewers", defaults={"key": None})[0])  # fmt: skip
    for right in ("customers.view", "interactions.view", "interactions.export"):
        mina.role.grants.create(permission=right, scope=3)
    maryam = factories.customer("مریم")
    made = services.note_add(actor=factories.actor(sara), customer=maryam, text="canary-secret", visibility="author")
    client.force_login(mina)
    for url in (
        reverse("interactions:list"),
        reverse("interactions:list") + "?q=canary",
        reverse("customers:one", args=[maryam.pk]),
        reverse("interactions:older", args=[maryam.pk]),
    ):
        answer = client.get(url, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "canary-secret" not in text_of(answer)
    assert client.get(reverse("interactions:one", args=[made.pk])).status_code == 404
    assert "canary" not in str(list(export_rows(factories.actor(mina), {})))
    assert "canary" in str(list(export_rows(factories.actor(sara), {})))


CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["call", "meeting"]),
        st.integers(0, 20),
        st.none() | st.integers(0, 5000),
        st.none() | st.integers(0, 10_000),
    ),
    max_size=8,
)
RATES = st.lists(st.tuples(st.sampled_from(["call", "meeting"]), st.integers(0, 20), st.integers(0, 999)), max_size=5)
FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(contacts=CONTACTS, rates=RATES)
def test_the_cost_of_serving_is_what_a_plain_count_gives(
    contacts: list[tuple[str, int, int | None, int | None]], rates: list[tuple[str, int, int]]
) -> None:
    Interaction.objects.all().delete()
    CostRate.objects.all().delete()
    someone = factories.customer()
    staff = factories.user()
    valid = {}
    for kind, day, minor in rates:
        since = date(2026, 1, 1) + timedelta(days=day)
        services.rate_save(actor=system_actor(), kind=kind, since=since, minute=Money(minor, "IRR"))
        valid[kind, since] = minor
    total, known, seconds = 0, 0, 0
    for kind, day, duration, cost in contacts:
        at = FIRST + timedelta(days=day)
        services.record(
            actor=system_actor(), kind=kind, at=at, customer=someone, staff_id=staff.pk, duration_s=duration,
            cost_minor=cost, cost_currency="IRR" if cost is not None else "", payload={"text": "x"},
            direction="in" if kind == "call" else "",
        )  # fmt: skip
        seconds += duration or 0
        days = [since for of, since in valid if of == kind and since <= at.date()]
        rate = valid[kind, max(days)] if days else 0
        if cost is not None:
            total, known = total + cost, known + 1
        elif duration is not None and rate > 0:
            total += int((Decimal(duration) * rate / 60).quantize(Decimal(1), ROUND_HALF_UP))
            known += 1
    found = serving_cost(actor=system_actor(), customer_id=someone.pk)
    assert (found.contacts, found.known, found.seconds) == (len(contacts), known, seconds)
    assert sum(amount.minor for amount in found.amounts) == total


def test_rates_are_settings_with_the_way_back(admin: Client) -> None:
    post = {"kind": "call", "since": "1404/01/01", "cost": "۵٬۰۰۰"}
    assert admin.post(reverse("interactions:rates"), post).status_code == 302
    rate = CostRate.objects.get()
    assert (rate.minor_per_minute, rate.currency, rate.since) == (50_000, "IRR", date(2025, 3, 21))
    assert admin.post(reverse("interactions:rates"), {**post, "cost": "much"}).status_code == 422
    admin.post(reverse("interactions:rate-remove", args=[rate.pk]))
    assert not CostRate.objects.exists()


def test_a_line_reads_in_the_direction_of_the_page_whoever_it_names(client: Client) -> None:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    arash = factories.user("آرش", role=role, language="en")
    client.force_login(arash)
    maryam = factories.customer("مریم")
    services.call_log(
        actor=factories.actor(arash), customer=maryam, direction="in", duration_s=300
    )  # fmt: skip
    page = text_of(client.get(reverse("customers:one", args=[maryam.pk])))
    assert '<span class="mut">\u2068آرش\u2069, \u20685 minutes\u2069' in page, "no <bdi>, which would turn it round"
