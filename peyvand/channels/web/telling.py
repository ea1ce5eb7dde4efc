"""Visits told to the history: each is one interaction, which grows while the visit goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from peyvand.channels.web.kinds import VISIT
from peyvand.channels.web.models import Basket, BasketKind, Visit
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.customers.models import IdentityKind
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import Grown, InteractionRow, grow, record_many

AT_ONCE = 500
EVERY = timedelta(minutes=1)  # a visit that goes on is told of no oftener
CHANNEL = "web"


def tell(*, at_once: int = AT_ONCE) -> int:
    """Tell of visits that are new or went on; gives of how many. A visit of which nothing is kept in the browser can
    never be anybody's: it is counted, and stands in no history.
    """
    now = timezone.now()
    with transaction.atomic():
        due = (
            Visit.objects.filter(stale=True)
            .filter(Q(told_at=None) | Q(told_at__lt=now - EVERY) | Q(visitor=None))
            .select_related("site").select_for_update(of=("self",), skip_locked=True).order_by("id")
        )  # fmt: skip
        some = list(due[:at_once])
        for demo in (False, True):
            _tell_of([one for one in some if one.demo is demo and one.visitor_id is not None], demo=demo)
        Visit.objects.filter(pk__in=[one.pk for one in some]).update(stale=False, told_at=now)
    return len(some)


def _tell_of(visits: Sequence[Visit], *, demo: bool) -> None:
    if not visits:
        return
    actor = system_actor(demo=demo)
    bought = _baskets(visits)
    payloads = {one.pk: _payload(one, bought.get(one.pk, {})) for one in visits}
    new = [one for one in visits if one.interaction_id is None]
    old = [one for one in visits if one.interaction_id is not None]
    grow(
        actor=actor, kind=VISIT,
        rows=[Grown(one.interaction_id or 0, payloads[one.pk], one.seconds) for one in old],
    )  # fmt: skip
    if not new:
        return
    record_many(
        actor=actor,
        rows=[
            InteractionRow(
                kind=VISIT, at=one.started_at, channel=CHANNEL, direction="in", source_kind=VISIT, source_id=one.pk,
                duration_s=one.seconds, dedupe_key=f"{VISIT}:{one.pk}", payload=payloads[one.pk],
                identity_kind=IdentityKind.VISITOR, identity_key=one.key,
            )
            for one in new
        ],
    )  # fmt: skip
    keys = {f"{VISIT}:{one.pk}": one for one in new}
    found = Interaction.objects.filter(demo=demo, dedupe_key__in=keys).values_list("dedupe_key", "pk")
    for key, pk in found:
        keys[str(key)].interaction_id = pk
    Visit.objects.bulk_update(new, ["interaction_id"])


def _baskets(visits: Sequence[Visit]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    rows = Basket.objects.filter(visit__in=[one.pk for one in visits]).order_by(F("at").asc(), "id")
    for one in rows:
        told = {"number": one.number, "items": len(one.items), "order": one.order_id}
        found.setdefault(one.visit_id or 0, {})[one.kind] = told
    return found


def _payload(visit: Visit, baskets: Mapping[str, Any]) -> dict[str, Any]:
    """What the history keeps of a visit; the pages themselves stay with it."""
    titles = [step.get("n") or step.get("u") for step in visit.path if step.get("k") == "page"]
    told = {
        "site": visit.site.name, "pages": visit.pages, "titles": list(dict.fromkeys(titles))[:5],
        "source": visit.source, "medium": visit.medium, "campaign": visit.campaign, "searches": visit.searches[:5],
        "visitor": visit.visitor_id,
    }  # fmt: skip
    for kind in BasketKind.values:
        if kind in baskets:
            told[kind] = baskets[kind]
    return {name: value for name, value in told.items() if value not in ("", [], None)}
