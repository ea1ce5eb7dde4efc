"""REST routes of articles. Bodies are Markdown; `html` is drawn from them and safe to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.memory.knowledge import access, queries, services
from peyvand.memory.knowledge.errors import ChangedMeanwhileError, InvalidError
from peyvand.memory.knowledge.models import Article
from peyvand.memory.knowledge.queries import ArticleFilter, Shown
from peyvand.memory.knowledge.rendering import drawn
from peyvand.memory.knowledge.services import ArticleData, TextData

LARGEST_PAGE = 100
ORDER = ("-updated_at", "-id")

router = Router(tags=["knowledge"])


class TextOut(Schema):
    """An article in one language; `number` is the version's, `published` that of the version that is read."""

    language: str
    slug: str
    title: str
    body: str
    html: str
    number: int
    published: int | None
    published_at: datetime | None


class ArticleOut(Schema):
    """An article. Send `version` back when changing it."""

    id: int
    category: str
    owner_id: int | None
    audience: str
    review_on: date | None
    archived: bool
    updated_at: datetime
    version: int
    texts: list[TextOut]


class ArticlePage(Schema):
    """A page, the latest changed first; `next` is the cursor of the page after, null at the end."""

    items: list[ArticleOut]
    next: str | None


class TextIn(Schema):
    """A title and a body in Markdown."""

    title: str = Field(max_length=services.TITLE_LENGTH)
    body: str = Field(default="", max_length=services.BODY_LENGTH)


class ArticleIn(Schema):
    """An article as it is to be; languages that are left out stay. With `version`, 409 when it was changed since."""

    texts: dict[str, TextIn] = Field(default_factory=dict, max_length=10)
    category_id: int | None = None
    owner_id: int | None = None
    audience: str = Field(default="staff", max_length=6)
    review_on: date | None = None
    version: int | None = None


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name or "__all__": str(message) for name, message in error.errors.items()}) from error
    except ChangedMeanwhileError as error:
        raise HttpError(409, f"changed meanwhile by {error.by}; the version is {error.version}") from error
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    except Article.DoesNotExist:
        raise Http404 from None


def _out(shown: Shown) -> dict[str, Any]:
    one = shown.article
    return {
        "id": one.pk, "category": one.category.name if one.category else "", "owner_id": one.owner_id,
        "audience": one.audience, "review_on": one.review_on, "archived": one.archived, "updated_at": one.updated_at,
        "version": one.version,
        "texts": [
            {
                "language": text.language, "slug": text.slug, "title": version.title, "body": version.body,
                "html": drawn(version.body).html, "number": version.number, "published": text.published,
                "published_at": text.published_at,
            }
            for text, version in shown.texts.values()
        ],
    }  # fmt: skip


def _data(data: ArticleIn) -> ArticleData:
    return ArticleData(
        texts={language: TextData(text.title, text.body) for language, text in data.texts.items()},
        category_id=data.category_id, owner_id=data.owner_id, audience=data.audience, review_on=data.review_on,
    )  # fmt: skip


@router.get("/articles", response=ArticlePage, summary="Articles, the latest changed first")
def articles_list(
    request: StaffRequest,
    q: str = Query("", max_length=200),
    state: str = Query("", max_length=10),
    language: str = Query("", max_length=2),
    audience: str = Query("", max_length=6),
    category_id: int | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    chosen = ArticleFilter(text=q, state=state, language=language, audience=audience, category_id=category_id)
    found = queries.articles(actor=request.actor, chosen=chosen).select_related("category")
    with _refusals():
        page = paginate(found, order=ORDER, cursor=after, size=size)
    shown = queries.with_texts(actor=request.actor, rows=page.rows)
    return {"items": [_out(one) for one in shown], "next": page.next_cursor}


@router.post("/articles", response={201: ArticleOut}, summary="Write an article")
def articles_create(request: StaffRequest, data: ArticleIn) -> tuple[int, dict[str, Any]]:
    request.actor.require(access.VIEW)
    with _refusals():
        made = services.article_save(actor=request.actor, data=_data(data))
        return 201, _out(queries.article_get(actor=request.actor, id=made.pk))


@router.get("/articles/{int:article_id}", response=ArticleOut, summary="One article")
def articles_get(request: StaffRequest, article_id: int) -> dict[str, Any]:
    with _refusals():
        return _out(queries.article_get(actor=request.actor, id=article_id))


@router.put("/articles/{int:article_id}", response=ArticleOut, summary="Change an article: a new version")
def articles_change(request: StaffRequest, article_id: int, data: ArticleIn) -> dict[str, Any]:
    with _refusals():
        found = queries.article_get(actor=request.actor, id=article_id).article
        services.article_save(actor=request.actor, data=_data(data), article=found, version=data.version)
        return _out(queries.article_get(actor=request.actor, id=article_id))


@router.post("/articles/{int:article_id}/{language}/publish", response=ArticleOut, summary="Publish its latest version")
def articles_publish(request: StaffRequest, article_id: int, language: str) -> dict[str, Any]:
    with _refusals():
        found = queries.article_get(actor=request.actor, id=article_id)
        request.actor.require(access.PUBLISH)
        if language not in found.texts:
            raise Http404
        services.text_publish(actor=request.actor, text=found.texts[language][0])
        return _out(queries.article_get(actor=request.actor, id=article_id))
