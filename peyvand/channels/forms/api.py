"""REST routes of forms and of what was filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.channels.forms import access, queries, services
from peyvand.channels.forms.models import Form, Submission
from peyvand.channels.forms.queries import LATEST_FIRST, NEWEST_FIRST, Chosen
from peyvand.channels.forms.services import Given
from peyvand.channels.forms.showing import spoken_as
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import After, Id, Size, Text, example
from peyvand.foundation.ui.rest import Given as Body
from peyvand.memory.customers.access import EDIT as CUSTOMERS_EDIT
from peyvand.memory.customers.models import Customer

router = Router(tags=["forms"])
States = Literal["", "open", "new", "needs-confirmation", "confirmed", "spam"]


class FormOut(Schema):
    """A form. `structure` has its steps with their fields; `results` and `spam` count what the token may see."""

    id: int
    key: str
    name: str
    active: bool
    languages: list[str]
    places: list[str]
    texts: dict[str, dict[str, str]]
    structure: dict[str, Any]
    url: str
    results: int
    spam: int
    updated_at: datetime


class FormPage(Schema):
    """A page, the latest changed first; `next` is the cursor of the page after, null at the end."""

    items: list[FormOut]
    next: str | None


class FormResultOut(Schema):
    """What was filled in. `answers` by field key; `customer_id` is null while nobody is proved."""

    id: int
    form_id: int
    at: datetime
    state: str
    place: str
    language: str
    answers: dict[str, Any]
    source: dict[str, Any]
    customer_id: int | None
    candidates: list[int]
    suggestions: list[dict[str, Any]]


class FormResultPage(Schema):
    """A page, the newest first; `next` is the cursor of the page after, null at the end."""

    items: list[FormResultOut]
    next: str | None


class FilledIn(Body):
    """What was filled in elsewhere, by field key. `name` makes it one, however often it is sent.

    It counts as said by a stranger: nobody who is known is changed by it.
    """

    model_config = example(
        {"name": "paper-17", "answers": {"email": "sara@example.com", "message": "When do you open?"}, "language": "en"}
    )

    name: Text = Field(min_length=1, max_length=60)
    answers: dict[str, Any]
    language: Literal["fa", "en"] = "fa"


class ResultDecision(Body):
    """What to do: rescue, spam, accept or dismiss (with `field`), whose (with `customer_id`)."""

    model_config = example({"do": "rescue"})

    do: Literal["rescue", "spam", "accept", "dismiss", "whose"]
    field: Text = Field(default="", max_length=60)
    customer_id: Id | None = None


def _out(one: queries.Counted) -> dict[str, Any]:
    row = one.form
    return {
        "id": row.pk, "key": row.key, "name": row.name, "active": row.active, "languages": row.languages,
        "places": row.places, "texts": row.texts, "structure": row.structure, "url": queries.address_of(row),
        "results": one.results, "spam": one.spam, "updated_at": row.updated_at,
    }  # fmt: skip


def _form(request: StaffRequest, form_id: int) -> Form:
    try:
        return queries.form_get(actor=request.actor, id=form_id)
    except Form.DoesNotExist:
        raise Http404 from None


def _result(request: StaffRequest, submission_id: int) -> Submission:
    try:
        return queries.submission_get(actor=request.actor, id=submission_id)
    except Submission.DoesNotExist:
        raise Http404 from None


def _told(request: StaffRequest, row: Submission) -> dict[str, Any]:
    """A result, with only those candidates whom the token may see."""
    plain = {
        name: getattr(row, name)
        for name in ("form_id", "at", "state", "place", "language", "answers", "source", "customer_id", "suggestions")
    }
    candidates = queries.candidates_of(actor=request.actor, submission=row) if row.candidates else []
    return {**plain, "id": row.pk, "candidates": [one.pk for one in candidates]}


@router.get("/forms", response=FormPage, summary="Forms, the latest changed first")
def forms_list(request: StaffRequest, after: After | None = None, size: Size = 50) -> dict[str, Any]:
    """With how often each was filled in."""
    found = queries.forms(actor=request.actor)
    page = paginate(found, order=LATEST_FIRST, cursor=after, size=size)
    shown = queries.with_counts(actor=request.actor, rows=page.rows)
    return {"items": [_out(one) for one in shown], "next": page.next_cursor}


@router.get("/forms/{int:form_id}", response=FormOut, summary="One form")
def forms_get(request: StaffRequest, form_id: int) -> dict[str, Any]:
    """With all that it asks."""
    return _out(queries.with_counts(actor=request.actor, rows=[_form(request, form_id)])[0])


@router.get("/forms/{int:form_id}/results", response=FormResultPage, summary="What was filled in, the newest first")
def form_results_list(
    request: StaffRequest,
    form_id: int,
    state: States = "",
    q: Annotated[Text, Field(max_length=100)] = "",
    customer_id: Id | None = None,
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """`state` open is all but spam. Those of customers beyond the token's reach are left out."""
    chosen = Chosen(form_id=_form(request, form_id).pk, state=state, text=q, customer_id=customer_id)
    page = paginate(
        queries.submissions(actor=request.actor, chosen=chosen), order=NEWEST_FIRST, cursor=after, size=size
    )
    return {"items": [_told(request, one) for one in page.rows], "next": page.next_cursor}


@router.post(
    "/forms/{int:form_id}/results", response={201: FormResultOut}, summary="Bring what was filled in elsewhere"
)
def form_results_create(request: StaffRequest, form_id: int, data: FilledIn) -> tuple[int, dict[str, Any]]:
    """On paper, at a fair. The same `name` twice gives the first again; the form may be closed."""
    request.actor.require(access.VIEW)
    request.actor.require(access.HANDLE)
    form = _form(request, form_id)
    given = Given(answers=data.answers, nonce=f"api:{data.name}"[:60], place="api", language=data.language)
    with spoken_as(data.language):
        made = services.submit(form=form, given=given)
    return 201, _told(request, made)


@router.get("/forms/results/{int:submission_id}", response=FormResultOut, summary="One result")
def form_results_get(request: StaffRequest, submission_id: int) -> dict[str, Any]:
    """With what differs from what is known of the customer."""
    return _told(request, _result(request, submission_id))


@router.post("/forms/results/{int:submission_id}/decide", response=FormResultOut, summary="Work on a result")
def form_results_decide(request: StaffRequest, submission_id: int, data: ResultDecision) -> dict[str, Any]:
    """Accepting a value and saying whose it is need the right over the customer as well."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.HANDLE)
    row = _result(request, submission_id)
    if data.do == "rescue":
        services.rescue(actor=actor, submission=row)
    elif data.do == "spam":
        services.spam(actor=actor, submission=row)
    elif data.do == "whose":
        person = Customer.objects.visible_to(actor, CUSTOMERS_EDIT).filter(pk=data.customer_id or 0).first()
        if person is None:
            raise Http404
        services.whose(actor=actor, submission=row, customer=person)
    else:
        services.suggestion_decide(actor=actor, submission=row, name=data.field, accepted=data.do == "accept")
    return _told(request, _result(request, submission_id))
