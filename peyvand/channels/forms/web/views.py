"""Forms: the list, a new one, one with its figures, its settings, its preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.forms import access, queries, services
from peyvand.channels.forms.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.forms.models import Form
from peyvand.channels.forms.queries import LATEST_FIRST
from peyvand.channels.forms.services import LARGEST_FILE, MOST_FILES, FormData
from peyvand.channels.forms.showing import shown_form, spoken_as
from peyvand.channels.forms.starting import STARTING
from peyvand.channels.forms.web.figures import by_day
from peyvand.channels.forms.web.forms import SettingsForm, initial_of
from peyvand.channels.forms.web.result_views import rows_of
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

PAGE = 50
LATEST = 5


def form_or_404(actor: Actor, form_id: int) -> Form:
    """The form, if the actor may see forms; else the same 404."""
    actor.require(access.VIEW)
    try:
        return queries.form_get(actor=actor, id=form_id)
    except Form.DoesNotExist:
        raise Http404 from None


def shown_in(form: Form, request: StaffRequest) -> str:
    """The language to show it in: the one asked for, else the person's own, else its first; only one it speaks."""
    wanted = (request.GET.get("lang", ""), request.actor.language, *form.languages)
    return next((one for one in wanted if one in form.languages), "fa")


@require_safe
def form_list(request: StaffRequest) -> HttpResponse:
    """The forms, the latest changed first, with how often each was filled in."""
    actor = request.actor
    found = queries.forms(actor=actor)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=LATEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=LATEST_FIRST, size=PAGE)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(found)
    may_edit = actor.may(access.EDIT)
    context = {
        "page": page, "rows": queries.with_counts(actor=actor, rows=page.rows), "page_url": "?", "total": total,
        "total_more": more, "bulk": False, "may_edit": may_edit,
        "empty": Empty(
            title=gettext("Ask, and know"), icon="forms",
            text=gettext(
                "A form on your site, in the chat or on a kiosk: what is filled in stands in the customer's history."
            ),
            action=gettext("New form") if may_edit else "", url=reverse("forms:new") if may_edit else "",
            sample=gettext("For example: contact, newsletter, warranty registration, satisfaction."),
        ),
    }  # fmt: skip
    return render(request, "forms/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Choose what to start from."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.EDIT)
    error = ""
    if request.method == "POST":
        chosen = next((one for one in STARTING if one.name == request.POST.get("from")), None)
        known = services.known_for_new(actor).purposes
        name = request.POST.get("name", "").strip() or (str(chosen.label) if chosen else gettext("New form"))
        data = FormData(
            name=name[:120], structure=_without(chosen.structure, known) if chosen else {"steps": []},
            texts=chosen.texts if chosen else {}, opt_in=chosen.opt_in if chosen and chosen.opt_in in known else "",
        )  # fmt: skip
        try:
            made = services.form_save(actor=actor, data=data)
        except InvalidError as refused:
            error = str(refused)
        else:
            toast(request, gettext("“%(name)s” is made. It is closed until you open it.") % {"name": made.name})
            return redirect("forms:build", made.pk)
    return render(request, "forms/new.html", {"starting": STARTING, "error": error}, status=422 if error else 200)


def _without(structure: Mapping[str, Any], purposes: Collection[str]) -> dict[str, Any]:
    """What to start from, without lines of consent that this business has no purpose for."""
    return {
        "steps": [
            {**step, "fields": [one for one in step["fields"] if one.get("purpose", "") in ("", *purposes)]}
            for step in structure["steps"]
        ]
    }


@require_safe
def one(request: StaffRequest, form_id: int) -> HttpResponse:
    """A form with its figures, where it stands, and the latest results."""
    actor = request.actor
    form = form_or_404(actor, form_id)
    latest = queries.submissions(actor=actor, chosen=queries.Chosen(form_id=form.pk, state="open"))
    rows = list(latest.select_related("form", "customer").order_by(*queries.NEWEST_FIRST)[:LATEST])
    context = {
        "form": form, "counted": queries.with_counts(actor=actor, rows=[form])[0],
        "chart": by_day(queries.days_of(actor=actor, form=form)), "rows": rows_of(rows, language=actor.language),
        "address": queries.address_of(form), "snippet": queries.snippet_of(form), "frame": queries.frame_of(form),
        "may_edit": actor.may(access.EDIT), "may_export": actor.may(access.EXPORT),
        "results_url": f"{reverse('forms:results')}?{urlencode({'form': form.pk})}",
    }  # fmt: skip
    return render(request, "forms/one.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: StaffRequest, form_id: int) -> HttpResponse:
    """Change all of a form but its fields. Who saves after somebody else is told, and nothing typed is lost."""
    actor = request.actor
    row = form_or_404(actor, form_id)
    actor.require(access.EDIT)
    form = SettingsForm(request.POST or None, actor=actor, initial=initial_of(row))
    meanwhile, version = False, row.version
    if request.method == "POST":
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
        if form.is_valid():
            try:
                services.form_save(actor=actor, data=form.data_of(), form=row, version=version)
            except InvalidError as error:
                form.put(error)
            except ChangedMeanwhileError as error:
                version, meanwhile = error.version, True
            else:
                toast(request, gettext("“%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
                return redirect("forms:one", row.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"fields": form, "form": row, "version": version, "meanwhile": meanwhile}
    return render(request, "forms/settings.html", context, status=status)


@xframe_options_sameorigin
@require_safe
def preview(request: StaffRequest, form_id: int) -> HttpResponse:
    """The page itself, as visitors see it, for a frame of the builder; nothing can be sent from it."""
    form = form_or_404(request.actor, form_id)
    language = shown_in(form, request)
    with spoken_as(language):
        shown = shown_form(form, language=language)
        context = {
            "shown": shown, "language": language, "direction": "rtl" if language == "fa" else "ltr", "place": "preview",
            "action": "", "start_url": "", "most_files": MOST_FILES, "file_limit": LARGEST_FILE // 2**20,
            "dates": language == "fa",
        }  # fmt: skip
        response = render(request, "forms/preview.html", context)
    response._csp_replace = {"frame-ancestors": ["'self'"], "form-action": ["'none'"]}  # type: ignore[attr-defined]
    return response


@require_POST
def switch(request: StaffRequest, form_id: int) -> HttpResponse:
    """Open it, or close it, with the way back."""
    form = form_or_404(request.actor, form_id)
    active = request.POST.get("active") == "1"
    try:
        done = services.form_switch(actor=request.actor, form=form, active=active)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        words = gettext("The form is open.") if active else gettext("The form is closed.")
        toast(request, words, undo_url=reverse("changes:undo", args=[done]))
    return redirect("forms:one", form.pk)


@require_POST
def remove(request: StaffRequest, form_id: int) -> HttpResponse:
    """Remove one that nobody has filled in, with the way back."""
    form = form_or_404(request.actor, form_id)
    try:
        done = services.form_remove(actor=request.actor, form=form)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect("forms:one", form.pk)
    toast(request, gettext("The form is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("forms:list")
