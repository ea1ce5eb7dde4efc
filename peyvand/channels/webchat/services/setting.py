"""Setting up widgets and rooms."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import access
from peyvand.channels.webchat.colours import carries_white, is_colour
from peyvand.channels.webchat.data import RoomData, WidgetData
from peyvand.channels.webchat.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.webchat.models import Asked, Position, Room, RoomExpert, Widget
from peyvand.channels.webchat.waking import wake_room
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.work.models import WorkingHours

MOST_OPENINGS = 6
LONGEST_OPENING = 80
SLOWEST = 3600
TEXTS = {"title": 60, "greeting": 300, "away": 300}


def widget_save(*, actor: Actor, site: Site, data: WidgetData, version: int | None = None) -> Widget:
    """Set up the chat of a site or change it. NotAllowed, Site.DoesNotExist, InvalidError, ChangedMeanwhileError."""
    actor.require(access.MANAGE)
    errors = _faults(actor, data)
    openings = [
        {"fa": clean(fa)[:LONGEST_OPENING], "en": clean(en)[:LONGEST_OPENING]}
        for fa, en in data.openings
        if clean(fa) or clean(en)
    ]
    if len(openings) > MOST_OPENINGS:
        errors["openings"] = _("At most six questions.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        kept = Site.objects.select_for_update().get(pk=site.pk, demo=actor.demo)
        made = Widget.objects.select_for_update(of=("self",)).filter(site=kept).first()
        if made is not None and version is not None and made.version != version:
            raise ChangedMeanwhileError(version=made.version)
        made = made or Widget(demo=actor.demo, site=kept, version=0)
        for name, most in TEXTS.items():
            for language in ("fa", "en"):
                setattr(made, f"{name}_{language}", clean(getattr(data, f"{name}_{language}"))[:most])
        made.accent, made.position, made.openings = data.accent.lower(), data.position, openings
        made.ask_name, made.ask_email, made.ask_phone = data.ask_name, data.ask_email, data.ask_phone
        made.by_hours, made.hours_id = data.by_hours, data.hours_id
        made.remembers, made.mails, made.active = data.remembers, data.mails, data.active
        made.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("Live chat of “%(name)s”") % {"name": kept.name}):
            made.save()
    return made


def _faults(actor: Actor, data: WidgetData) -> dict[str, Label]:
    errors: dict[str, Label] = {}
    if not (clean(data.title_fa) or clean(data.title_en)):
        errors["title_fa"] = _("Give it a title in one of the languages.")
    if not is_colour(data.accent.lower()):
        errors["accent"] = _("Choose a colour, like #0b7570.")
    elif not carries_white(data.accent.lower()):
        errors["accent"] = _("White letters can't be read on this colour; choose a darker one.")
    if data.position not in Position.values:
        errors["position"] = _("Choose where it stands.")
    for name in ("ask_name", "ask_email", "ask_phone"):
        if getattr(data, name) not in Asked.values:
            errors[name] = _("Choose whether it is asked.")
    errors.update(_hours_fault(actor, data.hours_id))
    return errors


def _hours_fault(actor: Actor, hours_id: int | None) -> Mapping[str, Label]:
    if hours_id is not None and not WorkingHours.objects.filter(pk=hours_id, demo=actor.demo).exists():
        return {"hours_id": _("Choose one of the working hours.")}
    return {}


def room_save(
    *, actor: Actor, site: Site, data: RoomData, room: Room | None = None, version: int | None = None
) -> Room:
    """Set up a room of a site or change it. NotAllowed, Site.DoesNotExist, Room.DoesNotExist, InvalidError,
    ChangedMeanwhileError.
    """
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    if not clean(data.name):
        errors["name"] = _("Give the room a name.")
    if not 0 <= data.slow_seconds <= SLOWEST:
        errors["slow_seconds"] = _("From 0 to 3600 seconds.")
    known = dict(assignable(actor=actor))
    if any(one not in known for one in data.experts):
        errors["experts"] = _("Choose among the colleagues.")
    errors.update(_hours_fault(actor, data.hours_id))
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        kept = Site.objects.get(pk=site.pk, demo=actor.demo)
        made = Room(demo=actor.demo, site=kept, version=0)
        if room is not None:
            made = Room.objects.select_for_update(of=("self",)).get(pk=room.pk, demo=actor.demo)
            if version is not None and made.version != version:
                raise ChangedMeanwhileError(version=made.version)
        made.site, made.name, made.topic = kept, clean(data.name)[:80], clean(data.topic)[:300]
        made.slow_seconds, made.by_hours, made.hours_id = data.slow_seconds, data.by_hours, data.hours_id
        made.closed = data.closed
        made.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("Chat room “%(name)s”") % {"name": made.name}):
            made.save()
            wanted = set(data.experts)
            RoomExpert.objects.filter(room=made).exclude(user_id__in=wanted).delete()
            there = set(RoomExpert.objects.filter(room=made).values_list("user_id", flat=True))
            for user_id in sorted(wanted - there):
                RoomExpert.objects.create(demo=made.demo, room=made, user_id=user_id)
        wake_room(made.pk)
    return made
