"""The part of a site's script that offers notices, and the worker that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.channels.push.models import Sender
from peyvand.channels.push.services.setting import WORKER
from peyvand.channels.sites.declarations import SiteFile, SitePart
from peyvand.channels.sites.models import Site
from peyvand.memory.consents.models import Purpose

_STATIC = Path(__file__).parent / "static" / "push"


def config(site: Site) -> Mapping[str, Any] | None:
    """What the part is told: the house's public key, the topics with the words that one agrees to; None when off."""
    sender = Sender.objects.filter(demo=site.demo, enabled=True).first()
    if sender is None or not sender.topics:
        return None
    purposes = {
        one.key: one
        for one in Purpose.objects.filter(demo=site.demo, key__in=sender.topics, archived=False).prefetch_related(
            "wordings"
        )
    }
    topics = [_topic(purposes[key], site.language) for key in sender.topics if key in purposes]
    if not topics:
        return None
    return {
        "public": sender.public, "worker": f"/{WORKER}", "bell": sender.bell, "topics": topics,
        "words": words(site.language),
    }  # fmt: skip


def _topic(purpose: Purpose, language: str) -> dict[str, str]:
    latest = sorted((one for one in purpose.wordings.all() if one.language == language), key=lambda one: -one.version)
    with override(language):
        return {"key": purpose.key, "name": purpose.name, "text": latest[0].text if latest else ""}


def words(language: str) -> dict[str, str]:
    """The part's own words."""
    with override(language):
        return {
            "title": gettext("Notices"),
            "lead": gettext("A short notice on this device, only about what you choose."),
            "allow": gettext("Allow notices"),
            "save": gettext("Save"),
            "stop": gettext("No more notices"),
            "close": gettext("Close"),
            "done": gettext("Done. You can change this here at any time."),
            "stopped": gettext("You get no more notices here."),
            "choose": gettext("Choose at least one."),
            "denied": gettext(
                "This browser is set to show no notices from this site; you can change that in its settings."
            ),
            "failed": gettext("Notices can't be switched on here now."),
        }


PART = SitePart(name="push", label=_("Notices"), file=_STATIC / "push.js", config=config, order=80)
FILE = SiteFile(name="push-worker.js", file=_STATIC / "push-worker.js")
