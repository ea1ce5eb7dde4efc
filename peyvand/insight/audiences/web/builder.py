"""The builder of one audience: its page, and the pieces that it asks for while one edits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.conditions import of_query
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.panels import blocks
from peyvand.foundation.ui.formats import clock, number
from peyvand.insight.audiences import access, conditions, queries, typed
from peyvand.insight.audiences.errors import ConditionRefusedError, HiddenFromReaderError
from peyvand.insight.audiences.models import Audience, AudienceKind
from peyvand.insight.audiences.web import drawing, editing, numbers
from peyvand.insight.audiences.web.examples import EXAMPLES
from peyvand.insight.audiences.web.showing import tabs
from peyvand.memory.customers import access as customers

LONGEST = 60_000  # letters of a tree: many times what forty conditions are


def require_view(actor: Actor) -> None:
    """Audiences are of customers: both rights are asked."""
    actor.require(access.VIEW)
    actor.require(customers.VIEW)


def audience_or_404(request: StaffRequest, audience_id: int) -> Audience:
    """The audience; the same 404 for one that is missing and one that may not be seen."""
    require_view(request.actor)
    try:
        return queries.audience_get(actor=request.actor, id=audience_id)
    except Audience.DoesNotExist:
        raise Http404 from None


def posted(request: StaffRequest, name: str) -> dict[str, Any] | None:
    """A JSON object of the form; None where it is none."""
    text = request.POST.get(name, "")
    try:
        found = json.loads(text) if 0 < len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _id(request: StaffRequest) -> int | None:
    """The audience that is edited, None of a new one."""
    text = request.POST.get("id", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def urls_of(audience: Audience | None) -> dict[str, str]:
    """What the script asks."""
    found = {name: reverse(f"audiences:{name}") for name in ("draw", "size", "editor", "leaf", "typed")}
    save = reverse("audiences:save", args=[audience.pk]) if audience is not None else reverse("audiences:create")
    return {**found, "save": save}


@require_safe
def one(request: StaffRequest, audience_id: int) -> HttpResponse:
    """What an audience asks, and how many that are."""
    audience = audience_or_404(request, audience_id)
    may = queries.may_edit(actor=request.actor, audience=audience)
    editable = may and audience.kind == AudienceKind.LIVE and not audience.archived
    return _page(request, audience=audience, tree=audience.tree, may=may, editable=editable)


@require_safe
def new(request: StaffRequest) -> HttpResponse:
    """A new audience: empty, one of the examples, or the conditions of a list's address."""
    require_view(request.actor)
    request.actor.require(access.EDIT)
    example = next((one for one in EXAMPLES if one.key == request.GET.get("example")), None)
    tree, left_out = (dict(example.tree), []) if example is not None else of_list(request.GET, actor=request.actor)
    name = str(example.name) if example is not None else request.GET.get("name", "").replace("\x00", "")[:120]
    return _page(request, audience=None, tree=tree, may=True, editable=True, name=name, left_out=left_out)


def of_list(query: QueryDict, *, actor: Actor) -> tuple[dict[str, Any], Sequence[str]]:
    """The conditions of a list's address as a tree, and in words what of it no audience asks."""
    fields, _behaviours = conditions.offered(actor=actor)
    plain = {name: str(query[name]) for name in query}
    nodes: list[dict[str, Any]] = [
        {"field": found.field.name, "operator": found.operator, "values": list(found.values)}
        for found in of_query(fields, plain)
    ]
    view = plain.get("view", "")
    nodes += [
        dict(node)
        for name, node in {
            "mine": {"field": "owner", "operator": "any", "values": ["me"]},
            "unowned": {"field": "owner", "operator": "empty", "values": []},
            "people": {"field": "kind", "operator": "any", "values": ["person"]},
            "organisations": {"field": "kind", "operator": "any", "values": ["organisation"]},
            "attention": {"field": "class", "operator": "any", "values": ["risk", "cantlose"]},
        }.items()
        if name == view
    ]
    touched = plain.get("touched", "")
    if touched.removeprefix("-").isdecimal() and len(touched) < 6 and "touched" in fields:
        operator = "notlast" if touched.startswith("-") else "last"
        nodes.append({"field": "touched", "operator": operator, "values": [touched.removeprefix("-")]})
    low, high = plain.get("from", ""), plain.get("to", "")
    if "worth" in fields and (low or high):
        operator = "between" if low and high else "least" if low else "most"
        nodes.append({"field": "worth", "operator": operator, "values": [value for value in (low, high) if value]})
    return {"all": nodes}, [gettext("the search")] if plain.get("q") else []


def _page(
    request: StaffRequest,
    *,
    audience: Audience | None,
    tree: Mapping[str, Any],
    may: bool,
    editable: bool,
    name: str = "",
    left_out: Sequence[str] = (),
) -> HttpResponse:
    actor = request.actor
    shown = drawing.drawn(tree, actor=actor, audience=audience.pk if audience is not None else None)
    concealed = audience is not None and queries.concealed(actor=actor, audience=audience)
    others = [(one.pk, one.name) for one in queries.audiences(actor=actor) if audience is None or one.pk != audience.pk]
    context = {
        "audience": audience,
        "name": audience.name if audience is not None else name,
        "kind": audience.kind if audience is not None else AudienceKind.LIVE,
        "kind_words": AudienceKind(audience.kind).label if audience is not None else AudienceKind.LIVE.label,
        "tree": dict(tree) if drawing.way_of(tree) else dict(drawing.EMPTY),
        "root": shown.root,
        "sentence": drawing.sentence(shown.tree or tree, actor=actor),
        "plain_tree": bool(drawing.way_of(tree)),
        "editable": editable,
        "may": may,
        "concealed": concealed,
        "left_out": left_out,
        "trouble": queries.trouble(actor=actor, audience=audience) if audience is not None else "",
        "rooms": editing.rooms(actor=actor, audiences=others) if editable else [],
        "urls": urls_of(audience),
        "words": {
            "saving": gettext("Saving"),
            "unfinished": gettext("Not saved: a condition is wrong"),
            "empty": gettext("Not saved: add a condition"),
        },
        "tabs": tabs(audience, "one"),
        "saved": gettext("Saved") if audience is not None else gettext("Not saved yet"),
        "may_export": actor.may(access.EXPORT),
        "offers": blocks(screen="audience", slot="menu", actor=actor, subject=audience, query={})
        if audience is not None
        else (),
    }
    return render(request, "audiences/builder.html", context)


# ── pieces ────────────────────────────────────────────────────────────────


def _tree(request: StaffRequest) -> dict[str, Any] | None:
    found = posted(request, "tree")
    return found if found is not None and drawing.way_of(found) and _sane(found) else None


def _sane(node: Any, deep: int = 0) -> bool:
    """Whether it is no deeper than the drawing goes; how deep groups may lie, the reading of the tree says."""
    way = drawing.way_of(node)
    return not way or (deep < 8 and all(_sane(child, deep + 1) for child in node[way]))


@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """The groups and rows of the tree, and its sentence."""
    require_view(request.actor)
    tree = _tree(request)
    if tree is None:
        return HttpResponseBadRequest()
    fresh = request.POST.get("fresh", "").split(",")
    shown = drawing.drawn(tree, actor=request.actor, audience=_id(request), fresh=fresh)
    html = render_to_string("audiences/group.html", {"group": shown.root, "editable": True}, request)
    plain, _places = drawing.without_empty(tree)
    words = str(drawing.sentence(shown.tree or plain, actor=request.actor))
    return JsonResponse({"html": html, "sentence": words, "ok": shown.ok, "empty": not drawing.leaves(plain)})


@require_POST
def size(request: StaffRequest) -> HttpResponse:
    """How many the tree fits, how they can be reached, a sample: the pieces of the page and the number of each row."""
    require_view(request.actor)
    tree = _tree(request)
    seed = request.POST.get("seed", "0")
    if tree is None or not seed.isdecimal() or len(seed) > 6:
        return HttpResponseBadRequest()
    audience = None
    if (pk := _id(request)) is not None:
        audience = queries.audiences(actor=request.actor).filter(pk=pk).first()
    plain, places = drawing.without_empty(tree)
    if not drawing.leaves(plain):
        side = render_to_string(
            "audiences/side_wrong.html", {"words": gettext("Everyone, as long as nothing is asked.")}, request
        )
        return JsonResponse({"side": side, "left": "", "after": {}})
    try:
        read = conditions.read(plain, actor=request.actor, audience=pk)
        shown = numbers.numbers(actor=request.actor, tree=read, audience=audience, seed=int(seed))
    except (ConditionRefusedError, HiddenFromReaderError) as error:
        words = error.words if isinstance(error, ConditionRefusedError) else gettext("Hidden from you")
        side = render_to_string("audiences/side_wrong.html", {"words": words}, request)
        return JsonResponse({"side": side, "left": "", "after": {}})
    frozen = None  # how many its members are, whatever its conditions fit by now
    if audience is not None and audience.kind == AudienceKind.FROZEN:
        frozen = queries.member_count(actor=request.actor, audience=audience)
    after = {drawing.path_of(places[place]): number(count) for place, count in shown.left.items()}
    context = {"shown": shown, "audience": audience, "frozen": frozen}
    return JsonResponse({
        "side": render_to_string("audiences/side.html", context, request),
        "left": render_to_string("audiences/left.html", {"shown": shown}, request),
        "after": after,
    })  # fmt: skip


@require_POST
def editor(request: StaffRequest) -> HttpResponse:
    """The editor of one condition."""
    require_view(request.actor)
    leaf = posted(request, "leaf")
    if leaf is None:
        return HttpResponseBadRequest()
    context = editing.editor_of(leaf, actor=request.actor)
    if context is None:
        context = {"kind": "gone"}
    return render(request, "audiences/editor.html", context)


@require_safe
def choices(request: StaffRequest) -> HttpResponse:
    """Of a long list of choices those that have the letters: of a customer's field, or of one of a behaviour."""
    require_view(request.actor)
    fields, behaviours = conditions.offered(actor=request.actor)
    did = request.GET.get("did", "")
    if did:
        behaviour = next((one for one in behaviours if one.name == did), None)
        fields = {one.name: one for one in behaviour.fields(request.actor)} if behaviour is not None else {}
    field = fields.get(request.GET.get("field", ""))
    found = editing.choices_of(field, request.GET.get("q", "")[:100]) if field is not None else []
    return render(request, "audiences/choices.html", {"found": found})


@require_POST
def leaf(request: StaffRequest) -> HttpResponse:
    """What was typed into an editor as it is kept; 422 with words where it makes no sense."""
    require_view(request.actor)
    given = posted(request, "leaf")
    if given is None:
        return HttpResponseBadRequest()
    try:
        kept = editing.leaf_of(given, actor=request.actor, audience=_id(request))
    except editing.LeafRefusedError as error:
        return JsonResponse({"words": error.words, "about": error.about}, status=422)
    return JsonResponse({"leaf": kept})


@require_POST
def typed_words(request: StaffRequest) -> HttpResponse:
    """Conditions of what was written in one's own words, and what was not understood."""
    require_view(request.actor)
    found = typed.understood(request.POST.get("text", ""), actor=request.actor)
    html = render_to_string("audiences/heard.html", {"found": found, "count": len(found.nodes)}, request)
    return JsonResponse({"nodes": found.nodes, "html": html})


def saved_words(at: Any) -> str:
    """«ذخیره شد، ۰۹:۱۸»."""
    return gettext("Saved by itself, %(time)s") % {"time": clock(at)}
