"""Articles: versions, publishing, rights, reading safely, and their pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.memory.knowledge import panels, queries, services
from peyvand.memory.knowledge.errors import ChangedMeanwhileError, InvalidError
from peyvand.memory.knowledge.models import Article, ArticleText, ArticleVersion
from peyvand.memory.knowledge.queries import ArticleFilter
from peyvand.memory.knowledge.rendering import drawn
from peyvand.memory.knowledge.services import ArticleData, TextData
from peyvand.memory.knowledge.web.views import compared

pytestmark = pytest.mark.django_db
READER = Actor(user_id=None, name="reader", grants={"knowledge.view": Scope.ALL})


def write(title: str = "چای", body: str = "متن", **more: Any) -> Article:
    data = ArticleData(texts={"fa": TextData(title, body)}, **more)
    return services.article_save(actor=system_actor(), data=data)


def text_of(article: Article, language: str = "fa") -> ArticleText:
    return ArticleText.objects.get(article=article, language=language)


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(User.objects.create_user("writer@example.com", name="Sara", role=role))
    return client


def test_every_change_is_a_version_and_readers_see_what_is_published() -> None:
    article = write(body="نخست")
    assert not queries.articles(actor=READER).exists(), "nothing is published yet"
    services.text_publish(actor=system_actor(), text=text_of(article))
    data = ArticleData(texts={"fa": TextData("چای", "دوم"), "en": TextData("Tea", "")})
    services.article_save(actor=system_actor(), data=data, article=article)
    services.article_save(actor=system_actor(), data=data, article=article)
    assert text_of(article).latest == 2, "the same again is no version"
    for actor, body in ((READER, "نخست"), (system_actor(), "دوم")):
        shown = queries.article_get(actor=actor, id=article.pk)
        assert shown.texts["fa"][1].body == body
        assert ("en" in shown.texts) is (actor is not READER)
    first = ArticleVersion.objects.get(text=text_of(article), number=1)
    services.version_restore(actor=system_actor(), version=first)
    latest = ArticleVersion.objects.get(text=text_of(article), number=3)
    assert (latest.title, latest.body) == (first.title, first.body)
    services.text_publish(actor=system_actor(), text=text_of(article), published=False)
    with pytest.raises(Article.DoesNotExist):
        queries.article_get(actor=READER, id=article.pk)


def test_the_second_writer_is_told() -> None:
    article = write()
    services.article_save(actor=system_actor(), data=ArticleData(texts={"fa": TextData("چای", "یک")}), article=article,
                          version=1)  # fmt: skip
    with pytest.raises(ChangedMeanwhileError) as told:
        services.article_save(actor=system_actor(), data=ArticleData(texts={"fa": TextData("چای", "دو")}),
                              article=article, version=1)  # fmt: skip
    assert told.value.version == 2


@pytest.mark.parametrize("title", ["", " \u200c\u202e ", "x" * 201])
def test_a_title_is_needed(title: str) -> None:
    with pytest.raises(InvalidError):
        write(title, "body")
    assert not Article.objects.exists()


def test_a_version_can_be_neither_changed_nor_deleted_but_an_undo_takes_it_back() -> None:
    article = write(body="نخست")
    services.article_save(actor=system_actor(), data=ArticleData(texts={"fa": TextData("چای", "دوم")}), article=article)
    for statement in ("UPDATE knowledge_articleversion SET body = 'x'", "DELETE FROM knowledge_articleversion"):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    last = ChangeSet.objects.order_by("-id")[0]
    undo(actor=system_actor(), change_set_id=last.pk)
    assert text_of(article).latest == 1
    assert [one.body for one in ArticleVersion.objects.all()] == ["نخست"]
    assert queries.articles(actor=system_actor(), chosen=ArticleFilter(text="نخست")).exists()


def test_words_find_articles_by_right_and_by_persian_spelling() -> None:
    article = write("چای کیسه‌ای", "آب ۹۵ درجه")
    for text, there in (("چاي كيسه", True), ("95", True), ("قهوه", False)):
        assert queries.articles(actor=system_actor(), chosen=ArticleFilter(text=text)).exists() is there
    assert not panels.hits(READER, "چای", 5)
    services.text_publish(actor=system_actor(), text=text_of(article))
    (hit,) = panels.hits(READER, "چای", 5)
    assert hit.title == "چای کیسه‌ای"
    assert not panels.hits(Actor(user_id=None, name="none"), "چای", 5)


def test_the_public_reads_published_public_articles_only() -> None:
    for audience, published in (("public", True), ("public", False), ("staff", True)):
        article = write(f"{audience} {published}", audience=audience)
        if published:
            services.text_publish(actor=system_actor(), text=text_of(article))
    assert [one.title for one in queries.public_articles(demo=False, language="fa")] == ["public True"]
    assert not queries.public_articles(demo=True, language="fa").exists()


def test_rights_are_asked_below_the_pages() -> None:
    article = write()
    writer = Actor(user_id=None, name="w", grants={"knowledge.view": Scope.ALL, "knowledge.edit": Scope.ALL})
    for call in (
        lambda: services.article_save(actor=READER, data=ArticleData(texts={"fa": TextData("x", "")})),
        lambda: services.text_publish(actor=writer, text=text_of(article)),
        lambda: services.article_archive(actor=READER, article=article, archived=True),
        lambda: services.category_save(actor=writer, name_fa="x", name_en=""),
        lambda: queries.articles(actor=Actor(user_id=None, name="none")),
    ):
        with pytest.raises(NotAllowed):
            call()


_TAG = re.compile(r"<(/?)([a-z0-9]+)((?:[^>\"]|\"[^\"]*\")*)>")
_HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://e/x)",
     "<img src=x onerror=y>",
     "**b**", "[a](data:text/html,x)", "# h\n", "\n\n", "|a|b|\n|-|-|\n|c|d|", "```\nx\n```",
     "\u202e", "<a href='javascript:x'>"]
)  # fmt: skip
_TAGS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "a", "code", "pre", "table",
         "thead", "tbody", "tr", "th", "td", "hr", "br", "s"}  # fmt: skip


@given(st.lists(_HOSTILE | st.text(max_size=12), max_size=8).map(" ".join))
def test_whatever_is_written_nothing_in_it_runs(body: str) -> None:
    html = str(drawn(body).html)
    for _close, name, attributes in _TAG.findall(html):
        assert name in _TAGS, html
        assert " on" not in attributes.split('"')[0], html
        assert "javascript:" not in attributes.lower(), html
        assert "data:text" not in attributes.lower(), html
    assert "<script" not in html


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text("ab\n", max_size=8), min_size=1, max_size=5), st.data())
def test_any_version_can_be_restored_and_none_is_lost(bodies: list[str], data: st.DataObject) -> None:
    Article.objects.all()
    article = write(body=bodies[0])
    for body in bodies[1:]:
        services.article_save(actor=system_actor(), data=ArticleData(texts={"fa": TextData("چای", body)}),
                              article=article)  # fmt: skip
    text = text_of(article)
    before = list(ArticleVersion.objects.filter(text=text).order_by("number").values_list("number", "body"))
    chosen = data.draw(st.sampled_from([number for number, _body in before]))
    version = ArticleVersion.objects.select_related("text").get(text=text, number=chosen)
    services.version_restore(actor=system_actor(), version=version)
    after = list(ArticleVersion.objects.filter(text=text).order_by("number").values_list("number", "body"))
    assert after[: len(before)] == before
    assert after[-1][1] == version.body


def test_a_comparison_names_what_came_and_went() -> None:
    assert [(line.sign, line.text) for line in compared("a\nb", "a\nc")] == [("", "a"), ("-", "b"), ("+", "c")]


def test_the_pages_write_read_publish_and_compare(admin: Client) -> None:
    post = {"title_fa": "چای لاهیجان", "body_fa": "## آب\n\nجوش\n\n## زمان\n\nده دقیقه", "audience": "public",
            "review_on": "1404/01/01"}  # fmt: skip
    assert admin.post(reverse("knowledge:new"), {**post, "title_fa": ""}).status_code == 422
    answer = admin.post(reverse("knowledge:new"), {**post, "owner_id": User.objects.get().pk})
    assert answer.status_code == 302
    article = Article.objects.get()
    page = admin.get(reverse("knowledge:one", args=[article.pk])).content.decode()
    assert "part-2" in page
    assert "چای لاهیجان" in admin.get(reverse("knowledge:list") + "?q=لاهيجان&state=draft").content.decode()
    assert "چای لاهیجان" in admin.get(reverse("workspace:home")).content.decode(), "it is to be looked at again"
    later = {"again": (timezone.now() + timedelta(days=90)).date().isoformat()}
    admin.post(reverse("knowledge:review", args=[article.pk]), later)
    assert "چای لاهیجان" not in admin.get(reverse("workspace:home")).content.decode()
    admin.post(reverse("knowledge:publish", args=[article.pk]), {"language": "fa"})
    stale = admin.post(reverse("knowledge:edit", args=[article.pk]), {**post, "body_fa": "دیگر", "version": "1"})
    assert stale.status_code == 409
    assert "دیگر" in stale.content.decode()
    version = Article.objects.get().version
    saved = admin.post(
        reverse("knowledge:edit", args=[article.pk]), {**post, "body_fa": "دیگر", "version": str(version)}
    )
    assert saved.status_code == 302
    first = ArticleVersion.objects.get(number=1)
    side = admin.get(reverse("knowledge:version", args=[first.pk])).content.decode()
    assert "<ins" in side
    assert admin.post(reverse("knowledge:restore", args=[first.pk])).status_code == 302
    assert ArticleText.objects.get().latest == 3
    preview = admin.post(reverse("knowledge:preview") + "?language=fa", {"body_fa": "<b>x</b> **y**"})
    assert "&lt;b&gt;" in preview.content.decode()
    assert "<strong>y</strong>" in preview.content.decode()
    admin.post(reverse("knowledge:categories"), {"name_fa": "چای", "name_en": ""})
    assert "چای" in admin.get(reverse("knowledge:categories")).content.decode()


def test_a_mistake_in_the_form_does_not_hide_that_somebody_else_saved(admin: Client) -> None:
    article = write(body="نخست")
    post = {"title_fa": "چای", "body_fa": "مال من", "audience": "staff", "version": "1"}
    services.article_save(actor=system_actor(), data=ArticleData(texts={"fa": TextData("چای", "مال او")}),
                          article=article)  # fmt: skip
    wrong = admin.post(reverse("knowledge:edit", args=[article.pk]), {**post, "review_on": "never"})
    assert wrong.status_code == 422
    assert 'name="version" value="1"' in wrong.content.decode()
    assert admin.post(reverse("knowledge:edit", args=[article.pk]), post).status_code == 409


def test_who_reads_a_published_article_is_for_publishers_to_say() -> None:
    article = write()
    services.text_publish(actor=system_actor(), text=text_of(article))
    writer = Actor(user_id=None, name="w", grants={"knowledge.view": Scope.ALL, "knowledge.edit": Scope.ALL})
    with pytest.raises(NotAllowed):
        services.article_save(actor=writer, data=ArticleData(audience="public"), article=article)
    services.article_archive(actor=writer, article=article, archived=True)
    with pytest.raises(NotAllowed):
        services.article_archive(actor=writer, article=article, archived=False)
    with pytest.raises(ChangedMeanwhileError):
        services.text_publish(actor=system_actor(), text=text_of(article), number=7)


def test_long_bodies_are_compared_at_once() -> None:
    old = "\n".join(f"سطر {n} چای و قهوه" for n in range(3000))
    new = "\n".join(f"سطر {n} چای یا قهوه" for n in range(3000))
    assert len(compared(old, new)) <= 3001


def test_a_writers_pages_offer_only_what_writers_may(client: Client) -> None:
    writers = Role.objects.create(name="writers")
    for right in ("knowledge.view", "knowledge.edit"):
        writers.grants.create(permission=right, scope=Scope.ALL)
    client.force_login(User.objects.create_user("service@example.com", name="Peyman", role=writers))
    article = write(audience="staff")
    services.text_publish(actor=system_actor(), text=text_of(article))
    away = reverse("knowledge:archive", args=[article.pk])
    assert away in client.get(reverse("knowledge:one", args=[article.pk])).content.decode()
    edit = reverse("knowledge:edit", args=[article.pk])
    form = {"title_fa": "چای", "body_fa": "متن تازه", "audience": "public", "version": str(article.version)}
    assert client.post(edit, form).status_code == 302
    article.refresh_from_db()
    assert article.audience == "staff", "who may read it is for publishers to say; the field is not theirs to change"
    assert client.post(away, {"archived": "1"}).status_code == 302
    page = client.get(reverse("knowledge:one", args=[article.pk])).content.decode()
    assert away not in page, "readers would see it again"
