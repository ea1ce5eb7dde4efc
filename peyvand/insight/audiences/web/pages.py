"""The pages of audiences: all of them, the members of one, why somebody is in or out, over time, two compared."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.panels import blocks
from peyvand.foundation.ui.formats import moment, number, unit_word
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.insight.audiences import access, overlapping, queries
from peyvand.insight.audiences.errors import HiddenFromReaderError
from peyvand.insight.audiences.models import Audience, AudienceKind, Snapshot
from peyvand.insight.audiences.web import comparing, courses
from peyvand.insight.audiences.web.builder import audience_or_404, require_view
from peyvand.insight.audiences.web.examples import EXAMPLES
from peyvand.insight.audiences.web.showing import KIND_LOOKS, lines, tabs
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.access import sees_everybody
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.web.showing import line
from peyvand.memory.customers.web.views.lists import currency_of

PAGE = 50
BY_NAME = ("sorted_by", "id")


@require_safe
def audience_list(request: StaffRequest) -> HttpResponse:
    """The audiences that one sees, by name."""
    require_view(request.actor)
    archived = request.GET.get("archived") == "1"
    found = queries.audiences(actor=request.actor, archived=archived)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:120]
    if text:
        found = found.filter(name__icontains=text)
    cursor, back = request.GET.get("after") or request.GET.get("before"), bool(request.GET.get("before"))
    try:
        page = paginate(found, order=BY_NAME, cursor=cursor, backwards=back, size=PAGE)
    except BadCursorError:
        page = paginate(found, order=BY_NAME, size=PAGE)
    changes = courses.week_changes(actor=request.actor, audiences=page.rows)
    context = {
        "page": page,
        "lines": lines(page.rows, actor=request.actor, changes=changes),
        "page_url": f"?archived={'1' if archived else ''}&q={text}&",
        "archived": archived,
        "any_archived": queries.audiences(actor=request.actor, archived=True).exists(),
        "text": text,
        "total": found.count(),
        "may_edit": request.actor.may(access.EDIT),
        "examples": EXAMPLES if not archived and not text else (),
        "bulk": False,
    }
    return render(request, "audiences/list.html", context)


def _head(request: StaffRequest, audience: Audience, page: str) -> dict[str, Any]:
    """What stands on top of each page of an audience."""
    tone, icon = KIND_LOOKS[audience.kind]
    return {
        "audience": audience,
        "kind_words": AudienceKind(audience.kind).label,
        "kind_tone": tone,
        "kind_icon": icon,
        "tabs": tabs(audience, page),
        "may": queries.may_edit(actor=request.actor, audience=audience),
        "may_export": request.actor.may(access.EXPORT),
        "offers": blocks(screen="audience", slot="menu", actor=request.actor, subject=audience, query={}),
        "concealed": queries.concealed(actor=request.actor, audience=audience),
    }


@require_safe
def members(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Who is in it, of those whom one sees."""
    audience, actor = audience_or_404(request, audience_id), request.actor
    context = _head(request, audience, "members")
    if context["concealed"]:
        return render(request, "audiences/concealed.html", context)
    found = queries.members(actor=actor, audience=audience)
    cursor, back = request.GET.get("after") or request.GET.get("before"), bool(request.GET.get("before"))
    order = customers.ORDERS["name"]
    try:
        page = paginate(found, order=order, cursor=cursor, backwards=back, size=PAGE)
    except BadCursorError:
        page = paginate(found, order=order, size=PAGE)
    currency = currency_of(actor)
    seen = Customer.objects.visible_to(actor).filter(pk__in=[row.pk for row in page.rows])
    rows = {row.pk: row for row in customers.with_people(seen, actor=actor)}
    shown = customers.concealed(actor, [rows[row.pk] for row in page.rows if row.pk in rows])
    context |= {
        "page": page,
        "lines": [line(one, currency=currency, hidden_kinds=customers.hidden_kinds(actor)) for one in shown],
        "page_url": "?",
        "unit": unit_word(currency),
        "total": queries.member_count(actor=actor, audience=audience),
        "bulk": False,
    }
    return render(request, "audiences/members.html", context)


@require_safe
def why(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Why somebody is in or out, of anybody whom one finds."""
    audience, actor = audience_or_404(request, audience_id), request.actor
    context = _head(request, audience, "why")
    if context["concealed"]:
        return render(request, "audiences/concealed.html", context)
    text, chosen = request.GET.get("q", "").replace("\x00", "").strip()[:100], request.GET.get("customer", "")
    if chosen:
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        customer = Customer.objects.visible_to(actor).filter(pk=pk).first()
        if customer is None:
            raise Http404
        context |= {
            "customer": customers.concealed(actor, [customer])[0],
            "why": queries.why(actor=actor, audience=audience, customer=customer),
        }
    found = customers.customers_search(actor=actor, text=text, limit=8) if text else None
    context |= {"text": text, "found": found.rows if found is not None else (), "searched": bool(text)}
    return render(request, "audiences/why.html", context)


@require_safe
def over_time(request: StaffRequest, audience_id: int) -> HttpResponse:
    """How it grew, who was in it at the moments that were kept, and two of these compared."""
    audience, actor = audience_or_404(request, audience_id), request.actor
    context = _head(request, audience, "time")
    if context["concealed"]:
        return render(request, "audiences/concealed.html", context)
    kept = list(queries.snapshots(actor=actor, audience=audience)[:PAGE])
    sides = [("now", gettext("Now"))] + [
        (str(one.pk), f"{one.label or pgettext('audience', 'picture')}{gettext(', ')}{moment(one.taken_at)}")
        for one in kept
    ]
    a = request.GET.get("a", "now")
    b = request.GET.get("b") or (str(kept[0].pk) if kept else "")
    context |= {
        "snapshots": kept,
        "sides": sides,
        "a": a,
        "b": b,
        "course": courses.chart(actor=actor, audience=audience),
        "sees_all": sees_everybody(actor),
    }
    one, other = _side(a, audience, kept), _side(b, audience, kept)
    if kept and (one is None or other is None):
        raise Http404
    if one is not None and other is not None and a != b:
        context["compared"] = comparing.compared(actor=actor, a=one, b=other, names=(dict(sides)[a], dict(sides)[b]))
    return render(request, "audiences/time.html", context)


def _side(text: str, audience: Audience, kept: list[Snapshot]) -> Audience | Snapshot | None:
    return audience if text == "now" else next((one for one in kept if str(one.pk) == text), None)


@require_safe
def compare(request: StaffRequest) -> HttpResponse:
    """Two audiences side by side: who is in both, who in one alone, what each brought; or how several overlap."""
    require_view(request.actor)
    rows = list(queries.audiences(actor=request.actor))
    known = {str(one.pk): one for one in rows}
    chosen = [request.GET.get(name, "") for name in ("a", "b")]
    if any(value and value not in known for value in chosen):
        raise Http404
    context: dict[str, Any] = {"choices": [(str(one.pk), one.name) for one in rows], "a": chosen[0], "b": chosen[1]}
    if all(chosen) and chosen[0] != chosen[1]:
        one, other = known[chosen[0]], known[chosen[1]]
        try:
            context["compared"] = comparing.compared(actor=request.actor, a=one, b=other, names=(one.name, other.name))
        except HiddenFromReaderError:
            context["hidden"] = True
    several = request.GET.getlist("of")
    if any(value not in known for value in several):
        raise Http404
    context |= {"several": set(several), "most": number(overlapping.MOST)}
    if several:
        context |= comparing.overlapped(
            actor=request.actor, audiences=[known[value] for value in dict.fromkeys(several)]
        )
    return render(request, "audiences/compare.html", context)
