"""Every subject is told once, in order, in messages that stay small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.webhooks.batching import LARGEST, TooLargeError, batches, body_of, subject_of
from peyvand.foundation.webhooks.handlers import messages
from peyvand.foundation.webhooks.tests.factories import START, THINGS, ThingsHappened

IDS = st.lists(st.integers(1, 2**63 - 1), unique=True, max_size=300)


@given(ids=IDS, largest=st.integers(100, 2_000), extra=st.integers(0, 30))
def test_a_split_loses_nothing_and_repeats_nothing(ids: list[int], largest: int, extra: int) -> None:
    def payload(some: object) -> dict[str, object]:
        return {"ids": list(some), "more": "x" * extra if len(some) == len(ids) else ""}  # type: ignore[arg-type,call-overload]

    made = [list(some) for some in batches(ids, payload, largest=largest)]
    assert [one for some in made for one in some] == ids
    assert all(made)
    assert all(len(body_of(payload(some))) <= largest for some in made)
    assert len({subject_of(some) for some in made}) == len(made)
    assert made == [list(some) for some in batches(ids, payload, largest=largest)]


def test_thousands_of_ids_become_a_few_messages_under_the_limit() -> None:
    event = ThingsHappened(tuple(range(10**15, 10**15 + 20_000)))
    made = messages(THINGS, event, at=START)
    assert all(len(body_of(message)) < LARGEST for message, _subject in made)
    assert sum(len(message["data"]["thing_ids"]) for message, _subject in made) == 20_000
    assert len(made) <= 32


def test_one_subject_that_is_too_large_is_said_aloud() -> None:
    with pytest.raises(TooLargeError):
        list(batches([1], lambda some: {"text": "x" * 100}, largest=50))


def test_an_id_that_comes_twice_is_told_once() -> None:
    ((message, subject),) = messages(THINGS, ThingsHappened((5, 5, 6, 5)), at=START)
    assert message["data"]["thing_ids"] == [5, 6]
    assert subject == "5…6 (2)"
    assert messages(THINGS, ThingsHappened(()), at=START) == []
