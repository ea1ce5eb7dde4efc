"""What others do with the same numbers: the peers of `bench insight`, each in a process of its own.

Run as `python -m peyvand.doors.console.measuring.insight_peers NAME FOLDER ORDERS` by a Python that has them installed
and need not have us; prints one line of JSON, with "missing" where a library is not there.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from peyvand.insight.prediction.measuring.clock import Clock

LIMIT = 8 * 2**30  # bytes that a peer may hold
NEEDS = {
    "pandas_rfm": "pandas", "lifetimes_bg_nbd": "lifetimes", "lifetimes_gamma_gamma": "lifetimes",
    "lifetimes_values": "lifetimes", "mlxtend_baskets_01": "mlxtend", "mlxtend_baskets_005": "mlxtend",
    "implicit_items": "implicit", "implicit_als": "implicit",
}  # fmt: skip
FACTORS, ROUNDS, NEIGHBOURS, SUGGESTED = 64, 15, 50, 3


def _read(path: Path | str, columns: list[str] | None = None, filters: Any = None) -> Any:
    return import_module("pandas").read_parquet(path, columns=columns, filters=filters)


def pandas_rfm(clock: Clock, _folder: Path, orders: str) -> dict[str, Any]:
    """Recency, frequency, value and their fifths; neither rhythm nor margin."""
    with clock:
        pandas = import_module("pandas")
        deals = _read(
            orders, ["customer_id", "placed_at_day", "net_minor"],
            [("demo", "==", False), ("status", "!=", "cancelled"), ("kind", "in", ["sale", "return"])],
        )  # fmt: skip
        grouped = deals.groupby("customer_id")
        found = grouped.agg(
            first=("placed_at_day", "min"), last=("placed_at_day", "max"), orders=("net_minor", "size"),
            monetary=("net_minor", "sum"),
        )  # fmt: skip
        for name in ("last", "orders", "monetary"):
            found[f"score_{name}"] = pandas.qcut(found[name].rank(method="first"), 5, labels=False) + 1
    return {"rows": len(found), "orders": int(found["orders"].sum())}


def _habits(folder: Path) -> Any:
    seen = _read(folder / "habits.parquet")
    seen["t_x"], seen["T"] = seen["t_x"] / 7, seen["T"] / 7
    return seen


def lifetimes_bg_nbd(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Its fit to the same statistics."""
    seen, fitter = _habits(folder), import_module("lifetimes").BetaGeoFitter()
    with clock:
        fitter.fit(seen["x"], seen["t_x"], seen["T"])
    return {"rows": len(seen), "params": {name: round(float(value), 5) for name, value in fitter.params_.items()}}


def lifetimes_gamma_gamma(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Its fit to those with repeat purchases."""
    seen = _habits(folder)
    again = seen[(seen["x"] > 0) & (seen["mean"] > 0)]
    fitter = import_module("lifetimes").GammaGammaFitter()
    with clock:
        fitter.fit(again["x"], again["mean"])
    return {"rows": len(again), "params": {name: round(float(value), 5) for name, value in fitter.params_.items()}}


def lifetimes_values(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Its discounted values of a year of everybody, from our parameters."""
    lifetimes, pandas, seen = import_module("lifetimes"), import_module("pandas"), _habits(folder)
    buys, spends = lifetimes.BetaGeoFitter(), lifetimes.GammaGammaFitter()
    buys.params_, spends.params_ = (
        pandas.Series(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
        for name in ("bg_nbd", "gamma_gamma")
    )
    spends.params_ = spends.params_.rename({"gamma": "v"})
    buys.predict = buys.conditional_expected_number_of_purchases_up_to_time
    with clock:
        value = spends.customer_lifetime_value(
            buys, seen["x"], seen["t_x"], seen["T"], seen["mean"], time=12, discount_rate=0.01, freq="W"
        )
    return {"rows": len(value), "total": round(float(value.sum()), 2)}


def _crossed(folder: Path, row: str) -> Any:
    """Rows (orders or customers) by products, 0 or 1."""
    numpy, sparse, found = import_module("numpy"), import_module("scipy.sparse"), _read(folder / "bought.parquet")
    rows, columns = (numpy.unique(found[name], return_inverse=True)[1] for name in (row, "product"))
    crossed = sparse.csr_matrix((numpy.ones(len(rows), dtype=numpy.float32), (rows, columns)))
    crossed.data[:] = 1
    return crossed


def _mlxtend(clock: Clock, folder: Path, support: float) -> dict[str, Any]:
    pandas, patterns = import_module("pandas"), import_module("mlxtend.frequent_patterns")
    table = pandas.DataFrame.sparse.from_spmatrix(_crossed(folder, "order").astype(bool))
    table.columns = [str(column) for column in table.columns]
    with clock:
        found = patterns.fpgrowth(table, min_support=support)
    return {"rows": len(table), "itemsets": len(found)}


def mlxtend_baskets_01(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Itemsets alone, without rules, from a matrix that is there already."""
    return _mlxtend(clock, folder, 0.01)


def mlxtend_baskets_005(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """The same at a support of 0.005."""
    return _mlxtend(clock, folder, 0.005)


def _implicit(clock: Clock, model: Any, folder: Path) -> dict[str, Any]:
    numpy, crossed = import_module("numpy"), _crossed(folder, "customer")
    with clock:
        model.fit(crossed, show_progress=False)
    learnt = clock.times[0][0]
    with clock:
        everybody = numpy.arange(crossed.shape[0])
        for start in range(0, len(everybody), 2_000):
            some = everybody[start : start + 2_000]
            model.recommend(some, crossed[some], N=SUGGESTED)
    clock.times = [(sum(wall for wall, _cpu in clock.times), sum(cpu for _wall, cpu in clock.times))]
    return {"rows": crossed.shape[0], "model_s": round(learnt, 4)}


def implicit_items(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Cosine likeness of products and everybody's suggestions."""
    model = import_module("implicit.nearest_neighbours").CosineRecommender(K=NEIGHBOURS, num_threads=2)
    return _implicit(clock, model, folder)


def implicit_als(clock: Clock, folder: Path, _orders: str) -> dict[str, Any]:
    """Factorisation by alternating least squares and everybody's suggestions."""
    model = import_module("implicit.cpu.als").AlternatingLeastSquares(
        factors=FACTORS, iterations=ROUNDS, num_threads=2, random_state=1
    )
    return _implicit(clock, model, folder)


def main() -> None:
    """One peer."""
    name, folder, orders = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    told: dict[str, Any] = {"peer": name}
    if find_spec(NEEDS[name]) is None:
        sys.stdout.write(json.dumps(told | {"missing": NEEDS[name]}) + "\n")
        return
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    warnings.simplefilter("ignore")
    clock = Clock()
    try:
        told |= globals()[name](clock, folder, orders)
        told |= clock.told()
    except MemoryError:
        told["failed"] = "memory"
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
