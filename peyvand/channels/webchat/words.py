"""The words of the widget, in the visitor's language. The browser is told them once."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

LANGUAGES = ("fa", "en")


def words(language: str) -> dict[str, str]:
    """Every word that the widget shows by itself."""
    with translation.override(language):
        return {
            "open": _("Chat with us"),
            "close": _("Close the chat"),
            "unread": _("%(n)s new messages"),
            "write": _("Write a message"),
            "send": _("Send"),
            "attach": _("Add a file"),
            "log": _("Conversation"),
            "you": _("You"),
            "waits": _("Being sent …"),
            "failed": _("Not sent"),
            "again": _("Try again"),
            "sent": _("Sent"),
            "seen": _("Seen"),
            "typing": _("%(name)s is writing …"),
            "somebody": _("Somebody"),
            "joined": _("%(name)s has joined"),
            "rated": _("You gave %(n)s of 5. Thank you."),
            "rate": _("How was this conversation?"),
            "star": _("%(n)s of 5"),
            "offline": _("Connection lost; trying again …"),
            "away": _("We are away now"),
            "back": _("We are back %(when)s."),
            "leave": _("Leave a message; the answer comes here, and by e-mail where you give yours."),
            "intro": _("Before we begin"),
            "name": _("Name"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "optional": _("optional"),
            "remember": _("You may call me by name when I come again"),
            "begin": _("Begin"),
            "more": _("More"),
            "transcript": _("Send the conversation by e-mail"),
            "mailed": _("It is on its way."),
            "elsewhere": _("Go on in a messenger"),
            "code": _("Your one-time code"),
            "ways": _("Open it, or tell it this code within 15 minutes."),
            "rooms": _("Rooms"),
            "chat": _("Chat"),
            "enter": _("Take part"),
            "roomname": _("Your name in this room"),
            "pinned": _("Pinned"),
            "expert": _("Expert"),
            "ours": _("Of the house"),
            "report": _("Report this message"),
            "reported": _("Reported."),
            "closedroom": _("This room is closed now; you can read."),
            "empty": _("Nobody has written yet."),
            "back_to": _("Back"),
            "sound": _("Sound for new messages"),
            "file": _("File"),
            "toolarge": _("A file may have at most %(n)s MB."),
            "cancel": _("Never mind"),
            "today": _("Today"),
            "picture": _("Picture"),
            "gone": _("This message was taken away."),
            "refused": _("Not kept: %(name)s"),
        }
