"""Lists of people and organisations, in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.models import User
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape, ImportColumn, ImportShape
from peyvand.foundation.text.identifiers import IdentifierError, phone_for_file
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import Reason, Row, Writer
from peyvand.memory.customers import access, filters, queries
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.keys import NAME_LENGTH, identity_key, name_of, search_key_of, sort_key_of
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.customers.services.tags import tags_ensure
from peyvand.memory.customers.writing import (
    NewCustomer,
    NewIdentity,
    insert_customers,
    insert_identities,
    insert_tags,
    lock_codes,
)

SYSTEM = "shop"  # whose customer numbers a column of codes holds, as in the import of orders
TEXTS = {"job_title": 120, "city": 120, "country": 120, "note": 20_000}
NO_NAME = "customers.no_name"
SEVERAL = "customers.several"
BAD_EMAIL = "customers.bad_email"
BAD_CODE = "customers.bad_code"
BAD_TAG = "customers.bad_tag"
BAD_BIRTH = "customers.bad_birth"
NO_OWNER = "customers.no_owner"
SHORTENED = "customers.shortened"


class CustomerWriter(Writer):
    """Makes customers, or changes those whom a row names by code, e-mail, or phone together with the name.

    Of a known customer only what the row gives is changed; with the option "existing" = "skip" nothing is.
    """

    def __init__(self, actor: Actor, options: Mapping[str, Any], *, kind: str) -> None:
        super().__init__()
        self.actor = actor
        self.kind = kind
        self.skip_known = options.get("existing") == "skip"
        self.owners: dict[str, int] = {}
        self.pending: dict[tuple[str, str], list[NewCustomer]] = {}

    def prepare(self) -> None:
        """Know the colleagues by name and e-mail."""
        for pk, name, email in User.objects.filter(is_active=True).values_list("pk", "name", "email"):
            self.owners.setdefault(fa_key(name), pk)
            self.owners[email] = pk

    def write(self, rows: Sequence[Row]) -> None:
        """One batch: match, make, change; each table in one statement."""
        lock_codes(demo=self.actor.demo)
        read = [(row, made) for row in rows if (made := self._read(row)) is not None]
        known = self._known([made for _row, made in read])
        fresh: list[NewCustomer] = []
        changes: dict[int, NewCustomer] = {}
        for row, made in read:
            target = self._target(row, made, known)
            if target is None:
                continue
            if isinstance(target, int):
                if target in changes:
                    _fill(changes[target], made)
                else:
                    changes[target] = made
            elif target is made:
                fresh.append(made)
            else:
                _fill(target, made)
        self._tags([*fresh, *changes.values()])
        self._insert(fresh)
        if not self.skip_known:
            self._change(changes)
        self.totals["customers"] = self.new + self.updated

    def _read(self, row: Row) -> NewCustomer | None:
        """The row's values as they fit their columns; None, with the problem noted, when nobody can be made of it."""
        values = row.values
        identities = self._identities_of(row)
        name = name_of(
            kind=self.kind,
            name=values.get("name", ""),
            honorific=values.get("honorific", ""),
            given=values.get("given_name", ""),
            family=values.get("family_name", ""),
        )
        whole = name.name or (identities[0].value if identities else "")
        if not whole:
            self.skip(row, NO_NAME)
            return None
        if len(whole) > NAME_LENGTH:
            self.note(row, SHORTENED, column="name", value=whole[:80])
        made = NewCustomer(
            kind=self.kind,
            name=whole[:NAME_LENGTH],
            honorific=name.honorific[:60],
            given_name=name.given[:120],
            family_name=name.family[:120],
            source="import",
            identities=identities,
        )
        for column, length in TEXTS.items():
            text = clean(str(values.get(column, "")))
            if len(text) > length:
                self.note(row, SHORTENED, column=column, value=text[:80])
            setattr(made, column, text[:length])
        born = values.get("birth_date")
        if born is not None:
            if born.year >= 1850 and born <= date.today():
                made.birth_date = born
            else:
                self.note(row, BAD_BIRTH, column="birth_date", value=born.isoformat())
        made.tags = self._tags_of(row)
        owner = clean(str(values.get("owner", "")))
        if owner:
            made.owner_id = self.owners.get(owner.lower()) or self.owners.get(fa_key(owner))
            if made.owner_id is None:
                self.note(row, NO_OWNER, column="owner", value=owner)
        return made

    def _identities_of(self, row: Row) -> list[NewIdentity]:
        found: dict[tuple[str, str], NewIdentity] = {}
        for column, kind, system, reason in (
            ("code", IdentityKind.EXTERNAL, SYSTEM, BAD_CODE),
            ("phone", IdentityKind.PHONE, "", ""),
            ("phone_2", IdentityKind.PHONE, "", ""),
            ("email", IdentityKind.EMAIL, "", BAD_EMAIL),
        ):
            value = clean(str(row.values.get(column, "")))
            if not value:
                continue
            try:
                key = identity_key(kind, value)
            except IdentifierError:
                if reason:
                    self.note(row, reason, column=column, value=value)
                continue
            first = not any(identity.kind == kind for identity in found.values())
            found.setdefault((kind, key), NewIdentity(kind, system, value, key, is_primary=first))
        return list(found.values())

    def _tags_of(self, row: Row) -> list[str]:
        names = []
        for part in str(row.values.get("tags", "")).replace("،", ",").replace(";", ",").split(","):
            name = " ".join(clean(part).split())
            if name and fa_key(name) and len(name) <= 60:
                names.append(name)
            elif name:
                self.note(row, BAD_TAG, column="tags", value=name[:80])
        return names

    def _known(self, made: Sequence[NewCustomer]) -> dict[tuple[str, str], dict[int, str]]:
        """Who has which identity already: customer ids with their search keys."""
        keys = [(identity.kind, identity.key) for one in made for identity in one.identities]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.kind, i.key, c.id, c.search_key FROM unnest(%s::text[], %s::text[]) AS w (kind, key) "
                "JOIN customers_identity i ON i.demo = %s AND i.kind = w.kind AND i.key = w.key "
                "JOIN customers_customer c ON c.id = i.customer_id "
                "WHERE i.kind <> 'external' OR i.system = %s",
                [[kind for kind, _key in keys], [key for _kind, key in keys], self.actor.demo, SYSTEM],
            )
            found: dict[tuple[str, str], dict[int, str]] = {}
            for kind, key, pk, search_key in cursor.fetchall():
                found.setdefault((kind, key), {})[pk] = search_key
        self.pending = {}
        return found

    def _target(
        self, row: Row, made: NewCustomer, known: Mapping[tuple[str, str], Mapping[int, str]]
    ) -> int | NewCustomer | None:
        """The customer whom the row means: one that is known, an earlier row of the batch, or itself."""
        wanted = search_key_of(made.name)
        for kind in (IdentityKind.EXTERNAL, IdentityKind.EMAIL, IdentityKind.PHONE):
            ids: set[int] = set()
            for identity in made.identities:
                at = (identity.kind, identity.key)
                if identity.kind != kind:
                    continue
                same_name = kind == IdentityKind.PHONE
                ids |= {pk for pk, key in known.get(at, {}).items() if not same_name or key == wanted}
                for earlier in self.pending.get(at, ()):
                    if not same_name or search_key_of(earlier.name) == wanted:
                        return earlier
            if len(ids) > 1:
                self.skip(row, SEVERAL)
                return None
            if ids:
                return ids.pop()
            if kind == IdentityKind.EXTERNAL and any(identity.kind == kind for identity in made.identities):
                break  # a code that nobody has names somebody new, whatever else they share
        for identity in made.identities:
            self.pending.setdefault((identity.kind, identity.key), []).append(made)
        return made

    def _tags(self, made: Sequence[NewCustomer]) -> None:
        names = {name for one in made for name in one.tags}
        try:
            tags = tags_ensure(demo=self.actor.demo, names=sorted(names))
        except InvalidError:
            return
        for one in made:
            one.tag_ids = list({tags[fa_key(name)].pk for name in one.tags})

    def _insert(self, fresh: Sequence[NewCustomer]) -> None:
        if not fresh:
            return
        ids = insert_customers(demo=self.actor.demo, rows=fresh)
        self.new += len(ids)
        made = CustomersCreated(customer_ids=tuple(ids), source="import", demo=self.actor.demo)
        publish(made, actor=self.actor)

    def _change(self, changes: Mapping[int, NewCustomer]) -> None:
        """Write what the rows give over what stands, in one statement a table."""
        if not changes:
            return
        changed: set[int] = set()
        rows = []
        for kept in Customer.objects.filter(pk__in=list(changes)).select_for_update(of=("self",)).order_by("pk"):
            made = changes[kept.pk]
            named = made.name != (made.identities[0].value if made.identities else "")
            after = (
                made.name if named else kept.name,
                made.honorific if named else kept.honorific,
                made.given_name if named else kept.given_name,
                made.family_name if named else kept.family_name,
                made.job_title or kept.job_title,
                made.city or kept.city,
                made.country or kept.country,
                made.birth_date or kept.birth_date,
                made.note or kept.note,
                made.owner_id or kept.owner_id,
            )
            if after != tuple(getattr(kept, column) for column in CHANGED):
                rows.append((kept.pk, *after, search_key_of(after[0]), sort_key_of(after[0])))
                changed.add(kept.pk)
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(UPDATE, [list(column) for column in zip(*rows, strict=True)])
        changed |= self._add_identities(changes)
        tagged = [(pk, tag) for pk, made in changes.items() for tag in made.tag_ids]
        if insert_tags(rows=tagged):
            changed |= {pk for pk, _tag in tagged}
        self.updated += len(changed)
        if changed:
            told = CustomersChanged(customer_ids=tuple(sorted(changed)), fields=("import",), demo=self.actor.demo)
            publish(told, actor=self.actor)

    def _add_identities(self, changes: Mapping[int, NewCustomer]) -> set[int]:
        had: dict[int, set[tuple[str, str]]] = {}
        kinds: set[tuple[int, str]] = set()
        for pk, kind, key in Identity.objects.filter(customer_id__in=list(changes)).values_list(
            "customer_id", "kind", "key"
        ):
            had.setdefault(pk, set()).add((kind, key))
            kinds.add((pk, kind))
        rows = []
        for pk, made in changes.items():
            for identity in made.identities:
                if (identity.kind, identity.key) not in had.get(pk, set()):
                    identity.is_primary = identity.is_primary and (pk, identity.kind) not in kinds
                    rows.append((pk, identity))
        insert_identities(demo=self.actor.demo, rows=rows)
        return {pk for pk, _identity in rows}


CHANGED = (
    "name", "honorific", "given_name", "family_name", "job_title", "city", "country", "birth_date", "note", "owner_id",
)  # fmt: skip
UPDATE = f"""
UPDATE customers_customer c
   SET {", ".join(f"{name} = r.{name}" for name in (*CHANGED, "search_key", "sort_key"))},
       version = c.version + 1, updated_at = statement_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
              %s::date[], %s::text[], %s::bigint[], %s::text[], %s::text[])
       AS r (id, {", ".join((*CHANGED, "search_key", "sort_key"))})
 WHERE c.id = r.id
"""


def _fill(kept: NewCustomer, more: NewCustomer) -> None:
    """Two rows of one customer: the later one's values count, identities and tags add up."""
    for name in ("job_title", "city", "country", "birth_date", "note", "owner_id"):
        setattr(kept, name, getattr(more, name) or getattr(kept, name))
    had = {(identity.kind, identity.key) for identity in kept.identities}
    kinds = {identity.kind for identity in kept.identities}
    for identity in more.identities:
        if (identity.kind, identity.key) not in had:
            identity.is_primary = identity.is_primary and identity.kind not in kinds
            kept.identities.append(identity)
    kept.tags = [*kept.tags, *more.tags]


# ── out ───────────────────────────────────────────────────────────────────

CHUNK = 500


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """The list under the conditions of its address, as people read it; dates Gregorian, phones without +."""
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    chosen = filters.asked(actor=actor, query=query, currency=currency).chosen
    yield [
        gettext("Name"), gettext("Honorific"), gettext("Given name"), gettext("Family name"), gettext("Kind"),
        gettext("Code"), gettext("Mobile"), gettext("Email"), gettext("City"), gettext("Country"), gettext("Job"),
        gettext("Date of birth"), gettext("Owner"), gettext("Tags"), gettext("Class"),
        gettext("Revenue (%(currency)s)") % {"currency": currency}, gettext("Last interaction"), gettext("Note"),
    ]  # fmt: skip
    found = queries.with_people(queries.customers(actor=actor, chosen=chosen)).prefetch_related("tagged__tag")
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for customer in rows:
            yield _cells(customer, currency)
        last = rows[-1].pk


def _cells(customer: Customer, currency: str) -> list[Any]:
    first = {}
    for identity in customer.identities.all():
        first.setdefault(identity.kind, identity)
    traits = {trait.name: trait for trait in customer.worth_traits}
    worth, code = traits.get(queries.WORTH), first.get(IdentityKind.EXTERNAL)
    phone, email = first.get(IdentityKind.PHONE), first.get(IdentityKind.EMAIL)
    return [
        customer.name, customer.honorific, customer.given_name, customer.family_name,
        CustomerKind(customer.kind).label, code.value if code else "", phone_for_file(phone.key) if phone else "",
        email.key if email else "", customer.city, customer.country, customer.job_title, customer.birth_date,
        customer.owner.name if customer.owner else "", ", ".join(sorted(row.tag.name for row in customer.tagged.all())),
        traits[queries.CLASS].text if queries.CLASS in traits else "",
        worth.number.normalize() if worth and worth.number is not None and worth.currency == currency else "",
        customer.last_interaction_at, customer.note,
    ]  # fmt: skip


# ── what the engine is told ───────────────────────────────────────────────

_NAME = ImportColumn(
    "name",
    _("Name"),
    "text",
    ("name", "full name", "customer", "نام", "نام کامل", "نام مشتری", "نام و نام خانوادگی"),
    icon="user",
)
_CODE = ImportColumn(
    "code", _("Code"), "code",
    ("id", "code", "customer id", "customerid", "customer code", "external id", "کد", "کد مشتری", "شناسه", "شناسه مشتری"),
    key=True, icon="id-badge-2",
)  # fmt: skip
_REACH = (
    ImportColumn(
        "phone", _("Mobile"), "phone",
        ("phone", "mobile", "telephone", "cell", "موبایل", "تلفن", "شماره", "همراه", "تلفن همراه", "شماره تماس", "شماره موبایل"),
        key=True, icon="phone",
    ),
    ImportColumn("phone_2", _("Other phone"), "phone", ("phone 2", "landline", "تلفن ثابت", "تلفن ۲", "تلفن دوم"), icon="phone"),
    ImportColumn(
        "email", _("Email"), "email", ("email", "e-mail", "mail", "ایمیل", "رایانامه", "پست الکترونیک"), key=True, icon="mail"
    ),
    ImportColumn("city", _("City"), "text", ("city", "town", "شهر"), icon="map-pin"),
    ImportColumn("country", _("Country"), "text", ("country", "کشور"), icon="world"),
)  # fmt: skip
_REST = (
    ImportColumn("tags", _("Tags"), "text", ("tags", "labels", "برچسب", "برچسب‌ها"), icon="tag"),
    ImportColumn("owner", _("Owner"), "text", ("owner", "account manager", "مسئول", "کارشناس"), icon="user-check"),
    ImportColumn(
        "note", _("Note"), "text", ("note", "notes", "description", "یادداشت", "توضیح", "توضیحات"), icon="notes"
    ),
)
_PERSON = (
    ImportColumn("honorific", _("Honorific"), "text", ("title", "honorific", "عنوان", "لقب"), icon="user"),
    ImportColumn("given_name", _("Given name"), "text", ("first name", "given name", "نام کوچک"), icon="user"),
    ImportColumn(
        "family_name",
        _("Family name"),
        "text",
        ("last name", "surname", "family name", "نام خانوادگی", "فامیل"),
        icon="user",
    ),
    ImportColumn(
        "job_title", _("Job"), "text", ("job", "job title", "occupation", "شغل", "سمت", "حرفه"), icon="briefcase"
    ),
    ImportColumn(
        "birth_date",
        _("Date of birth"),
        "date",
        ("birth date", "birthday", "date of birth", "تاریخ تولد", "تولد"),
        icon="cake",
    ),
)

DECLARATIONS = (
    ImportShape(
        name="customers",
        label=_("People"),
        help=_("One person a line; those known by code, e-mail or phone are brought up to date."),
        icon="users",
        columns=(_NAME, *_PERSON, _CODE, *_REACH, *_REST),
        writer=partial(CustomerWriter, kind=CustomerKind.PERSON.value),
        permission=access.IMPORT,
        order=10,
    ),
    ImportShape(
        name="organisations",
        label=_("Organisations"),
        help=_("One firm, school or office a line."),
        icon="building",
        columns=(_NAME, _CODE, *_REACH, *_REST),
        writer=partial(CustomerWriter, kind=CustomerKind.ORGANISATION.value),
        permission=access.IMPORT,
        order=20,
    ),
    ExportShape("customers", _("Customers"), access.EXPORT, export_rows, order=10),
    Reason(NO_NAME, _("The line has no name, phone, e-mail or code. Fill in one of them.")),
    Reason(SEVERAL, _("Several customers have this e-mail or phone. Give a code, or merge them first.")),
    Reason(BAD_EMAIL, _("{value} is no e-mail address; it was left out. It looks like name@example.com.")),
    Reason(BAD_CODE, _("{value} can't be used as a code; it was left out.")),
    Reason(BAD_TAG, _("The tag {value} is too long; it was left out.")),
    Reason(BAD_BIRTH, _("{value} can't be a date of birth; it was left out.")),
    Reason(NO_OWNER, _("No colleague is called {value}; the customer has no owner.")),
    Reason(SHORTENED, _("{value}… was too long and has been shortened.")),
)
