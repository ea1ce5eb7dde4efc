from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, IntegerField, QuerySet, Value, When
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.ui.lists import BadCursorError, capped_count, paginate

pytestmark = pytest.mark.django_db


def rows_with(values: list[int | None]) -> QuerySet[ContentType]:
    """As many rows as values, each annotated with its value (None among them)."""
    ContentType.objects.all().delete()
    made = [ContentType.objects.create(app_label="sample", model=f"m{place:03}") for place in range(len(values))]
    marked = zip(made, values, strict=True)
    cases = [When(pk=row.pk, then=Value(value)) for row, value in marked if value is not None]
    return ContentType.objects.annotate(weight=Case(*cases, default=None, output_field=IntegerField()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.integers(0, 3), max_size=9),
    size=st.integers(1, 4),
    way=st.sampled_from(["weight", "-weight"]),
    last=st.sampled_from(["pk", "-pk"]),
)
def test_pages_forth_and_back_show_every_row_once(values: list[int | None], size: int, way: str, last: str) -> None:
    queryset = rows_with(values)
    last = last.replace("pk", "id")
    forth, cursor, pages = [], None, []
    while True:
        page = paginate(queryset, order=(way, last), cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        forth += pages[-1]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    weight = dict(queryset.values_list("pk", "weight"))
    assert sorted(forth) == sorted(weight)
    known = [weight[pk] for pk in forth if weight[pk] is not None]
    assert known == sorted(known, reverse=way.startswith("-"))
    assert [weight[pk] for pk in forth][len(known) :] == [None] * (len(forth) - len(known))

    back = [pages[-1]]
    cursor = page.previous_cursor
    while cursor is not None:
        page = paginate(queryset, order=(way, last), cursor=cursor, size=size, backwards=True)
        back.append([row.pk for row in page.rows])
        cursor = page.previous_cursor
    assert back[::-1] == pages


def test_a_foreign_cursor_is_refused() -> None:
    for cursor in ("x", "bm90IGpzb24", "W1sieCIsMV1d", "W10"):
        with pytest.raises(BadCursorError):
            paginate(ContentType.objects.all(), order=("model", "id"), cursor=cursor)


def test_counting_stops_at_the_cap() -> None:
    rows_with([1, 2, 3])
    assert capped_count(ContentType.objects.all(), cap=2) == (2, True)
    assert capped_count(ContentType.objects.all(), cap=3) == (3, False)
