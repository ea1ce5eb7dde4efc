"""Tables of the room."""

from __future__ import annotations

from peyvand.channels.outreach.models.contents import Content, Template, TemplateText
from peyvand.channels.outreach.models.ledger import ALIVE, COUNTED, ENDED, DeliveryReport, Message, State
from peyvand.channels.outreach.models.links import Arrival, Click, Link
from peyvand.channels.outreach.models.people import Moving, OptIn, Pace, Reason, Recipient, Suppression
from peyvand.channels.outreach.models.rules import Budget, Cap, PurposeRule, QuietHours, Window

__all__ = [
    "ALIVE",
    "COUNTED",
    "ENDED",
    "Arrival",
    "Budget",
    "Cap",
    "Click",
    "Content",
    "DeliveryReport",
    "Link",
    "Message",
    "Moving",
    "OptIn",
    "Pace",
    "PurposeRule",
    "QuietHours",
    "Reason",
    "Recipient",
    "State",
    "Suppression",
    "Template",
    "TemplateText",
    "Window",
]
