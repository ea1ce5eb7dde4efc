"""Credit against its definitions: sums, Shapley's permutations, the chain of a textbook."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path as File

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.transfer.tables import ReadError
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.reports.attribution import Path, attribute, paths_of, shapley
from peyvand.insight.value import table


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


SHARED = File(__file__).resolve().parents[5] / "shared" / "data" / "channel_paths.csv.gz"
PATHS = st.lists(
    st.builds(
        Path,
        touches=st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(tuple),
        conversions=st.integers(0, 5).map(float), value=st.integers(0, 90).map(float),
        nulls=st.integers(0, 5).map(float),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(PATHS)
@settings(max_examples=60, deadline=None)
def test_every_way_gives_away_what_there_was_and_no_more(paths: list[Path]) -> None:
    total = sum(path.conversions for path in paths)
    if not total:
        return
    found = attribute(paths)
    for way, credit in found.credit.items():
        assert sum(credit.values()) == pytest.approx(total), way
        assert min(credit.values()) >= -1e-9, way
        assert sum(found.worth[way].values()) == pytest.approx(sum(path.value for path in paths if path.conversions
            or way)), way  # fmt: skip


@given(PATHS)
@settings(max_examples=30, deadline=None)
def test_shapley_is_the_mean_over_every_order_of_arrival(paths: list[Path]) -> None:
    if not sum(path.conversions for path in paths):
        return
    channels = sorted({touch for path in paths for touch in path.touches})

    def worth(there: set[str]) -> float:
        return sum(path.conversions for path in paths if set(path.touches) <= there)

    orders = list(permutations(channels))
    expected = dict.fromkeys(channels, 0.0)
    for order in orders:
        for place, channel in enumerate(order):
            expected[channel] += (worth(set(order[: place + 1])) - worth(set(order[:place]))) / len(orders)
    assert attribute(paths).credit["shapley"] == pytest.approx(expected)


def test_the_chain_of_three_paths() -> None:
    """c1→c2→c3→sale, c1→nothing, c2→c3→nothing: P(sale) = 1/3; without c1 it is 1/6, without c2 or c3 nothing."""
    found = attribute([
        Path(("c1", "c2", "c3"), 1), Path(("c1",), 0, nulls=1), Path(("c2", "c3"), 0, nulls=1),
    ])  # fmt: skip
    assert found.removal == pytest.approx({"c1": 0.5, "c2": 1.0, "c3": 1.0})
    assert found.credit["markov"] == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4})


def test_the_rules() -> None:
    credit = attribute([Path(("a", "b", "c", "d"), 10)]).credit
    assert credit["first"]["a"] == credit["last"]["d"] == 10
    assert credit["linear"] == {"a": 2.5, "b": 2.5, "c": 2.5, "d": 2.5}
    assert credit["position"] == pytest.approx({"a": 4, "b": 1, "c": 1, "d": 4})
    assert credit["time_decay"]["b"] / credit["time_decay"]["d"] == pytest.approx(0.5)
    assert shapley(["a", "b", "a"]) == [0.25, 0.5, 0.25]


def test_what_can_not_be_said_is_said(tmp_path: File) -> None:
    with pytest.raises(CannotTellError, match="nothing to give credit for"):
        attribute([Path(("a",), 0, nulls=3)])
    (tmp_path / "p.csv").write_text("path,total_conversions\na > b,-1\n")
    with pytest.raises(CannotTellError, match="below zero"):
        paths_of(table.read(tmp_path / "p.csv"))
    (tmp_path / "p.csv").write_text("path,total_conversions,total_conversion_value\na > b,1,3 USD\nb,1,4 EUR\n")
    with pytest.raises(CannotTellError, match="of one currency"):
        paths_of(table.read(tmp_path / "p.csv"))
    (tmp_path / "p.csv").write_text("path,total_conversions\na > b,1\n > ,7\n")
    found = attribute(paths_of(table.read(tmp_path / "p.csv")))
    assert (found.conversions, found.as_plain()["without_path"]) == (1, 7)
    with pytest.raises(ReadError, match="There are: path"):
        paths_of(table.read(tmp_path / "p.csv"), path="journey")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_channel_paths() -> None:
    """The table of docs/models-prediction.md."""
    found = attribute(paths_of(table.read(SHARED)))
    assert (found.paths, found.conversions) == (10_000, 19_785)
    assert {way: round(credit["alpha"], 1) for way, credit in found.credit.items()} == {
        "first": 6308.0, "last": 8447.0, "linear": 7574.7, "position": 7444.8, "time_decay": 7860.0,
        "shapley": 7627.9, "markov": 5344.9,
    }  # fmt: skip
