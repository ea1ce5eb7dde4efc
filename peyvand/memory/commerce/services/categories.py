"""Growing, naming, moving and putting away the branches of the assortment."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.commerce.access import PRODUCTS_EDIT
from peyvand.memory.commerce.models import Category
from peyvand.memory.commerce.queries.products import Tree, tree_of

MOST_CATEGORIES = 1_000
MOST_DEEP = 6  # also in the table's trigger
LENGTH = 80
SEPARATORS = ("›", ">")  # of a path, in files


def category_save(
    *,
    actor: Actor,
    name_fa: str,
    name_en: str,
    parent_id: int | None = None,
    category: Category | None = None,
) -> Category:
    """Add a category at the end of its siblings, or rename and move one.

    ValidationError for a name that a sibling has, that is missing or too long, and for a branch that would grow from
    itself or too deep.
    """
    actor.require(PRODUCTS_EDIT)
    fa, en = " ".join(clean(name_fa).split()), " ".join(clean(name_en).split())
    title = str(_("Category “%(name)s”")) % {"name": fa or en}
    with change_set(actor=actor, kind="settings", title=title):
        one_at_a_time()
        tree = tree_of(demo=actor.demo)
        _check(tree, fa=fa, en=en, parent_id=parent_id, category=category)
        kept = Category(demo=actor.demo) if category is None else Category.objects.get(pk=category.pk, demo=actor.demo)
        if category is None or kept.parent_id != parent_id:
            kept.position = 1 + max(
                (branch.category.position for branch in tree if branch.category.parent_id == parent_id), default=-1
            )
        kept.name_fa, kept.name_en, kept.key, kept.parent_id = fa, en, fa_key(fa) or fa_key(en), parent_id
        kept.save()
    return kept


def one_at_a_time() -> None:
    """The tree is changed by one writer at a time: two moves at once could otherwise make a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('commerce.categories'))")


def _check(tree: Tree, *, fa: str, en: str, parent_id: int | None, category: Category | None) -> None:
    wrong: dict[str, Label] = {}
    keys = {fa_key(fa), fa_key(en)} - {""}
    if not keys:
        wrong["name_fa"] = _("Type what the category is called.")
    for field, name in (("name_fa", fa), ("name_en", en)):
        if len(name) > LENGTH or len(fa_key(name)) > LENGTH:
            wrong[field] = _("At most 80 letters.")
        elif any(sign in name for sign in SEPARATORS):
            wrong[field] = _("A name has no › and no >: they stand between the names of a path.")
    own = None if category is None else category.pk
    for branch in tree:
        other = branch.category
        if other.parent_id == parent_id and other.pk != own and keys & {fa_key(other.name_fa), fa_key(other.name_en)}:
            wrong["name_fa"] = _("There is a category of this name already.")
    if category is None and len(tree.branches) >= MOST_CATEGORIES:
        wrong["name_fa"] = _("There are too many categories already.")
    if parent_id is not None and parent_id not in tree.by_id:
        wrong["parent"] = _("Choose one of the categories.")
    elif parent_id is not None:
        below = tree.within(own) if own is not None else []
        if parent_id in below:
            wrong["parent"] = _("A category can't be inside itself.")
        own_depth = tree.by_id[own].depth if own in tree.by_id else 0
        height = max((tree.by_id[pk].depth - own_depth for pk in below), default=0)
        if tree.by_id[parent_id].depth + 2 + height > MOST_DEEP:
            wrong["parent"] = _("Categories are at most six deep.")
    if wrong:
        raise ValidationError(wrong)


def category_move(*, actor: Actor, category: Category, up: bool) -> int:
    """Change places with the sibling above or below; gives the change set. At the end nothing happens."""
    actor.require(PRODUCTS_EDIT)
    title = str(_("Category “%(name)s” moved")) % {"name": category.name}
    with change_set(actor=actor, kind="settings", title=title) as done:
        one_at_a_time()
        siblings = list(
            Category.objects.filter(demo=actor.demo, parent_id=category.parent_id).order_by("position", "pk")
        )
        place = next(place for place, one in enumerate(siblings) if one.pk == category.pk)
        other = place - 1 if up else place + 1
        if 0 <= other < len(siblings):
            siblings[place], siblings[other] = siblings[other], siblings[place]
        for position, one in enumerate(siblings):
            if one.position != position:
                Category.objects.filter(pk=one.pk).update(position=position)
    return done.pk


def category_archive(*, actor: Actor, category: Category, archived: bool) -> int:
    """Stop offering a category and all below it, or offer it again; gives the change set. Its products keep it."""
    actor.require(PRODUCTS_EDIT)
    words = _("Category “%(name)s” archived") if archived else _("Category “%(name)s” brought back")
    with change_set(actor=actor, kind="settings", title=str(words) % {"name": category.name}) as done:
        Category.objects.filter(pk=category.pk, demo=actor.demo).update(archived=archived)
    return done.pk
