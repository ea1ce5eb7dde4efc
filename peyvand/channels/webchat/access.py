"""Who sets up widgets and rooms ("webchat.manage"), who keeps order in rooms and speaks there ("webchat.moderate").

Chats themselves are conversations: who may read and answer them is said there.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "webchat.manage"
MODERATE = "webchat.moderate"
PERMISSIONS = (
    Permission(MANAGE, _("Set up live chat and its rooms"), _("Messages"), order=208),
    Permission(MODERATE, _("Speak and keep order in chat rooms"), _("Messages"), order=209),
)
