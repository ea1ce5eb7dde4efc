"""The reads of forms and of what was filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from peyvand.channels.forms import access, visitors
from peyvand.channels.forms.models import Form, FormDay, FormVersion, State, Submission, SubmissionFile
from peyvand.channels.forms.structure import Structure, structure_of
from peyvand.channels.outreach.models import OptIn
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.memory.customers.models import Customer

NEWEST_FIRST = ("-at", "-id")
LATEST_FIRST = ("-updated_at", "-id")
KEY = re.compile(r"[A-Za-z0-9_-]{8,32}")


def public_form(key: str) -> Form | None:
    """The form of that address, open or closed; None for what is no key of ours. No right is asked."""
    return Form.objects.filter(key=key).first() if KEY.fullmatch(key) else None


def structure_now(form: Form) -> Structure:
    """What the form asks today."""
    return structure_of(form.structure)


def address_of(form: Form) -> str:
    """Where the form stands on the public site."""
    return f"{settings.SITE_URL}/f/{form.key}/"


def snippet_of(form: Form) -> str:
    """The line by which a page of our sites shows the form."""
    return f'<script src="{settings.SITE_URL}/f/frame.js" data-form="{form.key}" async></script>'


def frame_of(form: Form) -> str:
    """The same without a script: a frame of a fixed height."""
    return f'<iframe src="{address_of(form)}?embed=1" title="{form.key}" width="100%" height="640"></iframe>'


@dataclass(frozen=True)
class Counted:
    """A form with its figures: results that count, those that wait for a colleague, spam; and the latest."""

    form: Form
    results: int = 0
    spam: int = 0
    latest: object = None
    views: int = 0


def forms(*, actor: Actor) -> QuerySet[Form]:
    """The forms of the business one looks at. NotAllowed."""
    actor.require(access.VIEW)
    return Form.objects.visible_to(actor)


def form_get(*, actor: Actor, id: int) -> Form:
    """One form. NotAllowed, Form.DoesNotExist."""
    return forms(actor=actor).select_related("owner", "team").get(pk=id)


def with_counts(*, actor: Actor, rows: Sequence[Form]) -> list[Counted]:
    """The forms with the figures of the results that the actor may see, in two queries."""
    ids = [one.pk for one in rows]
    found = Submission.objects.visible_to(actor).filter(form_id__in=ids).values("form_id").annotate(
        all=Count("pk", filter=~Q(state=State.SPAM)), junk=Count("pk", filter=Q(state=State.SPAM)), last=Max("at")
    )  # fmt: skip
    by_form = {one["form_id"]: (one["all"], one["junk"], one["last"]) for one in found}
    opened = FormDay.objects.filter(form_id__in=ids).values("form_id").annotate(all=Sum("views"))
    views = dict(opened.values_list("form_id", "all"))
    return [Counted(one, *by_form.get(one.pk, (0, 0, None)), views.get(one.pk, 0)) for one in rows]


@dataclass(frozen=True)
class Chosen:
    """Conditions that all must hold; empty means any. `state` is of models.State, "open" for no spam."""

    form_id: int | None = None
    state: str = ""
    customer_id: int | None = None
    text: str = ""
    unknown: bool = False
    differing: bool = False
    since: date | None = None


def submissions(*, actor: Actor, chosen: Chosen | None = None) -> QuerySet[Submission]:
    """What was filled in, as far as the actor may see it, under the conditions. NotAllowed."""
    actor.require(access.VIEW)
    chosen = chosen or Chosen()
    found = Submission.objects.visible_to(actor)
    if chosen.form_id is not None:
        found = found.filter(form_id=chosen.form_id)
    if chosen.state == "open":
        found = found.exclude(state=State.SPAM)
    elif chosen.state:
        found = found.filter(state=chosen.state)
    if chosen.customer_id is not None:
        found = found.filter(customer_id=chosen.customer_id)
    if chosen.unknown:
        found = found.filter(customer=None).exclude(state=State.SPAM)
    if chosen.differing:
        found = found.filter(suggestions__contains=[{"state": "open"}])
    if chosen.since is not None:
        found = found.filter(at__date__gte=chosen.since)
    if chosen.text:
        words = Q(answers__icontains=chosen.text) | Q(answers__icontains=latin_digits(chosen.text))
        found = found.filter(words | Q(customer__name__icontains=chosen.text))
    return found


def submission_get(*, actor: Actor, id: int) -> Submission:
    """One of them. NotAllowed, Submission.DoesNotExist."""
    return submissions(actor=actor).select_related("form", "customer").get(pk=id)


def versions_of(rows: Sequence[Submission]) -> dict[tuple[int, int], FormVersion]:
    """What was asked, of each row's form and version, in one query. The rows were found by right."""
    wanted = {(one.form_id, one.version) for one in rows}
    found = FormVersion.objects.filter(form_id__in={pk for pk, _number in wanted})
    return {(one.form_id, one.number): one for one in found if (one.form_id, one.number) in wanted}


def candidates_of(*, actor: Actor, submission: Submission) -> list[Customer]:
    """The customers whose addresses were typed, of those whom the actor may see."""
    return list(Customer.objects.visible_to(actor).filter(pk__in=submission.candidates).order_by("sort_key", "pk")[:20])


def file_get(*, actor: Actor, id: int) -> SubmissionFile:
    """A file that came with a result; SubmissionFile.DoesNotExist where the actor may not see the result."""
    seen = submissions(actor=actor).values("pk")
    return SubmissionFile.objects.select_related("file").get(pk=id, submission_id__in=seen)


@dataclass(frozen=True)
class Days:
    """Figures day by day, the oldest first, none left out."""

    days: Sequence[date] = ()
    views: Sequence[int] = ()
    starts: Sequence[int] = ()
    submissions: Sequence[int] = ()
    spam: Sequence[int] = ()
    names: Collection[str] = field(default=("views", "starts", "submissions", "spam"))


def days_of(*, actor: Actor, form: Form, many: int = 30) -> Days:
    """The figures of a form's last days, in UTC. NotAllowed."""
    actor.require(access.VIEW)
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in reversed(range(many))]
    rows: Mapping[date, FormDay] = {
        one.day: one for one in FormDay.objects.filter(form=form, day__gte=days[0], demo=actor.demo)
    }
    none = FormDay()
    figures = {
        name: [max(0, getattr(rows.get(day, none), name)) for day in days]
        for name in ("views", "starts", "submissions", "spam")
    }
    return Days(days=days, **figures)


def waiting_form(opt_in: OptIn) -> Submission | None:
    """The submission that waits for this confirmation, for the page that asks for it."""
    return Submission.objects.select_related("form").filter(opt_in_id=opt_in.pk, demo=opt_in.demo).first()


def embedding_hosts(form: Form) -> list[str]:
    """Whose pages may show the form in a frame."""
    return visitors.hosts_of(demo=form.demo)


def origin_known(form: Form, origin: str) -> bool:
    """Whether pages of this origin may read and send the form, as the chat does."""
    return visitors.origin_known(origin, demo=form.demo)


def person_of(form: Form, *, site: str, token: str) -> Customer | None:
    """Who is proved to be behind a browser's token; None for nobody."""
    found = visitors.visitor_of(site_key=site, token=token, demo=form.demo)
    return found.customer if found is not None else None
