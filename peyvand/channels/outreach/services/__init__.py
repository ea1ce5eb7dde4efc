"""The verbs: ask for messages, call them off, write templates and rules, keep addresses from getting anything."""

from __future__ import annotations

from peyvand.channels.outreach.services.clicking import arrival_take, arrivals_sweep, clicks_digest
from peyvand.channels.outreach.services.contents import (
    ContentData,
    TemplateData,
    TextData,
    content_of,
    template_archive,
    template_save,
)
from peyvand.channels.outreach.services.linking import LinkData, link_archive, link_save
from peyvand.channels.outreach.services.recipients import (
    forget_ask,
    opt_in_ask,
    opt_in_confirm,
    preferences_save,
    recipient_of,
    unsubscribe,
)
from peyvand.channels.outreach.services.rules import (
    budget_save,
    cap_save,
    quiet_save,
    rule_remove,
    rule_save,
    tracking_save,
)
from peyvand.channels.outreach.services.sending import (
    BulkResult,
    Request,
    cancel,
    message_cancel,
    message_decide,
    send,
    send_many,
    test_send,
)
from peyvand.channels.outreach.services.suppressions import suppress, suppression_add, suppression_remove

__all__ = [
    "BulkResult",
    "ContentData",
    "LinkData",
    "Request",
    "TemplateData",
    "TextData",
    "arrival_take",
    "arrivals_sweep",
    "budget_save",
    "cancel",
    "cap_save",
    "clicks_digest",
    "content_of",
    "forget_ask",
    "link_archive",
    "link_save",
    "message_cancel",
    "message_decide",
    "opt_in_ask",
    "opt_in_confirm",
    "preferences_save",
    "quiet_save",
    "recipient_of",
    "rule_remove",
    "rule_save",
    "send",
    "send_many",
    "suppress",
    "suppression_add",
    "suppression_remove",
    "template_archive",
    "template_save",
    "test_send",
    "tracking_save",
    "unsubscribe",
]
