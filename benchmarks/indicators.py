"""How fast the indicators library is. Run: python benchmarks/indicators.py [folder of the ASEM reference data]

Prints one line for each measure with its limit; ends with status 1 when a limit is passed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from kechuang.indicators.composite import Data, Factors, Method, Node, build, intervals, structure  # noqa: E402
from tests.indicators import asem  # noqa: E402

FACTORS = Factors(
    {
        "imputation": ["group_mean", "mean", "median"],
        "treatment": [True, False],
        "normalisation": ["minmax", "zscore", "rank"],
    },
    weight_noise=0.25,
)


def best_of(action: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spans.append(time.perf_counter() - start)
    return min(spans)


def large() -> tuple[Data, object]:
    """3,000 units and 60 indicators in six groups."""
    random = np.random.default_rng(1)
    nodes = [Node(f"i{k}", f"i{k}", 1, f"g{k % 6}") for k in range(60)]
    nodes += [Node(f"g{k}", f"g{k}", 2, "top") for k in range(6)] + [Node("top", "top", 3)]
    values = random.lognormal(size=(3000, 60))
    return Data(tuple(f"u{k}" for k in range(3000)), values), structure(nodes)


def main() -> int:
    """Run all measures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data/reference/asem"
    results = []
    if folder.is_dir():
        data, tree = asem.data(folder)
        results.append(("ASEM, all stages", best_of(lambda: build(data, tree), 20), 0.020))
        results.append(("ASEM, 1,000 replicates", best_of(lambda: intervals(data, tree, FACTORS), 1), 5.0))
    else:
        print(f"no reference data at {folder}; ASEM left out")
    many, shape = large()
    method = Method(imputation="median")
    results.append(("3,000 x 60, all stages", best_of(lambda: build(many, shape, method), 3), 0.200))
    for name, seconds, limit in results:
        print(
            f"{name:28} {seconds * 1000:9.1f} ms   limit {limit * 1000:7.0f} ms   {'ok' if seconds < limit else 'TOO SLOW'}"
        )
    return 0 if all(seconds < limit for _, seconds, limit in results) else 1


if __name__ == "__main__":
    sys.exit(main())
