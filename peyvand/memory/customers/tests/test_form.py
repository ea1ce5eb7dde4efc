"""The form over a customer: row by row, two people over one record, and nothing that was typed is lost."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role, RoleHidden
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.customers import services
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("Sara", role=role, language="en", calendar="gregorian"))
    return client


class _Form(HTMLParser):
    """What a browser would send of the page's form, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.inside = False
        self.select = self.area = ""
        self.chosen: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.inside = given.get("class") == "pv-page"
        elif not self.inside:
            return
        elif tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.sent.append((name, value))
        elif tag == "select":
            self.select, self.chosen = name, None
        elif tag == "option" and self.select and ("selected" in given or self.chosen is None):
            self.chosen = value
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            self.sent.append((self.select, self.chosen or ""))
            self.select = ""
        elif tag == "textarea" and self.area:
            self.sent.append((self.area, self.text.strip()))
            self.area = ""
        elif tag == "form":
            self.inside = False


def _posted(page: str) -> dict[str, Any]:
    """The form on a page, as a browser would send it."""
    form = _Form()
    form.feed(page)
    found: dict[str, Any] = {}
    for name, value in form.sent:
        if name.startswith("identity-"):
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _open(client: Client, customer: Customer) -> dict[str, Any]:
    return _posted(client.get(reverse("customers:edit", args=[customer.pk])).content.decode())


def _save(client: Client, customer: Customer, post: dict[str, Any]) -> Any:
    return client.post(reverse("customers:edit", args=[customer.pk]), post)


def _identities(customer: Customer) -> set[tuple[str, str, str]]:
    return set(Identity.objects.filter(customer=customer).values_list("kind", "value", "label"))


def _whole() -> Customer:
    made = factories.customer("Mina Rad", city="Yazd", tags=["tea"])
    for kind, value, system, label in (
        ("phone", "09121112233", "", "home"), ("phone", "09121112244", "", ""), ("email", "mina@example.com", "", ""),
        ("visitor", "v-1", "", ""), ("card", "AZ1", "", "club"),
    ):  # fmt: skip
        services.identity_add(actor=SYSTEM, customer=made, data=IdentityData(kind, value, system, label))
    return Customer.objects.get(pk=made.pk)


def test_saving_what_one_sees_changes_nothing(admin: Client) -> None:
    made = _whole()
    proved = Identity.objects.get(customer=made, value="09121112233")
    services.identity_verify(actor=SYSTEM, identity=proved, how="call")
    before = list(Identity.objects.filter(customer=made).order_by("pk").values())
    version = Customer.objects.get(pk=made.pk).version
    assert _save(admin, made, _open(admin, made)).status_code == 302
    assert list(Identity.objects.filter(customer=made).order_by("pk").values()) == before
    assert Customer.objects.get(pk=made.pk).version == version


def test_lines_are_changed_by_their_own_ids(admin: Client) -> None:
    made = _whole()
    proved = Identity.objects.get(customer=made, value="09121112233")
    services.identity_verify(actor=SYSTEM, identity=proved, how="code", note="1234")
    post = _open(admin, made)
    at = post["identity-value"].index("09121112233")
    post["identity-label"][at] = "mother"
    gone = post["identity-value"].index("09121112244")
    post["identity-value"][gone] = ""
    for name, value in (("id", ""), ("kind", "email"), ("value", "second@example.com"), ("system", ""), ("label", "")):
        post[f"identity-{name}"].append(value)
    assert _save(admin, made, post).status_code == 302
    assert _identities(made) == {
        ("phone", "09121112233", "mother"), ("email", "mina@example.com", ""), ("email", "second@example.com", ""),
        ("visitor", "v-1", ""), ("card", "AZ1", "club"),
    }  # fmt: skip
    proved.refresh_from_db()
    assert (proved.verified_how, proved.verified_note) == ("code", "1234")
    post = _open(admin, made)
    post["identity-value"][post["identity-value"].index("09121112233")] = "09121112299"
    assert _save(admin, made, post).status_code == 302
    proved.refresh_from_db()
    assert (proved.value, proved.verified_at, proved.verified_how) == ("09121112299", None, "")


def test_fifty_lines_are_all_shown_and_kept_and_no_more_are_taken(admin: Client) -> None:
    made = factories.customer("Mina Rad")
    for place in range(50):
        services.identity_add(actor=SYSTEM, customer=made, data=IdentityData("email", f"m{place}@example.com"))
    post = _open(admin, made)
    assert len(post["identity-value"]) == 50
    assert _save(admin, made, {**post, "city": "Qom"}).status_code == 302
    assert Identity.objects.filter(customer=made).count() == 50
    post = _open(admin, made)
    for name, value in (("id", ""), ("kind", "email"), ("value", "m50@example.com"), ("system", ""), ("label", "")):
        post[f"identity-{name}"].append(value)
    refused = _save(admin, made, post)
    assert refused.status_code == 422
    assert "m50@example.com" in refused.content.decode()
    assert Identity.objects.filter(customer=made).count() == 50


def test_two_people_over_one_record_lose_nothing_and_see_both(admin: Client) -> None:
    field_save(actor=SYSTEM, record="customer", data=FieldData(kind="text", label_en="Size", key="size"))
    made = _whole()
    services.customer_update(actor=SYSTEM, customer=made, changes={"custom": {"size": "40"}}, version=None)
    post = _open(admin, made)
    arash = factories.actor(factories.user("Arash"))
    theirs = IdentityData("phone", "02188001122")
    services.identity_add(actor=arash, customer=made, data=theirs)
    services.identity_remove(actor=arash, identity=Identity.objects.get(customer=made, value="AZ1"))
    services.tag_add(actor=arash, customer=made, name="coffee")
    changes = {"city": "Qom", "country": "Iran", "custom": {"size": "42"}}
    services.customer_update(actor=arash, customer=made, changes=changes, version=None)

    mine = {**post, "city": "Rasht", "job_title": "Poet", "tags": "tea, gift", "note": "Loves roses"}
    met = _save(admin, made, mine)
    page = met.content.decode()
    assert met.status_code == 409
    assert "Arash" in page
    for word in ("Yazd", "Qom", "Rasht", "02188001122", "coffee", "42", "removed"):
        assert word in page, word
    again = _posted(page)
    assert (again["city"], again["country"], again["job_title"], again["note"]) == (
        "Rasht", "Iran", "Poet", "Loves roses",
    )  # fmt: skip
    assert again["c.size"] == "42"
    assert set(again["tags"].split(", ")) == {"tea", "coffee", "gift"}
    assert "02188001122" in again["identity-value"]
    assert "AZ1" not in again["identity-value"]
    assert again["take-city"] == "yours"
    assert _save(admin, made, again).status_code == 302
    kept = Customer.objects.get(pk=made.pk)
    assert (kept.city, kept.country, kept.job_title, kept.note) == ("Rasht", "Iran", "Poet", "Loves roses")
    assert kept.custom == {"size": "42"}
    assert {row.tag.name for row in kept.tagged.select_related("tag")} == {"tea", "coffee", "gift"}
    assert Identity.objects.filter(customer=made, key="+982188001122").exists()
    assert Identity.objects.filter(customer=made, kind="visitor").exists()


def test_where_both_changed_a_field_one_chooses_theirs(admin: Client) -> None:
    made = _whole()
    post = _open(admin, made)
    phone = Identity.objects.get(customer=made, value="09121112233")
    arash = factories.actor(factories.user("Arash"))
    services.customer_update(actor=arash, customer=made, changes={"city": "Qom"}, version=None)
    services.identity_change(actor=arash, identity=phone, data=IdentityData("phone", "09120000001", label="theirs"))
    at = post["identity-value"].index("09121112233")
    post["identity-value"][at] = "09120000002"
    again = _posted(_save(admin, made, {**post, "city": "Rasht"}).content.decode())
    line = f"take-identity-{phone.pk}"
    assert again[line] == "yours"
    assert "09120000002" in again["identity-value"]
    assert _save(admin, made, {**again, "take-city": "theirs", line: "theirs"}).status_code == 302
    phone.refresh_from_db()
    assert (Customer.objects.get(pk=made.pk).city, phone.value, phone.label) == ("Qom", "09120000001", "theirs")


def test_a_line_that_the_other_took_away_is_not_lost_where_one_has_changed_it(admin: Client) -> None:
    made = _whole()
    post = _open(admin, made)
    services.identity_remove(actor=SYSTEM, identity=Identity.objects.get(customer=made, value="09121112244"))
    post["identity-value"][post["identity-value"].index("09121112244")] = "09121112255"
    again = _posted(_save(admin, made, post).content.decode())
    assert "09121112255" in again["identity-value"]
    assert _save(admin, made, again).status_code == 302
    assert ("phone", "09121112255", "") in _identities(made)


def test_a_parent_that_one_may_not_see_stays(client: Client) -> None:
    role = Role.objects.create(name="own")
    sara = factories.user("Sara", role=role, language="en")
    for right in ("customers.view", "customers.edit"):
        role.grants.create(permission=right, scope=Scope.OWN)
    client.force_login(sara)
    top = factories.customer("Secret holding", kind="organisation")
    part = factories.customer("Branch", kind="organisation", parent_id=top.pk, owner_id=sara.pk)
    page = client.get(reverse("customers:edit", args=[part.pk])).content.decode()
    assert "Secret" not in page
    post = _posted(page)
    assert post["parent"] == "keep"
    assert _save(client, part, {**post, "city": "Qom"}).status_code == 302
    part.refresh_from_db()
    assert (part.city, part.parent_id) == ("Qom", top.pk)
    assert _save(client, part, {**_open(client, part), "parent": str(top.pk + 10_000)}).status_code == 422
    assert _save(client, part, {**_open(client, part), "parent": ""}).status_code == 302
    assert Customer.objects.get(pk=part.pk).parent_id is None


def test_what_was_chosen_comes_back_with_what_is_wrong(admin: Client) -> None:
    top = factories.customer("Holding", kind="organisation")
    post = {"name": "", "parent": str(top.pk), "city": "Qom", "identity-kind": ["phone"], "identity-value": ["0912"]}
    page = admin.post(reverse("customers:new-organisation"), post)
    assert page.status_code == 422
    again = _posted(page.content.decode())
    assert (again["parent"], again["city"], again["identity-value"]) == (str(top.pk), "Qom", ["0912"])


def test_kinds_that_are_hidden_are_not_shown_and_stay(client: Client) -> None:
    role = Role.objects.create(name="blind")
    for right in ("customers.view", "customers.edit"):
        role.grants.create(permission=right, scope=Scope.ALL)
    RoleHidden.objects.create(role=role, field="customer.phone")
    client.force_login(factories.user("Blind", role=role, language="en"))
    made = _whole()
    post = _open(client, made)
    assert "09121112233" not in post["identity-value"]
    post["identity-value"][post["identity-value"].index("mina@example.com")] = "rad@example.com"
    assert _save(client, made, post).status_code == 302
    assert {("phone", "09121112233", "home"), ("email", "rad@example.com", "")} <= _identities(made)
    for name, value in (("id", ""), ("kind", "phone"), ("value", "09125556677"), ("system", ""), ("label", "")):
        post[f"identity-{name}"].append(value)
    assert _save(client, made, {**_open(client, made), **{k: v for k, v in post.items() if k.startswith("identity")}}
                 ).status_code == 422  # fmt: skip


def test_an_owner_who_left_does_not_stand_in_the_way(admin: Client) -> None:
    gone = factories.user("Gone")
    made = factories.customer("Mina Rad", owner_id=gone.pk)
    gone.is_active = False
    gone.save()
    assert _save(admin, made, {**_open(admin, made), "city": "Qom"}).status_code == 302
    kept = Customer.objects.get(pk=made.pk)
    assert (kept.city, kept.owner_id) == ("Qom", gone.pk)


VALUES = [f"0912000000{place}" for place in range(6)]
LINES = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["", *VALUES])), max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_rows_end_as_they_say_whatever_they_say(lines: list[tuple[int, str]]) -> None:
    """Changed, swapped, emptied and added: what no row speaks of stays, each value stands once, one is the first."""
    Customer.objects.all().delete()
    made = factories.customer("Mina Rad")
    rows = [services.identity_add(actor=SYSTEM, customer=made, data=IdentityData("phone", one)) for one in VALUES[:3]]
    given_rows = [
        IdentityData("phone", value, id=rows[place].pk if place < 3 else None) for place, value in dict(lines).items()
    ]
    try:
        services.customer_update(actor=SYSTEM, customer=made, changes={"identity_rows": given_rows}, version=None)
    except InvalidError:
        written = [one.value for one in given_rows if one.value]
        assert len(set(written)) < len(written)
        assert {row.value for row in Identity.objects.filter(customer=made)} == set(VALUES[:3])
        return
    said = {one.id: one.value for one in given_rows if one.id is not None}
    wanted = {said.get(row.pk, row.value) for row in rows} | {one.value for one in given_rows if one.id is None}
    assert {row.value for row in Identity.objects.filter(customer=made)} == wanted - {""}
    firsts = Identity.objects.filter(customer=made, is_primary=True).count()
    assert firsts == (1 if wanted - {""} else 0)
