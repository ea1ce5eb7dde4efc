"""Settings: the categories of articles."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.knowledge import access, queries, services
from peyvand.memory.knowledge.errors import InvalidError
from peyvand.memory.knowledge.models import Category


def _category(request: StaffRequest, category_id: int) -> Category:
    request.actor.require(access.PUBLISH)
    found = Category.objects.filter(pk=category_id, demo=request.actor.demo).first()
    if found is None:
        raise Http404
    return found


def _save(request: StaffRequest, category: Category | None) -> HttpResponse:
    names = {name: request.POST.get(name, "") for name in ("name_fa", "name_en")}
    try:
        services.category_save(actor=request.actor, category=category, **names)
    except InvalidError as error:
        toast(request, " ".join(str(message) for message in error.errors.values()), level="bad")
    return redirect("knowledge:categories")


@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: StaffRequest) -> HttpResponse:
    """The categories, and a new one."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.PUBLISH)
    if request.method == "POST":
        return _save(request, None)
    return render(request, "knowledge/categories.html", {"categories": queries.categories(actor=actor)})


@require_POST
def category_save(request: StaffRequest, category_id: int) -> HttpResponse:
    """Rename a category."""
    return _save(request, _category(request, category_id))


@require_POST
def category_remove(request: StaffRequest, category_id: int) -> HttpResponse:
    """Remove a category, with the way back."""
    found = _category(request, category_id)
    done = services.category_remove(actor=request.actor, category=found)
    undo = reverse("changes:undo", args=[done])
    toast(request, gettext("The category “%(name)s” was removed.") % {"name": found.name}, undo_url=undo)
    return redirect("knowledge:categories")
