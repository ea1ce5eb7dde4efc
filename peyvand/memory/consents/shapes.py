"""What the engine of imports and exports is told of consents: columns with their usual titles, and reasons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ExportShape, ImportColumn, ImportShape
from peyvand.foundation.transfer.shapes import Reason, Total
from peyvand.memory.consents import access, imports
from peyvand.memory.consents.exports import ledger_rows

_COLUMNS = (
    ImportColumn(
        "code", _("Code"), "code", ("code", "customer id", "customer code", "کد", "کد مشتری"), key=True,
        icon="id-badge-2",
    ),
    ImportColumn(
        "phone", _("Mobile"), "phone", ("phone", "mobile", "موبایل", "تلفن", "شماره", "تلفن همراه"), key=True,
        icon="phone",
    ),
    ImportColumn("email", _("Email"), "email", ("email", "e-mail", "ایمیل", "رایانامه"), key=True, icon="mail"),
    ImportColumn(
        "purpose", _("Purpose"), "text", ("purpose", "topic", "هدف", "منظور", "موضوع"), required=True, icon="target"
    ),
    ImportColumn(
        "channel", _("Channel"), "text", ("channel", "کانال", "کانال ارتباطی", "راه"), required=True, icon="messages"
    ),
    ImportColumn(
        "decision", _("What was said"), "text",
        ("decision", "consent", "what was said", "opt in", "answer", "رضایت", "پاسخ", "چه گفت", "چه گفته شد"),
        required=True, icon="checkbox",
    ),
    ImportColumn(
        "at", _("When"), "datetime", ("at", "when", "date", "consent date", "تاریخ", "کی", "زمان"), icon="calendar"
    ),
    ImportColumn(
        "source", _("Where it was said"), "text", ("source", "where it was said", "where", "منبع", "کجا گفته شد"),
        icon="map-pin",
    ),
    ImportColumn("wording", _("Wording"), "text", ("wording", "version", "متن", "نسخه‌ی متن"), icon="quote"),
    ImportColumn("proof", _("Proof"), "text", ("proof", "evidence", "مدرک", "گواه"), icon="paperclip"),
    ImportColumn("note", _("Note"), "text", ("note", "notes", "یادداشت", "توضیح"), icon="notes"),
)  # fmt: skip

DECLARATIONS = (
    ImportShape(
        name="consents",
        label=_("Consents"),
        help=_("One word of a known customer a line: about what, over which channel, yes or no."),
        icon="checkbox",
        columns=_COLUMNS,
        writer=imports.ConsentWriter,
        permission=access.IMPORT,
        order=40,
        options=("tz",),
    ),
    ExportShape("consents", _("Ledger of consents"), access.EXPORT, ledger_rows, order=30),
    Total(name="consents", label=_("Consents")),
    Reason(imports.BAD_PURPOSE, _("{value} is none of the purposes. Write its name or key.")),
    Reason(imports.BAD_CHANNEL, _("{value} is none of the channels. Write sms, email or call.")),
    Reason(imports.BAD_DECISION, _("{value} is neither yes nor no. Write given, denied or withdrawn.")),
    Reason(imports.BAD_SOURCE, _("{value} is not known as a place where consents are given.")),
    Reason(imports.BAD_WORDING, _("There is no wording {value} of this purpose; it was left out.")),
    Reason(imports.BAD_TIME, _("{value} lies in the future, or before anybody lived.")),
    Reason(imports.TOO_LONG, _("{value}… was too long and has been shortened.")),
)
