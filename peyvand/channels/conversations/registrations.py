"""What this room declares to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import (
    access,
    demo,
    facts,
    forgetting,
    panels,
    personal,
    queries,
    records,
    saved,
    trail,
)
from peyvand.channels.conversations.kinds import KINDS
from peyvand.channels.conversations.services.joining import MERGE, SPLIT, after_undo
from peyvand.channels.conversations.services.receiving import FILE
from peyvand.channels.conversations.services.routing import reroute_due
from peyvand.channels.conversations.services.standing import wake_due
from peyvand.channels.conversations.services.telling import tell_due
from peyvand.channels.conversations.webhooks import WEBHOOKS
from peyvand.foundation.changes.declarations import AfterUndo, KindOfSet, TrackedTable
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    MenuEntry,
    Panel,
    Schedule,
    SearchProvider,
    SettingsPage,
    Trace,
)


def _waiting(actor: Actor) -> Sequence[QuerySet[Any]]:
    return queries.waiting(actor=actor)


def _reroute() -> None:
    reroute_due()


def _tell() -> None:
    tell_due()


DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *KINDS,
    *WEBHOOKS,
    *facts.FACTS,
    *records.RECORDS,
    FilePurpose(FILE, max_bytes=30 * 2**20),
    TrackedTable("conversations_conversation", _("Conversation"), "messages", unseen=trail.unseen),
    TrackedTable("conversations_savedreply", _("Saved reply"), "bolt", unseen=saved.unseen),
    KindOfSet(MERGE, _("Conversations merged"), "arrow-merge"),
    KindOfSet(SPLIT, _("Conversation split"), "arrows-split"),
    AfterUndo(MERGE, after_undo),
    AfterUndo(SPLIT, after_undo),
    Trace("conversations", _("Conversations under their addresses"), forgetting.forget, order=6),
    Schedule("conversations.wake", "* * * * *", wake_due),
    Schedule("conversations.reroute", "* * * * *", _reroute),
    Schedule("conversations.tell", "* * * * *", _tell),
    TrackedTable("conversations_conversationtag", _("Tag of conversations"), "tag"),
    TrackedTable("conversations_tagging", _("Tag on a conversation"), "tag", unseen=trail.unseen_tagging),
    TrackedTable("conversations_routingsettings", _("How conversations are given"), "route-2"),
    TrackedTable("conversations_routingrule", _("Rule for conversations"), "route-2"),
    TrackedTable("conversations_answerer", _("Who takes conversations"), "user-check"),
    DemoPart("conversations", _("Conversations"), demo.sample_remove, demo.sample_load, order=71),
    MenuEntry("inbox", _("Inbox"), "inbox", "conversations:list", "", 10, access.VIEW, badge=_waiting, key="I"),
    SearchProvider("conversations", _("Conversations"), panels.hits, order=45),
    SearchProvider("conversations.saved", _("Saved replies"), panels.saved_hits, order=46),
    Action("conversations.replies", _("Saved replies"), "bolt", "conversations:replies", 45, access.REPLY),
    SettingsPage(
        name="conversations.routing",
        label=_("How conversations are given"),
        help=_("Rules, who takes which conversations, and who is told when a valuable customer waits"),
        icon="route-2",
        url_name="conversations:routing",
        order=50,
        permission=access.MANAGE,
    ),
    SettingsPage(
        name="conversations.replies",
        label=_("Saved replies"),
        help=_("Answers that are given often, everybody’s and your own"),
        icon="bolt",
        url_name="conversations:replies",
        order=49,
        permission=access.REPLY,
    ),
    Panel(
        name="conversations.customer",
        screen="customer",
        slot="tab",
        order=60,
        template="conversations/panel_tab.html",
        context=panels.tab,
        permission=access.VIEW,
        label=_("Conversations"),
        icon="messages",
    ),
    Panel(
        name="conversations.home",
        screen="home",
        slot="main",
        order=10,
        template="conversations/panel_home.html",
        context=panels.home,
        permission=access.VIEW,
    ),
)
