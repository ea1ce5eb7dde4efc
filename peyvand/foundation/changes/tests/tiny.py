"""Three tiny tables for the tests: shops and their items are tracked, marks on items are not."""

from __future__ import annotations

import pytest
from django.db import connection, models

from peyvand.foundation.changes.tracking import track


class Shop(models.Model):
    name = models.TextField()
    town = models.TextField(default="")
    key = models.TextField(default="", null=True)

    class Meta:
        app_label = "changes"
        db_table = "changes_test_shop"

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    twin = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    label = models.TextField(unique=True)
    price = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    class Meta:
        app_label = "changes"
        db_table = "changes_test_item"

    def __str__(self) -> str:
        return self.label


class Mark(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE)
    note = models.TextField(default="")

    class Meta:
        app_label = "changes"
        db_table = "changes_test_mark"

    def __str__(self) -> str:
        return self.note


@pytest.fixture
def tiny(db: None) -> None:
    """The three tables, for the length of a test's transaction."""
    with connection.schema_editor(atomic=False) as editor:
        for model in (Shop, Item, Mark):
            editor.create_model(model)
        track("changes_test_shop", exclude=("key",)).database_forwards("changes", editor, None, None)
        track("changes_test_item").database_forwards("changes", editor, None, None)
