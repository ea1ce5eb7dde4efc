"""The job that sends a report or dashboard to colleagues. Children of the worker only: it may compute for itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext

from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.declarations import StaffMail, StaffMailError, StaffPost
from peyvand.foundation.accounts.models import User
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer.exporting import file_stem
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.insight.reports import access, asking
from peyvand.insight.reports.answering import compute
from peyvand.insight.reports.models import Dashboard, Mailing, MailingSent, Report
from peyvand.insight.reports.posting import sent_note
from peyvand.insight.reports.questions import from_plain
from peyvand.insight.reports.web.boards import figures_of, tiles_of
from peyvand.insight.reports.web.figures import Figure
from peyvand.insight.reports.web.files import FORMS, made

logger = logging.getLogger(__name__)


def mail(run: Running, *, mailing: int, due: str) -> Mapping[str, Any]:
    """Send what has not gone yet of that time; begun again, it goes on with who is left."""
    found = Mailing.objects.select_related("report", "dashboard").get(pk=mailing)
    kept = found.report or found.dashboard
    rows = list(found.sent.filter(due=datetime.fromisoformat(due), done_at=None).select_related("person__role"))
    for place, row in enumerate(rows):
        run.check()
        run.progress(place, len(rows))
        try:
            if kept is None or kept.archived:
                raise StaffMailError(gettext("It was archived."))
            if not _one(found, kept, row):
                continue
        except StaffMailError as error:
            sent_note(row, good=False, words=str(error))
        except Exception:
            logger.exception("a report could not be mailed")
            sent_note(row, good=False, words=gettext("It could not be made. Try “Send now”."))
        else:
            sent_note(row, good=True)
    return {"sent": len(rows)}


def reader_of(user: User) -> Reader:
    """How a colleague reads."""
    return Reader(
        language=user.language or "fa", calendar=CalendarKind(user.calendar), tz=user.tz, toman=user.toman
    )  # fmt: skip


def _one(mailing: Mailing, kept: Report | Dashboard, row: MailingSent) -> bool:
    """One colleague's mail, by their own rights, in their language and calendar; False when another has it in hand."""
    person = row.person
    reader = reader_of(person)
    with translation.override(reader.language), use_reader(reader):
        actor = actor_of(person, demo=mailing.demo, via="job", language=reader.language)
        if not actor.may(access.VIEW):
            raise StaffMailError(gettext("They may not see reports."))
        figures = _figures(actor, kept)
        files = [
            (f"{file_stem(kept.name)}.{form}", FORMS[form], made(actor, figures, form, title=kept.name))
            for form in mailing.forms
        ]
        said = [f"{one.title}: {one.refused or one.sentence}" for one in figures]
        text = "\n".join([gettext("Hello %(name)s,") % {"name": person.name}, "", *said, "",
                          gettext("The figures are attached. Each colleague gets what they may see.")])  # fmt: skip
        posts = registry.all(StaffPost)
        if not posts:
            raise StaffMailError(gettext("There is no way to send mail here."))
        # Noted before it is handed over, so that a worker that dies between the two never sends the same mail twice;
        # and no sooner, so that what is still being computed is not said to be not sent.
        if not MailingSent.objects.filter(pk=row.pk, done_at=None).update(done_at=timezone.now()):
            return False
        posts[0].send(StaffMail(person.email, person.name, kept.name, text, files))
        return True


def _figures(actor: Actor, kept: Report | Dashboard) -> Sequence[Figure]:
    if isinstance(kept, Dashboard):
        asked, period = tiles_of(kept), kept.period
    else:
        asked, period = [(kept.name, from_plain(kept.question))], ""
    with asking.computing_by(compute):
        return figures_of(actor, asked, period, drill=False, kept=False)
