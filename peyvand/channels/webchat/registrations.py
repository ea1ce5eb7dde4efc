"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.webchat import access, demo, handlers, personal
from peyvand.channels.webchat.carrier import WEBCHAT
from peyvand.channels.webchat.kinds import KINDS
from peyvand.channels.webchat.other_side import OTHER_SIDE
from peyvand.channels.webchat.services import answers_due
from peyvand.channels.webchat.widget_part import PARTS
from peyvand.events.conversations import ConversationChanged
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.registry.declarations import Action, DemoPart, EventHandler, Schedule, SettingsPage
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.customers.models import IdentityKind

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *KINDS,
    *PARTS,
    WEBCHAT,
    OTHER_SIDE,
    ConsentChannel("webchat", _("Live chat"), "messages", 65, identity=IdentityKind.VISITOR),
    EventHandler("webchat.known", VisitorKnown, handlers.visitor_known),
    EventHandler("webchat.talks", ConversationChanged, handlers.conversation_changed),
    Schedule("webchat.mail", "* * * * *", answers_due),
    TrackedTable("webchat_widget", _("Live chat of a site"), "messages"),
    TrackedTable("webchat_room", _("Chat room"), "messages"),
    TrackedTable("webchat_roomexpert", _("Expert of a chat room"), "messages"),
    Action("webchat.rooms", _("Chat rooms"), "messages", "webchat:rooms", 46, access.MODERATE),
    SettingsPage(
        name="webchat.widgets",
        label=_("Live chat"),
        help=_("The chat on your sites: words, colour, hours, what is asked first, rooms"),
        icon="messages",
        url_name="webchat:widgets",
        order=47,
        permission=access.MANAGE,
    ),
    DemoPart("webchat", _("Live chat"), demo.sample_remove, demo.sample_load, order=72),
)
