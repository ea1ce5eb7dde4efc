"""The verbs of live chat."""

from __future__ import annotations

from peyvand.channels.webchat.services.afterwards import (
    answers_due,
    answers_mail,
    elsewhere,
    joined,
    rate,
    rate_ask,
    transcript,
)
from peyvand.channels.webchat.services.chatting import (
    came,
    chat_begun,
    chat_found,
    delivered,
    here,
    introduce,
    lacking,
    left,
    read,
    write,
)
from peyvand.channels.webchat.services.keeping_order import (
    guest_ban,
    guest_mute,
    line_pin,
    line_remove,
    room_say,
)
from peyvand.channels.webchat.services.rooms import enter, line_report, room_write
from peyvand.channels.webchat.services.setting import room_save, widget_save

__all__ = [
    "answers_due", "answers_mail", "came", "chat_begun", "chat_found", "delivered", "elsewhere", "enter", "guest_ban",
    "guest_mute", "here", "introduce", "joined", "lacking", "left", "line_pin", "line_remove", "line_report", "rate",
    "rate_ask", "read", "room_save", "room_say", "room_write", "transcript", "widget_save", "write",
]  # fmt: skip
