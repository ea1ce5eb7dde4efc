"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.registry.declarations import (
    Beside,
    DemoPart,
    EventHandler,
    ImpersonalTable,
    MenuEntry,
    MergeRule,
    Panel,
    PersonalTable,
    SettingsPage,
)
from peyvand.memory.consents import access, demo, handlers, panels, shapes
from peyvand.memory.consents.conditions import CONDITIONS
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.consents.services import follow_merge, sample_remove
from peyvand.memory.consents.webhooks import WEBHOOKS
from peyvand.memory.customers.declarations import ListAction
from peyvand.memory.customers.trail import unseen_with_customer

CHANNELS = (
    ConsentChannel("email", _("Email"), "mail", 10, identity="email"),
    ConsentChannel("sms", _("Text message"), "message-2", 20, identity="phone"),
    ConsentChannel("call", _("Call"), "phone", 30, identity="phone"),
    ConsentChannel("messenger:telegram", _("Telegram"), "brand-telegram", 40, identity="messenger"),
    ConsentChannel("messenger:bale", _("Bale"), "bale", 50, identity="messenger"),
    ConsentChannel("messenger:instagram", _("Instagram"), "brand-instagram", 60, identity="messenger"),
    ConsentChannel("push", _("Push notification"), "bell", 70),
    ConsentChannel("post", _("Post"), "mailbox", 80),
)

TABLES = (
    PersonalTable(
        name="consents_consententry",
        label=_("Ledger of consents"),
        columns={
            "id": "key",
            "demo": "technical",
            "customer_id": "key",
            "purpose_id": "key",
            "channel": "descriptive",
            "decision": "descriptive",
            "at": "descriptive",
            "recorded_at": "technical",
            "recorder": "technical",
            "staff_id": "staff",
            "staff_name": "staff",
            "wording_id": "key",
            "source": "descriptive",
            "proof": "content",
            "proof_data": "content",
            "proof_file_id": "key",
            "note": "content",
            "reverses_id": "key",
        },
        files=("proof_file_id",),
        merge="custom",
        order=70,
    ),
    PersonalTable(
        name="consents_consentstate",
        label=_("What is allowed now"),
        columns={
            "id": "key",
            "demo": "technical",
            "customer_id": "key",
            "purpose_id": "key",
            "channel": "descriptive",
            "decision": "descriptive",
            "at": "descriptive",
            "entry_id": "key",
        },
        merge="stay",  # it follows the ledger
        carried=False,
        order=71,
    ),
    ImpersonalTable("consents_purpose", "what the house asks for"),
    ImpersonalTable("consents_wording", "the words in which it asks"),
    Beside("consents_purpose", by=("demo", "key")),
    Beside("consents_wording", by=("purpose_id", "language", "version")),
)

DECLARATIONS = (
    *WEBHOOKS,
    *shapes.DECLARATIONS,
    *access.PERMISSIONS,
    *CHANNELS,
    *TABLES,
    CONDITIONS,
    MergeRule("consents_consententry", follow_merge),
    TrackedTable("consents_purpose", _("Purpose"), "target"),
    TrackedTable("consents_wording", _("Wording"), "quote"),
    TrackedTable(
        "consents_consententry",
        _("Consent"),
        "checkbox",
        unseen=unseen_with_customer("consents_consententry", right=access.VIEW),
    ),
    ListAction("consents.many", _("Consents"), "checkbox", "consents:many", access.EDIT, order=10),
    EventHandler("consents.after_customers", CustomersCreated, handlers.after_customers),
    FilePurpose("consents.proof", max_bytes=20 * 2**20),
    MenuEntry("consents", _("Consents"), "checkbox", "consents:overview", "customer", 14, access.VIEW),
    SettingsPage(
        name="consents.purposes",
        label=_("Purposes and wordings"),
        help=_("What customers may allow, and the words they agree to"),
        icon="quote",
        url_name="consents:purposes",
        order=45,
        permission=access.VIEW,
    ),
    Panel(
        name="consents.glance",
        screen="customer",
        slot="start",
        order=45,
        template="consents/panel_glance.html",
        context=panels.glance,
        permission=access.VIEW,
    ),
    Panel(
        name="consents.ledger",
        screen="customer",
        slot="tab",
        order=60,
        template="consents/panel_tab.html",
        context=panels.tab,
        permission=access.VIEW,
        label=_("Consents"),
        icon="checkbox",
    ),
    DemoPart("consents", _("Consents"), sample_remove, demo.sample_load, order=15),
)
