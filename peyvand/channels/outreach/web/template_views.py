"""Templates: written once, in both languages, seen as any customer would read them before they are used."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.outreach import access, fields, queries, services, showing
from peyvand.channels.outreach.declarations import Carrier, MergeField
from peyvand.channels.outreach.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.outreach.merging import fields_of
from peyvand.channels.outreach.models import Content, Template
from peyvand.channels.outreach.services.contents import texts_checked
from peyvand.channels.outreach.web.forms import TemplateForm
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer


@require_safe
def templates(request: StaffRequest) -> HttpResponse:
    """Templates by name, those put away below."""
    actor = request.actor
    actor.require(access.WRITE)
    rows = list(queries.templates(actor=actor, archived=True))
    context = {
        "rows": [one for one in rows if not one.archived], "archived": [one for one in rows if one.archived],
        "purposes": showing.purpose_names(demo=actor.demo),
        "empty": Empty(
            title=gettext("No template yet"), icon="template",
            text=gettext("A text that is sent often, written once in both languages, with each reader's own name."),
            action=gettext("New template"), url=reverse("outreach:template-new"),
            sample=gettext("For example: your order is on its way, {{first_name}}."),
        ),
    }  # fmt: skip
    return render(request, "outreach/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write a template."""
    request.actor.require(access.WRITE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, key: str) -> HttpResponse:
    """Change a template. Who saves after somebody else is told, and nothing typed is lost."""
    request.actor.require(access.WRITE)
    return _form(request, _template(request.actor, key))


def _template(actor: Actor, key: str) -> Template:
    try:
        return queries.template_get(actor=actor, key=key)
    except Template.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, template: Template | None) -> HttpResponse:
    actor = request.actor
    initial = (
        {"name_fa": template.name_fa, "name_en": template.name_en, "purpose": template.purpose} if template else {}
    )
    form = TemplateForm(request.POST or None, actor=actor, template=template, initial=initial)
    version, meanwhile = template.version if template else 0, False
    if request.method == "POST" and template is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.template_save(
                actor=actor, data=form.data_of(), template=template, version=version if template else None
            )
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("Saved. Messages that were asked for before keep the text of then."))
            return redirect("outreach:template", made.key)
    context = {
        "form": form, "template": template, "version": version, "meanwhile": meanwhile,
        "merge_fields": registry.all(MergeField), "links": fields.LINKS,
        "groups": [
            (channel, language, f"{channel or 'plain'}_{language}", _group(form, f"{channel or 'plain'}_{language}"))
            for channel, language in form.slots
        ],
    }  # fmt: skip
    status = 409 if meanwhile else 422 if form.errors else 200
    return render(request, "outreach/template.html", context, status=status)


def _group(form: TemplateForm, key: str) -> list[object]:
    return [form[name] for name in (f"subject_{key}", f"form_{key}", f"body_{key}") if name in form.fields]


@require_POST
def archive(request: StaffRequest, key: str) -> HttpResponse:
    """Put it away, or bring it back."""
    actor = request.actor
    actor.require(access.WRITE)
    template = _template(actor, key)
    archived = request.POST.get("archived") == "1"
    done = services.template_archive(actor=actor, template=template, archived=archived)
    words = gettext("“%(name)s” is archived.") if archived else gettext("“%(name)s” is back.")
    toast(request, words % {"name": template.name}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("outreach:templates")


@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """What was typed, as a real customer would read it; with sample words where nobody is chosen."""
    actor = request.actor
    actor.require(access.WRITE)
    form = TemplateForm(request.POST, actor=actor)
    language = "en" if request.GET.get("language") == "en" else "fa"
    channel = "email" if request.GET.get("channel") == "email" else "sms"
    context: dict[str, object] = {"language": language, "channel": channel}
    if form.is_valid():
        try:
            texts = texts_checked(form.data_of().texts)
            content = Content(demo=actor.demo, texts=texts)
            values, name = _words(actor, texts, request.POST.get("as", ""), language)
            shown = showing.preview(content, channel=channel, language=language, values=values)
            context |= {"shown": shown, "name": name, "parts": _parts(channel, shown.text if shown else "")}
        except InvalidError as error:
            context["errors"] = error.errors
    return render(request, "outreach/preview.html", context)


def _parts(channel: str, text: str) -> int:
    return registry.get(Carrier, channel).parts(text) if registry.has(Carrier, channel) and text else 0


def _words(
    actor: Actor, texts: dict[str, dict[str, str]], customer_id: str, language: str
) -> tuple[dict[str, str], str]:
    """The words of a chosen customer whom the actor may see, else samples."""
    sample = {
        **fields.samples(language), "preferences_link": "https://example.ir/p/…", "unsubscribe_link": "https://example.ir/u/…"
    }  # fmt: skip
    if not (customer_id.isdecimal() and len(customer_id) < 19):
        return sample, ""
    try:
        found = customers.customer_get(actor=actor, id=int(customer_id))
    except Customer.DoesNotExist:
        return sample, ""
    asked = [name for text in texts.values() for name in fields_named(text)]
    own = fields.gathered(asked, customer_ids=[found.pk], language=language)[found.pk]
    links = {name: sample[name] for name in fields.LINKS}
    return {**own, **links}, found.name


def fields_named(text: dict[str, str]) -> frozenset[str]:
    """The fields that a text asks for."""
    return fields_of(text.get("html") or text["body"]) | fields_of(text["subject"])
