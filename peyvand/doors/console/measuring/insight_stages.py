"""The stages of `bench insight`, one process after the other, and its peers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from peyvand.doors.console.measuring.insight_child import STAGES
from peyvand.doors.console.measuring.insight_peers import NEEDS
from peyvand.insight.warehouse import place

# What a night does of these. The others are parts of "foretold", or are there to be compared.
WHOLE = ("load", "rfm", "charging", "foretold", "churn", "bought", "items", "baskets_01", "baskets_005")
BESIDE = {
    "pandas_rfm": "rfm", "lifetimes_bg_nbd": "bg_nbd", "lifetimes_gamma_gamma": "gamma_gamma",
    "lifetimes_values": "values", "mlxtend_baskets_01": "baskets_01", "mlxtend_baskets_005": "baskets_005",
    "implicit_items": "items", "implicit_als": "items",
}  # fmt: skip
PATIENCE = 600  # seconds that a peer has
MODULE = "peyvand.doors.console.measuring."
Found = dict[str, Any]


def stages(say: Callable[[Found], None]) -> list[Found]:
    """Every stage in turn, on this process's database and data folder; told of as it ends."""
    found = []
    command = [sys.executable, "-m", f"{MODULE}insight_child", *STAGES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if line.startswith("{"):
                found.append(json.loads(line))
                say(found[-1])
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return found


def peers(python: str, say: Callable[[Found], None]) -> Iterator[Found]:
    """Every peer in turn, by that Python; one that dies or takes too long says so and ends nobody."""
    folder, orders = Path(settings.DATA) / "bench", f"{place.current()}/orders"
    root = Path(__file__).parents[4]
    environment = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}  # as `implicit` wants it
    for name in NEEDS:
        command = [python, "-m", f"{MODULE}insight_peers", name, str(folder), orders]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment,
                                  timeout=PATIENCE)  # fmt: skip
        except subprocess.TimeoutExpired:
            found: Found = {"peer": name, "failed": f"{PATIENCE} s"}
        else:
            if done.returncode:
                found = {"peer": name, "failed": (done.stderr.strip().splitlines() or [str(done.returncode)])[-1][:200]}
            else:
                found = json.loads(done.stdout.strip().splitlines()[-1])
        say(found)
        yield found


def ratios(ours: list[Found], others: list[Found]) -> Mapping[str, float]:
    """Seconds of ours ÷ seconds of the other, by the other's name; 0.1 is ten times as fast."""
    by_name = {stage["stage"]: stage for stage in ours}
    one, other = by_name["rfm"]["best_s"], by_name["rfm_sql"]["best_s"]
    found = {"rfm_sql": round(one / other, 3)}
    for peer in others:
        if "s" in peer:
            found[peer["peer"]] = round(by_name[BESIDE[peer["peer"]]]["s"] / max(peer["s"], 1e-4), 3)
    return found


def whole(ours: list[Found]) -> Found:
    """The seconds of the whole, and the greatest peak of one process."""
    night = [stage for stage in ours if stage["stage"] in WHOLE]
    return {
        "s": round(sum(stage["s"] for stage in night), 2), "cpu_s": round(sum(stage["cpu_s"] for stage in night), 2),
        "peak_mb": max(stage["peak_mb"] for stage in night), "stages": [stage["stage"] for stage in night],
    }  # fmt: skip
