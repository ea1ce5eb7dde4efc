"""A tiny shape for the tests: members with a code, a name, a phone, a day and an amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models

from peyvand.foundation.changes.tracking import track
from peyvand.foundation.registry.declarations import ExportShape, ImportColumn, ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer.shapes import Row, Writer


class Member(models.Model):
    code = models.TextField(unique=True)
    name = models.TextField()
    phone = models.TextField(default="")
    joined = models.DateField(null=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    currency = models.TextField(default="")

    class Meta:
        app_label = "transfer"
        db_table = "transfer_test_member"

    def __str__(self) -> str:
        return self.name


class MemberWriter(Writer):
    """Makes or updates members by code; refuses the name "nobody"."""

    def __init__(self, actor: Any, options: Mapping[str, Any]) -> None:
        super().__init__()
        self.currency = options.get("currency", "")

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            values = dict(row.values)
            if values["name"] == "nobody":
                self.skip(row, "tiny.nobody", column="name", value=values["name"])
                continue
            if values["name"] == "crash":
                raise RuntimeError("crash")
            code = values.pop("code")
            _, made = Member.objects.update_or_create(code=code, defaults={**values, "currency": self.currency})
            self.new, self.updated = self.new + made, self.updated + (not made)
            total = Decimal(self.totals.get("total", "0")) + values.get("amount", 0)
            self.totals["total"] = str(total)


MEMBERS = ImportShape(
    name="members",
    label="Members",
    help="People",
    icon="users",
    permission="transfer.import",
    writer=MemberWriter,
    options=("currency", "tz"),
    columns=(
        ImportColumn("code", "Code", "text", ("کد اشتراک", "member id"), required=True, key=True),
        ImportColumn("name", "Name", "text", ("نام", "full name"), required=True),
        ImportColumn("phone", "Phone", "phone", ("موبایل", "mobile")),
        ImportColumn("joined", "Joined", "date", ("تاریخ عضویت", "join date")),
        ImportColumn("amount", "Amount", "decimal", ("مبلغ", "total")),
    ),
)


def _rows(actor: Any, query: Mapping[str, str]) -> Any:
    yield ["code", "name", "amount"]
    yield from Member.objects.order_by("code").values_list("code", "name", "amount")


EXPORT = ExportShape(name="members", label="Members", permission="transfer.import", rows=_rows)


@pytest.fixture
def members(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table and its shapes, for one test."""
    with connection.schema_editor(atomic=False) as editor:
        editor.create_model(Member)
        track("transfer_test_member").database_forwards("transfer", editor, None, None)
    kept = {kind: dict(named) for kind, named in registry._by_kind.items()}
    kept[ImportShape] = {"members": MEMBERS}
    kept[ExportShape] = {"members": EXPORT}
    monkeypatch.setattr(registry, "_by_kind", kept)
