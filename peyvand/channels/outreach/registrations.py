"""What this room declares to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access, bulk, demo, forgetting, handlers, panels, personal, queries
from peyvand.channels.outreach.dispatching.standing import stand
from peyvand.channels.outreach.fields import FIELDS
from peyvand.channels.outreach.kinds import KINDS
from peyvand.channels.outreach.services import arrivals_sweep, clicks_digest
from peyvand.channels.outreach.services.rules import TRACK
from peyvand.events.consents import ConsentsChanged
from peyvand.events.matching import CustomersUnmerged
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import KindOfSet, TrackedTable
from peyvand.foundation.jobs.declarations import Job, Standing
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    EventHandler,
    MenuEntry,
    Panel,
    Schedule,
    SettingsPage,
    Trace,
)
from peyvand.memory.customers.trail import unseen_with_customer


def _waiting(actor: Actor) -> Sequence[QuerySet[Any]]:
    return [queries.unsettled(actor=actor)]


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(gettext("Yes or no."))
    return value


DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *FIELDS,
    *KINDS,
    KindOfSet("send", _("Message to many"), "send"),
    TrackedTable("outreach_template", _("Template"), "template"),
    TrackedTable("outreach_templatetext", _("Text of a template"), "template"),
    TrackedTable(
        "outreach_recipient",
        _("Preferences"),
        "adjustments",
        unseen=unseen_with_customer("outreach_recipient", right=access.VIEW),
    ),
    TrackedTable(
        "outreach_suppression",
        _("Address that gets nothing"),
        "ban",
        unseen=unseen_with_customer("outreach_suppression", right=access.VIEW),
    ),
    TrackedTable("outreach_cap", _("Cap"), "gauge"),
    TrackedTable("outreach_quiethours", _("Quiet hours"), "moon"),
    TrackedTable("outreach_budget", _("Budget of messages"), "coins"),
    TrackedTable("outreach_purposerule", _("Rule of a purpose"), "list-check"),
    TrackedTable("outreach_link", _("Short link"), "link"),
    SettingKey(TRACK, True, _yes_or_no),
    Schedule("outreach.clicks", "* * * * *", clicks_digest),
    Schedule("outreach.arrivals", "17 3 * * *", arrivals_sweep),
    Trace("outreach", _("Texts of messages"), forgetting.forget, order=7),
    EventHandler("outreach.consents", ConsentsChanged, handlers.consents_changed),
    EventHandler("outreach.unmerged", CustomersUnmerged, handlers.customers_unmerged),
    Standing("outreach.sender", stand),
    Job(bulk.JOB, bulk.write_many, label=_("Message to many"), result_url=bulk.result_url),
    DemoPart("outreach", _("Messages"), demo.sample_remove, demo.sample_load, order=70),
    MenuEntry("messages", _("Messages"), "send", "outreach:list", "customer", 16, access.VIEW, badge=_waiting),
    Action("outreach.many", _("Write to many"), "send", "outreach:many", 30, access.SEND),
    Action("outreach.template-new", _("New template"), "template", "outreach:template-new", 31, access.WRITE),
    SettingsPage(
        name="outreach.rules",
        label=_("Rules of messages"),
        help=_("How often, when and for how much we write, and what holds for each purpose"),
        icon="adjustments",
        url_name="outreach:rules",
        order=46,
        permission=access.MANAGE,
    ),
    SettingsPage(
        name="outreach.links",
        label=_("Short links"),
        help=_("Links that tell how often they were opened, with their QR codes"),
        icon="link",
        url_name="outreach:links",
        order=47,
        permission=access.WRITE,
    ),
    SettingsPage(
        name="outreach.templates",
        label=_("Templates"),
        help=_("Texts that are sent often, in both languages"),
        icon="template",
        url_name="outreach:templates",
        order=47,
        permission=access.WRITE,
    ),
    Panel(
        name="outreach.messages",
        screen="customer",
        slot="tab",
        order=65,
        template="outreach/panel_tab.html",
        context=panels.tab,
        permission=access.VIEW,
        label=_("Messages"),
        icon="send",
    ),
)
