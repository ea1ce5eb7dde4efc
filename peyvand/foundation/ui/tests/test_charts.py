"""Pictures of large amounts."""

from __future__ import annotations

from django.utils.translation import override

from peyvand.foundation.ui.charts import Axis, Chart, Series, in_millions


def chart(*values: float | None, low: tuple[float, ...] = ()) -> Chart:
    return Chart(
        name="c", question="?", answer="!", kind="line", x=Axis(labels=["a"]), y=Axis(label="toman"), unit="toman",
        series=[Series("s", list(values), low=low, high=low)], columns=["c"], rows=[[9_999_999]],
    )  # fmt: skip


def test_amounts_are_drawn_in_millions_from_ten_million_on() -> None:
    with override("fa"):
        small, large = in_millions(chart(9_999_999, None)), in_millions(chart(-12_345_678, None, 5, low=(2_000_000,)))
    assert small == chart(9_999_999, None)
    assert (list(large.series[0].values), list(large.series[0].low)) == ([-12.35, None, 0.0], [2.0])
    assert (large.unit, large.y.label) == ("میلیون toman", "میلیون toman")
    assert large.rows == [[9_999_999]], "the table keeps the amounts"
