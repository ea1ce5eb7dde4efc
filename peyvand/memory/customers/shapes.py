"""What the engine of imports and exports is told: columns with their usual titles, and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape, ImportAsk, ImportColumn, ImportShape
from peyvand.foundation.transfer.guessing import title_key
from peyvand.foundation.transfer.shapes import Reason, Total
from peyvand.memory.customers import access
from peyvand.memory.customers.beside import BAD_TRAIT, NO_FIRM, ROLE, SEVERAL_FIRMS, WORKS_AT, trait_columns
from peyvand.memory.customers.exports import export_count, export_rows
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.import_links import (
    BAD_LANGUAGE,
    BAD_STAGE,
    NO_PARENT,
    NO_TEAM,
    ROUND,
    SEVERAL_PARENTS,
)
from peyvand.memory.customers.import_matching import NO_KEY, OTHER_KIND
from peyvand.memory.customers.imports import (
    BAD_BIRTH,
    BAD_CODE,
    BAD_EMAIL,
    BAD_FIELD,
    BAD_TAG,
    NO_NAME,
    NO_OWNER,
    OUT_OF_REACH,
    SHORTENED,
    UNKNOWN,
    CustomerWriter,
)
from peyvand.memory.customers.known import NO_ADDRESS, NOBODY, NOT_YOURS, SEVERAL
from peyvand.memory.customers.lists import MOST_OFFERED, lists
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.customers.trait_imports import BAD_ROW, COMPUTED, TraitWriter

_NAME = ImportColumn(
    "name",
    _("Name"),
    "text",
    ("name", "full name", "customer", "نام", "نام کامل", "نام مشتری", "نام و نام خانوادگی"),
    icon="user",
    like="name",
)
_FIRM = replace(
    _NAME,
    like="",
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
    like="national_code",
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
    ImportColumn("city", _("City"), "text", ("city", "town", "شهر"), icon="map-pin", like="city"),
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
    ImportColumn(
        "given_name", _("Given name"), "text", ("first name", "given name", "نام کوچک"), icon="user", like="given_name"
    ),
    ImportColumn(
        "family_name",
        _("Family name"),
        "text",
        ("last name", "surname", "family name", "نام خانوادگی", "فامیل"),
        icon="user",
        like="family_name",
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
        like="birthday",
    ),
)

_AS_COLUMN = {FieldKind.NUMBER: "decimal", FieldKind.MONEY: "decimal", FieldKind.DATE: "date"}
_KEYS = (FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE)
_HIDDEN_AS = {"phone_2": "phone"}
_NATIONAL = tuple(title_key(words) for words in ("کد ملی", "شماره ملی", "national code", "national id"))


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
            key=one.kind in _KEYS, icon=one.icon, like=_like(one),
        )
        for one in customs(actor=actor, record=RECORD)
    ]  # fmt: skip
    return [*seen, *custom, *trait_columns(actor)]


def _like(field: Field) -> str:
    """What a custom field's values look like, where its name says so."""
    key = title_key(f"{field.label} {field.key}")
    return "national_code" if any(word in key for word in _NATIONAL) else ""


DECLARATIONS = (
    ImportShape(
        name="customers",
        label=pgettext_lazy("customers", "People"),
        help=_("One person a line; those known by code, e-mail or phone are brought up to date."),
        icon="users",
        columns=(_NAME, *_PERSON, _CODE, *_REACH, WORKS_AT, ROLE, *_REST),
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
    ImportShape(
        name="traits",
        label=_("What is known"),
        help=_("One fact of a known customer a line: who, what, and the value."),
        icon="bulb",
        columns=(
            replace(_CODE, headers=("code", "customer id", "customer code", "کد", "کد مشتری")),
            *(one for one in _REACH if one.name in ("phone", "email")),
            ImportColumn(
                "what",
                _("What is it"),
                "text",
                ("what", "trait", "fact", "چه", "ویژگی", "عنوان"),
                required=True,
                icon="bulb",
            ),
            ImportColumn(
                "value", _("Words or number"), "text", ("value", "مقدار", "ارزش"), required=True, icon="text-size"
            ),
            ImportColumn("at", _("As of which day"), "date", ("at", "as of", "date", "تاریخ", "روز"), icon="calendar"),
        ),
        writer=TraitWriter,
        permission=access.IMPORT,
        order=30,
    ),
    ExportShape("customers", _("Customers"), access.EXPORT, export_rows, order=10, count=export_count),
    Reason(NO_NAME, _("The line has no name, phone, e-mail or code. Fill in one of them.")),
    Reason(SEVERAL, _("Several customers have this e-mail, phone or name. Give a code, or merge them first.")),
    Reason(NO_ADDRESS, _("The line has no code, phone or e-mail by which the customer is known.")),
    Reason(NOBODY, _("Nobody is known by this code, phone or e-mail. Bring the customer in first.")),
    Reason(NOT_YOURS, _("Somebody whom you may not change has this code, phone or e-mail. Ask their owner.")),
    Reason(OTHER_KIND, _("A person and an organisation can't be one record; give one of them another code.")),
    Reason(BAD_STAGE, _("There is no stage called {value}; it was left out.")),
    Reason(BAD_LANGUAGE, _("{value} is none of the languages; it was left out.")),
    Reason(NO_TEAM, _("There is no team called {value}; the customer has no team.")),
    Reason(NO_PARENT, _("No organisation is called {value}; it stands by itself.")),
    Reason(SEVERAL_PARENTS, _("Several organisations are called {value}; give the code instead.")),
    Reason(ROUND, _("{value} is itself a part of this organisation; it was left out.")),
    Reason(SEVERAL_FIRMS, _("Several organisations are called {value}; where they work was left out.")),
    Reason(NO_FIRM, _("No organisation is called {value}; where they work was left out.")),
    Reason(BAD_TRAIT, _("{value} can't be noted; it was left out.")),
    Reason(BAD_ROW, _("{value} can't be noted. Give a name of at most 80 letters and a value of at most 500.")),
    Reason(COMPUTED, _("{value} is computed by Peyvand itself; choose another name.")),
    Total(name="organisations", label=_("Organisations made")),
    Total(name="traits", label=_("Known facts")),
    Reason(OUT_OF_REACH, _("You can bring in customers of your own or of your team only; this one is yours now.")),
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
