"""The articles of the sample: what a tea and coffee house tells its staff and its customers."""

from __future__ import annotations

from datetime import timedelta

from peyvand.foundation.accounts.models import User
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.knowledge.demo_words import ARTICLES, CATEGORIES
from peyvand.memory.knowledge.models import Article, ArticleText, ArticleVersion, Category
from peyvand.memory.knowledge.services import slug_of


def sample_load(actor: Actor, world: World) -> int:
    """Write the categories and articles, with some that are to be looked at again; gives how many rows."""
    chance = world.chance("knowledge")
    categories = [
        Category.objects.create(demo=True, name_fa=fa, name_en=en, position=place)
        for place, (fa, en) in enumerate(CATEGORIES)
    ]
    names = dict(User.objects.filter(pk__in=world.staff_ids).values_list("pk", "name"))
    count = len(categories)
    for place, (category, audience, texts) in enumerate(ARTICLES):
        at = world.moment(20 + 17 * place, chance)
        owner = world.staff_ids[place % 3]
        article = Article.objects.create(
            demo=True, category=categories[category], owner_id=owner, audience=audience, created_at=at, updated_at=at,
            review_on=world.day(chance.choice((-120, -60, -30, 3))) if place % 4 else world.day(2),
        )  # fmt: skip
        for language, title, bodies in texts:
            text = ArticleText.objects.create(
                demo=True, article=article, language=language, slug=slug_of(True, language, title),
                latest=len(bodies), published=len(bodies) if place % 5 != 4 else None, published_at=at,
            )  # fmt: skip
            for number, body in enumerate(bodies, 1):
                ArticleVersion.objects.create(
                    demo=True, text=text, number=number, title=title, body=body, author_id=owner,
                    author_name=names.get(owner, ""), at=at - timedelta(days=9 * (len(bodies) - number)),
                    search_key=fa_key(f"{title} {body}"),
                )  # fmt: skip
                count += 1
            count += 1
        count += 1
    return count
