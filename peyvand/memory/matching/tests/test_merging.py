"""A merge moves everything, by right, and an un-merge gives everything back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from peyvand.foundation.registry.actor import NotAllowed, Scope
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, Relation
from peyvand.memory.customers.services import customer_update, relation_add, tag_add
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import record
from peyvand.memory.matching.errors import MergeError, SameRecordError
from peyvand.memory.matching.models import Pair, Redirect
from peyvand.memory.matching.services import different, followed, merge, merge_many, unmerge
from peyvand.memory.matching.services.merging import unmerge_batch
from peyvand.memory.matching.tests.factories import actor, customer, pair, team, user

pytestmark = pytest.mark.django_db

TABLES = (
    "customers_customer", "customers_identity", "customers_relation", "customers_tag", "customers_customertag",
    "interactions_interaction", "matching_pair", "matching_redirect",
)  # fmt: skip


def picture() -> dict[str, list[object]]:
    """Every row of the tables, without what counts changes."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t) - '{{version,updated_at}}'::text[] FROM {table} t ORDER BY id")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def test_a_merge_moves_what_hangs_on_it_and_undo_gives_it_back() -> None:
    who = actor()
    kept = customer("سارا کریمی", phone="09121111111", city="تهران")
    gone = customer("Sara Karimi Rad", phone="09122222222", email="sara@example.com", note="رنگ سبز")
    shop = customer("فروشگاه گل", kind="organisation")
    tag_add(actor=who, customer=kept, name="وفادار")
    tag_add(actor=who, customer=gone, name="وفادار")
    tag_add(actor=who, customer=gone, name="تازه")
    relation_add(actor=who, person=gone, organisation=shop, role="خریدار")
    record(actor=who, kind="note", at=timezone.now() - timedelta(days=1), customer=gone, payload={"text": "سلام"})
    third = customer("سارا کریمیان")
    pair(kept, gone)
    pair(gone, third)
    before = picture()

    result = merge(actor=who, kept=kept.pk, gone=gone.pk, choices={"name": "kept"})

    kept.refresh_from_db()
    assert not Customer.objects.filter(pk=gone.pk).exists()
    assert (kept.name, kept.city, kept.note) == ("سارا کریمی", "تهران", "رنگ سبز")
    phones = Identity.objects.filter(customer=kept, kind="phone").order_by("id")
    assert [one.key for one in phones] == ["+989121111111", "+989122222222"]
    assert CustomerTag.objects.filter(customer=kept).count() == 2
    assert Relation.objects.get(organisation=shop).person_id == kept.pk
    assert Interaction.objects.get(kind="note").customer_id == kept.pk
    assert kept.last_interaction_at is not None
    assert Pair.objects.get().b_id == third.pk
    assert Pair.objects.get().a_id == kept.pk
    assert followed(gone.pk) == kept.pk
    assert result.moved["interactions_interaction"] == 1

    back = unmerge(actor=who, gone_id=gone.pk)
    assert back.kept == 0
    assert not back.added
    assert picture() == before


def test_chains_follow_and_come_apart_in_reverse() -> None:
    who = actor()
    a, b, c = customer("الف یک"), customer("الف دو"), customer("الف سه")
    first = picture()
    merge(actor=who, kept=b.pk, gone=a.pk)
    second = picture()
    merge(actor=who, kept=c.pk, gone=b.pk)
    assert followed(a.pk) == followed(b.pk) == c.pk
    with pytest.raises(SameRecordError):
        merge(actor=who, kept=a.pk, gone=c.pk)
    with pytest.raises(MergeError):
        unmerge(actor=who, gone_id=a.pk)
    unmerge(actor=who, gone_id=b.pk)
    assert picture() == second
    unmerge(actor=who, gone_id=a.pk)
    assert picture() == first


def test_what_came_later_stays_and_is_told() -> None:
    who = actor()
    kept, gone = customer("مهدی راد"), customer("مهدی راد", phone="09123334444")
    merge(actor=who, kept=kept.pk, gone=gone.pk)
    record(actor=who, kind="note", at=timezone.now(), customer=kept, payload={"text": "پس از ادغام"})
    kept.refresh_from_db()
    customer_update(actor=who, customer=kept, changes={"city": "یزد"}, version=None)
    back = unmerge(actor=who, gone_id=gone.pk)
    assert sum(back.added.values()) == 1
    kept.refresh_from_db()
    assert kept.city == "یزد"
    assert Interaction.objects.get().customer_id == kept.pk
    assert Identity.objects.get().customer_id == gone.pk


def test_a_merge_needs_both_within_reach() -> None:
    me = user()
    own = team(me)
    mine, theirs = customer("نگار", owner_id=me.pk), customer("نگار")
    with pytest.raises(Customer.DoesNotExist):
        merge(actor=actor(me, scope=Scope.TEAM, teams=(own,)), kept=mine.pk, gone=theirs.pk)
    with pytest.raises(NotAllowed):
        merge(actor=actor(me, matching_merge=Scope.NONE), kept=mine.pk, gone=theirs.pk)
    with pytest.raises(NotAllowed):
        merge(actor=actor(me, customers_edit=Scope.NONE), kept=mine.pk, gone=theirs.pk)
    with pytest.raises(MergeError):
        merge(actor=actor(me), kept=mine.pk, gone=customer("نگار", kind="organisation").pk)
    assert not Redirect.objects.exists()


def test_nobody_becomes_their_own_parent() -> None:
    who = actor()
    top = customer("هلدینگ", kind="organisation")
    middle = customer("میانه", kind="organisation", parent_id=top.pk)
    leaf = customer("شعبه", kind="organisation", parent_id=middle.pk)
    before = picture()
    merge(actor=who, kept=leaf.pk, gone=top.pk)
    leaf.refresh_from_db()
    middle.refresh_from_db()
    assert leaf.parent_id is None
    assert middle.parent_id == leaf.pk
    unmerge(actor=who, gone_id=top.pk)
    assert picture() == before
    merge(actor=who, kept=top.pk, gone=leaf.pk, choices={"parent": "gone"})
    top.refresh_from_db()
    assert top.parent_id is None


def test_who_was_told_apart_stays_apart() -> None:
    who = actor()
    a, b, c = customer("کاوه"), customer("کاوه"), customer("کاوه")
    pair(a, b)
    pair(a, c)
    apart = pair(b, c)
    different(actor=who, pair_id=apart.pk)
    before = picture()
    merge(actor=who, kept=a.pk, gone=b.pk)
    left = Pair.objects.get()
    assert (left.a_id, left.b_id, left.state) == (a.pk, c.pk, "different")
    unmerge(actor=who, gone_id=b.pk)
    assert picture() == before


def test_many_at_one_stroke_come_back_at_one_stroke() -> None:
    who = actor()
    people = [customer(f"تکراری {number // 2}") for number in range(6)]
    before = picture()
    done = merge_many(actor=who, pairs=[(people[n].pk, people[n + 1].pk) for n in (0, 2, 4)])
    assert len(done.merged) == 3
    assert Customer.objects.count() == 3
    assert unmerge_batch(actor=who, batch=done.batch) == 3
    assert picture() == before
