"""Words on conversations."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation, ConversationTag, Tagging
from peyvand.channels.conversations.services.standing import locked
from peyvand.channels.conversations.waking import wake
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key

LONGEST = 40


def tag_word(text: str) -> str:
    """The word as it is kept; InvalidError."""
    word = clean(text.lstrip("#"))
    if not fa_key(word) or len(word) > LONGEST or len(fa_key(word)) > LONGEST:
        raise InvalidError({"tag": _("A tag has at most 40 letters.")})
    return word


def put_on(conversation: Conversation, word: str) -> bool:
    """Put the word on it; inside a change set. False where it has it."""
    tag, _new = ConversationTag.objects.get_or_create(demo=conversation.demo, key=fa_key(word), defaults={"name": word})
    _row, new = Tagging.objects.get_or_create(conversation=conversation, tag=tag, defaults={"demo": conversation.demo})
    if new:
        touch(conversation)
    return new


def touch(conversation: Conversation) -> None:
    """It looks different to those who have it before their eyes."""
    conversation.version += 1
    conversation.save(update_fields=["version"])
    wake(conversation.pk)


def tag_add(*, actor: Actor, conversation_id: int, name: str) -> int | None:
    """Put a word on it; gives the change set, None where it has it. NotAllowed, DoesNotExist, InvalidError."""
    word = tag_word(name)
    with transaction.atomic():
        found = locked(actor, conversation_id, access.REPLY)
        title = gettext("Tag “%(name)s” on a conversation") % {"name": word}
        with change_set(actor=actor, kind="edit", title=title, reference={"conversation": found.pk}) as made:
            new = put_on(found, word)
    return made.pk if new else None


def tag_remove(*, actor: Actor, conversation_id: int, tag_id: int) -> int | None:
    """Take a word off it; gives the change set, None where it hasn't it. NotAllowed, Conversation.DoesNotExist."""
    with transaction.atomic():
        found = locked(actor, conversation_id, access.REPLY)
        row = Tagging.objects.filter(conversation=found, tag_id=tag_id).select_related("tag").first()
        if row is None:
            return None
        title = gettext("Tag “%(name)s” taken off a conversation") % {"name": row.tag.name}
        with change_set(actor=actor, kind="edit", title=title, reference={"conversation": found.pk}) as made:
            row.delete()
            touch(found)
    return made.pk
