"""Saved replies: the list, writing one, and those that are offered in the composer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.conversations import access, saved, services
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import SavedReply
from peyvand.channels.conversations.saved import MOST, ORDER
from peyvand.channels.conversations.services import SavedData
from peyvand.channels.conversations.web.views import LARGEST_ID, conversation_or_404
from peyvand.channels.outreach.declarations import MergeField
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast


class SavedForm(forms.Form):
    """A saved reply in one language or both."""

    name = forms.CharField(label=_("Name"), max_length=120)
    shortcut = forms.CharField(
        label=_("Shortcut"), max_length=31, required=False,
        help_text=_("In the composer, / and this word bring it."),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    text_fa = forms.CharField(
        label=_("In Persian"), required=False, widget=forms.Textarea({"rows": 5, "dir": "rtl", "lang": "fa"})
    )
    text_en = forms.CharField(
        label=_("In English"), required=False, widget=forms.Textarea({"rows": 5, "dir": "ltr", "lang": "en"})
    )
    shared = forms.BooleanField(label=_("For everybody who answers"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.may(access.MANAGE):
            del self.fields["shared"]

    def data_of(self) -> SavedData:
        """What the services take."""
        given = self.cleaned_data
        return SavedData(
            name=given["name"], shortcut=given["shortcut"], text_fa=given["text_fa"], text_en=given["text_en"],
            shared=given.get("shared", False),
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


@require_safe
def replies(request: StaffRequest) -> HttpResponse:
    """Everybody's, and one's own."""
    actor = request.actor
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = list(saved.saved(actor=actor, text=text).order_by(*ORDER)[:MOST])
    context = {
        "shared": [one for one in rows if one.shared], "own": [one for one in rows if not one.shared], "q": text,
        "may_share": actor.may(access.MANAGE),
        "empty": Empty(
            title=gettext("Nothing matches.") if text else gettext("No saved reply yet"), icon="bolt",
            text=gettext("What you write again and again is written once and comes with a stroke and a word."),
            action=gettext("New saved reply"), url=reverse("conversations:reply-new"),
            sample=gettext("For example: /address brings the shop’s address and hours."),
        ),
    }  # fmt: skip
    return render(request, "conversations/replies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reply_new(request: StaffRequest) -> HttpResponse:
    """Write one."""
    request.actor.require(access.REPLY)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def reply_one(request: StaffRequest, saved_id: int) -> HttpResponse:
    """Change one; one for everybody is only read by who may not write those."""
    found = _saved(request.actor, saved_id)
    if not saved.may_write(request.actor, found):
        request.actor.require(access.MANAGE if request.method == "POST" else access.REPLY)
        return render(request, "conversations/reply.html", {"saved": found})
    return _form(request, found)


def _saved(actor: Actor, saved_id: int) -> SavedReply:
    try:
        return saved.saved_get(actor=actor, id=min(saved_id, LARGEST_ID))
    except SavedReply.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, found: SavedReply | None) -> HttpResponse:
    actor = request.actor
    names = ("name", "shortcut", "text_fa", "text_en", "shared")
    initial = {name: getattr(found, name) for name in names} if found else {"name": request.GET.get("name", "")[:120]}
    form = SavedForm(request.POST or None, actor=actor, initial=initial)
    version, meanwhile = found.version if found else 0, False
    if request.method == "POST" and found is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.saved_save(
                actor=actor, data=form.data_of(), saved=found, version=version if found else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("conversations:replies")
    context = {
        "form": form, "saved": found, "version": version, "meanwhile": meanwhile,
        "merge_fields": registry.all(MergeField),
    }  # fmt: skip
    return render(
        request, "conversations/reply.html", context, status=409 if meanwhile else 422 if form.errors else 200
    )


@require_POST
def reply_remove(request: StaffRequest, saved_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    done = services.saved_remove(actor=request.actor, saved=_saved(request.actor, saved_id))
    toast(request, gettext("The saved reply is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("conversations:replies")


@never_cache
@require_safe
def offered(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Those that fit what was typed, with this customer's words in them."""
    conversation = conversation_or_404(request.actor, conversation_id)
    text = request.GET.get("q", "").replace("\x00", "")[:40]
    found = saved.offered(actor=request.actor, conversation=conversation, text=text)
    return render(request, "conversations/offered.html", {"offered": found, "q": text})
