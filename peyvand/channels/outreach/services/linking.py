"""Short links: made by hand, or by themselves for the links of a text that is sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access
from peyvand.channels.outreach.addresses import code_make
from peyvand.channels.outreach.dispatching.linked import digest_of_target
from peyvand.channels.outreach.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.outreach.models import Link
from peyvand.channels.outreach.tracking import LONGEST, is_ours
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outside.guarding import ForbiddenAddressError, target_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean

TAG_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class LinkData:
    """A short link as it is to be. `source`, `medium` and `campaign` go to the target as UTM parameters."""

    target: str
    title: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""


def link_save(*, actor: Actor, data: LinkData, link: Link | None = None, version: int | None = None) -> Link:
    """Make a short link or change one. NotAllowed, InvalidError, ChangedMeanwhileError, Link.DoesNotExist.

    One that was made for a text that was sent keeps its target: what stands in a message leads where it said.
    """
    actor.require(access.WRITE)
    target = data.target.strip()
    errors: dict[str, Label] = {}
    try:
        if len(target) > LONGEST:
            raise ForbiddenAddressError(_("This address is too long."))
        target_of(target)
    except ForbiddenAddressError as error:
        errors["target"] = error.message
    else:
        if is_ours(target):
            errors["target"] = _("This is an address of our own messages; a short link leads to another site.")
    for name in ("source", "medium", "campaign"):
        if len(clean(getattr(data, name))) > TAG_LENGTH:
            errors[name] = _("At most a hundred letters.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        made = Link(demo=actor.demo, code=code_make(), staff_id=actor.user_id, version=0)
        if link is not None:
            made = Link.objects.select_for_update(of=("self",)).get(pk=link.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
            if made.content_id is not None and target != made.target:
                raise InvalidError({"target": _("It stands in messages that were sent; where it leads stays.")})
        made.target, made.digest, made.title = target, digest_of_target(target), clean(data.title)[:200]
        made.source, made.medium, made.campaign = clean(data.source), clean(data.medium), clean(data.campaign)
        made.version += 1
        with change_set(
            actor=actor, kind="edit", title=gettext("Short link “%(name)s”") % {"name": made.title or made.code}
        ):
            made.save()
    return made


def link_archive(*, actor: Actor, link: Link, archived: bool) -> int:
    """Let a link lead nowhere any more, or again; gives the change set. NotAllowed, Link.DoesNotExist, InvalidError for
    one that stands in messages.
    """
    actor.require(access.WRITE)
    if link.content_id is not None:
        raise InvalidError({"archived": _("It stands in messages that were sent; it leads on.")})
    with transaction.atomic(), change_set(actor=actor, kind="edit", title=gettext("Short link archived")) as made:
        found = Link.objects.select_for_update(of=("self",)).get(pk=link.pk, demo=actor.demo)
        found.archived, found.version = archived, found.version + 1
        found.save(update_fields=["archived", "version"])
    return made.pk
