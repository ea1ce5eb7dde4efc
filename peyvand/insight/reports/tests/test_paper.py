"""A report on paper is made in both languages, whatever stands in it."""

from __future__ import annotations

import pytest
from django.utils import translation

from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, Reader, use_reader
from peyvand.insight.reports.questions import Question
from peyvand.insight.reports.web.document import document
from peyvand.insight.reports.web.figures import Cell, Figure


@pytest.mark.parametrize("reader", [PERSIAN, ENGLISH], ids=["fa", "en"])
def test_a_document_is_made(reader: Reader) -> None:
    row = [Cell("چای‌های بهاره (Earl Grey) 😀" * 9, number=False), *(Cell("۱٬۲۰۰") for _one in range(11))]
    figures = [
        Figure("a", "فروش ماه‌ها", Question("orders"), sentence="\u2068تهران\u2069, 5.", window="w",
               heads=["شهر"] * 12, rows=[row] * 45, total=row),
        Figure("b", "Refused", Question("orders"), refused="Fewer than five people."),
    ]  # fmt: skip
    with translation.override(reader.language), use_reader(reader):
        made = document("گزارش (A & B)", figures)
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") > 1
