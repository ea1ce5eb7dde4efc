"""REST routes of articles. Bodies are Markdown; `html` is drawn from them and safe to show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import After, Given, Id, Size, Text, example
from peyvand.memory.knowledge import access, queries, services
from peyvand.memory.knowledge.models import Article, ArticleText, ArticleVersion, Category
from peyvand.memory.knowledge.queries import ArticleFilter, Shown
from peyvand.memory.knowledge.rendering import drawn
from peyvand.memory.knowledge.services import ArticleData, TextData

LATEST_FIRST = ("-updated_at", "-id")
Tongue = Literal["fa", "en"]
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
    category_id: int | None
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


class TextIn(Given):
    """A title and a body in Markdown."""

    title: Text = Field(max_length=services.TITLE_LENGTH)
    body: Text = Field(default="", max_length=services.BODY_LENGTH)


class ArticleIn(Given):
    """An article as it is to be; languages that are left out stay. With `version`, 409 when it was changed since."""

    model_config = example(
        {"texts": {"en": {"title": "How to brew", "body": "Warm the pot first."}}, "audience": "staff"}
    )

    texts: dict[Tongue, TextIn] = Field(default_factory=dict)
    category_id: Id | None = None
    owner_id: Id | None = None
    audience: Literal["staff", "public"] = "staff"
    review_on: date | None = None
    version: int | None = None


class ReviewIn(Given):
    """When to look again; null for never."""

    model_config = example({"again_on": "2027-03-21"})

    again_on: date | None


class ArticleArchived(Given):
    """Whether it is put away, out of search and lists."""

    model_config = example({"archived": True})

    archived: bool


class VersionShort(Schema):
    """A version of a text, without its body."""

    id: int
    number: int
    title: str
    author: str
    at: datetime

    @staticmethod
    def resolve_author(one: ArticleVersion) -> str:
        return one.author_name


class VersionWhole(VersionShort):
    """A version of a text."""

    language: str
    article_id: int
    body: str

    @staticmethod
    def resolve_language(one: ArticleVersion) -> str:
        return one.text.language

    @staticmethod
    def resolve_article_id(one: ArticleVersion) -> int:
        return one.text.article_id


class ArticleCategoryOut(Schema):
    """What articles are about."""

    id: int
    name_fa: str
    name_en: str


class ArticleCategoryIn(Given):
    """A category's names, in one language or both."""

    model_config = example({"name_fa": "دم‌کردن", "name_en": "Brewing"})

    name_fa: Text = Field(default="", max_length=80)
    name_en: Text = Field(default="", max_length=80)


def _out(shown: Shown) -> dict[str, Any]:
    one = shown.article
    return {
        "id": one.pk, "category": one.category.name if one.category else "", "category_id": one.category_id,
        "owner_id": one.owner_id,
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


def _article(request: StaffRequest, article_id: int) -> Article:
    return queries.article_get(actor=request.actor, id=article_id).article


def _text(request: StaffRequest, article_id: int, language: str) -> ArticleText:
    found = queries.article_get(actor=request.actor, id=article_id).texts.get(language)
    if found is None:
        raise Http404
    return found[0]


def _now(request: StaffRequest, article_id: int) -> dict[str, Any]:
    return _out(queries.article_get(actor=request.actor, id=article_id))


# ── categories ────────────────────────────────────────────────────────────


def _category(request: StaffRequest, category_id: int) -> Category:
    request.actor.require(access.PUBLISH)
    found = Category.objects.filter(demo=request.actor.demo, pk=category_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/articles/categories", response=list[ArticleCategoryOut], summary="What articles are about")
def article_categories_list(request: StaffRequest) -> list[Category]:
    """In their order."""
    return queries.categories(actor=request.actor)


@router.post("/articles/categories", response={201: ArticleCategoryOut}, summary="Add a category")
def article_categories_create(request: StaffRequest, data: ArticleCategoryIn) -> tuple[int, Category]:
    """At the end of the others."""
    return 201, services.category_save(actor=request.actor, name_fa=data.name_fa, name_en=data.name_en)


@router.patch("/articles/categories/{int:category_id}", response=ArticleCategoryOut, summary="Rename a category")
def article_categories_change(request: StaffRequest, category_id: int, data: ArticleCategoryIn) -> Category:
    """What is left out stays."""
    found = _category(request, category_id)
    names = {"name_fa": found.name_fa, "name_en": found.name_en} | data.dict(exclude_unset=True)
    return services.category_save(actor=request.actor, category=found, **names)


@router.delete("/articles/categories/{int:category_id}", response={204: None}, summary="Remove a category")
def article_categories_remove(request: StaffRequest, category_id: int) -> tuple[int, None]:
    """Its articles stay, without one."""
    services.category_remove(actor=request.actor, category=_category(request, category_id))
    return 204, None


# ── versions ──────────────────────────────────────────────────────────────


@router.get("/articles/versions/{int:version_id}", response=VersionWhole, summary="One version of a text")
def versions_get(request: StaffRequest, version_id: int) -> ArticleVersion:
    """Any for who may write; the published one for readers."""
    return queries.version_get(actor=request.actor, id=version_id)


@router.post("/articles/versions/{int:version_id}/restore", response=ArticleOut, summary="Make it the latest again")
def versions_restore(request: StaffRequest, version_id: int) -> dict[str, Any]:
    """As a new version; readers see it once it is published."""
    found = queries.version_get(actor=request.actor, id=version_id)
    return _now(request, services.version_restore(actor=request.actor, version=found).pk)


@router.get(
    "/articles/{int:article_id}/{language}/versions", response=list[VersionShort], summary="The versions of a text"
)
def versions_list(request: StaffRequest, article_id: int, language: Tongue) -> list[ArticleVersion]:
    """The newest first."""
    return list(queries.versions_of(actor=request.actor, text=_text(request, article_id, language)))


# ── articles ──────────────────────────────────────────────────────────────


@router.get("/articles", response=ArticlePage, summary="Articles, the latest changed first")
def articles_list(
    request: StaffRequest,
    q: Annotated[Text, Field(max_length=200)] = "",
    state: Literal["", "draft", "published", "due", "archived"] = "",
    language: Literal["", "fa", "en"] = "",
    audience: Literal["", "staff", "public"] = "",
    category_id: Id | None = None,
    owner_id: Id | None = None,
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Archived ones only where they are asked for."""
    chosen = ArticleFilter(
        text=q, state=state, language=language, audience=audience, category_id=category_id, owner_id=owner_id
    )
    found = queries.articles(actor=request.actor, chosen=chosen).select_related("category")
    page = paginate(found, order=LATEST_FIRST, cursor=after, size=size)
    shown = queries.with_texts(actor=request.actor, rows=page.rows)
    return {"items": [_out(one) for one in shown], "next": page.next_cursor}


@router.post("/articles", response={201: ArticleOut}, summary="Write an article")
def articles_create(request: StaffRequest, data: ArticleIn) -> tuple[int, dict[str, Any]]:
    """Readers see it once it is published."""
    request.actor.require(access.VIEW)
    made = services.article_save(actor=request.actor, data=_data(data))
    return 201, _now(request, made.pk)


@router.get("/articles/{int:article_id}", response=ArticleOut, summary="One article")
def articles_get(request: StaffRequest, article_id: int) -> dict[str, Any]:
    """With its texts: the latest version for who may write, the published one for readers."""
    return _now(request, article_id)


@router.put("/articles/{int:article_id}", response=ArticleOut, summary="Change an article: a new version")
def articles_change(request: StaffRequest, article_id: int, data: ArticleIn) -> dict[str, Any]:
    """Readers see it once it is published."""
    found = _article(request, article_id)
    services.article_save(actor=request.actor, data=_data(data), article=found, version=data.version)
    return _now(request, article_id)


@router.post("/articles/{int:article_id}/archive", response=ArticleOut, summary="Put an article away, or bring it back")
def articles_archive(request: StaffRequest, article_id: int, data: ArticleArchived) -> dict[str, Any]:
    """Bringing back one that is published needs the right to publish."""
    services.article_archive(actor=request.actor, article=_article(request, article_id), archived=data.archived)
    return _now(request, article_id)


@router.post("/articles/{int:article_id}/review", response=ArticleOut, summary="Say that it still holds")
def articles_review(request: StaffRequest, article_id: int, data: ReviewIn) -> dict[str, Any]:
    """And when to look again."""
    services.article_review(actor=request.actor, article=_article(request, article_id), again_on=data.again_on)
    return _now(request, article_id)


@router.post("/articles/{int:article_id}/{language}/publish", response=ArticleOut, summary="Publish its latest version")
def articles_publish(
    request: StaffRequest, article_id: int, language: Tongue, number: int | None = None
) -> dict[str, Any]:
    """`number` is the version that was read: 409 when a newer one was saved since."""
    text = _text(request, article_id, language)
    services.text_publish(actor=request.actor, text=text, number=number)
    return _now(request, article_id)


@router.post("/articles/{int:article_id}/{language}/take-back", response={204: None}, summary="Take a text back")
def articles_take_back(request: StaffRequest, article_id: int, language: Tongue) -> tuple[int, None]:
    """From its readers; its versions stay."""
    services.text_publish(actor=request.actor, text=_text(request, article_id, language), published=False)
    return 204, None
