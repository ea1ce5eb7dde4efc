"""What the warehouse takes of the sites: visits, and the carts and purchases that pages told of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import WarehouseFact

FACTS = (
    WarehouseFact(
        name="visits",
        label=_("Visits of sites"),
        meaning=_("One row a visit of one of our sites"),
        needs=("web.view", "customers.view"),
        leads={"customer_id": "customers", "interaction_id": "interactions"},
        select="""
            SELECT v.id, v.demo, v.site_id, v.visitor_id, w.customer_id, v.started_at, v.ended_at, v.pages, v.events,
                   v.source, v.medium, v.campaign, v.device, v.interaction_id, v.updated_at
              FROM web_visit v LEFT JOIN sites_visitor w ON w.id = v.visitor_id""",
        key="id",
        reads={"web_visit": "id", "sites_visitor": "visitor_id"},
        columns={
            "id": _("Id of the visit"),
            "demo": _("Whether it belongs to the sample business"),
            "site_id": _("Id of the site"),
            "visitor_id": _("Id of the browser; empty where nothing is kept in it"),
            "customer_id": _("Id of the customer, where it is known whose browser it is"),
            "started_at": _("First event (UTC)"),
            "ended_at": _("Last event so far (UTC)"),
            "pages": _("Pages looked at"),
            "events": _("Events in all"),
            "source": _("Where they came from; empty where they came by themselves"),
            "medium": _("How: cpc, organic, social, referral, or the campaign's own word"),
            "campaign": _("The campaign's name"),
            "device": _("phone, tablet or desk"),
            "interaction_id": _("Id of its interaction"),
            "updated_at": _("When it was computed last (UTC)"),
        },
    ),
    WarehouseFact(
        name="web_baskets",
        label=_("Carts and purchases on sites"),
        meaning=_("One row a cart or purchase as a page told of it"),
        needs=("web.view", "customers.view"),
        leads={"visit_id": "visits", "order_id": "orders"},
        select="""
            SELECT b.id, b.demo, b.site_id, b.visitor_id, b.visit_id, b.kind, b.at, b.number, b.value, b.currency,
                   b.order_id FROM web_basket b""",
        key="id",
        reads={"web_basket": "id"},
        columns={
            "id": _("Id"),
            "demo": _("Whether it belongs to the sample business"),
            "site_id": _("Id of the site"),
            "visitor_id": _("Id of the browser"),
            "visit_id": _("Id of the visit"),
            "kind": _("cart or purchase, as the page told it; no revenue"),
            "at": _("When (UTC)"),
            "number": _("Number of the order, as told"),
            "value": _("Value in whole units of the currency, as told"),
            "currency": _("ISO code, as told"),
            "order_id": _("Id of the order in the books, where there is one"),
        },
    ),
)
