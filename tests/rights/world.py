"""A small business in which everybody has something of their own, and requests that leave no trace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Invitation, Role, RoleGrant, Team, User
from peyvand.foundation.accounts.services import people, tokens
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.changes.models import ChangeSet, Seal
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.foundation.webhooks import services as webhooks
from peyvand.memory.commerce.tests.factories import a_product, an_order
from peyvand.memory.consents.services import purposes_ensure
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer, CustomerList, Stage
from peyvand.memory.customers.services import customer_create, relation_add, tag_add
from peyvand.memory.customers.stages import stages_ensure
from peyvand.memory.interactions.services import record
from peyvand.memory.knowledge.services import ArticleData, TextData, article_save, category_save, text_publish

ROLES = ("admin", "manager", "sales", "service", "marketing", "viewer", "nothing")
MISSING = 10**9
Records = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back; `wrote` are tables whose rows it changed."""

    status: int
    body: str
    wrote: tuple[str, ...]


class World:
    """People of every starting role, each with records of their own, and a stranger's records."""

    def __init__(self) -> None:
        roles_ensure()
        nothing = Role.objects.create(name="nothing")
        self.people: dict[str, User] = {
            name: make_user(
                role=nothing if name == "nothing" else Role.objects.get(key=name), email=f"{name}@own.example"
            )
            for name in ROLES
        }
        self.shared = _shared(self.people["admin"])
        self.own = {name: {**self.shared, **_records(user, f"Eigen{name}")} for name, user in self.people.items()}
        other = make_user(role=Role.objects.get(key="sales"), email="stranger@other.example")
        self.foreign = {**self.shared, **_records(other, "Zzforeign")}
        self.missing = {name: MISSING if isinstance(value, int) else value for name, value in self.foreign.items()}
        self.clients: dict[str, Client] = {"anonymous": Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)}
        for name, user in self.people.items():
            self.clients[name] = signed_in(user)

    def scope(self, name: str, right: str) -> Scope:
        """How far that right reaches for somebody of the role."""
        if name == "admin":
            return Scope.ALL
        found = RoleGrant.objects.filter(role=self.people[name].role, permission=right).first()
        return Scope(found.scope) if found else Scope.NONE


def signed_in(user: User) -> Client:
    """A browser of that person, looking at the real business, whose first request is behind it."""
    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["demo"] = False
    session.save()
    client.get(reverse("accounts:profile"))
    return client


def _records(owner: User, marker: str) -> Records:
    """One of everything that has an owner; `marker` stands in every name."""
    system = system_actor()
    identities = [IdentityData("email", f"{marker.lower()}@example.com")]
    customer = customer_create(actor=system, data=CustomerData(name=f"{marker} person", identities=identities))
    Customer.objects.filter(pk=customer.pk).update(owner=owner)
    customer.refresh_from_db()
    firm = customer_create(actor=system, data=CustomerData(name=f"{marker} firm", kind="organisation"))
    Customer.objects.filter(pk=firm.pk).update(owner=owner)
    relation = relation_add(actor=system, person=customer, organisation=firm, role="buyer")
    tag = tag_add(actor=system, customer=customer, name=f"{marker} tag")
    order = an_order(("1", "10"), customer=customer)
    note = record(
        actor=system, kind="note", at=timezone.now(), customer=customer, staff_id=owner.pk,
        payload={"text": f"{marker} said"},
    )  # fmt: skip
    listed = CustomerList.objects.create(name=f"{marker} list", owner=owner)
    listed.members.create(customer=customer)
    _row, _raw = tokens.token_make(actor=system, name=f"{marker} token", user_id=owner.pk, demo=False)
    identity = customer.identities.get()
    return {
        "customer_id": customer.pk, "identity_id": identity.pk, "relation_id": relation.pk, "tag_id": tag.pk,
        "list_id": listed.pk,
        "order_id": order.pk, "interaction_id": note.pk, "token_id": _row.pk, "marker": marker,
    }  # fmt: skip


def _shared(admin: User) -> Records:
    """One of everything that belongs to the house."""
    system = system_actor()
    purposes_ensure(demo=False)
    stages_ensure(demo=False)
    team = Team.objects.create(name="team")
    role = Role.objects.create(name="spare")
    person = make_user(role=role, email="spare@own.example")
    people.user_invite(actor=system, email="invited@own.example", role_id=role.pk)
    product = a_product()
    Seal.objects.create(first_id=1, last_id=1, count=1, marks=b"", root=b"", head=b"head", mac=b"")
    hook, _secret = webhooks.endpoint_create(
        actor=system, data=webhooks.EndpointData("https://hooks.peyvand.ir/in", ["*"])
    )
    sent = webhooks.endpoint_test(actor=system, endpoint_id=hook.pk)
    field = field_save(actor=system, record="customer", data=FieldData(kind="text", label_en="Size"))
    article = article_save(actor=system, data=ArticleData(texts={"fa": TextData("Tea", "## How")}))
    text = article.texts.get()
    text_publish(actor=system, text=text)
    category = category_save(actor=system, name_fa="Tea", name_en="")
    newest = ChangeSet.objects.order_by("-id").first()
    return {
        "team": team.pk, "role": role.pk, "user": person.pk, "product_id": product.pk,
        "article_id": article.pk, "version_id": text.versions.get().pk, "category_id": category.pk,
        "stage_id": Stage.objects.order_by("position")[1].pk,
        "field_id": field.pk, "endpoint_id": hook.pk, "delivery_id": sent.pk,
        "invitation": Invitation.objects.get().pk, "change_set_id": newest.pk if newest else 0,
    }  # fmt: skip


# ── asking without a trace ────────────────────────────────────────────────

# What a mere visit may write: the session, when somebody was last here, the note that a right was missing.
UNCOUNTED = frozenset({"django_session", "accounts_user", "accounts_signin", "changes_changeset", "changes_change",
                       "changes_image"})  # fmt: skip
_MOVED = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


def ask(client: Client, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
    """One request, taken back afterwards together with whatever it wrote."""
    before, cookies = _moved(), client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, path) if data is None else client.post(path, data)
        status, body = _read(response)
        moved = [name for name, count in _moved().items() if count != before.get(name, 0) and name not in UNCOUNTED]
        after = {name: _digest(name) for name in moved}
        transaction.set_rollback(True)
    client.cookies = cookies  # toasts travel in them
    wrote = tuple(sorted(name for name, digest in after.items() if digest != _digest(name)))
    return Answer(status, _plain(body.decode("utf-8", "replace")), wrote)


def _read(response: HttpResponseBase) -> tuple[int, bytes]:
    """Status and body; one that breaks off while it is read is a server error."""
    if not response.streaming:
        return response.status_code, response.content
    try:
        return response.status_code, b"".join(response.streaming_content)
    except PermissionDenied:
        return 500, b""


def _moved() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
        return dict(cursor.fetchall())


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
        return str(cursor.fetchone()[0])


_CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="csrf-token" content="[^"]*"|nonce-[\w+/=-]+|\b\d+\b'
)


def _plain(text: str) -> str:
    """An answer without what differs at every request."""
    return _CHANGING.sub("", text)
