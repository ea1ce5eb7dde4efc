"""What the warehouse takes of the sites: visits, and the carts and purchases that pages told of."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import WarehouseFact

FACTS = (
    WarehouseFact(
        name="visits",
        select="""
            SELECT v.id, v.demo, v.site_id, v.visitor_id, w.customer_id, v.started_at, v.ended_at, v.pages, v.events,
                   v.source, v.medium, v.campaign, v.device, v.interaction_id, v.updated_at
              FROM web_visit v LEFT JOIN sites_visitor w ON w.id = v.visitor_id""",
        key="id",
        reads={"web_visit": "id", "sites_visitor": "visitor_id"},
        columns={
            "id": "Id of the visit",
            "demo": "Whether it belongs to the sample business",
            "site_id": "Id of the site",
            "visitor_id": "Id of the browser; empty where nothing is kept in it",
            "customer_id": "Id of the customer, where it is known whose browser it is",
            "started_at": "First event (UTC)",
            "ended_at": "Last event so far (UTC)",
            "pages": "Pages looked at",
            "events": "Events in all",
            "source": "Where they came from; empty where they came by themselves",
            "medium": "How: cpc, organic, social, referral, or the campaign's own word",
            "campaign": "The campaign's name",
            "device": "phone, tablet or desk",
            "interaction_id": "Id of its interaction",
            "updated_at": "When it was computed last (UTC)",
        },
    ),
    WarehouseFact(
        name="web_baskets",
        select="""
            SELECT b.id, b.demo, b.site_id, b.visitor_id, b.visit_id, b.kind, b.at, b.number, b.value, b.currency,
                   b.order_id FROM web_basket b""",
        key="id",
        reads={"web_basket": "id"},
        columns={
            "id": "Id",
            "demo": "Whether it belongs to the sample business",
            "site_id": "Id of the site",
            "visitor_id": "Id of the browser",
            "visit_id": "Id of the visit",
            "kind": "cart or purchase, as the page told it; no revenue",
            "at": "When (UTC)",
            "number": "Number of the order, as told",
            "value": "Value in whole units of the currency, as told",
            "currency": "ISO code, as told",
            "order_id": "Id of the order in the books, where there is one",
        },
    ),
)
