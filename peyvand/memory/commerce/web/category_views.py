"""The tree of categories: a settings page, and a branch's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.ui.fields import SearchSelect
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import PRODUCTS_EDIT
from peyvand.memory.commerce.models import Category
from peyvand.memory.commerce.queries import Tree
from peyvand.memory.commerce.web.forms import put_errors
from peyvand.memory.commerce.web.order_views import undo_url


class CategoryForm(forms.Form):
    """A branch: its names, and what it is under."""

    name_fa = forms.CharField(label=_("Name in Persian"), required=False, widget=forms.TextInput({"dir": "rtl"}))
    name_en = forms.CharField(label=_("Name in English"), required=False, widget=forms.TextInput({"dir": "ltr"}))
    parent = forms.TypedChoiceField(
        label=_("Inside"), required=False, coerce=int, empty_value=None, widget=SearchSelect
    )

    def __init__(self, *args: Any, tree: Tree, own: Category | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        below = set(tree.within(own.pk)) if own is not None else set()
        kept = own.parent_id if own is not None else None
        choices = [
            (branch.pk, branch.full)
            for branch in tree
            if branch.pk not in below and (not branch.archived or branch.pk == kept)
        ]
        field = self.fields["parent"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", gettext("Nothing: a main category")), *choices]


def _own(request: StaffRequest, branch_id: int) -> Category:
    request.actor.require(PRODUCTS_EDIT)
    found = Category.objects.filter(pk=branch_id, demo=request.actor.demo).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: StaffRequest) -> HttpResponse:
    """The tree, and a new branch."""
    actor = request.actor
    tree = queries.categories(actor=actor)
    form = CategoryForm(request.POST or None, tree=tree, initial={"parent": request.GET.get("parent", "")})
    if request.method == "POST":
        actor.require(PRODUCTS_EDIT)
        if form.is_valid() and _save(request, form, None):
            return redirect("commerce:categories")
    context = {"tree": tree, "form": form, "may_edit": actor.may(PRODUCTS_EDIT)}
    return render(request, "commerce/categories.html", context, status=422 if form.errors else 200)


def _save(request: StaffRequest, form: CategoryForm, category: Category | None) -> bool:
    data = form.cleaned_data
    try:
        with change_set(actor=request.actor, kind="settings", title=data["name_fa"] or data["name_en"]) as done:
            services.category_save(
                actor=request.actor, name_fa=data["name_fa"], name_en=data["name_en"], parent_id=data["parent"],
                category=category,
            )  # fmt: skip
    except ValidationError as error:
        put_errors(form, error)
        return False
    toast(request, gettext("The category was saved."), undo_url=undo_url(done.pk))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def category(request: StaffRequest, branch_id: int) -> HttpResponse:
    """Rename a branch, or move it under another."""
    found = _own(request, branch_id)
    tree = queries.categories(actor=request.actor)
    initial = {"name_fa": found.name_fa, "name_en": found.name_en, "parent": found.parent_id or ""}
    form = CategoryForm(request.POST or None, tree=tree, own=found, initial=initial)
    if request.method == "POST" and form.is_valid() and _save(request, form, found):
        return redirect("commerce:categories")
    context = {"form": form, "category": found}
    return render(request, "commerce/category.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: StaffRequest, branch_id: int) -> HttpResponse:
    """Stop offering a branch, or offer it again."""
    found = _own(request, branch_id)
    archived = request.POST.get("archived") == "1"
    done = services.category_archive(actor=request.actor, category=found, archived=archived)
    words = gettext("“%(name)s” is no longer offered.") if archived else gettext("“%(name)s” is offered again.")
    toast(request, words % {"name": found.name}, undo_url=undo_url(done))
    return redirect("commerce:categories")


@require_POST
def move(request: StaffRequest, branch_id: int) -> HttpResponse:
    """One place up or down among its siblings."""
    found = _own(request, branch_id)
    services.category_move(actor=request.actor, category=found, up=request.POST.get("up") == "1")
    return redirect("commerce:categories")
