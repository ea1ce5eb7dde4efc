"""What the stages of `bench insight` have in common: the frame, and the files that one leaves for the next. Heavy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.insight.prediction.measuring import shop
from peyvand.insight.value.frames import Frame
from peyvand.insight.warehouse import engine


def as_of() -> date:
    """The day of the last order, where the workspace is."""
    return shop.END.astimezone(ZoneInfo(workspace_settings.text("time_zone"))).date()


def frame() -> Frame:
    """The measured business on that day."""
    return Frame(backend=engine.open_warehouse(), demo=False, currency=shop.CURRENCY, as_of=as_of())


def folder() -> Path:
    """Where the files lie."""
    found = Path(settings.DATA) / "bench"
    found.mkdir(exist_ok=True)
    return found


def keep(name: str, columns: Any) -> None:
    """Write a table, or columns of one, as Parquet."""
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, folder() / f"{name}.parquet")


def kept(name: str) -> dict[str, Any]:
    """The columns as arrays."""
    table = pq.read_table(folder() / f"{name}.parquet")
    return {column: table[column].to_numpy() for column in table.column_names}
