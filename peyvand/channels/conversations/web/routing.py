"""How conversations are given: the settings, the rules in their order, and who takes what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.channels.conversations import access, arrangement, services
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import Answerer, RoutingRule
from peyvand.channels.conversations.models.routing import Hours
from peyvand.channels.conversations.services import AnswererData, RuleData, SettingsData
from peyvand.channels.conversations.web.views import LARGEST_ID
from peyvand.channels.outreach.declarations import Carrier
from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.foundation.ui.toasts import toast

LANGUAGES = (("fa", _("Persian")), ("en", _("English")))
BETWEEN = re.compile(r"[,،;؛\n]")


class _Form(forms.Form):
    """A form whose faults the services tell."""

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            shown = name.removesuffix("_id")
            self.add_error(shown if shown in self.fields else None, str(message))

    def whole(self, name: str) -> int:
        """A whole number, whichever digits it is typed in."""
        text = latin_digits(self.cleaned_data.get(name) or "0").strip()
        if not text.isdecimal() or len(text) > 8:
            raise forms.ValidationError(gettext("A whole number, 0 for none."))
        return int(text)

    def choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        """What a field offers."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _several(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple(), help_text=help_text
    )


def _number(label: Any, help_text: Any = "") -> forms.CharField:
    widget = CodeInput({"inputmode": "numeric"})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text, max_length=12)


def _people(actor: Actor) -> list[tuple[str, Any]]:
    return [("", _("Nobody in particular")), *((str(pk), name) for pk, name in assignable(actor=actor))]


def _teams(actor: Actor) -> list[tuple[str, Any]]:
    return [("", _("No team")), *((str(pk), name) for pk, name in team_choices(actor=actor))]


def _channels() -> list[tuple[str, Any]]:
    return [(one.name, one.label) for one in registry.all(Carrier)]


def _words(text: str) -> list[str]:
    return [one.strip() for one in BETWEEN.split(text) if one.strip()]


def _id(text: str) -> int | None:
    return int(text) if text else None


class SettingsForm(_Form):
    """What holds for all conversations."""

    owner_first = forms.BooleanField(label=_("To the customer’s owner first"), required=False)
    reroute_minutes = _number(
        _("To somebody else after minutes without an answer"),
        _("Of working time; 0 for never. Only what came by itself goes on, not what a colleague gave."),
    )
    tell_minutes = _number(
        _("Tell somebody when a valuable customer waits, after minutes"), _("Of working time; 0 for never.")
    )
    tell_classes = _several(_("Which customers"))
    tell_user = forms.ChoiceField(label=_("Tell this person"), required=False)
    tell_team = forms.ChoiceField(
        label=_("Tell this team"), required=False,
        help_text=_("Neither of them: whoever has the conversation, else the customer’s owner."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("tell_classes", [(code, word) for code, (word, _icon) in CLASSES.items()])
        self.choose("tell_user", _people(actor))
        self.choose("tell_team", _teams(actor))

    def clean_reroute_minutes(self) -> int:
        """A whole number."""
        return self.whole("reroute_minutes")

    def clean_tell_minutes(self) -> int:
        """A whole number."""
        return self.whole("tell_minutes")

    def data_of(self) -> SettingsData:
        """What the services take."""
        given = self.cleaned_data
        return SettingsData(
            owner_first=given["owner_first"], reroute_minutes=given["reroute_minutes"],
            tell_minutes=given["tell_minutes"], tell_classes=given["tell_classes"],
            tell_user_id=_id(given["tell_user"]), tell_team_id=_id(given["tell_team"]),
        )  # fmt: skip


class RuleForm(_Form):
    """A rule: when it fits, and to whom the conversation comes then."""

    name = forms.CharField(label=_("Name"), max_length=120)
    channels = _several(_("Over the channel"), _("None ticked: over any."))
    language = forms.ChoiceField(label=_("In the language"), required=False, choices=[("", _("Any")), *LANGUAGES])
    words = forms.CharField(
        label=_("One of these words is in the message"), required=False, max_length=3_500,
        help_text=_("With commas between; empty: whatever it says."), widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    classes = _several(_("From customers of the class"), _("None ticked: from anybody."))
    hours = forms.ChoiceField(label=_("When"), required=False, choices=Hours.choices)
    to_user = forms.ChoiceField(label=_("To this person"), required=False)
    to_team = forms.ChoiceField(label=_("To this team"), required=False)
    to_topic = forms.CharField(
        label=_("To those who know about"), required=False, max_length=60, widget=forms.TextInput({"dir": "auto"}),
        help_text=_("A topic of the people below. Nothing chosen: to all who take conversations."),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("channels", _channels())
        self.choose("classes", [(code, word) for code, (word, _icon) in CLASSES.items()])
        self.choose("to_user", _people(actor))
        self.choose("to_team", _teams(actor))

    def data_of(self) -> RuleData:
        """What the services take."""
        given = self.cleaned_data
        return RuleData(
            name=given["name"], enabled=given["enabled"], channels=given["channels"], language=given["language"],
            words=_words(given["words"]), classes=given["classes"], hours=given["hours"],
            to_user_id=_id(given["to_user"]), to_team_id=_id(given["to_team"]), to_topic=given["to_topic"],
        )  # fmt: skip


class PersonForm(_Form):
    """How a colleague takes conversations."""

    takes = forms.BooleanField(
        label=_("Conversations come to this person"), required=False,
        help_text=_("Off while they are away; what they have stays with them."),
    )  # fmt: skip
    languages = _several(_("Answers in"), _("None ticked: in both."))
    channels = _several(_("Over the channel"), _("None ticked: over any."))
    topics = forms.CharField(
        label=_("Knows about"), required=False, max_length=3_500, widget=forms.TextInput({"dir": "auto"}),
        help_text=_("Words that customers use, with commas between, as: returns, invoice."),
    )  # fmt: skip
    most = _number(_("At most so many open conversations"), _("0 for no limit."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("languages", LANGUAGES)
        self.choose("channels", _channels())

    def clean_most(self) -> int:
        """A whole number."""
        return self.whole("most")

    def data_of(self) -> AnswererData:
        """What the services take."""
        given = self.cleaned_data
        return AnswererData(
            takes=given["takes"], languages=given["languages"], channels=given["channels"],
            topics=_words(given["topics"]), most=given["most"],
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def routing(request: StaffRequest) -> HttpResponse:
    """The settings, the rules in their order, the people."""
    actor = request.actor
    row = arrangement.settings_get(actor=actor)
    initial = {
        "owner_first": row.owner_first, "reroute_minutes": row.reroute_minutes, "tell_minutes": row.tell_minutes,
        "tell_classes": row.tell_classes, "tell_user": row.tell_user_id or "", "tell_team": row.tell_team_id or "",
    }  # fmt: skip
    form = SettingsForm(request.POST or None, actor=actor, initial=initial)
    version, meanwhile = row.version, False
    if request.method == "POST":
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else row.version
        if form.is_valid():
            try:
                services.settings_save(actor=actor, data=form.data_of(), version=version)
            except InvalidError as error:
                form.put(error)
            except ChangedMeanwhileError as error:
                version, meanwhile = error.version, True
            else:
                toast(request, gettext("Saved. It holds for what comes from now on."))
                return redirect("conversations:routing")
    context = {
        "form": form, "version": version, "meanwhile": meanwhile, "rules": arrangement.rules_shown(actor=actor),
        "people": arrangement.people(actor=actor),
    }  # fmt: skip
    status = 409 if meanwhile else 422 if form.errors else 200
    return render(request, "conversations/routing.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: StaffRequest) -> HttpResponse:
    """Write a rule; it stands last."""
    request.actor.require(access.MANAGE)
    return _rule_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_one(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Change a rule."""
    return _rule_form(request, _rule(request.actor, rule_id))


def _rule(actor: Actor, rule_id: int) -> RoutingRule:
    try:
        return arrangement.rule_get(actor=actor, id=min(rule_id, LARGEST_ID))
    except RoutingRule.DoesNotExist:
        raise Http404 from None


def _rule_form(request: StaffRequest, rule: RoutingRule | None) -> HttpResponse:
    actor = request.actor
    between = gettext(", ")
    initial = {"enabled": True} if rule is None else {
        "name": rule.name, "enabled": rule.enabled, "channels": rule.channels, "language": rule.language,
        "words": between.join(rule.words), "classes": rule.classes, "hours": rule.hours,
        "to_user": rule.to_user_id or "", "to_team": rule.to_team_id or "", "to_topic": rule.to_topic,
    }  # fmt: skip
    form = RuleForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.rule_save(actor=actor, data=form.data_of(), rule=rule)
        except InvalidError as error:
            form.put(error)
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("conversations:routing")
    context = {"form": form, "rule": rule, "topics": arrangement.topics(actor=actor)}
    return render(request, "conversations/rule.html", context, status=422 if form.errors else 200)


@require_POST
def rule_move(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Before or after its neighbour: the first that fits decides."""
    services.rule_move(
        actor=request.actor, rule=_rule(request.actor, rule_id), up=request.POST.get("up") == "1"
    )  # fmt: skip
    return redirect("conversations:routing")


@require_POST
def rule_remove(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Take it away, with the way back."""
    done = services.rule_remove(actor=request.actor, rule=_rule(request.actor, rule_id))
    toast(request, gettext("The rule is gone."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("conversations:routing")


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    """How a colleague takes conversations."""
    actor = request.actor
    actor.require(access.MANAGE)
    names = dict(assignable(actor=actor))
    if user_id not in names:
        raise Http404
    row = arrangement.answerer(actor=actor, user_id=user_id) or Answerer(takes=False)
    initial = {
        "takes": row.takes, "languages": row.languages, "channels": row.channels,
        "topics": gettext(", ").join(row.topics), "most": row.most,
    }  # fmt: skip
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.answerer_save(actor=actor, user_id=user_id, data=form.data_of())
        except InvalidError as error:
            form.put(error)
        else:
            toast(request, gettext("Saved. It holds for what comes from now on."))
            return redirect("conversations:routing")
    context = {"form": form, "name": names[user_id], "user_id": user_id}
    return render(request, "conversations/person.html", context, status=422 if form.errors else 200)
