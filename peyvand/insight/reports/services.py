"""The verbs on reports, dashboards and share links; the only code here that writes them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.insight.reports import access
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard, Report, ShareLink, Tile
from peyvand.insight.reports.questions import Question, checked
from peyvand.insight.reports.spans import PERIODS

KIND = "report"
LONGEST_NAME = 120
MOST_TILES = 16
MOST_DAYS = 365
_SITE = re.compile(r"https?://[a-z0-9.-]{1,200}(:\d{1,5})?")
Kept = Report | Dashboard


def named(text: str) -> str:
    """A name as it is kept; RefusedError where it is none."""
    plain = clean(text)
    if not fa_key(plain) or len(plain) > LONGEST_NAME:
        raise RefusedError(_("Type a name of at most 120 letters."))
    return plain


def may_change(actor: Actor, kept: Kept) -> bool:
    """One's own; shared ones whoever may share."""
    if not actor.may(access.EDIT):
        return False
    return kept.owner_id == actor.user_id or (kept.shared and actor.may(access.SHARE))


def _require(actor: Actor, kept: Kept | None, *, shared: bool) -> None:
    actor.require(access.EDIT)
    if kept is not None and (not may_change(actor, kept) or kept.demo != actor.demo):
        raise NotAllowed(access.SHARE)
    if shared:
        actor.require(access.SHARE)


def report_save(
    *, actor: Actor, name: str, question: Question, shared: bool = False, report: Report | None = None
) -> tuple[Report, int]:
    """Keep a question under a name, or change a kept one; gives it and the change set to undo."""
    _require(actor, report, shared=shared)
    plain = named(name)
    question = checked(actor, question).question
    made = report or Report(demo=actor.demo, owner_id=actor.user_id)
    made.name, made.question, made.shared = plain, question.as_plain(), shared
    with change_set(actor=actor, kind=KIND, title=gettext("Report “%(name)s”") % {"name": plain}) as done:
        made.save()
    return made, done.pk


def archive(*, actor: Actor, kept: Kept, archived: bool = True) -> int:
    """Put it away, or bring it back; gives the change set to undo."""
    _require(actor, kept, shared=False)
    title = gettext("“%(name)s” archived") if archived else gettext("“%(name)s” brought back")
    with change_set(actor=actor, kind=KIND, title=title % {"name": kept.name}) as done:
        kept.archived = archived
        kept.save(update_fields=["archived"])
    return done.pk


def report_copy(*, actor: Actor, report: Report) -> tuple[Report, int]:
    """One's own copy."""
    actor.require(access.EDIT)
    name = (gettext("Copy of %(name)s") % {"name": report.name})[:LONGEST_NAME]
    with change_set(actor=actor, kind=KIND, title=name) as done:
        made = Report.objects.create(
            demo=actor.demo, name=name, owner_id=actor.user_id, question=dict(report.question)
        )  # fmt: skip
    return made, done.pk


# ── dashboards ────────────────────────────────────────────────────────────


def dashboard_save(
    *, actor: Actor, name: str, shared: bool = False, period: str = "", dashboard: Dashboard | None = None,
    tiles: Sequence[tuple[str, Mapping[str, Any], int]] = (),
) -> tuple[Dashboard, int]:  # fmt: skip
    """Make a dashboard, with tiles as (title, question, width), or change one's name and period."""
    _require(actor, dashboard, shared=shared)
    plain = named(name)
    if period and period not in PERIODS:
        raise RefusedError(_("There is no such period."))
    made = dashboard or Dashboard(demo=actor.demo, owner_id=actor.user_id)
    made.name, made.shared, made.period = plain, shared, period
    with change_set(actor=actor, kind=KIND, title=gettext("Dashboard “%(name)s”") % {"name": plain}) as done:
        made.save()
        for place, (title, question, width) in enumerate(tiles):
            Tile.objects.create(dashboard=made, title=title, question=dict(question), position=place, width=width)
    return made, done.pk


def tile_add(*, actor: Actor, dashboard: Dashboard, title: str, question: Question) -> tuple[Tile, int]:
    """Put a question on a dashboard, last."""
    _require(actor, dashboard, shared=False)
    question = checked(actor, question).question
    with transaction.atomic():
        Dashboard.objects.select_for_update().get(pk=dashboard.pk)
        if dashboard.tiles.count() >= MOST_TILES:
            raise RefusedError(_("A dashboard has at most 16 tiles. Make another one."))
        last = dashboard.tiles.aggregate(last=Max("position"))["last"]
        words = gettext("“%(name)s” on a dashboard") % {"name": named(title)}
        with change_set(actor=actor, kind=KIND, title=words) as done:
            tile = Tile.objects.create(
                dashboard=dashboard, title=named(title), question=question.as_plain(),
                position=0 if last is None else last + 1, width=1 if question.chart == "number" else 2,
            )  # fmt: skip
    return tile, done.pk


def tile_change(*, actor: Actor, tile: Tile, what: str) -> int:
    """Move a tile ("earlier", "later"), make it "wider" or "narrower", or "remove" it; gives the set to undo."""
    dashboard = tile.dashboard
    _require(actor, dashboard, shared=False)
    title = gettext("Tile “%(name)s”") % {"name": tile.title}
    with change_set(actor=actor, kind=KIND, title=title) as done:
        tiles = list(dashboard.tiles.select_for_update().order_by("position", "id"))
        place = next(at for at, one in enumerate(tiles) if one.pk == tile.pk)
        if what == "remove":
            tiles[place].delete()
        elif what in ("wider", "narrower"):
            width = tiles[place].width + (1 if what == "wider" else -1)
            tiles[place].width = max(1, min(4, width))
            tiles[place].save(update_fields=["width"])
        elif what in ("earlier", "later"):
            other = place + (-1 if what == "earlier" else 1)
            if 0 <= other < len(tiles):
                tiles[place], tiles[other] = tiles[other], tiles[place]
                for at, one in enumerate(tiles):
                    if one.position != at:
                        one.position = at
                        one.save(update_fields=["position"])
        else:
            raise RefusedError(_("There is no such step."))
    return done.pk


# ── links ─────────────────────────────────────────────────────────────────


def digest_of(secret: str) -> str:
    """How the secret of a link is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_make(
    *, actor: Actor, kept: Kept, days: int, sites: Sequence[str] = (), language: str = "fa"
) -> tuple[ShareLink, str]:
    """A link to a page of it, for so many days, that the sites named may show in a frame; gives it and its secret."""
    actor.require(access.SHARE)
    if actor.user_id is None:
        raise NotAllowed(access.SHARE)
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError(_("A link holds between one day and a year."))
    wanted = [one.strip().lower().rstrip("/") for one in sites if one.strip()]
    if len(wanted) > 10 or not all(_SITE.fullmatch(one) for one in wanted):
        raise RefusedError(_("Type sites as https://example.com, a line each, at most ten."))
    secret = secrets.token_urlsafe(32)
    title = gettext("Link to “%(name)s”") % {"name": kept.name}
    of = {"report": kept} if isinstance(kept, Report) else {"dashboard": kept}
    with change_set(actor=actor, kind=KIND, title=title):
        link = ShareLink.objects.create(
            demo=actor.demo, owner_id=actor.user_id, digest=digest_of(secret), sites=wanted,
            language=language, expires_at=timezone.now() + timedelta(days=days), **of,
        )  # fmt: skip
    return link, secret


def link_revoke(*, actor: Actor, link: ShareLink) -> int:
    """The link opens nothing any more; that can't be taken back, as whoever had it was told so."""
    actor.require(access.SHARE)
    with change_set(actor=actor, kind=KIND, title=gettext("A link was closed")) as done:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
    return done.pk


def link_opened(secret: str) -> ShareLink | None:
    """The living link with this secret, its opening counted; None where there is none."""
    now = timezone.now()
    found = ShareLink.objects.select_related("report", "dashboard", "owner", "owner__role").filter(
        digest=digest_of(secret), revoked_at=None, expires_at__gt=now
    )
    link = found.first()
    if link is None:
        return None
    ShareLink.objects.filter(pk=link.pk).update(views=F("views") + 1, seen_at=now)
    return link


def sample_load(actor: Actor, world: World) -> int:
    """Two reports of the sample business, for everybody in it."""
    year: dict[str, Any] = {"period": "days", "days": 365}
    for name, question in (
        ("درآمد ماه به ماه، در کنار سال پیش",
         Question("orders", ["orders.revenue", "orders.sales"], ["placed_at:month"], compare="year", **year)),
        ("پرفروش‌ترین کالاها و حاشیه‌ی سودشان",
         Question("order_lines", ["lines.revenue", "lines.margin"], ["product_id.name"], top=10, **year)),
    ):  # fmt: skip
        Report.objects.create(demo=True, name=name, shared=True, question=question.as_plain())
    return 2


def sample_remove(actor: Actor) -> int:
    """Remove what the sample business has of reports; gives how many rows went."""
    return sum(model.objects.filter(demo=True).delete()[0] for model in (ShareLink, Dashboard, Report))
