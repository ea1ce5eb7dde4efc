"""Who may see and answer which conversation.

Own: assigned to oneself, or to nobody and of a customer of one's own. Team: one's teams' and their members', and those
of customers one sees as a team. All: every one of the business. What is said in one follows its own right, not that of
the timeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers.models import Customer

if TYPE_CHECKING:
    from peyvand.channels.conversations.models import Conversation as Conversation
    from peyvand.channels.conversations.models import SavedReply as SavedReply

VIEW = "conversations.view"
REPLY = "conversations.reply"
ASSIGN = "conversations.assign"
MANAGE = "conversations.manage"

_GROUP = _("Conversations")
PERMISSIONS = (
    Permission(VIEW, _("Read conversations"), _GROUP, scoped=True, order=220),
    Permission(REPLY, _("Answer, note, snooze and close conversations"), _GROUP, scoped=True, order=221),
    Permission(ASSIGN, _("Give conversations to colleagues"), _GROUP, scoped=True, order=222),
    Permission(MANAGE, _("Set how conversations are given, and write saved replies for everybody"), _GROUP, order=223),
)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> ConversationQuerySet:
        """Those the actor may read, or touch with another permission; nobody touches what they may not read."""
        scope = min(actor.scope(VIEW), actor.scope(permission))
        found = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return found
        if scope is Scope.NONE or actor.user_id is None:
            return found.none()
        return found.filter(pk__in=_within(self.model, actor, scope))

    def touched(self, conversation: Conversation, actor: Actor, permission: str) -> bool:
        """Whether the actor may touch one that they read with another permission too."""
        if actor.scope(permission) >= actor.scope(VIEW):
            return True
        return self.visible_to(actor, permission).filter(pk=conversation.pk).exists()


def _within(model: type[Conversation], actor: Actor, scope: Scope) -> models.QuerySet[Conversation, int]:
    """Ids within one's own or one's teams' reach: a UNION, one index scan each."""
    of = model._default_manager.filter(demo=actor.demo).order_by()
    own = of.filter(assignee_id=actor.user_id).values_list("pk", flat=True)
    open_own = of.filter(assignee=None, customer__owner_id=actor.user_id).values_list("pk", flat=True)
    if scope is Scope.OWN or not actor.team_ids:
        return own.union(open_own)
    colleagues = Membership.objects.filter(team_id__in=actor.team_ids).values("user_id")
    customers = Customer.objects.visible_to(actor).values("pk")
    return own.union(
        open_own,
        of.filter(team_id__in=actor.team_ids).values_list("pk", flat=True),
        of.filter(assignee_id__in=colleagues).values_list("pk", flat=True),
        of.filter(assignee=None, team=None, customer_id__in=customers).values_list("pk", flat=True),
    )


class SavedReplyQuerySet(models.QuerySet["SavedReply"]):
    """Saved replies of the two businesses."""

    def visible_to(self, actor: Actor) -> SavedReplyQuerySet:
        """Everybody's and one's own, for who may answer."""
        found = self.filter(demo=actor.demo)
        return found.filter(Q(shared=True) | Q(owner_id=actor.user_id or 0)) if actor.may(REPLY) else found.none()

    def writable_by(self, actor: Actor) -> SavedReplyQuerySet:
        """One's own; everybody's for who may write those."""
        found = self.visible_to(actor)
        return found if actor.may(MANAGE) else found.filter(shared=False)
