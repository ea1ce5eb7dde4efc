"""What the engine of imports and exports is told: columns with their usual titles, and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape, ImportAsk, ImportColumn, ImportShape
from peyvand.foundation.transfer.shapes import Reason
from peyvand.memory.customers import access
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.import_links import (
    BAD_LANGUAGE,
    BAD_STAGE,
    NO_PARENT,
    NO_TEAM,
    ROUND,
    SEVERAL_PARENTS,
)
from peyvand.memory.customers.import_matching import NO_KEY, OTHER_KIND, SEVERAL
from peyvand.memory.customers.imports import (
    BAD_BIRTH,
    BAD_CODE,
    BAD_EMAIL,
    BAD_FIELD,
    BAD_TAG,
    NO_NAME,
    NO_OWNER,
    SHORTENED,
    UNKNOWN,
    CustomerWriter,
)
from peyvand.memory.customers.lists import MOST_OFFERED, lists
from peyvand.memory.customers.models import CustomerKind

_NAME = ImportColumn(
    "name",
    _("Name"),
    "text",
    ("name", "full name", "customer", "نام", "نام کامل", "نام مشتری", "نام و نام خانوادگی"),
    icon="user",
)
_FIRM = replace(
    _NAME,
    known_by=True,
    headers=(*_NAME.headers, "account", "company", "organisation", "organization", "شرکت", "سازمان", "نام شرکت"),
)
_CODE = ImportColumn(
    "code",
    _("Code"),
    "code",
    (
        "id",
        "code",
        "customer id",
        "customerid",
        "customer code",
        "external id",
        "کد",
        "کد مشتری",
        "شناسه",
        "شناسه مشتری",
    ),
    key=True,
    icon="id-badge-2",
)
_REACH = (
    ImportColumn(
        "phone",
        _("Mobile"),
        "phone",
        (
            "phone",
            "mobile",
            "telephone",
            "cell",
            "موبایل",
            "تلفن",
            "شماره",
            "همراه",
            "تلفن همراه",
            "شماره تماس",
            "شماره موبایل",
        ),
        key=True,
        icon="phone",
    ),
    ImportColumn(
        "phone_2", _("Other phone"), "phone", ("phone 2", "landline", "تلفن ثابت", "تلفن ۲", "تلفن دوم"), icon="phone"
    ),
    ImportColumn(
        "email",
        _("Email"),
        "email",
        ("email", "e-mail", "mail", "ایمیل", "رایانامه", "پست الکترونیک"),
        key=True,
        icon="mail",
    ),
    ImportColumn("city", _("City"), "text", ("city", "town", "شهر"), icon="map-pin"),
    ImportColumn("country", _("Country"), "text", ("country", "کشور"), icon="world"),
)
_REST = (
    ImportColumn(
        "stage", _("Stage"), "text", ("stage", "lifecycle stage", "life cycle", "مرحله", "مرحله مشتری"), icon="progress"
    ),
    ImportColumn("language", _("Language"), "text", ("language", "lang", "زبان"), icon="language"),
    ImportColumn("team", _("Team"), "text", ("team", "تیم", "گروه"), icon="users-group"),
    ImportColumn("tags", _("Tags"), "text", ("tags", "labels", "برچسب", "برچسب‌ها"), icon="tag"),
    ImportColumn("owner", _("Owner"), "text", ("owner", "account manager", "مسئول", "کارشناس"), icon="user-check"),
    ImportColumn(
        "note", _("Note"), "text", ("note", "notes", "description", "یادداشت", "توضیح", "توضیحات"), icon="notes"
    ),
)
_PARENT = ImportColumn(
    "parent",
    _("Part of"),
    "text",
    (
        "part of",
        "parent",
        "parent organisation",
        "parent company",
        "زیرمجموعه",
        "زیرمجموعه‌ی",
        "سازمان مادر",
        "شرکت مادر",
    ),
    icon="sitemap",
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

_AS_COLUMN = {FieldKind.NUMBER: "decimal", FieldKind.MONEY: "decimal", FieldKind.DATE: "date"}
_KEYS = (FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE)
_HIDDEN_AS = {"phone_2": "phone"}


_LIST = ImportAsk(
    "list",
    _("Put them on the list"),
    _("A list that is there, or a new one of this name."),
    access.LISTS,
    lambda actor: [one.name for one in lists(actor=actor, editable=True)[:MOST_OFFERED]],
)


def columns_for(actor: Actor, columns: Sequence[ImportColumn]) -> Sequence[ImportColumn]:
    """The columns that the actor may fill: without hidden fields, with custom ones."""
    seen = [one for one in columns if not actor.hides(f"{RECORD}.{_HIDDEN_AS.get(one.name, one.name)}")]
    custom = [
        ImportColumn(
            one.name, one.label, _AS_COLUMN.get(FieldKind(one.kind), "text"), (str(one.label), one.key),
            key=one.kind in _KEYS, icon=one.icon,
        )
        for one in customs(actor=actor, record=RECORD)
    ]  # fmt: skip
    return [*seen, *custom]


DECLARATIONS = (
    ImportShape(
        name="customers",
        label=pgettext_lazy("customers", "People"),
        help=_("One person a line; those known by code, e-mail or phone are brought up to date."),
        icon="users",
        columns=(_NAME, *_PERSON, _CODE, *_REACH, *_REST),
        writer=partial(CustomerWriter, kind=CustomerKind.PERSON.value),
        permission=access.IMPORT,
        order=10,
        options=("known",),
        asks=(_LIST,),
        columns_for=columns_for,
    ),
    ImportShape(
        name="organisations",
        label=_("Organisations"),
        help=_("One firm, school or office a line."),
        icon="building",
        columns=(_FIRM, _CODE, *_REACH, _PARENT, *_REST),
        writer=partial(CustomerWriter, kind=CustomerKind.ORGANISATION.value),
        permission=access.IMPORT,
        order=20,
        options=("known",),
        asks=(_LIST,),
        columns_for=columns_for,
    ),
    ExportShape("customers", _("Customers"), access.EXPORT, export_rows, order=10),
    Reason(NO_NAME, _("The line has no name, phone, e-mail or code. Fill in one of them.")),
    Reason(SEVERAL, _("Several customers have this e-mail, phone or name. Give a code, or merge them first.")),
    Reason(OTHER_KIND, _("{value} belongs to a person where the line is an organisation, or the other way round.")),
    Reason(BAD_STAGE, _("There is no stage called {value}; it was left out.")),
    Reason(BAD_LANGUAGE, _("{value} is none of the languages; it was left out.")),
    Reason(NO_TEAM, _("There is no team called {value}; the customer has no team.")),
    Reason(NO_PARENT, _("No organisation is called {value}; it stands by itself.")),
    Reason(SEVERAL_PARENTS, _("Several organisations are called {value}; give the code instead.")),
    Reason(ROUND, _("{value} is itself a part of this organisation; it was left out.")),
    Reason(BAD_EMAIL, _("{value} is no e-mail address; it was left out. It looks like name@example.com.")),
    Reason(BAD_CODE, _("{value} can't be used as a code; it was left out.")),
    Reason(BAD_TAG, _("The tag {value} is too long; it was left out.")),
    Reason(BAD_BIRTH, _("{value} can't be a date of birth; it was left out.")),
    Reason(NO_OWNER, _("No colleague is called {value}; the customer has no owner.")),
    Reason(UNKNOWN, _("Nobody is known by {value}; the line was left out, as you asked.")),
    Reason(NO_KEY, _("The line has nothing in the column by which rows are known.")),
    Reason(BAD_FIELD, _("{value} does not fit the field; it was left out.")),
    Reason(SHORTENED, _("{value}… was too long and has been shortened.")),
)
