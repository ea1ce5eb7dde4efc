"""REST routes of short links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.channels.outreach import opened, services
from peyvand.channels.outreach.addresses import short_url
from peyvand.channels.outreach.models import Link
from peyvand.channels.outreach.queries import NEWEST_FIRST
from peyvand.channels.outreach.services import LinkData
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import Given, example

LARGEST_PAGE = 100

router = Router(tags=["messages"])


class LinkIn(Given):
    """A short link as it is to be. `source`, `medium` and `campaign` go to the target as UTM parameters."""

    model_config = example({"target": "https://shop.example/nowruz", "title": "Poster at the door", "source": "poster"})

    target: str = Field(min_length=1, max_length=2_000)
    title: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=100)
    medium: str = Field(default="", max_length=100)
    campaign: str = Field(default="", max_length=100)


class LinkOut(Schema):
    """A short link; `automatic` was made for a text that was sent, `clicks` are folded every minute."""

    id: int
    url: str
    target: str
    title: str
    source: str
    medium: str
    campaign: str
    automatic: bool
    archived: bool
    clicks: int
    clicked_at: datetime | None
    created_at: datetime


class LinkPage(Schema):
    """A page, newest first."""

    items: list[LinkOut]
    next: str | None


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": link.pk, "url": short_url(link.code), "target": link.target, "title": link.title, "source": link.source,
        "medium": link.medium, "campaign": link.campaign, "automatic": link.content_id is not None,
        "archived": link.archived, "clicks": link.clicks, "clicked_at": link.clicked_at, "created_at": link.created_at,
    }  # fmt: skip


@router.get("/links", response=LinkPage, summary="Short links")
def links_get(
    request: StaffRequest,
    archived: bool = False,
    after: str | None = Query(None, max_length=1000),
    limit: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> Any:
    """Newest first, with how often each was opened."""
    found = opened.links(actor=request.actor, archived=archived)
    page = paginate(found, order=NEWEST_FIRST, cursor=after, size=limit)
    return {"items": [_link(one) for one in page.rows], "next": page.next_cursor}


@router.post("/links", response={201: LinkOut}, summary="Make a short link")
def links_post(request: StaffRequest, data: LinkIn) -> Any:
    """It leads to exactly this address, with what the target is told of where people came from."""
    made = services.link_save(actor=request.actor, data=LinkData(**data.model_dump()))
    made.refresh_from_db()
    return 201, _link(made)
