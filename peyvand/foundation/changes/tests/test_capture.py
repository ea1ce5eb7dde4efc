"""What the triggers keep."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from peyvand.foundation.changes import services
from peyvand.foundation.changes.models import Change, ChangeSet, Image
from peyvand.foundation.changes.tests.tiny import Item, Shop, tiny
from peyvand.foundation.registry.actor import Actor, system_actor

__all__ = ["tiny"]
pytestmark = pytest.mark.usefixtures("tiny")
SARA = Actor(user_id=7, name="Sara")


def changes() -> list[tuple[str, int, str, object, object]]:
    return [
        (change.table_name, change.row_id, change.op, change.image.before, change.image.after)
        for change in Change.objects.exclude(table_name="changes_changeset").order_by("id").select_related("image")
    ]


def test_an_insert_keeps_the_whole_row_but_excluded_columns() -> None:
    with services.change_set(actor=SARA, kind="edit", title="New shop") as opened:
        shop = Shop.objects.create(name="Alborz", town="Karaj", key="secret")
    ((table, row_id, op, before, after),) = changes()
    assert (table, row_id, op, before) == ("changes_test_shop", shop.pk, "I", None)
    assert after == {"id": shop.pk, "name": "Alborz", "town": "Karaj"}
    change = Change.objects.get(table_name="changes_test_shop")
    assert (change.change_set_id, change.actor_id, change.via) == (opened.pk, 7, "web")
    assert opened.closed_at is not None


def test_an_update_keeps_changed_columns_only_and_no_change_is_kept_for_none() -> None:
    Shop.objects.bulk_create([Shop(name=f"shop {number}") for number in range(3)])
    Shop.objects.filter(name="shop 1").update(town="Rasht")
    Shop.objects.all().update(key="other")
    Shop.objects.all().update(name=F("name"))
    table, _, op, before, after = changes()[-1]
    assert (table, op, before, after) == ("changes_test_shop", "U", {"town": ""}, {"town": "Rasht"})
    assert len(changes()) == 4


def test_a_bulk_write_and_copy_are_kept_row_by_row() -> None:
    with services.change_set(actor=SARA, kind="bulk", title="many") as opened:
        Shop.objects.bulk_create([Shop(name=f"shop {number}") for number in range(50)])
        with connection.cursor() as cursor, cursor.copy("COPY changes_test_shop (name, town) FROM STDIN") as copy:
            copy.write("copied\tQom\n")
    assert Change.objects.filter(change_set=opened, table_name="changes_test_shop").count() == 51
    assert changes()[-1][4] == {"id": Shop.objects.get(name="copied").pk, "name": "copied", "town": "Qom"}


def test_writes_outside_any_set_are_kept_under_none() -> None:
    with services.change_set(actor=SARA, kind="edit", title="first"):
        Shop.objects.create(name="in")
    Shop.objects.create(name="out")
    inside, outside = Change.objects.filter(table_name="changes_test_shop").order_by("id")
    assert inside.change_set_id is not None
    assert (outside.change_set_id, outside.actor_id) == (None, None)


def test_nested_sets_join_the_outer_one() -> None:
    with services.change_set(actor=SARA, kind="bulk", title="outer") as outer:
        with services.change_set(actor=system_actor(), kind="edit", title="inner") as inner:
            Shop.objects.create(name="a")
        Shop.objects.create(name="b")
    assert inner.pk == outer.pk
    assert Change.objects.filter(change_set=outer, table_name="changes_test_shop").count() == 2
    assert ChangeSet.objects.count() == 1


def test_a_set_that_fails_leaves_nothing() -> None:
    with pytest.raises(IntegrityError), services.change_set(actor=SARA, kind="edit", title="x"):
        Shop.objects.bulk_create([Shop(name="a"), Shop(name=None)])
    Shop.objects.create(name="b")
    assert not ChangeSet.objects.exists()
    assert Change.objects.get().change_set_id is None


def test_an_open_set_takes_many_transactions_and_refuses_once_closed() -> None:
    opened = services.open_change_set(actor=SARA, kind="import", title="file.csv", reference={"import": 1})
    Shop.objects.create(name="between")
    for name in ("a", "b"):
        with services.resume(opened.pk):
            Shop.objects.create(name=name)
    assert Change.objects.filter(change_set=opened, table_name="changes_test_shop", actor_id=7).count() == 2
    services.close_change_set(opened.pk)
    with pytest.raises(services.ClosedSetError), services.resume(opened.pk):
        pass


def test_an_act_without_rows_is_in_the_trail() -> None:
    with services.change_set(actor=SARA, kind="edit", title="x"):
        noted = services.record(actor=SARA, kind="export", title="customers.csv", reference={"rows": 3})
        Shop.objects.create(name="a")
    change = Change.objects.get(table_name="changes_changeset", row_id=noted.pk)
    assert change.image.after["reference"] == {"rows": 3}
    assert Change.objects.get(table_name="changes_test_shop").change_set_id != noted.pk


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE changes_change SET op = 'X'",
        "DELETE FROM changes_change",
        "UPDATE changes_image SET after = '{}'",
        "DELETE FROM changes_changeset",
    ],
)
def test_what_happened_cannot_be_rewritten(query: str) -> None:
    Item.objects.create(shop=Shop.objects.create(name="a"), label="x")
    with (
        pytest.raises(DatabaseError, match="stays as it happened"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query)


def test_erasing_removes_images_only() -> None:
    shop, other = Shop.objects.create(name="person"), Shop.objects.create(name="other")
    assert services.images_erase(actor=SARA, rows={"changes_test_shop": [shop.pk]}) == 1
    assert Change.objects.filter(table_name="changes_test_shop").count() == 2
    assert list(
        Image.objects.filter(change__table_name="changes_test_shop").values_list("change__row_id", flat=True)
    ) == [other.pk]
